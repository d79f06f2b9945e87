/*
 * jqlex - the words of a jq expression.
 *
 * Names that a record filter must not have are refused here, with their column.
 */
#ifndef JQLEX_H
#define JQLEX_H

#include "arena.h"
#include "err.h"
#include "str.h"

#define JQLEX_MAX   65536 /* bytes in an expression */
#define JQLEX_DEPTH 96    /* brackets and interpolations inside one another */

enum jqlex_kind {
	JQLEX_END,
	JQLEX_OP,     /* `op` says which */
	JQLEX_WORD,   /* function name or keyword; `text` */
	JQLEX_FIELD,  /* .name; `text` is the name */
	JQLEX_NUM,    /* `text` is the spelling */
	JQLEX_STR,    /* a whole string without interpolation; `text` is decoded */
	JQLEX_FORMAT, /* @name */
	JQLEX_QUOTE,  /* start of a string with interpolations ... */
	JQLEX_PIECE,  /* ... a piece of its text ... */
	JQLEX_IN,     /* ... \( ... */
	JQLEX_OUT,    /* ... its ) ... */
	JQLEX_UNQUOTE /* ... and its end */
};

/* Operators of several characters; those of one are the character. */
enum jqlex_op {
	JQLEX_EQ = 256, /* == */
	JQLEX_NE,       /* != */
	JQLEX_LE,
	JQLEX_GE,
	JQLEX_ALT,    /* // */
	JQLEX_ASSIGN, /* |= += -= *= /= %= //= */
	JQLEX_REC,    /* .. */
	JQLEX_ELSE_AS /* ?// */
};

struct jqlex {
	enum jqlex_kind kind;
	int op;
	struct str src; /* slice of the expression; empty at the end */
	struct str text;
	bool key; /* stands where the key of an object construction does */
};

/* Column of a place in the expression: characters, from 1. */
size_t jqlex_column(struct str expr, const char *at);

/* All words, the last one JQLEX_END.  NULL: ERR_CONFIG, with the column. */
struct jqlex *jqlex_words(struct arena *, struct str expr, struct err *);

/* Refuse what reaches out of the record: false is ERR_CONFIG, with the column. */
bool jqlex_allowed(struct str expr, const struct jqlex *, struct err *);

#endif
