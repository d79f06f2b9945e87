/*
 * http - one request over HTTPS and its answer, by libcurl.
 *
 * libcurl 7.85 or newer is loaded when it is first wanted, so that programs start
 * without it and only these requests need it.  Certificates are verified,
 * redirections not followed, proxies and netrc of the environment not looked at;
 * plain http is for this machine only.
 */
#ifndef HTTP_H
#define HTTP_H

#include "arena.h"
#include "err.h"
#include "str.h"

#define HTTP_HEADERS 32

struct http {
	const char *method, *url;
	const char *headers[HTTP_HEADERS + 1]; /* "Name: value", NULL behind the last */
	struct str body;                       /* absent: none */
	const char *ca; /* file of certificates; NULL: the system's */
	int64_t timeout_ms;
	size_t max; /* a longer answer is an error */
};

struct http_got {
	long status;
	struct str body; /* in the arena */
	bool unsent;     /* it failed before anything was sent: may be tried again */
};

/* Can requests be made?  False (ERR_SYS): one line says why not. */
bool http_ready(struct err *);

/* False (ERR_SYS): there is no whole answer. */
bool http_do(struct arena *, const struct http *, struct http_got *, struct err *);

#endif
