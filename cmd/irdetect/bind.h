/*
 * bind - do some of the observations that are kept make a STIX pattern true?
 */
#ifndef BIND_H
#define BIND_H

#include "slide.h"
#include "stix.h"

#define BIND_STEPS 32768 /* of one search; then it is given up */

struct seen {
	int64_t t;
	uint64_t record; /* equal for what one record is seen as */
	char id[SLIDE_ID];
	uint16_t none; /* no byte without a value: these are saved */
};

/* What looked like one leaf, in order of time. */
struct shelf {
	struct seen *v;
	size_t n, cap;
};

struct bound {
	uint32_t leaf, at; /* where it stands on its shelf */
};

enum bind_got { BIND_NO, BIND_YES, BIND_LIMIT };

/*
 * Look for a match that has the observation `at` of leaf `leaf` in it; no record
 * takes part twice.  BIND_YES: out[0 .. *n) are its members; there is room for
 * stix->needs of them.
 */
enum bind_got bind_find(const struct stix *, const struct shelf *, size_t leaf, size_t at,
    struct bound *out, size_t *n);

#endif
