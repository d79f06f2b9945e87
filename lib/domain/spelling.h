/*
 * spelling - what kind of value a word of a log line is, by its spelling alone.
 */
#ifndef SPELLING_H
#define SPELLING_H

#include "str.h"

enum lexeme_kind {
	LEX_MARK,  /* punctuation */
	LEX_WORD,  /* a word */
	LEX_VALUE, /* a word, or nothing, that may be a value */
	LEX_UNIT,  /* of the number before it */
	LEX_NUMBER,
	LEX_HEX,
	LEX_IP, /* perhaps with a port or a name */
	LEX_MAC,
	LEX_UUID,
	LEX_TIME,
	LEX_PATH,
	LEX_URL,
	LEX_HOST, /* host:port, user@host */
	LEX_ID,   /* any other that is not the same twice */
	LEX_BOOL,
	LEX_REST, /* the end of a line of too many words */
};

/* Of a word without the marks around it. */
enum lexeme_kind spelling_kind(struct str word);

/* Length of the time stamp at the start of a text, which is not empty; or 0. */
size_t spelling_time(struct str);

/* B, KB: what may be another one in the next line. */
bool spelling_size_unit(struct str word);

/* A character that words consist of; others join them or stand alone. */
bool spelling_inner(char);

/* A path or a number, which may begin with such another one. */
bool spelling_begins(struct str word);

#endif
