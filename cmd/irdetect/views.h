/*
 * views - the fields of one record as rules see them: lists of texts.
 *
 * A field of a rule is a list of places in a record; the first that holds
 * something is the field.  What was looked up, decoded and folded is kept until
 * the next record, so that a thousand rules cost no more than one.
 *
 * Texts of url.* fields come as they stand and, where that differs, decoded once
 * and twice from percent-encoding: any of them may match.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "rec.h"

#define VIEWS_ALL 0 /* the field of keywords: every value of the record */

struct view_text {
	struct str raw; /* JSON; absent for a decoded variant */
	struct str text;
	struct str low; /* folded, once asked for */
};

struct view {
	bool there; /* present, whatever it holds */
	bool null;  /* absent, null, or an empty list */
	size_t n;
	struct view_text *v;
};

struct views;

/* Registers fields' places in `paths`; both are borrowed, so is the arena of records. */
struct views *views_new(struct paths *);
void views_free(struct views *);

/* The number of a field found at the first of these places. */
int views_field(struct views *, struct str name, const struct str *places, size_t n);
struct str views_name(const struct views *, int field); /* as the first rule spelled it */
size_t views_count(const struct views *);

/* Slots of its places, in order.  Borrowed until the next views_field(). */
size_t views_slots(const struct views *, int field, const int **slots);

/* Take up the next record. */
void views_start(struct views *, struct rec *);

/* Fields of one name that stand at the same place have the same view. */
const struct view *views_get(struct views *, int field);

/* The same for whoever looks for a text of `n` bytes, folded, that is the whole value; NULL:
 * no value is so short, as could be told without decoding it. */
const struct view *views_short(struct views *, int field, size_t n);

/* The JSON that the view is made of, absent if there is none; what else it depends on is
 * told by `how`. */
struct str views_raw(struct views *, int field, uint32_t *how);

/* May fields be there though none of their slots is? */
bool views_loose(struct views *);

/* Memory until the next record. */
struct arena *views_arena(struct views *);

/* The text folded. */
struct str views_low(struct views *, struct view_text *);

/* Percent-decoding; `plus`: "+" is a blank behind a "?" (or everywhere). */
enum url_plus { URL_PLUS_NEVER, URL_PLUS_QUERY, URL_PLUS_ALWAYS };
struct str url_decode(struct arena *, struct str, enum url_plus);

#endif
