/*
 * secret - how a secret of the site is replaced: what the owner declared.
 *
 * A YAML file that only root may write names for each secret where the new one
 * comes from, the files that hold the present one, and the programs that issue,
 * deploy, verify and revoke it.  Values never leave memory and those files.
 */
#ifndef SECRET_H
#define SECRET_H

#include "arena.h"
#include "err.h"
#include "str.h"

#define SECRET_PLACES 16
#define SECRET_WORDS  32
#define SECRET_MAX    ((size_t)64 * 1024) /* bytes of a value */

/* A file that holds it: in the value of one line, or (no key) all of it. */
struct secret_place {
	struct str path, key;
};

/* An argument vector, NULL behind the last; v[0] NULL: there is none. */
struct secret_run {
	const char *v[SECRET_WORDS + 1];
};

struct secret {
	struct str name, about;
	struct str file;        /* where the new one lies; absent: `make` writes it */
	struct secret_run make; /* writes a new one to standard output */
	struct secret_run issue, reload, verify, revoke;
	struct secret_place in[SECRET_PLACES];
	size_t n;
	const char *search[SECRET_PLACES]; /* directories in which it may lie, too */
	size_t n_search;
};

/* False: `e` says what is wrong with the file; ERR_NONE: the file has no such secret. */
bool secret_find(
    struct arena *, const char *path, struct str name, struct secret *, struct err *);

/* The value that a text has for a key (absent key: all but a last LF); absent: none, or two. */
struct str secret_in(struct str text, struct str key);

/* The text with that value replaced; absent: the new one cannot stand there as it is. */
struct str secret_with(struct arena *, struct str text, struct str key, struct str fresh);

/* Is it one line of printable characters, of a length that a secret has? */
bool secret_sound(struct str);

/* In how many files, and where first, a value lies below `search`; bounded. */
size_t secret_elsewhere(
    struct arena *, const struct secret *, struct str value, struct str *first);

#endif
