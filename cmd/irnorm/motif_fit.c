#include "ip.h"
#include "motif_op.h"
#include "stamp.h"

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
	size_t end = op->type <= T_REST ? t->s.n : run_end(t->s, op->type, *pos);

	/* the literal is compared next */
	if ((op[1].kind == OP_LIT && (end == t->s.n || t->s.p[end] != op[1].lit.p[0])) ||
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

/* Can the optional part not be there, by its first byte? */
static inline bool
is_absent(const struct trial *t, const struct op *inside, size_t pos)
{
	return inside->kind == OP_LIT &&
	       (pos == t->s.n || t->s.p[pos] != inside->lit.p[0]);
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
			if (!is_absent(t, op + 1, pos) && run(t, pc + 1, pos))
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
