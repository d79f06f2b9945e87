/*
 * The tables of an incident: entities, techniques, alerts, evidence.
 */
#include <stdlib.h>

#include "map.h"
#include "report.h"
#include "when.h"

#define FORM(r) (r)->page.form
#define PAGE(r) &(r)->page

#define BARS 30 /* rows of the time line */

void
report_picture(struct report *r, const struct incident *in)
{
	const struct node *all = node_path(in->rec, STR("ir.alerts"));
	struct page_bar bars[BARS];
	size_t n = 0;

	if (!FORM(r)->picture)
		return;
	for (size_t i = 0; i < node_count(all) && n < BARS; i++) {
		const struct node *a = node_at(all, i);
		struct page_bar *b = &bars[n];

		*b = (struct page_bar){.name = report_get(a, "name"), .n = 1};
		if (!when_parse(report_get(a, "first"), &b->from))
			continue;
		if (!when_parse(report_get(a, "last"), &b->to) || b->to < b->from)
			b->to = b->from;
		node_i64(node_get(a, STR("n")), &b->n);
		n++;
	}
	if (!n)
		return;
	report_part(r, "Time line");
	FORM(r)->picture(PAGE(r), bars, n);
}

void
report_entities(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {
	    "Who or what", "Type", "Role", "Known from", "First", "Last", "Seen", NULL};
	const struct node *all = node_path(in->rec, STR("ir.entities"));
	int64_t n;

	if (!node_count(all))
		return;
	report_part(r, "Who and what was involved");
	FORM(r)->table(PAGE(r), heads);
	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *e = node_at(all, i);

		if (e->type != NODE_MAP)
			continue;
		FORM(r)->row(PAGE(r), true);
		report_code(r, report_get(e, "value"));
		report_cell(r, report_get(e, "type"));
		report_cell(r, report_get(e, "role"));
		report_cell(r, report_get(e, "prov"));
		report_cell(r, report_time(r, report_get(e, "first")));
		report_cell(r, report_time(r, report_get(e, "last")));
		report_number(r, node_i64(node_get(e, STR("n")), &n) ? n : 1);
		FORM(r)->row(PAGE(r), false);
	}
	FORM(r)->table(PAGE(r), NULL);
}

static void
cell_cites(struct report *r, const struct node *ids)
{
	FORM(r)->cell(PAGE(r), true);
	r->page.filled = false;
	report_cite(r, ids, 4);
	FORM(r)->cell(PAGE(r), false);
}

void
report_attack(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {
	    "Tactic", "Technique", "Name", "Confidence", "Events", NULL};
	const struct node *all = node_path(in->rec, STR("ir.attack"));

	if (!node_count(all))
		return;
	report_part(r, "Techniques (MITRE ATT&CK)");
	FORM(r)->table(PAGE(r), heads);
	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *t = node_at(all, i);
		struct str id = report_get(t, "technique");
		const struct technique *known = attack_find(r->attack, id);

		if (t->type != NODE_MAP)
			continue;
		FORM(r)->row(PAGE(r), true);
		report_cell(r, report_get(t, "tactic"));
		report_code(r, id);
		report_cell(r, known ? known->name : STR(""));
		report_cell(r, report_get(t, "conf"));
		cell_cites(r, node_get(t, STR("events")));
		FORM(r)->row(PAGE(r), false);
	}
	FORM(r)->table(PAGE(r), NULL);
}

void
report_alerts(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {
	    "Alert", "Count", "First", "Last", "Events", NULL};
	const struct node *all = node_path(in->rec, STR("ir.alerts"));
	int64_t n;

	if (!node_count(all))
		return;
	report_part(r, "Alerts");
	FORM(r)->table(PAGE(r), heads);
	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *a = node_at(all, i);
		struct str name = report_get(a, "name");

		if (a->type != NODE_MAP)
			continue;
		FORM(r)->row(PAGE(r), true);
		report_cell(r, name.n ? name : report_get(a, "rule"));
		report_number(r, node_i64(node_get(a, STR("n")), &n) ? n : 1);
		report_cell(r, report_time(r, report_get(a, "first")));
		report_cell(r, report_time(r, report_get(a, "last")));
		cell_cites(r, node_get(a, STR("events")));
		FORM(r)->row(PAGE(r), false);
	}
	FORM(r)->table(PAGE(r), NULL);
}

/* --- evidence --- */

struct cited {
	struct report *r;
	struct map *seen;
	const struct evidence **v;
	size_t n, all, room;
};

static void
count_id(void *ctx, struct str id)
{
	struct cited *c = ctx;

	(void)id;
	c->room++;
}

static void
take(void *ctx, struct str id)
{
	struct cited *c = ctx;
	const struct evidence *e = dossier_event(c->r->d, id);

	if (map_get(c->seen, id))
		return;
	*map_put(c->seen, id) = c;
	c->all++;
	if (e)
		c->v[c->n++] = e;
}

static int
by_time(const void *a, const void *b)
{
	const struct evidence *x = *(const struct evidence *const *)a,
			      *y = *(const struct evidence *const *)b;
	int c = str_cmp(x->time, y->time);

	return c ? c : str_cmp(x->id, y->id);
}

static void
evidence_row(struct report *r, const struct evidence *e)
{
	FORM(r)->row(PAGE(r), true);
	FORM(r)->cell(PAGE(r), true);
	FORM(r)->target(PAGE(r), CAT(r->page.a, STR("e-"), e->id), e->id);
	FORM(r)->cell(PAGE(r), false);
	report_cell(r, report_time(r, e->time));
	report_cell(r, e->host);
	report_cell(r, e->dataset);
	FORM(r)->cell(PAGE(r), true);
	FORM(r)->code(PAGE(r), e->line);
	if (e->cut)
		report_text(r, " (cut)");
	FORM(r)->cell(PAGE(r), false);
	FORM(r)->row(PAGE(r), false);
}

static void
not_shown(struct report *r, size_t n, size_t all)
{
	FORM(r)->para(PAGE(r), true);
	report_say(r, arena_fmt(r->page.a,
			  "%zu of %zu cited events are not shown: they were not in the "
			  "records, or there is room for %zu lines only.",
			  n, all, r->evidence));
	FORM(r)->para(PAGE(r), false);
}

void
report_evidence(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {"Event", "Time", "Host", "Log", "Line", NULL};
	struct cited c = {.r = r};
	size_t shown;

	dossier_cites(in, count_id, &c);
	if (!c.room)
		return;
	c.v = arena_zero(r->page.a, c.room * sizeof *c.v);
	c.seen = map_new();
	dossier_cites(in, take, &c);
	map_free(c.seen);
	qsort(c.v, c.n, sizeof *c.v, by_time);
	shown = c.n < r->evidence ? c.n : r->evidence;
	report_part(r, "Evidence");
	if (shown) {
		FORM(r)->table(PAGE(r), heads);
		for (size_t i = 0; i < shown; i++)
			evidence_row(r, c.v[i]);
		FORM(r)->table(PAGE(r), NULL);
	}
	if (c.all > shown)
		not_shown(r, c.all - shown, c.all);
}
