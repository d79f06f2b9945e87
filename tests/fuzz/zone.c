/* A zone file from anywhere: an offset for any moment, or a refusal. */
#include <stdint.h>

#include "zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e;
	struct zone *z = zone_read((struct str){(const char *)p, n}, &e);

	if (!z)
		return 0;
	for (int64_t ns = INT64_MIN / 2; ns < INT64_MAX / 2; ns += INT64_MAX / 64)
		zone_offset(z, ns);
	zone_offset(z, INT64_MIN);
	zone_offset(z, INT64_MAX);
	zone_free(z);
	return 0;
}
