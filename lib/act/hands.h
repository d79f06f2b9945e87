/*
 * hands - what actuators hold: the system's files and the vault.
 */
#ifndef HANDS_H
#define HANDS_H

#include "batch.h"
#include "dpkg.h"
#include "rootfs.h"
#include "vault.h"

struct hands {
	struct rootfs root;
	const char *vault; /* a directory; borrowed */
};

/* The batch's, opened at the first call.  NULL: `e` says why. */
struct hands *hands_of(struct batch *, struct err *);
void hands_end(struct batch *);

/* The name of a file in the root, the links of a merged /usr resolved; in the arena. */
struct str hands_path(const struct hands *, struct arena *, struct str path);

/* The id in the vault of the i-th thing of a deed. */
void hands_id(char id[33], const struct deed *, size_t i);

/* Lines of a unified diff over one file that goes away or comes. */
struct str hands_diff(struct arena *, char sign, struct str path, struct str what);

/* Say that a look failed: refused for data, failed for the system. */
void hands_fault(struct job *, const struct err *);

#endif
