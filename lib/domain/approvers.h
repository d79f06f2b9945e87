/*
 * approvers - the persons whose signature counts, and for what.
 *
 * A file of lines `NAME ed25519:KEY CLASSES`: a name may stand on several lines
 * (one person, several keys), a key on one only.  Classes are words with a comma
 * between: low, medium, high, or verbs.  It is obeyed only if nobody else could
 * have written it.
 */
#ifndef APPROVERS_H
#define APPROVERS_H

#include "approval.h"

struct approver {
	struct str name;
	uint8_t key[ED25519_KEY]; /* public */
	unsigned risks;           /* a bit for each enum action_risk */
	uint32_t verbs;           /* a bit for each enum action_do */
};

struct approvers;

/*
 * NULL (ERR_CONFIG): it cannot be read, is not ours alone, or a line is none.
 * `path` NULL: there are no approvers.
 */
struct approvers *approvers_load(const char *path, struct err *);
void approvers_free(struct approvers *);

size_t approvers_count(const struct approvers *);

/* The one who signed it; NULL: nobody here, `why` says so. */
const struct approver *approvers_who(
    const struct approvers *, const struct approval *, const char **why);

/* Does it count at `now_ns`?  NULL: it does; else why not. */
const char *approval_late(const struct approval *, int64_t now_ns);

/* May this person agree to it? */
bool approver_may(const struct approver *, enum action_do, enum action_risk);

/* The line of a file for a key. */
void approvers_line(struct arena *, const struct approver *, struct buf *);

#endif
