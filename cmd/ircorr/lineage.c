#include "lineage.h"
#include "lru.h"
#include "mem.h"

#define LONG  260 /* longest key, path or name that is kept */
#define DEPTH 64

/* Rights that a handle to another process may have. */
#define CREATE_THREAD UINT64_C(0x2)
#define VM_OPERATION  UINT64_C(0x8)
#define VM_WRITE      UINT64_C(0x20)
#define INJECT        (CREATE_THREAD | VM_OPERATION | VM_WRITE)
#define ALL_ACCESS    UINT64_C(0x1fffff)

enum said {
	BY_PARENT,   /* its key */
	BY_INJECTOR, /* the key of who put a thread into it */
	BY_MAKER,    /* ... of who held all rights to it: who makes a process does */
	BY_WRITER,   /* ... of who held the rights that an injection takes */
	S_EVENT,     /* its start */
	S_INJECTION, /* events of the three */
	S_MADE,
	S_WRITTEN,
	S_EXE,
	S_PARENT_EXE,
	S_USER,
	SAID
};

struct process {
	int64_t ns;
	char *said[SAID]; /* NULL: not known */
};

struct written {
	char *event, *exe;
};

struct lineage {
	struct lru *processes, *files;
	int entity, parent, pid, ppid, host, exe, parent_exe, user, file, target,
	    target_upper, access, code, category, type;
};

static void
drop_process(void *ctx, struct str key, void *value)
{
	struct process *p = value;

	(void)ctx;
	(void)key;
	for (int i = 0; i < SAID; i++)
		mem_free(p->said[i]);
}

static void
drop_file(void *ctx, struct str key, void *value)
{
	struct written *w = value;

	(void)ctx;
	(void)key;
	mem_free(w->event);
	mem_free(w->exe);
}

struct lineage *
lineage_new(struct filter_run *run, size_t max)
{
	struct lineage *l = mem_new(1, sizeof(*l));

	*l = (struct lineage){
	    .processes = lru_new(max, sizeof(struct process), drop_process, NULL),
	    .files = lru_new(max, sizeof(struct written), drop_file, NULL),
	    .entity = filter_slot(run, "process.entity_id"),
	    .parent = filter_slot(run, "process.parent.entity_id"),
	    .pid = filter_slot(run, "process.pid"),
	    .ppid = filter_slot(run, "process.parent.pid"),
	    .host = filter_slot(run, "host.name"),
	    .exe = filter_slot(run, "process.executable"),
	    .parent_exe = filter_slot(run, "process.parent.executable"),
	    .user = filter_slot(run, "user.name"),
	    .file = filter_slot(run, "file.path"),
	    .target = filter_slot(run, "winlog.event_data.TargetProcessGuid"),
	    .target_upper = filter_slot(run, "winlog.event_data.TargetProcessGUID"),
	    .access = filter_slot(run, "winlog.event_data.GrantedAccess"),
	    .code = filter_slot(run, "event.code"),
	    .category = filter_slot(run, "event.category"),
	    .type = filter_slot(run, "event.type"),
	};
	return l;
}

void
lineage_free(struct lineage *l)
{
	if (!l)
		return;
	lru_free(l->processes);
	lru_free(l->files);
	mem_free(l);
}

uint64_t
lineage_evicted(const struct lineage *l)
{
	return lru_evicted(l->processes) + lru_evicted(l->files);
}

/* --- what is known --- */

static void
keep(char **to, struct str s)
{
	if (s.n == 0 || s.n >= LONG)
		return;
	mem_free(*to);
	*to = mem_text(s);
}

static struct str
said(const struct process *p, enum said what)
{
	return p->said[what] ? str_of(p->said[what]) : STR("");
}

static struct process *
process_of(struct lineage *l, struct str key)
{
	return key.n == 0 || key.n >= LONG ? NULL : lru_put(l->processes, key, NULL);
}

static struct process *
known(const struct lineage *l, struct str key)
{
	return key.n == 0 || key.n >= LONG ? NULL : lru_peek(l->processes, key);
}

/* The id that the sensor gave it, else host and number. */
static struct str
key_of(const struct lineage *l, struct rec *r, int entity, int pid)
{
	struct str id = rec_text(r, entity), n = rec_text(r, pid),
		   host = rec_text(r, l->host);

	if (id.n || !n.n || !host.n)
		return id;
	return CAT(rec_arena(r), host, STR("/"), n);
}

static bool
holds(struct rec *r, int slot, struct str word)
{
	struct str raw;

	for (size_t at = 0; rec_each(r, slot, &at, &raw);)
		if (str_eq(json_text(rec_arena(r), raw), word))
			return true;
	return false;
}

static struct str
folded(struct rec *r, struct str path)
{
	char *p = arena_alloc(rec_arena(r), path.n + 1);

	for (size_t i = 0; i < path.n; i++)
		p[i] = path.p[i] >= 'A' && path.p[i] <= 'Z' ? (char)(path.p[i] + 32)
							    : path.p[i];
	return (struct str){p, path.n};
}

/* Programs that start what others tell them to, and so are nobody's cause. */
static bool
is_starter(struct str exe)
{
	static const char *const names[] = {"explorer.exe", "services.exe", "svchost.exe",
	    "winlogon.exe", "userinit.exe", "wininit.exe", "smss.exe", "csrss.exe",
	    "lsass.exe", "taskeng.exe", "taskhostw.exe", "sihost.exe", "wmiprvse.exe",
	    "wsmprovhost.exe", "runtimebroker.exe", "system", "systemd", "init", "sshd",
	    "cron", "crond", "atd", "login", "sudo", "su", "dockerd", "containerd-shim",
	    "apache2", "httpd", "nginx", "php-fpm", "w3wp.exe", "sqlservr.exe", "tomcat",
	    "java"};
	struct str name = str_base(exe);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

/* Programs that open every other one, for accounting, consoles and crashes. */
static bool
serves(struct str exe)
{
	static const char *const names[] = {"conhost.exe", "werfault.exe", "msmpeng.exe",
	    "vboxservice.exe", "vmtoolsd.exe", "consent.exe", "audiodg.exe",
	    "dllhost.exe", "searchindexer.exe", "taskmgr.exe"};
	struct str name = str_base(exe);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return is_starter(exe);
}

static void
note_start(
    struct lineage *l, struct rec *r, struct process *p, struct str event, int64_t ns)
{
	/* a number is used again: what it was before is over */
	if (p->said[S_EVENT] && !rec_text(r, l->entity).n) {
		drop_process(NULL, STR_NONE, p);
		*p = (struct process){.ns = ns};
	}
	keep(&p->said[BY_PARENT], key_of(l, r, l->parent, l->ppid));
	keep(&p->said[S_EVENT], event);
	keep(&p->said[S_PARENT_EXE], rec_text(r, l->parent_exe));
	keep(&p->said[S_USER], rec_text(r, l->user));
	p->ns = ns;
}

/* The process that a record says something was done to. */
static struct str
target_of(const struct lineage *l, struct rec *r)
{
	struct str into = rec_text(r, l->target);

	return into.n ? into : rec_text(r, l->target_upper);
}

static void
note_injection(struct lineage *l, struct rec *r, struct str by, struct str event)
{
	struct str into = target_of(l, r);
	struct process *p = str_eq(into, by) ? NULL : process_of(l, into);

	if (!p || p->said[BY_INJECTOR])
		return;
	keep(&p->said[BY_INJECTOR], by);
	keep(&p->said[S_INJECTION], event);
}

static bool
hex(struct str s, uint64_t *v)
{
	*v = 0;
	if (!str_starts(s, STR("0x")) || s.n < 3 || s.n > 18)
		return false;
	for (size_t i = 2; i < s.n; i++) {
		int c = s.p[i] | 0x20;

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		*v = *v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/*
 * Whoever starts a process holds all rights to it, and an injection takes some: such
 * handles stand in for events that were lost.  What serves all programs counts for
 * nothing.
 */
static void
note_handle(struct lineage *l, struct rec *r, struct str by, struct str event)
{
	struct str to = target_of(l, r);
	struct process *p;
	uint64_t rights;
	bool all;

	if (!hex(rec_text(r, l->access), &rights) || (rights & INJECT) != INJECT ||
	    str_eq(to, by) || serves(rec_text(r, l->exe)))
		return;
	all = rights == ALL_ACCESS;
	p = process_of(l, to);
	if (!p || p->said[all ? BY_MAKER : BY_WRITER])
		return;
	keep(&p->said[all ? BY_MAKER : BY_WRITER], by);
	keep(&p->said[all ? S_MADE : S_WRITTEN], event);
}

static void
note_file(struct lineage *l, struct rec *r, struct str event)
{
	struct str path = rec_text(r, l->file);
	struct written *w;

	if (path.n == 0 || path.n >= LONG)
		return;
	w = lru_put(l->files, folded(r, path), NULL);
	keep(&w->event, event);
	keep(&w->exe, rec_text(r, l->exe));
}

void
lineage_note(struct lineage *l, struct filter_run *run, struct rec *r, int64_t ns)
{
	struct str key = key_of(l, r, l->entity, l->pid), event;
	struct process *p;
	bool start;

	if (key.n == 0)
		return;
	start = holds(r, l->category, STR("process")) && holds(r, l->type, STR("start"));
	/* of hosts without ids for processes, only what was started is worth a place */
	if (!start && !rec_text(r, l->entity).n)
		return;
	p = process_of(l, key);
	if (!p)
		return;
	event = filter_event_id(run, r);
	if (start)
		note_start(l, r, p, event, ns);
	if (!p->said[S_EXE])
		keep(&p->said[S_EXE], rec_text(r, l->exe));
	if (str_eq(rec_text(r, l->code), STR("8")))
		note_injection(l, r, key, event);
	if (str_eq(rec_text(r, l->code), STR("10")))
		note_handle(l, r, key, event);
	if (holds(r, l->category, STR("file")))
		note_file(l, r, event);
}

/* --- the way back --- */

static void
step_on(struct origin *o, struct str event)
{
	if (event.n && o->path_n < LINEAGE_PATH)
		o->path[o->path_n++] = event;
}

/* Back to whoever put code into it, as far as that was seen or shows. */
static const struct process *
injector(const struct lineage *l, const struct process *p, struct origin *o, bool seen)
{
	enum said by = seen ? BY_INJECTOR : BY_WRITER;
	const struct process *up = known(l, said(p, by));

	if (!up)
		return NULL;
	o->injected = true;
	o->gaps += !seen;
	step_on(o, said(p, seen ? S_INJECTION : S_WRITTEN));
	return up;
}

/* One step back; NULL: this is where it began. */
static const struct process *
before(const struct lineage *l, const struct process *p, struct origin *o)
{
	const struct process *up;
	struct str parent_exe;

	if (p->said[BY_INJECTOR])
		return injector(l, p, o, true);
	if (p->said[BY_WRITER] && is_starter(said(p, S_EXE)))
		return injector(l, p, o, false);
	up = known(l, said(p, BY_PARENT));
	if (!up && !p->said[S_EVENT] && p->said[BY_MAKER]) {
		up = known(l, said(p, BY_MAKER));
		if (up)
			step_on(o, said(p, S_MADE));
	}
	parent_exe = up && up->said[S_EXE] ? said(up, S_EXE) : said(p, S_PARENT_EXE);
	if (is_starter(parent_exe) &&
	    !(up && (up->said[BY_INJECTOR] || up->said[BY_WRITER])))
		return NULL;
	o->gaps += up && !p->said[S_EVENT];
	return up;
}

static void
find_file(struct lineage *l, struct rec *r, struct origin *o)
{
	const struct written *w = lru_peek(l->files, folded(r, o->executable));

	if (!w)
		return;
	o->file_event = w->event ? str_of(w->event) : STR("");
	o->writer = w->exe ? str_of(w->exe) : STR("");
}

bool
lineage_origin(struct lineage *l, struct rec *r, struct origin *o)
{
	const struct process *p = known(l, key_of(l, r, l->entity, l->pid)), *up;

	*o = (struct origin){.gaps = 0};
	if (!p)
		return false;
	step_on(o, said(p, S_EVENT));
	for (int i = 0; i < DEPTH && (up = before(l, p, o)) && up != p; i++) {
		p = up;
		step_on(o, said(p, S_EVENT));
	}
	o->event = said(p, S_EVENT);
	o->entity = lru_key(p);
	o->executable = said(p, S_EXE);
	o->parent = said(p, S_PARENT_EXE);
	o->user = said(p, S_USER);
	o->ns = p->ns;
	o->gaps += !p->said[S_EVENT];
	find_file(l, r, o);
	for (size_t i = 0; i < o->path_n / 2; i++) {
		struct str swap = o->path[i];

		o->path[i] = o->path[o->path_n - 1 - i];
		o->path[o->path_n - 1 - i] = swap;
	}
	return true;
}

/* --- state --- */

static void
pack_text(struct buf *b, const char *s)
{
	pack_str(b, s ? str_of(s) : STR(""));
}

void
lineage_save(const struct lineage *l, struct buf *b)
{
	pack_str(b, STR("lineage"));
	pack_u64(b, lru_count(l->processes));
	for (const struct process *p = NULL; (p = lru_next(l->processes, p));) {
		pack_str(b, lru_key(p));
		pack_i64(b, p->ns);
		for (int i = 0; i < SAID; i++)
			pack_text(b, p->said[i]);
	}
	pack_u64(b, lru_count(l->files));
	for (const struct written *w = NULL; (w = lru_next(l->files, w));) {
		pack_str(b, lru_key(w));
		pack_text(b, w->event);
		pack_text(b, w->exe);
	}
}

void
lineage_load(struct lineage *l, struct unpack *u)
{
	uint64_t n;

	unpack_tag(u, "lineage");
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct process *p = lru_put(l->processes, unpack_str(u), NULL);

		p->ns = unpack_i64(u);
		for (int k = 0; k < SAID; k++)
			keep(&p->said[k], unpack_str(u));
	}
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct written *w = lru_put(l->files, unpack_str(u), NULL);

		keep(&w->event, unpack_str(u));
		keep(&w->exe, unpack_str(u));
	}
}
