#include "ip.h"
#include "mem.h"
#include "motif.h"
#include "opt.h"
#include "stamp.h"

#define OPS   96
#define DEPTH 6 /* of optional parts */

enum type {
	T_LAST,
	T_FIRST,
	T_REST,
	T_WORD,
	T_NAME,
	T_DIGITS,
	T_NUMBER,
	T_HEXES,
	T_IP,
	T_ADDR,
	T_MAC,
	T_QUOTED,
	T_STAMP,
};

enum op_kind { OP_LIT, OP_HOLE, OP_OPT, OP_END };

struct op {
	enum op_kind kind;
	enum type type;
	bool empty; /* the hole may be */
	bool sure;  /* what follows cannot be part of the hole: it has one end */
	int field;
	enum convert convert;
	enum motif_use use;
	int form;
	struct str lit;
	uint16_t jump; /* of OP_OPT: behind the optional part */
};

struct motif {
	size_t n;
	struct op op[];
};

/* The bytes of the types that are runs of some: a bit for each type. */
#define IN(c, from, to) ((c) >= (from) && (c) <= (to))
#define DIGIT(c)        IN(c, '0', '9')
#define LETTER(c)       (IN(c, 'a', 'z') || IN(c, 'A', 'Z'))
#define HEX(c)          (DIGIT(c) || IN(c, 'a', 'f') || IN(c, 'A', 'F'))
#define MARK(c)         ((c) == '.' || (c) == '-' || (c) == '_')
#define BITS(c)                                                                         \
	(((c) > ' ' && (c) != 0x7f) << T_WORD |                                         \
	    (DIGIT(c) || LETTER(c) || MARK(c) || (c) == '/') << T_NAME |                \
	    DIGIT(c) << T_DIGITS | (DIGIT(c) || (c) == '.' || (c) == '-') << T_NUMBER | \
	    (HEX(c) || (c) == 'x') << T_HEXES |                                         \
	    (HEX(c) || (c) == '.' || (c) == ':') << T_IP |                              \
	    (DIGIT(c) || LETTER(c) || MARK(c) || (c) == ':' || (c) == '%') << T_ADDR |  \
	    (HEX(c) || (c) == ':' || (c) == '-') << T_MAC)
#define FOUR(c)    BITS(c), BITS((c) + 1), BITS((c) + 2), BITS((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define QUARTER(c) SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)
static const uint16_t types_of[256] = {
    QUARTER(0), QUARTER(64), QUARTER(128), QUARTER(192)};

static inline bool
in_type(enum type type, char c)
{
	return types_of[(unsigned char)c] >> type & 1;
}

/* --- compiling --- */

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

/* A run of characters that the literal behind it cannot start with. */
static bool
is_sure(const struct op *op)
{
	return op->kind == OP_HOLE && op->type >= T_WORD && op->type <= T_MAC &&
	       op[1].kind == OP_LIT && !in_type(op->type, op[1].lit.p[0]);
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
			m->op[i].sure = is_sure(&m->op[i]);
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

/* --- matching --- */

struct trial {
	const struct op *op;
	struct str s;
	struct capture *caps;
	size_t n;
	unsigned budget;
};

static bool run(struct trial *, size_t pc, size_t pos);

static bool
spend(struct trial *t)
{
	if (t->budget == 0)
		return false;
	t->budget--;
	return true;
}

/* Take s[pos, end) for a hole. */
static inline bool
fill(struct trial *t, const struct op *op, size_t pos, size_t end)
{
	if (!spend(t) || (end == pos && !op->empty))
		return false;
	if (op->field != MOTIF_SKIP && t->n < MOTIF_CAPTURES) {
		struct capture *cap = &t->caps[t->n++];

		cap->field = op->field;
		cap->convert = op->convert;
		cap->use = op->use;
		cap->form = op->form;
		cap->text = (struct str){t->s.p + pos, end - pos};
	}
	return true;
}

/* Take s[pos, end) for the hole at `pc` and go on behind it. */
static bool
take(struct trial *t, size_t pc, size_t pos, size_t end)
{
	size_t n = t->n;

	if (fill(t, &t->op[pc], pos, end) && run(t, pc + 1, end))
		return true;
	t->n = n;
	return false;
}

static size_t
find_last(struct str s, size_t from, size_t before, struct str lit)
{
	for (size_t i = before; i-- > from;)
		if (s.p[i] == lit.p[0] && i + lit.n <= s.n &&
		    memcmp(s.p + i, lit.p, lit.n) == 0)
			return i;
	return STR_NPOS;
}

/* Let the hole end wherever `lit` stands, the preferred side first. */
static bool
until_literal(struct trial *t, size_t pc, size_t pos, struct str lit)
{
	size_t at;

	if (t->op[pc].type == T_FIRST) {
		for (size_t from = pos; from <= t->s.n && t->budget; from = at + 1) {
			at = str_find(str_from(t->s, from), lit);
			if (at == STR_NPOS)
				return false;
			at += from;
			if (take(t, pc, pos, at))
				return true;
		}
		return false;
	}
	if (t->s.n < lit.n)
		return false;
	for (at = t->s.n - lit.n + 1; t->budget;) {
		at = find_last(t->s, pos, at, lit);
		if (at == STR_NPOS)
			return false;
		if (take(t, pc, pos, at))
			return true;
	}
	return false;
}

/* A hole that only what follows it can end. */
static bool
open_hole(struct trial *t, size_t pc, size_t pos)
{
	size_t next = pc + 1;

	for (; t->op[next].kind == OP_OPT; next = t->op[next].jump)
		if (t->op[next + 1].kind == OP_LIT &&
		    until_literal(t, pc, pos, t->op[next + 1].lit))
			return true;
	if (t->op[next].kind == OP_LIT)
		return until_literal(t, pc, pos, t->op[next].lit);
	return take(t, pc, pos, t->s.n);
}

static bool
good(enum type type, struct str s)
{
	struct ip ip;

	switch (type) {
	case T_IP:
		return ip_parse(s, &ip);
	case T_ADDR:
		/* with colons it must be an address; a name starts with a letter or digit */
		return str_chr(s, ':') == STR_NPOS
			   ? in_type(T_NAME, s.p[0]) && s.p[0] != '.' && s.p[0] != '-'
			   : ip_parse(str_sub(s, 0, str_chr(s, '%')), &ip);
	case T_MAC:
		return s.n == 17;
	default:
		return true;
	}
}

static inline size_t
run_end(struct str s, enum type type, size_t pos)
{
	const uint16_t bit = (uint16_t)(1 << type);

	while (pos < s.n && types_of[(unsigned char)s.p[pos]] & bit)
		pos++;
	return pos;
}

/* The one end that the hole can have.  False: it has none. */
static inline bool
sure_hole(struct trial *t, const struct op *op, size_t *pos)
{
	size_t end = run_end(t->s, op->type, *pos);

	/* the literal is compared next */
	if (end == t->s.n || t->s.p[end] != op[1].lit.p[0] ||
	    (end > *pos && !good(op->type, str_sub(t->s, *pos, end - *pos))) ||
	    !fill(t, op, *pos, end))
		return false;
	*pos = end;
	return true;
}

/* A run of the type's characters, the longest first. */
static bool
run_hole(struct trial *t, size_t pc, size_t pos)
{
	const struct op *op = &t->op[pc], *next = op + 1;
	size_t end = run_end(t->s, op->type, pos);

	for (;; end--) {
		bool fits = next->kind != OP_LIT ||
			    (end < t->s.n && t->s.p[end] == next->lit.p[0]);

		if (fits &&
		    (end == pos || good(op->type, str_sub(t->s, pos, end - pos))) &&
		    take(t, pc, pos, end))
			return true;
		if (end == pos || !t->budget)
			return false;
	}
}

static bool
quoted_hole(struct trial *t, size_t pc, size_t pos)
{
	size_t end = pos;

	while (end < t->s.n && t->s.p[end] != '"')
		end += t->s.p[end] == '\\' ? 2 : 1;
	if (end > t->s.n)
		return false;
	/* not the closing quote, but something before it: the rightmost such place */
	if (t->op[pc + 1].kind == OP_LIT && t->op[pc + 1].lit.p[0] != '"') {
		while ((end = find_last(t->s, pos, end, t->op[pc + 1].lit)) != STR_NPOS)
			if (take(t, pc, pos, end))
				return true;
		return false;
	}
	return take(t, pc, pos, end);
}

static bool
stamp_hole(struct trial *t, size_t pc, size_t pos)
{
	struct str s = str_from(t->s, pos);
	struct when w;

	if (!stamp_scan(t->op[pc].form, &s, &w))
		return false;
	return take(t, pc, pos, t->s.n - s.n);
}

static bool
hole(struct trial *t, size_t pc, size_t pos)
{
	switch (t->op[pc].type) {
	case T_LAST:
	case T_FIRST:
	case T_REST:
		return open_hole(t, pc, pos);
	case T_WORD:
	case T_NAME:
	case T_DIGITS:
	case T_NUMBER:
	case T_HEXES:
	case T_IP:
	case T_ADDR:
	case T_MAC:
		return run_hole(t, pc, pos);
	case T_QUOTED:
		return quoted_hole(t, pc, pos);
	case T_STAMP:
		return stamp_hole(t, pc, pos);
	}
	return false;
}

/* The depth of these calls is bounded by the number of parts. */
static bool
run(struct trial *t, size_t pc, size_t pos)
{
	for (;;) {
		const struct op *op = &t->op[pc];
		size_t n = t->n;

		switch (op->kind) {
		case OP_LIT:
			if (t->s.n - pos < op->lit.n ||
			    !str_same(t->s.p + pos, op->lit.p, op->lit.n))
				return false;
			pos += op->lit.n;
			pc++;
			break;
		case OP_OPT:
			if (!spend(t))
				return false;
			if (run(t, pc + 1, pos))
				return true;
			t->n = n;
			pc = op->jump;
			break;
		case OP_HOLE:
			if (!op->sure)
				return hole(t, pc, pos);
			if (!sure_hole(t, op, &pos))
				return false;
			pc++;
			break;
		case OP_END:
			return pos == t->s.n;
		}
	}
}

bool
motif_match(const struct motif *m, struct str s, struct capture caps[MOTIF_CAPTURES],
    size_t *n, unsigned *budget)
{
	struct trial t = {m->op, s, caps, 0, *budget};
	bool yes = run(&t, 0, 0);

	*budget = t.budget;
	*n = yes ? t.n : 0;
	return yes;
}
