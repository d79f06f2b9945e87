/*
 * json - the grammar of RFC 8259, and values as slices of validated text.
 *
 * json_valid() is the check; everything else expects text that passed it (or
 * that rec_scan() passed) and does not check again.
 */
#ifndef JSON_H
#define JSON_H

#include "arena.h"
#include "buf.h"
#include "grammar.h"
#include "str.h"

/*
 * Is `text` one JSON value of any type?  LF counts as a blank here.  JSON_PAD
 * readable bytes must follow.  `fault` may be NULL.
 */
bool json_valid(struct str text, struct json_fault *fault);

enum json_type {
	JSON_NONE,
	JSON_NULL,
	JSON_BOOL,
	JSON_NUM,
	JSON_TEXT,
	JSON_LIST,
	JSON_MAP
};

/* Of a raw value; absent and empty slices are JSON_NONE. */
enum json_type json_type(struct str raw);

/*
 * The value as text: a string's characters with escapes decoded (lone
 * surrogates become U+FFFD), numbers, true and false as they are spelled.
 * Absent for null, lists and maps.  Borrowed from `raw` where nothing needed
 * decoding, else in the arena.
 */
struct str json_text(struct arena *, struct str raw);

/* The number, if it is one (or a string holding one) and fits. */
bool json_i64(struct str raw, int64_t *);
bool json_num(struct str raw, double *);

/* The text as a JSON string, in the arena. */
struct str json_quote(struct arena *, struct str text);

/*
 * Walk the members of a map or the elements of a list: start with at = 0.
 * `key` is raw, with its quotes; absent in a list (and may be NULL).
 * Duplicates come as often as they stand.
 */
bool json_next(struct str raw, size_t *at, struct str *key, struct str *value);

/* The last member of that name in a map, raw; absent if there is none. */
struct str json_get(struct arena *, struct str raw, struct str name);

#endif
