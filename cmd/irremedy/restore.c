/*
 * restore-path: a clean copy takes the place of what an intruder changed.
 *
 * The copy is taken out beside the path and compared with the backup's manifest
 * and with all that lies in the vault; only then the two change places in one
 * step of the kernel.  What stood there before is kept, without permissions, so
 * that an undo is the same step again.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "backup.h"
#include "batch.h"
#include "gate.h"
#include "remedy.h"
#include "restore.h"
#include "span.h"
#include "when.h"

/* The tree that is to go, as it was found. */
struct before {
	bool there;
	uint64_t dev, ino;
	mode_t mode;
	char manifest[65];
};

static void
aside_name(char out[48], const struct deed *d)
{
	snprintf(out, 48, ".ir-%s", d->id);
}

static struct before
see(const struct place *p)
{
	struct before was = {.there = false};
	struct stat st;

	if (fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		was = (struct before){.there = true,
		    .dev = st.st_dev,
		    .ino = st.st_ino,
		    .mode = st.st_mode};
	return was;
}

/* --- looking --- */

static bool
fresh(struct batch *b, struct job *j, const struct backup *k)
{
	const struct remedy_set *set = remedy_set(b);
	int64_t age = (b->now - k->at_ns) / WHEN_MS;
	char a[SPAN_MAX], max[SPAN_MAX];

	if (age <= set->max_age_ms)
		return true;
	job_refuse(j, "stale",
	    "the backup is %s old, more than the %s of --max-backup-age",
	    span_text(a, age / 1000 * 1000), span_text(max, set->max_age_ms));
	return false;
}

/* Room for the copy: a compressed backup is taken for four times its size. */
static bool
room(struct job *j, const struct place *p, const struct backup *k)
{
	uint64_t want = k->size ? k->size * 4 : tree_size(p->dir, p->name), have;
	struct statvfs fs;

	if (fstatvfs(p->dir, &fs) != 0)
		return true;
	have = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (have > want)
		return true;
	job_refuse(j, "space", "%" PRIu64 " bytes are free, about %" PRIu64 " are wanted",
	    have, want);
	return false;
}

static void
show(struct job *j, const struct backup *k, const struct manifest *m,
    const struct before *was)
{
	struct str path = j->a.to.text[TARGET_PATH], from = j->a.to.text[TARGET_FROM];
	char at[WHEN_MAX];

	when_text(at, k->at_ns);
	j->prior = arena_fmt(j->arena,
	    "{\"there\":%s,\"dev\":\"%" PRIu64 "\",\"ino\":\"%" PRIu64
	    "\",\"mode\":%u,\"manifest\":\"%s\"}",
	    was->there ? "true" : "false", was->dev, was->ino, (unsigned)was->mode,
	    m->sha256);
	j->diff = arena_fmt(j->arena,
	    "--- a" STR_FMT "\n+++ b" STR_FMT "\n-as it is\n+%zu file%s from " STR_FMT
	    " of %s, manifest sha256 %s\n",
	    STR_ARG(path), STR_ARG(path), m->n, m->n == 1 ? "" : "s", STR_ARG(from), at,
	    m->sha256);
	j->change = arena_fmt(j->arena, "replace " STR_FMT " by the copy in " STR_FMT,
	    STR_ARG(path), STR_ARG(from));
}

static void
examine(struct batch *b, struct job *j, struct place *p)
{
	struct str path = j->a.to.text[TARGET_PATH], text;
	struct before was = see(p);
	struct manifest m = {.of = NULL};
	struct backup k;
	struct err e = {0};

	if (was.there && !S_ISDIR(was.mode) && !S_ISREG(was.mode)) {
		job_refuse(j, "target", "'" STR_FMT "' is neither file nor directory",
		    STR_ARG(path));
		return;
	}
	if (!backup_find(j->arena, j->a.to.text[TARGET_FROM], &k, &e)) {
		job_refuse(j, "backup", "%s", e.msg);
		return;
	}
	if (!fresh(b, j, &k) || !room(j, p, &k))
		return;
	text = backup_manifest(j->arena, &k, remedy_set(b)->manifest, &e);
	if (!text.p || !manifest_read(&m, j->arena, text, path, &e)) {
		job_refuse(j, "manifest", "%s", e.msg);
	} else if (was.there && tree_check(p->dir, p->name, &m, NULL, NULL, &e)) {
		job_already(j, "it is as the manifest says");
	} else {
		show(j, &k, &m, &was);
		gate_recovery(b, j);
	}
	manifest_free(&m);
}

static bool
place(struct batch *b, struct arena *a, struct str path, struct place *p, struct err *e)
{
	return rootfs_place(&b->hands.root, hands_path(&b->hands, a, path).p, p, e);
}

static void
look(struct batch *b, struct job *j)
{
	struct err e = {0};
	struct place p;

	if (!place(b, j->arena, j->a.to.text[TARGET_PATH], &p, &e)) {
		job_refuse(j, "target", "%s", e.msg);
		return;
	}
	examine(b, j, &p);
	place_close(&p);
}

/* --- acting --- */

static bool
recall(const struct past *p, struct before *was, struct str *path, struct err *e)
{
	struct str dev = past_prior(p, "dev"), ino = past_prior(p, "ino");
	struct str m = past_prior(p, "manifest");
	int64_t mode;

	*path = past_target(p, "path");
	if (!dev.p || !ino.p || !rootfs_path(*path) || m.n != 64 ||
	    !node_i64(node_get(p->prior, STR("mode")), &mode))
		return past_silent(e, "what stood there");
	*was = (struct before){.there = node_true(node_get(p->prior, STR("there"))),
	    .dev = strtoull(dev.p, NULL, 10),
	    .ino = strtoull(ino.p, NULL, 10),
	    .mode = (mode_t)mode};
	memcpy(was->manifest, m.p, 64);
	return true;
}

/* Does something else stand at the path than what was found there? */
static bool
swapped(const struct place *p, const struct before *was)
{
	struct before now = see(p);

	return was->there ? now.there && (now.ino != was->ino || now.dev != was->dev)
			  : now.there;
}

/* The two change places; without one that was there, the new one moves in. */
static bool
swap(const struct place *p, const char *aside, bool both, struct err *e)
{
	if (renameat2(p->dir, aside, p->dir, p->name,
		both ? RENAME_EXCHANGE : RENAME_NOREPLACE) == 0)
		return place_sync(p, e);
	err_sys(e, ERR_SYS, "cannot put the copy in the place of '%s'", p->name);
	return false;
}

static bool
put(struct batch *b, struct job *j, struct place *p, const struct before *was,
    const char *aside, struct err *e)
{
	struct str path = j->a.to.text[TARGET_PATH], text;
	struct manifest m = {.of = NULL};
	struct backup k;
	bool ok = tree_remove(p->dir, aside, e) &&
		  backup_find(j->arena, j->a.to.text[TARGET_FROM], &k, e);

	text = ok ? backup_manifest(j->arena, &k, remedy_set(b)->manifest, e) : STR_NONE;
	ok = text.p && manifest_read(&m, j->arena, text, path, e);
	if (ok && memcmp(m.sha256, was->manifest, 64) != 0) {
		err_set(e, ERR_DATA, "the manifest changed since the plan was made");
		ok = false;
	}
	ok = ok && backup_take(j->arena, &k, path, p->dir, aside, e) &&
	     tree_check(p->dir, aside, &m, gate_tainted, b, e) &&
	     tree_sync(p->dir, aside, e);
	manifest_free(&m);
	if (ok && swapped(p, was)) {
		err_set(e, ERR_DATA, "'%s' changed while the copy was made", p->name);
		ok = false;
	}
	ok = ok && swap(p, aside, was->there, e);
	if (ok && was->there)
		ok = fchmodat(p->dir, aside, 0, 0) == 0;
	if (!ok && !swapped(p, was)) {
		struct err ignored = {0};

		tree_remove(p->dir, aside, &ignored);
	}
	return ok;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past past = past_of(j->arena, j->deed);
	struct str path;
	struct before was;
	struct place p;
	char aside[48];
	bool ok;

	if (!gate_open(b, j, e) || !recall(&past, &was, &path, e) ||
	    !place(b, j->arena, path, &p, e))
		return false;
	aside_name(aside, j->deed);
	ok = put(b, j, &p, &was, aside, e);
	place_close(&p);
	return ok;
}

static int
holds(struct batch *b, const struct past *past)
{
	struct err e = {0};
	struct str path;
	struct before was;
	struct place p;
	int in = -1;

	if (recall(past, &was, &path, &e) && place(b, past->arena, path, &p, &e)) {
		in = swapped(&p, &was);
		place_close(&p);
	}
	return in;
}

static bool
back(const struct place *p, const struct before *was, const char *aside, struct err *e)
{
	struct stat st;

	if (!swapped(p, was))
		return tree_remove(p->dir, aside, e);
	if (!was->there)
		return tree_remove(p->dir, p->name, e) && place_sync(p, e);
	if (fstatat(p->dir, aside, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_ino != was->ino) {
		err_set(
		    e, ERR_DATA, "what stood at '%s' is not beside it any more", p->name);
		return false;
	}
	if (fchmodat(p->dir, aside, was->mode & 07777, 0) != 0) {
		err_sys(e, ERR_SYS, "cannot give '%s' its mode back", aside);
		return false;
	}
	return swap(p, aside, true, e) && tree_remove(p->dir, aside, e) &&
	       place_sync(p, e);
}

static bool
undo(struct batch *b, const struct past *past, struct err *e)
{
	struct str path;
	struct before was;
	struct place p;
	char aside[48];
	bool ok = recall(past, &was, &path, e) && place(b, past->arena, path, &p, e);

	if (ok) {
		aside_name(aside, past->deed);
		ok = back(&p, &was, aside, e);
		place_close(&p);
	}
	return ok;
}

const struct actuator restore_path = {
    .what = DO_RESTORE_PATH,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
