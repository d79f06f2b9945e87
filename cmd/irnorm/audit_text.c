/* How audit records write what they do not trust. */
#include "audit.h"

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
audit_is_hex(struct str s)
{
	if (s.n == 0 || s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (digit(s.p[i]) < 0)
			return false;
	return true;
}

struct str
audit_unhex(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n / 2 + 1);

	for (size_t i = 0; i < s.n / 2; i++)
		p[i] = (char)(digit(s.p[2 * i]) << 4 | digit(s.p[2 * i + 1]));
	return (struct str){p, s.n / 2};
}

struct str
audit_readable(struct arena *a, struct str key, struct str s)
{
	bool keys = str_eq(key, STR("data"));
	char *p = arena_alloc(a, 2 * s.n + 1);
	size_t n = 0;

	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (keys && (c < 0x20 || c == 0x7f)) {
			p[n++] = '^';
			p[n++] = (char)(c ^ 0x40);
		} else {
			p[n++] = c == '\0' ? ' ' : (char)c;
		}
	}
	return (struct str){p, n};
}
