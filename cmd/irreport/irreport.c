/*
 * irreport - tell what happened, from the records, as Markdown or HTML
 */
#include "filter.h"
#include "mem.h"
#include "report.h"
#include "when.h"

#define PAGE_MAX ((size_t)1 << 30)

struct set {
	const char *format, *title;
	size_t evidence;
};

static const struct opt options[] = {
    OPT_CHOICE(0, "format", "md|html", "what to write", struct set, format),
    OPT_TEXT(0, "title", "text", "the heading of the report", struct set, title),
    OPT_COUNT(0, "evidence", "count", "at most so many lines of evidence an incident",
	struct set, evidence),
    OPT_END};

static const struct set defaults = {
    .format = "md", .title = "Incident report", .evidence = 100};

static const char *const examples[] = {
    "ir triage --json /var/log | irreport --format html -o report.html",
    "irreport records.jsonl", NULL};

struct state {
	const struct set *set;
	struct dossier *dossier;
	struct attack *attack;
};

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	struct attack *attack = attack_load(e);
	struct state *s;

	if (!attack)
		return NULL;
	s = mem_new(1, sizeof *s);
	s->set = set;
	s->attack = attack;
	s->dossier = dossier_new(filter_paths(run), true);
	return s;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct state *s = state;

	(void)line;
	(void)e;
	dossier_add(s->dossier, rec);
	return filter_used(run, "read");
}

static void
end(void *state, struct filter_run *run)
{
	struct state *s = state;
	struct report r = {
	    .d = s->dossier, .attack = s->attack, .evidence = s->set->evidence};
	char made[WHEN_MAX];
	struct str out;

	dossier_sort(s->dossier);
	when_text(made, filter_now(run));
	r.page.form = str_eq(str_of(s->set->format), STR("html")) ? &page_html : &page_md;
	r.page.a = arena_new();
	r.page.b = buf_make(PAGE_MAX);
	report_write(&r, str_of(s->set->title), str_of(made));
	out = buf_str(&r.page.b);
	while (str_ends(out, STR("\n")))
		out.n--;
	filter_emit(run, out);
	buf_free(&r.page.b);
	arena_free(r.page.a);
}

static void
close_(void *state)
{
	struct state *s = state;

	dossier_free(s->dossier);
	attack_free(s->attack);
	mem_free(s);
}

static const struct filter irreport = {
    .name = "irreport",
    .summary = "tell what happened, from the records, as Markdown or HTML",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .report = true,
    .open = open_,
    .step = step,
    .end = end,
    .close = close_,
};

FILTER_MAIN(irreport)
