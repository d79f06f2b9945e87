/*
 * stix - patterns of STIX 2.1: parsed, and held against what was seen.
 *
 * A pattern says what one observation must look like ("[file:name = 'a']"), and
 * how several follow one another.  stix_parse() makes a tree of it; what stands
 * in one pair of brackets is a leaf.  One record is one observation.  Which
 * objects are in it, and what their properties hold, a struct stix_source says.
 *
 * Tests joined by AND within brackets are about one object: with two processes
 * in a record, name and command line must be the same one's.  Tests of several
 * types of object joined by AND, which the specification does not allow, hold
 * when there is an object of each.
 */
#ifndef STIX_H
#define STIX_H

#include "arena.h"
#include "err.h"
#include "ip.h"
#include "regex.h"

#define STIX_MAX    ((size_t)256 * 1024) /* bytes of a pattern */
#define STIX_DEPTH  32                   /* parentheses and qualifiers in one another */
#define STIX_TESTS  8192                 /* of a pattern, and values of a set */
#define STIX_LEAVES 64
#define STIX_TIMES  1024 /* REPEATS, all in all */

enum stix_type {
	STIX_TEXT,
	STIX_INT,
	STIX_FLOAT,
	STIX_BOOL,
	STIX_TIME,
	STIX_HEX,
	STIX_BINARY
};

struct stix_value {
	enum stix_type type;
	struct str
	    text; /* of a text what it says; of hex and binary the bytes; else as spelled */
	double num;
	int64_t t;      /* ns */
	struct net net; /* of a text that is an address or network, else v is 0 */
};

enum stix_op {
	STIX_EQ,
	STIX_NE,
	STIX_LT,
	STIX_LE,
	STIX_GT,
	STIX_GE,
	STIX_IN,
	STIX_LIKE,
	STIX_MATCHES,
	STIX_SUBSET,
	STIX_SUPERSET,
	STIX_EXISTS
};

#define STIX_ANY (-1) /* the index "[*]" */

struct stix_step {
	struct str name; /* absent: an index */
	int64_t index; /* STIX_ANY, or the number; negative ones count from the end - 1 */
};

struct stix_path {
	struct str object; /* "network-traffic" */
	struct str key;    /* the names behind it: "hashes.SHA-256" */
	struct stix_step *step;
	size_t n;
};

struct stix_test {
	struct stix_path path;
	enum stix_op op;
	bool negated;
	bool folded; /* the property knows no case: hashes, domains, registry keys */
	struct stix_value *v;
	size_t n;
	struct regex *re; /* of MATCHES */
};

enum stix_join { STIX_ONE, STIX_AND, STIX_OR };

/* What one observation must look like. */
struct stix_comp {
	enum stix_join join;
	struct str object; /* the type that all tests in it are about, else absent */
	struct stix_test *test;
	struct stix_comp **kids;
	size_t n;
};

enum stix_what {
	STIX_SEEN,     /* an observation like leaf `leaf` */
	STIX_ALL,      /* AND: all kids, of different observations */
	STIX_EITHER,   /* OR */
	STIX_FOLLOWED, /* the second kid's are none earlier than the first kid's */
	STIX_WITHIN,   /* `span` ns between the first and the last */
	STIX_REPEATS,  /* `times`, each of different observations */
	STIX_DURING    /* from `start` to before `stop` */
};

struct stix_obs {
	enum stix_what what;
	size_t leaf;
	struct stix_obs **kids; /* of a qualifier: one */
	size_t n;
	int64_t span, start, stop; /* ns */
	uint32_t times;
};

struct stix {
	struct stix_obs *root;
	struct stix_comp *leaf[STIX_LEAVES];
	size_t n_leaves;
	uint32_t needs; /* observations at most */
	struct arena *a;
	struct regex **re; /* to be freed */
	size_t n_re, re_cap;
};

/*
 * Parse a pattern.  `bare`: a comparison without brackets will do, too, as the
 * conditions of playbooks write it.  NULL: ERR_DATA, "column N: why".
 */
struct stix *stix_parse(struct str pattern, bool bare, struct err *);
void stix_free(struct stix *);

/* "file:hashes.'SHA-256' = 'abc'", for messages. */
struct str stix_test_text(struct arena *, const struct stix_test *);

/* Does a value of the property pass the test? (EXISTS: any does.)  `a` is for scratch. */
bool stix_passes(const struct stix_test *, struct arena *a, struct str value);

/* Where objects and values come from. */
struct stix_source {
	void *ctx;
	/* How many objects of this type are there? */
	size_t (*objects)(void *ctx, struct str object);
	/* The next value of a property of the i-th; start with *at = 0. */
	bool (*value)(
	    void *ctx, const struct stix_path *, size_t i, size_t *at, struct str *value);
};

bool stix_leaf_holds(const struct stix_comp *, const struct stix_source *);

/*
 * Does the pattern hold if this one observation stands for each that it asks
 * for, however often?  START and STOP are held against `t`.
 */
bool stix_holds(const struct stix *, const struct stix_source *, int64_t t);

#endif
