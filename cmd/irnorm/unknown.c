#include <stdlib.h>

#include "lru.h"
#include "map.h"
#include "mem.h"
#include "unknown.h"

#define TEMPLATES 5000
#define LINE_MAX  2048 /* of a sample */

struct sample {
	char *line;
	size_t n, from, len; /* the unknown part of it */
};

struct kept {
	uint64_t count;
	size_t n;
	struct sample v[UNKNOWN_SAMPLES];
};

struct unknown {
	struct templates *templates;
	struct lru *kept; /* by program and the id that the template had */
};

static void
drop(void *ctx, struct str key, void *value)
{
	struct kept *k = value;

	(void)ctx;
	(void)key;
	for (size_t i = 0; i < k->n; i++)
		mem_free(k->v[i].line);
}

struct unknown *
unknown_new(void)
{
	struct unknown *u = mem_new(1, sizeof(*u));

	u->templates = templates_new(TEMPLATES);
	u->kept = lru_new(TEMPLATES, sizeof(struct kept), drop, NULL);
	return u;
}

void
unknown_free(struct unknown *u)
{
	if (!u)
		return;
	templates_free(u->templates);
	lru_free(u->kept);
	mem_free(u);
}

uint64_t
unknown_evicted(const struct unknown *u)
{
	return templates_evicted(u->templates) + lru_evicted(u->kept);
}

void
unknown_tag(struct unknown *u, struct str text, struct buf *event)
{
	const struct template *t = templates_note(u->templates, text);

	if (event->n < 2 || event->p[event->n - 1] != '}')
		return;
	event->n--;
	buf_add(event, STR(",\"ir.template.id\":\""));
	buf_add(event, template_id(t));
	buf_add(event, STR("\",\"ir.template.text\":"));
	buf_json(event, template_text(t));
	buf_ch(event, '}');
}

void
unknown_keep(struct unknown *u, struct str program, struct str text, struct str line)
{
	const struct template *t = templates_note(u->templates, text);
	struct buf key = buf_make(LINE_MAX);
	struct kept *k;

	buf_add(&key, template_id(t));
	buf_add(&key, program);
	k = lru_put(u->kept, buf_str(&key), NULL);
	buf_free(&key);
	k->count++;
	if (k->n == UNKNOWN_SAMPLES || line.n > LINE_MAX)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (str_eq((struct str){k->v[i].line, k->v[i].n}, line))
			return;
	k->v[k->n++] = (struct sample){
	    mem_text(line), line.n, (size_t)(text.p - line.p), text.n};
}

/* --- what was kept --- */

static int
by_program(const void *a, const void *b)
{
	const struct unknown_group *x = a, *y = b;
	int c = str_cmp(x->program, y->program);

	if (c == 0 && x->count != y->count)
		c = x->count > y->count ? -1 : 1;
	return c ? c : str_cmp(template_text(x->template), template_text(y->template));
}

/* Add what was kept under an id that the template may have outgrown. */
static void
add(struct unknown_group *g, const struct kept *k)
{
	g->count += k->count;
	for (size_t i = 0; i < k->n && g->n < UNKNOWN_SAMPLES; i++) {
		const struct sample *s = &k->v[i];

		g->line[g->n] = (struct str){s->line, s->n};
		g->part[g->n++] = (struct str){s->line + s->from, s->len};
	}
}

struct unknown_group *
unknown_groups(struct unknown *u, struct arena *a, size_t *n)
{
	struct unknown_group *all = arena_zero(
	    a, (lru_count(u->kept) + 1) * sizeof(*all));
	struct map *seen = map_new();

	*n = 0;
	for (void *v = NULL; (v = lru_next(u->kept, v));) {
		const struct kept *k = v;
		struct str program = str_from(lru_key(v), 32);
		const struct template *t = NULL;
		struct unknown_group *g;
		void **at;

		if (k->n)
			t = templates_find(u->templates,
			    (struct str){k->v[0].line + k->v[0].from, k->v[0].len});
		if (!t)
			continue;
		at = map_put(seen, CAT(a, template_id(t), program));
		if (!*at) {
			*at = g = &all[(*n)++];
			g->program = arena_copy(a, program);
			g->template = t;
		}
		add(*at, k);
	}
	map_free(seen);
	qsort(all, *n, sizeof(*all), by_program);
	return all;
}
