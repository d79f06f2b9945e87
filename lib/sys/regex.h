/*
 * regex - the wall around PCRE2: compiled by its JIT, and bounded.
 *
 * A pattern that would run for too long is stopped and says so, so that neither
 * a careless rule nor a hostile line can hold up the stream.
 */
#ifndef REGEX_H
#define REGEX_H

#include "err.h"
#include "str.h"

#define REGEX_GROUPS 32

enum regex_flag {
	REGEX_NOCASE = 1,
	REGEX_MULTILINE = 2,
	REGEX_DOTALL = 4,
	REGEX_UTF = 8, /* characters instead of bytes; bad UTF-8 never matches */
};

enum regex_got { REGEX_NO, REGEX_YES, REGEX_LIMIT /* given up: match limit */ };

struct regex;

/* ERR_CONFIG with the offset of the fault in the pattern.  Free with regex_free(). */
struct regex *regex_new(struct str pattern, unsigned flags, struct err *);
void regex_free(struct regex *);

/* How many groups (the whole is 0), at most REGEX_GROUPS; the name of one, or absent. */
size_t regex_groups(const struct regex *);
struct str regex_name(const struct regex *, size_t group);

/*
 * Search the subject.  With REGEX_YES group[0 .. n) are slices of it, absent where
 * a group took no part; `group` may be NULL.
 */
enum regex_got regex_find(
    struct regex *, struct str subject, struct str *group, size_t n);

/*
 * What a search needs to write to.  A regex has its own; threads that share one
 * bring each theirs.
 */
struct regex_room;
struct regex_room *regex_room_new(void);
void regex_room_free(struct regex_room *);
enum regex_got regex_find_in(const struct regex *, struct regex_room *,
    struct str subject, struct str *group, size_t n);

#endif
