/* Tests, and what joins them. */
#include "mem.h"
#include "stixcomp.h"

#define PATH_STEPS 32

void
stixcomp_add(struct stixparser *ps, struct stixkids *k, void *one)
{
	if (k->n == k->cap) {
		void **more = arena_alloc(ps->a, (k->cap * 2 + 2) * sizeof(*more));

		if (k->n)
			memcpy(more, k->v, k->n * sizeof(*more));
		k->v = more;
		k->cap = k->cap * 2 + 2;
	}
	k->v[k->n++] = one;
}

static bool
fault(struct stixparser *ps, const char *why)
{
	return stixlex_fault(&ps->lex, why);
}

bool
stixcomp_take(struct stixparser *ps, const char *word)
{
	if (!stixlex_is(&ps->lex, word))
		return false;
	stixlex_next(&ps->lex);
	return true;
}

bool
stixcomp_want(struct stixparser *ps, const char *word)
{
	char why[40] = "'";

	if (stixcomp_take(ps, word))
		return true;
	memcpy(why + 1, word, strlen(word));
	memcpy(why + 1 + strlen(word), "' was expected", 15);
	return fault(ps, why);
}

bool
stixcomp_deeper(struct stixparser *ps)
{
	return ++ps->depth <= STIX_DEPTH || fault(ps, "nested too deeply");
}

/* A name in a path: keywords are names there, too. */
static struct str
path_name(struct stixparser *ps)
{
	struct stixlex *l = &ps->lex;
	struct str name = STR_NONE;

	if (l->token == STIX_NAME)
		name = l->word;
	else if (l->token == STIX_LITERAL && l->value.type == STIX_TEXT)
		name = l->value.text;
	if (name.n == 0) {
		fault(ps, "the name of a property was expected");
		return STR_NONE;
	}
	stixlex_next(l);
	return name;
}

static bool
index_step(struct stixparser *ps, struct stix_step *step)
{
	struct stixlex *l = &ps->lex;

	*step = (struct stix_step){STR_NONE, STIX_ANY};
	if (stixcomp_take(ps, "*"))
		return stixcomp_want(ps, "]");
	if (l->token != STIX_LITERAL || l->value.type != STIX_INT || l->value.num > 1e6 ||
	    l->value.num < -1e6)
		return fault(ps, "a place in a list, or '*', was expected");
	step->index = (int64_t)l->value.num;
	if (step->index < 0)
		step->index--; /* -1 is taken */
	stixlex_next(l);
	return stixcomp_want(ps, "]");
}

static bool
read_path(struct stixparser *ps, struct stix_path *path)
{
	struct stix_step step[PATH_STEPS];

	*path = (struct stix_path){STR_NONE, STR(""), NULL, 0};
	if (ps->lex.token != STIX_NAME)
		return fault(ps, "an object path was expected");
	path->object = ps->lex.word;
	stixlex_next(&ps->lex);
	if (!stixlex_is(&ps->lex, ":"))
		return fault(ps, "':' was expected");
	do {
		bool named = path->n == 0 || stixlex_is(&ps->lex, ".");
		struct stix_step *s = &step[path->n];

		if (path->n++ == PATH_STEPS)
			return fault(ps, "too long a path");
		stixlex_next(&ps->lex);
		if (!named && !index_step(ps, s))
			return false;
		if (named && !(*s = (struct stix_step){path_name(ps), 0}).name.p)
			return false;
		if (named)
			path->key = path->n == 1
					? s->name
					: CAT(ps->a, path->key, STR("."), s->name);
	} while (stixlex_is(&ps->lex, ".") || stixlex_is(&ps->lex, "["));
	path->step = arena_alloc(ps->a, path->n * sizeof(*step));
	memcpy(path->step, step, path->n * sizeof(*step));
	return true;
}

static bool
read_value(struct stixparser *ps, struct stix_value *v)
{
	struct stixlex *l = &ps->lex;

	if (l->token == STIX_LITERAL)
		*v = l->value;
	else if (stixlex_is(l, "true") || stixlex_is(l, "false"))
		*v = (struct stix_value){.type = STIX_BOOL,
		    .text = stixlex_is(l, "true") ? STR("true") : STR("false")};
	else
		return fault(ps, "a value was expected");
	if (++ps->n_values > STIX_TESTS)
		return fault(ps, "too many values");
	stixlex_next(l);
	return true;
}

static bool
read_set(struct stixparser *ps, struct stix_test *t)
{
	struct stixkids values = {NULL, 0, 0};

	if (!stixcomp_want(ps, "("))
		return false;
	for (bool more = !stixcomp_take(ps, ")"); more; more = stixcomp_take(ps, ",")) {
		struct stix_value *v = arena_alloc(ps->a, sizeof(*v));

		if (!read_value(ps, v))
			return false;
		stixcomp_add(ps, &values, v);
	}
	if (values.n && !stixcomp_want(ps, ")"))
		return false;
	t->v = arena_alloc(ps->a, (values.n + 1) * sizeof(*t->v));
	t->n = values.n;
	for (size_t i = 0; i < values.n; i++)
		t->v[i] = *(struct stix_value *)values.v[i];
	return true;
}

/* A hash of the wrong length or with other letters is a mistake: no file has it. */
static bool
is_hash(const struct stix_test *t)
{
	static const struct {
		const char *name;
		size_t n;
	} known[] = {{"MD5", 32}, {"SHA-1", 40}, {"SHA-224", 56}, {"SHA-256", 64},
	    {"SHA-384", 96}, {"SHA-512", 128}, {"SHA3-256", 64}, {"SHA3-512", 128}};
	const struct stix_path *p = &t->path;
	size_t want = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (p->n > 1 && str_ends(p->key, str_of(known[i].name)) &&
		    str_eq(p->step[p->n - 2].name, STR("hashes")) &&
		    str_ieq(p->step[p->n - 1].name, str_of(known[i].name)))
			want = known[i].n;
	for (size_t i = 0; want && i < t->n; i++) {
		struct str s = t->v[i].text;

		if (t->v[i].type != STIX_TEXT || s.n != want)
			return false;
		for (size_t k = 0; k < s.n; k++)
			if (!strchr("0123456789abcdefABCDEF", s.p[k]))
				return false;
	}
	return true;
}

/* A value that the operator can do something with. */
static bool
suits(struct stixparser *ps, struct stix_test *t)
{
	enum stix_type type = t->n ? t->v[0].type : STIX_TEXT;
	struct err why = {0};

	if (t->op >= STIX_LT && t->op <= STIX_GE && type == STIX_BOOL)
		return fault(ps, "true and false have no order");
	if ((t->op == STIX_EQ || t->op == STIX_IN) && !is_hash(t))
		return fault(ps, "not a hash of that kind");
	if (t->op < STIX_LIKE)
		return true;
	if (type != STIX_TEXT)
		return fault(ps, "a text was expected");
	if ((t->op == STIX_SUBSET || t->op == STIX_SUPERSET) && !t->v[0].net.ip.v)
		return fault(ps, "an address or a network was expected");
	if (t->op != STIX_MATCHES)
		return true;
	t->re = regex_new(t->v[0].text,
	    REGEX_DOTALL | REGEX_UTF | (t->folded ? REGEX_NOCASE : 0), &why);
	if (!t->re)
		return fault(ps, why.msg);
	ps->p->re = mem_grow(
	    ps->p->re, &ps->p->re_cap, ps->p->n_re + 1, sizeof(struct regex *));
	ps->p->re[ps->p->n_re++] = t->re;
	return true;
}

/* The same; an error points at the value, which the lexer has left behind. */
static bool
suited(struct stixparser *ps, struct stix_test *t, size_t start)
{
	size_t now = ps->lex.start;
	bool ok;

	ps->lex.start = start;
	ok = suits(ps, t);
	ps->lex.start = now;
	return ok;
}

static const struct {
	const char *word;
	enum stix_op op;
} ops[] = {{"=", STIX_EQ}, {"==", STIX_EQ}, {"!=", STIX_NE}, {"<>", STIX_NE},
    {"<", STIX_LT}, {"<=", STIX_LE}, {">", STIX_GT}, {">=", STIX_GE}, {"IN", STIX_IN},
    {"LIKE", STIX_LIKE}, {"MATCHES", STIX_MATCHES}, {"ISSUBSET", STIX_SUBSET},
    {"ISSUPERSET", STIX_SUPERSET}};

#define OPS (sizeof(ops) / sizeof(ops[0]))

static bool
read_op(struct stixparser *ps, struct stix_test *t)
{
	size_t start;

	t->negated = stixcomp_take(ps, "NOT");
	for (size_t i = 0; i < OPS; i++) {
		if (!stixcomp_take(ps, ops[i].word))
			continue;
		t->op = ops[i].op;
		start = ps->lex.start;
		if (t->op == STIX_IN)
			return read_set(ps, t) && suited(ps, t, start);
		t->v = arena_alloc(ps->a, sizeof(*t->v));
		t->n = 1;
		return read_value(ps, t->v) && suited(ps, t, start);
	}
	return fault(ps, "an operator was expected");
}

/* Properties whose values are the same in whatever case. */
static bool
is_folded(const struct stix_path *p)
{
	static const char *const objects[] = {
	    "domain-name", "email-addr", "mac-addr", "ipv4-addr", "ipv6-addr", NULL};

	for (const char *const *o = objects; *o; o++)
		if (str_eq(p->object, str_of(*o)))
			return true;
	if (str_ends(p->object, STR("registry-key")))
		return str_eq(p->key, STR("key")) || str_eq(p->key, STR("values.name"));
	return str_find(p->key, STR("hashes.")) != STR_NPOS ||
	       str_ends(p->key, STR("_ref.value")) ||
	       str_ends(p->key, STR("_refs.value"));
}

static struct stix_comp *
read_test(struct stixparser *ps)
{
	struct stix_comp *c = arena_zero(ps->a, sizeof(*c));
	struct stix_test *t = arena_zero(ps->a, sizeof(*t));
	struct stixlex ahead = ps->lex;
	bool no = stixcomp_take(ps, "NOT"), exists = stixcomp_take(ps, "EXISTS");

	if (stixlex_is(&ps->lex, ":")) { /* objects of that name */
		ps->lex = ahead;
		no = exists = false;
	}
	if (no && !exists)
		return fault(ps, "'EXISTS' was expected"), NULL;
	if (++ps->n_tests > STIX_TESTS)
		return fault(ps, "too many comparisons"), NULL;
	if (!read_path(ps, &t->path))
		return NULL;
	t->folded = is_folded(&t->path);
	t->op = STIX_EXISTS;
	t->negated = no;
	if (!exists && !read_op(ps, t))
		return NULL;
	c->test = t;
	c->object = t->path.object;
	return c;
}

struct stix_comp *
stixcomp_join(struct stixparser *ps, enum stix_join join, struct stixkids *k)
{
	struct stix_comp *c, **kids = (struct stix_comp **)k->v;

	if (k->n == 1)
		return kids[0];
	c = arena_zero(ps->a, sizeof(*c));
	c->join = join;
	c->kids = kids;
	c->n = k->n;
	c->object = kids[0]->object;
	for (size_t i = 1; i < k->n; i++)
		if (!str_eq(c->object, kids[i]->object))
			c->object = STR_NONE;
	return c;
}

static struct stix_comp *
read_comp(struct stixparser *ps)
{
	struct stix_comp *c;

	if (!stixcomp_take(ps, "("))
		return read_test(ps);
	if (!stixcomp_deeper(ps) || !(c = stixcomp_read(ps)) || !stixcomp_want(ps, ")"))
		return NULL;
	ps->depth--;
	return c;
}

/* AND binds closer than OR. */
struct stix_comp *
stixcomp_read(struct stixparser *ps)
{
	struct stixkids any = {NULL, 0, 0};

	do {
		struct stixkids all = {NULL, 0, 0};

		do {
			struct stix_comp *c = read_comp(ps);

			if (!c)
				return NULL;
			stixcomp_add(ps, &all, c);
		} while (stixcomp_take(ps, "AND"));
		stixcomp_add(ps, &any, stixcomp_join(ps, STIX_AND, &all));
	} while (stixcomp_take(ps, "OR"));
	return stixcomp_join(ps, STIX_OR, &any);
}
