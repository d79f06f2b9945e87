/*
 * cache - YAML files as they were parsed, kept from one run to the next.
 *
 * Reading a megabyte of YAML takes longer than anything else at the start.  A
 * file's tree is kept under the hash of its bytes, and that under what stat() says of
 * the file: as long as device, inode, size and both times are the same, not even the
 * file is read.  That is believed only of files that had been left alone for two
 * seconds when they were read, so that no later change can have the same times.  A
 * cache that is not ours, that is damaged or was written by another version, is not
 * read.  Failing is silent: the files themselves are read then.
 */
#ifndef CACHE_H
#define CACHE_H

#include "arena.h"
#include "err.h"
#include "yaml.h"

struct cache;

/*
 * The file of that name in `dir`; that absent, in $XDG_CACHE_HOME/ir, else as root in
 * /var/cache/ir, else in ~/.cache/ir.  NULL: there is none, or `dir` is "none".
 */
struct cache *cache_open(struct arena *, const char *dir, const char *name);

/* Where it is; how many files it knew and how many were parsed.  It may be NULL. */
struct cache_use {
	const char *path; /* NULL: nowhere; else until cache_close() */
	size_t known, parsed;
};
struct cache_use cache_used(const struct cache *);

/*
 * As file_trusted() and yaml_load(), into an arena that does not outlive that of
 * cache_open().  The cache may be NULL.
 */
bool cache_load(
    struct cache *, struct arena *a, const char *path, struct yaml_docs *, struct err *);

/* Write what is new. */
void cache_close(struct cache *);

#endif
