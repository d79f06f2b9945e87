/* A YAML table, looked up by maps. */
#include "tactic.h"
#include "map.h"
#include "mem.h"
#include "yaml.h"

struct tactics {
	struct arena *a;
	struct map *tactics;    /* short name to node */
	struct map *techniques; /* id to node */
};

void
tactics_free(struct tactics *t)
{
	if (!t)
		return;
	map_free(t->tactics);
	map_free(t->techniques);
	arena_free(t->a);
	mem_free(t);
}

static void
take(struct map *to, const struct node *from)
{
	for (size_t i = 0; from && from->type == NODE_MAP && i < from->n; i++)
		*map_put(to, from->keys[i].text) = &from->kids[i];
}

struct tactics *
tactics_load(struct cache *cache, const char *path, struct err *e)
{
	struct tactics *t = mem_new(1, sizeof(*t));
	struct yaml_docs docs;

	t->a = arena_new();
	t->tactics = map_new();
	t->techniques = map_new();
	if (!cache_load(cache, t->a, path, &docs, e)) {
		tactics_free(t);
		return NULL;
	}
	for (size_t i = 0; i < docs.n; i++) {
		take(t->tactics, node_get(docs.v[i], STR("tactics")));
		take(t->techniques, node_get(docs.v[i], STR("techniques")));
	}
	return t;
}

bool
tactics_tactic(const struct tactics *t, struct str tag, struct str *id, struct str *name)
{
	char text[64];
	const struct node *n;

	if (tag.n > sizeof(text))
		return false;
	for (size_t i = 0; i < tag.n; i++)
		text[i] = tag.p[i] == '_' ? '-' : tag.p[i];
	n = map_get(t->tactics, (struct str){text, tag.n});
	*id = node_text(node_get(n, STR("id")));
	*name = node_text(node_get(n, STR("name")));
	return id->p && name->p;
}

struct str
tactics_technique(const struct tactics *t, struct str id)
{
	return node_text(map_get(t->techniques, id));
}
