/* The event's own bytes, and what the rule adds. */
#include "finding.h"
#include "mem.h"
#include "said.h"
#include "sha256.h"
#include "when.h"

#define VALUE_MAX ((size_t)256) /* bytes of a value that ir.why quotes */

/* Those that depend on what matched. */
enum slot {
	EVENT_ID,
	ALERT_ID,
	ALERT_EVENTS,
	ALERT_N,
	ALERT_OF,
	ALERT_GROUP,
	START,
	END,
	BENIGN,
	SOURCE_IP,
	SLOTS
};

static const char *const names[SLOTS] = {"event.id", "ir.alert.id", "ir.alert.events",
    "ir.alert.n", "ir.alert.of", "ir.alert.group", "event.start", "event.end",
    "ir.benign", "source.ip"};

struct findings {
	struct filter_run *run;
	const struct ruleset *rules;
	struct views *views;
	struct atoms *atoms;
	const struct tactics *tactics;
	const struct site *site;
	struct arena *a;
	int slot[SLOTS], said_slot[SAIDS];
	struct said *said; /* by rule */
	struct buf out;
	void (*sink)(void *ctx, struct str alert);
	void *sink_ctx;
	struct str event_id; /* of the record in hand, once it is known */
};

struct findings *
findings_new(struct filter_run *run, const struct ruleset *rules, struct views *views,
    struct atoms *atoms, const struct tactics *tactics, const struct site *site)
{
	struct findings *f = mem_new(1, sizeof(*f));
	size_t n = ruleset_count(rules);

	f->run = run;
	f->rules = rules;
	f->views = views;
	f->atoms = atoms;
	f->tactics = tactics;
	f->site = site;
	f->a = arena_new();
	f->out = buf_make((size_t)64 << 20);
	f->said = mem_new(n + 1, sizeof(*f->said));
	for (size_t i = 0; i < SLOTS; i++)
		f->slot[i] = filter_slot(run, names[i]);
	for (size_t i = 0; i < SAIDS; i++)
		f->said_slot[i] = filter_slot(run, said_name(i));
	return f;
}

void
findings_free(struct findings *f)
{
	if (!f)
		return;
	arena_free(f->a);
	buf_free(&f->out);
	mem_free(f->said);
	mem_free(f);
}

void
findings_redirect(
    struct findings *f, void (*sink)(void *ctx, struct str alert), void *ctx)
{
	f->sink = sink;
	f->sink_ctx = ctx;
}

void
findings_start(struct findings *f)
{
	f->event_id = STR_NONE;
}

/* The record's id, worked out once though each alert is made afresh. */
static struct str
event_id(struct findings *f, struct rec *rec)
{
	if (f->event_id.p)
		rec_set_text(rec, f->slot[EVENT_ID], f->event_id);
	else
		f->event_id = filter_event_id(f->run, rec);
	return f->event_id;
}

/* Add what the rule says; true: it can simply be written behind all else. */
static bool
set_said(struct findings *f, struct rec *rec, const struct said *said)
{
	uint32_t there[(size_t)SAIDS + SLOTS];

	if (rec_which(rec, f->said_slot, SAIDS, there) == 0 &&
	    rec_which(rec, f->slot, SLOTS, there) == 0)
		return true;
	for (size_t i = 0; i < SAIDS; i++)
		if (said->v[i].p)
			rec_set(rec, f->said_slot[i], said->v[i]);
	return false;
}

/* The ids that an alert names: the first and the last members. */
static size_t
member_ids(const struct fired *fired, struct str *ids)
{
	size_t n = fired->window->n, half = CORRELATE_IDS / 2, k = 0;

	for (size_t i = 0; i < n; i++)
		if (i < half || n - i <= half)
			ids[k++] = str_of(slide_at(fired->window, i)->id);
	return k;
}

static void
set_members(
    struct findings *f, struct rec *rec, const struct rule *r, const struct fired *fired)
{
	struct arena *a = rec_arena(rec);
	struct str ids[CORRELATE_IDS + 1], list = STR("[");
	size_t n = 1;
	char id[33];

	ids[0] = r->id;
	if (fired)
		n += member_ids(fired, ids + 1);
	else
		ids[n++] = event_id(f, rec);
	for (size_t i = 1; i < n; i++)
		list = CAT(a, list, i > 1 ? STR(",") : STR(""), json_quote(a, ids[i]));
	sha256_id(id, n, ids);
	rec_set(rec, f->slot[ALERT_EVENTS], CAT(a, list, STR("]")));
	rec_set_text(rec, f->slot[ALERT_ID], arena_copy(a, str_of(id)));
	rec_set_i64(rec, f->slot[ALERT_N], fired ? (int64_t)fired->n : 1);
}

static void
set_window(
    struct findings *f, struct rec *rec, const struct rule *r, const struct fired *fired)
{
	struct arena *a = rec_arena(rec);
	struct str group = STR("[");

	rec_set_time(rec, f->slot[START], slide_at(fired->window, 0)->t);
	rec_set_time(rec, f->slot[END], slide_at(fired->window, fired->window->n - 1)->t);
	for (size_t i = 0; r->corr && i < r->corr->n_group; i++)
		group = CAT(a, group, i ? STR(",") : STR(""), STR("{\"field\":"),
		    json_quote(a, r->corr->group[i]), STR(",\"value\":"),
		    json_quote(a, fired->group[i]), STR("}"));
	if (r->corr && r->corr->n_group)
		rec_set(rec, f->slot[ALERT_GROUP], CAT(a, group, STR("]")));
}

/* What the owner says of the source: it lowers or explains, and never hides. */
static void
set_site(struct findings *f, struct rec *rec)
{
	static const enum site_role roles[] = {SITE_MONITORING, SITE_SCANNER, SITE_BACKUP,
	    SITE_PENTEST, SITE_PROXY, SITE_NAT};
	struct arena *a = rec_arena(rec);
	struct ip ip;
	unsigned have;

	if (!ip_parse(rec_text(rec, f->slot[SOURCE_IP]), &ip))
		return;
	have = site_roles(f->site, &ip);
	if (have & SITE_EXPECTED)
		rec_set(rec, f->said_slot[SAID_SEVERITY], STR("\"informational\""));
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (have & roles[i]) {
			rec_push(rec, f->slot[BENIGN],
			    CAT(a,
				STR("{\"field\":\"source.ip\",\"list\":\"site\","
				    "\"class\":"),
				json_quote(a, str_of(site_role_name(roles[i]))),
				STR("}")));
			return;
		}
}

/* Name the tests that hold and count for the match. */
static void
why(struct findings *f, struct rec *rec, struct str selection, const struct expr *x)
{
	struct str value;

	if (x->op == EXPR_NOT || !atoms_hold(f->atoms, x))
		return;
	for (size_t i = 0; i < x->n; i++)
		why(f, rec, selection, x->kids[i]);
	if (x->op != EXPR_ATOM)
		return;
	value = atoms_witness(f->atoms, x->atom);
	filter_why(f->run, rec, selection,
	    views_name(f->views, atoms_at(f->atoms, x->atom)->field),
	    value.p ? str_sub(value, 0, VALUE_MAX) : STR_NONE);
}

static void
set_why(
    struct findings *f, struct rec *rec, const struct rule *r, const struct fired *fired)
{
	if (!filter_explain(f->run))
		return;
	for (size_t i = 0; i < r->n_sel; i++)
		if (r->sel[i].used)
			why(f, rec, r->sel[i].name, r->sel[i].expr);
	for (size_t i = 0; fired && r->corr && i < r->corr->n_group; i++)
		filter_why(f->run, rec, STR("group"), r->corr->group[i], fired->group[i]);
}

void
findings_emit(struct findings *f, struct rec *rec, size_t rule, const struct fired *fired,
    bool after)
{
	const struct rule *r = ruleset_at(f->rules, rule);
	struct buf *out = &f->out;
	struct str of = STR_NONE;
	bool behind;

	if (str_eq(rec_text(rec, f->said_slot[SAID_KIND]), STR("alert")) ||
	    str_eq(rec_text(rec, f->said_slot[SAID_EVENT_KIND]), STR("alert"))) {
		of = rec_text(rec, f->slot[ALERT_ID]);
		of = of.p ? of : event_id(f, rec);
	}
	if (!f->said[rule].all.p)
		said_render(&f->said[rule], f->a, rec_arena(rec), f->tactics, r);
	behind = set_said(f, rec, &f->said[rule]);
	event_id(f, rec);
	set_members(f, rec, r, fired);
	if (of.p)
		rec_set_text(rec, f->slot[ALERT_OF], of);
	if (fired)
		set_window(f, rec, r, fired);
	set_site(f, rec);
	set_why(f, rec, r, fired);
	buf_reset(out);
	rec_write(rec, out);
	if (behind && out->n) {
		out->n--;
		buf_add(out, f->said[rule].all);
		buf_ch(out, '}');
	}
	if (f->sink)
		f->sink(f->sink_ctx, buf_str(out));
	else if (after)
		filter_emit_after(f->run, buf_str(out));
	else
		filter_emit(f->run, buf_str(out));
	rec_unset(rec);
}
