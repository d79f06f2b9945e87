/*
 * norm - one line in, one event out, always.
 *
 * The envelope is read, the formats that can say something about the rest are
 * tried, and what none of them knows still leaves: with its time, its
 * addresses and its bytes.
 */
#ifndef NORM_H
#define NORM_H

#include "envelope.h"
#include "event.h"
#include "format.h"
#include "header.h"
#include "leaves.h"
#include "pick.h"
#include "sha256.h"
#include "site.h"
#include "stamp.h"

struct ids;
struct serials;

/* What is known of one input, and remembered from line to line. */
struct origin {
	const char *name; /* of the file, for formats that prefer some */
	struct str host;  /* whose log it is, if the lines do not say; or absent */
	struct stamps stamps;
	bool frozen; /* a part of an input: what must be kept in order is left alone */
	bool tied;   /* and was met */
	bool begun_with;            /* its first lines have left */
	bool in_order;              /* its lines can only be read one after the other */
	unsigned headers;           /* counts header lines */
	const struct format *first; /* the first `last` of a part, */
	struct str first_text;      /* and the text that it was found in */
	const struct format *last;  /* the bare format of the line before */
	const struct format *
	    *order;            /* bare formats preferred for its name; NULL at the end */
	struct header *header; /* the columns that its lines have named; or NULL */

	struct serials *serials; /* what audit records said, or NULL */
	bool history;            /* of a shell */
	bool asked_name, named;  /* its file's name says so */

	/* the hash of the source up to where lines differ */
	char source[65];
	struct sha256 begun;

	/* the last time stamp: equal ones come in rows */
	char stamp[40];
	size_t stamp_n;
	char stamp_host[64];
	size_t stamp_host_n;
	int64_t stamp_ns;
	unsigned stamp_fixed;
	char time[WHEN_MAX];
	size_t time_n;
	int64_t time_ns;
	uint64_t time_day; /* where the day of `time` begins */
};

struct norm_line {
	struct str text;    /* JSON_PAD bytes readable behind it */
	const char *source; /* 64 digits */
	uint64_t offset;
	uint64_t long_bytes; /* whole length of an over-long line, else 0 */
	const uint8_t *hash; /* and its SHA-256 */
	int64_t now;
};

struct norm_list {
	const struct format **v; /* NULL at the end */
};

/* What an ir.observed of a format names: OBSERVED_MAX fields at most. */
#define OBSERVED_MAX   16
#define OBSERVED_LISTS 32
struct observed_name {
	int field, peer; /* -1: no such field */
	bool has_peer, is_ip;
};

struct observed {
	struct str list;
	struct observed_name v[OBSERVED_MAX];
	size_t n;
};

/* The name that lines are known by, of the host of the line before. */
struct norm_host {
	char text[256], name[256];
	size_t text_n, name_n;
	bool level; /* it could be one of a log's levels as well */
};

/* The formats of the program of the line before. */
struct norm_program {
	char name[64];
	size_t n;
	const struct format *const *list; /* NULL at the end; or NULL */
};

struct norm {
	struct norm_host host;
	struct norm_program program;
	struct envelope_last header;
	struct fields *fields;
	struct formats *formats;
	const struct site *site;
	bool proxies;                /* the site has some */
	const struct format *forced; /* --format */
	const struct map *only;      /* --only: names */

	struct map *programs;        /* name to struct norm_list */
	const struct format **globs; /* for programs by a glob; NULL at the end */
	const struct format **rows;  /* of objects, with columns */
	const struct format **bare;
	struct pick *pick;
	struct marks marks;
	const struct format *generic_map; /* its map knows usual key names */

	struct event ev;
	struct leaves leaves;
	struct regex_room *room;
	bool shares;                              /* tables are another norm's */
	struct places *places;                    /* by rank of the format */
	struct observed observed[OBSERVED_LISTS]; /* by where the list stands */
	bool has_when, has_ns;
	struct when when;
	struct str stamp; /* text of `when`, for the memory of stamps */
	int64_t ns;
	unsigned budget;
	unsigned depth;        /* of wrappers that are open */
	struct str tag;        /* formats must be named so; or absent */
	bool renamed;          /* the members of the object were */
	struct origin *origin; /* of the line in hand */
	struct str unknown;    /* what no format knew of it; or absent */
	uint64_t offset;       /* and where in it */
	struct envelope sent;  /* the header that syslog wrote; its body absent: none */
	struct ids *ids;       /* of events that were written without */
	size_t sent_at;        /* where the last one's ir.source.line goes, or STR_NPOS */

	struct buf *trace; /* --explain-line */
};

/* All but `site` become the norm's. */
struct norm *norm_new(struct fields *, struct formats *, const struct site *);
void norm_free(struct norm *);

/* Another one over the same tables, for another thread; to be freed first. */
struct norm *norm_clone(const struct norm *);

/* Only formats of these names (and the fallback); or this one alone.  False: no such format. */
bool norm_only(struct norm *, struct str name, struct err *);
bool norm_force(struct norm *, struct str name, struct err *);

void origin_init(struct origin *, const struct norm *, const char *name, struct str host);
void origin_free(struct origin *);

/* Write the event of a line; `*ns` is its time. */
void norm_event(struct norm *, struct origin *, const struct norm_line *, struct arena *,
    struct buf *, int64_t *ns);

/*
 * The same, but without its ids: they cost less if many are made at once.  The events of
 * many lines stand one behind the other in the buffer, which may grow in between but not
 * change, until norm_settle() fills them in; at the latest when norm_full() says so.
 */
void norm_event_later(struct norm *, struct origin *, const struct norm_line *,
    struct arena *, struct buf *, int64_t *ns);
bool norm_full(const struct norm *);
void norm_settle(struct norm *, struct buf *);

/* The bare format of a text, for an input of which so much is known; or NULL. */
const struct format *norm_bare(struct norm *, const struct origin *, struct str text);

/* --- between the parts of the engine --- */

struct hit {
	const struct rule *rule;
	struct str text; /* what it matched */
	struct capture caps[MOTIF_CAPTURES];
	size_t n;
};

/* Does the format have a rule for the text? */
bool norm_match(struct norm *, const struct format *, struct str text, struct hit *);

/* Fill the event from what was found. */
void norm_apply(struct norm *, const struct hit *);

/* The fields that holes of a pattern found. */
void norm_captures(
    struct norm *n, const struct format *f, const struct capture *caps, size_t count);

/* The fields that a key is mapped to. */
void norm_set(struct norm *, const struct mapping *, struct str value);

/* Constants and lookups of a format or rule. */
void norm_constants(struct norm *, const struct rule *);

/* Whatever knows the text: false if nothing does. */
bool norm_text(struct norm *, struct origin *, struct str text);

/* A line whose header was read. */
void norm_syslog(struct norm *, struct origin *, const struct envelope *);

/* An object in `leaves`, of a format that wraps a line: false unless the line is known. */
bool norm_unwrap(struct norm *, const struct format *, struct str object);

/* A document of XML, as an object. */
bool norm_xml(struct norm *, struct str text);

/* Call the members of `leaves` as the format says. */
void norm_rename(struct norm *, const struct format *);

/* A member of an event that somebody else made. */
void norm_take_ready(struct norm *, const struct leaf *);
bool norm_is_empty(struct str raw);

/* The row of a lookup that holds for the event, or NULL. */
const struct constants *lookup_row(const struct event *, const struct lookup *);

/* The copies behind constants. */
void norm_copies(struct norm *, const struct constants *);

/* Set a field from a value as it came: JSON, or text. */
void norm_put(struct norm *, const struct target *, struct str v, bool json);

/* Do --format and --only leave it in? */
bool norm_allows(const struct norm *, const struct format *);

/* The object that was read into `leaves`: false if no format wants it. */
bool norm_object(struct norm *);

/* The same with a text; objects that only wrap others are opened, a list is its first. */
bool norm_json(struct norm *, struct str text);

/* In two steps: the members into `leaves` (false: it is no object); then what they are. */
bool norm_json_read(struct norm *, struct str text);
bool norm_json_take(struct norm *, struct str text);

/* An object behind a word that is the name of its product: "darktrace {...}". */
bool norm_tagged(struct norm *, struct str text);

/* A line that names columns; a row of such, or of those that a format has without one. */
bool norm_header(struct norm *, struct origin *, struct str text);
bool norm_row(struct norm *, const struct origin *, struct str text);

/* What formats do with each name that `leaves` has met. */
struct places *places_new(const struct norm *);
void places_free(struct places *, const struct norm *);

/* Take the object that was read into `leaves`. */
void norm_take(struct norm *, const struct format *, struct str under);

/*
 * The key of a member below `under`, as JSON without quotes; `key` is how `path` is
 * spelled, or the same slice if nobody has spelled it yet.
 */
struct str norm_key(struct arena *, struct str under, struct str path, struct str key);

/* Take key=value pairs, unknown keys below `under`. */
void norm_pairs(struct norm *, const struct format *, struct str under, struct str text);

/*
 * One pair that a decoder read: the map is asked for `own`, then for `key`; what it does
 * not name goes below `under`.  norm_pair_raw: `raw` is JSON, and only the map is asked.
 */
void norm_pair(struct norm *, const struct format *, struct str under, struct str own,
    struct str key, struct str value);
void norm_pair_new(struct norm *, const struct format *, struct str under, struct str own,
    struct str key, struct str value); /* only where there is no value yet */
void norm_pair_raw(struct norm *, const struct format *, struct str key, struct str raw);

/* A time stamp for the event. */
void norm_time(struct norm *, struct str text);

/* Addresses, key=value and time in text that no format knows. */
void norm_generic(struct norm *, struct str text, bool pairs);

/* Time, id, observed, tags; then write. */
void norm_finish(
    struct norm *, struct origin *, const struct norm_line *, struct buf *, int64_t *ns);

void norm_trace(struct norm *, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
