/*
 * map - string keys to values, in the order in which the keys came.
 *
 * Attackers choose the keys, so the hash is keyed with a random value; the
 * order of a walk does not depend on it, so output stays deterministic.
 */
#ifndef MAP_H
#define MAP_H

#include "str.h"

struct map;

struct map *map_new(void);
void map_free(struct map *); /* the keys; values are the caller's */

size_t map_count(const struct map *);

/* The value stored under `key`, or NULL. */
void *map_get(const struct map *, struct str key);

/* Where the value of `key` is kept; a new key is copied and starts as NULL. */
void **map_put(struct map *, struct str key);

/* Forget `key`; returns its value, or NULL. */
void *map_del(struct map *, struct str key);

/*
 * Walk in order of insertion: start with *i = 0, ends with false.  The map may
 * not get new keys meanwhile; deleting the one just seen is fine.
 */
bool map_next(const struct map *, size_t *i, struct str *key, void **value);

/* The keyed hash itself (SipHash-1-3), for tables of other shapes. */
uint64_t map_hash(struct str);

/* The same with a key of the caller's, for what must be equal in every run. */
uint64_t map_hash_by(const uint64_t key[2], struct str);

#endif
