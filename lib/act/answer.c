#include <stdio.h>

#include "answer.h"
#include "upkeep.h"
#include "when.h"

const char *
answer_options(const struct act_set *s)
{
	if (!s->openc2)
		return NULL;
	if (strcmp(s->format, "json") != 0)
		return "--openc2 answers in JSON: it does not go with --format text";
	if (s->apply && (!s->reason || !*s->reason))
		return "--openc2 with --apply needs a --reason: a command has none";
	return NULL;
}

/* --- asking --- */

static struct openc2 *
kept(struct batch *b, const struct openc2 *c)
{
	struct openc2 *k = arena_alloc(b->arena, sizeof(*k));

	*k = *c;
	k->request = arena_copy(b->arena, c->request);
	k->from = arena_copy(b->arena, c->from);
	k->text = arena_copy(b->arena, c->text);
	k->id = c->id.p ? arena_copy(b->arena, c->id) : STR_NONE;
	return k;
}

static void
refused(struct job *j, struct openc2 *c, int status, struct str text)
{
	openc2_refuse(c, status, text);
	job_say(j, JOB_REFUSED, "openc2", c->text);
}

/* The newest deed that a command means by its id or by its number. */
static struct deed *
meant(struct batch *b, const struct openc2 *c)
{
	struct deed *d, *found = NULL;

	for (size_t at = 0; (d = ledger_next(b->ledger, &at));)
		if (c->sort == OPENC2_RULE
			? openc2_rule(d->id) == c->rule
			: str_eq(c->id, str_of(d->id)) || str_eq(c->id, str_of(d->key)))
			found = d;
	return found;
}

static void
lift(struct batch *b, struct job *j, struct deed *d)
{
	j->lift = true;
	j->a.why = upkeep_reason(b);
	if (!d || !deed_live(d))
		job_already(j, "it is not in force");
	else
		batch_lift(b, j);
}

static bool
takes_back(const struct openc2 *c)
{
	return c->sort == OPENC2_LIFT || c->sort == OPENC2_LIFT_ID ||
	       c->sort == OPENC2_RULE;
}

/* What is gathered is done in one go, but never a "no longer" with the "do" before it. */
static void
keep_order(struct batch *b, const struct openc2 *c)
{
	if (b->n > 0 && (takes_back(c) || c->sort == OPENC2_DO) &&
	    b->jobs[b->n - 1].lift != takes_back(c))
		batch_act(b);
}

static struct job *
job_for(struct batch *b, struct openc2 *c, struct deed *d)
{
	struct action none = {.target = STR("{}"), .on = STR(""), .why = STR("")};
	struct job *j;

	if (takes_back(c) && d && deed_live(d))
		j = batch_job_of(b, d, true);
	else
		j = batch_job(
		    b, c->sort == OPENC2_DO || c->sort == OPENC2_LIFT ? &c->a : &none);
	j->by_hand = true;
	j->lift = takes_back(c);
	j->asked = c;
	return j;
}

/* Is it for us?  The verbs of another program are no mistake of the caller's, but not ours. */
static bool
ours(struct batch *b, struct job *j, struct openc2 *c)
{
	const char *by = action_verb(c->a.what)->by;

	if (strcmp(by, b->name) == 0)
		return true;
	refused(j, c, 501, CAT(b->arena, STR("that is done by "), str_of(by)));
	return false;
}

static void
judge(struct batch *b, struct job *j, struct openc2 *c, struct deed *d)
{
	if (c->sort == OPENC2_LIFT_ID || c->sort == OPENC2_RULE) {
		if (d)
			lift(b, j, d);
		else
			refused(j, c, 404, STR("there is no such action"));
	} else if (!ours(b, j, c)) {
		return;
	} else if (c->sort == OPENC2_LIFT) {
		lift(b, j, d);
	} else if (!openc2_terms(c, b->now)) {
		job_say(j, JOB_REFUSED, "openc2", c->text);
	} else {
		j->a.ttl_s = c->a.ttl_s;
		j->a.why = upkeep_reason(b);
		batch_judge(b, j);
	}
}

void
answer_command(struct batch *b, struct openc2 *given)
{
	struct openc2 *c;
	struct deed *d = NULL;
	struct job *j;
	bool ready;

	keep_order(b, given);
	ready = batch_begin(b);
	c = kept(b, given);
	if (ready && c->sort == OPENC2_LIFT)
		d = ledger_live(b->ledger, c->a.key);
	else if (ready && (c->sort == OPENC2_LIFT_ID || c->sort == OPENC2_RULE))
		d = meant(b, c);
	j = job_for(b, c, d);
	if (c->sort == OPENC2_REFUSED)
		job_say(j, JOB_REFUSED, "openc2", c->text);
	else if (c->sort == OPENC2_QUERY)
		job_already(j, "asked and answered");
	else if (ready)
		judge(b, j, c, d);
}

/* --- answering --- */

static int
status_of(const struct job *j)
{
	switch (j->status) {
	case JOB_PLANNED:
		return 102;
	case JOB_WAITING:
		return strcmp(j->code, "no-actuator") == 0  ? 501
		       : strcmp(j->code, "other-host") == 0 ? 404
		       : strcmp(j->code, "not-ready") == 0  ? 503
							    : 102;
	case JOB_REFUSED:
		return j->asked->sort == OPENC2_REFUSED ? j->asked->status : 403;
	case JOB_STOPPED:
		return 503;
	case JOB_FAILED:
		return 500;
	case JOB_APPLIED:
	case JOB_ALREADY:
	case JOB_UNDONE:
	case JOB_EXPIRED:
		break;
	}
	return 200;
}

static struct str
words_of(const struct job *j)
{
	if (j->status == JOB_PLANNED)
		return STR("planned: without --apply nothing is done");
	return j->asked->sort == OPENC2_QUERY ? STR("") : j->text;
}

static bool
does(const void *ctx, enum action_do what)
{
	return batch_actuator(ctx, what) != NULL;
}

static void
results(const struct batch *b, const struct job *j, struct buf *out)
{
	bool in_force = j->status == JOB_APPLIED ||
			(j->status == JOB_ALREADY && !j->lift);
	char until[WHEN_MAX];

	if (j->asked->sort == OPENC2_QUERY) {
		openc2_features(
		    j->asked->features, does, b, (b->set->max_hour + 59) / 60, out);
		return;
	}
	if (!j->deed)
		return;
	buf_ch(out, '{');
	if (in_force && j->a.what == DO_BLOCK_IP)
		buf_fmt(out, "\"slpf\":{\"rule_number\":%lld},",
		    (long long)openc2_rule(j->deed->id));
	buf_fmt(out, "\"x-ir\":{\"id\":\"%s\",\"key\":\"%s\",\"status\":\"%s\"",
	    j->deed->id, j->a.key, job_status_name(j->status));
	if (in_force && j->deed->until_ns != INT64_MAX) {
		when_text(until, j->deed->until_ns);
		buf_fmt(out, ",\"expires\":\"%s\"", until);
	}
	if (j->verify)
		buf_fmt(out, ",\"verify\":\"%s\"", j->verify);
	if (b->ledger)
		buf_fmt(out, ",\"ledger_head\":\"" STR_FMT "\"",
		    STR_ARG(ledger_head(b->ledger)));
	buf_add(out, STR("}}"));
}

void
answer_show(struct batch *b, const struct job *j)
{
	struct buf line = buf_make((size_t)1 << 20), more = buf_make((size_t)1 << 16);

	results(b, j, &more);
	openc2_answer(j->asked, status_of(j), words_of(j),
	    more.n ? buf_str(&more) : STR_NONE, b->now, &line);
	if (line.n)
		effect_emit(b->run, buf_str(&line));
	buf_free(&line);
	buf_free(&more);
}

void
answer_translate(struct batch *b, const struct action *a)
{
	struct buf line = buf_make((size_t)1 << 16);

	openc2_write(a, &line);
	effect_emit(b->run, buf_str(&line));
	buf_free(&line);
}
