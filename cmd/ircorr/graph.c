#include <inttypes.h>
#include <stdio.h>

#include "common.h"
#include "draw.h"
#include "graph.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "when.h"

#define GRAPH_MAX ((size_t)256 << 20) /* bytes of text */
#define ARGS      24
#define ARG       64

struct graph {
	const struct ircorr_set *set;
	struct filter_run *run,
	    *inner; /* inner: joins alerts that nobody has joined yet */
	struct dossier *dossier;
	struct touches *touches;
	struct attack *attack;
	struct site *site;
	struct rec *rec; /* of what the inner one writes */
	struct arena *a;
	bool joined; /* the input is ircorr's own output */
	char args[ARGS][ARG];
};

bool
graph_asked(const struct opt *own, int argc, char **argv)
{
	struct ircorr_set set = {0};
	struct common common = common_defaults;
	struct opt_set sets[] = {{own, &set}, {common_options(true), &common}};
	struct opt_list operands = {0};
	struct err e;
	bool asked = opt_parse(sets, 2, argc, argv, &operands, &e) && set.graph;

	opt_free(sets, 2);
	mem_free(operands.v);
	return asked;
}

static void
take(struct graph *g, struct rec *r)
{
	dossier_add(g->dossier, r);
	touches_add(g->touches, r);
}

/* What the inner ircorr writes, as if it had been read. */
static void
joined(void *ctx, struct str record)
{
	struct graph *g = ctx;
	struct buf b = buf_make(record.n + JSON_PAD);
	char *p = buf_room(&b, record.n + JSON_PAD);

	memcpy(p, record.p, record.n);
	memset(p + record.n, 0, JSON_PAD);
	if (rec_scan(g->rec, (struct str){p, record.n}, NULL))
		take(g, g->rec);
	arena_reset(g->a);
	buf_free(&b);
}

/* The inner one has the settings that were given to this. */
static struct filter_run *
inner(struct graph *g, struct err *e)
{
	const struct ircorr_set *s = g->set;
	char now[WHEN_MAX], *argv[ARGS + 8];
	int n = 0;

	when_text(now, filter_now(g->run));
	snprintf(g->args[n++], ARG, "ircorr");
	snprintf(g->args[n++], ARG, "--now=%s", now);
	snprintf(g->args[n++], ARG, "--window=%" PRId64 "ms", s->window_ms);
	snprintf(g->args[n++], ARG, "--close=%" PRId64 "ms", s->close_ms);
	snprintf(g->args[n++], ARG, "--max-keys=%zu", s->max);
	snprintf(g->args[n++], ARG, "--max-incidents=%zu", s->incidents);
	snprintf(g->args[n++], ARG, "--open=%s", s->open);
	snprintf(g->args[n++], ARG, "--discount=%s", s->discount);
	for (int i = 0; i < n; i++)
		argv[i] = g->args[i];
	for (int i = 0; i < 2; i++) {
		const char *value = i ? s->site : s->gate;

		if (!value)
			continue;
		argv[n++] = (char *)(uintptr_t)(i ? "--site" : "--gate");
		argv[n++] = (char *)(uintptr_t)value;
	}
	argv[n] = NULL;
	return filter_new(&ircorr, n, argv, joined, g, e);
}

void *
graph_open(struct filter_run *run, void *set, struct err *e)
{
	struct graph *g = mem_new(1, sizeof(*g));

	g->run = run;
	g->set = set;
	g->a = arena_new();
	g->dossier = dossier_new(filter_paths(run), false);
	g->touches = touches_new(run);
	g->rec = rec_new(filter_paths(run), g->a);
	g->site = site_load(g->set->site, e);
	g->attack = g->site ? attack_load(e) : NULL;
	g->inner = g->attack ? inner(g, e) : NULL;
	if (g->inner)
		return g;
	graph_close(g);
	return NULL;
}

void
graph_close(void *state)
{
	struct graph *g = state;

	if (g->inner)
		filter_free(g->inner);
	dossier_free(g->dossier);
	touches_free(g->touches);
	attack_free(g->attack);
	site_free(g->site);
	rec_free(g->rec);
	arena_free(g->a);
	mem_free(g);
}

/* Once a record has an incident, all have been joined: joining them again would double. */
enum filter_do
graph_step(
    void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct graph *g = state;

	(void)e;
	g->joined |= touches_incident(g->touches, r).n > 0;
	if (g->joined)
		take(g, r);
	else
		filter_feed(g->inner, line);
	return filter_used(run, "drawn");
}

static void
draw(struct graph *g, const struct incident *in, size_t no, struct buf *b)
{
	struct arena *a = arena_new();
	const struct flow *f = flow_of(a, in, g->touches, g->attack, g->site);

	if (str_eq(str_of(g->set->graph), STR("dot")))
		dot_incident(b, f, no);
	else if (str_eq(str_of(g->set->graph), STR("mermaid")))
		mermaid_incident(b, f, no);
	else
		attackflow_incident(b, f, g->attack);
	arena_free(a);
}

/* What was merged into another is drawn there. */
static bool
is_home(const struct graph *g, const struct incident *in)
{
	return str_eq(dossier_home(g->dossier, in->id), in->id);
}

static void
draw_all(struct graph *g, struct buf *b)
{
	bool dot = str_eq(str_of(g->set->graph), STR("dot"));
	size_t n = dossier_count(g->dossier);

	for (size_t i = 0; i < n; i++)
		touches_join(g->touches, dossier_incident(g->dossier, i)->id,
		    dossier_home(g->dossier, dossier_incident(g->dossier, i)->id));
	if (n && dot)
		dot_begin(b);
	else if (n && str_eq(str_of(g->set->graph), STR("mermaid")))
		mermaid_begin(b);
	for (size_t i = 0; i < n; i++)
		if (is_home(g, dossier_incident(g->dossier, i)))
			draw(g, dossier_incident(g->dossier, i), i, b);
	if (n && dot)
		dot_end(b);
}

void
graph_end(void *state, struct filter_run *run)
{
	struct graph *g = state;
	struct buf b = buf_make(GRAPH_MAX);
	struct str out;

	filter_end(g->inner);
	dossier_sort(g->dossier);
	draw_all(g, &b);
	out = buf_str(&b);
	while (str_ends(out, STR("\n")))
		out.n--;
	if (b.full || dossier_full(g->dossier)) {
		filter_warn(run, "too many incidents to draw: some are left out");
		filter_failed(run);
	}
	if (out.n)
		filter_emit(run, out);
	buf_free(&b);
}
