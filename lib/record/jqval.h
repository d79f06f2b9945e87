/*
 * jqval - values as jq 1.6 knows them.
 *
 * A value is a slice of checked, nested JSON, or a field of the record that is
 * not read before it is needed.
 */
#ifndef JQVAL_H
#define JQVAL_H

#include "jqplan.h"
#include "rec.h"

/* In jq's order. */
enum jqkind { JQ_NULL, JQ_FALSE, JQ_TRUE, JQ_NUMBER, JQ_TEXT, JQ_ARRAY, JQ_OBJECT };

struct jqval {
	enum jqkind kind;
	const struct jqfield *at; /* the field of the record that it is, or NULL */
	struct str raw;           /* JSON; absent: not read (`at`), or to be made */
	struct str text;          /* of a text: its characters; absent: decode `raw` */
	double num;
};

/* What one evaluation has at hand. */
struct jqrun {
	struct rec *rec;
	struct arena *a;
	struct err *e;
	uint64_t steps; /* left to do; a pathological expression stops there */
	bool over;      /* ... and so has this one: nothing may catch that */
};

#define JQ_STEPS 20000000u

/* Of nested JSON (with numbers read). */
struct jqval jqval_of(struct arena *, struct str raw);
struct jqval jqval_num(double);
struct jqval jqval_text(struct str text);
struct jqval jqval_bool(bool);

/* A field of the record; null if it is not there. */
struct jqval jqval_field(struct jqrun *, const struct jqfield *);

static inline bool
jqval_true(const struct jqval *v)
{
	return v->kind > JQ_FALSE;
}

/* The characters of a text. */
struct str jqval_chars(struct jqrun *, struct jqval *);

/* As nested JSON. */
struct str jqval_json(struct jqrun *, struct jqval *);

/* As JSON for somebody outside: lone surrogates are U+FFFD. */
struct str jqval_output(struct jqrun *, struct jqval *);

/* Members or elements; characters of a text. */
size_t jqval_length(struct jqrun *, struct jqval *);

/* "null", "boolean" ... */
struct str jqval_type(const struct jqval *);

/* The number in JSON, in the arena; it reads back as the same number. */
struct str jqval_spell(struct arena *, double);

/* Account for `n` units of work; false when that is too much. */
bool jqval_work(struct jqrun *, size_t n);

/*
 * For libjq and for jqval_of(): dotted names opened up also inside lists.  False
 * if that nests too deeply.
 */
bool jqval_nested(struct arena *, struct str raw, struct str *nested);

/*
 * What libjq would choke on made harmless: lone surrogates are U+FFFD, numbers of
 * absurd length are spelled with 17 digits.  The same slice where nothing is.
 */
struct str jqval_mended(struct arena *, struct str json);

#endif
