/*
 * atom - single tests of one field, shared by all rules and done once a record.
 */
#ifndef ATOM_H
#define ATOM_H

#include "condition.h"
#include "hint.h"
#include "ip.h"
#include "pattern.h"
#include "regex.h"
#include "stix.h"
#include "views.h"

enum atom_op {
	ATOM_TEXT, /* `pat` */
	ATOM_REGEX,
	ATOM_CIDR,
	ATOM_NULL,   /* absent, null or an empty list */
	ATOM_EXISTS, /* the field is there */
	ATOM_LT,
	ATOM_LTE,
	ATOM_GT,
	ATOM_GTE,   /* `num` */
	ATOM_FIELD, /* against the texts of field `other`, as `pat.kind` says */
	ATOM_TIME,  /* part `unit` of the time is `num`, or as `order` says */
	ATOM_STIX,  /* what `stix` says of one value */
};

enum atom_unit { ATOM_MINUTE, ATOM_HOUR, ATOM_DAY, ATOM_WEEK, ATOM_MONTH, ATOM_YEAR };

struct atom {
	enum atom_op op;
	int field;
	uint32_t uses; /* how often rules ask for it */
	bool cased;    /* TEXT and FIELD: compare as it stands */
	struct pattern pat;
	union {          /* by `op`: thousands of atoms should be small */
		struct { /* REGEX, whose source is pat.text */
			struct regex *re;
			const struct hints *hints; /* what is in all that matches */
			unsigned flags;
		};
		struct { /* of numbers and times */
			double num;
			enum atom_unit unit;
			enum atom_op
			    order; /* of TIME: LT, LTE, GT, GTE, or TIME: equal */
		};
		struct net net;
		int other;
		const struct stix_test *stix; /* borrowed */
	};
};

struct atoms;

struct atoms *atoms_new(struct views *);
void atoms_free(struct atoms *);
struct views *atoms_views(const struct atoms *);

/* The number of an atom; equal ones have the same.  `re` is taken over. */
uint32_t atoms_add(struct atoms *, const struct atom *);
const struct atom *atoms_at(const struct atoms *, uint32_t);
size_t atoms_count(const struct atoms *);

/* A new record: forget the answers. */
void atoms_start(struct atoms *);

/* The answer, worked out at most once a record. */
bool atoms_true(struct atoms *, uint32_t);

/* Does an expression over atoms hold?  Parts that cannot change the answer are skipped. */
bool atoms_hold(struct atoms *, const struct expr *);

/* The text of the field that makes it true, for explanations; absent if there is none. */
struct str atoms_witness(struct atoms *, uint32_t);

/* Expressions given up on because they took too long, all in all. */
size_t atoms_given_up(const struct atoms *);

#endif
