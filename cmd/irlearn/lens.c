#include <stdio.h>

#include "file.h"
#include "lens.h"
#include "mem.h"
#include "opt.h"
#include "sha256.h"
#include "span.h"
#include "vocab.h"
#include "when.h"
#include "yaml.h"

struct load {
	struct lenses *l;
	struct paths *paths;
	const char *path;
	struct str model;
	struct sha256 sha;
	struct err *e;
};

void
lenses_free(struct lenses *l)
{
	arena_free(l->a);
	mem_free(l->v);
	*l = (struct lenses){0};
}

static bool
fault(struct load *d, const struct node *at, const char *why, struct str what)
{
	const char *quote = what.p ? "'" : "";

	err_set(d->e, ERR_CONFIG, "%s:%d:%d: %s%s%s" STR_FMT "%s", d->path, at->line,
	    at->col, why, what.p ? " " : "", quote, STR_ARG(str_sub(what, 0, 60)), quote);
	return false;
}

/* Fields that are taken alike stand once: their number, from 1; 0: too many. */
static size_t
share_field(struct lenses *l, const struct lens_field *f)
{
	for (size_t i = 0; i < l->n_fields; i++)
		if (memcmp(&l->fields[i], f, sizeof(*f)) == 0)
			return i + 1;
	if (l->n_fields == LENS_TAKEN)
		return 0;
	l->fields[l->n_fields++] = *f;
	return l->n_fields;
}

/* "process.executable|winlog.event_data.Image:path" */
static bool
read_field(struct load *d, const struct node *at, size_t *number)
{
	struct str spec = node_text(at), names = str_cut(&spec, ':');
	struct lens_field f;

	memset(&f, 0, sizeof(f));
	while (names.p) {
		struct str name = str_cut(&names, '|');

		if (!name.n || f.n == LENS_FIELDS)
			return fault(
			    d, at, "one to four fields were expected here", STR_NONE);
		f.slot[f.n++] = paths_add(d->paths, name);
	}
	if (f.n == 0)
		return fault(d, at, "a field was expected here", STR_NONE);
	if (spec.p && !tame_find(spec, &f.tame))
		return fault(d, at, "no such way to take a value:", spec);
	*number = share_field(d->l, &f);
	return *number || fault(d, at, "too many different fields", STR_NONE);
}

static bool
known(struct load *d, const struct node *map, const char *const *names, size_t n)
{
	for (size_t i = 0; map->type == NODE_MAP && i < map->n; i++) {
		size_t k = 0;

		while (k < n && !str_eq(map->keys[i].text, str_of(names[k])))
			k++;
		if (k == n)
			return fault(d, &map->keys[i], "unknown key", map->keys[i].text);
	}
	return map->type == NODE_MAP ||
	       fault(d, map, "a map was expected here", STR_NONE);
}

static bool
read_kind(struct load *d, const struct node *at, struct lens *l)
{
	static const char *const kinds[] = {"pair", "rate", "distinct", "week", "shape"};
	struct str kind = node_text(node_get(at, STR("kind")));
	struct str span = node_text(node_get(at, STR("span")));
	size_t i = 0;

	while (kind.p && i < 5 && !str_eq(kind, str_of(kinds[i])))
		i++;
	if (i == 5)
		return fault(d, at, "no such kind of lens:", kind);
	l->kind = (enum lens_kind)i;
	l->span = 3600 * WHEN_S;
	if (!span.p)
		return true;
	if (l->kind != LENS_RATE && l->kind != LENS_DISTINCT)
		return fault(d, at, "only rate and distinct have a span", STR_NONE);
	if (!span_parse(span, &l->span) || l->span < 60000)
		return fault(d, at, "a span of a minute or more was expected, not", span);
	l->span *= WHEN_MS;
	return true;
}

static bool
read_list(struct load *d, const struct node *list, size_t max, size_t *v, size_t *n)
{
	*n = node_count(list);
	if (*n == 0 || *n > max)
		return fault(d, list,
		    max == LENS_FIELDS ? "a context is one to four fields"
				       : "a shape is one to six fields",
		    STR_NONE);
	for (size_t i = 0; i < *n; i++)
		if (!read_field(d, node_at(list, i), &v[i]))
			return false;
	return true;
}

/* The parts that its kind wants, and no others. */
static bool
read_parts(struct load *d, const struct node *at, struct lens *l)
{
	const struct node *context = node_get(at, STR("context")),
			  *value = node_get(at, STR("value")),
			  *over = node_get(at, STR("over"));
	bool wants = l->kind == LENS_PAIR || l->kind == LENS_DISTINCT ||
		     l->kind == LENS_SHAPE;

	if (!l->title.n || !l->say.n || !value == wants)
		return fault(d, at,
		    wants ? "a lens has name, title, context, value and say"
			  : "a rate or week has name, title, context and say",
		    STR_NONE);
	if (l->kind == LENS_SHAPE)
		return read_list(d, value, LENS_SHAPES, l->shape, &l->n_shape);
	if (!context)
		return fault(d, at, "a context is one to four fields", STR_NONE);
	if (!read_list(d, context, LENS_FIELDS, l->context, &l->n_context) ||
	    (value && !read_field(d, value, &l->value)))
		return false;
	if (str_eq(node_text(over), STR("all"))) {
		l->over = 0;
		return true;
	}
	return !over || read_field(d, over, &l->over);
}

static bool
read_lens(struct load *d, const struct node *at, struct lens *l)
{
	static const char *const names[] = {
	    "name", "kind", "span", "title", "context", "value", "over", "say"};
	struct str name = node_text(node_get(at, STR("name")));

	if (!known(d, at, names, sizeof(names) / sizeof(*names)))
		return false;
	if (!name.n)
		return fault(d, at, "a lens has a name", STR_NONE);
	l->over = d->l->host;
	l->id = CAT(d->l->a, d->model, STR("."), name);
	l->hash = vocab_id(l->id);
	l->title = node_text(node_get(at, STR("title")));
	l->say = node_text(node_get(at, STR("say")));
	for (const struct lens *o = d->l->v; o < l; o++)
		if (o->hash == l->hash)
			return fault(d, at, "a second lens of the name", name);
	if (!read_kind(d, at, l) || !read_parts(d, at, l))
		return false;
	for (size_t i = 0; i < l->n_context; i++)
		d->l->named[l->context[i] - 1] = true;
	if (l->kind == LENS_PAIR)
		d->l->named[l->value - 1] = true;
	if (l->over)
		d->l->named[l->over - 1] = true;
	return true;
}

static bool
read_model(struct load *d, const struct node *root)
{
	static const char *const names[] = {"model", "title", "version", "lenses"};
	const struct node *list = node_get(root, STR("lenses"));
	struct buf b = buf_make(1024 * 1024);

	d->model = node_text(node_get(root, STR("model")));
	if (!known(d, root, names, sizeof(names) / sizeof(*names)))
		return false;
	if (!d->model.n || node_count(list) == 0)
		return fault(d, root, "a model has a name and lenses", STR_NONE);
	node_write(root, true, &b);
	sha256_add(&d->sha, buf_str(&b));
	buf_free(&b);
	for (size_t i = 0; i < node_count(list); i++) {
		if (d->l->n == LENSES)
			return fault(
			    d, node_at(list, i), "more than 64 lenses", STR_NONE);
		d->l->v = mem_grow(d->l->v, &d->l->cap, d->l->n + 1, sizeof(*d->l->v));
		if (!read_lens(d, node_at(list, i), &d->l->v[d->l->n++]))
			return false;
	}
	return true;
}

/* The fields that every event has. */
static size_t
plain_field(struct lenses *l, struct paths *paths, const char *name)
{
	struct lens_field f;

	memset(&f, 0, sizeof(f));
	f.slot[0] = paths_add(paths, str_of(name));
	f.n = 1;
	f.tame = TAME_LOWER;
	return share_field(l, &f);
}

static bool
load_file(void *ctx, const char *path)
{
	struct load *d = ctx;
	struct yaml_docs docs;
	bool ok;

	d->path = path;
	ok = file_trusted(path, d->e) && yaml_load(d->l->a, path, &docs, d->e);
	for (size_t i = 0; ok && i < docs.n; i++)
		ok = read_model(d, docs.v[i]);
	return ok;
}

bool
lenses_load(struct lenses *l, struct paths *paths, const char *dir, struct err *e)
{
	struct load d = {.l = l, .paths = paths, .e = e};
	uint8_t hash[SHA256_SIZE];

	*l = (struct lenses){.a = arena_new()};
	l->host = plain_field(l, paths, "host.name");
	l->dataset = plain_field(l, paths, "event.dataset");
	l->named[l->host - 1] = l->named[l->dataset - 1] = true;
	sha256_init(&d.sha);
	if (!file_walk(dir, "yaml", load_file, &d, e) || e->kind != ERR_NONE)
		return false;
	sha256_end(&d.sha, hash);
	sha256_hex(hash, l->hash, 64);
	if (l->n)
		return true;
	err_set(e, ERR_CONFIG, "no models in '%s'", dir);
	return false;
}

/* --- looking --- */

struct str
lens_taken(struct rec *r, const struct lens_field *f)
{
	struct str s = rec_text(r, f->slot[0]);

	for (size_t i = 1; !s.n && i < f->n; i++)
		s = rec_text(r, f->slot[i]);
	return s.n ? tame(rec_arena(r), f->tame, s) : STR("");
}

bool
lens_look(const struct lenses *ls, const struct lens *l, struct rec *r, struct seen *s)
{
	*s = (struct seen){STR(""), STR(""), STR("")};
	for (size_t i = 0; i < l->n_context; i++) {
		struct str part = lens_taken(r, &ls->fields[l->context[i] - 1]);

		if (!part.n)
			return false;
		s->context = i ? CAT(rec_arena(r), s->context, STR(" "), part) : part;
	}
	if (l->value)
		s->value = lens_taken(r, &ls->fields[l->value - 1]);
	if (l->over)
		s->over = lens_taken(r, &ls->fields[l->over - 1]);
	return !l->value || s->value.n;
}

struct str
lens_say(const struct lens *l, struct arena *a, const struct seen *s)
{
	struct str rest = l->say, out = STR("");

	while (rest.n) {
		size_t at = str_chr(rest, '{');
		struct str head = str_sub(rest, 0, at);

		rest = str_from(rest, head.n);
		out = CAT(a, out, head);
		if (str_starts(rest, STR("{value}"))) {
			out = CAT(a, out, s->value);
			rest = str_from(rest, 7);
		} else if (str_starts(rest, STR("{context}"))) {
			out = CAT(a, out, s->context);
			rest = str_from(rest, 9);
		} else if (rest.n) {
			out = CAT(a, out, STR("{"));
			rest = str_from(rest, 1);
		}
	}
	return out;
}
