/* Tables, rules, engine, correlations and alerts, joined. */
#include <stdlib.h>

#include "check.h"
#include "correlate.h"
#include "coverage.h"
#include "detector.h"
#include "diff.h"
#include "engine.h"
#include "file.h"
#include "finding.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "observe.h"
#include "profile.h"
#include "report.h"
#include "when.h"

/* A line that two logs keep is one thing that happened. */
#define COPIES 16384

struct copy {
	uint64_t hash;
	int64_t t;
};

struct detector {
	const struct settings *set;
	struct arena *a;
	struct views *views;
	struct atoms *atoms;
	struct sources *sources;
	struct cache *cache; /* of parsed files, while they are loaded */
	struct ruleset *rules;
	struct engine *engine;
	struct correlate *correlate;
	struct observe *observe;
	struct tactics *tactics;
	struct site *site;
	struct findings *findings;
	struct diff *diff; /* NULL: no other rules to compare with */
	int kind, event_kind, by, time, original, method;
	struct copy *copies;
	uint64_t evicted;
	/* of the record in hand */
	struct filter_run *run;
	struct rec *rec;
	bool timed;
	int64_t t;
	bool after; /* the record itself goes first */
	size_t made;
};

static bool
load_tables(struct detector *d, struct err *e)
{
	const char *dir = file_data(d->a, "sigma");

	/* Fields first: the logsources are told by them. */
	if (!sources_load(
		d->sources, d->cache, CAT(d->a, str_of(dir), STR("/fields.yaml")).p, e) ||
	    !sources_load(d->sources, d->cache,
		CAT(d->a, str_of(dir), STR("/logsources.yaml")).p, e))
		return false;
	for (size_t i = 0; i < d->set->tables.n; i++)
		if (!sources_load(d->sources, d->cache, d->set->tables.v[i], e))
			return false;
	if (d->set->check && !sources_load(d->sources, d->cache,
				 CAT(d->a, str_of(dir), STR("/names.yaml")).p, e))
		return false;
	d->tactics = tactics_load(
	    d->cache, CAT(d->a, str_of(dir), STR("/attack.yaml")).p, e);
	return d->tactics != NULL;
}

static bool
load_rules(struct detector *d, struct filter_run *run, struct err *e)
{
	size_t loaded, rejected;

	if (d->set->lists && !ruleset_lists(d->rules, d->set->lists, e))
		return false;
	for (size_t i = 0; i < d->set->rules.n; i++)
		if (!ruleset_load(d->rules, d->set->rules.v[i], e))
			return false;
	if (d->set->rules.n == 0 && !ruleset_load(d->rules, file_data(d->a, "rules"), e))
		return false;
	ruleset_link(d->rules);
	loaded = ruleset_loaded(d->rules);
	rejected = ruleset_rejected(d->rules);
	log_info("%zu rules loaded, %zu rejected", loaded, rejected);
	if (rejected)
		filter_failed(run);
	if (loaded && !(rejected && d->set->strict))
		return true;
	err_set(e, ERR_CONFIG,
	    loaded ? "%zu rules cannot be used" : "no rule to use; %zu rejected",
	    rejected);
	return false;
}

/* The command line of another instance with the same tables; the same rules unless given. */
static int
other_args(struct detector *d, const char *rules, char ***out)
{
	const struct opt_list given = {.v = &rules, .n = 1};
	const struct opt_list *lists[] = {
	    rules ? &given : &d->set->rules, &d->set->tables};
	static const char *const names[] = {"-r", "--tables"};
	const char **argv = arena_zero(
	    d->a, (2 * (lists[0]->n + lists[1]->n) + 10) * sizeof(*argv));
	int argc = 0;

	argv[argc++] = irdetect.name;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			argv[argc++] = names[k];
			argv[argc++] = lists[k]->v[i];
		}
	if (d->set->lists) {
		argv[argc++] = "--lists";
		argv[argc++] = d->set->lists;
	}
	if (d->set->cache) {
		argv[argc++] = "--cache";
		argv[argc++] = d->set->cache;
	}
	*out = (char **)(uintptr_t)argv;
	return argc;
}

static int
test(struct detector *d)
{
	char **argv;
	int argc = other_args(d, NULL, &argv);

	return report_test(d->set->test, argc, argv);
}

static bool
start_diff(struct detector *d, struct err *e)
{
	char **argv;
	int argc;

	if (!d->set->diff)
		return true;
	argc = other_args(d, d->set->diff, &argv);
	d->diff = diff_new(argc, argv, e);
	if (!d->diff)
		return false;
	findings_redirect(d->findings, diff_alert, d->diff);
	return true;
}

/* Tasks that end the program before it reads anything. */
static void
other_tasks(struct detector *d)
{
	int status = 0;

	if (!d->set->check && !d->set->list && !d->set->test)
		return;
	if (d->set->list)
		report_list(d->rules);
	if (d->set->check)
		status = checks_run(
		    d->rules, &(struct checks){d->sources, d->atoms, d->tactics, NULL});
	if (d->set->test)
		status = test(d);
	log_end();
	exit(ruleset_rejected(d->rules) && status == 0 ? 1 : status);
}

/* Tables and rules, those that have not changed as they were parsed the last time. */
static bool
load(struct detector *d, struct filter_run *run, struct err *e)
{
	const char *dir = d->set->cache;
	struct cache_use use;
	bool ok;

	d->cache = cache_open(d->a, dir, "rules");
	if (!d->cache && dir && strcmp(dir, "none") != 0)
		log_warn("no cache in '%s': not a directory of ours", dir);
	d->rules = ruleset_new(d->atoms, d->sources, d->cache);
	ok = load_tables(d, e) && load_rules(d, run, e);
	use = cache_used(d->cache);
	if (use.path)
		log_info("cache '%s': %zu files known, %zu parsed", use.path, use.known,
		    use.parsed);
	cache_close(d->cache);
	d->cache = NULL;
	return ok;
}

void *
detector_open(struct filter_run *run, void *set, struct err *e)
{
	struct detector *d = mem_new(1, sizeof(*d));

	d->set = set;
	d->a = arena_new();
	d->views = views_new(filter_paths(run));
	d->atoms = atoms_new(d->views);
	d->sources = sources_new(d->views, d->atoms);
	d->site = site_load(d->set->site, e);
	if (!d->site || !load(d, run, e)) {
		detector_close(d);
		return NULL;
	}
	other_tasks(d);
	d->kind = filter_slot(run, "ir.kind");
	d->event_kind = filter_slot(run, "event.kind");
	d->by = filter_slot(run, "ir.alert.by");
	d->time = sources_field(d->sources, &(struct logsource){0}, STR("@timestamp"));
	d->original = filter_slot(run, "event.original");
	d->method = filter_slot(run, "http.request.method");
	d->copies = mem_new(COPIES, sizeof(*d->copies));
	d->engine = engine_new(d->views, d->atoms, d->sources, d->rules);
	d->correlate = correlate_new(d->views, d->rules, d->set->max_keys);
	d->observe = observe_new(d->rules);
	d->findings = findings_new(
	    run, d->rules, d->views, d->atoms, d->tactics, d->site);
	if (d->set->profile)
		engine_profile(d->engine);
	if (start_diff(d, e))
		return d;
	detector_close(d);
	return NULL;
}

void
detector_close(void *state)
{
	struct detector *d = state;

	if (!d)
		return;
	diff_free(d->diff);
	findings_free(d->findings);
	correlate_free(d->correlate);
	observe_free(d->observe);
	engine_free(d->engine);
	ruleset_free(d->rules);
	sources_free(d->sources);
	atoms_free(d->atoms);
	views_free(d->views);
	tactics_free(d->tactics);
	site_free(d->site);
	arena_free(d->a);
	mem_free(d->copies);
	mem_free(d);
}

/* When it happened; events that carry no @timestamp of ours by what they have. */
static int64_t
time_of(struct detector *d)
{
	const struct view *v;

	if (d->timed)
		return d->t;
	d->timed = true;
	if (filter_clock(d->run, d->rec, &d->t))
		return d->t;
	v = views_get(d->views, d->time);
	for (size_t i = 0; i < v->n; i++)
		if (when_parse(v->v[i].text, &d->t))
			return d->t;
	d->t = filter_newest(d->run);
	return d->t = d->t == INT64_MIN ? 0 : d->t;
}

static void
fire(void *ctx, const struct fired *f)
{
	struct detector *d = ctx;

	findings_emit(d->findings, d->rec, f->rule, f, d->after);
	d->made++;
}

/* Alerts that this program or irlearn made are not looked at again. */
static bool
is_done(struct detector *d)
{
	struct str by = rec_text(d->rec, d->by);

	return by.p && !str_eq(by, STR("irnorm"));
}

static bool
is_alert(struct detector *d)
{
	struct str kind = rec_text(d->rec, d->kind);

	if (!kind.p)
		kind = rec_text(d->rec, d->event_kind);
	return str_eq(kind, STR("alert")) || str_eq(kind, STR("signal"));
}

/*
 * Was the same line with the same time seen just before?  Central log servers and
 * syslog keep lines that services keep as well; correlations count them once.
 * Lines of web servers carry nothing that tells two equal requests apart, so that
 * those are never copies.
 */
static bool
is_copy(struct detector *d)
{
	struct str line = rec_text(d->rec, d->original);
	struct copy *c;
	uint64_t h;

	if (!line.n || rec_raw(d->rec, d->method).p)
		return false;
	h = map_hash(line);
	c = &d->copies[h % COPIES];
	if (c->hash == h && c->t == time_of(d))
		return true;
	*c = (struct copy){h, time_of(d)};
	return false;
}

/* A match goes to the output and to the correlations. */
static void
note_match(struct detector *d, size_t rule, bool copy)
{
	const struct rule *r = ruleset_at(d->rules, rule);

	if ((r->from || r->until) && (time_of(d) < r->from || time_of(d) >= r->until))
		return;
	if (r->whole) {
		if (!copy)
			observe_match(d->observe, rule, time_of(d),
			    filter_event_id(d->run, d->rec), fire, d);
		return;
	}
	if (!r->silent) {
		findings_emit(d->findings, d->rec, rule, NULL, d->after);
		d->made++;
	}
	if (!copy && correlate_wants(d->correlate, rule))
		correlate_match(d->correlate, rule, time_of(d),
		    filter_event_id(d->run, d->rec), fire, d);
}

/* All matches of the record in hand. */
static size_t
match(struct detector *d, struct rec *rec)
{
	const uint32_t *matched;
	size_t n = engine_run(d->engine, rec, &matched);
	bool copy = n > 0 && is_copy(d);

	for (size_t i = 0; i < n; i++)
		note_match(d, matched[i], copy);
	rec_unset(rec);
	return n;
}

/* Tasks that read events but write something else than alerts. */
static enum filter_do
look(struct detector *d, struct rec *rec, struct str line)
{
	const uint32_t *matched;

	if (d->diff && !is_alert(d)) {
		diff_event(d->diff, line);
		match(d, rec);
		diff_write(d->diff, d->run);
	} else if (!d->diff) {
		engine_run(d->engine, rec, &matched);
	}
	return filter_used(d->run, "looked at");
}

enum filter_do
detector_step(
    void *state, struct filter_run *run, struct rec *rec, struct str line, struct err *e)
{
	struct detector *d = state;
	size_t n;

	(void)e;
	d->run = run;
	d->rec = rec;
	d->timed = false;
	d->made = 0;
	findings_start(d->findings);
	if (d->diff || d->set->coverage || d->set->profile)
		return look(d, rec, line);
	if (is_done(d))
		return FILTER_PASS;
	d->after = d->set->pass || is_alert(d);
	n = match(d, rec);
	if (n && d->after)
		filter_event_id(run, rec);
	if (d->after)
		return FILTER_PASS;
	return filter_used(run, d->made ? "matched" : "no match");
}

static void
write_coverage(struct detector *d, struct filter_run *run)
{
	struct buf b = buf_make((size_t)64 << 20);

	coverage_write(&b, d->rules, d->engine, d->tactics);
	filter_emit(run, buf_str(&b));
	buf_free(&b);
}

void
detector_end(void *state, struct filter_run *run)
{
	struct detector *d = state;
	uint64_t evicted = correlate_evicted(d->correlate) + observe_evicted(d->observe);
	uint64_t gained, lost;

	filter_evicted(run, evicted - d->evicted);
	d->evicted = evicted;
	if (d->set->coverage)
		write_coverage(d, run);
	if (d->set->profile)
		profile_write(d->rules, d->engine, run);
	if (d->diff) {
		diff_totals(d->diff, &gained, &lost);
		log_info("%llu alerts gained, %llu lost", (unsigned long long)gained,
		    (unsigned long long)lost);
	}
	if (atoms_given_up(d->atoms))
		log_warn("%zu regular expressions took too long and count as no match",
		    atoms_given_up(d->atoms));
	if (observe_given_up(d->observe))
		log_warn("%llu searches for the observations of a pattern were given up",
		    (unsigned long long)observe_given_up(d->observe));
	log_info(
	    "%llu rules were worked out", (unsigned long long)engine_tried(d->engine));
}

void
detector_save(void *state, struct buf *b)
{
	struct detector *d = state;
	struct buf seen = buf_make((size_t)256 << 20);

	/* Patterns first, with their length before them: the rest is correlations. */
	observe_save(d->observe, &seen);
	buf_fmt(b, "%020zu\n", seen.n);
	buf_add(b, buf_str(&seen));
	buf_free(&seen);
	correlate_save(d->correlate, b);
}

bool
detector_load(void *state, struct str s, struct err *e)
{
	struct detector *d = state;
	uint64_t n;

	if (s.n < 21 || !str_u64(str_sub(s, 0, 20), &n) || n > s.n - 21) {
		err_set(
		    e, ERR_DATA, "the saved windows are damaged, or another version's");
		return false;
	}
	return observe_load(d->observe, str_sub(s, 21, n), e) &&
	       correlate_load(d->correlate, str_from(s, 21 + n), e);
}
