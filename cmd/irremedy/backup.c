#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"
#include "proc.h"
#include "file.h"
#include "rootfs.h"
#include "when.h"

#define BORG_PASSWORD "/etc/ir/borg.password"
#define SAID          ((size_t)1 << 20) /* bytes kept of what a program writes */
#define MANIFEST_MAX  ((size_t)256 << 20)
#define TAKE_MS       (INT64_C(3600) * 1000)

/* How a kind is taken out: into the directory that the program starts in. */
struct backup_kind {
	const char *name;
	const char *program;
	bool what; /* has a snapshot or archive */
	bool tree; /* `where` holds the tree itself; else it gives whole paths */
	bool (*take)(struct arena *, const struct backup *, struct str path, int into,
	    struct err *);
};

static bool
run(struct arena *a, const char *const *argv, const char *const *env, int into,
    struct err *e)
{
	struct proc x = {
	    .max = SAID, .argv = argv, .env = env, .dir = into, .timeout_ms = TAKE_MS};
	struct proc_got got;

	return proc_ok(a, &x, &got, e);
}

/* What stands in the directory goes in, with all its attributes. */
static bool
take_dir(
    struct arena *a, const struct backup *k, struct str path, int into, struct err *e)
{
	struct stat st;
	const char *from = k->where.p;
	const char *argv[] = {k->kind->program, "-a", "--", from, ".", NULL};

	(void)path;
	if (stat(from, &st) == 0 && S_ISDIR(st.st_mode))
		argv[3] = arena_fmt(a, "%s/.", from).p;
	return run(a, argv, NULL, into, e);
}

static bool
take_rsync(
    struct arena *a, const struct backup *k, struct str path, int into, struct err *e)
{
	struct stat st;
	bool dir = stat(k->where.p, &st) == 0 && S_ISDIR(st.st_mode);
	const char *argv[] = {k->kind->program, "-aHAX", "--numeric-ids", "--",
	    arena_fmt(a, "%s%s", k->where.p, dir ? "/" : "").p, "./", NULL};

	(void)path;
	return run(a, argv, NULL, into, e);
}

static bool
take_tar(
    struct arena *a, const struct backup *k, struct str path, int into, struct err *e)
{
	const char *argv[] = {k->kind->program, "--extract", "--file", k->where.p,
	    "--numeric-owner", "--preserve-permissions", "--delay-directory-restore",
	    "--force-local", NULL};

	(void)path;
	return run(a, argv, NULL, into, e);
}

static bool
take_restic(
    struct arena *a, const struct backup *k, struct str path, int into, struct err *e)
{
	const char *argv[] = {k->kind->program, "--repo", k->where.p, "--password-file",
	    "/etc/ir/restic.password", "--no-cache", "restore", k->what.p, "--target",
	    ".", "--include", arena_copy(a, path).p, NULL};

	return run(a, argv, NULL, into, e);
}

static bool
take_borg(
    struct arena *a, const struct backup *k, struct str path, int into, struct err *e)
{
	const char *argv[] = {k->kind->program, "extract", "--numeric-ids",
	    arena_fmt(a, "%s::" STR_FMT, k->where.p, STR_ARG(k->what)).p,
	    arena_copy(a, str_from(path, 1)).p, NULL};

	/* borg asks a person about a repository that it has not seen; there is none */
	const char *env[] = {"BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes",
	    "BORG_RELOCATED_REPO_ACCESS_IS_OK=yes", "BORG_BASE_DIR=/var/cache/ir-borg",
	    "BORG_PASSCOMMAND=/bin/cat " BORG_PASSWORD, NULL};

	if (access(BORG_PASSWORD, F_OK) != 0)
		env[3] = NULL;
	return run(a, argv, env, into, e);
}

static const struct backup_kind kinds[] = {
    {"borg", "/usr/bin/borg", true, false, take_borg},
    {"dir", "/bin/cp", false, true, take_dir},
    {"restic", "/usr/bin/restic", true, false, take_restic},
    {"rsync", "/usr/bin/rsync", false, true, take_rsync},
    {"tar", "/bin/tar", false, false, take_tar},
};

/* --- finding --- */

bool
backup_find(struct arena *a, struct str from, struct backup *k, struct err *e)
{
	struct str rest = from, kind = str_cut(&rest, ':');
	struct stat st;

	*k = (struct backup){.kind = NULL};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(kind, str_of(kinds[i].name)))
			k->kind = &kinds[i];
	if (k->kind && k->kind->what) {
		size_t hash = str_rchr(rest, '#');

		k->what = hash < rest.n ? arena_copy(a, str_from(rest, hash + 1))
					: STR("");
		rest = str_sub(rest, 0, hash);
	}
	if (!k->kind || !rootfs_path(rest) ||
	    (k->kind->what && (k->what.n == 0 || k->what.p[0] == '-'))) {
		err_set(e, ERR_DATA,
		    "'" STR_FMT
		    "' is no backup such as tar:/path, dir:/path, rsync:/path, "
		    "restic:/repository#snapshot or borg:/repository#archive",
		    STR_ARG(from));
		return false;
	}
	k->where = arena_copy(a, rest);
	if (stat(k->where.p, &st) != 0) {
		err_sys(e, ERR_SYS, "cannot look at the backup '%s'", k->where.p);
		return false;
	}
	if (!proc_there(k->kind->program)) {
		err_set(e, ERR_SYS, "%s is wanted for the backup '%s'", k->kind->program,
		    k->where.p);
		return false;
	}
	k->at_ns = st.st_mtim.tv_sec * WHEN_S + st.st_mtim.tv_nsec;
	k->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return true;
}

struct str
backup_manifest(struct arena *a, const struct backup *k, const char *given, struct err *e)
{
	const char *path = given ? given : arena_fmt(a, "%s.sha256", k->where.p).p;

	if (!file_trusted(path, e))
		return STR_NONE;
	return file_read(a, path, MANIFEST_MAX, e);
}

/* --- taking --- */

/* What lies at a path below `at`, through no link; its kind in *mode.  False: nothing. */
static bool
inside(int at, const char *path, struct place *p, mode_t *mode)
{
	const struct rootfs below = {.fd = at, .dir = ""};
	struct err ignored = {0};
	struct stat st;

	if (!rootfs_place(&below, path, p, &ignored))
		return false;
	if (fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		*mode = st.st_mode;
		return true;
	}
	place_close(p);
	return false;
}

/*
 * The tree that was wanted is what stands in `name` itself, or at its whole path
 * below, or is a single file there.
 */
static bool
settle(
    struct arena *a, struct str path, int at, const char *name, bool whole, struct err *e)
{
	const char *spare = arena_fmt(a, "%s.part", name).p;
	struct str base = str_from(path, str_rchr(path, '/') + 1);
	struct place p;
	mode_t mode = 0;
	bool ok;

	if (!inside(at, arena_fmt(a, "/%s" STR_FMT, name, STR_ARG(path)).p, &p, &mode)) {
		if (!whole ||
		    !inside(at, arena_fmt(a, "/%s/" STR_FMT, name, STR_ARG(base)).p, &p,
			&mode))
			return true;
		if (!S_ISREG(mode)) {
			place_close(&p);
			return true;
		}
	}
	ok = renameat(p.dir, p.name, at, spare) == 0 && tree_remove(at, name, e) &&
	     renameat(at, spare, at, name) == 0;
	if (!ok && e->kind == ERR_NONE)
		err_sys(e, ERR_SYS, "cannot move what was taken out");
	place_close(&p);
	return ok;
}

bool
backup_take(struct arena *a, const struct backup *k, struct str path, int at,
    const char *name, struct err *e)
{
	struct stat st;
	int into;
	bool ok, file;

	if (mkdirat(at, name, 0700) != 0) {
		err_sys(e, ERR_SYS, "cannot make a directory for the copy");
		return false;
	}
	into = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ok = into >= 0 && k->kind->take(a, k, path, into, e);
	if (into < 0)
		err_sys(e, ERR_SYS, "cannot open the directory of the copy");
	else
		close(into);
	if (!ok)
		return false;
	file = k->kind->tree && stat(k->where.p, &st) == 0 && S_ISREG(st.st_mode);
	if (file) {
		size_t slash = str_rchr(k->where, '/');

		path = arena_fmt(a, "/" STR_FMT, STR_ARG(str_from(k->where, slash + 1)));
	}
	return settle(a, path, at, name, !k->kind->tree || file, e);
}
