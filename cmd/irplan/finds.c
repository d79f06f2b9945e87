#include "finds.h"
#include "json.h"
#include "lru.h"
#include "map.h"
#include "mem.h"
#include "node.h"

struct list {
	struct find *v;
	size_t n, cap;
	unsigned of[FIND_TYPES];
};

struct finds {
	struct map *lists;
	struct lru *processes; /* of each the incident's id */
	struct lru *sessions;  /* of each its struct session */
	size_t max;
};

#define ID_MAX 64

struct session {
	char user[65], source[51];
};

struct finds *
finds_new(size_t max)
{
	struct finds *s = mem_new(1, sizeof(*s));

	*s = (struct finds){map_new(), lru_new(FINDS_PROCESSES, ID_MAX + 1, NULL, NULL),
	    lru_new(FINDS_PROCESSES, sizeof(struct session), NULL, NULL), max};
	return s;
}

#define TEXTS 8

static struct str *
text_at(struct find *f, size_t i)
{
	struct str *const all[TEXTS] = {&f->value, &f->host, &f->user, &f->more,
	    &f->source, &f->start, &f->sha256, &f->event};

	return all[i];
}

static void
each_text(struct find *f, void (*call)(struct str *))
{
	for (size_t i = 0; i < TEXTS; i++)
		call(text_at(f, i));
}

static void
keep(struct str *s)
{
	if (s->p)
		*s = (struct str){mem_text(*s), s->n};
}

static void
drop(struct str *s)
{
	mem_free((char *)(uintptr_t)s->p);
}

static void
list_free(struct list *l)
{
	for (size_t i = 0; l && i < l->n; i++)
		each_text(&l->v[i], drop);
	if (l)
		mem_free(l->v);
	mem_free(l);
}

void
finds_free(struct finds *s)
{
	void *v;

	if (!s)
		return;
	for (size_t i = 0; map_next(s->lists, &i, NULL, &v);)
		list_free(v);
	map_free(s->lists);
	lru_free(s->processes);
	lru_free(s->sessions);
	mem_free(s);
}

static struct list *
list_of(struct finds *s, struct str incident)
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

static bool
same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void
add_lacking(struct str *to, struct str from)
{
	if (to->n == 0 && from.n) {
		drop(to);
		*to = from;
		keep(to);
	}
}

void
finds_note(struct finds *s, struct str incident, const struct find *f)
{
	struct list *l = list_of(s, incident);

	for (size_t i = 0; i < l->n; i++) {
		struct find *old = &l->v[i];

		if (old->type != f->type || !same(old->value, f->value) ||
		    !same(old->host, f->host) || !same(old->user, f->user))
			continue;
		old->made |= f->made;
		add_lacking(&old->more, f->more);
		add_lacking(&old->sha256, f->sha256);
		return;
	}
	if (l->of[f->type]++ >= FINDS_OF)
		return;
	if (l->n == l->cap)
		l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	l->v[l->n] = *f;
	each_text(&l->v[l->n++], keep);
}

const struct find *
finds_next(const struct finds *s, struct str incident, size_t *at)
{
	const struct list *l = map_get(s->lists, incident);

	return l && *at < l->n ? &l->v[(*at)++] : NULL;
}

void
finds_process(struct finds *s, struct str process, struct str incident)
{
	char *id;

	if (incident.n > ID_MAX)
		return;
	id = lru_put(s->processes, process, NULL);
	memcpy(id, incident.p, incident.n);
	id[incident.n] = 0;
}

struct str
finds_of_process(const struct finds *s, struct str process)
{
	return str_of(lru_peek(s->processes, process));
}

void
finds_session(struct finds *s, struct str process, struct str user, struct str source)
{
	struct session *of;

	if (user.n >= sizeof(of->user) || source.n >= sizeof(of->source))
		return;
	of = lru_put(s->sessions, process, NULL);
	memset(of, 0, sizeof(*of));
	memcpy(of->user, user.p, user.n);
	if (source.n)
		memcpy(of->source, source.p, source.n);
}

bool
finds_session_of(
    const struct finds *s, struct str process, struct str *user, struct str *source)
{
	const struct session *of = lru_peek(s->sessions, process);

	if (!of)
		return false;
	*user = str_of(of->user);
	*source = str_of(of->source);
	return true;
}

void
finds_merge(struct finds *s, struct str into, struct str from)
{
	struct list *l = map_del(s->lists, from);

	for (size_t i = 0; l && i < l->n; i++)
		finds_note(s, into, &l->v[i]);
	list_free(l);
}

/* --- state --- */

void
finds_save(const struct finds *s, struct buf *b)
{
	struct str id;
	void *v;

	for (size_t i = 0; map_next(s->lists, &i, &id, &v);) {
		struct list *l = v;

		for (size_t k = 0; k < l->n; k++) {
			buf_fmt(b, "find\t[%d,%s,", (int)l->v[k].type,
			    l->v[k].made ? "true" : "false");
			buf_json(b, id);
			for (size_t t = 0; t < TEXTS; t++) {
				struct str text = *text_at(&l->v[k], t);

				buf_ch(b, ',');
				buf_json(b, text.p ? text : STR(""));
			}
			buf_add(b, STR("]\n"));
		}
	}
}

bool
finds_load(struct finds *s, struct str line, struct err *e)
{
	struct arena *a = arena_new();
	char pad[JSON_PAD] = "";
	struct str raw = CAT(a, str_from(line, 5), (struct str){pad, sizeof(pad)}), id;
	const struct node *list = NULL;
	struct find f = {0};
	int64_t type = -1;
	bool ok;

	raw.n -= sizeof(pad);
	if (json_valid(raw, NULL))
		list = node_json(a, raw);
	ok = list && list->type == NODE_LIST && list->n == 3 + TEXTS &&
	     node_i64(node_at(list, 0), &type) && type >= 0 && type < FIND_TYPES;
	id = ok ? node_text(node_at(list, 2)) : STR_NONE;
	for (size_t t = 0; ok && t < TEXTS; t++) {
		*text_at(&f, t) = node_text(node_at(list, 3 + t));
		ok = text_at(&f, t)->p != NULL;
	}
	ok = ok && id.n;
	if (ok) {
		f.type = (enum find_type)type;
		f.made = node_true(node_at(list, 1));
		finds_note(s, id, &f);
	} else {
		err_set(e, ERR_CONFIG, "a line of the state is not ours");
	}
	arena_free(a);
	return ok;
}
