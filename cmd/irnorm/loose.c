#include "loose.h"
#include "map.h"

#define KEY_MAX 64
#define PART    5 /* letters of a last part that says enough by itself */

/* Lower-case letters and digits only; absent if it is too long. */
static struct str
spelled(struct str s, char out[KEY_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 32);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			continue;
		if (n == KEY_MAX)
			return STR_NONE;
		out[n++] = c;
	}
	return (struct str){out, n};
}

void
loose_make(struct format *f)
{
	char buf[KEY_MAX];
	struct str key;
	size_t at = 0;
	void *m;

	f->loose = map_new();
	while (map_next(f->map, &at, &key, &m)) {
		void **to = map_put(f->loose, spelled(key, buf));

		if (!*to)
			*to = m;
	}
}

const struct mapping *
loose_find(const struct format *f, struct str path)
{
	char buf[KEY_MAX];
	size_t dot = str_rchr(path, '.');
	struct str key = spelled(path, buf);
	const struct mapping *m;

	if (!f->loose || !key.n)
		return NULL;
	m = map_get(f->loose, key);
	if (m || dot == STR_NPOS)
		return m;
	key = spelled(str_from(path, dot + 1), buf);
	return key.n >= PART ? map_get(f->loose, key) : NULL;
}
