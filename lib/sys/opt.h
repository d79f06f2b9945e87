/*
 * opt - options from a table.
 *
 * One table a program gives parsing, -h, --help, the completions and the check
 * of the man page.  GNU syntax (--name=v, --name v, -x v, -xv, -abc, --), options
 * after operands unless POSIXLY_CORRECT, no abbreviations; an unknown name gets
 * a suggestion.  Each row says where in the program's own struct its value goes.
 */
#ifndef OPT_H
#define OPT_H

#include "err.h"
#include "str.h"

enum opt_type {
	OPT_END_,
	OPT_GROUP_,  /* no option: a heading of --help */
	OPT_FLAG_,   /* bool; --no-NAME clears it */
	OPT_VERB_,   /* int, counts how often it stands */
	OPT_TEXT_,   /* const char * */
	OPT_FILE_,   /* const char *, completed as a file */
	OPT_DIR_,    /* const char *, completed as a directory */
	OPT_LIST_,   /* struct opt_list, repeatable */
	OPT_FILES_,  /* struct opt_list of paths */
	OPT_COUNT_,  /* size_t, >= 1, units k M G */
	OPT_SIZE_,   /* size_t in bytes, 64MiB */
	OPT_SPAN_,   /* int64_t in ms, 1h30m */
	OPT_TIME_,   /* int64_t in ns since 1970, RFC 3339 */
	OPT_CHOICE_, /* const char *, one of `choices` ("a|b|c") */
};

struct opt_list {
	const char **v;
	size_t n, cap;
};

struct opt {
	enum opt_type type;
	char letter;      /* 0: long only */
	const char *name; /* without dashes */
	const char *arg;  /* what the value is called, or the choices */
	const char *help; /* one line, lower case, no full stop; NULL: not shown */
	size_t at;        /* offset in the settings */
};

#define OPT_ROW(T, ctype, l, n, a, h, S, f)                                            \
	{                                                                              \
		T, l, n, a, h, offsetof(S, f) + 0 * sizeof((ctype *)0 == &((S *)0)->f) \
	}
#define OPT_GROUP(title)                            \
	{                                           \
		OPT_GROUP_, 0, NULL, NULL, title, 0 \
	}
#define OPT_FLAG(l, n, h, S, f)      OPT_ROW(OPT_FLAG_, bool, l, n, NULL, h, S, f)
#define OPT_VERB(l, n, h, S, f)      OPT_ROW(OPT_VERB_, int, l, n, NULL, h, S, f)
#define OPT_TEXT(l, n, a, h, S, f)   OPT_ROW(OPT_TEXT_, const char *, l, n, a, h, S, f)
#define OPT_FILE(l, n, a, h, S, f)   OPT_ROW(OPT_FILE_, const char *, l, n, a, h, S, f)
#define OPT_DIR(l, n, a, h, S, f)    OPT_ROW(OPT_DIR_, const char *, l, n, a, h, S, f)
#define OPT_LIST(l, n, a, h, S, f)   OPT_ROW(OPT_LIST_, struct opt_list, l, n, a, h, S, f)
#define OPT_FILES(l, n, a, h, S, f)  OPT_ROW(OPT_FILES_, struct opt_list, l, n, a, h, S, f)
#define OPT_COUNT(l, n, a, h, S, f)  OPT_ROW(OPT_COUNT_, size_t, l, n, a, h, S, f)
#define OPT_SIZE(l, n, a, h, S, f)   OPT_ROW(OPT_SIZE_, size_t, l, n, a, h, S, f)
#define OPT_SPAN(l, n, a, h, S, f)   OPT_ROW(OPT_SPAN_, int64_t, l, n, a, h, S, f)
#define OPT_TIME(l, n, a, h, S, f)   OPT_ROW(OPT_TIME_, int64_t, l, n, a, h, S, f)
#define OPT_CHOICE(l, n, a, h, S, f) OPT_ROW(OPT_CHOICE_, const char *, l, n, a, h, S, f)
#define OPT_END                                  \
	{                                        \
		OPT_END_, 0, NULL, NULL, NULL, 0 \
	}

/* A table and the struct that its rows point into. */
struct opt_set {
	const struct opt *table;
	void *values;
};

/*
 * Read argv[1..argc).  Operands are gathered in `operands`.  An error is
 * ERR_CONFIG and its message has the suggestion, if any, after a newline-free
 * "; did you mean '--x'?".  Texts stay in argv; free lists with opt_free().
 */
bool opt_parse(const struct opt_set *sets, size_t n, int argc, char **argv,
    struct opt_list *operands, struct err *);

void opt_free(const struct opt_set *sets, size_t n);
void opt_list_add(struct opt_list *, const char *);

/* Walk the rows of a table. */
#define OPT_EACH(o, table) for (const struct opt *o = (table); o->type != OPT_END_; o++)
/* Does it take a value? */
bool opt_has_value(const struct opt *);

/* The closest of `n` names to `word` (at most 2 edits away), or NULL. */
const char *opt_nearest(struct str word, const char *const *names, size_t n);

#endif
