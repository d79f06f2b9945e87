/*
 * patch-package: a package to a version in which the weakness is mended.
 *
 * The manager is asked first what it would do; that version is pinned, and a
 * change that would remove packages is refused.  Its undo is the version before.
 */
#include "batch.h"
#include "patch.h"
#include "proc.h"

#define SAID   ((size_t)1 << 20) /* bytes kept of what a program writes */
#define APT    "/usr/bin/apt-get"
#define DNF    "/usr/bin/dnf"
#define RPM    "/usr/bin/rpm"
#define ASK_MS 60000
#define DO_MS  (INT64_C(1800) * 1000)

static const char *const quiet[] = {
    "DEBIAN_FRONTEND=noninteractive", "APT_LISTCHANGES_FRONTEND=none", NULL};

struct versions {
	struct str package, wanted; /* of the target */
	struct str from, to;        /* of the ledger */
};

/* --- versions --- */

static bool
by_apt(struct hands *h)
{
	return dpkg_there(&h->root);
}

/* Installed now, in the arena; absent: not installed or (`e`) not to be known. */
static struct str
installed(struct hands *h, struct arena *a, struct str package, struct err *e)
{
	const char *argv[] = {RPM, "--query", "--queryformat", "%{VERSION}-%{RELEASE}",
	    "--", arena_copy(a, package).p, NULL};
	struct proc x = {.max = SAID, .argv = argv, .timeout_ms = ASK_MS};
	struct proc_got got;

	if (by_apt(h))
		return dpkg_version(&h->root, a, package, e);
	if (!h->root.machine || !proc_there(RPM)) {
		err_set(e, ERR_SYS, "there is no package database of dpkg or rpm");
		return STR_NONE;
	}
	if (!proc_run(a, &x, &got, e) || got.status != 0)
		return STR_NONE;
	return got.out;
}

/* Is a version at least as new?  rpm's order is not ours to know: equal. */
static bool
enough(struct hands *h, struct str have, struct str wanted)
{
	return by_apt(h) ? dpkg_compare(have, wanted) >= 0 : str_eq(have, wanted);
}

/* --- asking apt --- */

/* "Inst NAME [old] (new ...": of the package; other lines count what else moves. */
static struct str
read_simulation(struct str out, struct str package, size_t *others, size_t *removed)
{
	struct str found = STR_NONE, line, word, name;
	size_t open;

	*others = *removed = 0;
	while (out.n) {
		line = str_cut(&out, '\n');
		word = str_cut(&line, ' ');
		name = str_cut(&line, ' ');
		if (str_eq(word, STR("Remv")))
			++*removed;
		if (!str_eq(word, STR("Inst")))
			continue;
		if (!str_eq(name, package)) {
			++*others;
			continue;
		}
		open = str_chr(line, '(');
		if (open < line.n) {
			line = str_from(line, open + 1);
			found = str_cut(&line, ' ');
		}
	}
	return found;
}

static struct str
candidate(struct job *j, struct str package, size_t *others)
{
	const char *argv[] = {APT, "--simulate", "--quiet=2", "--only-upgrade",
	    "--no-install-recommends", "-oDebug::NoLocking=true", "install", "--",
	    arena_copy(j->arena, package).p, NULL};
	struct proc x = {.max = SAID, .argv = argv, .env = quiet, .timeout_ms = ASK_MS};
	struct proc_got got;
	struct err e = {0};
	struct str to;
	size_t removed = 0;

	if (!proc_ok(j->arena, &x, &got, &e)) {
		job_refuse(j, "unavailable", "%s", e.msg);
		return STR_NONE;
	}
	to = read_simulation(got.out, package, others, &removed);
	if (removed) {
		job_refuse(j, "removes", "%zu packages would be removed", removed);
		return STR_NONE;
	}
	if (!to.p)
		job_refuse(j, "unavailable", "the package lists have no newer version");
	return to;
}

/* --- looking --- */

static void
show(struct job *j, struct str package, struct str from, struct str to, size_t others)
{
	j->prior = arena_fmt(j->arena,
	    "{\"from\":\"" STR_FMT "\",\"to\":\"" STR_FMT "\"}", STR_ARG(from),
	    STR_ARG(to));
	j->diff = arena_fmt(j->arena,
	    "--- a/packages\n+++ b/packages\n-" STR_FMT " " STR_FMT "\n+" STR_FMT
	    " " STR_FMT "\n",
	    STR_ARG(package), STR_ARG(from), STR_ARG(package), STR_ARG(to));
	j->change = arena_fmt(
	    j->arena, "install " STR_FMT "=" STR_FMT, STR_ARG(package), STR_ARG(to));
	if (others)
		j->change = arena_fmt(j->arena, STR_FMT ", with %zu other packages",
		    STR_ARG(j->change), others);
}

static void
look(struct batch *b, struct job *j)
{
	struct str package = j->a.to.text[TARGET_PACKAGE];
	struct str wanted = j->a.to.text[TARGET_VERSION], from, to = wanted;
	struct err e = {0};
	struct hands *h = &b->hands;
	size_t others = 0;

	from = installed(h, j->arena, package, &e);
	if (e.kind) {
		hands_fault(j, &e);
	} else if (!from.p) {
		job_refuse(j, "absent", "the package " STR_FMT " is not installed",
		    STR_ARG(package));
	} else if (enough(h, from, wanted)) {
		job_already(j, STR_FMT " " STR_FMT " is installed", STR_ARG(package),
		    STR_ARG(from));
	} else if (!h->root.machine) {
		job_refuse(j, "image",
		    STR_FMT " " STR_FMT " is older than " STR_FMT
			    "; packages are changed on a running system only",
		    STR_ARG(package), STR_ARG(from), STR_ARG(wanted));
	} else {
		if (by_apt(h) && !(to = candidate(j, package, &others)).p)
			return;
		if (by_apt(h) && dpkg_compare(to, wanted) < 0)
			job_refuse(j, "unavailable",
			    "the package lists have " STR_FMT ", older than " STR_FMT,
			    STR_ARG(to), STR_ARG(wanted));
		else
			show(j, package, from, to, others);
	}
}

/* --- acting --- */

static bool
recall(const struct past *p, struct versions *v, struct err *e)
{
	*v = (struct versions){.package = past_target(p, "package"),
	    .wanted = past_target(p, "version"),
	    .from = past_prior(p, "from"),
	    .to = past_prior(p, "to")};
	return (v->package.n && v->from.n && v->to.n) || past_silent(e, "which versions");
}

static bool
set_version(struct hands *h, struct arena *a, struct str package, struct str version,
    bool back, struct err *e)
{
	const char *apt[] = {APT, "--yes", "--quiet=2", "--no-install-recommends",
	    back ? "--allow-downgrades" : "--only-upgrade",
	    "-oDpkg::Options::=--force-confdef", "-oDpkg::Options::=--force-confold",
	    "install", "--",
	    arena_fmt(a, STR_FMT "=" STR_FMT, STR_ARG(package), STR_ARG(version)).p,
	    NULL};
	const char *dnf[] = {DNF, "--assumeyes", "--quiet",
	    back ? "downgrade" : "upgrade",
	    arena_fmt(a, STR_FMT "-" STR_FMT, STR_ARG(package), STR_ARG(version)).p,
	    NULL};
	struct proc x = {.max = SAID,
	    .argv = by_apt(h) ? apt : dnf,
	    .env = quiet,
	    .timeout_ms = DO_MS};
	struct proc_got got;

	return proc_ok(a, &x, &got, e);
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct versions v;

	return recall(&p, &v, e) &&
	       set_version(&b->hands, j->arena, v.package, v.to, false, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct versions v;
	struct str now;

	if (!recall(p, &v, &e))
		return -1;
	now = installed(&b->hands, p->arena, v.package, &e);
	return e.kind ? -1 : now.p && enough(&b->hands, now, v.to);
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct versions v;

	if (!recall(p, &v, e))
		return false;
	if (str_eq(installed(&b->hands, p->arena, v.package, e), v.from))
		return true;
	return e->kind == ERR_NONE &&
	       set_version(&b->hands, p->arena, v.package, v.from, true, e);
}

const struct actuator patch_package = {
    .what = DO_PATCH_PACKAGE,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
