/*
 * ledger_index - where the deeds of a ledger stand in it, so that a run need not read it all.
 *
 * A slot a deed, found by its key and its id, with what a run asks of all deeds and
 * the places of the lines that say the rest.  Kept in a file beside the ledger, and
 * believed only if that is the ledger as this boot last left it: file, length, time
 * of change, and hash of the last line.  Else it is made anew from the ledger.
 */
#ifndef LEDGER_INDEX_H
#define LEDGER_INDEX_H

#include <sys/stat.h>

#include "err.h"
#include "str.h"

#define INDEX_NONE SIZE_MAX
#define INDEX_HASH 65 /* hex digits of SHA-256, and a NUL */
#define INDEX_BOOT 40

/* Places are offsets of lines in the ledger, plus 1; 0: there is no such line. */
struct slot {
	uint8_t key[16], id[16];
	int64_t at_ns, until_ns;
	uint64_t intent, state, term, share; /* the lines that count of each sort */
	int64_t ttl_s, up_s;                 /* up: time since this boot; 0: in another */
	uint32_t before;                     /* the one of the same key, plus 1 */
	uint8_t what, is;                    /* enum action_do, enum deed_state */
	uint8_t spare[2];
};

/* Of the ledger that it was made from. */
struct index_bound {
	uint64_t end, last; /* its length, and where its last line begins */
	uint64_t seq;
	int64_t last_ns;
	char hash[INDEX_HASH]; /* of that line */
	char boot[INDEX_BOOT];
	uint64_t dev, ino;
	int64_t changed_ns;
};

struct index;

struct index *index_new(void);
void index_free(struct index *);

/*
 * The index in a file, if it belongs to this ledger, as far as its header says and
 * in this boot.  NULL: `why` says what is wrong with it.
 */
struct index *index_load(const char *path, const struct stat *ledger, const char *boot,
    struct index_bound *, const char **why);

/* Set what the file system says in a bound. */
void index_bind(struct index_bound *, const struct stat *ledger);

/* Write what was changed; the file is removed where that fails. */
void index_save(struct index *, const char *path, const struct index_bound *);

size_t index_count(const struct index *);
struct slot *index_at(const struct index *, size_t i);

/* Add a slot behind all others: `before` is set.  Returns its number. */
size_t index_add(struct index *, const struct slot *);

/* A slot was changed. */
void index_touch(struct index *, size_t i);

/* The newest of a key, the one of an id; INDEX_NONE: there is none. */
size_t index_key(const struct index *, const uint8_t key[16]);
size_t index_id(const struct index *, const uint8_t id[16]);

/* 32 hex digits as 16 bytes; false: they are none. */
bool index_hex(struct str hex, uint8_t out[16]);
void index_text(const uint8_t id[16], char out[33]);

#endif
