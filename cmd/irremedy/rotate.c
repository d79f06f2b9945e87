/*
 * rotate-secret: issue a new one, put it where the old one is, see that it works,
 * then revoke the old one; in this order, so that nothing stands without a secret.
 *
 * The new one comes from a file or a program that the site declared.  Values are
 * in no record, no message and not in the ledger.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "proc.h"
#include "remedy.h"
#include "rotate.h"
#include "secret.h"

#define SAID     ((size_t)64 * 1024)
#define RUN_MS   (INT64_C(120) * 1000)
#define TEXT_MAX ((size_t)4 << 20)

/* A rotation on its way: the texts of the files as they were. */
struct turn {
	struct batch *b;
	struct arena *a;
	struct secret s;
	struct str fresh, old;
	struct str was[SECRET_PLACES];
};

static struct str
text_of(struct turn *t, size_t i, struct err *e)
{
	const struct secret_place *p = &t->s.in[i];
	struct str text = rootfs_read(
	    &t->b->hands.root, t->a, p->path.p, TEXT_MAX, NULL, e);

	if (!text.p && e->kind == ERR_NONE)
		err_set(e, ERR_DATA, "there is no '" STR_FMT "'", STR_ARG(p->path));
	return text;
}

static bool
declared(struct turn *t, struct str name, struct err *e)
{
	const char *path = remedy_set(t->b)->secrets;

	return access(path, F_OK) == 0 && secret_find(t->a, path, name, &t->s, e);
}

/* The present values.  False: `e` says what is missing. */
static bool
read_old(struct turn *t, struct err *e)
{
	for (size_t i = 0; i < t->s.n; i++) {
		const struct secret_place *p = &t->s.in[i];
		struct str text = text_of(t, i, e), value;

		if (!text.p)
			return false;
		value = secret_in(text, p->key);
		if (!value.p) {
			err_set(e, ERR_DATA,
			    "'" STR_FMT "' has not one value of '" STR_FMT "'",
			    STR_ARG(p->path), STR_ARG(p->key));
			return false;
		}
		t->was[i] = text;
		if (i == 0)
			t->old = value;
	}
	return true;
}

/* Only we may read it: one that others know is no new secret. */
static bool
read_file(struct turn *t, struct err *e)
{
	struct stat st;
	struct str s;

	if (!file_trusted(t->s.file.p, e))
		return false;
	if (stat(t->s.file.p, &st) == 0 && (st.st_mode & 077)) {
		err_set(e, ERR_DATA, "'%s' can be read by others", t->s.file.p);
		return false;
	}
	s = file_read(t->a, t->s.file.p, SECRET_MAX, e);
	t->fresh = str_trim(s);
	return s.p != NULL;
}

static bool
sound(struct turn *t, struct err *e)
{
	if (!secret_sound(t->fresh)) {
		err_set(e, ERR_DATA,
		    "the new secret is not one line of 8 or more printable characters");
		return false;
	}
	for (size_t i = 0; i < t->s.n; i++)
		if (!secret_with(t->a, t->was[i], t->s.in[i].key, t->fresh).p) {
			err_set(e, ERR_DATA,
			    "the new secret would need quotes in '" STR_FMT "'",
			    STR_ARG(t->s.in[i].path));
			return false;
		}
	return true;
}

/* --- looking --- */

static void
list_run(struct buf *b, int *step, const char *what, const struct secret_run *run)
{
	if (!run->v[0])
		return;
	buf_fmt(b, "%s%d %s:", *step > 1 ? "; " : "", *step, what);
	for (size_t i = 0; run->v[i]; i++)
		buf_fmt(b, " %s", run->v[i]);
	++*step;
}

static void
show(struct turn *t, struct job *j)
{
	struct buf b = buf_make(SAID), d = buf_make(SAID);
	struct str first = STR_NONE;
	size_t elsewhere = t->old.p ? secret_elsewhere(t->a, &t->s, t->old, &first) : 0;
	int step = 1;

	list_run(&b, &step, "make", &t->s.make);
	list_run(&b, &step, "issue", &t->s.issue);
	for (size_t i = 0; i < t->s.n; i++) {
		const struct secret_place *p = &t->s.in[i];

		buf_fmt(&b, "%s%d replace " STR_FMT " in " STR_FMT, step > 1 ? "; " : "",
		    step, STR_ARG(p->key.p ? p->key : STR("all")), STR_ARG(p->path));
		buf_fmt(&d,
		    "--- a" STR_FMT "\n+++ b" STR_FMT "\n-" STR_FMT
		    " <the old secret>\n+" STR_FMT " <the new secret>\n",
		    STR_ARG(p->path), STR_ARG(p->path), STR_ARG(p->key), STR_ARG(p->key));
		step++;
	}
	list_run(&b, &step, "reload", &t->s.reload);
	list_run(&b, &step, "verify", &t->s.verify);
	list_run(&b, &step, "revoke", &t->s.revoke);
	if (elsewhere) {
		buf_fmt(&b,
		    "; the old one is in %zu other file%s as well, such as " STR_FMT,
		    elsewhere, elsewhere == 1 ? "" : "s", STR_ARG(first));
		job_ask(j, 1, "the old secret lies in files that are not declared");
	}
	j->change = arena_copy(j->arena, buf_str(&b));
	j->diff = arena_copy(j->arena, buf_str(&d));
	j->prior = arena_fmt(j->arena, "{\"places\":%zu}", t->s.n);
	buf_free(&b);
	buf_free(&d);
}

static void
look(struct batch *b, struct job *j)
{
	struct str name = j->a.to.text[TARGET_NAME];
	struct turn t = {.b = b, .a = j->arena};
	struct err e = {0};
	bool ok;

	if (!b->hands.root.machine) {
		job_refuse(j, "image", "a secret is rotated where it is used");
		return;
	}
	if (!declared(&t, name, &e)) {
		if (e.kind)
			job_say(
			    j, JOB_FAILED, "look", arena_copy(j->arena, str_of(e.msg)));
		else
			job_say(j, JOB_WAITING, "undeclared",
			    arena_fmt(j->arena,
				"'%s' does not say how the secret '" STR_FMT
				"' is replaced: a person has to",
				remedy_set(b)->secrets, STR_ARG(name)));
		return;
	}
	ok = read_old(&t, &e) && (!t.s.file.p || (read_file(&t, &e) && sound(&t, &e)));
	if (!ok)
		hands_fault(j, &e);
	else if (t.fresh.p && t.old.p && str_eq(t.fresh, t.old))
		job_already(j, "it is the one in use");
	else
		show(&t, j);
}

/* --- acting --- */

static bool
run(struct turn *t, const struct secret_run *r, struct str in, struct str *out,
    struct err *e)
{
	struct proc x = {.argv = r->v, .in = in, .max = SAID, .timeout_ms = RUN_MS};
	struct proc_got got;

	if (!r->v[0])
		return true;
	/* what it says may hold the secret: only its status is told */
	if (!proc_ok(t->a, &x, &got, e)) {
		err_set(e, ERR_SYS, "%s %s", r->v[0],
		    got.timed_out ? "took too long"
				  : "failed; run it by hand to see why");
		return false;
	}
	if (out)
		*out = str_trim(got.out);
	return true;
}

/* A new one that was made and may be in use already is not lost in a crash. */
static const char *
stash(struct batch *b, struct arena *a, const struct deed *d)
{
	return hands_kept(&b->hands, a, d, 0, "new", true);
}

static bool
put(struct turn *t, bool back, struct err *e)
{
	bool ok = true;

	for (size_t i = 0; i < t->s.n; i++) {
		struct str text = back ? t->was[i]
				       : secret_with(
					     t->a, t->was[i], t->s.in[i].key, t->fresh);
		struct err one = {0};

		if (rootfs_replace(
			&t->b->hands.root, t->s.in[i].path.p, text, 0600, NULL, &one))
			continue;
		ok = false;
		*e = one;
		if (!back)
			break;
	}
	return ok;
}

static bool
turn(struct turn *t, struct err *e)
{
	struct err ignored = {0};

	if (!run(t, &t->s.issue, t->fresh, NULL, e))
		return false;
	if (put(t, false, e) && run(t, &t->s.reload, STR(""), NULL, e) &&
	    run(t, &t->s.verify, t->fresh, NULL, e))
		return true;
	if (!put(t, true, &ignored))
		err_at(e, "%s; and", ignored.msg);
	run(t, &t->s.reload, STR(""), NULL, &ignored);
	return false;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct turn t = {.b = b, .a = j->arena};
	const char *kept = stash(b, j->arena, j->deed);

	if (!declared(&t, j->a.to.text[TARGET_NAME], e)) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_DATA, "the secret is not declared any more");
		return false;
	}
	if (!read_old(&t, e) ||
	    !(t.s.file.p ? read_file(&t, e) : run(&t, &t.s.make, STR(""), &t.fresh, e)) ||
	    !sound(&t, e) || !file_replace(kept, t.fresh, e) || !turn(&t, e))
		return false;
	if (!run(&t, &t.s.revoke, t.old.p ? t.old : STR(""), NULL, e)) {
		err_at(e, "the new secret is in place, but the old one still opens");
		return false;
	}
	unlink(kept);
	return true;
}

/* Does what stands there open? */
static int
holds(struct batch *b, const struct past *p)
{
	struct turn t = {.b = b, .a = p->arena};
	const char *kept = stash(b, p->arena, p->deed);
	struct err e = {0};
	struct str fresh;

	if (!b->hands.root.machine || !declared(&t, past_target(p, "name"), &e) ||
	    !read_old(&t, &e))
		return -1;
	fresh = file_read(p->arena, kept, SECRET_MAX, &e);
	if (p->deed->state == DEED_INTENT && fresh.p && t.s.n && !str_eq(fresh, t.old))
		return 0;
	e = (struct err){0};
	if (t.s.n == 0)
		return fresh.p ? 0 : -1;
	return run(&t, &t.s.verify, t.old, NULL, &e);
}

const struct actuator rotate_secret = {
    .what = DO_ROTATE_SECRET,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
};
