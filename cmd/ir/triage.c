#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "spool.h"
#include "stages.h"
#include "triage.h"

struct gather {
	struct arena *a;
	struct opt_list files;
	int verbose;
};

/* Login databases and the like: a NUL near the start, and no packing that we read. */
static bool
is_binary(const char *path)
{
	unsigned char head[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof(head));

	if (fd >= 0)
		close(fd);
	if (n >= 4 && (memcmp(head, "\x1f\x8b", 2) == 0 ||
			  memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
			  memcmp(head,
			      "\xfd"
			      "7zX",
			      4) == 0))
		return false;
	return n > 0 && memchr(head, 0, (size_t)n);
}

static bool
take(void *ctx, const char *path)
{
	struct gather *g = ctx;

	if (is_binary(path)) {
		if (g->verbose)
			log_info("%s: skipped, not text", path);
		return true;
	}
	opt_list_add(&g->files, arena_copy(g->a, str_of(path)).p);
	return true;
}

/* Files as they are, directories walked.  `dir`: the only directory, if there is one. */
static bool
gather(struct gather *g, const struct opt_list *places, const char **dir, struct err *e)
{
	*dir = NULL;
	for (size_t i = 0; i < places->n; i++) {
		struct stat st;

		if (stat(places->v[i], &st) < 0) {
			err_sys(e, ERR_CONFIG, "cannot open '%s'", places->v[i]);
			return false;
		}
		if (!S_ISDIR(st.st_mode)) {
			opt_list_add(&g->files, places->v[i]);
			continue;
		}
		*dir = places->n == 1 ? places->v[i] : NULL;
		if (!file_walk(places->v[i], NULL, take, g, e))
			return false;
	}
	if (g->files.n > 0)
		return true;
	err_set(e, ERR_CONFIG, "no logs there");
	return false;
}

static void
add(struct stage *s, const char *arg, const char *value)
{
	size_t n = 0;

	while (s->argv[n])
		n++;
	if (n + 2 < STAGE_ARGS) {
		s->argv[n++] = arg;
		s->argv[n] = value;
	}
}

/* What irlearn has learned: as given, else where it is looked for; NULL: nowhere. */
static const char *
normal_model(struct arena *a, const struct triage *t)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME"), *path;

	if (t->model)
		return t->model;
	if (state && *state)
		path = arena_fmt(a, "%s/ir/normal.model", state).p;
	else if (home && *home)
		path = arena_fmt(a, "%s/.local/state/ir/normal.model", home).p;
	else
		return NULL;
	return access(path, R_OK) == 0 ? path : NULL;
}

/* The stages that are installed, in order, with their options. */
static size_t
plan(struct arena *a, const struct triage *t, struct gather *g, const char *dir,
    struct stage *v)
{
	static const struct {
		const char *prog, *arg;
		bool site, model;
	} all[] = {{"irnorm", "--merge", true, false},
	    {"irdetect", "--pass", true, false}, {"irlearn", "--frozen", false, true},
	    {"irdedupe", NULL, false, false}, {"irscore", NULL, false, false},
	    {"ircorr", NULL, true, false}, {"irplan", NULL, true, false}};
	const char *model = normal_model(a, t);
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct stage *s = &v[n];

		if ((i >= 2 && !stages_path(a, all[i].prog)) || (all[i].model && !model))
			continue;
		*s = (struct stage){.argv = {all[i].prog, all[i].arg}};
		if (all[i].model)
			add(s, "--model", model);
		if (t->site && all[i].site)
			add(s, "--site", t->site);
		if (t->now)
			add(s, "--now", t->now);
		if (i == 0 && dir)
			add(s, "--hosts", dir);
		if (i == 0)
			s->files = g->files.v;
		n++;
	}
	return n;
}

static int
finish(struct err *e, int status)
{
	if (e->kind == ERR_NONE)
		return status;
	log_err(e);
	return (int)e->kind;
}

int
triage_records(const struct triage *t, const struct opt_list *places, int *status)
{
	struct arena *a = arena_new();
	struct gather g = {.a = a, .verbose = t->verbose};
	struct stage v[7];
	struct err e = {0};
	const char *dir;
	int fd = -1;

	*status = 0;
	if (gather(&g, places, &dir, &e)) {
		opt_list_add(&g.files, NULL);
		fd = memfd_create("records", MFD_CLOEXEC);
		if (fd < 0)
			err_sys(&e, ERR_SYS, "cannot make a spool");
		else
			*status = stages_run(a, v, plan(a, t, &g, dir, v), -1, fd, &e);
	}
	mem_free(g.files.v);
	arena_free(a);
	*status = finish(&e, *status < 0 ? ERR_SYS : *status);
	if (fd >= 0 && *status >= 2) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int
triage_run(const struct triage *t, const struct opt_list *places)
{
	struct err e = {0};
	int status, fd = triage_records(t, places, &status);

	if (fd < 0)
		return status;
	if (t->json)
		spool_json(fd, 1, &e);
	else
		spool_text(fd, 1, t->verbose > 0, &e);
	close(fd);
	return finish(&e, status);
}
