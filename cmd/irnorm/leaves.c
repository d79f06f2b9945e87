#include "json.h"
#include "leaves.h"
#include "map.h"
#include "mem.h"

struct leaf_slot {
	unsigned round;
	uint32_t leaf;
};

void
leaves_free(struct leaves *l)
{
	mem_free(l->v);
	mem_free(l->slots);
}

static struct leaf_slot *
slot_of(const struct leaves *l, struct str path)
{
	size_t i = map_hash(path) & (l->n_slots - 1);

	while (
	    l->slots[i].round == l->round && !str_eq(l->v[l->slots[i].leaf].path, path))
		i = (i + 1) & (l->n_slots - 1);
	return &l->slots[i];
}

static void
grow(struct leaves *l)
{
	mem_free(l->slots);
	l->n_slots = l->n_slots ? 2 * l->n_slots : 256;
	l->slots = mem_new(l->n_slots, sizeof(*l->slots));
	l->round = 1;
	for (size_t i = 0; i < l->n; i++)
		*slot_of(l, l->v[i].path) = (struct leaf_slot){1, (uint32_t)i};
}

/* Everything below `path` is overruled, and so is the value there. */
static void
overrule(struct leaves *l, struct str path)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_starts(l->v[i].path, path) &&
		    (l->v[i].path.n == path.n || l->v[i].path.p[path.n] == '.'))
			l->v[i].raw = STR_NONE;
}

void
leaves_add(struct leaves *l, struct str path, struct str key, struct str raw)
{
	struct leaf_slot *s;

	if (2 * (l->n + 1) > l->n_slots)
		grow(l);
	s = slot_of(l, path);
	if (s->round == l->round) {
		l->twice = true;
		overrule(l, path);
		l->v[s->leaf].raw = raw;
		return;
	}
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	*s = (struct leaf_slot){l->round, (uint32_t)l->n};
	l->v[l->n++] = (struct leaf){path, key, raw};
}

/* As deep as json_valid() allows. */
static void
walk(
    struct leaves *l, struct arena *a, struct str object, struct str path, struct str key)
{
	struct str k, v;
	size_t at = 0;

	while (json_next(object, &at, &k, &v)) {
		struct str name = str_sub(k, 1, k.n - 2), quoted = name;

		if (str_chr(name, '\\') != STR_NPOS) {
			name = json_text(a, k);
			quoted = json_quote(a, name);
			quoted = str_sub(quoted, 1, quoted.n - 2);
		}
		if (path.n) {
			bool same = path.p == key.p && name.p == quoted.p;

			name = CAT(a, path, STR("."), name);
			quoted = same ? name : CAT(a, key, STR("."), quoted);
		}
		if (json_type(v) == JSON_MAP) {
			leaves_add(l, name, quoted, STR_NONE);
			walk(l, a, v, name, quoted);
		} else {
			leaves_add(l, name, quoted, v);
		}
	}
}

void
leaves_start(struct leaves *l)
{
	l->n = 0;
	l->twice = false;
	if (++l->round == 0 || l->n_slots == 0) {
		l->n_slots /= 2;
		grow(l);
	}
}

void
leaves_read(struct leaves *l, struct arena *a, struct str object)
{
	leaves_start(l);
	walk(l, a, object, STR_NONE, STR_NONE);
}

const struct leaf *
leaves_find(const struct leaves *l, struct str path)
{
	struct leaf_slot *s;

	if (l->n_slots == 0)
		return NULL;
	s = slot_of(l, path);
	return s->round == l->round ? &l->v[s->leaf] : NULL;
}
