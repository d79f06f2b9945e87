/* Names held against the tables of names. */
#include "naming.h"

struct hunt {
	struct str name, near;
	unsigned least;
	bool known;
};

/* Names differ that are more than this many edits apart. */
static unsigned
reach(struct str name)
{
	return name.n < 5 ? 0 : name.n < 8 ? 1 : 2;
}

static void
look(void *ctx, struct str name)
{
	struct hunt *h = ctx;
	unsigned d;

	if (h->known || !name.p)
		return;
	h->known = str_eq(name, h->name);
	if (!memchr(name.p, '.', name.n) != !memchr(h->name.p, '.', h->name.n))
		return;
	d = str_ieq(name, h->name) ? 0 : str_distance(name, h->name, reach(h->name));
	if (d < h->least) {
		h->least = d;
		h->near = name;
	}
}

struct str
naming_why(
    const struct sources *s, const struct logsource *ls, struct str name, struct arena *a)
{
	struct hunt h = {.name = name, .least = reach(name) + 1};
	bool closed = sources_names(s, ls, look, &h);
	struct str who = sources_text(a, ls);

	if (h.known)
		return STR_NONE;
	if (h.near.p)
		return CAT(
		    a, STR("of "), who, STR("; did you mean '"), h.near, STR("'?"));
	/* makers' own names have dots, and no table has them all */
	if (!closed || memchr(name.p, '.', name.n))
		return STR_NONE;
	return CAT(a, STR("of "), who);
}

struct str
naming_logsource(const struct sources *s, const struct logsource *ls, struct arena *a)
{
	const struct str parts[] = {ls->product, ls->category, ls->service};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct hunt h = {.name = parts[i], .least = reach(parts[i]) + 1};

		if (!parts[i].p)
			continue;
		sources_told(s, i, look, &h);
		if (!h.known && h.near.p)
			return CAT(a, STR("; did you mean "), str_of(sources_kind(i)),
			    STR(" '"), h.near, STR("'?"));
	}
	return STR("");
}
