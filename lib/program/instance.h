/*
 * instance - the inside of a running filter, for the floor `program` only.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <stdarg.h>

#include "common.h"
#include "filter.h"
#include "jqx.h"
#include "tally.h"

struct filter_run {
	const struct filter *f;
	void *set;
	struct common common;
	struct opt_set sets[2];
	void *state;
	bool opened;

	struct paths *paths;
	struct arena *arena;
	struct rec *rec;
	struct jqx *where;
	int time, tags, kind, ecs_kind, version, id,
	    why;        /* slots that the loop itself uses */
	uint64_t kinds; /* bit i: kind_names[i] is wanted */

	void (*sink)(void *ctx, struct str record);
	void *ctx;
	struct out *out;    /* where sink() puts them, to be written in place; or NULL */
	struct buf scratch; /* a record being written */
	struct buf after;   /* records for behind the one in hand, LF after each */
	struct tally tally;
	const char *reason;
	bool failed; /* the exit status will be 1 */
	bool emitted_line;

	int64_t newest; /* event clock */
	bool has_newest;

	/* the line in hand */
	size_t input;
	const char *name;
	uint64_t line_no, offset, long_bytes;
	uint8_t long_hash[32];
	char source[65];
	bool merge, threads;
	bool has_at;
	int64_t at;

	/* bad lines */
	void (*bad)(void *ctx, struct str line, const char *place, const char *code);
	unsigned shown;
	struct err fatal; /* set: the run must end */
	const char *mark_key;
	uint64_t last_mark;
	void (*marked)(void *ctx, uint64_t mark);
};

/*
 * Parse options and make the rest ready, up to but not including open().  `argv`
 * must live as long as the instance.
 */
bool instance_options(struct filter_run *, const struct filter *, int argc, char **argv,
    struct opt_list *operands, struct err *);

/* open(), the expression of --where, the record. */
bool instance_open(struct filter_run *, struct err *);

/* One line; an over-long one has run->long_bytes set. */
void instance_line(struct filter_run *, struct str line);

void instance_end(struct filter_run *);
void instance_close(struct filter_run *);

/* Report, count and hand on a bad line. */
void instance_reject(
    struct filter_run *, struct str line, size_t col, const char *code, const char *why);

#endif
