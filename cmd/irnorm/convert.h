/*
 * convert - how the text of a value becomes the value of a field.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "arena.h"
#include "str.h"

enum convert {
	CONVERT_TEXT,
	CONVERT_INT, /* a number of decimal digits */
	CONVERT_NUM, /* any JSON number */
	CONVERT_HEX, /* 0x1f or 1f: a number */
	CONVERT_BOOL,
	CONVERT_IP,   /* canonical */
	CONVERT_ADDR, /* an address or a host name; the engine says which */
	CONVERT_MAC,  /* 00-00-5E-00-53-23 */
	CONVERT_MAC1, /* the first of the addresses of an Ethernet header: where to */
	CONVERT_MAC2, /* the second: where from */
	CONVERT_LOWER,
	CONVERT_UPPER,
	CONVERT_TIME,    /* any spelling that when.h knows */
	CONVERT_LIST,    /* a list of one text */
	CONVERT_RAW,     /* JSON as it came (decoders only) */
	CONVERT_DOMAIN,  /* without the dot at its end */
	CONVERT_KEBAB,   /* User Logged On: user-logged-on */
	CONVERT_SNAKE,   /* changePassword: change_password */
	CONVERT_PERCENT, /* %20 and its like undone */
	CONVERT_WORDS,   /* a list of them; quotes hold blanks and stay */
	CONVERT_ACCOUNT, /* bob of EX\bob and of bob@example.com */
	CONVERT_REALM,   /* EX, example.com; none if there is neither */
	CONVERT_IPS,     /* a list of those in a text */
	CONVERT_HOSTS,   /* a list of the names of hosts in a text */
	CONVERT_BASE,    /* what stands behind the last / or \ */
	CONVERT_LABELS,  /* (3)www(7)example(0) of Windows: www.example */
	CONVERT_NUMBER,  /* decimal digits, or 0x and hexadecimal ones */
};

/* By name ("int"); false if there is none.  convert_names: for suggestions. */
bool convert_find(struct str name, enum convert *);
extern const char *const convert_names[];
extern const size_t convert_count;

/*
 * The value of `s`: `*raw` says whether it is JSON or text yet to be quoted.  False:
 * `s` is no such thing.  In the arena, or a slice of `s`.
 */
bool convert(struct arena *, enum convert, struct str s, struct str *out, bool *raw);

#endif
