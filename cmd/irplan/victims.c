#include "map.h"
#include "mem.h"
#include "victims.h"

struct list {
	struct victim v[VICTIMS_OF];
	size_t n;
};

struct victims {
	struct map *lists;
	size_t max;
};

struct victims *
victims_new(size_t max)
{
	struct victims *s = mem_new(1, sizeof(*s));

	*s = (struct victims){map_new(), max};
	return s;
}

static void
list_free(struct list *l)
{
	for (size_t i = 0; l && i < l->n; i++) {
		mem_free((char *)(uintptr_t)l->v[i].user.p);
		mem_free((char *)(uintptr_t)l->v[i].host.p);
		mem_free((char *)(uintptr_t)l->v[i].event.p);
	}
	mem_free(l);
}

void
victims_free(struct victims *s)
{
	void *v;

	if (!s)
		return;
	for (size_t i = 0; map_next(s->lists, &i, NULL, &v);)
		list_free(v);
	map_free(s->lists);
	mem_free(s);
}

static struct list *
list_of(struct victims *s, struct str incident)
{
	struct list *l = map_get(s->lists, incident);
	struct str oldest;
	size_t i = 0;

	if (l)
		return l;
	if (map_count(s->lists) >= s->max && map_next(s->lists, &i, &oldest, NULL))
		list_free(map_del(s->lists, oldest));
	return *map_put(s->lists, incident) = mem_new(1, sizeof(struct list));
}

static struct str
keep(struct str s)
{
	return s.p ? (struct str){mem_text(s), s.n} : s;
}

void
victims_note(struct victims *s, struct str incident, const struct victim *v)
{
	struct list *l = list_of(s, incident);

	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].user, v->user) && str_eq(l->v[i].host, v->host)) {
			l->v[i].created |= v->created;
			return;
		}
	if (l->n < VICTIMS_OF)
		l->v[l->n++] = (struct victim){
		    keep(v->user), keep(v->host), keep(v->event), v->created};
}

const struct victim *
victims_next(const struct victims *s, struct str incident, size_t *at)
{
	const struct list *l = map_get(s->lists, incident);

	return l && *at < l->n ? &l->v[(*at)++] : NULL;
}
