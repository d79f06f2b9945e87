/*
 * playbook - a CACAO 2.0 playbook as a graph of steps, read and checked.
 *
 * Playbooks come from others: what stands in them is checked, never obeyed.
 * Reading goes on behind a fault, so that one run names them all; a playbook
 * with an error must not be used.
 */
#ifndef PLAYBOOK_H
#define PLAYBOOK_H

#include "arena.h"
#include "err.h"
#include "node.h"
#include "str.h"

#define PLAYBOOK_MAX   ((size_t)4 << 20) /* bytes of a file */
#define PLAYBOOK_STEPS ((size_t)1000)
#define PLAYBOOK_EDGES ((size_t)200) /* out of one step */

/* The extension that holds our own terms of a step or playbook. */
#define PLAYBOOK_EXTENSION "extension-definition--2d5c6f0e-8c3b-4f2a-9d71-6b0a4e5c1f37"

enum playbook_type {
	PLAYBOOK_START,
	PLAYBOOK_END,
	PLAYBOOK_ACTION,
	PLAYBOOK_CALL, /* playbook-action */
	PLAYBOOK_PARALLEL,
	PLAYBOOK_IF,
	PLAYBOOK_WHILE,
	PLAYBOOK_SWITCH,
	PLAYBOOK_UNKNOWN
};

enum playbook_way {
	WAY_COMPLETION,
	WAY_SUCCESS,
	WAY_FAILURE,
	WAY_TRUE,
	WAY_FALSE,
	WAY_CASE,
	WAY_NEXT /* one of those that run at once */
};

struct playbook_edge {
	enum playbook_way way;
	struct str label; /* of a case its value */
	struct str to;
	int step; /* its number, -1: there is no such step */
};

struct playbook_step {
	enum playbook_type type;
	struct str id, name;
	const struct node *node;
	struct playbook_edge *edge;
	size_t n;
};

struct playbook {
	struct str id, name, modified;
	const struct node *root;
	const struct node *terms; /* our extension of the playbook, or NULL */
	struct playbook_step *step;
	size_t n;
	int start, exception; /* -1: none */
};

struct playbook_fault {
	bool error;       /* else doubtful */
	const char *kind; /* "schema", "reference", "loop" ... */
	int line;         /* 0: not known */
	struct str text;
};

/* Told of each fault; texts are lost after the call. */
struct playbook_ear {
	void (*say)(void *ctx, const struct playbook_fault *);
	void *ctx;
	struct arena *arena;
	size_t errors; /* said so far */
};

void playbook_say(struct playbook_ear *, bool error, const char *kind,
    const struct node *where, const char *fmt, ...) PRINTF_LIKE(5, 6);

/*
 * Members and the forms that they must have.  `of` is the id of the step that a map
 * is; absent: it is the playbook itself.  What is not `needed` may be missing.
 */
void playbook_want_text(struct playbook_ear *, struct str of, const struct node *map,
    const char *key, bool needed);
void playbook_want_time(struct playbook_ear *, struct str of, const struct node *map,
    const char *key, bool needed); /* RFC 3339, of any year */
void playbook_want_id(struct playbook_ear *, struct str of, const struct node *map,
    const char *key, const char *type, bool needed); /* `type` NULL: of any */
void playbook_want_number(struct playbook_ear *, struct str of, const struct node *map,
    const char *key, int64_t max);

/* Read a tree; all is borrowed or in the ear's arena.  False: it is no playbook. */
bool playbook_read(const struct node *root, struct playbook *, struct playbook_ear *);

/* What cannot go well: loops, steps out of reach, no way out of a failure ... */
void playbook_check(const struct playbook *, struct playbook_ear *);

/* The value of one of our terms of a step ("ttl"), or NULL. */
const struct node *playbook_term(const struct playbook_step *, struct str name);

/* The step behind an edge of that way, or -1. */
int playbook_next(const struct playbook_step *, enum playbook_way);

const char *playbook_type_name(enum playbook_type);
const char *playbook_way_name(enum playbook_way);

/* "TYPE--UUID": is it an identifier as CACAO wants them? */
bool playbook_id(struct str);

/*
 * Walk the variables that a text names ("__x__"): start with *at = 0.  `valued`
 * says whether ":value" stands behind it, as it must.
 */
bool playbook_names(struct str text, size_t *at, struct str *name, bool *valued);

#endif
