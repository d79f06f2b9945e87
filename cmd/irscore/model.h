/*
 * model - the learned part of a score: a weight for each token, and their sum.
 *
 * p = 1 / (1 + exp(-(scale * (bias + sum of weights) + shift))); scale and shift are
 * what calibrate.h made of rows that were kept back.
 * A model is text, one JSON object a line: a header that says what it was made of,
 * then the tokens in byte order.  Its id is the hash of the text.
 */
#ifndef MODEL_H
#define MODEL_H

#include "err.h"
#include "buf.h"
#include "moment.h"
#include "str.h"

#define MODEL_FORMAT   "irscore-model"
#define MODEL_VERSION  2
#define MODEL_FEATURES 1 /* version of the words that moment.c says */

struct model;

struct model_head {
	uint64_t rows, positive; /* that it was made of */
	char made_of[65];        /* their hash, in hex */
	double cost;             /* inverse of the L2 penalty */
	double bias;
	double scale, shift;
	uint64_t first_day, last_day; /* of the rows, since 1970; 0: not known */
	uint64_t tested;              /* rows that were kept back in turn, to measure */
	double ap, ece;               /* on those */
	struct str note;              /* who made it of what; for people */
};

struct weight {
	struct str token;
	double w;
};

/* From its bytes; NULL: ERR_CONFIG, `name` goes before the message.  Tokens are copied. */
struct model *model_parse(struct str text, const char *name, struct err *);
struct model *model_load(const char *path, struct err *);
void model_free(struct model *);

const struct model_head *model_head(const struct model *);
const char *model_id(const struct model *); /* 16 hex digits */

/* Its weights in byte order of the tokens. */
const struct weight *model_weights(const struct model *, size_t *n);

/* The weight of a token; 0 of one that it does not know. */
double model_weight(const struct model *, struct str token);

/* What a sum of weights, the bias with it, says: the probability of a true positive. */
double model_says(const struct model *, double sum);

/* The same of an alert, rounded to 4 digits. */
double model_p(const struct model *, const struct moment *);

/* As text.  `weights` must stand in byte order. */
void model_write(
    const struct model_head *, const struct weight *, size_t n, struct buf *);

#endif
