/*
 * jqp - the place in the words of a jq expression, and how nodes are made of them.
 *
 * For the parser alone: jqterm and jqparse.  A call that fails marks the whole
 * parse as failed; the node that it gives is NULL.  Nodes lie in the arena.
 */
#ifndef JQP_H
#define JQP_H

#include "jqtree.h"

/* How tightly operators bind, loosest first. */
enum jqp_level {
	BIND_PIPE = 1,
	BIND_COMMA,
	BIND_ALT,
	BIND_ASSIGN,
	BIND_OR,
	BIND_AND,
	BIND_CMP,
	BIND_ADD,
	BIND_MUL,
	BIND_TIGHT
};

struct jqp {
	struct arena *a;
	const struct jqlex *w; /* the word to be read next */
	size_t depth;          /* expressions inside one another */
	bool failed;
};

/* Always NULL. */
struct jqtree *jqp_fail(struct jqp *);

/* The next word is this operator, this name. */
bool jqp_is_op(const struct jqp *, int op);
bool jqp_is_word(const struct jqp *, const char *word);

/* ... and is stepped over, if it is. */
bool jqp_take_op(struct jqp *, int op);
bool jqp_take_word(struct jqp *, const char *word);

/* ... and must be. */
bool jqp_need_op(struct jqp *, int op);
bool jqp_need_word(struct jqp *, const char *word);

/* The greater of `n` and how deep `t` is; `t` may be NULL. */
size_t jqp_deeper(size_t n, const struct jqtree *t);

/* NULL: the parse has failed, or they are too deep for one more on top. */
struct jqtree *jqp_node(
    struct jqp *, enum jq_op, struct jqtree *a, struct jqtree *b, struct jqtree *c);

/* A leaf with a name, or with the JSON of a constant. */
struct jqtree *jqp_named(struct jqp *, enum jq_op, struct str name);

/* Append to the args of `t`. */
void jqp_add(struct jqp *, struct jqtree *t, struct jqtree *arg);

/* An expression whose operators bind at least so tightly: jqparse.c has it. */
struct jqtree *jqp_expression(struct jqp *, enum jqp_level least);

#endif
