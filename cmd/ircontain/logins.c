#include <dirent.h>
#include <stdlib.h>
#include <utmpx.h>

#include "file.h"
#include "logins.h"
#include "mem.h"
#include "when.h"

#define SESSIONS "/run/systemd/sessions"
#define NOTE_MAX ((size_t)64 * 1024)
#define SLACK    (WHEN_S * 3)
#define DEPTH    64

/* All processes, by number. */
struct table {
	struct arena *arena;
	struct pid *v;
	size_t n, cap;
};

/* --- sessions --- */

/* The control group of systemd's: that of version 2, or its own of version 1. */
static struct str
scope_of(struct arena *a, int64_t pid)
{
	struct str text = pid_file(a, pid, "cgroup"), line;

	while (text.n) {
		line = str_cut(&text, '\n');
		if (str_starts(line, STR("0::")))
			return str_from(line, 3);
		if (str_find(line, STR(":name=systemd:")) != STR_NPOS)
			return str_from(line, str_chr(line, '/'));
	}
	return STR_NONE;
}

static void
add(struct arena *a, struct logins *l, int64_t pid, int64_t at_ns, struct str line,
    struct str from)
{
	struct login *s = &l->v[l->n];

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].leader.pid == pid)
			return;
	if (l->n == LOGINS_MAX || pid < 2)
		return;
	*s = (struct login){.line = arena_copy(a, line), .from = arena_copy(a, from)};
	if (!pid_look(a, pid, &s->leader) || s->leader.state == 'Z' ||
	    pid_started(a, &s->leader) > at_ns + SLACK)
		return;
	pid_exe(a, &s->leader);
	s->scope = scope_of(a, pid);
	s->spared = pid_spared(a, &s->leader).p != NULL;
	l->ours |= s->spared;
	l->n++;
}

static struct str
value(struct str text, struct str key)
{
	struct str line;

	while (text.n) {
		line = str_cut(&text, '\n');
		if (str_starts(line, key))
			return str_from(line, key.n);
	}
	return STR_NONE;
}

static void
of_logind(struct arena *a, struct logins *l)
{
	DIR *dir = opendir(SESSIONS);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct err ignored = {0};
		struct str note, user;
		int64_t pid, us = 0, uid = -1;

		if (strchr(entry->d_name, '.'))
			continue; /* a pipe of the session, or the directory */
		note = file_read(
		    a, arena_fmt(a, SESSIONS "/%s", entry->d_name).p, NOTE_MAX, &ignored);
		user = value(note, STR("USER="));
		str_i64(value(note, STR("UID=")), &uid);
		if (!str_eq(user, l->user) && (uid < 0 || uid != l->uid))
			continue;
		if (l->uid < 0)
			l->uid = uid;
		if (str_i64(value(note, STR("LEADER=")), &pid) &&
		    str_i64(value(note, STR("REALTIME=")), &us))
			add(a, l, pid, us * 1000, value(note, STR("TTY=")),
			    value(note, STR("REMOTE_HOST=")));
	}
	if (dir)
		closedir(dir);
}

static struct str
fixed(const char *p, size_t n)
{
	return (struct str){p, strnlen(p, n)};
}

static void
of_utmp(struct arena *a, struct logins *l)
{
	struct utmpx *u;

	setutxent();
	while ((u = getutxent()))
		if (u->ut_type == USER_PROCESS &&
		    str_eq(fixed(u->ut_user, sizeof(u->ut_user)), l->user))
			add(a, l, u->ut_pid, (int64_t)u->ut_tv.tv_sec * WHEN_S + WHEN_S,
			    fixed(u->ut_line, sizeof(u->ut_line)),
			    fixed(u->ut_host, sizeof(u->ut_host)));
	endutxent();
}

void
logins_find(struct arena *a, struct logins *l)
{
	of_logind(a, l);
	of_utmp(a, l);
}

/* --- members --- */

static int
by_pid(const void *x, const void *y)
{
	const struct pid *a = x, *b = y;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static void
take(void *ctx, int64_t pid)
{
	struct table *t = ctx;

	t->v = mem_grow(t->v, &t->cap, t->n + 1, sizeof(*t->v));
	if (pid_look(t->arena, pid, &t->v[t->n]) && t->v[t->n].state != 'Z')
		t->n++;
}

static const struct pid *
find(const struct pid *v, size_t n, int64_t pid)
{
	struct pid key = {.pid = pid};

	return n ? bsearch(&key, v, n, sizeof(key), by_pid) : NULL;
}

/* Is it the leader of a session that may be ended, or did it come from one? */
static bool
descends(const struct table *t, const struct logins *l, const struct pid *p)
{
	for (int i = 0; p && i < DEPTH; i++) {
		for (size_t k = 0; k < l->n; k++)
			if (l->v[k].leader.pid == p->pid)
				return !l->v[k].spared;
		p = p->ppid > 1 ? find(t->v, t->n, p->ppid) : NULL;
	}
	return false;
}

/* Does its kernel session have a leader that is a member? */
static bool
same_session(const struct logins *l, const struct pid *p)
{
	const struct pid *leader = find(l->pids, l->n_pids, p->session);

	return leader && leader->ticks <= p->ticks;
}

static bool
in_scope(struct arena *a, const struct logins *l, const struct pid *p)
{
	struct str scope, manager;

	if (l->uid < 0 || pid_user(a, p->pid) != l->uid)
		return false;
	scope = scope_of(a, p->pid);
	for (size_t i = 0; scope.p && i < l->n; i++)
		if (!l->v[i].spared && str_eq(scope, l->v[i].scope) &&
		    str_ends(scope, STR(".scope")))
			return true;
	manager = arena_fmt(a, "/user-%lld.slice/user@%lld.service/", (long long)l->uid,
	    (long long)l->uid);
	return scope.p && !l->ours && str_find(scope, manager) != STR_NPOS;
}

static bool
known(const struct logins *l, const struct pid *p)
{
	const struct pid *k = find(l->pids, l->n_pids, p->pid);

	return k && k->ticks == p->ticks;
}

size_t
logins_members(struct arena *a, struct logins *l)
{
	struct table t = {.arena = a};
	size_t before = l->n_pids;

	pids_all(take, &t);
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), by_pid);
	for (size_t i = 0; i < t.n; i++) {
		struct pid *p = &t.v[i];

		if (known(l, p) ||
		    (!descends(&t, l, p) && !same_session(l, p) && !in_scope(a, l, p)))
			continue;
		pid_exe(a, p);
		if (pid_spared(a, p).p)
			continue;
		l->pids = mem_grow(l->pids, &l->cap, l->n_pids + 1, sizeof(*l->pids));
		l->pids[l->n_pids++] = *p;
		qsort(l->pids, l->n_pids, sizeof(*l->pids), by_pid);
	}
	mem_free(t.v);
	return l->n_pids - before;
}

void
logins_free(struct logins *l)
{
	mem_free(l->pids);
	l->pids = NULL;
	l->n_pids = l->cap = 0;
}
