/* One value, one observation. */
#include <math.h>
#include <stdlib.h>

#include "buf.h"
#include "stixlex.h"
#include "when.h"

enum order { LESS, SAME, MORE, UNLIKE /* cannot be compared */ };

static enum order
order_of(int cmp)
{
	return cmp < 0 ? LESS : cmp > 0 ? MORE : SAME;
}

static char
low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static enum order
order_bytes(struct str a, struct str b, bool folded)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)(folded ? low(a.p[i]) : a.p[i]);
		unsigned char y = (unsigned char)(folded ? low(b.p[i]) : b.p[i]);

		if (x != y)
			return order_of((int)x - (int)y);
	}
	return a.n == b.n ? SAME : a.n < b.n ? LESS : MORE;
}

/* A number as JSON or a log spells it; not "nan", not "0x1". */
static bool
number(struct str s, double *d)
{
	char text[64], *end;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789+-.eE", s.p[i]) || s.p[i] == '\0')
			return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*d = strtod(text, &end);
	return *end == '\0' && isfinite(*d);
}

static enum order
order_number(const struct stix_value *v, struct str s)
{
	double d;

	if (v->type == STIX_INT && str_eq(s, v->text))
		return SAME;
	if (!number(s, &d))
		return UNLIKE;
	return d < v->num ? LESS : d > v->num ? MORE : SAME;
}

/* Bytes of a property whose name ends in _hex or _bin, else those of the text. */
static enum order
order_binary(
    const struct stix_test *t, const struct stix_value *v, struct arena *a, struct str s)
{
	struct str bytes = s;

	if (str_ends(t->path.key, STR("_hex")))
		bytes = stixlex_hex(a, s);
	else if (str_ends(t->path.key, STR("_bin")))
		bytes = stixlex_base64(a, s);
	return bytes.p ? order_bytes(bytes, v->text, false) : UNLIKE;
}

/* Is the value an address of the literal's network?  An address is one of its own. */
static bool
is_within(const struct stix_value *v, struct str s)
{
	struct net net;

	return net_parse(s, &net) && net.ip.v == v->net.ip.v && net.bits >= v->net.bits &&
	       net_has(&v->net, &net.ip);
}

static enum order
order_text(const struct stix_test *t, const struct stix_value *v, struct str s)
{
	enum order o = order_bytes(s, v->text, t->folded);
	int64_t mine, theirs;

	if (o == SAME || t->op > STIX_IN)
		return o;
	if (v->net.ip.v && (t->op < STIX_LT || t->op == STIX_IN))
		return is_within(v, s) ? SAME : o;
	if (s.n >= 20 && v->text.n >= 20 && when_parse(s, &mine) &&
	    when_parse(v->text, &theirs))
		return mine < theirs ? LESS : mine > theirs ? MORE : SAME;
	return o;
}

static enum order
order(
    const struct stix_test *t, const struct stix_value *v, struct arena *a, struct str s)
{
	int64_t ns;

	switch (v->type) {
	case STIX_TEXT:
		return order_text(t, v, s);
	case STIX_INT:
	case STIX_FLOAT:
		return order_number(v, s);
	case STIX_BOOL:
		return str_ieq(s, v->text) ? SAME : UNLIKE;
	case STIX_TIME:
		if (!when_parse(s, &ns))
			return UNLIKE;
		return ns < v->t ? LESS : ns > v->t ? MORE : SAME;
	case STIX_HEX:
	case STIX_BINARY:
		return order_binary(t, v, a, s);
	}
	return UNLIKE;
}

/* "%": any run; "_": one character. */
static bool
like(struct str p, struct str s, bool folded)
{
	size_t i = 0, k = 0, star = STR_NPOS, back = 0;

	while (k < s.n) {
		size_t one = buf_utf8(str_from(s, k));

		one = one ? one : 1;
		if (i < p.n && p.p[i] == '%') {
			star = ++i;
			back = k;
		} else if (i < p.n && p.p[i] == '_') {
			i++;
			k += one;
		} else if (i < p.n &&
			   (folded ? low(p.p[i]) == low(s.p[k]) : p.p[i] == s.p[k])) {
			i++;
			k++;
		} else if (star != STR_NPOS) {
			i = star;
			k = ++back;
		} else {
			return false;
		}
	}
	while (i < p.n && p.p[i] == '%')
		i++;
	return i == p.n;
}

static bool
contains_net(const struct stix_value *v, struct str s)
{
	struct net net;

	return net_parse(s, &net) && net.ip.v == v->net.ip.v && net.bits <= v->net.bits &&
	       net_has(&net, &v->net.ip);
}

static bool
passes(const struct stix_test *t, struct arena *a, struct str s)
{
	enum order o = t->n ? order(t, &t->v[0], a, s) : UNLIKE;

	switch (t->op) {
	case STIX_EQ:
		return o == SAME;
	case STIX_NE:
		return o != SAME;
	case STIX_LT:
		return o == LESS;
	case STIX_LE:
		return o == LESS || o == SAME;
	case STIX_GT:
		return o == MORE;
	case STIX_GE:
		return o == MORE || o == SAME;
	case STIX_IN:
		for (size_t i = 0; i < t->n; i++)
			if (order(t, &t->v[i], a, s) == SAME)
				return true;
		return false;
	case STIX_LIKE:
		return like(t->v[0].text, s, t->folded);
	case STIX_MATCHES:
		return regex_find(t->re, s, NULL, 0) == REGEX_YES;
	case STIX_SUBSET:
		return is_within(&t->v[0], s);
	case STIX_SUPERSET:
		return contains_net(&t->v[0], s);
	case STIX_EXISTS:
		return true;
	}
	return false;
}

/* An object of that type has no such value: an IPv6 address is no ipv4-addr. */
static bool
is_foreign(const struct stix_path *p, struct str s)
{
	struct net net;
	bool v4 = str_eq(p->object, STR("ipv4-addr"));

	return (v4 || str_eq(p->object, STR("ipv6-addr"))) &&
	       str_eq(p->key, STR("value")) &&
	       (!net_parse(s, &net) || net.ip.v != (v4 ? 4 : 6));
}

bool
stix_passes(const struct stix_test *t, struct arena *a, struct str s)
{
	if (is_foreign(&t->path, s))
		return false;
	return passes(t, a, s) != (t->negated && t->op != STIX_EXISTS);
}

/* --- one observation --- */

struct eval {
	const struct stix_source *src;
	struct arena *a;
};

static bool
test_holds(const struct eval *ev, const struct stix_test *t, size_t object)
{
	struct str value;
	size_t at = 0;
	bool any = false;

	while (!any && ev->src->value(ev->src->ctx, &t->path, object, &at, &value))
		any = stix_passes(t, ev->a, value);
	return any != (t->negated && t->op == STIX_EXISTS);
}

/* For the i-th object of the one type that it is about. */
static bool
holds_at(const struct eval *ev, const struct stix_comp *c, size_t object)
{
	if (c->join == STIX_ONE)
		return test_holds(ev, c->test, object);
	for (size_t i = 0; i < c->n; i++)
		if (holds_at(ev, c->kids[i], object) != (c->join == STIX_AND))
			return c->join == STIX_OR;
	return c->join == STIX_AND;
}

static bool exists(const struct eval *, const struct stix_comp *);

/* All kids that are about the same type as kid `first`, of one object. */
static bool
exists_among(const struct eval *ev, const struct stix_comp *c, size_t first)
{
	struct str type = c->kids[first]->object;
	size_t n = ev->src->objects(ev->src->ctx, type);

	for (size_t i = 0; i < first; i++)
		if (str_eq(c->kids[i]->object, type))
			return true; /* that was asked before */
	for (size_t object = 0; object < n; object++) {
		bool all = true;

		for (size_t i = first; all && i < c->n; i++)
			if (str_eq(c->kids[i]->object, type))
				all = holds_at(ev, c->kids[i], object);
		if (all)
			return true;
	}
	return false;
}

static bool
exists(const struct eval *ev, const struct stix_comp *c)
{
	size_t n;

	if (c->object.p) {
		n = ev->src->objects(ev->src->ctx, c->object);
		for (size_t i = 0; i < n; i++)
			if (holds_at(ev, c, i))
				return true;
		return false;
	}
	for (size_t i = 0; i < c->n; i++) {
		bool one = c->join == STIX_OR || !c->kids[i]->object.p
			       ? exists(ev, c->kids[i])
			       : exists_among(ev, c, i);

		if (one != (c->join == STIX_AND))
			return c->join == STIX_OR;
	}
	return c->join == STIX_AND;
}

bool
stix_leaf_holds(const struct stix_comp *c, const struct stix_source *src)
{
	struct eval ev = {src, arena_new()};
	bool yes = exists(&ev, c);

	arena_free(ev.a);
	return yes;
}

static bool
obs_holds(
    const struct stix *p, const struct stix_obs *o, const struct eval *ev, int64_t t)
{
	bool all = o->what != STIX_EITHER;

	if (o->what == STIX_SEEN)
		return exists(ev, p->leaf[o->leaf]);
	if (o->what == STIX_DURING && (t < o->start || t >= o->stop))
		return false;
	for (size_t i = 0; i < o->n; i++)
		if (obs_holds(p, o->kids[i], ev, t) != all)
			return !all;
	return all;
}

bool
stix_holds(const struct stix *p, const struct stix_source *src, int64_t t)
{
	struct eval ev = {src, arena_new()};
	bool yes = obs_holds(p, p->root, &ev, t);

	arena_free(ev.a);
	return yes;
}

/* --- for messages --- */

struct str
stix_test_text(struct arena *a, const struct stix_test *t)
{
	static const char *const words[] = {" = ", " != ", " < ", " <= ", " > ",
	    " >= ", " IN ", " LIKE ", " MATCHES ", " ISSUBSET ", " ISSUPERSET ", ""};
	struct str s = CAT(a, t->path.object, STR(":"), t->path.key);

	if (t->op == STIX_EXISTS)
		return CAT(a, t->negated ? STR("NOT EXISTS ") : STR("EXISTS "), s);
	return CAT(a, s, t->negated ? STR(" NOT") : STR(""), str_of(words[t->op]),
	    t->n == 1 ? t->v[0].text : STR("(...)"));
}
