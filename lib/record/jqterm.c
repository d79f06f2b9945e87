#include "jqterm.h"
#include "json.h"

static bool
keyword(struct str s)
{
	static const char *const words[] = {"as", "import", "include", "module", "def",
	    "if", "then", "else", "elif", "end", "and", "or", "reduce", "foreach", "try",
	    "catch", "label", "break", "__loc__"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_eq(s, str_of(words[i])))
			return true;
	return false;
}

static struct jqtree *
constant(struct jqp *p, struct str json)
{
	struct jqtree *t = jqp_node(p, JQ_CONST, NULL, NULL, NULL);

	if (t)
		t->text = json;
	return t;
}

/* --- strings --- */

/* A string with interpolations; a format may stand before it. */
static struct jqtree *
interpolated(struct jqp *p)
{
	struct jqtree *t = jqp_node(p, JQ_STRING, NULL, NULL, NULL);

	for (p->w++; t && !p->failed && p->w->kind != JQLEX_UNQUOTE; p->w++) {
		if (p->w->kind != JQLEX_IN)
			continue;
		p->w++;
		jqp_add(p, t, jqp_expression(p, BIND_PIPE));
		if (p->failed || p->w->kind != JQLEX_OUT)
			return jqp_fail(p);
	}
	if (!p->failed)
		p->w++;
	return p->failed ? NULL : t;
}

static struct jqtree *
string(struct jqp *p)
{
	struct str text = p->w->text;

	if (p->w->kind == JQLEX_QUOTE)
		return interpolated(p);
	p->w++;
	return constant(p, json_quote(p->a, text));
}

static bool
at_string(const struct jqp *p)
{
	return p->w->kind == JQLEX_STR || p->w->kind == JQLEX_QUOTE;
}

/* --- paths, objects, lists --- */

/* --- terms --- */

static struct jqtree *
field(struct jqp *p, struct jqtree *of, struct str name)
{
	struct jqtree *t = jqp_node(p, JQ_FIELD, of, NULL, NULL);

	if (t)
		t->text = name;
	return t;
}

/* A key and its value in an object construction. */
static void
member(struct jqp *p, struct jqtree *map)
{
	struct jqtree *key, *value = NULL;

	if (jqp_take_op(p, '$')) {
		if (p->w->kind != JQLEX_WORD || keyword(p->w->text)) {
			jqp_fail(p);
			return;
		}
		jqp_add(p, map, constant(p, json_quote(p->a, p->w->text)));
		jqp_add(p, map, jqp_named(p, JQ_VAR, p->w->text));
		p->w++;
		return;
	}
	if (jqp_take_op(p, '(')) {
		key = jqp_expression(p, BIND_PIPE);
		if (!jqp_need_op(p, ')') || !jqp_is_op(p, ':'))
			jqp_fail(p);
	} else if (p->w->kind == JQLEX_WORD) {
		if (keyword(p->w->text) &&
		    !(p->w[1].kind == JQLEX_OP && p->w[1].op == ':'))
			jqp_fail(p);
		key = constant(p, json_quote(p->a, p->w->text));
		p->w++;
	} else {
		key = at_string(p) ? string(p) : jqp_fail(p);
	}
	if (jqp_take_op(p, ':')) {
		/* '|' binds here, ',' does not */
		value = jqp_is_op(p, '-') ? jqp_expression(p, BIND_TIGHT) : jqterm(p);
		while (!p->failed && jqp_take_op(p, '|')) {
			struct jqtree *next = jqp_is_op(p, '-')
						  ? jqp_expression(p, BIND_TIGHT)
						  : jqterm(p);

			value = jqp_node(p, JQ_PIPE, value, next, NULL);
		}
	} else if (key) {
		struct jqtree *here = jqp_node(p, JQ_DOT, NULL, NULL, NULL);

		value = key->op == JQ_CONST ? field(p, here, json_text(p->a, key->text))
					    : jqp_node(p, JQ_INDEX, here, key, NULL);
		key = jqp_node(p, key->op, NULL, NULL, NULL);
	}
	jqp_add(p, map, key);
	jqp_add(p, map, value);
}

static struct jqtree *
object(struct jqp *p)
{
	struct jqtree *t = jqp_node(p, JQ_MAP, NULL, NULL, NULL);

	p->w++;
	if (!t || jqp_take_op(p, '}'))
		return t;
	do
		member(p, t);
	while (!p->failed && jqp_take_op(p, ','));
	return jqp_need_op(p, '}') ? t : NULL;
}

static struct jqtree *
call(struct jqp *p)
{
	struct jqtree *t;
	struct str name = p->w->text;

	if (keyword(name))
		return jqp_fail(p);
	p->w++;
	if (!jqp_is_op(p, '(')) {
		if (str_eq(name, STR("null")) || str_eq(name, STR("true")) ||
		    str_eq(name, STR("false")))
			return constant(p, name);
		return jqp_named(p, JQ_CALL, name);
	}
	t = jqp_named(p, JQ_CALL, name);
	do {
		p->w++;
		if (t)
			jqp_add(p, t, jqp_expression(p, BIND_PIPE));
	} while (!p->failed && jqp_is_op(p, ';'));
	return jqp_need_op(p, ')') ? t : NULL;
}

static struct jqtree *
list(struct jqp *p)
{
	struct jqtree *inner = NULL;

	p->w++;
	if (!jqp_is_op(p, ']'))
		inner = jqp_expression(p, BIND_PIPE);
	return !p->failed && jqp_need_op(p, ']') ? jqp_node(p, JQ_LIST, inner, NULL, NULL)
						 : NULL;
}

static struct jqtree *
dot(struct jqp *p)
{
	struct jqtree *here = jqp_node(p, JQ_DOT, NULL, NULL, NULL);

	p->w++;
	if (p->w->kind == JQLEX_STR)
		return field(p, here, p->w++->text);
	if (p->w->kind == JQLEX_QUOTE) {
		struct jqtree *key = interpolated(p);

		return jqp_node(p, JQ_INDEX, here, key, NULL);
	}
	return here;
}

/* A term without what may follow it in brackets and dots. */
static struct jqtree *
head(struct jqp *p)
{
	switch (p->w->kind) {
	case JQLEX_FIELD:
		return field(p, jqp_node(p, JQ_DOT, NULL, NULL, NULL), p->w++->text);
	case JQLEX_NUM:
		return constant(p, p->w++->text);
	case JQLEX_STR:
	case JQLEX_QUOTE:
		return string(p);
	case JQLEX_FORMAT:
		p->w++;
		return at_string(p) ? string(p)
				    : jqp_node(p, JQ_FORMAT, NULL, NULL, NULL);
	case JQLEX_WORD:
		return call(p);
	case JQLEX_OP:
	case JQLEX_PIECE:
	case JQLEX_IN:
	case JQLEX_OUT:
	case JQLEX_UNQUOTE:
	case JQLEX_END:
		break;
	}
	if (jqp_is_op(p, '.'))
		return dot(p);
	if (jqp_is_op(p, '['))
		return list(p);
	if (jqp_is_op(p, '{'))
		return object(p);
	if (jqp_take_op(p, JQLEX_REC))
		return jqp_node(p, JQ_REC, NULL, NULL, NULL);
	if (jqp_take_op(p, '(')) {
		struct jqtree *t = jqp_expression(p, BIND_PIPE);

		return !p->failed && jqp_need_op(p, ')') ? t : NULL;
	}
	if (jqp_take_op(p, '$') && p->w->kind == JQLEX_WORD && !keyword(p->w->text))
		return jqp_named(p, JQ_VAR, p->w++->text);
	return jqp_fail(p);
}

/* Behind '[' of a term: [], [i], [i:j], [:j], [i:]. */
static struct jqtree *
bracket(struct jqp *p, struct jqtree *of)
{
	struct jqtree *from = NULL, *to = NULL;

	if (jqp_take_op(p, ']'))
		return jqp_node(p, JQ_EACH, of, NULL, NULL);
	if (!jqp_is_op(p, ':'))
		from = jqp_expression(p, BIND_PIPE);
	if (p->failed)
		return NULL;
	if (jqp_take_op(p, ']')) {
		if (from->op == JQ_CONST && json_type(from->text) == JSON_TEXT)
			return field(p, of, json_text(p->a, from->text));
		return jqp_node(p, JQ_INDEX, of, from, NULL);
	}
	if (!jqp_need_op(p, ':'))
		return NULL;
	if (from && jqp_is_op(p, ']')) {
		p->w++;
		return jqp_node(p, JQ_SLICE, of, from, NULL);
	}
	to = jqp_expression(p, BIND_PIPE);
	return !p->failed && jqp_need_op(p, ']') ? jqp_node(p, JQ_SLICE, of, from, to)
						 : NULL;
}

struct jqtree *
jqterm(struct jqp *p)
{
	bool opts = p->w->kind == JQLEX_FIELD ||
		    (jqp_is_op(p, '.') &&
			(p->w[1].kind == JQLEX_STR ||
			    p->w[1].kind ==
				JQLEX_QUOTE)); /* a lone ? belongs to the last step */
	struct jqtree *t = head(p);

	for (; !p->failed; opts = true) {
		if (opts && jqp_is_op(p, '?')) {
			t->opt = true;
			p->w++;
		}
		if (p->w->kind == JQLEX_FIELD) {
			t = field(p, t, p->w++->text);
		} else if (jqp_is_op(p, '.') && p->w[1].kind == JQLEX_STR) {
			t = field(p, t, p->w[1].text);
			p->w += 2;
		} else if (jqp_is_op(p, '.') && p->w[1].kind == JQLEX_QUOTE) {
			p->w++;
			t = jqp_node(p, JQ_INDEX, t, interpolated(p), NULL);
		} else if (jqp_take_op(p, '[')) {
			t = bracket(p, t);
		} else {
			return t;
		}
	}
	return NULL;
}
