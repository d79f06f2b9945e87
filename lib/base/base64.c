#include "base64.h"

struct str
base64(struct arena *a, struct str s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *p = arena_alloc(a, (s.n + 2) / 3 * 4 + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			p[n++] = i + k > s.n ? '=' : digits[v >> (18 - 6 * k) & 63];
	}
	return (struct str){p, n};
}
