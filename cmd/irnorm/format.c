#include <sys/stat.h>

#include "decode.h"
#include "cache.h"
#include "file.h"
#include "format.h"
#include "mem.h"
#include "opt.h"
#include "loose.h"

struct formats *
formats_new(struct fields *fields)
{
	struct formats *f = mem_new(1, sizeof(*f));

	f->a = arena_new();
	f->fields = fields;
	return f;
}

static void
free_format(struct format *f)
{
	for (size_t i = 0; i < f->n_rules; i++)
		regex_free(f->rules[i].regex);
	mem_free(f->rivals);
	for (size_t i = 0; i < f->n_columns; i++)
		header_free(f->columns[i]);
	for (size_t i = 0; i < f->n_lookups; i++)
		map_free(f->lookups[i].rows);
	map_free(f->map);
	map_free(f->loose);
}

void
formats_free(struct formats *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		free_format(f->v[i]);
	for (size_t i = 0; i < f->n_tables; i++)
		map_free(f->tables[i]);
	mem_free(f->tables);
	arena_free(f->a);
	mem_free(f->v);
	mem_free(f);
}

/* --- a file --- */

static bool
load_over(struct load *l, const struct node *over)
{
	static const char *const names[] = {"syslog", "json", "none", NULL};
	struct str s = node_text(over);

	if (str_eq(s, STR("xml"))) /* its values are those of an object */
		s = STR("json");
	if (!over)
		return load_fault(
		    l, NULL, "'over' is missing: syslog, json, xml or none");
	for (int i = 0; names[i]; i++)
		if (str_eq(s, str_of(names[i]))) {
			l->format->over = (enum format_over)i;
			return true;
		}
	return load_fault(l, over, "'over' is one of syslog, json, xml, none");
}

static bool
load_when(struct load *l, const struct node *when)
{
	static const char *const known[] = {"process.name", NULL};
	struct format *f = l->format;

	if (!when) {
		f->any_program = true;
		return true;
	}
	if (!load_known(l, when, known) ||
	    !load_texts(
		l, node_get(when, STR("process.name")), &f->programs, &f->n_programs))
		return false;
	for (size_t i = 0; i < f->n_programs; i++)
		if (str_eq(f->programs[i], STR("*")))
			f->any_program = true;
	return true;
}

/* Where the members of the object itself go: {json: {under: prefix}}, alone. */
static bool
load_taken(struct load *l, const struct node *json)
{
	static const char *const inner[] = {"under", NULL};
	const struct node *under;

	l->format->takes = l->format->over == OVER_JSON;
	l->format->under = l->format->name;
	if (!json)
		return true;
	if (!load_known(l, json, inner))
		return false;
	under = node_get(json, STR("under"));
	if (under && under->type == NODE_NULL)
		l->format->under = STR("");
	else if (under)
		l->format->under = node_text(under);
	return true;
}

static bool
load_decode(struct load *l, const struct node *decode)
{
	const struct node *json = node_get(decode, STR("json"));

	if (decode && decode->type == NODE_MAP && decode->n == 1 && json &&
	    !node_get(json, STR("of")))
		return load_taken(l, json);
	return load_taken(l, NULL) && decode_load(l, decode, &l->format->decode);
}

/* Where members go that the map does not name; null: they are fields as they are. */
static bool
load_under(struct load *l, const struct node *under)
{
	if (under)
		l->format->under = under->type == NODE_NULL ? STR("") : node_text(under);
	return true;
}

/* {_path: [conn]}: objects that have the key are told by it. */
static bool
load_named(struct load *l, const struct node *named)
{
	struct format *f = l->format;

	if (!named)
		return true;
	if (named->type != NODE_MAP || named->n != 1)
		return load_fault(l, named, "'named' is a key and its values");
	f->name_key = named->keys[0].text;
	return load_texts(l, &named->kids[0], &f->names, &f->n_names);
}

/* {eventSource: [s3.amazonaws.com]}: members that hold one of the values. */
static bool
load_where(struct load *l, const struct node *where)
{
	struct format *f = l->format;

	if (!where)
		return true;
	if (where->type != NODE_MAP)
		return load_fault(l, where, "'where' is a map of keys and their values");
	f->where = arena_zero(l->formats->a, where->n * sizeof(*f->where));
	for (f->n_where = 0; f->n_where < where->n; f->n_where++) {
		struct wanted *w = &f->where[f->n_where];

		w->path = where->keys[f->n_where].text;
		if (!load_texts(l, &where->kids[f->n_where], &w->globs, &w->n_globs))
			return false;
	}
	return true;
}

/* Lists of columns, for rows that come without a header. */
static bool
load_columns(struct load *l, const struct node *columns)
{
	struct format *f = l->format;
	struct str *names;
	size_t n;

	if (!load_texts(l, columns, &names, &n))
		return false;
	f->columns = arena_zero(l->formats->a, n * sizeof(struct header *));
	for (f->n_columns = 0; f->n_columns < n; f->n_columns++)
		f->columns[f->n_columns] = header_of(names[f->n_columns]);
	return true;
}

static bool
load_samples(struct load *l, const struct node *samples)
{
	static const char *const known[] = {"line", "want", "file", NULL};
	struct format *f = l->format;

	f->n_samples = node_count(samples);
	if (f->n_samples == 0)
		return load_fault(
		    l, samples, "no 'samples': a format is tested by its own lines");
	f->samples = arena_zero(l->formats->a, f->n_samples * sizeof(*f->samples));
	for (size_t i = 0; i < f->n_samples; i++) {
		const struct node *s = node_at(samples, i);
		struct sample *new = &f->samples[i];

		if (!load_known(l, s, known))
			return false;
		new->text = node_text(node_get(s, STR("line")));
		new->want = node_get(s, STR("want"));
		new->file = node_text(node_get(s, STR("file"))).p;
		new->line = s->line;
		if (!new->text.p || !new->want || new->want->type != NODE_MAP)
			return load_fault(l, s, "a sample has a 'line' and a map 'want'");
	}
	return true;
}

static bool
load_lists(struct load *l, const struct node *root)
{
	struct format *f = l->format;
	int64_t priority = FORMAT_USUAL;
	const struct node *p = node_get(root, STR("priority"));

	if (p && (!node_i64(p, &priority) || priority < 0 || priority > 100))
		return load_fault(l, p, "'priority' is a number from 0 to 100");
	f->priority = (int)priority;
	f->closed = str_eq(node_text(node_get(root, STR("closed"))), STR("true"));
	return load_named(l, node_get(root, STR("named"))) &&
	       load_where(l, node_get(root, STR("where"))) &&
	       load_columns(l, node_get(root, STR("columns"))) &&
	       load_texts(l, node_get(root, STR("need")), &f->needs, &f->n_needs) &&
	       load_texts(l, node_get(root, STR("keys")), &f->keys, &f->n_keys) &&
	       load_texts(l, node_get(root, STR("wraps")), &f->wraps, &f->n_wraps) &&
	       load_renames(l, node_get(root, STR("rename"))) &&
	       load_texts(l, node_get(root, STR("only")), &f->only, &f->n_only) &&
	       load_texts(
		   l, node_get(root, STR("without")), &f->without, &f->n_without) &&
	       load_texts(l, node_get(root, STR("any")), &f->any_keys, &f->n_any) &&
	       load_texts(l, node_get(root, STR("files")), &f->files, &f->n_files) &&
	       load_texts(l, node_get(root, STR("before")), &f->before, &f->n_before);
}

static bool
load_head(struct load *l, const struct node *root)
{
	static const char *const known[] = {"format", "title", "version", "dataset",
	    "over", "when", "files", "need", "keys", "any", "without", "where", "named",
	    "columns", "closed", "loose", "wraps", "only", "rename", "under", "like",
	    "before", "priority", "set", "groups", "decode", "map", "copy", "compose",
	    "lookup", "rules", "samples", NULL};
	struct format *f = l->format;
	struct str dataset;
	struct buf b;

	if (!load_known(l, root, known))
		return false;
	f->name = node_text(node_get(root, STR("format")));
	f->title = node_text(node_get(root, STR("title")));
	f->path = l->path;
	if (!f->name.p || f->name.n == 0)
		return load_fault(l, root, "'format' is missing: its name");
	dataset = node_text(node_get(root, STR("dataset")));
	b = buf_make(4096);
	buf_json(&b, dataset.p ? dataset : f->name);
	l->set.v = arena_zero(l->formats->a, 3 * sizeof(*l->set.v));
	l->set.v[0] = (struct constant){F_KIND, STR("\"event\"")};
	l->set.v[1] = (struct constant){F_EVENT_KIND, STR("\"event\"")};
	l->set.v[2] = (struct constant){
	    F_DATASET, arena_copy(l->formats->a, buf_str(&b))};
	l->set.n = 3;
	buf_free(&b);
	return true;
}

/* The formats that this one is like, which came before it. */
static bool
load_like(struct load *l, const struct node *root)
{
	const struct node *name = node_get(root, STR("like")), *chain[LIKES] = {root};
	size_t n = 1;

	l->format->root = root;
	for (; name; name = node_get(chain[n - 1], STR("like"))) {
		const struct format *like = formats_find(l->formats, node_text(name));

		if (!like)
			return load_fault(l, name,
			    "no format '" STR_FMT "' came before this one",
			    STR_ARG(node_text(name)));
		if (n == LIKES)
			return load_fault(
			    l, name, "too many formats that are like others");
		chain[n++] = like->root;
	}
	for (l->n_roots = 0; n > 0;)
		l->roots[l->n_roots++] = chain[--n];
	return true;
}

const struct node *
load_nearest(const struct load *l, struct str part, struct str inner)
{
	const struct node *found = NULL;

	for (size_t i = l->n_roots; i-- > 0 && !found;) {
		found = node_get(l->roots[i], part);
		if (inner.p)
			found = node_get(found, inner);
	}
	return found;
}

/* What formats take from those that they are like: the farthest first. */
static bool
load_parts(struct load *l)
{
	for (size_t i = 0; i < l->n_roots; i++)
		if (!load_constants(l, node_get(l->roots[i], STR("set")), &l->set) ||
		    !load_map(l, node_get(l->roots[i], STR("map"))))
			return false;
	for (size_t i = 0; i < l->n_roots; i++)
		if (!load_copies(l, l->roots[i], &l->set) ||
		    !load_lookups(l, node_get(l->roots[i], STR("lookup"))))
			return false;
	return true;
}

/* Only now is the map complete. */
static bool
load_loose(struct load *l, const struct node *loose)
{
	if (str_eq(node_text(loose), STR("true")) && l->format->map)
		loose_make(l->format);
	return true;
}

static bool
load_format(struct load *l, const struct node *root)
{
	const struct node *groups = node_get(root, STR("groups"));

	if (groups && groups->type != NODE_MAP)
		return load_fault(l, groups, "'groups' is a map of names to constants");
	return load_head(l, root) && load_over(l, node_get(root, STR("over"))) &&
	       load_when(l, node_get(root, STR("when"))) && load_lists(l, root) &&
	       load_parts(l) && load_loose(l, node_get(root, STR("loose"))) &&
	       load_decode(l, load_nearest(l, STR("decode"), STR_NONE)) &&
	       load_under(l, load_nearest(l, STR("under"), STR_NONE)) &&
	       load_rules(l, node_get(root, STR("rules"))) &&
	       load_samples(l, node_get(root, STR("samples")));
}

static void
keep(struct formats *f, struct format *new)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i]->name, new->name)) {
			free_format(f->v[i]);
			f->v[i] = new;
			return;
		}
	f->v = mem_grow(f->v, &f->cap, f->n + 1, sizeof(*f->v));
	f->v[f->n++] = new;
}

/* Each document is a format. */
static bool
load_docs(struct load *l, const struct yaml_docs *docs)
{
	struct formats *f = l->formats;

	for (size_t i = 0; i < docs->n; i++) {
		l->format = arena_zero(f->a, sizeof(*l->format));
		l->set = (struct constants){0};
		if (!load_like(l, docs->v[i]) || !load_format(l, docs->v[i])) {
			free_format(l->format);
			return false;
		}
		load_settle(l);
		keep(f, l->format);
	}
	return true;
}

bool
formats_load(struct formats *f, const char *path, struct err *e)
{
	struct load l = {.formats = f, .e = e};
	struct yaml_docs docs;

	l.path = arena_copy(f->a, str_of(path)).p;
	return cache_load(f->cache, f->a, l.path, &docs, e) && load_docs(&l, &docs);
}

bool
formats_read(struct formats *f, struct str text, const char *name, struct err *e)
{
	struct load l = {.formats = f, .e = e, .path = name};
	struct yaml_docs docs;

	return yaml_parse(f->a, text, name, &docs, e) && load_docs(&l, &docs);
}

struct dir_load {
	struct formats *f;
	struct err *e;
	bool failed;
};

static bool
load_one(void *ctx, const char *path)
{
	struct dir_load *d = ctx;

	d->failed = !formats_load(d->f, path, d->e);
	return !d->failed;
}

bool
formats_load_dir(struct formats *f, const char *dir, bool maybe, struct err *e)
{
	struct dir_load d = {f, e, false};
	struct stat st;

	if (stat(dir, &st) < 0) {
		if (!maybe)
			err_sys(e, ERR_CONFIG, "cannot open '%s'", dir);
		return maybe;
	}
	return file_walk(dir, "yaml", load_one, &d, e) && !d.failed;
}

const struct format *
formats_find(const struct formats *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i]->name, name))
			return f->v[i];
	return NULL;
}
