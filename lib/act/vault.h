/*
 * vault - files taken out of the way, whole, and given back as they were.
 *
 * Each lies in a directory of its own under the vault, without any permission,
 * beside a manifest that says where it was and what it was.  The hash is
 * compared before and after.  Within a file system a file moves (all its names
 * lose their permissions with it); to another it is copied, and then must have one name.
 */
#ifndef VAULT_H
#define VAULT_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "meta.h"
#include "rootfs.h"

#define VAULT_FILE ((uint64_t)4 << 30) /* longest file that is taken, in bytes */

struct vault_item {
	struct str path; /* in the root it was taken from; in the arena */
	char sha256[65];
	uint64_t size;
	uint64_t links; /* names that it has */
	struct meta meta;
};

enum vault_seen { VAULT_THERE, VAULT_ABSENT, VAULT_FAULT };

/*
 * Look at a file that may be taken, and change nothing.  VAULT_FAULT: it is no
 * regular file, cannot be read or is too long; `e` says so.
 */
enum vault_seen vault_look(const struct rootfs *, struct arena *, struct str path,
    struct vault_item *, struct err *);

/* As JSON, and back.  False (ERR_DATA): it was not written by vault_write(). */
void vault_write(const struct vault_item *, struct buf *);
bool vault_read(struct arena *, const struct node *, struct vault_item *, struct err *);

/*
 * Take a file in under `id` (32 hex digits).  `dir` is the vault, made if need be.
 * False: it is not the file of `item` any more, or something failed: it stays where it is.
 */
bool vault_take(const char *dir, const char *id, const struct rootfs *,
    const struct vault_item *, struct err *);

/*
 * Give it back to where it was; once more is no error.  False: something else has
 * its name, or it is not in the vault as it went in.
 */
bool vault_give(const char *dir, const char *id, const struct rootfs *,
    const struct vault_item *, struct err *);

/* Is it in the vault and its name free?  1 yes, 0 no, -1 cannot say. */
int vault_holds(
    const char *dir, const char *id, const struct rootfs *, const struct vault_item *);

/* The directory of one item, made if need be; -1 with errno. */
int vault_cell(const char *dir, const char *id, bool make);

#endif
