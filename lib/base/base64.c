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

static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct str
base64_bytes(struct arena *a, struct str s)
{
	size_t pad = s.n && s.p[s.n - 1] == '=' ? 1 + (s.n > 1 && s.p[s.n - 2] == '=')
						: 0;
	char *p = arena_alloc(a, s.n / 4 * 3 + 1);
	uint32_t v = 0;
	size_t n = 0;

	if (!s.p || s.n % 4)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		int d = i + pad >= s.n ? 0 : digit(s.p[i]);

		if (d < 0)
			return STR_NONE;
		v = v << 6 | (uint32_t)d;
		if (i % 4 != 3)
			continue;
		for (int k = 16; k >= 0; k -= 8)
			p[n++] = (char)(v >> k & 255);
		if (i + 1 == s.n && (v & (pad == 2 ? 0xffff : pad == 1 ? 0xff : 0)))
			return STR_NONE;
		v = 0;
	}
	p[n - (n ? pad : 0)] = '\0';
	return (struct str){p, n - (n ? pad : 0)};
}
