/*
 * sigma - one document of a rule file: a rule, a correlation or a filter.
 */
#ifndef SIGMA_H
#define SIGMA_H

#include "item.h"
#include "logsource.h"

enum sigma_kind {
	SIGMA_RULE,
	SIGMA_CORRELATION,
	SIGMA_FILTER,
	SIGMA_PATTERN /* of STIX, of more than one observation */
};

enum correlation_type {
	CORRELATION_EVENT_COUNT,
	CORRELATION_VALUE_COUNT,
	CORRELATION_TEMPORAL,
	CORRELATION_TEMPORAL_ORDERED,
	CORRELATION_VALUE_SUM,
	CORRELATION_VALUE_AVG,
	CORRELATION_VALUE_MEDIAN,
	CORRELATION_VALUE_PERCENTILE,
};

enum sigma_op { SIGMA_LT, SIGMA_LTE, SIGMA_GT, SIGMA_GTE, SIGMA_EQ, SIGMA_NEQ };

#define SIGMA_BOUNDS 4
#define SIGMA_REFS   16 /* rules that one correlation may refer to */
#define SIGMA_KEYS   16 /* fields to group by */

struct rule;

/* A rule that a correlation refers to, and where its group and values are. */
struct sigma_ref {
	struct str name;
	size_t rule; /* its number */
	int *keys;   /* fields of the group */
	int *values; /* fields that are counted or added up */
};

struct correlation {
	enum correlation_type type;
	struct sigma_ref *refs;
	size_t n_refs;
	struct str *group; /* names as written; what ir.alert.group says */
	size_t n_group;
	struct str *fields;
	size_t n_fields;
	int64_t span; /* ns */
	struct {
		enum sigma_op op;
		double n;
	} bound[SIGMA_BOUNDS]; /* all must hold */
	size_t n_bounds;
	double percentile;  /* of VALUE_MEDIAN and VALUE_PERCENTILE; negative: a share */
	struct expr *words; /* "a and not b" over the places of `refs`, or NULL */
};

struct rule {
	enum sigma_kind kind;
	struct str id, name, title, level;
	const char *file;
	int line; /* of the document; while it is read, of what is being read */
	const struct node *doc;
	struct logsource ls;
	size_t bucket;
	struct expr *cond;
	struct selection *sel;
	size_t n_sel;
	struct correlation *corr;
	const struct stix *stix;
	uint32_t whole; /* of a leaf of a pattern: the number of that rule, + 1 */
	uint32_t leaf;
	int64_t from, until; /* when an indicator is valid; both 0: always */
	bool silent;         /* a correlation speaks for it ... */
	bool loud;           /* ... unless one says "generate" */
	uint32_t *feeds;     /* numbers of the correlations that refer to it */
	size_t n_feeds;
	bool bad; /* found out late */
};

/* What documents are read with. */
struct sigma_ctx {
	struct arena *a;
	struct atoms *atoms;
	struct sources *sources;
	const struct node *lists; /* values of placeholders */
};

/* Read a document.  False: ERR_DATA, and rule->id and ->line say as much as is known. */
bool sigma_read(const struct sigma_ctx *, const struct node *doc, const char *file,
    struct rule *, struct err *);

/* Read the `detection` of a rule, or the selections of a filter, for this logsource. */
struct expr *sigma_detection(const struct sigma_ctx *, const struct node *detection,
    const struct logsource *, struct rule *, struct err *);

#endif
