/*
 * ledger_inside - the parts that the modules of the ledger share.
 */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include <sys/types.h>

#include "arena.h"
#include "buf.h"
#include "ledger.h"
#include "map.h"

#define LEDGER_NAME "ledger"
#define LEDGER_MAX  ((size_t)1 << 30)
#define LEDGER_LINE ((size_t)128 * 1024)
#define LEDGER_HASH 64 /* hex digits */
#define LEDGER_SHARED \
	((size_t)4096) /* most bytes of the names of incidents that share a deed */
#define LEDGER_PRIOR     ((size_t)64 * 1024)
#define LEDGER_BOOT      9 /* first digits of the boot id, and a NUL */
#define LEDGER_RECOVERED "recovered"

struct ledger {
	char *path;
	int fd, lock;
	struct deed **v;
	size_t n, cap;
	struct map *by_id, *by_key; /* deeds */
	struct arena *texts;
	struct buf pending;
	char head[LEDGER_HASH + 1]; /* hash of the last line */
	uint64_t seq;
	int64_t last_ns;
	char boot[LEDGER_BOOT]; /* this one */
	struct str torn;        /* the line before, if it was cut short; while reading */
	bool gap, no_lf;        /* the last line is cut short; ... it has no end */
	bool closed;            /* it was, and `recovered` was written */
};

/* Seconds since boot, sleep included; which boot. */
int64_t ledger_up_s(void);
void ledger_boot(char id[LEDGER_BOOT]);

/* Keep a copy of a deed. */
struct deed *ledger_remember(struct ledger *, const struct deed *);

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
