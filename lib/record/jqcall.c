#include <math.h>
#include <stdlib.h>

#include "jqcall.h"
#include "json.h"

struct call {
	const char *name;
	int args;
	enum jqcall call;
};

static const struct call calls[] = {{"not", 0, JQCALL_NOT}, {"length", 0, JQCALL_LENGTH},
    {"type", 0, JQCALL_TYPE}, {"ascii_downcase", 0, JQCALL_DOWN},
    {"ascii_upcase", 0, JQCALL_UP}, {"tonumber", 0, JQCALL_TONUMBER},
    {"has", 1, JQCALL_HAS}, {"startswith", 1, JQCALL_STARTS},
    {"endswith", 1, JQCALL_ENDS}, {"contains", 1, JQCALL_CONTAINS},
    {"inside", 1, JQCALL_INSIDE}, {"test", 1, JQCALL_TEST}, {"map", 1, JQCALL_MAP},
    {"any", 0, JQCALL_ANY}, {"any", 1, JQCALL_ANY}, {"any", 2, JQCALL_ANY},
    {"all", 0, JQCALL_ALL}, {"all", 1, JQCALL_ALL}, {"all", 2, JQCALL_ALL},
    {"IN", 1, JQCALL_IN}, {"IN", 2, JQCALL_IN}, {"select", 1, JQCALL_SELECT},
    {"empty", 0, JQCALL_EMPTY}, {"arrays", 0, JQCALL_KIND}, {"objects", 0, JQCALL_KIND},
    {"iterables", 0, JQCALL_KIND}, {"booleans", 0, JQCALL_KIND},
    {"numbers", 0, JQCALL_KIND}, {"strings", 0, JQCALL_KIND}, {"nulls", 0, JQCALL_KIND},
    {"values", 0, JQCALL_KIND}, {"scalars", 0, JQCALL_KIND}};

enum jqcall
jqcall_find(struct str name, int args)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i].args == args && str_eq(name, str_of(calls[i].name)))
			return calls[i].call;
	return JQCALL_NONE;
}

bool
jqcall_kind(struct str name, const struct jqval *v)
{
	if (str_eq(name, STR("arrays")))
		return v->kind == JQ_ARRAY;
	if (str_eq(name, STR("objects")))
		return v->kind == JQ_OBJECT;
	if (str_eq(name, STR("iterables")))
		return v->kind >= JQ_ARRAY;
	if (str_eq(name, STR("booleans")))
		return v->kind == JQ_FALSE || v->kind == JQ_TRUE;
	if (str_eq(name, STR("numbers")))
		return v->kind == JQ_NUMBER;
	if (str_eq(name, STR("strings")))
		return v->kind == JQ_TEXT;
	if (str_eq(name, STR("nulls")))
		return v->kind == JQ_NULL;
	if (str_eq(name, STR("values")))
		return v->kind != JQ_NULL;
	return v->kind < JQ_ARRAY; /* scalars */
}

bool
jqcall_plain(struct str re)
{
	for (size_t i = 0; i < re.n; i++)
		if ((unsigned char)re.p[i] < 0x20 || strchr("\\^$.|?*+()[]{}", re.p[i]))
			return false;
	return re.n > 0;
}

static bool
fail(struct jqrun *r, const struct jqval *v, const char *what)
{
	struct str type = jqval_type(v);

	if (!r->over)
		err_set(r->e, ERR_DATA, STR_FMT " %s", STR_ARG(type), what);
	return false;
}

static bool
length(struct jqrun *r, const struct jqval *in, struct jqval *out)
{
	struct jqval v = *in;

	switch (in->kind) {
	case JQ_NULL:
		*out = jqval_num(0);
		return true;
	case JQ_FALSE:
	case JQ_TRUE:
		return fail(r, in, "has no length");
	case JQ_NUMBER:
		*out = jqval_num(fabs(in->num));
		return true;
	case JQ_TEXT:
	case JQ_ARRAY:
	case JQ_OBJECT:
		break;
	}
	*out = jqval_num((double)jqval_length(r, &v));
	return jqval_work(r, (in->raw.p ? in->raw.n : 0) >> 4);
}

static bool
change_case(struct jqrun *r, const struct jqval *in, char first, struct jqval *out)
{
	struct jqval v = *in;
	struct str s;
	char *p;

	if (in->kind != JQ_TEXT)
		return fail(r, in, "cannot be exploded");
	s = jqval_chars(r, &v);
	p = arena_alloc(r->a, s.n);
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= first && s.p[i] < first + 26 ? (char)(s.p[i] ^ 32)
							      : s.p[i];
	*out = jqval_text((struct str){p, s.n});
	return jqval_work(r, s.n >> 6);
}

/* Does strtod() take it in jq's spelling: no hexadecimal, no nan(...), no blanks? */
static bool
decimal(struct arena *a, struct str s, double *d)
{
	char *end;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr("xX( \t\r\n", s.p[i]))
			return false;
	s = arena_copy(a, s);
	*d = strtod(s.p, &end);
	return end == s.p + s.n;
}

/* jq reads the text as JSON up to a NUL, and is lax about numbers. */
static bool
to_number(struct jqrun *r, const struct jqval *in, struct jqval *out)
{
	struct jqval v = *in;
	struct str s;
	size_t nul;
	double d;

	if (in->kind == JQ_NUMBER) {
		*out = *in;
		return true;
	}
	if (in->kind != JQ_TEXT)
		return fail(r, in, "cannot be parsed as a number");
	s = jqval_chars(r, &v);
	nul = str_chr(s, '\0');
	s = str_sub(s, 0, nul);
	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_from(s, 3);
	if (!decimal(r->a, str_trim(s), &d))
		return fail(r, in, "cannot be parsed as a number");
	*out = jqval_num(d);
	return true;
}

bool
jqcall_of_input(
    struct jqrun *r, enum jqcall call, const struct jqval *in, struct jqval *out)
{
	if (call == JQCALL_NOT)
		*out = jqval_bool(!jqval_true(in));
	else if (call == JQCALL_TYPE)
		*out = jqval_text(jqval_type(in));
	else if (call == JQCALL_LENGTH)
		return length(r, in, out);
	else if (call == JQCALL_TONUMBER)
		return to_number(r, in, out);
	else
		return change_case(r, in, call == JQCALL_DOWN ? 'A' : 'a', out);
	return true;
}

static bool
has(struct jqrun *r, const struct jqval *in, struct jqval *key, struct jqval *out)
{
	struct jqval v = *in;
	struct str name = jqval_chars(r, key);
	const struct jqfield *kid;

	*out = jqval_bool(false);
	if (in->kind == JQ_NULL)
		return true;
	if (in->kind != JQ_OBJECT)
		return fail(r, in, "cannot be asked for a key");
	kid = in->at ? jqplan_kid(in->at, name) : NULL;
	if (kid)
		*out = jqval_bool(rec_type(r->rec, kid->slot) != JSON_NONE);
	else
		*out = jqval_bool(json_get(r->a, jqval_json(r, &v), name).p);
	return !r->over;
}

static bool
contains(struct jqrun *r, struct jqval *in, struct jqval *part, struct jqval *out)
{
	if (in->kind != part->kind)
		return fail(r, in, "cannot contain a value of another kind");
	*out = jqval_bool(jqorder_contains(r, in, part));
	return !r->over;
}

bool
jqcall_of_value(struct jqrun *r, enum jqcall call, const struct jqval *in,
    struct jqval *value, struct jqval *out)
{
	struct jqval v = *in;
	struct str s, part;

	if (call == JQCALL_HAS)
		return has(r, in, value, out);
	if (call == JQCALL_CONTAINS)
		return contains(r, &v, value, out);
	if (call == JQCALL_INSIDE)
		return contains(r, value, &v, out);
	if (in->kind != JQ_TEXT || value->kind != JQ_TEXT)
		return fail(r, in, "and what it is compared with must be strings");
	s = jqval_chars(r, &v);
	part = jqval_chars(r, value);
	if (call == JQCALL_STARTS)
		*out = jqval_bool(str_starts(s, part));
	else if (call == JQCALL_ENDS)
		*out = jqval_bool(str_ends(s, part));
	else
		*out = jqval_bool(s.n && memmem(s.p, s.n, part.p, part.n));
	return jqval_work(r, s.n >> 6);
}
