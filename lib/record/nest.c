#include <assert.h>

#include "json.h"
#include "map.h"
#include "nest.h"

/* A value, or an object whose members hang below it. */
struct item {
	struct item *up, *first, *last, *next;
	struct str part;
	struct str raw; /* absent: an object */
	uint64_t id;    /* anew for each value, so that members of an old one are lost */
	uint64_t hash;
};

struct nest {
	struct arena *a;
	struct item root;
	uint64_t ids;
	struct item **index; /* by id of the object and part; open addressing */
	size_t n, size;
};

struct nest *
nest_new(struct arena *a)
{
	struct nest *n = arena_zero(a, sizeof(*n));

	n->a = a;
	n->size = 64;
	n->index = arena_zero(a, n->size * sizeof(*n->index));
	return n;
}

static void
grow(struct nest *n)
{
	size_t size = n->size * 2;
	struct item **index = arena_zero(n->a, size * sizeof(*index));

	for (size_t i = 0; i < n->size; i++) {
		size_t at;

		if (!n->index[i])
			continue;
		at = n->index[i]->hash & (size - 1);
		while (index[at])
			at = (at + 1) & (size - 1);
		index[at] = n->index[i];
	}
	n->index = index;
	n->size = size;
}

/* The member of that name; a new one at the end if there is none. */
static struct item *
member(struct nest *n, struct item *up, struct str part)
{
	uint64_t hash = map_hash(part) ^ (up->id * 0x9e3779b97f4a7c15u);
	size_t at = hash & (n->size - 1);
	struct item *m;

	for (; (m = n->index[at]); at = (at + 1) & (n->size - 1))
		if (m->hash == hash && m->up == up && str_eq(m->part, part))
			return m;
	m = arena_zero(n->a, sizeof(*m));
	*m = (struct item){.up = up, .part = part, .id = ++n->ids, .hash = hash};
	if (up->last)
		up->last->next = m;
	else
		up->first = m;
	up->last = m;
	n->index[at] = m;
	if (++n->n * 2 > n->size)
		grow(n);
	return m;
}

/* Make it a value, or with an absent `raw` an object without members. */
static void
become(struct nest *n, struct item *m, struct str raw)
{
	m->raw = raw;
	m->first = m->last = NULL;
	m->id = ++n->ids;
}

/* Where a field below `m` stands, ready to be set. */
static struct item *
place(struct nest *n, struct item *m, struct str name)
{
	while (name.p) {
		if (m->raw.p)
			become(n, m, STR_NONE);
		m = member(n, m, str_cut(&name, '.'));
	}
	return m;
}

struct step {
	struct item *item;
	struct str raw;
	size_t at;
};

static void
fill(struct nest *n, struct item *root, struct str object)
{
	struct step stack[JSON_DEPTH];
	struct str key, value;
	size_t depth = 0;

	stack[depth++] = (struct step){root, object, 0};
	while (depth > 0) {
		struct step *s = &stack[depth - 1];
		struct item *m;

		if (!json_next(s->raw, &s->at, &key, &value)) {
			depth--;
			continue;
		}
		m = place(n, s->item, json_text(n->a, key));
		if (json_type(value) != JSON_MAP) {
			become(n, m, value);
			continue;
		}
		become(n, m, STR_NONE);
		assert(depth < JSON_DEPTH);
		stack[depth++] = (struct step){m, value, 0};
	}
}

void
nest_members(struct nest *n, struct str object)
{
	fill(n, &n->root, object);
}

void
nest_set(struct nest *n, struct str name, struct str raw)
{
	struct item *m = place(n, &n->root, name);

	become(n, m, json_type(raw) == JSON_MAP ? STR_NONE : raw);
	if (!m->raw.p)
		fill(n, m, raw);
}

/* A piece of text in a list that is joined at the end. */
struct text {
	struct arena *a;
	char *p;
	size_t n, cap;
};

static void
add(struct text *t, struct str s)
{
	if (t->cap - t->n < s.n) {
		size_t cap = (t->n + s.n) * 2;
		char *p = arena_alloc(t->a, cap);

		memcpy(p, t->p, t->n);
		t->p = p;
		t->cap = cap;
	}
	memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
}

static void
open_item(struct text *t, const struct item *m)
{
	add(t, json_quote(t->a, m->part));
	add(t, STR(":"));
	add(t, m->raw.p ? m->raw : STR("{"));
}

struct str
nest_text(const struct nest *n)
{
	struct text t = {.a = n->a, .p = arena_alloc(n->a, 1024), .cap = 1024};
	const struct item *m = &n->root;

	add(&t, STR("{"));
	while (m) {
		if (!m->raw.p && m->first) {
			m = m->first;
			open_item(&t, m);
			continue;
		}
		if (!m->raw.p)
			add(&t, STR("}"));
		while (m->up && !m->next) {
			m = m->up;
			add(&t, STR("}"));
		}
		m = m->up ? m->next : NULL;
		if (m) {
			add(&t, STR(","));
			open_item(&t, m);
		}
	}
	return (struct str){t.p, t.n};
}
