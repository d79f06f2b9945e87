/*
 * event - the fields of one event, and how they are written.
 *
 * Values are slices: of the line, of a format's constants, of the arena.  A line
 * that needs no escapes is copied as it is, so are values cut out of it.
 */
#ifndef EVENT_H
#define EVENT_H

#include "arena.h"
#include "buf.h"
#include "field.h"
#include "json.h"

/* Where a value came from, for --explain-line. */
enum event_from {
	FROM_ENVELOPE,
	FROM_PATTERN,
	FROM_DECODER,
	FROM_MAP,
	FROM_LOOKUP,
	FROM_CONSTANT,
	FROM_ENGINE,
};

enum event_tag {
	TAG_PARTIAL = 1,  /* _norm_partial: the envelope fits, no rule does */
	TAG_ERROR = 2,    /* _norm_error: nothing fits */
	TAG_TIME = 4,     /* _time_guessed */
	TAG_DUP_KEYS = 8, /* _dup_keys */
	TAG_TRUNCATED = 16,
	TAG_LIMIT = 32, /* _norm_limit: a pattern was given up */
	TAG_FIRST = 64, /* _first_record: of a line that holds many */
};

/*
 * A field's value, and beside it what is asked of the field for each value: an event has
 * many fields, and one place in memory is read for each.
 */
struct cell {
	struct str v;
	unsigned round; /* valid if this is the event's */
	bool raw;       /* JSON; else text to be quoted */
	bool silent;
	unsigned char from;    /* enum event_from */
	unsigned char related; /* enum field_related */
	unsigned roles;
	struct str key;
};

/* A field whose name only the line knows. */
struct member {
	struct str key; /* as JSON, without quotes */
	struct str raw;
};

#define EVENT_LIST 64 /* most values of a related.* */

struct event_list {
	struct str v[EVENT_LIST];
	size_t n;
};

struct event {
	const struct fields *fields;
	struct arena *a;
	struct cell *cells; /* by field */
	int *set;           /* in order of arrival */
	size_t n;
	int *listed; /* those of them whose values go into lists of related ones */
	size_t n_listed;
	unsigned roles; /* of all that were set */
	unsigned round;

	struct member *members;
	size_t n_members, cap_members;
	bool again; /* steps may bring a member again: the first holds */

	struct str line;      /* as it came, without LF */
	struct str body;      /* its message part: a tail of the line, or absent */
	bool clean;           /* the line needs no escapes: nor do its slices */
	struct str constants; /* ready-made members */
	unsigned tags;
	struct event_list related[RELATED_KINDS];
};

void event_init(struct event *, const struct fields *);
void event_free(struct event *);

/* Start a new one; what was set before is forgotten. */
void event_start(struct event *, struct arena *, struct str line);

/* Set a field; an empty text sets nothing. */
static inline void
event_set(struct event *ev, int field, struct str v, bool raw, enum event_from from)
{
	struct cell *c = &ev->cells[field];

	if (v.n == 0)
		return;
	if (c->round != ev->round) {
		c->round = ev->round;
		ev->set[ev->n++] = field;
		ev->roles |= c->roles;
		if (c->related)
			ev->listed[ev->n_listed++] = field;
	}
	c->v = v;
	c->raw = raw;
	c->from = (unsigned char)from;
}

static inline void
event_text(struct event *ev, int field, struct str v, enum event_from from)
{
	event_set(ev, field, v, false, from);
}

static inline void
event_raw(struct event *ev, int field, struct str v, enum event_from from)
{
	event_set(ev, field, v, true, from);
}

void event_unset(struct event *, int field);

/* The value as set (raw or not), absent if it is not. */
static inline const struct cell *
event_cell(const struct event *ev, int field)
{
	const struct cell *c = &ev->cells[field];

	return c->round == ev->round && c->v.p ? c : NULL;
}

static inline struct str
event_get(const struct event *ev, int field)
{
	const struct cell *c = event_cell(ev, field);

	return c ? c->v : STR_NONE;
}

/* The value as text, without the quotes of a raw one; absent for lists and objects. */
static inline struct str
event_value(const struct event *ev, int field)
{
	const struct cell *c = event_cell(ev, field);

	if (!c || !c->raw)
		return c ? c->v : STR_NONE;
	return json_text(ev->a, c->v);
}

/* A value cut out of the line (it starts there, so it ends there) has JSON_PAD bytes behind it; of a clean line, it needs no look. */
static inline bool
event_inside(const struct event *ev, struct str v)
{
	return (uintptr_t)v.p - (uintptr_t)ev->line.p < ev->line.n;
}

static inline bool
event_clean(const struct event *ev, struct str v)
{
	return ev->clean && event_inside(ev, v);
}

void event_member(struct event *, struct str key, struct str raw);

/* What other fields imply: *.ip, url.*, network.type, event.outcome, related.*. */
void event_derive(struct event *);

/* Where in the buffer the digits of ids are to be written; STR_NPOS: nowhere. */
struct event_places {
	size_t id;
	size_t sent; /* ir.source.line */
};

/*
 * As one JSON object, without LF, with room for its ids.  `time` is a text that needs no
 * escapes.
 */
void event_write(
    const struct event *, struct str time, struct buf *, struct event_places *);

#endif
