/* Variables: see playlint.h. */
#include "ip.h"
#include "playlint.h"

struct lint {
	const struct playbook *p;
	struct playbook_ear *ear;
};

static const struct node *
own(const struct playbook_step *s)
{
	return node_get(s->node, STR("step_variables"));
}

static const struct node *
shared(const struct lint *l)
{
	return node_get(l->p->root, STR("playbook_variables"));
}

/* --- use --- */

static bool
in_list(const struct node *list, struct str name)
{
	for (size_t i = 0; i < node_count(list); i++)
		if (str_eq(node_text(node_at(list, i)), name))
			return true;
	return false;
}

static bool
set_by_a_step(const struct lint *l, struct str name)
{
	for (size_t i = 0; i < l->p->n; i++)
		if (in_list(node_get(l->p->step[i].node, STR("out_args")), name))
			return true;
	return false;
}

static bool
defined(const struct lint *l, const struct playbook_step *s, struct str name)
{
	return node_get(shared(l), name) || (s && node_get(own(s), name)) ||
	       set_by_a_step(l, name);
}

static void
undefined(
    struct lint *l, const struct playbook_step *s, const struct node *v, struct str name)
{
	if (s)
		playbook_say(l->ear, true, "variable", v,
		    "step '" STR_FMT "': variable '" STR_FMT "' is not defined; declare "
		    "it in playbook_variables or step_variables",
		    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(name)));
	else
		playbook_say(l->ear, true, "variable", v,
		    "variable '" STR_FMT "' is not defined; declare it in "
		    "playbook_variables",
		    STR_ARG(playlint_cut(name)));
}

static void
names_in(struct lint *l, const struct playbook_step *s, const struct node *v, int depth)
{
	struct str name;
	bool valued;

	if (!v || depth > 16)
		return;
	for (size_t i = 0; (v->type == NODE_LIST || v->type == NODE_MAP) && i < v->n; i++)
		if (v->type == NODE_LIST ||
		    (!str_ends(v->keys[i].text, STR("_variables")) &&
			!str_eq(v->keys[i].text, STR("out_args"))))
			names_in(l, s, &v->kids[i], depth + 1);
	if (v->type != NODE_TEXT)
		return;
	for (size_t at = 0; playbook_names(v->text, &at, &name, &valued);)
		if (!defined(l, s, name))
			undefined(l, s, v, name);
		else if (!valued && s && v->text.n > name.n)
			playbook_say(l->ear, false, "variable", v,
			    "step '" STR_FMT "': '" STR_FMT
			    "' stands without ':value' and stays as it is",
			    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(name)));
}

/* --- values --- */

static bool
digits(struct str s, bool hex)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(hex && ((s.p[i] >= 'a' && s.p[i] <= 'f') ||
				 (s.p[i] >= 'A' && s.p[i] <= 'F'))))
			return false;
	return s.n > 0;
}

static bool
is_hash(struct str s, size_t n)
{
	return digits(s, true) && (n ? s.n == n : s.n >= 32 && s.n % 8 == 0);
}

static bool
is_whole(struct str s)
{
	return digits(str_from(s, str_starts(s, STR("-"))), false);
}

static bool
is_float(struct str s)
{
	struct str rest = str_from(s, str_starts(s, STR("-")));
	struct str mantissa = str_sub(rest, 0, 0), whole;
	size_t e = 0;

	while (e < rest.n && rest.p[e] != 'e' && rest.p[e] != 'E')
		e++;
	mantissa = str_sub(rest, 0, e);
	rest = str_from(rest, e);
	whole = str_cut(&mantissa, '.');
	if (!digits(whole, false) || (mantissa.p && !digits(mantissa, false)))
		return false;
	rest = str_from(rest, rest.n > 0);
	return e == str_from(s, str_starts(s, STR("-"))).n ||
	       digits(str_from(rest, rest.n && (rest.p[0] == '-' || rest.p[0] == '+')),
		   false);
}

static bool
is_address(struct str s, int v)
{
	struct net net;

	return net_parse(s, &net) && net.ip.v == v;
}

static bool
is_mac(struct str s)
{
	if (s.n != 17)
		return false;
	for (size_t i = 0; i < 17; i++)
		if (i % 3 == 2 ? s.p[i] != ':' && s.p[i] != '-'
			       : !digits(str_sub(s, i, 1), true))
			return false;
	return true;
}

static bool
is_uuid(struct arena *a, struct str s)
{
	return playbook_id(CAT(a, STR("uuid--"), s));
}

static bool
is_uri(struct str s)
{
	size_t colon = str_chr(s, ':');

	if (colon == STR_NPOS || colon == 0 || colon + 1 == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ')
			return false;
	return true;
}

/* Can a text be a value of that type?  1 yes, 0 no, -1: we do not know the type. */
static int
fits(struct arena *a, struct str type, struct str s)
{
	if (str_eq(type, STR("string")))
		return true;
	if (str_eq(type, STR("bool")) || str_eq(type, STR("boolean")))
		return str_ieq(s, STR("true")) || str_ieq(s, STR("false"));
	if (str_eq(type, STR("integer")) || str_eq(type, STR("long")))
		return is_whole(s);
	if (str_eq(type, STR("float")))
		return is_float(s);
	if (str_eq(type, STR("hexstring")))
		return digits(s, true) && s.n % 2 == 0;
	if (str_eq(type, STR("ipv4-addr")))
		return is_address(s, 4);
	if (str_eq(type, STR("ipv6-addr")))
		return is_address(s, 6);
	if (str_eq(type, STR("mac-addr")))
		return is_mac(s);
	if (str_eq(type, STR("hash")))
		return is_hash(s, 0);
	if (str_eq(type, STR("md5-hash")))
		return is_hash(s, 32);
	if (str_eq(type, STR("sha256-hash")))
		return is_hash(s, 64);
	if (str_eq(type, STR("uri")))
		return is_uri(s);
	if (str_eq(type, STR("uuid")))
		return is_uuid(a, s);
	if (str_eq(type, STR("dictionary")))
		return str_starts(s, STR("{"));
	if (str_eq(type, STR("list")))
		return str_starts(s, STR("["));
	return -1;
}

static bool
shape_fits(struct str type, const struct node *v)
{
	if (v->type == NODE_MAP)
		return str_eq(type, STR("dictionary"));
	if (v->type == NODE_LIST)
		return str_eq(type, STR("list"));
	return !(str_eq(type, STR("string")) && v->type != NODE_TEXT);
}

static void
value(struct lint *l, struct str name, struct str type, const struct node *v)
{
	struct str s = node_text(v), other;
	bool valued, plain = v && (v->type == NODE_MAP || v->type == NODE_LIST);
	size_t at = 0;
	int ok;

	/* unset, or taken from another variable */
	if (!v || v->type == NODE_NULL || (!plain && s.n == 0) ||
	    (s.p && playbook_names(s, &at, &other, &valued)))
		return;
	ok = fits(l->ear->arena, type, plain ? STR("") : s);
	if (ok < 0)
		return;
	if (plain || str_eq(type, STR("string")))
		ok = shape_fits(type, v);
	if (!ok)
		playbook_say(l->ear, true, "variable", v,
		    "variable '" STR_FMT "' is of type '" STR_FMT "', and '" STR_FMT
		    "' is none; change the type or the value",
		    STR_ARG(playlint_cut(name)), STR_ARG(playlint_cut(type)),
		    STR_ARG(str_sub(s.p ? s : STR("..."), 0, 60)));
}

/* --- declarations --- */

static void
flag(struct lint *l, struct str name, const struct node *var, const char *key)
{
	const struct node *v = node_get(var, str_of(key));

	if (v && v->type != NODE_BOOL)
		playbook_say(l->ear, true, "variable", v,
		    "variable '" STR_FMT "': '%s' is not true or false",
		    STR_ARG(playlint_cut(name)), key);
}

static void
one_type(struct lint *l, struct str name, const struct node *v)
{
	struct str type = node_text(node_get(v, STR("type")));

	if (!type.p)
		playbook_say(l->ear, true, "variable", v,
		    "variable '" STR_FMT "' has no type", STR_ARG(playlint_cut(name)));
	else if (fits(l->ear->arena, type, STR("")) < 0)
		playbook_say(l->ear, false, "variable", v,
		    "variable '" STR_FMT "' is of type '" STR_FMT
		    "', which CACAO does not have; its value is not checked",
		    STR_ARG(playlint_cut(name)), STR_ARG(playlint_cut(type)));
	else
		value(l, name, type, node_get(v, STR("value")));
}

static void
declared(struct lint *l, const struct node *vars)
{
	for (size_t i = 0; vars && vars->type == NODE_MAP && i < vars->n; i++) {
		struct str k = vars->keys[i].text, name;
		const struct node *v = &vars->kids[i];
		size_t at = 0;
		bool valued;

		if (!playbook_names(k, &at, &name, &valued) || name.n != k.n)
			playbook_say(l->ear, true, "variable", v,
			    "'" STR_FMT "' is no name of a variable (__name__)",
			    STR_ARG(playlint_cut(k)));
		one_type(l, k, v);
		flag(l, k, v, "constant");
		flag(l, k, v, "external");
		if (node_true(node_get(v, STR("constant"))) && !node_get(v, STR("value")))
			playbook_say(l->ear, true, "variable", v,
			    "constant '" STR_FMT "' has no value",
			    STR_ARG(playlint_cut(k)));
	}
	if (vars && vars->type != NODE_MAP)
		playbook_say(l->ear, true, "variable", vars,
		    "variables are not an object of names");
}

static void
hides(struct lint *l, const struct playbook_step *s)
{
	const struct node *vars = own(s);

	for (size_t i = 0; vars && vars->type == NODE_MAP && i < vars->n; i++) {
		struct str k = vars->keys[i].text;

		if (node_get(shared(l), k))
			playbook_say(l->ear, false, "variable", &vars->kids[i],
			    "step '" STR_FMT "': '" STR_FMT
			    "' hides the playbook's variable of that name; rename it",
			    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(k)));
	}
}

/* What a step sets has to be there, and not a constant. */
static void
sets(struct lint *l, const struct playbook_step *s)
{
	const struct node *list = node_get(s->node, STR("out_args"));

	for (size_t i = 0; i < node_count(list); i++) {
		struct str name = node_text(node_at(list, i));
		const struct node *v = node_get(own(s), name);

		v = v ? v : node_get(shared(l), name);
		if (!v)
			playbook_say(l->ear, false, "variable", node_at(list, i),
			    "step '" STR_FMT "' sets '" STR_FMT
			    "', which is declared nowhere",
			    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(name)));
		else if (node_true(node_get(v, STR("constant"))))
			playbook_say(l->ear, true, "variable", node_at(list, i),
			    "step '" STR_FMT "' sets '" STR_FMT "', which is a constant",
			    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(name)));
	}
}

void
playlint_variables(const struct playbook *p, struct playbook_ear *ear)
{
	struct lint l = {p, ear};

	declared(&l, shared(&l));
	for (size_t i = 0; i < p->n; i++) {
		const struct playbook_step *s = &p->step[i];

		declared(&l, own(s));
		hides(&l, s);
		sets(&l, s);
		names_in(&l, s, s->node, 0);
	}
	names_in(&l, NULL, node_get(p->root, STR("agent_definitions")), 0);
	names_in(&l, NULL, node_get(p->root, STR("target_definitions")), 0);
}
