/*
 * revoke-sessions: log a user off, with all that the sessions started.
 *
 * Everything of the user's is stopped before anything is killed, so that nothing
 * sees the end coming; what runs for the user as root (sshd, login) is asked to end,
 * which closes its entry in utmp, and killed if it does not.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounts.h"
#include "batch.h"
#include "logins.h"
#include "system.h"

#define KEPT   256 /* processes that the ledger names */
#define ROUNDS 8
#define ASK_MS 1000
#define NOTED  ((size_t)256 * 1024)

static void
note_pid(struct buf *b, const struct pid *p)
{
	buf_fmt(b, "{\"pid\":%" PRId64 ",\"ticks\":\"%" PRIu64 "\",\"name\":", p->pid,
	    p->ticks);
	buf_json(b, p->name);
}

static void
show(struct job *j, const struct logins *l)
{
	struct buf kept = buf_make(NOTED), diff = buf_make(NOTED);
	size_t n = 0;

	buf_add(&kept, STR("{\"sessions\":["));
	for (size_t i = 0; i < l->n; i++) {
		const struct login *s = &l->v[i];

		if (s->spared)
			continue;
		buf_add(&kept, n++ ? STR(",") : STR(""));
		note_pid(&kept, &s->leader);
		buf_add(&kept, STR(",\"line\":"));
		buf_json(&kept, s->line.p ? s->line : STR(""));
		buf_add(&kept, STR(",\"from\":"));
		buf_json(&kept, s->from.p ? s->from : STR(""));
		buf_ch(&kept, '}');
		buf_fmt(&diff,
		    "-session of process %" PRId64 " on '" STR_FMT "' from '" STR_FMT
		    "'\n",
		    s->leader.pid, STR_ARG(s->line), STR_ARG(s->from));
	}
	buf_add(&kept, STR("],\"processes\":["));
	for (size_t i = 0; i < l->n_pids && i < KEPT; i++) {
		buf_add(&kept, i ? STR(",") : STR(""));
		note_pid(&kept, &l->pids[i]);
		buf_ch(&kept, '}');
	}
	buf_add(&kept, STR("]}"));
	j->prior = arena_copy(j->arena, buf_str(&kept));
	j->diff = arena_copy(j->arena, buf_str(&diff));
	j->change = arena_fmt(j->arena,
	    "end %zu session%s of " STR_FMT " and %zu process%s%s", n, n == 1 ? "" : "s",
	    STR_ARG(l->user), l->n_pids, l->n_pids == 1 ? "" : "es",
	    l->ours ? "; the one that this runs in stays" : "");
	buf_free(&kept);
	buf_free(&diff);
}

/* Who is it?  False: the job says why not. */
static bool
may_end(struct batch *b, struct job *j, struct logins *l)
{
	struct err ignored = {0};
	struct account who;

	if (account_find(&b->hands.root, j->arena, l->user, &who, &ignored))
		l->uid = who.uid;
	logins_find(j->arena, l);
	if (l->uid >= 0 && l->uid == accounts_operator()) {
		job_refuse(j, "protected", "'" STR_FMT "' is you", STR_ARG(l->user));
		return false;
	}
	if (l->uid == 0)
		job_ask(j, 2, "they are sessions of the superuser");
	else if (ignored.kind == ERR_NONE && who.admin)
		job_ask(j, 1, "they are an administrator's sessions");
	logins_members(j->arena, l);
	if (l->n_pids)
		return true;
	if (l->ours)
		job_refuse(j, "protected", "it is the session that this runs in");
	else
		job_already(j, "'" STR_FMT "' has no session here", STR_ARG(l->user));
	return false;
}

static void
look(struct batch *b, struct job *j)
{
	struct logins l = {.user = j->a.to.text[TARGET_USER], .uid = -1};

	if (!b->hands.root.machine) {
		job_refuse(j, "image", "an image has no sessions");
		return;
	}
	if (may_end(b, j, &l))
		show(j, &l);
	logins_free(&l);
}

/* --- acting --- */

/* Signal the members that are the user's, or the others. */
static bool
tell(struct arena *a, const struct logins *l, bool users, int sig, struct err *e)
{
	for (size_t i = 0; i < l->n_pids; i++) {
		bool own = l->uid < 0 || pid_user(a, l->pids[i].pid) == l->uid;

		if (own == users && !pid_send(a, &l->pids[i], sig, false, e))
			return false;
	}
	return true;
}

static bool
all_gone(struct arena *a, const struct logins *l, int64_t within_ms)
{
	for (int64_t ms = 0;; ms += 20) {
		size_t alive = 0;

		for (size_t i = 0; i < l->n_pids; i++)
			alive += pid_lives(a, &l->pids[i]);
		if (alive == 0 || ms >= within_ms)
			return alive == 0;
		usleep(20000);
	}
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct logins l = {.user = j->a.to.text[TARGET_USER], .uid = -1};
	struct arena *a = j->arena;
	struct err ignored = {0};
	struct account who;
	bool ok = true;

	if (account_find(&b->hands.root, a, l.user, &who, &ignored))
		l.uid = who.uid;
	logins_find(a, &l);
	for (int i = 0; ok && i < ROUNDS && logins_members(a, &l) > 0; i++)
		ok = tell(a, &l, true, SIGSTOP, e);
	ok = ok && tell(a, &l, true, SIGKILL, e) && tell(a, &l, false, SIGTERM, e) &&
	     (all_gone(a, &l, ASK_MS) || tell(a, &l, false, SIGKILL, e));
	if (ok && !all_gone(a, &l, 2 * ASK_MS)) {
		err_set(e, ERR_SYS, "some processes of '" STR_FMT "' do not end",
		    STR_ARG(l.user));
		ok = false;
	}
	logins_free(&l);
	return ok;
}

/* Has every process of a list ended?  -1: there is none. */
static int
ended(const struct past *p, const char *name)
{
	const struct node *list = node_get(p->prior, str_of(name));
	int all = -1;

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *at = node_at(list, i);
		struct str ticks = arena_copy(
		    p->arena, node_text(node_get(at, STR("ticks"))));
		struct pid was = {0};

		if (!ticks.p || !node_i64(node_get(at, STR("pid")), &was.pid))
			return -1;
		was.ticks = strtoull(ticks.p, NULL, 10);
		all = 1;
		if (pid_lives(p->arena, &was))
			return 0;
	}
	return all;
}

static int
holds(struct batch *b, const struct past *p)
{
	int sessions = ended(p, "sessions"), processes = ended(p, "processes");

	(void)b;
	return sessions == 0 || processes == 0 ? 0 : processes;
}

const struct actuator sessions_hands = {
    .what = DO_REVOKE_SESSIONS,
    .destroys = true,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
};
