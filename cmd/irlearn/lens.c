#include <stdio.h>

#include "file.h"
#include "lens.h"
#include "mem.h"
#include "opt.h"
#include "sha256.h"
#include "yaml.h"

struct load {
	struct lenses *l;
	struct filter_run *run;
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

/* "process.executable|winlog.event_data.Image:path" */
static bool
read_field(struct load *d, const struct node *at, struct lens_field *f)
{
	struct str spec = node_text(at), names = str_cut(&spec, ':');
	char text[128];

	f->n = 0;
	f->tame = TAME_TEXT;
	while (names.p) {
		struct str name = str_cut(&names, '|');

		if (!name.n || name.n >= sizeof(text) || f->n == LENS_FIELDS)
			return fault(
			    d, at, "one to four fields were expected here", STR_NONE);
		memcpy(text, name.p, name.n);
		text[name.n] = '\0';
		f->slot[f->n++] = filter_slot(d->run, text);
	}
	if (f->n == 0)
		return fault(d, at, "a field was expected here", STR_NONE);
	if (spec.p && !tame_find(spec, &f->tame))
		return fault(d, at, "no such way to take a value:", spec);
	return true;
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
read_lens(struct load *d, const struct node *at, struct lens *l)
{
	static const char *const names[] = {
	    "name", "title", "context", "value", "over", "say"};
	const struct node *context = node_get(at, STR("context")), *over;
	struct str name = node_text(node_get(at, STR("name")));
	struct lens_field who = {.slot = {filter_slot(d->run, "host.name")}, .n = 1};

	if (!known(d, at, names, sizeof(names) / sizeof(*names)))
		return false;
	l->id = CAT(d->l->a, d->model, STR("."), name);
	l->title = node_text(node_get(at, STR("title")));
	l->say = node_text(node_get(at, STR("say")));
	l->n_context = node_count(context);
	if (!name.n || !l->title.n || !l->say.n || !node_get(at, STR("value")))
		return fault(
		    d, at, "a lens has name, title, context, value and say", STR_NONE);
	if (l->n_context == 0 || l->n_context > LENS_FIELDS)
		return fault(d, at, "a context is one to four fields", STR_NONE);
	for (size_t i = 0; i < l->n_context; i++)
		if (!read_field(d, node_at(context, i), &l->context[i]))
			return false;
	over = node_get(at, STR("over"));
	if (over && !read_field(d, over, &who))
		return false;
	l->over = who.slot[0];
	return read_field(d, node_get(at, STR("value")), &l->value);
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
lenses_load(struct lenses *l, struct filter_run *run, const char *dir, struct err *e)
{
	struct load d = {.l = l, .run = run, .e = e};
	uint8_t hash[SHA256_SIZE];

	*l = (struct lenses){.a = arena_new()};
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

static struct str
taken(struct rec *r, const struct lens_field *f)
{
	struct str s = rec_text(r, f->slot[0]);

	for (size_t i = 1; !s.n && i < f->n; i++)
		s = rec_text(r, f->slot[i]);

	return s.n ? tame(rec_arena(r), f->tame, s) : STR("");
}

bool
lens_look(const struct lens *l, struct rec *r, struct seen *s)
{
	s->context = STR("");
	for (size_t i = 0; i < l->n_context; i++) {
		struct str part = taken(r, &l->context[i]);

		if (!part.n)
			return false;
		s->context = i ? CAT(rec_arena(r), s->context, STR(" "), part) : part;
	}
	s->value = taken(r, &l->value);
	s->over = tame(rec_arena(r), TAME_LOWER, rec_text(r, l->over));
	return s->value.n > 0;
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
