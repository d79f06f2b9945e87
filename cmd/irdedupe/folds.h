/*
 * folds - which keys turned up within a span, and what was folded into them.
 *
 * The span of a key starts with a record of that key and ends by the clock;
 * what is due leaves through `out`.  When the table is full the key used
 * longest ago goes, and what it held leaves first; when more bytes are held than may be,
 * what is due next leaves early: nothing is lost uncounted.
 */
#ifndef FOLDS_H
#define FOLDS_H

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "str.h"

/* What leaves for a key. */
struct folded {
	struct str of;      /* id of the record that passed */
	struct str held;    /* bytes of the last repeat; JSON_PAD readable bytes follow */
	uint64_t n;         /* repeats since the last time */
	int64_t start, end; /* ns: the record that passed, the last repeat */
};

struct folds;

struct folds *folds_new(int64_t span_ns, size_t max, size_t held_max,
    void (*out)(void *ctx, const struct folded *), void *ctx);

/* Forgets what is held; say folds_flush() before. */
void folds_free(struct folds *);

/* A record, as it is offered. */
struct offer {
	struct str key, id;
	struct str line;
	int64_t ns;
	uint64_t n;    /* 1, or of a fold the repeats it stands for */
	uint64_t mark; /* the same for two reports of one occurrence; 0: cannot be told */
};

enum offered {
	FOLDS_FIRST, /* let it pass; a span has begun */
	FOLDS_OLD,   /* let it pass; it is older than the key's span, nothing was noted */
	FOLDS_HELD,  /* a repeat */
	FOLDS_ECHO,  /* the same occurrence, reported twice: not counted */
};

enum offered folds_offer(struct folds *, const struct offer *);

/* The id of the record that passed for the key, perhaps in the arena; absent: none is known. */
struct str folds_of(const struct folds *, struct arena *, struct str key);

/* Hand out what is due at `now_ns`; with INT64_MAX everything that is held. */
void folds_flush(struct folds *, int64_t now_ns);

/* Keys that went, and folds that left before their time, for want of room. */
uint64_t folds_evicted(const struct folds *);

/* All keys and what they hold, as JSON lines. */
void folds_save(const struct folds *, struct buf *);

/* The keys that changed since this was called last (first: since ever), likewise. */
void folds_journal(struct folds *, struct buf *);

/* One line of either; what was known of the key is forgotten.  False: it is none. */
bool folds_load_one(struct folds *, struct arena *, struct str line);

#endif
