/* Resolvers of a site, and their files: a domain goes in and out again. */
#include <assert.h>

#include "given.h"
#include "sinks.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const kinds[] = {"hosts", "unbound", "dnsmasq", "rpz"};
	struct arena *a = arena_new();
	struct str text = {(const char *)p, n}, domain = STR("bad.example.com");
	struct sinks s;
	struct err e = {0};

	sinks_load(a, given("sinks", p, n), &s, &e);
	for (size_t i = 0; i < 4; i++) {
		const struct sink_kind *k = sink_kind(str_of(kinds[i]));
		struct str with, without;

		if (!k || !fence_sound(&k->fence, text, &e))
			continue;
		with = sink_with(a, k, text, domain, true);
		assert(sink_has(a, k, with, domain));
		without = sink_with(a, k, with, domain, false);
		assert(!sink_has(a, k, without, domain));
	}
	arena_free(a);
	return 0;
}
