/*
 * backup - where a clean copy lies, and how it is taken out.
 *
 * "dir:/path" (a mirror or a mounted snapshot), "tar:/path" (compressed as tar
 * knows), "rsync:/path", "restic:/repository#snapshot", "borg:/repository#archive".
 * What is taken out is checked against a manifest of sha256sum(1): the file
 * beside a backup, its name with ".sha256" behind, or the one that is given.
 */
#ifndef BACKUP_H
#define BACKUP_H

#include "arena.h"
#include "err.h"
#include "str.h"
#include "tree.h"

struct backup_kind;

struct backup {
	const struct backup_kind *kind;
	struct str where; /* path, with a NUL behind */
	struct str what;  /* snapshot or archive; absent: none */
	int64_t at_ns;    /* when it was last written */
	uint64_t size;    /* bytes of a file; 0: not known */
};

/* Read its name and look at it.  False: ERR_DATA (malformed), ERR_SYS (not there). */
bool backup_find(struct arena *, struct str from, struct backup *, struct err *);

/* Its manifest; `given` NULL: the one beside it.  Absent: `e` says why. */
struct str backup_manifest(
    struct arena *, const struct backup *, const char *given, struct err *);

/*
 * Take out what was at `path` into `name`, which must not exist, in the open
 * directory `at`.  False: ERR_SYS; some of it may be there.
 */
bool backup_take(struct arena *, const struct backup *, struct str path, int at,
    const char *name, struct err *);

#endif
