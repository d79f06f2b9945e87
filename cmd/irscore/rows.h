/*
 * rows - what a model is made of: the tokens of each burst, and its verdict.
 *
 * A row is a line {"y":1,"w":3,"d":20703,"t":["novel=host",…]}, where d is the
 * day it was seen on; rows can be kept and replayed
 * beside later ones, so that a refit needs no old alerts.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "moment.h"

enum verdict { VERDICT_NONE = -1, VERDICT_FALSE = 0, VERDICT_TRUE = 1 };

struct row {
	enum verdict y;
	unsigned weight;
	uint32_t day; /* since 1970; 0: not known */
	uint32_t *t;  /* tokens by number, rising */
	size_t n;
	double p; /* for evaluation */
	uint32_t rule;
};

struct rows;

struct rows *rows_new(void);
void rows_free(struct rows *);

/* The row of a burst, as it is now; `*tag` is the burst's. */
struct row *rows_take(struct rows *, size_t *tag, const struct moment *, struct str rule);

/* A true positive among them makes all of them one. */
void rows_verdict(struct row *, enum verdict, unsigned weight);

/* Rows that were kept.  False: ERR_CONFIG, with file and line. */
bool rows_load(struct rows *, const char *path, struct err *);

/* One line without LF. */
void rows_write(const struct rows *, const struct row *, struct buf *);

size_t rows_count(const struct rows *);
struct row *rows_at(const struct rows *, size_t i);
struct str rows_token(const struct rows *, uint32_t number);
size_t rows_tokens(const struct rows *);

#endif
