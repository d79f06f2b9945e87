/* Declarations of secrets, and their place in files: replaced, and all else as it was. */
#include <assert.h>

#include "given.h"
#include "secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const keys[] = {"", "DB_PASSWORD", "password"};
	struct arena *a = arena_new();
	struct str text = {(const char *)p, n}, fresh = STR("fresh.secret+2");
	struct secret s;
	struct err e = {0};

	secret_find(a, given("secrets", p, n), STR("shop-db"), &s, &e);
	for (size_t i = 0; i < 3; i++) {
		struct str key = i ? str_of(keys[i]) : STR_NONE;
		struct str old = secret_in(text, key), with;

		if (!old.p || !secret_sound(old))
			continue;
		with = secret_with(a, text, key, fresh);
		if (!with.p)
			continue;
		assert(str_eq(secret_in(with, key), fresh));
		assert(with.n - fresh.n == text.n - old.n);
	}
	arena_free(a);
	return 0;
}
