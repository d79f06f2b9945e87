/*
 * remote - steps for other hosts, carried there by ssh(1).
 *
 * The host has to be in the site file.  What runs there is one of a few fixed lines, at
 * most with the key of a step, which is hex digits; the step, or the plan with what was
 * signed for it, or the key of what is to be undone, goes in on standard input.  The
 * program there checks all of it as its own: seal, expiry, who signed, guard, caps.  No
 * word of a shell is made from input.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include "batch.h"

/* Is a step or deed for this host? */
bool remote_here(const struct batch *, struct str on);

/* Can it be carried to another host?  Else `why` says why not. */
bool remote_reaches(const struct batch *, struct str on, const char **why);

/*
 * The hands for a verb on a host: our own here, those of this module elsewhere;
 * NULL: there are none, or it is elsewhere and nobody said --ssh.
 */
const struct actuator *remote_hands(const struct batch *, enum action_do, struct str on);

/* Keys or ids on standard input, one a line: for --undo=-; at most 1,000, in the arena. */
size_t remote_ids(struct arena *, const char *ids[1000], struct err *);

#endif
