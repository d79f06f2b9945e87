/*
 * motif - literal text with typed holes: "Failed {_:word} for {user.name} from {source.ip:ip}".
 *
 * A hole without a type, or of type `last`, runs to the rightmost place where
 * what follows it matches: what an attacker put into a user name can then not
 * pose as the peer that the service wrote behind it.  `first` runs to the
 * leftmost such place.  The work for one text is bounded.
 *
 *   {field:type}  {field}  {_:type} skip  ? behind name or type: may be empty
 *   [ ... ] may be absent    \[ \] \{ \} \\ the characters themselves
 */
#ifndef MOTIF_H
#define MOTIF_H

#include "arena.h"
#include "convert.h"
#include "err.h"
#include "field.h"

#define MOTIF_CAPTURES 32
#define MOTIF_SKIP     (-1)

/* What hole types beside convert's names tell the engine to do with the text. */
enum motif_use {
	MOTIF_VALUE,
	MOTIF_KV,    /* key=value pairs below the field's name */
	MOTIF_JSON,  /* an object, its members below the field's name */
	MOTIF_AUDIT, /* a record of the Linux audit system */
	MOTIF_WHEN,  /* a time stamp; `form` says how it is spelled */
};

struct capture {
	int field;
	enum convert convert;
	enum motif_use use;
	int form;
	struct str text;
};

struct motif;

/*
 * Compile, in the arena.  NULL: ERR_CONFIG, and `*at` is the offset of the fault in
 * `text`.  Field names are added to `fields`.
 */
struct motif *motif_new(
    struct arena *, struct fields *, struct str text, size_t *at, struct err *);

/* The literal at its start, empty if it starts with a hole. */
struct str motif_head(const struct motif *);

/* The longest literal that no text goes without; empty if there is none. */
struct str motif_literal(const struct motif *);

/* Walk the fields it fills: start with at = 0. */
bool motif_next(const struct motif *, size_t *at, struct capture *);

/*
 * Match the whole of `s`.  `*n` captures are filled in.  `*budget` goes down by the
 * places tried; at 0 the answer is false, whatever else could have been tried.
 */
bool motif_match(const struct motif *, struct str s, struct capture caps[MOTIF_CAPTURES],
    size_t *n, unsigned *budget);

#endif
