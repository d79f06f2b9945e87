/*
 * aside - a directory set aside whole, and put back as it was.
 *
 * It moves to the vault where that is on the same file system, else to a hidden
 * name beside itself; either way in one step, to root and without permissions.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include "buf.h"
#include "node.h"
#include "rootfs.h"

struct aside {
	struct str path;
	uint64_t dev, ino;
	uid_t uid;
	gid_t gid;
	mode_t mode;
};

/* False: it is no directory that can be moved; `e` is ERR_NONE if nothing is there. */
bool aside_look(const struct rootfs *, struct str path, struct aside *, struct err *);

/* `vault` and `id` as of vault_take(); once more is no error. */
bool aside_take(const char *vault, const char *id, const struct rootfs *,
    const struct aside *, struct err *);
bool aside_give(const char *vault, const char *id, const struct rootfs *,
    const struct aside *, struct err *);

/* Is it not where it was?  1 yes, 0 no, -1 cannot say. */
int aside_out(const struct rootfs *, const struct aside *);

/* As a JSON map, and back. */
void aside_write(const struct aside *, struct buf *);
bool aside_read(struct arena *, const struct node *, struct aside *);

#endif
