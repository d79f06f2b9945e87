/* One log in several spellings: members are renamed, then another format takes them. */
#include "json.h"
#include "norm.h"

/* --- from the file --- */

/* "a.b", "a.*", "a.*.*": a star before the last one skips a name. */
static bool
load_one(
    struct load *l, const struct node *key, const struct node *value, struct rename *r)
{
	struct str from = key->text, to = node_text(value);

	while (str_ends(from, STR("*"))) {
		r->skip += r->rest;
		r->rest = true;
		from = str_sub(from, 0, from.n - 1);
		if (str_ends(from, STR("*.")))
			from = str_sub(from, 0, from.n - 1);
	}
	r->whole = !r->rest;
	r->head = from;
	if (!to.p || to.n == 0)
		return load_fault(l, value, "a name was expected here");
	r->rest = str_ends(to, STR("*"));
	r->to = r->rest ? str_sub(to, 0, to.n - 1) : to;
	if (str_chr(r->head, '*') != STR_NPOS || str_chr(r->to, '*') != STR_NPOS ||
	    (r->rest && r->whole) || (!r->rest && !r->whole))
		return load_fault(l, key,
		    "names are 'a.b: c', 'a.*: c.*' or 'a.*.*: c.*', which skips one");
	return true;
}

bool
load_renames(struct load *l, const struct node *map)
{
	struct renames *all = &l->format->renames;

	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return load_fault(l, map, "'rename' is a map of names to names");
	all->v = arena_zero(l->formats->a, map->n * sizeof(*all->v));
	for (size_t i = 0; i < map->n; i++) {
		struct rename r = {0};
		size_t k = all->n++;

		if (!load_one(l, &map->keys[i], &map->kids[i], &r))
			return false;
		for (; k > 0 && all->v[k - 1].head.n < r.head.n; k--)
			all->v[k] = all->v[k - 1];
		all->v[k] = r;
	}
	return true;
}

/* --- for an event --- */

/* Behind `skip` names; absent if there are not so many. */
static struct str
behind(struct str path, const struct rename *r)
{
	path = str_from(path, r->head.n);
	for (size_t i = 0; i < r->skip; i++) {
		size_t dot = str_chr(path, '.');

		if (dot == STR_NPOS)
			return STR_NONE;
		path = str_from(path, dot + 1);
	}
	return path.n ? path : STR_NONE;
}

/* `whole`: by entries for one name, too. */
static struct str
new_name(struct arena *a, const struct renames *all, struct str path, bool whole)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct rename *r = &all->v[i];
		struct str rest;

		if (r->whole ? !whole || !str_eq(path, r->head)
			     : !str_starts(path, r->head))
			continue;
		if (!r->rest)
			return r->to;
		rest = behind(path, r);
		if (rest.p)
			return CAT(a, r->to, rest);
	}
	return path;
}

void
norm_rename(struct norm *n, const struct format *f)
{
	struct arena *a = n->ev.a;
	size_t count = n->leaves.n;
	struct leaf *old = arena_alloc(a, (count + 1) * sizeof(*old));
	bool twice = n->leaves.twice;

	memcpy(old, n->leaves.v, count * sizeof(*old));
	leaves_start(&n->leaves);
	for (size_t i = 0; i < count; i++) {
		struct str name, key;

		if (!old[i].raw.p)
			continue;
		name = new_name(a, &f->renames, old[i].path, true);
		/* two spellings of one member: the first has the name */
		if (leaves_find(&n->leaves, name))
			name = new_name(a, &f->renames, old[i].path, false);
		key = old[i].key;
		if (name.p != old[i].path.p) {
			key = json_quote(a, name);
			key = str_sub(key, 1, key.n - 2);
		}
		if (!leaves_find(&n->leaves, name))
			leaves_add(&n->leaves, name, key, old[i].raw);
	}
	n->leaves.twice = twice;
}
