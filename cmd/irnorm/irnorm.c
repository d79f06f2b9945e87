/*
 * irnorm - turn the lines of any log into events
 *
 * One line in, one event out.  Formats are files (ir-format(5)); what none of
 * them knows leaves with its time, its addresses and its bytes.
 */
#include "irnorm.h"
#include "audit.h"
#include "crew.h"
#include "file.h"
#include "filter.h"
#include "join.h"
#include "json.h"
#include "learn.h"
#include "login.h"
#include "mem.h"
#include "ocsf.h"
#include "tool.h"

static const struct opt options[] = {
    OPT_LIST('F', "formats", "dir",
	"more format files, before the user's and the shipped", struct irnorm_set, dirs),
    OPT_TEXT('f', "format", "name", "read every line as this format", struct irnorm_set,
	force),
    OPT_LIST(
	0, "only", "name", "use only this format; repeatable", struct irnorm_set, only),
    OPT_FLAG('m', "merge", "read all files at once, in order of time", struct irnorm_set,
	merge),
    OPT_FLAG(0, "join", "one event for all records of an audit event", struct irnorm_set,
	join),
    OPT_COUNT('j', "jobs", "count", "threads that read lines; the events are the same",
	struct irnorm_set, jobs),
    OPT_FILE(0, "site", "file", "what the owner knows: zones, year, proxies",
	struct irnorm_set, site),
    OPT_TEXT('H', "host", "name", "whose log it is, where the lines do not say",
	struct irnorm_set, host),
    OPT_DIR(0, "hosts", "dir",
	"a file in dir/NAME/ is host NAME's, where its lines do not say",
	struct irnorm_set, hosts),
    OPT_CHOICE(0, "schema", "ecs|ocsf", "names of fields in what is written",
	struct irnorm_set, schema),
    OPT_FLAG(0, "learn", "print draft formats for what no format knows, no events",
	struct irnorm_set, learn),
    OPT_FLAG(0, "list", "list the formats and end", struct irnorm_set, list),
    OPT_FLAG(
	0, "check", "run the samples of all formats and end", struct irnorm_set, check),
    OPT_TEXT(0, "explain-line", "line", "show how a line is read and end",
	struct irnorm_set, explain),
    OPT_END};

static const struct irnorm_set defaults = {.jobs = 1};

static const char *const examples[] = {"irnorm /var/log/auth.log",
    "zcat access.log.*.gz | irnorm", "irnorm --merge /var/log/auth.log*",
    "irnorm --learn app.log >formats/app.yaml", "irnorm --check -F ./formats", NULL};

#define JOBS_MAX 64

struct state {
	struct crew *crew; /* with --jobs, or NULL */
	struct norm *norm;
	struct site *site;
	const struct irnorm_set *set;
	struct origin **origins; /* by number of the input; NULL: no line yet */
	size_t n;
	struct buf out; /* events that leave together */
	size_t *ends;   /* where each of them ends */
	size_t n_ends, cap_ends;
	bool at_once;      /* each leaves by itself */
	struct join *join; /* --join, or NULL */
	struct filter_run *run;
	size_t joining; /* the input in hand */
	struct unknown *unknown;
	struct ocsf *ocsf; /* --schema ocsf, or NULL */
	int64_t now;       /* of the first line: the clock does not change a run */
};

/* Inputs are numbered in order, so the table only grows at its end. */
static struct origin *
origin_of(struct state *s, struct filter_run *run)
{
	size_t i = filter_input(run);

	if (i >= s->n) {
		size_t cap = s->n;

		s->origins = mem_grow(s->origins, &cap, i + 1, sizeof(struct origin *));
		s->n = cap;
	}
	if (!s->origins[i]) {
		const char *name = filter_input_name(run);

		/* nothing more will come of the one before */
		if (i > 0 && s->origins[i - 1] && !s->set->merge && !s->crew) {
			serials_free(s->origins[i - 1]->serials);
			s->origins[i - 1]->serials = NULL;
		}
		s->origins[i] = mem_new(1, sizeof(struct origin));
		origin_init(s->origins[i], s->norm, name, irnorm_host(s->set, name));
	}
	return s->origins[i];
}

/* The event as --schema wants it. */
static struct str
in_schema(struct state *s, struct str event)
{
	return s->ocsf ? ocsf_event(s->ocsf, event) : event;
}

static bool
load_schema(struct state *s, struct err *e)
{
	struct arena *a;

	if (!s->set->schema || strcmp(s->set->schema, "ocsf") != 0)
		return true;
	a = arena_new();
	s->ocsf = ocsf_load(arena_fmt(a, "%s/ocsf.yaml", file_data(a, "ocsf")).p, e);
	arena_free(a);
	return s->ocsf != NULL;
}

/* Records that were held are one event now. */
static void
emit_joined(void *ctx, const struct joined *j)
{
	struct state *s = ctx;
	struct arena *a = filter_arena(s->run);
	static const char pad[JSON_PAD];
	struct norm_line l = {.source = j->source, .offset = j->offset, .now = s->now};
	int64_t ns;

	l.text = CAT(a, buf_str(&j->text), (struct str){pad, JSON_PAD});
	l.text.n -= JSON_PAD;
	buf_reset(&s->out);
	norm_event(s->norm, s->origins[j->input], &l, a, &s->out, &ns);
	filter_at(s->run, ns);
	filter_emit(s->run, in_schema(s, buf_str(&s->out)));
}

/* Hold a record of an audit event; those of an input that ended leave first. */
static bool
hold(struct state *s, struct filter_run *run, struct str line)
{
	s->run = run;
	if (!s->set->merge && filter_input(run) != s->joining)
		join_end(s->join);
	s->joining = filter_input(run);
	origin_of(s, run);
	return join_add(
	    s->join, s->joining, filter_source(run), filter_offset(run), line);
}

/* What no format knew is tagged here, where lines come in their order. */
static void
late(void *ctx, struct str event, struct str unknown)
{
	struct state *s = ctx;

	if (unknown.p) {
		buf_reset(&s->out);
		buf_add(&s->out, event);
		unknown_tag(s->unknown, unknown, &s->out);
		event = buf_str(&s->out);
	}
	filter_emit_late(s->run, in_schema(s, event));
}

/* Threads, if what is asked for does not need each event at once. */
static void
call_crew(struct state *s, const struct irnorm_set *set)
{
	if (set->jobs < 2 || set->merge || set->join || set->learn)
		return;
	s->crew = crew_new(s->norm, set->jobs < JOBS_MAX ? set->jobs : JOBS_MAX, late, s);
	filter_threads(s->run);
}

static void
close_(void *ctx)
{
	struct state *s = ctx;

	crew_free(s->crew);
	for (size_t i = 0; i < s->n; i++) {
		if (s->origins[i])
			origin_free(s->origins[i]);
		mem_free(s->origins[i]);
	}
	mem_free(s->origins);
	norm_free(s->norm);
	site_free(s->site);
	unknown_free(s->unknown);
	ocsf_free(s->ocsf);
	join_free(s->join);
	mem_free(s->ends);
	buf_free(&s->out);
	mem_free(s);
}

static void *
open_(struct filter_run *run, void *ctx, struct err *e)
{
	const struct irnorm_set *set = ctx;
	struct state *s = mem_new(1, sizeof(*s));

	s->run = run;
	s->set = set;
	s->out = buf_make((size_t)32 * 1024 * 1024);
	s->unknown = unknown_new();
	s->now = filter_now(run);
	s->site = site_load(set->site, e);
	if (s->site)
		s->norm = irnorm_load(set, s->site, e);
	if (!s->norm || !load_schema(s, e)) {
		close_(s);
		return NULL;
	}
	if (set->merge)
		filter_merge(run);
	if (set->join)
		s->join = join_new(emit_joined, s);
	s->at_once = set->merge || set->join || set->learn;
	call_crew(s, set);
	return s;
}

/* The events that were waiting for others get their ids, and leave. */
static void
leave(struct state *s)
{
	size_t from = 0;

	norm_settle(s->norm, &s->out);
	for (size_t i = 0; i < s->n_ends; i++) {
		filter_emit_late(s->run,
		    in_schema(s, str_sub(buf_str(&s->out), from, s->ends[i] - from)));
		from = s->ends[i];
	}
	s->n_ends = 0;
	buf_reset(&s->out);
}

static enum filter_do
wait_for_others(struct state *s, struct filter_run *run, const struct norm_line *l)
{
	int64_t ns;

	norm_event_later(s->norm, origin_of(s, run), l, filter_arena(run), &s->out, &ns);
	if (s->norm->unknown.p)
		unknown_tag(s->unknown, s->norm->unknown, &s->out);
	if (s->n_ends == s->cap_ends)
		s->ends = mem_grow(
		    s->ends, &s->cap_ends, s->n_ends + 1, sizeof(*s->ends));
	s->ends[s->n_ends++] = s->out.n;
	filter_at(run, ns);
	if (norm_full(s->norm))
		leave(s);
	return FILTER_LATER;
}

static enum filter_do
step(void *ctx, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct state *s = ctx;
	uint8_t hash[32];
	struct norm_line l = {.text = line,
	    .source = filter_source(run),
	    .offset = filter_offset(run),
	    .hash = hash,
	    .now = s->now};
	int64_t ns;

	(void)rec;
	(void)e;
	l.long_bytes = filter_long(run, hash);
	if (login_empty(line) && !l.long_bytes)
		return filter_used(run, "empty");
	if (s->join && !l.long_bytes && hold(s, run, line))
		return filter_used(run, "joined");
	if (s->crew) {
		if (crew_line(s->crew, origin_of(s, run), &l))
			return FILTER_LATER;
		/* no thread could be started */
		crew_free(s->crew);
		s->crew = NULL;
	}
	if (!s->at_once)
		return wait_for_others(s, run, &l);
	buf_reset(&s->out);
	norm_event(s->norm, origin_of(s, run), &l, filter_arena(run), &s->out, &ns);
	if (s->set->learn) {
		learn_keep(s->unknown, s->norm, line);
		return filter_used(run, s->norm->unknown.p ? "learnt" : "known");
	}
	if (s->norm->unknown.p)
		unknown_tag(s->unknown, s->norm->unknown, &s->out);
	filter_at(run, ns);
	filter_emit_line(run, in_schema(s, buf_str(&s->out)));
	return FILTER_PASS;
}

/* What waits leaves, in order. */
static void
idle(void *ctx, struct filter_run *run)
{
	struct state *s = ctx;

	(void)run;
	if (s->crew)
		crew_drain(s->crew);
	if (s->n_ends)
		leave(s);
}

static void
end(void *ctx, struct filter_run *run)
{
	struct state *s = ctx;
	struct str rest;

	idle(ctx, run);

	s->run = run;
	if (s->join)
		join_end(s->join);
	filter_evicted(run, unknown_evicted(s->unknown));
	if (!s->set->learn)
		return;
	buf_reset(&s->out);
	learn_drafts(s->unknown, filter_arena(run), &s->out);
	for (rest = buf_str(&s->out); rest.n;)
		filter_emit(run, str_cut(&rest, '\n'));
}

static const struct filter irnorm = {
    .name = "irnorm",
    .summary = "turn the lines of any log into events",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct irnorm_set),
    .lines = true,
    .frames = login_frames,
    .open = open_,
    .step = step,
    .idle = idle,
    .mark = idle,
    .end = end,
    .close = close_,
};

int
main(int argc, char **argv)
{
	int status = tool_main(options, argc, argv);

	return status >= 0 ? status : filter_main(&irnorm, argc, argv);
}
