/*
 * hands - what actuators hold: the system's files and the vault.
 */
#ifndef HANDS_H
#define HANDS_H

#include "dpkg.h"
#include "job.h"
#include "rootfs.h"
#include "vault.h"

struct hands {
	struct rootfs root;
	const char *vault; /* a directory; borrowed */
	const char *state; /* the directory that it is in; borrowed */
};

/* Open the root (NULL: the machine) and say where the vault is.  False: ERR_CONFIG. */
bool hands_open(
    struct hands *, const char *root, struct arena *, const char *state, struct err *);
void hands_close(struct hands *);

/* The name of a file in the root, the links of a merged /usr resolved; in the arena. */
struct str hands_path(const struct hands *, struct arena *, struct str path);

/* The id in the vault of the i-th thing of a deed. */
void hands_id(char id[33], const struct deed *, size_t i);

/* A file by that name with the i-th thing of a deed, whose place is made if `make`. */
const char *hands_kept(const struct hands *, struct arena *, const struct deed *,
    size_t i, const char *name, bool make);

/* Lines of a unified diff over one file that goes away or comes. */
struct str hands_diff(struct arena *, char sign, struct str path, struct str what);

/* Say that a look failed: refused for data, failed for the system. */
void hands_fault(struct job *, const struct err *);

#endif
