#include "choice.h"
#include "format.h"

/* How common a byte is in the text of logs: the fewer, the better to look for. */
static unsigned
how_common(unsigned char c)
{
	/* in a line that needs no escapes there is none: no look is needed */
	if (c == '"')
		return 0;
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ')
		return 4;
	if (c == ':' || c == '.' || c == '-')
		return 3;
	return (c >= 'A' && c <= 'Z') || c == '=' || c == '/' || c == '_' ? 2 : 1;
}

/* The rarest byte of a literal; -1 if all of them are common. */
static int
rarest(struct str literal)
{
	unsigned least = 3;
	int rare = -1;

	for (size_t i = 0; i < literal.n; i++) {
		unsigned char c = (unsigned char)literal.p[i];

		if (how_common(c) < least) {
			least = how_common(c);
			rare = c;
		}
	}
	return rare;
}

static struct choice
choice_of(const struct rule *r, size_t i)
{
	struct str head = motif_head(r->match[i]);
	size_t n = head.n < 8 ? head.n : 8;
	struct choice c = {
	    .rule = r, .motif = r->match[i], .literal = &r->literal[i], .rare = -1};

	if (n) {
		memcpy(&c.bytes, head.p, n);
		memset(&c.mask, 0xff, n);
	} else {
		c.rare = rarest(motif_literal(r->match[i]));
	}
	return c;
}

/* All patterns, in order; returns how many there are. */
static size_t
list_all(const struct format *f, struct choice *v)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_rules; i++) {
		const struct rule *r = &f->rules[i];

		for (size_t k = 0; k < r->n_match; k++)
			v[n++] = choice_of(r, k);
		if (r->regex)
			v[n++] = (struct choice){.rule = r, .rare = rarest(r->need)};
	}
	return n;
}

static size_t
count_all(const struct format *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_rules; i++)
		n += f->rules[i].n_match + (f->rules[i].regex != NULL);
	return n;
}

static bool
starts(const struct choice *c, int byte)
{
	return !c->mask || *(const unsigned char *)&c->bytes == byte;
}

static struct choice *
table_for(struct arena *a, const struct choice *all, size_t n, int byte)
{
	struct choice *v;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += starts(&all[i], byte);
	v = arena_zero(a, (k + 1) * sizeof(*v));
	k = 0;
	for (size_t i = 0; i < n; i++)
		if (starts(&all[i], byte))
			v[k++] = all[i];
	return v;
}

/* Most bytes start no pattern in particular: these share one table. */
void
choices_make(struct arena *a, struct format *f)
{
	struct choice *all = arena_zero(a, (count_all(f) + 1) * sizeof(*all));
	const struct choice *other = NULL;
	size_t n = list_all(f, all);
	bool named[256] = {false};

	for (size_t i = 0; i < n; i++)
		if (all[i].mask)
			named[*(const unsigned char *)&all[i].bytes] = true;
	for (int byte = 0; byte < 256; byte++) {
		if (!named[byte] && other)
			f->choices[byte] = other;
		else
			f->choices[byte] = table_for(a, all, n, byte);
		if (!named[byte])
			other = f->choices[byte];
	}
}
