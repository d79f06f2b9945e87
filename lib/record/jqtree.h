/*
 * jqtree - a jq expression as a tree.
 */
#ifndef JQTREE_H
#define JQTREE_H

#include "jqlex.h"

enum jq_op {
	JQ_DOT,    /* . */
	JQ_CONST,  /* `text` is its JSON */
	JQ_STRING, /* with interpolations: `args` */
	JQ_FIELD,  /* a.text, `opt`: with ? */
	JQ_INDEX,  /* a[b] */
	JQ_SLICE,  /* a[b:c]; b or c may be NULL */
	JQ_EACH,   /* a[] */
	JQ_REC,    /* .. */
	JQ_LIST,   /* [a]; a may be NULL */
	JQ_MAP,    /* {..}; args: key, value, key, value ... */
	JQ_NEG,    /* -a */
	JQ_PIPE,
	JQ_COMMA,
	JQ_ALT, /* a // b */
	JQ_AND,
	JQ_OR,
	JQ_CMP,     /* `n`: JQLEX_EQ, '<' ... */
	JQ_MATH,    /* + - * / % */
	JQ_ASSIGN,  /* = |= += ... */
	JQ_TRY,     /* a, handler b or NULL */
	JQ_IF,      /* if a then b else c */
	JQ_AS,      /* a as args | b; the names that patterns bind are in args */
	JQ_REDUCE,  /* reduce a as args (b; c) */
	JQ_FOREACH, /* foreach a as args (b; c; d); d may be NULL */
	JQ_DEF,     /* def; a is the body, b what follows */
	JQ_LABEL,   /* label $x | a */
	JQ_BREAK,
	JQ_VAR,    /* $text */
	JQ_CALL,   /* text(args) */
	JQ_FORMAT, /* @text */
};

struct jqval;

struct jqtree {
	enum jq_op op;
	bool opt;
	bool plain; /* JQ_AS, JQ_REDUCE, JQ_FOREACH: one pattern, which is $name */
	int n;      /* operator, or number of args */
	struct str text;
	struct jqtree *a, *b, *c, *d;
	struct jqtree *args, *next; /* args are chained by `next` */
	size_t deep;                /* nodes on the longest way down */

	/* what jqe found out */
	int call;                  /* which function */
	bool one;                  /* gives one output or fails, and catches nothing */
	bool tries;                /* a `?` or `try` stands in it */
	const struct jqval *value; /* of a constant */
};

#define JQTREE_DEPTH 1500

#endif
