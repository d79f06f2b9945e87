#include "report.h"
#include "when.h"

#define FORM(r) (r)->page.form
#define PAGE(r) &(r)->page

struct str
report_get(const struct node *n, const char *path)
{
	return node_text(node_path(n, str_of(path)));
}

struct str
report_time(struct report *r, struct str s)
{
	struct when w;
	int64_t ns;

	if (!when_parse(s, &ns))
		return s;
	when_split(ns, &w);
	return arena_fmt(r->page.a, "%04d-%02d-%02d %02d:%02d:%02d UTC", w.year, w.mon,
	    w.day, w.hour, w.min, w.sec);
}

void
report_say(struct report *r, struct str s)
{
	FORM(r)->text(PAGE(r), s);
	r->page.filled = true;
}

void
report_text(struct report *r, const char *s)
{
	report_say(r, str_of(s));
}

void
report_cell(struct report *r, struct str s)
{
	FORM(r)->cell(PAGE(r), true);
	report_say(r, s);
	FORM(r)->cell(PAGE(r), false);
}

void
report_code(struct report *r, struct str s)
{
	FORM(r)->cell(PAGE(r), true);
	FORM(r)->code(PAGE(r), s);
	FORM(r)->cell(PAGE(r), false);
}

void
report_number(struct report *r, int64_t n)
{
	report_cell(r, arena_fmt(r->page.a, "%lld", (long long)n));
}

void
report_part(struct report *r, const char *text)
{
	FORM(r)->heading(PAGE(r), 3, str_of(text), STR_NONE, STR_NONE);
}

/* --- citations --- */

#define SHORT 8  /* digits of an id in running text; the evidence has all */
#define ID    32 /* digits of a whole one */

static void
cite_one(struct report *r, struct str id)
{
	if (page_anchor(id) && dossier_event(r->d, id))
		FORM(r)->link(
		    PAGE(r), CAT(r->page.a, STR("e-"), id), str_sub(id, 0, SHORT));
	else
		FORM(r)->code(PAGE(r), str_sub(id, 0, SHORT));
}

void
report_cite(struct report *r, const struct node *ids, size_t max)
{
	size_t n = node_count(ids), shown = 0;
	const char *first = r->page.filled ? " [" : "[";

	for (size_t i = 0; i < n && shown < max; i++) {
		struct str id = node_text(node_at(ids, i));

		if (!id.n)
			continue;
		report_text(r, shown++ ? ", " : first);
		cite_one(r, id);
	}
	if (n > shown && shown)
		report_say(r, arena_fmt(r->page.a, " and %zu more", n - shown));
	if (shown)
		report_text(r, "]");
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

void
report_citing(struct report *r, struct str s)
{
	size_t from = 0, i = 0;

	while (i < s.n) {
		size_t run = 0;

		while (i + run < s.n && is_hex(s.p[i + run]))
			run++;
		if (run == ID) {
			report_say(r, str_sub(s, from, i - from));
			cite_one(r, str_sub(s, i, ID));
			from = i + ID;
		}
		i += run ? run : 1;
	}
	report_say(r, str_from(s, from));
}

/* --- the document --- */

static struct str
title_of(const struct incident *in)
{
	struct str title = report_get(in->rec, "ir.incident.title");

	return title.n ? title : STR("Incident without a title");
}

static void
incident(struct report *r, const struct incident *in)
{
	FORM(r)->heading(PAGE(r), 2, title_of(in), report_get(in->rec, "ir.severity"),
	    CAT(r->page.a, STR("i-"), in->id));
	report_facts(r, in);
	report_method(r, in);
	report_cause(r, in);
	report_picture(r, in);
	report_plans(r, in);
	report_attack(r, in);
	report_entities(r, in);
	report_alerts(r, in);
	report_evidence(r, in);
}

static int64_t
steps_of(const struct incident *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->nplans; i++)
		n += node_count(node_path(in->plans[i], STR("ir.plan.steps")));
	return (int64_t)n;
}

static void
cell_badge(struct report *r, struct str severity)
{
	FORM(r)->cell(PAGE(r), true);
	if (severity.n)
		FORM(r)->badge(PAGE(r), severity);
	FORM(r)->cell(PAGE(r), false);
}

static void
overview(struct report *r)
{
	static const char *const heads[] = {
	    "Severity", "Incident", "Success", "First", "Steps planned", NULL};

	if (dossier_count(r->d) < 2)
		return;
	FORM(r)->table(PAGE(r), heads);
	for (size_t i = 0; i < dossier_count(r->d); i++) {
		const struct incident *in = dossier_incident(r->d, i);

		FORM(r)->row(PAGE(r), true);
		cell_badge(r, report_get(in->rec, "ir.severity"));
		FORM(r)->cell(PAGE(r), true);
		FORM(r)->link(PAGE(r), CAT(r->page.a, STR("i-"), in->id), title_of(in));
		FORM(r)->cell(PAGE(r), false);
		report_cell(r, report_get(in->rec, "ir.success"));
		report_cell(r, report_time(r, report_get(in->rec, "event.start")));
		report_number(r, steps_of(in));
		FORM(r)->row(PAGE(r), false);
	}
	FORM(r)->table(PAGE(r), NULL);
}

#define LOOSE 200 /* rules in the table of alerts outside incidents */

static void
loose(struct report *r)
{
	static const char *const heads[] = {
	    "Severity", "Alert", "Count", "First", "Last", NULL};
	size_t n = dossier_loose_count(r->d);

	if (!n)
		return;
	FORM(r)->heading(
	    PAGE(r), 2, STR("Alerts outside incidents"), STR_NONE, STR("loose"));
	FORM(r)->table(PAGE(r), heads);
	for (size_t i = 0; i < n && i < LOOSE; i++) {
		const struct loose *l = dossier_loose(r->d, i);

		FORM(r)->row(PAGE(r), true);
		cell_badge(r, l->severity);
		report_cell(r, l->name.n ? l->name : l->rule);
		report_number(r, l->n);
		report_cell(r, report_time(r, l->first));
		report_cell(r, report_time(r, l->last));
		FORM(r)->row(PAGE(r), false);
	}
	FORM(r)->table(PAGE(r), NULL);
}

static void
remark(struct report *r, const char *text)
{
	FORM(r)->para(PAGE(r), true);
	report_text(r, text);
	FORM(r)->para(PAGE(r), false);
}

void
report_write(struct report *r, struct str title, struct str made)
{
	FORM(r)->begin(PAGE(r), title, report_time(r, made));
	if (dossier_count(r->d) == 0)
		remark(r, "The records hold no incident.");
	if (dossier_full(r->d))
		remark(r, "There were more records than a report can hold: some plans or "
			  "lines of evidence are missing.");
	overview(r);
	for (size_t i = 0; i < dossier_count(r->d); i++)
		incident(r, dossier_incident(r->d, i));
	loose(r);
	FORM(r)->end(PAGE(r));
}
