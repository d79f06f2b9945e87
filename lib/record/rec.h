/*
 * rec - one record: look fields up, add fields, and leave all other bytes alone.
 *
 * Reads see what was set.  Writing splices: a field that stands in the line is
 * replaced where it stands, a new one goes before the last brace.
 */
#ifndef REC_H
#define REC_H

#include "arena.h"
#include "scan.h"

struct rec;

/* `paths` and `arena` are borrowed; paths may still be added before the first rec_scan(). */
struct rec *rec_new(const struct paths *, struct arena *);
void rec_free(struct rec *);

/* Take up a line (borrowed until the next one).  False: not a record; `fault` says why. */
bool rec_scan(struct rec *, struct str line, struct json_fault *fault);

struct str rec_line(const struct rec *); /* as it came */
struct arena *rec_arena(const struct rec *);

/* Is it surely ASCII?  Is surely no character spelled \u?  Some ways to read records do
 * not find out. */
bool rec_ascii(const struct rec *);
bool rec_literal(const struct rec *);

/* Raw JSON of a field, absent if it is not there.  A field spread over dotted
 * members is put together in the arena. */
struct str rec_raw(struct rec *, int slot);

/* Which of `n` slots hold anything?  Their numbers within the list go to `out`. */
size_t rec_which(const struct rec *, const int *slots, size_t n, uint32_t *out);

/* The slots that may hold something, perhaps some of them twice.  Borrowed until the
 * record changes. */
size_t rec_there(const struct rec *, const uint32_t **slots);

/* Its type, without putting anything together; JSON_NONE if it is not there. */
enum json_type rec_type(struct rec *, int slot);

/* As json_text(): absent for null, lists, maps and what is not there. */
struct str rec_text(struct rec *, int slot);

bool rec_i64(struct rec *, int slot, int64_t *);
bool rec_num(struct rec *, int slot, double *);

/* A time in RFC 3339, in ns since 1970. */
bool rec_time(struct rec *, int slot, int64_t *ns);

/* A list is walked, anything else is a list of one.  Start with at = 0. */
bool rec_each(struct rec *, int slot, size_t *at, struct str *raw);

/* Set a field to raw JSON (borrowed until the next rec_scan()), a text, a number, a time. */
void rec_set(struct rec *, int slot, struct str raw);
void rec_set_text(struct rec *, int slot, struct str text);
void rec_set_i64(struct rec *, int slot, int64_t);
void rec_set_time(struct rec *, int slot, int64_t ns);

/* Add a raw value to the end of a list field; a single value becomes a list first. */
void rec_push(struct rec *, int slot, struct str raw);

/* Forget what was set. */
void rec_unset(struct rec *);

/* Was nothing set? */
bool rec_untouched(const struct rec *);

/* The line with all that was set spliced in, without LF. */
void rec_write(struct rec *, struct buf *);

/* rec_write() writes no more bytes than this. */
size_t rec_bound(const struct rec *);

/*
 * The whole record as nested JSON, as jq users see it, with what was set:
 * dotted names opened up, last of duplicates only.  In the arena.
 */
struct str rec_nest(struct rec *);

/* The same for any validated object. */
struct str rec_nested(struct arena *, struct str object);

#endif
