#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "mem.h"

#define ACTOR_MAX 100

/* --- a run --- */

/* "uid 0 (sudo ann)", without NSS, which may ask the network; before it who is said to answer. */
static struct str
ordered_by(struct arena *a, const char *actor)
{
	struct str sudo = str_of(getenv("SUDO_USER"));
	struct str uid = arena_fmt(a, "uid %u", (unsigned)getuid());

	if (getuid() == 0 && sudo.p && target_user(sudo))
		uid = CAT(a, uid, STR(" (sudo "), sudo, STR(")"));
	if (!actor || !*actor)
		return uid;
	return CAT(a, action_cut(str_of(actor), ACTOR_MAX), STR(", "), uid);
}

static struct str
person(struct arena *a)
{
	struct str sudo = str_of(getenv("SUDO_USER"));

	if (getuid() == 0 && sudo.p && approval_name(sudo))
		return sudo;
	return arena_fmt(a, "uid-%u", (unsigned)getuid());
}

/* One for all programs that act on this host. */
static const char *
state_dir(struct arena *a, const char *given)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (given)
		return given;
	if (geteuid() == 0)
		return "/var/lib/ir";
	if (xdg && xdg[0] == '/')
		return arena_fmt(a, "%s/ir", xdg).p;
	return arena_fmt(a, "%s/.local/state/ir", home && *home ? home : "").p;
}

struct batch *
batch_new(const char *name, struct effect_run *run, const struct act_set *set,
    const struct actuator *const *actuators, struct err *e)
{
	struct batch *b = mem_new(1, sizeof(*b));

	*b = (struct batch){.name = name,
	    .set = set,
	    .run = run,
	    .actuators = actuators,
	    .arena = arena_new(),
	    .texts = arena_new(),
	    .hands.root.fd = -1};
	b->dir = state_dir(b->texts, effect_state(run));
	b->by = ordered_by(b->texts, set->actor);
	b->person = person(b->texts);
	gethostname(b->host, sizeof(b->host) - 1);
	if (strcmp(set->format, "text") == 0)
		effect_text(run);
	b->site = site_load(set->site, e);
	if (b->site && (b->consent = consent_new(set->approvers, e)) &&
	    hands_open(&b->hands, set->root, b->texts, b->dir, e))
		return b;
	batch_free(b);
	return NULL;
}

void
batch_free(struct batch *b)
{
	if (!b)
		return;
	batch_end(b);
	hands_close(&b->hands);
	consent_free(b->consent);
	site_free(b->site);
	arena_free(b->arena);
	arena_free(b->texts);
	mem_free(b->jobs);
	mem_free(b);
}

void
batch_approval(struct batch *b, const struct approval *a)
{
	consent_note(b->consent, a);
}

bool
batch_acts(const struct batch *b)
{
	return b->set->apply && !b->set->plan_only;
}

/* Everything but "there is no such file" counts, so that no privilege lifts it. */
static bool
there(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool
batch_stopped(const struct batch *b)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/stop", b->dir);

	if (n < 0 || (size_t)n >= sizeof(path))
		return true;
	return there(b->set->stop) || access(path, F_OK) == 0 ||
	       (b->set->apply && there(path));
}

int64_t
batch_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const struct actuator *
batch_actuator(const struct batch *b, enum action_do what)
{
	for (size_t i = 0; b->actuators[i]; i++)
		if (b->actuators[i]->what == what)
			return b->actuators[i];
	return NULL;
}

/* --- a batch --- */

void
batch_end(struct batch *b)
{
	if (!b->open)
		return;
	for (size_t i = 0; b->actuators[i]; i++)
		if (b->actuators[i]->end)
			b->actuators[i]->end(b);
	ledger_close(b->ledger);
	guard_free(b->guard);
	b->ledger = NULL;
	b->guard = NULL;
	b->n = 0;
	memset(b->classes, 0, sizeof(b->classes));
	arena_reset(b->arena);
	b->open = false;
}

struct job *
batch_job(struct batch *b, const struct action *a)
{
	struct job *j;

	b->jobs = mem_grow(b->jobs, &b->cap, b->n + 1, sizeof(*b->jobs));
	j = &b->jobs[b->n++];
	*j = (struct job){
	    .a = *a, .arena = b->arena, .plan = STR(""), .incident = STR("")};
	for (int i = 0; i < TARGET_MEMBERS; i++)
		j->a.to.text[i] = arena_copy(b->arena, a->to.text[i]);
	j->a.target = arena_copy(b->arena, a->target);
	j->a.on = arena_copy(b->arena, a->on);
	j->a.why = arena_copy(b->arena, a->why);
	j->a.events = STR("");
	return j;
}

struct job *
batch_job_of(struct batch *b, struct deed *d, bool lift)
{
	struct action a;
	struct err e = {0};
	struct job *j;

	if (!action_of(b->arena, d->what, d->target, d->on, &a, &e))
		a = (struct action){.what = d->what, .target = d->target, .net = d->net};
	memcpy(a.key, d->key, sizeof(a.key));
	a.ttl_s = d->ttl_s;
	a.why = d->why.p ? d->why : STR("");
	j = batch_job(b, &a);
	j->plan = d->plan.p ? d->plan : STR("");
	j->incident = d->incident.p ? d->incident : STR("");
	j->deed = d;
	j->prior = d->prior;
	j->lift = lift;
	j->by_hand = true;
	return j;
}
