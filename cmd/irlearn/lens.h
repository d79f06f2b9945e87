/*
 * lens - what is looked at: pairs of a context and a value, from share/models.
 *
 * "cmd.exe under winword.exe" is the value `cmd.exe` in the context `winword.exe`.
 * How often the value stood in its context before says how usual it is.
 */
#ifndef LENS_H
#define LENS_H

#include "filter.h"
#include "tame.h"

#define LENS_FIELDS 4
#define LENSES      64 /* at most */

/* The first of some fields that is there. */
struct lens_field {
	int slot[LENS_FIELDS];
	size_t n;
	enum tame tame;
};

struct lens {
	struct str id;    /* "windows.program.parent" */
	struct str title; /* for rule.name */
	struct str say;   /* "{value} under {context}" */
	struct lens_field context[LENS_FIELDS], value;
	size_t n_context;
	int over; /* slot of what has habits of its own: host.name, user.name */
};

struct lenses {
	struct arena *a;
	struct lens *v;
	size_t n, cap;
	char hash[65]; /* of all of them: a model made with others is refused */
};

/* All *.yaml of a directory.  False: ERR_CONFIG, file:line:col. */
bool lenses_load(struct lenses *, struct filter_run *, const char *dir, struct err *);
void lenses_free(struct lenses *);

struct seen {
	struct str over, context, value;
};

/* What the lens sees of a record; false if a part is missing. */
bool lens_look(const struct lens *, struct rec *, struct seen *);

/* The sentence, in the arena. */
struct str lens_say(const struct lens *, struct arena *, const struct seen *);

#endif
