/*
 * indicator - STIX indicators, told as rules.
 *
 * What an indicator, and what its bundle, says of it is put into the words of a
 * Sigma rule (title, level, tags, references ...), so that what comes after
 * need not know the difference.  The pattern is not looked at.
 */
#ifndef INDICATOR_H
#define INDICATOR_H

#include "node.h"

struct indicator {
	struct node *doc;   /* as a rule: title, id, level, tags ... */
	struct str pattern; /* as it stands */
	struct str type;    /* "stix", "sigma", "yara" ... */
	struct str modified;
	int64_t from, until; /* ns; both 0: always */
	int line;
};

/*
 * Read a file of JSON (a bundle, an object, a list or an envelope of some), or of
 * patterns (`text`): one a paragraph, with comments `//` or `#` before it, of
 * which the first is its title.  Calls `each` for all that are not revoked.
 * False: it cannot be read, or holds no object of STIX.
 */
bool indicator_read(struct arena *, const char *path, bool text,
    void (*each)(void *ctx, const struct indicator *), void *ctx, struct err *);

/* May a file of JSON be of STIX?  Also true if it cannot be read. */
bool indicator_likely(const char *path);

#endif
