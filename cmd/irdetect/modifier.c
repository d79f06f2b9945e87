/* Words, and which of them go together. */
#include "modifier.h"

static const char *const changes[CHANGES] = {"contains", "startswith", "endswith",
    "windash", "expand", "base64", "base64offset", "wide", "utf16le", "utf16be", "utf16"};

static const char *const units[] = {"minute", "hour", "day", "week", "month", "year"};

static const char *const orders[] = {"lt", "lte", "gt", "gte"};

enum whole {
	WHOLE_ALL,
	WHOLE_NEQ,
	WHOLE_CASED,
	WHOLE_EXISTS,
	WHOLE_RE,
	WHOLE_CIDR,
	WHOLE_FIELDREF,
	WHOLE_I,
	WHOLE_M,
	WHOLE_S,
	WHOLE_IGNORECASE,
	WHOLE_MULTILINE,
	WHOLE_DOTALL
};

static const char *const wholes[] = {"all", "neq", "cased", "exists", "re", "cidr",
    "fieldref", "i", "m", "s", "ignorecase", "multiline", "dotall"};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

static const struct {
	const char *const *words;
	size_t n;
} all_words[] = {{changes, COUNT(changes)}, {units, COUNT(units)},
    {orders, COUNT(orders)}, {wholes, COUNT(wholes)}};

/* Its place in the list; the list's length: it is not there. */
static size_t
place(struct str word, const char *const *words, size_t n)
{
	size_t i = 0;

	while (i < n && !str_eq(word, str_of(words[i])))
		i++;
	return i;
}

/* What it may have been meant to be, or NULL. */
static const char *
nearest(struct str word)
{
	const char *best = NULL;
	unsigned least = word.n < 5 ? 2 : 3;

	for (size_t k = 0; k < COUNT(all_words); k++)
		for (size_t i = 0; word.n > 2 && i < all_words[k].n; i++) {
			struct str known = str_of(all_words[k].words[i]);
			unsigned d = str_ieq(word, known)
					 ? 0
					 : str_distance(word, known, least - 1);

			if (d < least) {
				least = d;
				best = known.p;
			}
		}
	return best;
}

static bool
unknown(struct str word, struct err *e)
{
	const char *near = nearest(word);

	err_set(e, ERR_DATA, "unknown modifier '" STR_FMT "'%s%s%s", STR_ARG(word),
	    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return false;
}

static void
note_whole(struct modifiers *m, enum whole what)
{
	switch (what) {
	case WHOLE_ALL:
		m->all = true;
		return;
	case WHOLE_NEQ:
		m->not = true;
		return;
	case WHOLE_CASED:
		m->cased = true;
		return;
	case WHOLE_EXISTS:
		m->exists = true;
		return;
	case WHOLE_RE:
		m->form = FORM_REGEX;
		return;
	case WHOLE_CIDR:
		m->form = FORM_CIDR;
		return;
	case WHOLE_FIELDREF:
		m->form = FORM_FIELD;
		return;
	case WHOLE_I:
	case WHOLE_IGNORECASE:
		m->flags |= REGEX_NOCASE;
		return;
	case WHOLE_M:
	case WHOLE_MULTILINE:
		m->flags |= REGEX_MULTILINE;
		return;
	case WHOLE_S:
	case WHOLE_DOTALL:
		m->flags |= REGEX_DOTALL;
		return;
	}
}

static bool
note(struct modifiers *m, struct str word, struct err *e)
{
	static const enum atom_op ops[] = {ATOM_LT, ATOM_LTE, ATOM_GT, ATOM_GTE};
	size_t i;

	if ((i = place(word, changes, COUNT(changes))) < COUNT(changes)) {
		if (m->n == MODIFIER_CHANGES) {
			err_set(e, ERR_DATA, "more than %d modifiers", MODIFIER_CHANGES);
			return false;
		}
		m->changes[m->n++] = (enum change)i;
	} else if ((i = place(word, wholes, COUNT(wholes))) < COUNT(wholes)) {
		note_whole(m, (enum whole)i);
	} else if ((i = place(word, orders, COUNT(orders))) < COUNT(orders)) {
		m->form = m->form == FORM_TIME ? FORM_TIME : FORM_NUMBER;
		m->compare = ops[i];
	} else if ((i = place(word, units, COUNT(units))) < COUNT(units)) {
		m->form = FORM_TIME;
		m->unit = (enum atom_unit)i;
	} else {
		return unknown(word, e);
	}
	return true;
}

/* Expressions and names of fields stay as they are; a name may be an end or a part. */
static bool
go_together(const struct modifiers *m, struct err *e)
{
	if (m->flags && m->form != FORM_REGEX) {
		err_set(e, ERR_DATA, "the modifiers i, m and s go with 're' only");
		return false;
	}
	for (size_t i = 0; i < m->n; i++)
		if (m->form == FORM_REGEX ||
		    (m->form == FORM_FIELD && m->changes[i] > CHANGE_ENDSWITH)) {
			err_set(e, ERR_DATA, "'%s' does not go with '%s'",
			    changes[m->changes[i]],
			    m->form == FORM_REGEX ? "re" : "fieldref");
			return false;
		}
	return true;
}

bool
modifiers_read(struct modifiers *m, struct str words, struct err *e)
{
	size_t n = 0;

	*m = (struct modifiers){.compare = ATOM_TIME};
	while (words.p) {
		struct str word = str_cut(&words, '|');

		n++;
		if (word.n && !note(m, word, e))
			return false;
	}
	m->alone = n == 1;
	return go_together(m, e);
}

bool
modifiers_has(const struct modifiers *m, enum change what)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->changes[i] == what)
			return true;
	return false;
}

const char *
modifiers_name(enum change what)
{
	return changes[what];
}
