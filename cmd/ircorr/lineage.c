#include "lineage.h"
#include "map.h"
#include "mem.h"

#define ID    80
#define LONG  260
#define DEPTH 64

struct process {
	char key[LONG];
	char parent[LONG]; /* its key; empty: not known */
	char injector[LONG];
	char event[ID], injection[ID];
	char exe[LONG], parent_exe[LONG], user[ID];
	int64_t ns;
};

struct written {
	char event[ID], exe[LONG];
};

struct lineage {
	struct map *processes, *files;
	size_t max;
	int entity, parent, pid, ppid, host, exe, parent_exe, user, file, target,
	    target_upper, code, category, type;
};

struct lineage *
lineage_new(struct filter_run *run, size_t max)
{
	struct lineage *l = mem_new(1, sizeof(*l));

	*l = (struct lineage){
	    .processes = map_new(),
	    .files = map_new(),
	    .max = max,
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
	    .code = filter_slot(run, "event.code"),
	    .category = filter_slot(run, "event.category"),
	    .type = filter_slot(run, "event.type"),
	};
	return l;
}

static void
free_values(struct map *m)
{
	void *v;

	for (size_t i = 0; map_next(m, &i, NULL, &v);)
		mem_free(v);
	map_free(m);
}

void
lineage_free(struct lineage *l)
{
	if (!l)
		return;
	free_values(l->processes);
	free_values(l->files);
	mem_free(l);
}

/* --- what is known --- */

static void
keep(char *to, size_t size, struct str s)
{
	if (s.n == 0 || s.n >= size)
		return;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

static void *
put(struct lineage *l, struct map *m, struct str key, size_t size)
{
	struct str oldest;
	size_t i = 0;
	void **at, *v = map_get(m, key);

	if (v)
		return v;
	if (map_count(m) >= l->max && map_next(m, &i, &oldest, NULL))
		mem_free(map_del(m, oldest));
	at = map_put(m, key);
	return *at = mem_new(1, size);
}

static struct process *
process_of(struct lineage *l, struct str key)
{
	struct process *p;

	if (key.n == 0 || key.n >= LONG)
		return NULL;
	p = put(l, l->processes, key, sizeof(*p));
	keep(p->key, sizeof(p->key), key);
	return p;
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

static void
note_start(
    struct lineage *l, struct rec *r, struct process *p, struct str event, int64_t ns)
{
	struct str parent = key_of(l, r, l->parent, l->ppid);

	/* a number is used again: what it was before is over */
	if (p->event[0] && !rec_text(r, l->entity).n)
		*p = (struct process){.ns = ns};
	keep(p->key, sizeof(p->key), key_of(l, r, l->entity, l->pid));
	keep(p->parent, sizeof(p->parent), parent);
	keep(p->event, sizeof(p->event), event);
	keep(p->parent_exe, sizeof(p->parent_exe), rec_text(r, l->parent_exe));
	keep(p->user, sizeof(p->user), rec_text(r, l->user));
	p->ns = ns;
}

static void
note_injection(struct lineage *l, struct rec *r, struct str by, struct str event)
{
	struct str into = rec_text(r, l->target);
	struct process *p = process_of(l, into.n ? into : rec_text(r, l->target_upper));

	if (!p || p->injector[0] || str_eq(str_of(p->key), by))
		return;
	keep(p->injector, sizeof(p->injector), by);
	keep(p->injection, sizeof(p->injection), event);
}

static void
note_file(struct lineage *l, struct rec *r, struct str event)
{
	struct str path = rec_text(r, l->file);
	struct written *w;

	if (path.n == 0 || path.n >= LONG)
		return;
	w = put(l, l->files, folded(r, path), sizeof(*w));
	keep(w->event, sizeof(w->event), event);
	keep(w->exe, sizeof(w->exe), rec_text(r, l->exe));
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
	if (!p->exe[0])
		keep(p->exe, sizeof(p->exe), rec_text(r, l->exe));
	if (str_eq(rec_text(r, l->code), STR("8")))
		note_injection(l, r, key, event);
	if (holds(r, l->category, STR("file")))
		note_file(l, r, event);
}

/* --- the way back --- */

static struct str
base_name(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '\\' && path.p[i - 1] != '/')
		i--;
	return str_from(path, i);
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
	struct str name = base_name(exe);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

static void
step_on(struct origin *o, const char *event)
{
	if (event[0] && o->path_n < LINEAGE_PATH)
		o->path[o->path_n++] = str_of(event);
}

/* One step back; NULL: this is where it began. */
static const struct process *
before(const struct lineage *l, const struct process *p, struct origin *o)
{
	const struct process *up = NULL;

	if (p->injector[0]) {
		o->injected = true;
		step_on(o, p->injection);
		return map_get(l->processes, str_of(p->injector));
	}
	if (p->parent[0])
		up = map_get(l->processes, str_of(p->parent));
	if (is_starter(str_of(up && up->exe[0] ? up->exe : p->parent_exe)) &&
	    !(up && up->injector[0]))
		return NULL;
	o->gaps += up && !p->event[0];
	return up;
}

static void
find_file(struct lineage *l, struct rec *r, struct origin *o)
{
	const struct written *w = map_get(l->files, folded(r, o->executable));

	if (!w)
		return;
	o->file_event = str_of(w->event);
	o->writer = str_of(w->exe);
}

bool
lineage_origin(struct lineage *l, struct rec *r, struct origin *o)
{
	const struct process *p = map_get(l->processes, key_of(l, r, l->entity, l->pid)),
			     *up;

	*o = (struct origin){.gaps = 0};
	if (!p)
		return false;
	step_on(o, p->event);
	for (int i = 0; i < DEPTH && (up = before(l, p, o)) && up != p; i++) {
		p = up;
		step_on(o, p->event);
	}
	o->event = str_of(p->event);
	o->entity = str_of(p->key);
	o->executable = str_of(p->exe);
	o->parent = str_of(p->parent_exe);
	o->user = str_of(p->user);
	o->ns = p->ns;
	o->gaps += !p->event[0];
	find_file(l, r, o);
	for (size_t i = 0; i < o->path_n / 2; i++) {
		struct str swap = o->path[i];

		o->path[i] = o->path[o->path_n - 1 - i];
		o->path[o->path_n - 1 - i] = swap;
	}
	return true;
}
