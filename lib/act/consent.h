/*
 * consent - which persons agreed to a plan, and whether that is enough for a step.
 *
 * Only signatures of the approvers that the machine's owner named count, and the
 * word of whoever runs the program.  What a record merely claims counts for
 * nothing; what is late counts for nothing.
 */
#ifndef CONSENT_H
#define CONSENT_H

#include "approvers.h"
#include "plan.h"

#define CONSENT_APPROVERS "/etc/ir/approvers"

struct consent;

/* `path` NULL: the usual file, if it is there.  NULL (ERR_CONFIG): it is no such file. */
struct consent *consent_new(const char *path, struct err *);
void consent_free(struct consent *);

/* An approval that came by itself; copied.  Too many are dropped. */
void consent_note(struct consent *, const struct approval *);

/* Those that came by themselves for a plan, as a record a line. */
void consent_write(
    const struct consent *, struct arena *, const struct str hash, struct buf *);

/* Who wants to know, for what. */
struct consent_ask {
	const struct plan *plan; /* NULL: the step stood alone, nobody can sign it */
	const struct action *step;
	struct str here; /* the person who agreed on the command line; absent: nobody */
	int64_t now_ns;
};

/* Texts are in the arena. */
struct consent_got {
	unsigned n;        /* different persons */
	struct str who;    /* "ann: looked at it; bob: seen" */
	struct str except; /* why others do not count; empty: there are none */
};

struct consent_got consent_of(
    struct consent *, struct arena *, const struct consent_ask *);

/*
 * How many must agree where `asked` were asked for: two for what is grave in a plan.
 * For a step that stands alone and for orders by hand their caller answers.
 */
unsigned consent_need(const struct plan *, const struct action *, unsigned asked);

#endif
