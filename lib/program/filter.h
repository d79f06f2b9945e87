/*
 * filter - the record loop that every filter program is.
 *
 * A filter is a value without global state: `struct filter` says what it is,
 * an instance of it lives in what open() returns.  FILTER_MAIN makes a program
 * of one; filter_new() makes instances inside another program.
 *
 * The loop counts, and --stats shows: in = passed + used + rejected, and
 * out = passed + made.
 */
#ifndef FILTER_H
#define FILTER_H

#include "arena.h"
#include "err.h"
#include "opt.h"
#include "rec.h"

struct filter_run; /* a running instance */

enum filter_do {
	FILTER_PASS,   /* the record goes on, with what was set on it */
	FILTER_USED,   /* it ends here; say why with filter_used() first */
	FILTER_REJECT, /* it is bad: `e` says why; reported, counted, written to --reject */
	FILTER_LATER, /* FILTER_LINES: it leaves with filter_emit_late() */
};

struct filter {
	const char *name;
	const char *summary;         /* one line, lower case */
	const char *operands;        /* "[file ...]" */
	const char *const *examples; /* for -h; NULL-terminated */
	const struct opt *options;   /* its own; the common ones are added */
	const void *defaults;
	size_t set_size;

	/* Raw lines (irnorm) instead of records: step() gets `line`, and `rec` is NULL. */
	bool lines;

	/* Inputs of lines that may be framed otherwise (lines.h); NULL: none is. */
	const struct framing *(*frames)(const char *name, struct str head);

	/* A report: nothing passes; what step() is not given ends here, too. */
	bool report;

	/* ir.kind values that step() wants, space-separated; others pass.  NULL: all. */
	const char *kinds;

	/* Load tables, register fields.  NULL: `e` says why.  Runs before the sandbox. */
	void *(*open)(struct filter_run *, void *set, struct err *);

	/* One record, or one line. */
	enum filter_do (*step)(void *state, struct filter_run *, struct rec *rec,
	    struct str line, struct err *);

	/* Any may be NULL.  idle: no input is at hand, what waits must leave.  mark: before a mark passes; end: at the end of input, when
	 * held records leave.  tick: with --tick, when input was quiet for that long;
	 * the event clock has moved on by as much. */
	void (*idle)(void *state, struct filter_run *);
	void (*mark)(void *state, struct filter_run *);
	void (*end)(void *state, struct filter_run *);
	void (*tick)(void *state, struct filter_run *);
	void (*close)(void *state);

	/* State as bytes, and back; with --state only.  load: false if it is not usable. */
	void (*save)(void *state, struct buf *);
	bool (*load)(void *state, struct str, struct err *);

	/*
	 * May be NULL.  What changed since it was called last, as lines that load() takes
	 * behind those of save(): so that little is lost when the process is killed.  Then
	 * save() writes lines, too, and load() gets some of them at a time, zero bytes
	 * behind them, so that no more of a snapshot than that is in memory.
	 */
	void (*journal)(void *state, struct buf *);
};

int filter_main(const struct filter *, int argc, char **argv);

#define FILTER_MAIN(f)                                \
	int main(int argc, char **argv)               \
	{                                             \
		return filter_main(&(f), argc, argv); \
	}

/* --- for open() --- */

/* Slot of a field; then use rec_text(rec, slot) and friends in step(). */
int filter_slot(struct filter_run *, const char *name);
struct paths *filter_paths(struct filter_run *);

/* --- for step(), mark(), end() --- */

/* Memory until the record leaves. */
struct arena *filter_arena(struct filter_run *);

/* Why the record ends here: "folded", "no match".  The text must live on (a literal). */
enum filter_do filter_used(struct filter_run *, const char *reason);

/*
 * Write a record that was made here, before the one in hand (or after it, when
 * called with `after`).  Copied at once.
 */
void filter_emit(struct filter_run *, struct str record);
void filter_emit_after(struct filter_run *, struct str record);

/* As filter_emit, but it is the record that came in (FILTER_LINES): counts as passed. */
void filter_emit_line(struct filter_run *, struct str record);

/* The record of the oldest line for which step() said FILTER_LATER. */
void filter_emit_late(struct filter_run *, struct str record);

/* A warning or an error with the place (file:line) of the record in hand. */
void filter_warn(struct filter_run *, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Something was refused or failed, so that the exit status will be 1. */
void filter_failed(struct filter_run *);

/* `n` keys of a bounded table were forgotten to make room: --stats shows it. */
void filter_evicted(struct filter_run *, uint64_t n);

/* Is there a --state, so that what is held at the end of input will be there again? */
bool filter_keeps(const struct filter_run *);

bool filter_explain(const struct filter_run *);
/* --now, else (reports) SOURCE_DATE_EPOCH, else the wall clock; ns. */
int64_t filter_now(const struct filter_run *);

/*
 * Add {"by":prog,"what":...,"field":...,"value":...} to ir.why, with --explain only.
 * `field` and `value` may be absent.
 */
void filter_why(struct filter_run *, struct rec *, struct str what, struct str field,
    struct str value);

/*
 * The event clock.  filter_clock() takes the record's time, corrects one from the
 * future (more than 5 minutes after now: tagged `_future`) and one that is late,
 * and returns the time to use; filter_newest() is the newest seen.
 */
bool filter_clock(struct filter_run *, struct rec *, int64_t *ns);
int64_t filter_newest(const struct filter_run *);

/* For load(): the clock stands where filter_newest() had it when the state was saved. */
void filter_resume(struct filter_run *, int64_t newest);

/* Where the line in hand stands: number of the input (operands in order, from 0),
 * its name ("-": standard input), line number, offset in the unpacked bytes, and
 * 64 hex digits of SHA-256 over the input's first line. */
size_t filter_input(const struct filter_run *);
const char *filter_input_name(const struct filter_run *);
uint64_t filter_line(const struct filter_run *);
uint64_t filter_offset(const struct filter_run *);
const char *filter_source(const struct filter_run *);

/* Of an over-long line (lines filters get its head): whole length, or 0; and its hash. */
uint64_t filter_long(const struct filter_run *, uint8_t hash[32]);

/* For irnorm --merge: read all inputs at once and write in order of the times that
 * step() reports with filter_at(); lines without one keep their place in their file. */
void filter_merge(struct filter_run *);
/* Threads will be started after open(). */
void filter_threads(struct filter_run *);
void filter_at(struct filter_run *, int64_t ns);

/* The event.id of the record in hand, made (and set) if it has none. */
struct str filter_event_id(struct filter_run *, struct rec *);

/* --- instances inside another program --- */

/*
 * An instance with options as on its command line (argv[0] is its name).  NULL:
 * `e` says why.  `sink` gets every record that leaves, without LF.
 */
struct filter_run *filter_new(const struct filter *, int argc, char **argv,
    void (*sink)(void *ctx, struct str record), void *ctx, struct err *);
void filter_feed(
    struct filter_run *, struct str line); /* JSON_PAD bytes readable behind it */
void filter_end(struct filter_run *);
void filter_free(struct filter_run *);

#endif
