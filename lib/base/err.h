/*
 * err - why something failed, in words, and what the program should do.
 *
 * The place that detects a fault writes the message once; callers only put a
 * place before it with err_at().  Lower case, no full stop, what failed first,
 * the subject in quotes.
 */
#ifndef ERR_H
#define ERR_H

/* The kind of an error is the exit status of the program that ends with it. */
enum err_kind {
	ERR_NONE = 0,
	ERR_DATA = 1,   /* a record, rule or delivery is bad; the rest went on */
	ERR_CONFIG = 2, /* usage or configuration: nothing was processed */
	ERR_SYS = 3,    /* input, output, memory, network */
	ERR_LIMIT = 4,  /* --fail-on reached */
	ERR_LATER = 75, /* lock held, waiting for approval, back-pressure */
};

struct err {
	enum err_kind kind;
	char msg[508];
};

/* As {0}, without writing to all of the message: for what is made for each line. */
static inline void
err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->msg[0] = '\0';
}

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Fill in `e`; an earlier message is replaced.  Control bytes become '?'. */
void err_set(struct err *e, enum err_kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same, with ": " and the text of errno behind it. */
void err_sys(struct err *e, enum err_kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Put a place before the message: "rules.yml:12" makes "rules.yml:12: why". */
void err_at(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
