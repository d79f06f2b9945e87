/*
 * jqx against libjq 1.6: generated expressions over generated records.
 *
 *   jqx_diff [cases [seed]]
 *
 * Each expression is made twice: as a user may write it, with dotted keys in all
 * their spellings, and in plain jq for the oracle, which is libjq on the nested
 * record.  Outputs, their order, and whether it fails must be the same.
 */
#include <stdlib.h>

#include "jqlib.h"
#include "jqorder.h"
#include "jqx.h"
#include "mem.h"
#include "test.h"

#define BATCH   96 /* expressions that share one program of the oracle */
#define RECORDS 60 /* that each batch sees */

struct gen {
	uint64_t state;
	struct buf *user, *plain;
	bool lib; /* also what needs libjq */
	int vars;
};

static uint32_t
roll(struct gen *g, uint32_t n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (uint32_t)((g->state >> 20) % n);
}

#define PICK(g, list) (list)[roll((g), sizeof(list) / sizeof(*(list)))]

/* The same to both. */
static void
say(struct gen *g, const char *s)
{
	buf_add(g->user, str_of(s));
	buf_add(g->plain, str_of(s));
}

/* --- expressions --- */

static const char *const names[] = {"a", "b", "c", "d"};

static void
path(struct gen *g, bool bare)
{
	const char *first = PICK(g, names), *second = PICK(g, names),
		   *opt = roll(g, 4) ? "" : "?";
	uint32_t form = roll(g, bare ? 7 : 6);

	if (form == 6) {
		say(g, ".");
		return;
	}
	if (form < 2) {
		buf_fmt(g->user, form ? ".\"%s\"%s" : ".%s%s", first, opt);
		buf_fmt(g->plain, ".%s%s", first, opt);
		return;
	}
	if (form == 2)
		buf_fmt(g->user, ".\"%s.%s\"%s", first, second, opt);
	else if (form == 3)
		buf_fmt(g->user, ".[\"%s.%s\"]%s", first, second, opt);
	else if (form == 4)
		buf_fmt(g->user, ".%s%s[\"%s\"]%s", first, opt, second, opt);
	else
		buf_fmt(g->user, ".%s%s.\"%s\"%s", first, opt, second, opt);
	buf_fmt(g->plain, ".%s%s.%s%s", first, opt, second, opt);
}

static void
literal(struct gen *g)
{
	static const char *const literals[] = {"null", "true", "false", "0", "1", "2",
	    "-1", "1.0", "007", ".5", "5.", "1e1000", "-0", "1e-400", "9007199254740993",
	    "0.1", "1E2", "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"A\"", "\"\\u0061\"",
	    "\"\\u0000\"", "\"\xc3\xa9\"", "\"\xef\xbf\xbd\"", "\"\\ud83d\\ude00\"",
	    "\"1\"", "\"a.b\"", "[]", "[1]", "[\"a\",\"b\"]", "[null]",
	    "100000000000000000000", "3.0e0", "\"10\""};

	say(g, PICK(g, literals));
}

static void expression(struct gen *, int depth);

static void
wrapped(struct gen *g, int depth, const char *before, const char *after)
{
	say(g, before);
	expression(g, depth);
	say(g, after);
}

/* Something that may stand on either side of any operator. */
static void
term(struct gen *g, int depth)
{
	static const char *const after[] = {
	    ".a", ".b?", "[0]", "[-1]", "[]", "[]?", "[0]?", ".a.b", "[1]"};

	if (roll(g, 3) == 0)
		literal(g);
	else if (depth <= 0 || roll(g, 2))
		path(g, depth > 0);
	else
		wrapped(g, depth - 1, "(", ")");
	if (roll(g, 5) == 0 && g->user->p[g->user->n - 1] == ')')
		say(g, PICK(g, after));
	else if (roll(g, 8) == 0 && g->user->p[g->user->n - 1] == ')')
		say(g, "?");
}

static void
has(struct gen *g)
{
	const char *first = PICK(g, names), *second = PICK(g, names);

	if (roll(g, 2)) {
		buf_fmt(g->user, "has(\"%s\")", first);
		buf_fmt(g->plain, "has(\"%s\")", first);
		return;
	}
	buf_fmt(g->user, "has(\"%s.%s\")", first, second);
	buf_fmt(g->plain, "(has(\"%s\") and (.%s|(type==\"object\") and has(\"%s\")))",
	    first, first, second);
}

static void
function(struct gen *g, int depth)
{
	static const char *const plain[] = {"not", "length", "type", "ascii_downcase",
	    "ascii_upcase", "tonumber", "any", "all", "arrays", "objects", "strings",
	    "numbers", "values", "nulls", "booleans", "scalars", "iterables", "empty",
	    "test(\"a\")", "test(\"\xc3\xa9\")", "IN(1,2,\"a\")"};
	static const char *const with[] = {"select(", "map(", "any(", "all(",
	    "startswith(", "endswith(", "contains(", "inside(", "IN("};

	switch (roll(g, 5)) {
	case 0:
	case 1:
		say(g, PICK(g, plain));
		break;
	case 2:
		has(g);
		break;
	case 3:
		wrapped(g, depth - 1, PICK(g, with), ")");
		break;
	default:
		wrapped(
		    g, depth - 1, roll(g, 3) ? roll(g, 2) ? "any(" : "all(" : "IN(", ";");
		wrapped(g, depth - 1, "", ")");
	}
}

/* What only libjq does. */
static void
beyond(struct gen *g, int depth)
{
	static const char *const before[] = {"first(", "{a:(", "{(\"x\",\"y\"):(",
	    "\"x\\(", "tojson|(", "isempty(", "limit(1;", "last(", "[range(3)]|(",
	    "path(", "del(.a)|(", "keys|("};
	static const char *const after[] = {
	    ")", ")}", ")}", ")\"", ")", ")", ")", ")", ")", "?)?", ")", ")"};
	uint32_t i = roll(g, 18);

	if (i < 12 && i != 9) {
		wrapped(g, depth - 1, before[i], after[i]);
	} else if (i < 14) {
		term(g, depth - 1);
		wrapped(g, depth - 1, " as $x | (", "), $x");
	} else if (i < 15) {
		say(g, "reduce ");
		term(g, depth - 1);
		wrapped(g, depth - 1, " as $x (", "; [., $x])");
	} else if (i < 16) {
		buf_add(g->user, STR("{\"a.b\",c}"));
		buf_add(g->plain, STR("{\"a.b\":.a.b,c}"));
	} else {
		term(g, depth - 1);
		say(g, roll(g, 2) ? " + " : " * ");
		term(g, depth - 1);
	}
}

static void
binary(struct gen *g, int depth)
{
	static const char *const ordering[] = {" == ", " != ", " < ", " <= ", ">", ">="};
	static const char *const loose[] = {
	    " and ", " or ", " // ", " | ", ", ", "|", " //"};

	if (roll(g, 2)) {
		term(g, depth - 1);
		say(g, PICK(g, ordering));
		term(g, depth - 1);
		return;
	}
	expression(g, depth - 1);
	say(g, PICK(g, loose));
	expression(g, depth - 1);
}

static void
expression(struct gen *g, int depth)
{
	if (depth <= 0) {
		term(g, 0);
		return;
	}
	switch (roll(g, g->lib ? 12 : 9)) {
	case 0:
	case 1:
	case 2:
		binary(g, depth);
		break;
	case 3:
	case 4:
		function(g, depth);
		break;
	case 5:
		term(g, depth);
		say(g, " | ");
		function(g, depth);
		break;
	case 6:
		wrapped(g, depth - 1, "[", "]");
		break;
	case 7:
		wrapped(g, depth - 1, "if ", " then ");
		wrapped(g, depth - 1, "", " else ");
		wrapped(g, depth - 1, "", " end");
		break;
	case 8:
		if (roll(g, 2))
			wrapped(g, depth - 1, "-(", ")");
		else
			wrapped(g, depth - 1, "try (", ")");
		break;
	default:
		wrapped(g, 0, "(", "|(");
		beyond(g, depth);
		say(g, "))");
	}
}

/* --- records --- */

static void value(struct gen *, struct buf *, int depth);

static void
name(struct gen *g, struct buf *out)
{
	static const char *const odd[] = {"\\u0061", "a.\\u0062", "\\ud800", "a.b.c", "",
	    "b.a", "\\u0000", "c\\u002ed"};

	buf_ch(out, '"');
	if (roll(g, 12) == 0) {
		buf_add(out, str_of(PICK(g, odd)));
	} else {
		buf_add(out, str_of(PICK(g, names)));
		for (uint32_t more = roll(g, 3); more > 1; more--)
			buf_fmt(out, ".%s", PICK(g, names));
	}
	buf_add(out, STR("\":"));
}

static void
object(struct gen *g, struct buf *out, int depth)
{
	uint32_t n = roll(g, depth > 2 ? 7 : 4);

	buf_ch(out, '{');
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_add(out, roll(g, 3) ? STR(",") : STR(" , "));
		name(g, out);
		value(g, out, depth - 1);
	}
	buf_ch(out, '}');
}

static void
value(struct gen *g, struct buf *out, int depth)
{
	static const char *const scalars[] = {"null", "true", "false", "0", "1", "2",
	    "-1", "1.0", "1e2", "-0", "-0.0", "1e400", "-1e400", "9007199254740993",
	    "9007199254740992", "0.1", "0.10000000000000001", "1E+2", "5e-324", "2e-324",
	    "1.7976931348623159e308",
	    "12345678901234567890123456789012345678901234567890123456789012345678901",
	    "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"A\"", "\"a.b\"", "\"\\u0061\"",
	    "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
	    "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", "\"\xc3\xa9\"", "\"\\u00e9\"",
	    "\"\xef\xbf\xbd\"", "\"1\"", "\" 12 \"", "\"+5\"", "\".5\"", "\"5.\"",
	    "\"0x10\"", "\"nan\"", "\"-nan\"", "\"inf\"", "\"1e5\"", "\"1e\"", "\"1 2\"",
	    "\"\\ufeff1\"", "\"1\\u00002\"", "\"true\"", "\"[1]\"", "\"0001\"", "\"-\"",
	    "\"nan(1)\"", "\"10\"", "\"\\t7\\n\"", "\"\\u000b7\"", "\"\\u000b\\f-7\"",
	    "\"\\u000b\\t7\"", "\"\\u000b nan\"", "\"infinity\"",
	    "\"tab\\t\\\"q\\\\\\/\""};
	uint32_t n;

	switch (depth > 0 ? roll(g, 6) : 5) {
	case 0:
	case 1:
		object(g, out, depth);
		break;
	case 2:
		n = roll(g, 4);
		buf_ch(out, '[');
		for (uint32_t i = 0; i < n; i++) {
			if (i)
				buf_ch(out, ',');
			value(g, out, depth - 1);
		}
		buf_ch(out, ']');
		break;
	default:
		buf_add(out, str_of(PICK(g, scalars)));
	}
}

/* --- comparing --- */

struct outs {
	struct arena *a;
	struct str line, nested;
	struct str v[256];
	size_t n;
	bool failed;
	bool yes; /* the first is true; nan, which prints as null, is */
};

static bool
keep(void *ctx, struct str json)
{
	struct outs *o = ctx;

	/* the record itself comes with its own bytes */
	if (json.p == o->line.p)
		json = o->nested;
	o->v[o->n++] = arena_copy(o->a, jqval_mended(o->a, json));
	return o->n < 256;
}

static bool
keep_oracle(void *ctx, const struct jqlib_out *out)
{
	struct outs *o = ctx;

	if (o->n == 0)
		o->yes = out->yes;
	return keep(o, out->json);
}

static struct jqlib *identity;

struct print {
	struct arena *a;
	struct str got;
};

static bool
keep_print(void *ctx, const struct jqlib_out *out)
{
	struct print *p = ctx;

	p->got = arena_copy(p->a, out->json);
	return false;
}

/* The text as libjq prints it. */
static struct str
printed(struct arena *a, struct str json)
{
	struct print p = {a, STR_NONE};
	struct err e;

	jqlib_run(identity, CAT(a, STR("["), json, STR("]")), true, keep_print, &p, &e);
	return p.got;
}

static bool
same_value(struct arena *a, struct str x, struct str y)
{
	struct err e;
	struct jqrun r = {.a = a, .e = &e, .steps = JQ_STEPS};
	struct jqval v, w;

	if (str_eq(x, y))
		return true;
	v = jqval_of(a, printed(a, x));
	w = jqval_of(a, printed(a, y));
	return jqorder_same(&r, &v, &w);
}

static bool
same(struct outs *x, struct outs *y)
{
	bool ok = x->n == y->n && x->failed == y->failed;

	for (size_t i = 0; ok && i < x->n; i++)
		ok = same_value(x->a, x->v[i], y->v[i]);
	return ok;
}

static void
show(const char *who, const struct outs *o)
{
	fprintf(stderr, "  %s:", who);
	for (size_t i = 0; i < o->n; i++)
		fprintf(stderr, " " STR_FMT, STR_ARG(o->v[i]));
	fprintf(stderr, "%s\n", o->failed ? " failed" : "");
}

/* --- batches --- */

struct batch {
	struct gen g;
	struct paths *paths;
	struct jqx *x[BATCH];
	struct str user[BATCH];
	struct jqlib *oracle;
	struct arena *a;
	size_t n, cases, wrong, ways[3];
};

static void
make(struct batch *b, size_t n, int depth)
{
	struct buf program = buf_make(1 << 24), user = buf_make(1 << 20),
		   plain = buf_make(1 << 20);
	struct err e = {0};

	b->g.user = &user;
	b->g.plain = &plain;
	b->n = n;
	buf_add(&program, STR(".i as $i | .r | "));
	for (size_t i = 0; i < n; i++) {
		buf_reset(&user);
		buf_reset(&plain);
		expression(&b->g, depth);
		b->user[i] = arena_copy(b->a, buf_str(&user));
		b->x[i] = jqx_new(b->user[i].p, b->paths, &e);
		if (!b->x[i])
			fprintf(stderr, "%s: %s\n", b->user[i].p, e.msg);
		buf_fmt(&program, " %sif $i == %zu then ", i ? "el" : "", i);
		buf_add(&program, buf_str(&plain));
		b->ways[b->x[i] ? jqx_way(b->x[i]) : 0]++;
	}
	buf_add(&program, STR(" else empty end"));
	buf_ch(&program, '\0');
	b->oracle = jqlib_new(program.p, &e);
	if (!b->oracle)
		fprintf(stderr, "oracle: %s\n", e.msg);
	buf_free(&program);
	buf_free(&user);
	buf_free(&plain);
}

static void
check(struct batch *b, struct rec *r, size_t i, struct str nested)
{
	struct arena *a = rec_arena(r);
	struct outs *mine = arena_zero(a, sizeof(*mine)),
		    *its = arena_zero(a, sizeof(*its));
	struct str text = arena_fmt(
	    a, "{\"i\":%zu,\"r\":" STR_FMT "}", i, STR_ARG(nested));
	struct err e = {0};
	bool yes = false, first;

	if (!b->x[i] || !b->oracle) {
		b->wrong++;
		return;
	}
	*mine = (struct outs){.a = a, .line = rec_line(r), .nested = nested};
	*its = (struct outs){.a = a};
	its->failed = !jqlib_run(b->oracle, text, true, keep_oracle, its, &e);
	mine->failed = !jqx_each(b->x[i], r, keep, mine, &e);
	b->cases++;
	if (jqx_true(b->x[i], r, &yes, &e))
		first = its->n ? yes == its->yes : !yes && !its->failed;
	else
		first = its->n == 0 && its->failed;
	if (first && same(mine, its))
		return;
	if (b->wrong++ > 20)
		return;
	fprintf(stderr, "way %d: " STR_FMT "\n  on " STR_FMT "\n  nested " STR_FMT "\n",
	    (int)jqx_way(b->x[i]), STR_ARG(b->user[i]), STR_ARG(rec_line(r)),
	    STR_ARG(nested));
	show("jqx", mine);
	show("libjq", its);
}

static void
run(struct batch *b, size_t records)
{
	struct arena *a = arena_new();
	struct rec *r = rec_new(b->paths, a);
	struct buf line = buf_make(1 << 20);
	struct json_fault fault;

	for (size_t k = 0; k < records; k++) {
		struct str nested;

		buf_reset(&line);
		object(&b->g, &line, 4);
		memset(buf_room(&line, JSON_PAD), '"', JSON_PAD);
		if (!rec_scan(r, buf_str(&line), &fault)) {
			fprintf(stderr, "not a record: " STR_FMT "\n",
			    STR_ARG(buf_str(&line)));
			b->wrong++;
			continue;
		}
		T(jqval_nested(a, rec_nest(r), &nested));
		nested = jqval_mended(a, nested);
		for (size_t i = 0; i < b->n; i++)
			check(b, r, i, nested);
		arena_reset(a);
	}
	rec_free(r);
	arena_free(a);
	buf_free(&line);
}

static void
batch(struct batch *b, size_t expressions, size_t records, int depth)
{
	b->paths = paths_new();
	b->a = arena_new();
	make(b, expressions, depth);
	run(b, records);
	for (size_t i = 0; i < b->n; i++)
		jqx_free(b->x[i]);
	jqlib_free(b->oracle);
	paths_free(b->paths);
	arena_free(b->a);
}

int
main(int argc, char **argv)
{
	struct batch b = {.g.state = 0x9e3779b97f4a7c15u};
	size_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 40000, n = 0;
	struct err e;

	if (argc > 2)
		b.g.state ^= strtoull(argv[2], NULL, 10) * 0xbf58476d1ce4e5b9u;
	identity = jqlib_new(".[0]", &e);
	while (b.cases < want && b.wrong < 1000) {
		/* what goes through libjq is compiled one by one, which takes its time */
		b.g.lib = ++n % 4 == 0;
		batch(&b, b.g.lib ? 8 : BATCH, b.g.lib ? 400 : RECORDS, 1 + (int)(n % 4));
	}
	T(b.wrong == 0);
	T(b.ways[JQX_NATIVE] > 0 &&
	    (want < 20000 || (b.ways[JQX_PROJECTED] > 0 && b.ways[JQX_WHOLE] > 0)));
	printf("%zu cases, %zu disagreements; expressions: %zu native, %zu projected, "
	       "%zu whole\n",
	    b.cases, b.wrong, b.ways[0], b.ways[1], b.ways[2]);
	jqlib_free(identity);
	return TEST_END;
}
