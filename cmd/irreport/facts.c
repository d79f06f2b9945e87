/*
 * The head of an incident: who, whom, when, did it work; how it went and began.
 */
#include "report.h"
#include "span.h"
#include "when.h"

#define FORM(r) (r)->page.form
#define PAGE(r) &(r)->page

static void
fact(struct report *r, const char *name, struct str value)
{
	if (!value.n)
		return;
	FORM(r)->row(PAGE(r), true);
	report_cell(r, str_of(name));
	report_cell(r, value);
	FORM(r)->row(PAGE(r), false);
}

#define NAMED 12 /* values in a row; all are in the table of entities */

/* The entities of a type in a role, as code, with commas. */
static void
fact_entities(struct report *r, const struct incident *in, const char *name,
    const char *type, const char *role)
{
	const struct node *all = node_path(in->rec, STR("ir.entities"));
	size_t n = 0;

	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *e = node_at(all, i);

		if (!str_eq(report_get(e, "type"), str_of(type)) ||
		    !str_eq(report_get(e, "role"), str_of(role)) || n++ >= NAMED)
			continue;
		if (n == 1) {
			FORM(r)->row(PAGE(r), true);
			report_cell(r, str_of(name));
			FORM(r)->cell(PAGE(r), true);
		} else
			report_text(r, ", ");
		FORM(r)->code(PAGE(r), report_get(e, "value"));
	}
	if (n > NAMED)
		report_say(r, arena_fmt(r->page.a, " and %zu more", n - NAMED));
	if (n) {
		FORM(r)->cell(PAGE(r), false);
		FORM(r)->row(PAGE(r), false);
	}
}

static struct str
attempts(struct report *r, const struct incident *in)
{
	const struct node *all = node_path(in->rec, STR("ir.entities"));
	struct arena *a = r->page.a;
	struct tries sum = {0};
	struct str s = STR("");

	for (size_t i = 0; i < node_count(all); i++) {
		const struct node *e = node_at(all, i);
		struct tries t = dossier_tries(r->d, report_get(e, "value"));

		if (!str_eq(report_get(e, "role"), STR("attacker")))
			continue;
		sum.failed += t.failed;
		sum.succeeded += t.succeeded;
		sum.requests += t.requests;
	}
	if (sum.failed || sum.succeeded)
		s = arena_fmt(a, "%lld failed logons, %lld successful",
		    (long long)sum.failed, (long long)sum.succeeded);
	if (sum.requests)
		s = CAT(a, s, s.n ? STR("; ") : STR(""),
		    arena_fmt(a, "%lld web requests", (long long)sum.requests));
	return s;
}

static struct str
lasted(struct report *r, const struct node *rec)
{
	char text[SPAN_MAX];
	int64_t ns;

	if (!node_i64(node_path(rec, STR("event.duration")), &ns) || ns < 0)
		return STR_NONE;
	if (ns >= WHEN_S)
		ns -= ns % WHEN_S;
	return arena_copy(r->page.a, str_of(span_text(text, ns / WHEN_MS)));
}

static struct str
worked(const struct node *rec)
{
	struct str s = report_get(rec, "ir.success");

	if (str_eq(s, STR("yes")))
		return STR("yes, the attack worked");
	return str_eq(s, STR("no")) ? STR("no, it failed") : STR("unknown");
}

void
report_facts(struct report *r, const struct incident *in)
{
	static const char *const heads[] = {"", "", NULL};

	FORM(r)->table(PAGE(r), heads);
	fact_entities(r, in, "Source", "ip", "attacker");
	fact_entities(r, in, "Targets", "host", "victim");
	fact_entities(r, in, "Accounts", "user", "victim");
	fact(r, "Attempts", attempts(r, in));
	fact(r, "Success", worked(in->rec));
	fact(r, "First", report_time(r, report_get(in->rec, "event.start")));
	fact(r, "Last", report_time(r, report_get(in->rec, "event.end")));
	fact(r, "Duration", lasted(r, in->rec));
	fact(r, "Class", report_get(in->rec, "ir.incident.class"));
	fact(r, "State", report_get(in->rec, "ir.incident.state"));
	FORM(r)->row(PAGE(r), true);
	report_cell(r, STR("Incident"));
	report_code(r, in->id);
	FORM(r)->row(PAGE(r), false);
	FORM(r)->table(PAGE(r), NULL);
}

/* "a [..]; then b [..]" as a list of steps. */
void
report_method(struct report *r, const struct incident *in)
{
	struct str rest = report_get(in->rec, "ir.incident.method");

	if (!rest.n)
		return;
	report_part(r, "What happened");
	FORM(r)->list(PAGE(r), true);
	while (rest.n) {
		size_t at = str_find(rest, STR("; "));
		struct str clause = at == STR_NPOS ? rest : str_sub(rest, 0, at);

		rest = at == STR_NPOS ? STR_NONE : str_from(rest, at + 2);
		FORM(r)->item(PAGE(r), true);
		report_citing(r, clause);
		FORM(r)->item(PAGE(r), false);
	}
	FORM(r)->list(PAGE(r), false);
}

static void
sentences(struct report *r, const char *head, const struct node *what)
{
	for (size_t i = 0; i < node_count(what); i++) {
		struct str s = node_text(node_at(what, i));

		if (!s.n)
			s = report_get(node_at(what, i), "vector");
		if (!s.n)
			continue;
		report_text(r, head);
		report_citing(r, s);
		report_text(r, ".");
	}
}

void
report_cause(struct report *r, const struct incident *in)
{
	const struct node *c = node_path(in->rec, STR("ir.cause"));
	struct str conf = report_get(c, "conf"), weakness = report_get(c, "weakness");

	if (!c)
		return;
	report_part(r, "How it began");
	FORM(r)->para(PAGE(r), true);
	report_say(r, report_get(c, "vector"));
	if (weakness.n) {
		report_text(r, ": ");
		report_say(r, weakness);
	}
	if (report_get(c, "cwe").n) {
		report_text(r, " (");
		report_say(r, report_get(c, "cwe"));
		report_text(r, ")");
	}
	report_cite(r, node_get(c, STR("event")), 1);
	if (conf.n) {
		report_text(r, ", confidence ");
		report_say(r, conf);
	}
	report_text(r, ".");
	if (node_count(node_get(c, STR("path")))) {
		report_text(r, " The way there:");
		report_cite(r, node_get(c, STR("path")), 10);
		report_text(r, ".");
	}
	sentences(r, " Why so: ", node_get(c, STR("why")));
	sentences(r, " What would have stopped it: ", node_get(c, STR("control")));
	sentences(r, " Not known: ", node_get(c, STR("gaps")));
	sentences(r, " It may also have been: ", node_get(c, STR("alternatives")));
	FORM(r)->para(PAGE(r), false);
}
