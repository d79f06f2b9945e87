/*
 * The calls and numbers of libcurl's ABI that are used here; they have been the same
 * since version 7.16 (CURLOPT_PROTOCOLS_STR: 7.85), so no header is needed to build.
 */
#include <dlfcn.h>

#include "buf.h"
#include "http.h"

enum {
	OPT_TIMEOUT_MS = 155,
	OPT_NOSIGNAL = 99,
	OPT_FOLLOWLOCATION = 52,
	OPT_PATH_AS_IS = 234,
	OPT_SSL_VERIFYPEER = 64,
	OPT_SSL_VERIFYHOST = 81,
	OPT_POSTFIELDSIZE = 60,
	OPT_WRITEDATA = 10001,
	OPT_URL = 10002,
	OPT_PROXY = 10004,
	OPT_ERRORBUFFER = 10010,
	OPT_POSTFIELDS = 10015,
	OPT_USERAGENT = 10018,
	OPT_HTTPHEADER = 10023,
	OPT_CUSTOMREQUEST = 10036,
	OPT_CAINFO = 10065,
	OPT_PROTOCOLS_STR = 10318,
	OPT_WRITEFUNCTION = 20011,
	INFO_RESPONSE_CODE = 0x200002,
	NOT_RESOLVED = 6,
	NOT_CONNECTED = 7,
	ERROR_SIZE = 256,
};

struct slist;

static struct {
	void *handle; /* loaded once, never unloaded */
	int (*global)(long);
	void *(*start)(void);
	int (*set)(void *, int, ...);
	int (*perform)(void *);
	int (*info)(void *, int, ...);
	void (*end)(void *);
	struct slist *(*append)(struct slist *, const char *);
	void (*free_list)(struct slist *);
} lib;

static bool
symbol(const char *name, void *into)
{
	void *p = dlsym(lib.handle, name);

	memcpy(into, &p, sizeof(p));
	return p != NULL;
}

bool
http_ready(struct err *e)
{
	if (lib.free_list)
		return true;
	lib.handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle) {
		err_set(e, ERR_SYS, "calls over HTTP need libcurl (package libcurl4)");
		return false;
	}
	if (symbol("curl_global_init", &lib.global) &&
	    symbol("curl_easy_init", &lib.start) &&
	    symbol("curl_easy_setopt", &lib.set) &&
	    symbol("curl_easy_perform", &lib.perform) &&
	    symbol("curl_easy_getinfo", &lib.info) &&
	    symbol("curl_easy_cleanup", &lib.end) &&
	    symbol("curl_slist_append", &lib.append) &&
	    symbol("curl_slist_free_all", &lib.free_list) && lib.global(3) == 0)
		return true;
	lib.free_list = NULL;
	err_set(e, ERR_SYS, "this libcurl lacks what is needed");
	return false;
}

/* Of curl_easy_setopt(): what does not fit ends the transfer. */
static size_t
take(const char *p, size_t size, size_t n, void *into)
{
	struct buf *b = into;

	buf_add(b, (struct str){p, size * n});
	return b->full ? 0 : size * n;
}

static bool
dress(void *h, const struct http *q, struct slist **headers, struct buf *body, char *why)
{
	int bad = 0;

	for (size_t i = 0; q->headers[i]; i++) {
		struct slist *more = lib.append(*headers, q->headers[i]);

		bad |= !more;
		*headers = more ? more : *headers;
	}
	bad |= lib.set(h, OPT_ERRORBUFFER, why) | lib.set(h, OPT_URL, q->url) |
	       lib.set(h, OPT_PROTOCOLS_STR, "https,http") | lib.set(h, OPT_PROXY, "") |
	       lib.set(h, OPT_FOLLOWLOCATION, 0L) | lib.set(h, OPT_PATH_AS_IS, 1L) |
	       lib.set(h, OPT_NOSIGNAL, 1L) | lib.set(h, OPT_SSL_VERIFYPEER, 1L) |
	       lib.set(h, OPT_SSL_VERIFYHOST, 2L) |
	       lib.set(h, OPT_TIMEOUT_MS, (long)q->timeout_ms) |
	       lib.set(h, OPT_CUSTOMREQUEST, q->method) |
	       lib.set(h, OPT_USERAGENT, "irutils/" IR_VERSION) |
	       lib.set(h, OPT_WRITEFUNCTION, take) | lib.set(h, OPT_WRITEDATA, body);
	if (*headers)
		bad |= lib.set(h, OPT_HTTPHEADER, *headers);
	if (q->ca)
		bad |= lib.set(h, OPT_CAINFO, q->ca);
	if (q->body.p)
		bad |= lib.set(h, OPT_POSTFIELDSIZE, (long)q->body.n) |
		       lib.set(h, OPT_POSTFIELDS, q->body.p);
	return !bad;
}

bool
http_do(struct arena *a, const struct http *q, struct http_got *got, struct err *e)
{
	struct buf body = buf_make(q->max);
	struct slist *headers = NULL;
	char why[ERROR_SIZE] = "";
	void *h;
	int said = -1;

	*got = (struct http_got){0};
	if (!http_ready(e))
		return false;
	h = lib.start();
	if (h && dress(h, q, &headers, &body, why))
		said = lib.perform(h);
	if (said == 0)
		lib.info(h, INFO_RESPONSE_CODE, &got->status);
	else if (body.full)
		err_set(e, ERR_SYS, "the answer is longer than %zu bytes", q->max);
	else
		err_set(e, ERR_SYS, "%s", *why ? why : "libcurl refused the request");
	got->unsent = said == NOT_RESOLVED || said == NOT_CONNECTED;
	got->body = arena_copy(a, buf_str(&body));
	lib.free_list(headers);
	if (h)
		lib.end(h);
	buf_free(&body);
	return said == 0;
}
