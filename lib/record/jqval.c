#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "jqval.h"
#include "json.h"

bool
jqval_work(struct jqrun *r, size_t n)
{
	if (r->over)
		return false;
	if (n < r->steps) {
		r->steps -= n;
		return true;
	}
	r->over = true;
	err_set(r->e, ERR_DATA, "the expression takes too long on this record");
	return false;
}

/* --- making values --- */

/* Any spelling of a number in checked JSON or in a jq program. */
static double
number(struct arena *a, struct str raw)
{
	char text[64], *end;

	if (raw.n < sizeof(text)) {
		memcpy(text, raw.p, raw.n);
		text[raw.n] = '\0';
		return strtod(text, &end);
	}
	return strtod(arena_copy(a, raw).p, &end);
}

struct jqval
jqval_of(struct arena *a, struct str raw)
{
	struct jqval v = {.raw = raw};

	switch (json_type(raw)) {
	case JSON_NONE:
	case JSON_NULL:
		break;
	case JSON_BOOL:
		v.kind = raw.p[0] == 't' ? JQ_TRUE : JQ_FALSE;
		break;
	case JSON_NUM:
		v.kind = JQ_NUMBER;
		v.num = number(a, raw);
		break;
	case JSON_TEXT:
		v.kind = JQ_TEXT;
		break;
	case JSON_LIST:
		v.kind = JQ_ARRAY;
		break;
	case JSON_MAP:
		v.kind = JQ_OBJECT;
		break;
	}
	return v;
}

struct jqval
jqval_num(double d)
{
	return (struct jqval){.kind = JQ_NUMBER, .num = d};
}

struct jqval
jqval_text(struct str text)
{
	return (struct jqval){.kind = JQ_TEXT, .text = text};
}

struct jqval
jqval_bool(bool yes)
{
	return (struct jqval){.kind = yes ? JQ_TRUE : JQ_FALSE};
}

struct jqval
jqval_field(struct jqrun *r, const struct jqfield *f)
{
	struct jqval v = {.kind = JQ_OBJECT, .at = f};
	enum json_type type = f->slot < 0 ? JSON_MAP : rec_type(r->rec, f->slot);

	if (type == JSON_LIST)
		v.kind = JQ_ARRAY;
	else if (type != JSON_MAP)
		v = jqval_of(
		    r->a, type == JSON_NONE ? STR_NONE : rec_raw(r->rec, f->slot));
	return v;
}

/* --- reading them --- */

struct str
jqval_chars(struct jqrun *r, struct jqval *v)
{
	if (!v->text.p)
		v->text = json_text(r->a, v->raw);
	return v->text;
}

struct str
jqval_spell(struct arena *a, double d)
{
	if (isnan(d))
		return STR("null"); /* as jq prints it */
	if (isinf(d))
		return d > 0 ? STR("1e999") : STR("-1e999");
	if (fabs(d) < 1e17 && d == floor(d))
		return arena_fmt(a, "%.0f", d);
	for (int digits = 15; digits < 17; digits++) {
		struct str s = arena_fmt(a, "%.*g", digits, d);

		if (number(a, s) == d)
			return s;
	}
	return arena_fmt(a, "%.17g", d);
}

struct str
jqval_json(struct jqrun *r, struct jqval *v)
{
	if (v->raw.p)
		return v->raw;
	switch (v->kind) {
	case JQ_NULL:
		return STR("null");
	case JQ_FALSE:
		return STR("false");
	case JQ_TRUE:
		return STR("true");
	case JQ_NUMBER:
		return v->raw = jqval_spell(r->a, v->num);
	case JQ_TEXT:
		return v->raw = json_quote(r->a, v->text);
	case JQ_ARRAY:
	case JQ_OBJECT:
		break;
	}
	v->raw = v->at->slot < 0 ? rec_nest(r->rec) : rec_raw(r->rec, v->at->slot);
	if (!jqval_nested(r->a, v->raw, &v->raw)) {
		r->over = true;
		err_set(r->e, ERR_DATA, "a list in the record is nested too deeply");
		v->raw = v->kind == JQ_ARRAY ? STR("[]") : STR("{}");
	}
	return v->raw;
}

struct str
jqval_output(struct jqrun *r, struct jqval *v)
{
	return jqval_mended(r->a, jqval_json(r, v));
}

struct str
jqval_type(const struct jqval *v)
{
	static const struct str names[] = {[JQ_NULL] = STR("null"),
	    [JQ_FALSE] = STR("boolean"),
	    [JQ_TRUE] = STR("boolean"),
	    [JQ_NUMBER] = STR("number"),
	    [JQ_TEXT] = STR("string"),
	    [JQ_ARRAY] = STR("array"),
	    [JQ_OBJECT] = STR("object")};

	return names[v->kind];
}

size_t
jqval_length(struct jqrun *r, struct jqval *v)
{
	struct str s, value;
	size_t n = 0, at = 0;

	if (v->kind == JQ_TEXT) {
		s = jqval_chars(r, v);
		for (size_t i = 0; i < s.n; i++)
			n += (s.p[i] & 0xc0) != 0x80;
		return n;
	}
	s = jqval_json(r, v);
	while (json_next(s, &at, NULL, &value))
		n++;
	return n;
}

/* --- nested also inside lists --- */

#define NESTED_DEPTH 128 /* half of what libjq takes */

static bool
rebuild(struct arena *a, struct str raw, struct buf *out, size_t depth)
{
	struct str key, value;
	size_t at = 0;
	bool first = true, map = json_type(raw) == JSON_MAP;

	if (!map && json_type(raw) != JSON_LIST) {
		buf_add(out, raw);
		return true;
	}
	if (depth == 0)
		return false;
	buf_ch(out, map ? '{' : '[');
	while (json_next(raw, &at, &key, &value)) {
		if (!first)
			buf_ch(out, ',');
		first = false;
		if (map) {
			buf_add(out, key);
			buf_ch(out, ':');
		} else if (json_type(value) == JSON_MAP) {
			value = rec_nested(a, value);
		}
		if (!rebuild(a, value, out, depth - 1))
			return false;
	}
	buf_ch(out, map ? '}' : ']');
	return true;
}

bool
jqval_nested(struct arena *a, struct str raw, struct str *nested)
{
	const char *list = memchr(raw.p, '[', raw.n);
	struct buf out = buf_make(SIZE_MAX);
	bool ok;

	*nested = json_type(raw) == JSON_MAP ? rec_nested(a, raw) : raw;
	/* what is in lists was left as it is: is there an object in one? */
	if (!list || !memchr(list, '{', (size_t)(raw.p + raw.n - list)))
		return true;
	ok = rebuild(a, *nested, &out, NESTED_DEPTH);
	if (ok)
		*nested = arena_copy(a, buf_str(&out));
	buf_free(&out);
	return ok;
}

/* --- for libjq --- */

#define NUMBER_LONG 64

static int
hex4(const char *p)
{
	char text[5] = {p[0], p[1], p[2], p[3], '\0'};

	return (int)strtol(text, NULL, 16);
}

/* Length of the escape at `p`; `*lone` if it is half of a surrogate pair. */
static size_t
escape(const char *p, const char *end, bool *lone)
{
	int v;

	*lone = false;
	if (end - p < 6 || p[1] != 'u')
		return 2;
	v = hex4(p + 2);
	if (v < 0xd800 || v > 0xdfff)
		return 6;
	if (v <= 0xdbff && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
		int low = hex4(p + 8);

		if (low >= 0xdc00 && low <= 0xdfff)
			return 12;
	}
	*lone = true;
	return 6;
}

/* A text on its way to libjq. */
struct mend {
	const char *p, *end;
	bool inside; /* a string */
};

/* Go to the next thing that must be replaced; its length, 0 at the end. */
static size_t
harmful(struct mend *m)
{
	for (; m->p < m->end; m->p++) {
		const char *q = m->p;
		bool lone;
		size_t n;

		if (*q == '"') {
			m->inside = !m->inside;
		} else if (m->inside && *q == '\\') {
			n = escape(q, m->end, &lone);
			if (lone)
				return n;
			m->p += n - 1;
		} else if (!m->inside && (*q == '-' || (*q >= '0' && *q <= '9'))) {
			while (q < m->end && *q != '\0' && strchr("0123456789+-.eE", *q))
				q++;
			n = (size_t)(q - m->p);
			if (n > NUMBER_LONG)
				return n;
			m->p = q - 1;
		}
	}
	return 0;
}

struct str
jqval_mended(struct arena *a, struct str json)
{
	struct mend m = {json.p, json.p + json.n, false};
	struct buf out = buf_make(SIZE_MAX);
	const char *from = json.p;
	struct str got;
	size_t n;

	while ((n = harmful(&m)) > 0) {
		buf_add(&out, (struct str){from, (size_t)(m.p - from)});
		if (m.inside)
			buf_add(&out, STR("\\ufffd"));
		else
			buf_add(&out, jqval_spell(a, number(a, (struct str){m.p, n})));
		from = m.p += n;
	}
	if (from == json.p)
		return json;
	buf_add(&out, (struct str){from, (size_t)(m.end - from)});
	got = arena_copy(a, buf_str(&out));
	buf_free(&out);
	return got;
}
