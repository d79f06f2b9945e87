/*
 * ircorr - join alerts that belong together into incidents
 *
 * Alerts pass with the id of their incident; the incident itself leaves when it
 * opens and whenever something about it changed that somebody would act on.
 */
#include <stdlib.h>

#include "account.h"
#include "correlate.h"
#include "evidence.h"
#include "lru.h"
#include "mem.h"

#define HOUR   3600000 /* ms */
#define MS     INT64_C(1000000)
#define RECORD ((size_t)4 * 1024 * 1024)
#define SEEN   4096 /* occurrences that may be told twice */

struct set {
	const char *site, *open, *gate, *discount;
	int64_t window_ms;
	size_t max;
};

static const struct opt options[] = {
    OPT_SPAN('w', "window", "time", "join what comes this long after the last alert",
	struct set, window_ms),
    OPT_COUNT('m', "max-keys", "count", "remember at most this many", struct set, max),
    OPT_CHOICE(0, "open", "low|medium|high|critical",
	"the least alert that opens an incident", struct set, open),
    OPT_TEXT(0, "gate", "share", "open no incident for alerts whose ir.score.p is below",
	struct set, gate),
    OPT_CHOICE(0, "discount", "log|none", "how links weaken that many share", struct set,
	discount),
    OPT_FILE(
	0, "site", "file", "what the owner knows (/etc/ir/site.yaml)", struct set, site),
    OPT_END};

static const struct set defaults = {
    .open = "low", .discount = "log", .window_ms = HOUR, .max = 100000};

struct corr {
	struct filter_run *run;
	struct correlate c;
	struct sights *sights;
	struct site *site;
	struct attack *attack;
	struct lineage *lineage;
	uint64_t evicted;
	int incident;
};

static void
write_version(struct corr *k, struct incident *in, bool after)
{
	struct buf b = buf_make(RECORD);

	in->version++;
	in->written = judge_print(in, k->attack);
	in->written_n = in->n;
	in->changed = false;
	account_write(in, k->attack, filter_explain(k->run), &b);
	(after ? filter_emit_after : filter_emit)(k->run, buf_str(&b));
	buf_free(&b);
}

static void
write_if_due(struct corr *k, struct incident *in)
{
	if (in->version == 0 || judge_print(in, k->attack) != in->written ||
	    in->n >= 2 * in->written_n)
		write_version(k, in, true);
}

/* It must make room: its last word. */
static void
gone(void *ctx, struct incident *in)
{
	if (in->state == STATE_MERGED)
		return;
	in->state = STATE_CLOSED;
	write_version(ctx, in, true);
}

/* "the attacker's address, 0.50 of 1.00 as 2 share it" for each edge to the incident. */
static void
explain(struct corr *k, struct rec *r, const struct verdict *v)
{
	if (!filter_explain(k->run))
		return;
	if (v->why)
		filter_why(k->run, r, str_of(v->why), v->field, v->value);
	for (size_t i = 0; i < v->edges.n; i++) {
		const struct edge *e = &v->edges.v[i];
		struct arena *a = filter_arena(k->run);
		struct str shared = e->shared > 1
					? arena_fmt(a, ", as %u share it", e->shared)
					: STR("");

		if (e->in == v->in || e->in->state == STATE_MERGED)
			filter_why(k->run, r,
			    CAT(a, str_of(e->why), arena_fmt(a, ": %.2f", e->weight),
				shared),
			    e->field, e->value);
	}
}

static void
close_(void *state)
{
	struct corr *k = state;

	lineage_free(k->lineage);
	links_free(k->c.links);
	logons_free(k->c.logons);
	crowd_free(k->c.crowd);
	lru_free(k->c.seen);
	sights_free(k->sights);
	attack_free(k->attack);
	site_free(k->site);
	mem_free(k);
}

/* A share of 1 in decimals. */
static bool
share_of(const char *text, double *share, struct err *e)
{
	char *end;

	*share = text ? strtod(text, &end) : 0;
	if (!text || (*end == '\0' && end != text && *share > 0 && *share <= 1))
		return true;
	err_set(
	    e, ERR_CONFIG, "--gate wants a share above 0, such as 0.2, not '%s'", text);
	return false;
}

static void *
open_(struct filter_run *run, void *set, struct err *e)
{
	const struct set *s = set;
	struct corr *k = mem_new(1, sizeof(*k));

	k->run = run;
	if (!share_of(s->gate, &k->c.gate, e)) {
		close_(k);
		return NULL;
	}
	k->site = site_load(s->site, e);
	k->attack = k->site ? attack_load(e) : NULL;
	if (!k->attack) {
		close_(k);
		return NULL;
	}
	k->sights = sights_new(run);
	k->lineage = lineage_new(run, s->max);
	k->incident = filter_slot(run, "ir.incident.id");
	k->c.site = k->site;
	k->c.attack = k->attack;
	k->c.window = s->window_ms * MS;
	k->c.flat = strcmp(s->discount, "none") == 0;
	severity_of(str_of(s->open), &k->c.opens);
	k->c.links = links_new(s->max, gone, k);
	k->c.logons = logons_new(s->window_ms * MS, s->max);
	k->c.crowd = crowd_new(s->max);
	k->c.seen = lru_new(SEEN, 1, NULL, NULL);
	return k;
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct corr *k = state;
	struct sighting g;
	struct verdict v;
	struct origin origin;

	(void)line;
	(void)e;
	if (!sights_read(k->sights, run, r, k->site, &g))
		return FILTER_PASS;
	if (!g.alert)
		lineage_note(k->lineage, run, r, g.ns);
	v = correlate_take(&k->c, &g, filter_arena(run));
	filter_evicted(run, links_evicted(k->c.links) - k->evicted);
	k->evicted = links_evicted(k->c.links);
	if (v.merged)
		write_version(k, v.merged, true);
	if (!v.in)
		return FILTER_PASS;
	if (g.alert) {
		if (lineage_origin(k->lineage, r, &origin))
			evidence_origin(v.in, &origin, filter_arena(run));
		rec_set_text(
		    r, k->incident, arena_copy(filter_arena(run), str_of(v.in->id)));
		explain(k, r, &v);
	}
	write_if_due(k, v.in);
	return FILTER_PASS;
}

/* At marks and at the end: what changed, and what fell quiet. */
static void
sum_up(void *state, struct filter_run *run)
{
	struct corr *k = state;
	int64_t newest = filter_newest(run);

	for (struct incident *in = NULL; (in = links_next(k->c.links, in));) {
		if (in->state == STATE_MERGED)
			continue;
		in->state = newest > in->last && newest - in->last > k->c.window
				? STATE_QUIET
				: STATE_OPEN;
		if (in->changed || judge_print(in, k->attack) != in->written)
			write_version(k, in, false);
	}
}

static const char *const examples[] = {
    "irnorm auth.log | irdetect --pass | irdedupe | ircorr",
    "ircorr --site site.yaml -w 4h alerts.json", NULL};

const struct filter ircorr = {
    .name = "ircorr",
    .summary = "join alerts that belong together into incidents",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct set),
    .kinds = "event alert",
    .open = open_,
    .step = step,
    .mark = sum_up,
    .end = sum_up,
    .tick = sum_up,
    .close = close_,
};

FILTER_MAIN(ircorr)
