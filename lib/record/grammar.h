/*
 * grammar - RFC 8259 token by token, one byte at a time.
 *
 * The plain reading of the standard: the scalar scanner is made of it, and the
 * fast ones are tested against that.  Reads nothing at or behind `end`.
 */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include "str.h"

#define JSON_DEPTH 64 /* objects and arrays inside one another, dots in names included */
#define JSON_KEYS  4096 /* members of a record, at all depths */
#define JSON_PAD \
	64 /* readable bytes that must follow a text; what they hold does not matter */

enum json_why {
	JSON_OK,
	JSON_EMPTY,    /* nothing but blanks */
	JSON_SYNTAX,   /* something else was expected here */
	JSON_STRING,   /* a control byte in a string, or one that does not end */
	JSON_ESCAPE,   /* a bad escape */
	JSON_UTF8,     /* bytes that are not UTF-8 */
	JSON_NUMBER,   /* not as RFC 8259 spells numbers */
	JSON_TRAILING, /* text behind the value */
	JSON_TOO_DEEP,
	JSON_TOO_MANY, /* members */
	JSON_NOT_OBJECT,
};

struct json_fault {
	enum json_why why;
	size_t at; /* offset of the byte that is wrong */
};

/* "control byte in a string" and the like; and the reason code, such as "string". */
const char *json_why_text(enum json_why);
const char *json_why_code(enum json_why);

/*
 * Each reads one token from `p` on and moves `*p` behind it; when it is wrong
 * `*p` is the wrong byte.  grammar_string() starts behind the opening quote and
 * ends behind the closing one.
 */
enum json_why grammar_string(const char **p, const char *end);
enum json_why grammar_number(const char **p, const char *end);
enum json_why grammar_word(const char **p, const char *end); /* true, false, null */

/*
 * The next character of a checked string, as UTF-8; returns its bytes in `out`
 * and moves `*p` behind it.  Lone surrogates become U+FFFD.
 */
size_t grammar_char(const char **p, const char *end, char out[4]);

/* Dots in a checked name, spelled plainly or as escapes. */
size_t grammar_dots(struct str raw);

#endif
