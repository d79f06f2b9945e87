/*
 * motif_op - the parts that a motif is compiled to, for motif.c and motif_fit.c.
 *
 * A motif is a row of parts: literals, holes, optional parts that say where they
 * end, and the end.
 */
#ifndef MOTIF_OP_H
#define MOTIF_OP_H

#include "motif.h"

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
	bool sure;  /* whatever may follow cannot be part of the hole: it has one end */
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

#endif
