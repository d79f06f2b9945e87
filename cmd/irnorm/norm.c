#include "audit.h"
#include "ids.h"
#include "mem.h"
#include "norm.h"
#include "opt.h"

/* --- which formats for which lines --- */

static int
by_priority(const struct format *a, const struct format *b)
{
	return b->priority - a->priority;
}

/* Insertion keeps the order of equals: that of the files. */
static void
list_add(const struct format ***list, const struct format *f)
{
	size_t n = 0, i;
	const struct format **v;

	while (*list && (*list)[n])
		n++;
	v = mem_new(n + 2, sizeof(*v));
	for (i = 0; i < n && by_priority((*list)[i], f) <= 0; i++)
		v[i] = (*list)[i];
	v[i] = f;
	for (; i < n; i++)
		v[i + 1] = (*list)[i];
	mem_free(*list);
	*list = v;
}

static void
list_program(struct norm *n, const struct format *f, struct str name)
{
	void **at;

	if (str_ends(name, STR("*"))) {
		if (name.n > 1)
			list_add(&n->globs, f);
		return;
	}
	at = map_put(n->programs, name);
	if (!*at)
		*at = mem_new(1, sizeof(struct norm_list));
	list_add(&((struct norm_list *)*at)->v, f);
}

static void
sort_formats(struct norm *n)
{
	for (size_t i = 0; i < n->formats->n; i++) {
		struct format *f = n->formats->v[i];

		f->alone[0] = f;
		switch (f->over) {
		case OVER_SYSLOG:
			for (size_t k = 0; !f->any_program && k < f->n_programs; k++)
				list_program(n, f, f->programs[k]);
			break;
		case OVER_JSON:
			if (f->n_columns)
				list_add(&n->rows, f);
			break;
		case OVER_NONE:
			list_add(&n->bare, f);
			break;
		}
	}
}

/* What no two threads may share. */
static void
make_own(struct norm *n)
{
	event_init(&n->ev, n->fields);
	marks_init(&n->marks, n->pick);
	n->places = places_new(n);
	n->room = regex_room_new();
	n->ids = ids_new();
}

static void
free_own(struct norm *n)
{
	marks_free(&n->marks);
	places_free(n->places, n);
	leaves_free(&n->leaves);
	event_free(&n->ev);
	regex_room_free(n->room);
	ids_free(n->ids);
}

struct norm *
norm_new(struct fields *fields, struct formats *formats, const struct site *site)
{
	struct norm *n = mem_new(1, sizeof(*n));

	n->fields = fields;
	n->formats = formats;
	n->site = site;
	n->proxies = site && site_any(site, SITE_PROXY);
	n->programs = map_new();
	n->generic_map = formats_find(formats, STR("json"));
	sort_formats(n);
	n->pick = pick_new(formats);
	make_own(n);
	return n;
}

struct norm *
norm_clone(const struct norm *from)
{
	struct norm *n = mem_new(1, sizeof(*n));

	n->shares = true;
	n->fields = from->fields;
	n->formats = from->formats;
	n->site = from->site;
	n->proxies = from->proxies;
	n->forced = from->forced;
	n->only = from->only;
	n->programs = from->programs;
	n->globs = from->globs;
	n->rows = from->rows;
	n->bare = from->bare;
	n->pick = from->pick;
	n->generic_map = from->generic_map;
	make_own(n);
	return n;
}

void
norm_free(struct norm *n)
{
	size_t at = 0;
	void *list;

	if (!n)
		return;
	free_own(n);
	if (n->shares) {
		mem_free(n);
		return;
	}
	while (map_next(n->programs, &at, NULL, &list)) {
		mem_free(((struct norm_list *)list)->v);
		mem_free(list);
	}
	map_free(n->programs);
	map_free((struct map *)n->only);
	mem_free(n->globs);
	mem_free(n->rows);
	mem_free(n->bare);
	pick_free(n->pick);
	formats_free(n->formats);
	fields_free(n->fields);
	mem_free(n);
}

static const struct format *
named(const struct norm *n, struct str name, struct err *e)
{
	const struct format *f = formats_find(n->formats, name);
	const char **names, *near;

	if (f)
		return f;
	names = mem_new(n->formats->n + 1, sizeof(*names));
	for (size_t i = 0; i < n->formats->n; i++)
		names[i] = n->formats->v[i]->name.p;
	near = opt_nearest(name, names, n->formats->n);
	err_set(e, ERR_CONFIG, "no format '" STR_FMT "'%s%s%s", STR_ARG(name),
	    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	mem_free(names);
	return NULL;
}

bool
norm_only(struct norm *n, struct str name, struct err *e)
{
	struct map *only = (struct map *)n->only;

	if (!named(n, name, e))
		return false;
	if (!only)
		n->only = only = map_new();
	*map_put(only, name) = only;
	return true;
}

bool
norm_force(struct norm *n, struct str name, struct err *e)
{
	n->forced = named(n, name, e);
	return n->forced != NULL;
}

bool
norm_allows(const struct norm *n, const struct format *f)
{
	if (f->renames.n)
		return true; /* another one decides */
	if (n->forced)
		return f == n->forced;
	return !n->only || map_get(n->only, f->name);
}

/* --- inputs --- */

static bool
prefers(const struct format *f, const char *name)
{
	for (size_t i = 0; name && i < f->n_files; i++)
		if (str_glob(f->files[i], str_of(name)))
			return true;
	return false;
}

void
origin_init(struct origin *o, const struct norm *n, const char *name, struct str host)
{
	size_t count = 0, k = 0;

	*o = (struct origin){.name = name, .host = host};
	while (n->bare && n->bare[count])
		count++;
	o->order = mem_new(count + 1, sizeof(*o->order));
	for (size_t i = 0; i < count; i++)
		if (prefers(n->bare[i], name))
			o->order[k++] = n->bare[i];
}

void
origin_free(struct origin *o)
{
	header_free(o->header);
	mem_free(o->order);
	serials_free(o->serials);
}
