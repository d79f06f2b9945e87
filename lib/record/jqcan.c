#include <stdlib.h>

#include "jqcall.h"
#include "jqcan.h"
#include "json.h"

/* A number that is spelled as only jq programs may. */
static bool
odd_number(struct str s)
{
	size_t dot = str_chr(s, '.');

	return dot == 0 || (s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9') ||
	       (dot != STR_NPOS &&
		   (dot + 1 == s.n || s.p[dot + 1] < '0' || s.p[dot + 1] > '9'));
}

static bool
can_const(struct arena *a, struct jqtree *t)
{
	struct jqval *v = arena_alloc(a, sizeof(*v));

	*v = jqval_of(a, t->text);
	if (v->kind == JQ_TEXT)
		v->text = json_text(a, t->text);
	if (v->kind == JQ_NUMBER && odd_number(t->text))
		v->raw = jqval_spell(a, v->num);
	t->value = v;
	return t->one = true;
}

/* A negative constant is one, too. */
static bool
can_negate(struct arena *a, struct jqtree *t)
{
	if (t->a->op != JQ_CONST || json_type(t->a->text) != JSON_NUM ||
	    t->a->text.p[0] == '-')
		return t->one = t->a->one, true;
	t->op = JQ_CONST;
	t->text = CAT(
	    a, STR("-"), odd_number(t->a->text) ? t->a->value->raw : t->a->text);
	return can_const(a, t);
}

/* Only constant whole numbers: [0], [-1]. */
static bool
can_index(struct jqtree *t)
{
	double d = t->b->op == JQ_CONST && t->b->value->kind == JQ_NUMBER
		       ? t->b->value->num
		       : 0.5;

	t->one = t->a->one && !t->opt;
	return d > -1e9 && d < 1e9 && d == (double)(int)d;
}

static bool
can_call(struct jqtree *t)
{
	struct jqtree *x = t->args, *y = x ? x->next : NULL;
	bool text = x && x->op == JQ_CONST && x->value->kind == JQ_TEXT;

	t->call = (int)jqcall_find(t->text, t->n);
	t->one = true;
	switch ((enum jqcall)t->call) {
	case JQCALL_NONE:
		return false;
	case JQCALL_NOT:
	case JQCALL_LENGTH:
	case JQCALL_TYPE:
	case JQCALL_DOWN:
	case JQCALL_UP:
	case JQCALL_TONUMBER:
		return true;
	case JQCALL_HAS:
		return text;
	case JQCALL_TEST:
		return text && jqcall_plain(x->value->text);
	case JQCALL_STARTS:
	case JQCALL_ENDS:
	case JQCALL_CONTAINS:
	case JQCALL_INSIDE:
		return x->one;
	case JQCALL_MAP:
		return true;
	case JQCALL_ANY:
	case JQCALL_ALL:
		/* they leave loops early, which `?` in the loop would undo in jq 1.6 */
		return !x || (t->n == 1 ? x->one : y->one && !x->tries);
	case JQCALL_IN:
		return !t->tries;
	case JQCALL_SELECT:
	case JQCALL_EMPTY:
	case JQCALL_KIND:
		t->one = false;
		return true;
	}
	return false;
}

/* Of a node whose children can. */
static bool
can_node(struct arena *a, struct jqtree *t)
{
	switch (t->op) {
	case JQ_DOT:
		return t->one = true;
	case JQ_CONST:
		return can_const(a, t);
	case JQ_NEG:
		return can_negate(a, t);
	case JQ_FIELD:
		t->one = t->a->one && !t->opt;
		return true;
	case JQ_INDEX:
		return can_index(t);
	case JQ_LIST:
		return t->one = true;
	case JQ_PIPE:
	case JQ_ALT:
	case JQ_AND:
	case JQ_OR:
	case JQ_CMP:
		t->one = t->a->one && t->b->one;
		return true;
	case JQ_IF:
		t->one = t->a->one && t->b->one && t->c->one;
		return true;
	case JQ_TRY:
		t->tries = true;
		return !t->b;
	case JQ_EACH:
	case JQ_COMMA:
		return true;
	case JQ_CALL:
		return can_call(t);
	case JQ_STRING:
	case JQ_SLICE:
	case JQ_REC:
	case JQ_MAP:
	case JQ_MATH:
	case JQ_ASSIGN:
	case JQ_AS:
	case JQ_REDUCE:
	case JQ_FOREACH:
	case JQ_DEF:
	case JQ_LABEL:
	case JQ_BREAK:
	case JQ_VAR:
	case JQ_FORMAT:
		break;
	}
	return false;
}

bool
jqcan_tree(struct arena *a, struct jqtree *t)
{
	struct jqtree *kids[] = {t->a, t->b, t->c, t->d};

	t->one = t->tries = false;
	for (size_t i = 0; i < 4; i++) {
		if (kids[i] && !jqcan_tree(a, kids[i]))
			return false;
		t->tries |= kids[i] && kids[i]->tries;
	}
	for (struct jqtree *x = t->args; x; x = x->next) {
		if (!jqcan_tree(a, x))
			return false;
		t->tries |= x->tries;
	}
	return can_node(a, t);
}
