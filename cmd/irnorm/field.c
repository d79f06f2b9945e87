#include "field.h"
#include "arena.h"
#include "buf.h"
#include "map.h"
#include "mem.h"

#define MAX 8192

struct fields {
	struct field *v;
	size_t n, cap;
	struct map *numbers; /* name to number + 1 */
	struct arena *names;
};

static const struct {
	const char *name;
	enum field_related related;
} related[] = {
    {"source.ip", RELATED_IP},
    {"destination.ip", RELATED_IP},
    {"client.ip", RELATED_IP},
    {"server.ip", RELATED_IP},
    {"source.nat.ip", RELATED_IP},
    {"destination.nat.ip", RELATED_IP},
    {"host.ip", RELATED_IP},
    {"observer.ip", RELATED_IP},
    {"dns.resolved_ip", RELATED_IP},
    {"user.name", RELATED_USER},
    {"user.effective.name", RELATED_USER},
    {"user.target.name", RELATED_USER},
    {"user.changes.name", RELATED_USER},
    {"source.user.name", RELATED_USER},
    {"destination.user.name", RELATED_USER},
    {"host.name", RELATED_HOSTS},
    {"host.hostname", RELATED_HOSTS},
    {"source.domain", RELATED_HOSTS},
    {"destination.domain", RELATED_HOSTS},
    {"url.domain", RELATED_HOSTS},
    {"file.hash.md5", RELATED_HASH},
    {"file.hash.sha1", RELATED_HASH},
    {"file.hash.sha256", RELATED_HASH},
    {"process.hash.sha256", RELATED_HASH},
};

static enum field_related
related_of(struct str name)
{
	for (size_t i = 0; i < sizeof(related) / sizeof(*related); i++)
		if (str_eq(name, str_of(related[i].name)))
			return related[i].related;
	return RELATED_NONE;
}

struct fields *
fields_new(void)
{
	static const char *const known[] = {
#define FIELD_NAME(id, name) name,
	    FIELD_KNOWN(FIELD_NAME)
#undef FIELD_NAME
	};
	struct fields *f = mem_new(1, sizeof(*f));

	f->numbers = map_new();
	f->names = arena_new();
	for (size_t i = 0; i < F_KNOWN; i++)
		fields_add(f, str_of(known[i]));
	return f;
}

void
fields_free(struct fields *f)
{
	if (!f)
		return;
	map_free(f->numbers);
	arena_free(f->names);
	mem_free(f->v);
	mem_free(f);
}

int
fields_find(const struct fields *f, struct str name)
{
	uintptr_t at = (uintptr_t)map_get(f->numbers, name);

	return (int)at - 1;
}

int
fields_add(struct fields *f, struct str name)
{
	int id = fields_find(f, name);
	struct buf quoted;
	struct field *new;

	if (id >= 0)
		return id;
	if (f->n == MAX)
		return -1;
	f->v = mem_grow(f->v, &f->cap, f->n + 1, sizeof(*f->v));
	new = &f->v[f->n];
	quoted = buf_make(64 + 8 * name.n);
	buf_ch(&quoted, ',');
	buf_json(&quoted, name);
	buf_ch(&quoted, ':');
	new->name = arena_copy(f->names, name);
	new->key = arena_copy(f->names, buf_str(&quoted));
	new->related = related_of(name);
	buf_free(&quoted);
	*map_put(f->numbers, name) = (void *)(uintptr_t)(f->n + 1);
	return (int)f->n++;
}

const struct field *
fields_get(const struct fields *f, int id)
{
	return &f->v[id];
}

size_t
fields_count(const struct fields *f)
{
	return f->n;
}
