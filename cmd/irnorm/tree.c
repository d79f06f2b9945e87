#include "tree.h"

struct twig {
	struct str name;
	struct str raw; /* of a value */
	bool list;      /* its kids are elements */
	struct twig *kids, *last, *next;
};

struct tree {
	struct arena *a;
	struct twig root;
};

struct tree *
tree_new(struct arena *a)
{
	struct tree *t = arena_zero(a, sizeof(*t));

	t->a = a;
	return t;
}

static struct twig *
find(const struct twig *of, struct str name)
{
	for (struct twig *t = of->kids; t; t = t->next)
		if (str_eq(t->name, name))
			return t;
	return NULL;
}

static struct twig *
grow(struct tree *t, struct twig *of, struct str name)
{
	struct twig *new = find(of, name);

	if (new || of->raw.p)
		return of->raw.p ? NULL : new;
	new = arena_zero(t->a, sizeof(*new));
	new->name = name;
	*(of->last ? &of->last->next : &of->kids) = new;
	of->last = new;
	return new;
}

/* The next part of a path; `*label` is what stands in its brackets, or absent. */
static struct str
next_part(struct str *path, struct str *label)
{
	struct str part = str_cut(path, '.');
	size_t open = str_chr(part, '[');

	*label = STR_NONE;
	if (open == STR_NPOS || !str_ends(part, STR("]")))
		return part;
	*label = str_sub(part, open + 1, part.n - open - 2);
	return str_sub(part, 0, open);
}

bool
tree_set(struct tree *t, struct str path, struct str raw)
{
	struct twig *at = &t->root;
	struct str label, part;

	while (at && path.p) {
		part = next_part(&path, &label);
		at = grow(t, at, part);
		if (at && label.p) {
			at->list = true;
			at = grow(t, at, label);
		}
	}
	if (!at || at->raw.p || at->kids)
		return false;
	at->raw = raw;
	return true;
}

struct str
tree_get(const struct tree *t, struct str path)
{
	const struct twig *at = &t->root;
	struct str label, part;

	while (at && path.p) {
		part = next_part(&path, &label);
		at = find(at, part);
		if (at && label.p)
			at = find(at, label);
	}
	if (!at)
		return STR_NONE;
	return at->raw.p ? at->raw : STR("{");
}

/* An object that becomes empty goes, too. */
static bool
drop(struct twig *of, struct str path)
{
	struct str label, part = next_part(&path, &label);
	struct twig *t = find(of, part), *in = t && label.p ? find(t, label) : t;
	struct twig **at;

	if (!in || (path.p && !drop(in, path)))
		return false;
	if (in != t) {
		for (at = &t->kids; *at != in;)
			at = &(*at)->next;
		*at = in->next;
		if (t->kids)
			goto shorter;
	}
	for (at = &of->kids; *at != t;)
		at = &(*at)->next;
	*at = t->next;
	t = of;
shorter:
	t->last = t->kids;
	while (t->last && t->last->next)
		t->last = t->last->next;
	return !of->kids;
}

void
tree_drop(struct tree *t, struct str path)
{
	drop(&t->root, path);
}

static void
write_twig(const struct twig *t, struct buf *b)
{
	if (t->raw.p) {
		buf_add(b, t->raw);
		return;
	}
	buf_ch(b, t->list ? '[' : '{');
	for (const struct twig *k = t->kids; k; k = k->next) {
		if (k != t->kids)
			buf_ch(b, ',');
		if (!t->list) {
			buf_json(b, k->name);
			buf_ch(b, ':');
		}
		write_twig(k, b);
	}
	buf_ch(b, t->list ? ']' : '}');
}

void
tree_write(const struct tree *t, struct buf *b)
{
	write_twig(&t->root, b);
}
