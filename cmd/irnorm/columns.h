/*
 * columns - what a header keeps, for the part that reads rows.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "header.h"

#define COLUMNS 256
#define NAME    128 /* longest name of a column */
#define MARK    32  /* longest word for an empty or unset value */

enum shape {
	SHAPE_TEXT,
	SHAPE_DATE,
	SHAPE_TIME,
	SHAPE_IP,
	SHAPE_CODE, /* digits */
	SHAPE_NUMBER,
	SHAPE_BOOL,
};

struct column {
	struct str name; /* in the arena of the header */
	struct str key;  /* the same as JSON, without quotes */
	enum shape shape;
	bool list;  /* a set or vector of such */
	bool agent; /* blanks are written as plus signs */
};

struct mark {
	char p[MARK];
	size_t n;
};

struct header {
	struct arena *a;
	enum header_kind kind;
	char sep, set_sep;
	struct mark unset, empty, date;
	struct str path; /* quoted */
	struct column v[COLUMNS];
	size_t n;
};

static inline struct str
mark_str(const struct mark *m)
{
	return (struct str){m->p, m->n};
}

/* The value of a hexadecimal digit, or -1. */
static inline int
column_hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

#endif
