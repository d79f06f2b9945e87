#include <stdlib.h>
#include <sys/stat.h>

#include "shelf.h"

#include "book.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "severity.h"
#include "traverse.h"

#define BOOKS_MAX ((size_t)1000)

/* A class is ircorr's verdict over all that it saw: it outweighs three techniques. */
enum {
	CLASS = 20,
	EXACT = 6,
	PARENT = 4,
	TACTIC = 2,
	MOST = 3,
	CONDITION = 3,
	PRIORITY = 100
};

struct shelf {
	struct arena *a;
	struct book *v;
	size_t n, cap, faulty;
	const char *loading;
};

struct shelf *
shelf_new(void)
{
	struct shelf *s = mem_new(1, sizeof(*s));

	s->a = arena_new();
	return s;
}

void
shelf_free(struct shelf *s)
{
	if (!s)
		return;
	mem_free(s->v);
	arena_free(s->a);
	mem_free(s);
}

/* --- loading --- */

static void
fault(void *ctx, const struct playbook_fault *f)
{
	const struct shelf *s = ctx;

	if (f->error)
		log_error("%s:%d: playbook left out: %s: " STR_FMT, s->loading, f->line,
		    f->kind, STR_ARG(f->text));
}

static bool
load_one(void *ctx, const char *path)
{
	struct shelf *s = ctx;
	struct playbook_ear ear = {fault, s, s->a, 0};
	struct book b = {.version = 1};
	struct str json;
	struct err e = {0};
	const struct node *terms;

	s->loading = path;
	if (!file_trusted(path, &e)) {
		log_err(&e);
		s->faulty++;
		return true;
	}
	if (book_load(path, &b.p, &json, &ear) && ear.errors == 0)
		playbook_check(&b.p, &ear);
	if (ear.errors || !b.p.root) {
		s->faulty++;
		return true;
	}
	terms = b.p.terms;
	b.name = node_text(node_get(terms, STR("name")));
	if (!b.name.n)
		b.name = b.p.id;
	node_i64(node_get(terms, STR("version")), &b.version);
	b.sel = node_get(terms, STR("for"));
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].name, b.name)) {
			s->v[i] = b;
			return true;
		}
	if (s->n == BOOKS_MAX)
		return false;
	if (s->n == s->cap)
		s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = b;
	return true;
}

bool
shelf_load(struct shelf *s, const char *path, struct err *e)
{
	static const char *const kinds[] = {"yaml", "yml", "json"};
	struct stat st;
	const char *kept = arena_copy(s->a, str_of(path)).p;

	if (stat(path, &st) < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		load_one(s, kept);
		return true;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!file_walk(kept, kinds[i], load_one, s, e))
			return false;
	return true;
}

bool
shelf_load_own(struct shelf *s, struct err *e)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct str dir = STR_NONE;
	struct stat st;

	if (!shelf_load(s, file_data(s->a, "playbooks"), e))
		return false;
	if (base && base[0] == '/')
		dir = CAT(s->a, str_of(base), STR("/ir/playbooks"));
	else if (home && home[0] == '/')
		dir = CAT(s->a, str_of(home), STR("/.config/ir/playbooks"));
	if (!dir.p || stat(arena_copy(s->a, dir).p, &st) < 0)
		return true;
	return shelf_load(s, arena_copy(s->a, dir).p, e);
}

size_t
shelf_count(const struct shelf *s)
{
	return s->n;
}

size_t
shelf_faulty(const struct shelf *s)
{
	return s->faulty;
}

const struct book *
shelf_at(const struct shelf *s, size_t i)
{
	return &s->v[i];
}

const struct book *
shelf_find(const struct shelf *s, struct str id)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].name, id) || str_eq(s->v[i].p.id, id))
			return &s->v[i];
	return NULL;
}

/* --- which one --- */

static bool
lists(const struct node *list, struct str word)
{
	for (size_t i = 0; word.p && i < node_count(list); i++)
		if (str_eq(node_text(node_at(list, i)), word))
			return true;
	return false;
}

static bool
at_least(const struct facts *f, const char *field, const struct node *want)
{
	int64_t least, is = 0;

	if (!want || !node_i64(want, &least))
		return true;
	return node_i64(node_path(f->rec, str_of(field)), &is) && is >= least;
}

static bool
has_host(const struct facts *f, const struct node *globs)
{
	const struct node *e;

	for (size_t at = 0; (e = facts_each(f, STR("victim_host"), &at));)
		for (size_t i = 0; i < node_count(globs); i++)
			if (str_glob(node_text(node_at(globs, i)),
				node_text(node_get(e, STR("value")))))
				return true;
	return false;
}

/* What stands in the way, or absent; counts the conditions that hold. */
static struct str
obstacle(struct facts *f, const struct node *sel, int *held)
{
	const struct node *success = node_get(sel, STR("success"));
	const struct node *when = node_get(sel, STR("when"));
	const struct node *hosts = node_get(sel, STR("hosts"));
	const struct node *severity = node_get(sel, STR("severity"));
	struct str why = STR_NONE;

	if (severity && severity_rank(f->severity) < severity_rank(node_text(severity)))
		return CAT(f->a, STR("wants severity "), node_text(severity));
	if (success && !lists(success, f->success))
		return STR("the outcome is another");
	if (hosts && !has_host(f, hosts))
		return STR("it is for other hosts");
	if (!at_least(f, "ir.asset.criticality", node_get(sel, STR("criticality"))))
		return STR("the asset is not critical enough");
	if (!at_least(f, "ir.score.value", node_get(sel, STR("min-score"))))
		return STR("the score is too low");
	if (when && traverse_holds(f, node_text(when), &why) != 1)
		return why;
	*held += !!success + !!hosts + !!when;
	return STR_NONE;
}

/* Points of the techniques, and their names for the reason. */
static int
by_attack(const struct facts *f, const struct node *sel, struct buf *why)
{
	const struct node *want = node_get(sel, STR("techniques"));
	const struct node *tactics = node_get(sel, STR("tactics"));
	int points = 0, n = 0;
	bool tactic = false;

	for (size_t i = 0; i < node_count(f->attack); i++) {
		const struct node *act = node_at(f->attack, i);
		struct str id = node_text(node_get(act, STR("technique")));
		bool exact = lists(want, id), parent = lists(want, str_sub(id, 0, 5));

		tactic |= lists(tactics, node_text(node_get(act, STR("tactic"))));
		if ((!exact && !parent) || n++ >= MOST || id.n > 9)
			continue;
		points += exact ? EXACT : PARENT;
		buf_fmt(why, "%s" STR_FMT, why->n ? ", " : "", STR_ARG(id));
	}
	return points + (tactic ? TACTIC : 0);
}

static struct fit
fit_of(const struct book *b, struct facts *f)
{
	struct fit fit = {.book = b};
	struct buf why = buf_make(400);
	int held = 0;
	int64_t priority = 0;
	struct str no;

	if (lists(node_get(b->sel, STR("class")), f->class)) {
		fit.points = CLASS;
		buf_fmt(&why, "class " STR_FMT, STR_ARG(f->class));
	}
	fit.points += by_attack(f, b->sel, &why);
	no = fit.points ? obstacle(f, b->sel, &held) : STR_NONE;
	node_i64(node_get(b->sel, STR("priority")), &priority);
	if (fit.points)
		fit.points += held * CONDITION + (int)(priority % 100) * PRIORITY;
	if (no.p || fit.points < 0)
		fit.points = 0;
	fit.why = no.p         ? no
		  : fit.points ? arena_fmt(f->a, STR_FMT "; %d points",
				     STR_ARG(buf_str(&why)), fit.points)
			       : STR("neither its class nor its techniques are here");
	buf_free(&why);
	return fit;
}

/* The best first; equal ones by name, so that the order of files says nothing. */
static int
better(const void *a, const void *b)
{
	const struct fit *x = a, *y = b;

	return x->points != y->points ? y->points - x->points
				      : str_cmp(x->book->name, y->book->name);
}

size_t
shelf_fits(const struct shelf *s, struct facts *f, struct fit **fits)
{
	size_t n = 0;

	*fits = arena_alloc(f->a, (s->n + 1) * sizeof(**fits));
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].sel)
			(*fits)[n++] = fit_of(&s->v[i], f);
	qsort(*fits, n, sizeof(**fits), better);
	return n;
}
