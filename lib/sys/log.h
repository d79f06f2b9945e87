/*
 * log - the one routine that prints to standard error.
 *
 * One write a line: `prog: [place: ]error|warning|info: text`.  Control bytes,
 * bidirectional marks and bad UTF-8 in the text become '?'.  Identical
 * warnings are printed once and counted; log_end() says how often.
 */
#ifndef LOG_H
#define LOG_H

#include "err.h"
#include "str.h"

enum log_form { LOG_TEXT, LOG_JSON };

/* Before anything else; `prog` is kept, not copied. */
void log_start(const char *prog);

/* `verbose`: how often -v was given; `quiet`: no warnings.  Errors always print. */
void log_set(int verbose, bool quiet, enum log_form);

/* Print what was collapsed; at exit. */
void log_end(void);

void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_hint(const char *fmt, ...)
    PRINTF_LIKE(1, 2); /* `prog: hint: text`, after an error */
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2); /* only with -v */

/* "place: error: why", with the place taken from the message itself if it has one. */
void log_err(const struct err *);

#endif
