/* From object paths to fields. */
#include "file.h"
#include "stixmap.h"
#include "yaml.h"

bool
stixmap_load(struct stixmap *m, struct arena *a, struct err *e)
{
	const char *path = CAT(a, str_of(file_data(a, "stix")), STR("/objects.yaml")).p;
	struct yaml_docs docs;

	if (!yaml_load(a, path, &docs, e))
		return false;
	if (docs.n != 1 || !node_get(docs.v[0], STR("objects"))) {
		err_set(e, ERR_CONFIG, "%s: no 'objects'", path);
		return false;
	}
	m->doc = docs.v[0];
	return true;
}

static const struct node *
objects_of(const struct stixmap *m, struct str object)
{
	return node_get(node_get(m->doc, STR("objects")), object);
}

size_t
stixmap_objects(const struct stixmap *m, struct str object)
{
	size_t n = node_count(objects_of(m, object));

	return n ? n : 1;
}

bool
stixmap_knows(const struct stixmap *m, const struct stix_path *p)
{
	const struct node *all = objects_of(m, p->object);

	for (size_t i = 0; i < node_count(all); i++)
		if (node_get(node_at(all, i), p->key))
			return true;
	return node_get(node_get(m->doc, STR("prefixes")), p->object) != NULL;
}

/* Of one that no table knows: "x-foo.bar", and below the prefix of its type. */
static size_t
own_places(const struct stixmap *m, struct arena *a, const struct stix_path *p,
    struct str out[STIXMAP_PLACES])
{
	const struct node *prefixes = node_get(
	    node_get(m->doc, STR("prefixes")), p->object);
	size_t n = 0;

	for (size_t i = 0; i < node_count(prefixes) && n < STIXMAP_PLACES - 1; i++)
		out[n++] = CAT(a, node_text(node_at(prefixes, i)), p->key);
	out[n++] = CAT(a, p->object, STR("."), p->key);
	return n;
}

/* "win:NAME" is looked for at every place of Windows' event data. */
static size_t
add_place(struct arena *a, struct str place, struct str out[STIXMAP_PLACES], size_t n)
{
	static const char *const heads[] = {
	    "", "Event.EventData.", "winlog.event_data.", NULL};

	if (!str_starts(place, STR("win:"))) {
		if (place.p && n < STIXMAP_PLACES)
			out[n++] = place;
		return n;
	}
	for (const char *const *h = heads; *h && n < STIXMAP_PLACES; h++)
		out[n++] = CAT(a, str_of(*h), str_from(place, 4));
	return n;
}

size_t
stixmap_places(const struct stixmap *m, struct arena *a, const struct stix_path *p,
    size_t i, struct str out[STIXMAP_PLACES])
{
	const struct node *all = objects_of(m, p->object);
	const struct node *places;
	size_t n = 0;

	if (node_count(all) == 0 || (i == 0 && !stixmap_knows(m, p)))
		return own_places(m, a, p, out);
	places = node_get(node_at(all, i), p->key);
	for (size_t k = 0; k < node_count(places); k++)
		n = add_place(a, node_text(node_at(places, k)), out, n);
	return n;
}

/* --- records --- */

static size_t
record_objects(void *ctx, struct str object)
{
	return stixmap_objects(((struct stixmap_record *)ctx)->map, object);
}

/* The element that a trailing index of the path names; false: [*], or none. */
static bool
last_index(const struct stix_path *p, int64_t *index)
{
	if (p->step[p->n - 1].name.p || p->step[p->n - 1].index == STIX_ANY)
		return false;
	*index = p->step[p->n - 1].index;
	return true;
}

static bool
record_value(
    void *ctx, const struct stix_path *p, size_t i, size_t *at, struct str *value)
{
	struct stixmap_record *r = ctx;
	struct str places[STIXMAP_PLACES];
	size_t n = stixmap_places(r->map, r->a, p, i, places);
	const struct node *found = NULL;
	int64_t index;

	for (size_t k = 0; k < n && node_count(found) == 0; k++)
		found = node_path(r->record, places[k]);
	if (last_index(p, &index) && *at == 0) {
		index = index < 0 ? (int64_t)node_count(found) + index + 1 : index;
		if (index < 0 || (size_t)index >= node_count(found))
			return false;
		*at = node_count(found);
		*value = node_text(node_at(found, (size_t)index));
		return value->p != NULL;
	}
	while (*at < node_count(found))
		if ((*value = node_text(node_at(found, (*at)++))).p)
			return true;
	return false;
}

struct stix_source
stixmap_source(struct stixmap_record *r)
{
	return (struct stix_source){r, record_objects, record_value};
}
