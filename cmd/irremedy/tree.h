/*
 * tree - a directory tree or a single file that a backup gave, compared with its
 * manifest, measured and removed.
 *
 * Walks by open directories and never through a link; depth and number of
 * entries are bounded.
 */
#ifndef TREE_H
#define TREE_H

#include "arena.h"
#include "err.h"
#include "map.h"
#include "str.h"

#define TREE_DEPTH   64
#define TREE_ENTRIES ((size_t)2000000)

/* What a manifest says: sha256sum(1)'s lines, of paths below the tree. */
struct manifest {
	struct map *of; /* path without a leading "./" or "/" to its line's hash */
	size_t n;
	struct str base; /* last part of the path it is for */
	char sha256[65]; /* of the manifest itself */
};

/*
 * Read one from its text.  Paths may be relative to the tree, or be those of the
 * system (below `path`).  False (ERR_DATA): a line is malformed, or none is there.
 */
bool manifest_read(
    struct manifest *, struct arena *, struct str text, struct str path, struct err *);
void manifest_free(struct manifest *);

/* Has it this hash (64 hex digits) under any name? */
typedef bool tree_bad(void *told, const char sha256[65], struct str path);

/*
 * Does every file of the tree at `at`/`name` have its line, and every line its file,
 * with that hash?  `bad` is asked of each file and may be NULL.  False: ERR_DATA
 * says which file differs.
 */
bool tree_check(int at, const char *name, const struct manifest *, tree_bad *, void *told,
    struct err *);

/* Remove it all; what is not there is no error. */
bool tree_remove(int at, const char *name, struct err *);

/* Bytes in it, as far as can be read. */
uint64_t tree_size(int at, const char *name);

/* Put everything in it on the disk. */
bool tree_sync(int at, const char *name, struct err *);

#endif
