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
#include "graph.h"
#include "lru.h"
#include "mem.h"
#include "union.h"

#define HOUR   3600000 /* ms */
#define MS     INT64_C(1000000)
#define FORMAT "ircorr 3"
#define RECORD ((size_t)4 * 1024 * 1024)
#define WORDS  ((size_t)64 * 1024)
#define SEEN   4096 /* occurrences that may be told twice */

static const struct opt options[] = {
    OPT_SPAN('w', "window", "time", "join what comes this long after the last alert",
	struct ircorr_set, window_ms),
    OPT_COUNT('m', "max-keys", "count", "remember at most this many of each else",
	struct ircorr_set, max),
    OPT_COUNT(0, "max-incidents", "count", "remember at most this many incidents",
	struct ircorr_set, incidents),
    OPT_SPAN(0, "close", "time", "close an incident after that long without an alert",
	struct ircorr_set, close_ms),
    OPT_TEXT(0, "unmerge", "id", "undo a merge: the id of the incident that was merged",
	struct ircorr_set, unmerge),
    OPT_CHOICE(0, "open", "low|medium|high|critical",
	"the least alert that opens an incident", struct ircorr_set, open),
    OPT_TEXT(0, "gate", "share", "open no incident for alerts whose ir.score.p is below",
	struct ircorr_set, gate),
    OPT_CHOICE(0, "discount", "log|none", "how links weaken that many share",
	struct ircorr_set, discount),
    OPT_CHOICE(0, "graph", "dot|mermaid|attack-flow",
	"draw the incidents and write nothing else", struct ircorr_set, graph),
    OPT_FILE(0, "site", "file", "what the owner knows (/etc/ir/site.yaml)",
	struct ircorr_set, site),
    OPT_END};

static const struct ircorr_set defaults = {.open = "low",
    .discount = "log",
    .window_ms = HOUR,
    .close_ms = 24 * HOUR,
    .max = 100000,
    .incidents = 100000};

struct corr {
	struct filter_run *run;
	struct correlate c;
	struct sights *sights;
	struct site *site;
	struct attack *attack;
	struct lineage *lineage;
	struct cover *cover;
	const char *unmerge;      /* still to be done */
	int64_t clock, close;     /* ns; the clock never leaps */
	struct buf record, words; /* used again and again */
	uint64_t evicted;
	int incident;
};

static void
write_version(struct corr *k, struct incident *in, bool after)
{
	in->version++;
	in->written = judge_print(in, k->attack);
	in->written_n = in->n;
	in->changed = false;
	buf_reset(&k->record);
	account_write(
	    in, k->attack, k->cover, filter_explain(k->run), &k->words, &k->record);
	(after ? filter_emit_after : filter_emit)(k->run, buf_str(&k->record));
}

static void
write_event(
    struct corr *k, const struct incident *in, const struct incident *other, bool merged)
{
	struct buf b = buf_make(RECORD);

	account_event(in, other, merged, &b);
	(merged ? filter_emit_after : filter_emit)(k->run, buf_str(&b));
	buf_free(&b);
}

/* Undo the merge that --unmerge names. */
static void
unmerge(struct corr *k)
{
	struct incident *other = links_incident(k->c.links, str_of(k->unmerge));
	struct incident *in = other ? union_undo(k->c.links, other) : NULL;

	if (in) {
		write_event(k, in, other, false);
		write_version(k, in, false);
		write_version(k, other, false);
	} else {
		filter_warn(k->run,
		    "cannot undo a merge of '%s': the state knows of none%s", k->unmerge,
		    other && other->state == STATE_MERGED
			? ", or what it became part of was merged since"
			: "");
		filter_failed(k->run);
	}
	k->unmerge = NULL;
}

/* What had no alert for long is over.  One time stamp moves the clock a window at most. */
static void
age(struct corr *k)
{
	int64_t newest = filter_newest(k->run);
	struct incident *in;

	if (k->clock == 0 || newest < k->clock)
		k->clock = k->clock ? k->clock : newest;
	else
		k->clock = newest - k->clock > k->c.window ? k->clock + k->c.window
							   : newest;
	while ((in = links_next(k->c.links, NULL)) && in->last + k->close < k->clock) {
		if (in->state != STATE_MERGED) {
			in->state = STATE_CLOSED;
			write_version(k, in, true);
		}
		links_drop(k->c.links, in);
	}
}

static uint64_t
evicted(const struct corr *k)
{
	return links_evicted(k->c.links) + logons_evicted(k->c.logons) +
	       seats_evicted(k->c.seats) + crowd_evicted(k->c.crowd) +
	       lineage_evicted(k->lineage);
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
	cover_free(k->cover);
	links_free(k->c.links);
	logons_free(k->c.logons);
	seats_free(k->c.seats);
	crowd_free(k->c.crowd);
	lru_free(k->c.seen);
	sights_free(k->sights);
	attack_free(k->attack);
	buf_free(&k->record);
	buf_free(&k->words);
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
	const struct ircorr_set *s = set;
	struct corr *k = mem_new(1, sizeof(*k));

	k->run = run;
	k->record = buf_make(RECORD);
	k->words = buf_make(WORDS);
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
	k->cover = cover_new(run);
	k->incident = filter_slot(run, "ir.incident.id");
	k->c.site = k->site;
	k->c.attack = k->attack;
	k->c.window = s->window_ms * MS;
	k->close = (s->close_ms > s->window_ms ? s->close_ms : s->window_ms) * MS;
	k->unmerge = s->unmerge;
	k->c.flat = strcmp(s->discount, "none") == 0;
	severity_of(str_of(s->open), &k->c.opens);
	k->c.links = links_new(s->max, s->incidents, gone, k);
	k->c.logons = logons_new(s->window_ms * MS, s->max);
	k->c.seats = seats_new(s->window_ms * MS, s->max);
	k->c.crowd = crowd_new(s->max);
	k->c.seen = lru_new(SEEN, 1, NULL, NULL);
	return k;
}

/* It belongs to an incident: say so in the record, and in the incident's if it is due. */
static void
joined(struct corr *k, struct rec *r, const struct sighting *g, const struct verdict *v)
{
	struct arena *a = filter_arena(k->run);
	struct origin origin;

	if (g->alert) {
		if (lineage_origin(k->lineage, r, &origin))
			evidence_origin(v->in, &origin, a);
		rec_set_text(r, k->incident, arena_copy(a, str_of(v->in->id)));
		explain(k, r, v);
	}
	/* it is open again, with what came */
	if (v->in->state == STATE_QUIET || v->in->state == STATE_SPLIT)
		v->in->state = STATE_OPEN;
	write_if_due(k, v->in);
}

static enum filter_do
step(void *state, struct filter_run *run, struct rec *r, struct str line, struct err *e)
{
	struct corr *k = state;
	struct sighting g;
	struct verdict v;

	(void)line;
	(void)e;
	if (k->unmerge)
		unmerge(k);
	if (!sights_read(k->sights, run, r, k->site, &g))
		return FILTER_PASS;
	cover_note(k->cover, r, g.host, g.logon != LOGON_NONE, g.ns);
	if (!g.alert)
		lineage_note(k->lineage, run, r, g.ns);
	v = correlate_take(&k->c, &g, filter_arena(run));
	filter_evicted(run, evicted(k) - k->evicted);
	k->evicted = evicted(k);
	if (v.merged) {
		write_event(k, v.in, v.merged, true);
		write_version(k, v.merged, true);
	}
	if (v.in)
		joined(k, r, &g, &v);
	age(k);
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
		if (in->state != STATE_SPLIT)
			in->state = newest > in->last && newest - in->last > k->c.window
					? STATE_QUIET
					: STATE_OPEN;
		if (in->changed || judge_print(in, k->attack) != in->written)
			write_version(k, in, false);
	}
}

/* With a state nothing ends here: what changed is written when the run goes on. */
static void
end(void *state, struct filter_run *run)
{
	struct corr *k = state;

	if (k->unmerge)
		unmerge(k);
	if (!filter_keeps(run))
		sum_up(state, run);
}

static void
save(void *state, struct buf *b)
{
	struct corr *k = state;

	pack_str(b, STR(FORMAT));
	pack_i64(b, filter_newest(k->run));
	pack_i64(b, k->clock);
	links_save(k->c.links, b);
	logons_save(k->c.logons, b);
	seats_save(k->c.seats, b);
	crowd_save(k->c.crowd, b);
	lineage_save(k->lineage, b);
	cover_save(k->cover, b);
	pack_u64(b, lru_count(k->c.seen));
	for (const void *v = NULL; (v = lru_next(k->c.seen, v));)
		pack_str(b, lru_key(v));
}

static bool
load(void *state, struct str bytes, struct err *e)
{
	struct corr *k = state;
	struct unpack u = {.rest = bytes};
	int64_t newest;
	uint64_t n;

	if (!unpack_tag(&u, FORMAT)) {
		err_set(e, ERR_CONFIG, "a state of another version or program");
		return false;
	}
	newest = unpack_i64(&u);
	k->clock = unpack_i64(&u);
	links_load(k->c.links, &u);
	logons_load(k->c.logons, &u);
	seats_load(k->c.seats, &u);
	crowd_load(k->c.crowd, &u);
	lineage_load(k->lineage, &u);
	cover_load(k->cover, &u);
	n = unpack_u64(&u);
	for (uint64_t i = 0; i < n && !u.bad; i++)
		lru_put(k->c.seen, unpack_str(&u), NULL);
	if (u.bad || u.rest.n > 0) {
		err_set(e, ERR_CONFIG, "the state is not whole");
		return false;
	}
	filter_resume(k->run, newest);
	k->evicted = evicted(k);
	return true;
}

static const char *const examples[] = {
    "irnorm auth.log | irdetect --pass | irdedupe | ircorr",
    "ircorr --site site.yaml -w 4h alerts.json",
    "ir triage --json /var/log | ircorr --graph dot | dot -Tsvg", NULL};

const struct filter ircorr = {
    .name = "ircorr",
    .summary = "join alerts that belong together into incidents",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct ircorr_set),
    .kinds = "event alert",
    .open = open_,
    .step = step,
    .mark = sum_up,
    .end = end,
    .tick = sum_up,
    .close = close_,
    .save = save,
    .load = load,
};

static const struct filter ircorr_graph = {
    .name = "ircorr",
    .summary = "join alerts that belong together into incidents",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct ircorr_set),
    .report = true,
    .open = graph_open,
    .step = graph_step,
    .end = graph_end,
    .close = graph_close,
};

int
main(int argc, char **argv)
{
	return filter_main(
	    graph_asked(options, argc, argv) ? &ircorr_graph : &ircorr, argc, argv);
}
