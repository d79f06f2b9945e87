#include "groups.h"
#include "when.h"

#define HOUR (INT64_C(3600) * WHEN_S)

/* Verbs that act on what is ours; what they name is an asset, else the host they are done on. */
static const bool ours[DO_MAX] = {
    [DO_ISOLATE_HOST] = true,
    [DO_KILL_PROCESS] = true,
    [DO_STOP_PROCESS] = true,
    [DO_QUARANTINE_FILE] = true,
    [DO_LOCK_ACCOUNT] = true,
    [DO_EXPIRE_PASSWORD] = true,
    [DO_REVOKE_SESSIONS] = true,
    [DO_REVOKE_KEYS] = true,
    [DO_DISABLE_SERVICE] = true,
    [DO_PATCH_PACKAGE] = true,
    [DO_RESTORE_PATH] = true,
    [DO_REMOVE_PERSISTENCE] = true,
    [DO_REMOVE_ACCOUNT] = true,
};

static struct str
asset(const struct batch *b, const struct action *a)
{
	if (!ours[a->what])
		return STR_NONE;
	if (a->to.text[TARGET_USER].p)
		return a->to.text[TARGET_USER];
	if (a->to.text[TARGET_HOST].p)
		return a->to.text[TARGET_HOST];
	return a->on.n ? a->on : str_of(b->host);
}

/* Members of a group that were touched, each once; full: there is no room for another. */
struct tally {
	const struct site_group *group;
	struct str *seen;
	size_t n, most;
};

static void
note(struct tally *t, struct str name)
{
	if (t->n >= t->most || !name.p || !site_group_has(t->group, name))
		return;
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->seen[i], name))
			return;
	t->seen[t->n++] = name;
}

static void
note_ledger(struct batch *b, struct tally *t)
{
	for (int what = 0; what < DO_MAX; what++) {
		const struct deed *d;
		size_t at = 0;

		if (!ours[what])
			continue;
		while ((d = ledger_next_since(
			    b->ledger, (enum action_do)what, b->now - HOUR, &at))) {
			struct action a;
			struct err e = {0};

			if (d->state != DEED_FAILED &&
			    action_of(b->arena, d->what, d->target, d->on, &a, &e))
				note(t, asset(b, &a));
		}
	}
}

static bool
room(struct batch *b, const struct job *j, struct tally *t)
{
	struct str name = asset(b, &j->a);

	t->most = site_group_most(t->group);
	t->seen = arena_zero(b->arena, (t->most + 1) * sizeof(*t->seen));
	note_ledger(b, t);
	for (const struct job *o = b->jobs; o < j; o++)
		if (o->status == JOB_PLANNED && !o->lift)
			note(t, asset(b, &o->a));
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->seen[i], name))
			return true;
	return t->n < t->most;
}

bool
groups_room(struct batch *b, struct job *j)
{
	struct str name = asset(b, &j->a);
	struct tally t = {0};

	for (size_t at = 0; name.p && (t.group = site_group_next(b->site, name, &at));
	     t.n = 0) {
		if (room(b, j, &t))
			continue;
		job_say(j, JOB_WAITING, "cap",
		    arena_fmt(b->arena,
			"more than %zu of the group '" STR_FMT
			"' would be touched in an hour (site file)",
			t.most, STR_ARG(site_group_name(t.group))));
		return false;
	}
	return true;
}
