/*
 * ledger_inside - the parts that the modules of the ledger share.
 */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include <sys/types.h>

#include "arena.h"
#include "buf.h"
#include "ledger.h"
#include "ledger_index.h"
#include "node.h"

#define LEDGER_NAME  "ledger"
#define LEDGER_INDEX "index"
#define LEDGER_MAX   ((size_t)1 << 30)
#define LEDGER_LINE  ((size_t)128 * 1024)
#define LEDGER_HASH  64 /* hex digits */
#define LEDGER_SHARED \
	((size_t)4096) /* most bytes of the names of incidents that share a deed */
#define LEDGER_PRIOR     ((size_t)64 * 1024)
#define LEDGER_BOOT      8 /* first digits of the boot id that a line has */
#define LEDGER_RECOVERED "recovered"

struct ledger {
	char *path, *index_path;
	int fd, lock;
	bool write;
	struct index *index;
	const char *doubt; /* why the index was made anew; NULL: it was not */
	struct deed **v;   /* of the slots that were asked for; NULL: not yet */
	size_t cap;
	struct arena *texts, *scratch;
	struct arena *all; /* ... the whole ledger, */
	struct str text;   /* where it was read */
	struct buf pending;
	uint64_t end, last; /* behind what is pending; where its last line begins */
	char head[LEDGER_HASH + 1]; /* hash of the last line */
	uint64_t seq;
	int64_t last_ns;
	char boot[INDEX_BOOT]; /* this one */
	struct str torn;       /* the line before, if it was cut short; while reading */
	bool gap, no_lf;       /* the last line is cut short; ... it has no end */
	bool closed;           /* it was, and `recovered` was written */
	bool changed, broken;  /* something was added; it could not be put on the disk */
	bool plain;            /* it has lines that no index can hold */
	int64_t set_ns, set_s; /* the clock was set: this time is that since boot; or 0 */
};

/* Seconds since boot, sleep included; which boot. */
int64_t ledger_up_s(void);
void ledger_boot(char id[INDEX_BOOT]);

/* Read anew all of it, without an index.  False (ERR_CONFIG): it is damaged. */
bool ledger_load(struct ledger *, struct err *);

/* The deed of a slot, read if it was not before; NULL: the index lied, and was made anew. */
struct deed *ledger_deed(struct ledger *, size_t i);

/* Keep a deed for a slot; its texts are copied. */
struct deed *ledger_keep(struct ledger *, size_t i, const struct deed *);

/* Is it in force, or being done or undone; is its time over at `now_ns`? */
bool ledger_slot_live(const struct slot *);
bool ledger_slot_over(const struct ledger *, const struct slot *, int64_t now_ns);

/* When it ends; where the clock was set, by the time since boot. */
int64_t ledger_until(const struct ledger *, const struct slot *);

/* A whole line as a tree, in the arena; NULL: it is no JSON. */
struct node *ledger_node(struct arena *, struct str line);

/* ttl and until of a line; false: malformed. */
bool ledger_terms(const struct node *line, int64_t *ttl_s, int64_t *until_ns);

/* The incidents of a deed, in memory. */
void ledger_join(struct ledger *, struct deed *, struct str incident);
void ledger_part(struct ledger *, struct deed *, struct str incident);

/* SHA-256 of a line's bytes, in hex. */
void ledger_hash(struct str line, char out[LEDGER_HASH + 1]);

/* Read whole lines, and perhaps a last one that a crash cut short. */
bool ledger_read(struct ledger *, struct str text, struct err *);

/* Put behind what was cut short a line of its own, and one that says so. */
void ledger_close_gap(struct ledger *, int64_t now_ns);

#endif
