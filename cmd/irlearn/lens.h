/*
 * lens - what is looked at, from share/models.
 *
 *   pair      how often a value stood in its context: "cmd.exe under winword.exe"
 *   rate      how many events of a context there are in a span
 *   distinct  how many different values a context has in a span
 *   week      in which hours of the week there are events of a context
 *   shape     all pairs and some fields together, by half-space trees
 */
#ifndef LENS_H
#define LENS_H

#include "filter.h"
#include "tame.h"

#define LENS_FIELDS 4
#define LENS_SHAPES 6
#define LENSES      64  /* at most */
#define LENS_TAKEN  256 /* different fields at most */

/* The first of some fields that is there. */
struct lens_field {
	int slot[LENS_FIELDS];
	size_t n;
	enum tame tame;
};

enum lens_kind { LENS_PAIR, LENS_RATE, LENS_DISTINCT, LENS_WEEK, LENS_SHAPE };

struct lens {
	enum lens_kind kind;
	int64_t span;                       /* ns, of a rate and a distinct */
	struct str id;                      /* "windows.program.parent" */
	struct str title;                   /* for rule.name */
	struct str say;                     /* "{value} under {context}" */
	size_t context[LENS_FIELDS], value; /* numbers of fields, from 1 */
	size_t n_context;
	size_t over; /* of what has habits of its own: host.name, user.name; 0: nothing */
	size_t shape[LENS_SHAPES]; /* fields of a shape */
	size_t n_shape;
	uint64_t hash; /* of the id */
};

struct lenses {
	struct arena *a;
	struct lens *v;
	size_t n, cap;
	struct lens_field fields[LENS_TAKEN]; /* those that lenses share stand once */
	size_t n_fields;
	bool named[LENS_TAKEN]; /* the field's texts are needed, not their hashes alone */
	size_t host, dataset;   /* numbers of these */
	char hash[65];          /* of all of them: a model made with others is refused */
};

/* All *.yaml of a directory.  False: ERR_CONFIG, file:line:col. */
bool lenses_load(struct lenses *, struct paths *, const char *dir, struct err *);
void lenses_free(struct lenses *);

/* What a field holds of a record, tamed, in the arena; empty: nothing. */
struct str lens_taken(struct rec *, const struct lens_field *);

/* The texts that a lens sees; false if a part is missing. */
struct seen {
	struct str over, context, value;
};

bool lens_look(const struct lenses *, const struct lens *, struct rec *, struct seen *);

/* The sentence, in the arena. */
struct str lens_say(const struct lens *, struct arena *, const struct seen *);

#endif
