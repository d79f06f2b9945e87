/* A site file from anywhere: read or refused with a place, never more. */
#include <assert.h>
#include <stdint.h>

#include "site.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {0};
	struct site *s = site_parse((struct str){(const char *)p, n}, "site", &e);
	struct net net;
	unsigned role;
	int zone;

	if (!s) {
		assert(e.kind == ERR_CONFIG && e.msg[0]);
		return 0;
	}
	/* every network that it names has the role that it was given */
	for (size_t at = 0; site_next(s, ~0u, &at, &net, &role);)
		assert(site_roles(s, &net.ip) & role);
	site_zone(s, STR("web01"), 0, &zone);
	site_change(s, STR("bob"), NULL, STR("web01"), 0);
	site_free(s);
	return 0;
}
