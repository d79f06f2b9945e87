/* The changes, one after the other. */
#include "base64.h"
#include "become.h"

#define EXPANSIONS 4096 /* most values that one value may become */

static struct str
open_back(struct arena *a, struct str s)
{
	return pattern_open(a, s, false, true);
}

static struct str
open_front(struct arena *a, struct str s)
{
	return pattern_open(a, s, true, false);
}

static struct str
open_both(struct arena *a, struct str s)
{
	return pattern_open(a, s, true, true);
}

static struct str
to_utf16le(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, false, false);
}

static struct str
to_utf16be(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, true, false);
}

static struct str
to_utf16(struct arena *a, struct str s)
{
	return pattern_utf16(a, s, false, true);
}

static bool
too_many(size_t n, struct err *e)
{
	if (n > EXPANSIONS)
		err_set(e, ERR_DATA, "a value becomes too many");
	return n > EXPANSIONS;
}

static bool
to_offsets(struct become *b, struct arena *a, struct err *e)
{
	struct str *v;

	if (too_many(b->n * 3, e))
		return false;
	v = arena_alloc(a, b->n * 3 * sizeof(*v));
	for (size_t i = 0; i < b->n * 3; i++)
		v[i] = pattern_base64_at(a, b->v[i / 3], i % 3);
	b->v = v;
	b->n *= 3;
	return true;
}

/* The name between two "%" that stand at `from` or later; "\%" is a plain sign. */
static bool
find_placeholder(struct str s, size_t *from, size_t *to)
{
	size_t start = STR_NPOS;

	for (size_t i = *from; i < s.n; i++) {
		if (s.p[i] != '%' || (i > 0 && s.p[i - 1] == '\\'))
			continue;
		if (start != STR_NPOS && i > start + 1) {
			*from = start;
			*to = i;
			return true;
		}
		start = i;
	}
	return false;
}

/* The values of a placeholder; NULL: it has none. */
static const struct node *
values_of(const struct node *lists, struct str name, struct err *e)
{
	const struct node *list = node_get(lists, name);

	if (node_count(list))
		return list;
	err_set(e, ERR_DATA, "no values for the placeholder '%%" STR_FMT "%%'",
	    STR_ARG(name));
	return NULL;
}

/* Replace the first placeholder of each value by what its list holds, until none is left. */
static bool
expand(struct become *b, struct arena *a, const struct node *lists, struct err *e)
{
	for (size_t i = 0; i < b->n;) {
		struct str s = b->v[i], *v;
		const struct node *list;
		size_t from = 0, to = 0, n;

		if (!find_placeholder(s, &from, &to)) {
			i++;
			continue;
		}
		list = values_of(lists, str_sub(s, from + 1, to - from - 1), e);
		n = node_count(list);
		if (!list || too_many(b->n + n, e))
			return false;
		v = arena_alloc(a, (b->n + n) * sizeof(*v));
		memcpy(v, b->v, b->n * sizeof(*v));
		v[i] = v[b->n - 1]; /* the last takes the place of the one replaced */
		for (size_t k = 0; k < n; k++)
			v[b->n - 1 + k] = CAT(a, str_sub(s, 0, from),
			    pattern_read(a, node_text(node_at(list, k))),
			    str_from(s, to + 1));
		b->v = v;
		b->n += n - 1;
	}
	return true;
}

static bool
is_plain(const struct become *b, enum change what, struct err *e)
{
	for (size_t i = 0; i < b->n; i++)
		if (pattern_wild(b->v[i])) {
			err_set(e, ERR_DATA, "'%s' does not go with wildcards",
			    modifiers_name(what));
			return false;
		}
	return true;
}

static bool
each(struct become *b, struct arena *a, struct str (*change)(struct arena *, struct str))
{
	for (size_t i = 0; i < b->n; i++)
		b->v[i] = change(a, b->v[i]);
	return true;
}

static bool
change(struct become *b, struct arena *a, const struct node *lists, enum change what,
    struct err *e)
{
	if (what >= CHANGE_BASE64) {
		if (b->form != FORM_BYTES && !is_plain(b, what, e))
			return false;
		b->form = what >= CHANGE_WIDE ? FORM_BYTES : FORM_TEXT;
	}
	switch (what) {
	case CHANGE_CONTAINS:
		return each(b, a, open_both);
	case CHANGE_STARTSWITH:
		return each(b, a, open_back);
	case CHANGE_ENDSWITH:
		return each(b, a, open_front);
	case CHANGE_WINDASH:
		return each(b, a, pattern_windash);
	case CHANGE_EXPAND:
		return expand(b, a, lists, e);
	case CHANGE_BASE64:
		return each(b, a, base64);
	case CHANGE_BASE64OFFSET:
		return to_offsets(b, a, e);
	case CHANGE_WIDE:
	case CHANGE_UTF16LE:
		return each(b, a, to_utf16le);
	case CHANGE_UTF16BE:
		return each(b, a, to_utf16be);
	case CHANGE_UTF16:
		return each(b, a, to_utf16);
	case CHANGES:
		break;
	}
	return false;
}

bool
become_all(struct become *b, struct arena *a, const struct modifiers *m,
    const struct node *lists, struct str value, struct err *e)
{
	b->v = arena_alloc(a, sizeof(*b->v));
	b->v[0] = value;
	b->n = 1;
	b->form = m->form;
	for (size_t i = 0; i < m->n; i++)
		if (!change(b, a, lists, m->changes[i], e))
			return false;
	return true;
}
