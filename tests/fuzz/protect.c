/* Lists of what nothing may be done to: read whole, or refused with the line. */
#include <assert.h>

#include "given.h"
#include "guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct guard *g = guard_new();
	struct err e = {0};
	struct str rest = {(const char *)p, n};
	bool ok = guard_list(g, given("protect", p, n), &e);

	assert(ok == (e.kind == ERR_NONE));
	/* whatever stands there as an address is protected, or the list is not taken */
	while (ok && rest.n) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		struct net net;

		if (str_chr(line, '#') == STR_NPOS && net_parse(line, &net))
			assert(guard_check(g, &net));
	}
	guard_free(g);
	return 0;
}
