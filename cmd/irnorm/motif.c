#include "mem.h"
#include "motif_op.h"
#include "opt.h"
#include "stamp.h"

#define OPS   96
#define DEPTH 6 /* of optional parts */

static const struct {
	const char *name;
	enum type type;
	enum convert convert;
	enum motif_use use;
	int form;
} types[] = {
    {"last", T_LAST, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"first", T_FIRST, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"rest", T_REST, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"word", T_WORD, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"fqdn", T_WORD, CONVERT_DOMAIN, MOTIF_VALUE, 0},
    {"name", T_NAME, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"lower", T_NAME, CONVERT_LOWER, MOTIF_VALUE, 0},
    {"int", T_DIGITS, CONVERT_INT, MOTIF_VALUE, 0},
    {"size", T_WORD, CONVERT_INT, MOTIF_VALUE, 0}, /* or a dash */
    {"digits", T_DIGITS, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"num", T_NUMBER, CONVERT_NUM, MOTIF_VALUE, 0},
    {"hex", T_HEXES, CONVERT_HEX, MOTIF_VALUE, 0},
    {"ip", T_IP, CONVERT_IP, MOTIF_VALUE, 0},
    {"addr", T_ADDR, CONVERT_ADDR, MOTIF_VALUE, 0},
    {"host", T_ADDR, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"mac", T_MAC, CONVERT_MAC, MOTIF_VALUE, 0},
    {"qstr", T_QUOTED, CONVERT_TEXT, MOTIF_VALUE, 0},
    {"kv", T_REST, CONVERT_TEXT, MOTIF_KV, 0},
    {"json", T_REST, CONVERT_TEXT, MOTIF_JSON, 0},
    {"audit", T_REST, CONVERT_TEXT, MOTIF_AUDIT, 0},
    {"iso", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_ISO},
    {"bsd", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_BSD},
    {"clf", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_CLF},
    {"slash", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_SLASH},
    {"ctime", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_CTIME},
    {"zoned", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_ZONED},
    {"short", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_SHORT},
    {"dmy", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_DMY},
    {"snort", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_SNORT},
    {"klog", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_KLOG},
    {"us", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_US},
    {"ts", T_STAMP, CONVERT_TEXT, MOTIF_WHEN, STAMP_ANY},
};

struct compile {
	struct arena *a;
	struct fields *fields;
	struct op *op; /* OPS of them */
	size_t n;
	struct str text;
	size_t at;
	size_t open[DEPTH]; /* indices of OP_OPT */
	size_t depth;
	size_t captures;
	struct err *e;
};

static bool
fault(struct compile *c, const char *why)
{
	err_set(c->e, ERR_CONFIG, "%s", why);
	return false;
}

static struct op *
new_op(struct compile *c, enum op_kind kind)
{
	struct op *op;

	if (c->n == OPS) {
		fault(c, "pattern has too many parts");
		return NULL;
	}
	op = &c->op[c->n++];
	*op = (struct op){.kind = kind, .field = MOTIF_SKIP};
	return op;
}

static bool
add_char(struct compile *c, char ch)
{
	struct op *op = c->n ? &c->op[c->n - 1] : NULL;
	bool join = op && op->kind == OP_LIT;

	/* not into a literal that an optional part ends behind */
	for (size_t i = 0; join && i < c->n; i++)
		join = c->op[i].kind != OP_OPT || c->op[i].jump != c->n;
	if (!join && !(op = new_op(c, OP_LIT)))
		return false;
	op->lit = CAT(c->a, op->lit, (struct str){&ch, 1});
	return true;
}

static bool
set_type(struct compile *c, struct op *op, struct str name)
{
	const char *names[sizeof(types) / sizeof(*types)];
	const char *near;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_eq(name, str_of(types[i].name))) {
			op->type = types[i].type;
			op->convert = types[i].convert;
			op->use = types[i].use;
			op->form = types[i].form;
			return true;
		}
		names[i] = types[i].name;
	}
	near = opt_nearest(name, names, sizeof(types) / sizeof(*types));
	err_set(c->e, ERR_CONFIG, "unknown hole type '" STR_FMT "'%s%s%s", STR_ARG(name),
	    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return false;
}

static bool
add_hole(struct compile *c)
{
	struct str in = str_from(c->text, c->at + 1), name;
	size_t end = str_chr(in, '}');
	struct op *op;

	if (end == STR_NPOS)
		return fault(c, "hole without its '}'");
	/* a typed one ends where its characters do */
	if (c->n && c->op[c->n - 1].kind == OP_HOLE && c->op[c->n - 1].type <= T_REST)
		return fault(c, "two holes touch; nothing would say where one ends");
	if (!(op = new_op(c, OP_HOLE)))
		return false;
	in = str_sub(in, 0, end);
	if (str_ends(in, STR("?"))) {
		op->empty = true;
		in.n--;
	}
	name = str_cut(&in, ':');
	if (str_ends(name, STR("?"))) {
		op->empty = true;
		name.n--;
	}
	if (name.n == 0)
		return fault(c, "hole without a name; {_} skips");
	if (in.p && !set_type(c, op, in))
		return false;
	if (!str_eq(name, STR("_"))) {
		if (++c->captures > MOTIF_CAPTURES)
			return fault(c, "pattern has too many holes");
		op->field = fields_add(c->fields, name);
		if (op->field < 0)
			return fault(c, "too many fields");
	}
	c->at += end + 2;
	return true;
}

static bool
add_open(struct compile *c)
{
	if (c->depth == DEPTH)
		return fault(c, "optional parts nested too deep");
	c->open[c->depth++] = c->n;
	c->at++;
	return new_op(c, OP_OPT) != NULL;
}

static bool
add_close(struct compile *c)
{
	if (c->depth == 0)
		return fault(c, "']' without '['; write \\] for the character");
	c->op[c->open[--c->depth]].jump = (uint16_t)c->n;
	c->at++;
	return true;
}

static bool
add_part(struct compile *c)
{
	char ch = c->text.p[c->at];

	switch (ch) {
	case '{':
		return add_hole(c);
	case '[':
		return add_open(c);
	case ']':
		return add_close(c);
	case '\\':
		if (c->at + 1 == c->text.n)
			return fault(c, "'\\' at the end");
		c->at += 2;
		return add_char(c, c->text.p[c->at - 1]);
	default:
		c->at++;
		return add_char(c, ch);
	}
}

/*
 * Can nothing that may stand behind the hole start with what the hole is made of?  Then
 * its longest run is its only one.
 */
static bool
is_sure(const struct op *v, size_t hole)
{
	enum type type = v[hole].type;
	size_t i = hole + 1;

	if (v[hole].kind != OP_HOLE || type > T_MAC)
		return false;
	if (type <= T_REST)
		return v[i].kind == OP_END;
	for (; v[i].kind == OP_OPT; i = v[i].jump)
		if (v[i + 1].kind != OP_LIT || in_type(type, v[i + 1].lit.p[0]))
			return false;
	return v[i].kind == OP_END ||
	       (v[i].kind == OP_LIT && !in_type(type, v[i].lit.p[0]));
}

struct motif *
motif_new(
    struct arena *a, struct fields *fields, struct str text, size_t *at, struct err *e)
{
	struct op *room = mem_new(OPS, sizeof(*room));
	struct compile c = {.a = a, .fields = fields, .op = room, .text = text, .e = e};
	struct motif *m = NULL;
	bool ok = true;

	while (ok && c.at < text.n)
		ok = add_part(&c);
	if (ok && c.depth > 0)
		ok = fault(&c, "'[' without ']'; write \\[ for the character");
	*at = c.at;
	if (ok && new_op(&c, OP_END)) {
		m = arena_alloc(a, sizeof(*m) + c.n * sizeof(*m->op));
		m->n = c.n;
		memcpy(m->op, room, c.n * sizeof(*m->op));
		for (size_t i = 0; i + 1 < c.n; i++)
			m->op[i].sure = is_sure(m->op, i);
	}
	mem_free(room);
	return m;
}

struct str
motif_head(const struct motif *m)
{
	return m->op[0].kind == OP_LIT ? m->op[0].lit : STR("");
}

struct str
motif_literal(const struct motif *m)
{
	struct str best = STR("");

	for (size_t i = 0; i < m->n; i++) {
		if (m->op[i].kind == OP_OPT)
			i = m->op[i].jump - 1u;
		else if (m->op[i].kind == OP_LIT && m->op[i].lit.n > best.n)
			best = m->op[i].lit;
	}
	return best;
}

bool
motif_next(const struct motif *m, size_t *at, struct capture *cap)
{
	for (; *at < m->n; (*at)++) {
		const struct op *op = &m->op[*at];

		if (op->kind != OP_HOLE || op->field == MOTIF_SKIP)
			continue;
		*cap = (struct capture){
		    op->field, op->convert, op->use, op->form, STR_NONE};
		(*at)++;
		return true;
	}
	return false;
}
