/*
 * libcurl is loaded when it is needed.  The numbers of its ABI come from its header;
 * built without, from here: they have been the same since version 7.16
 * (CURLOPT_PROTOCOLS_STR: 7.85).
 */
#include <dlfcn.h>

#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#endif

#include "buf.h"
#include "http.h"

#ifdef LIBCURL_VERSION_NUM
#if LIBCURL_VERSION_NUM < 0x075500
#define CURLOPT_PROTOCOLS_STR 10318
#endif
#else
enum {
	CURLOPT_TIMEOUT_MS = 155,
	CURLOPT_NOSIGNAL = 99,
	CURLOPT_FOLLOWLOCATION = 52,
	CURLOPT_PATH_AS_IS = 234,
	CURLOPT_SSL_VERIFYPEER = 64,
	CURLOPT_SSL_VERIFYHOST = 81,
	CURLOPT_POSTFIELDSIZE = 60,
	CURLOPT_WRITEDATA = 10001,
	CURLOPT_URL = 10002,
	CURLOPT_PROXY = 10004,
	CURLOPT_ERRORBUFFER = 10010,
	CURLOPT_POSTFIELDS = 10015,
	CURLOPT_USERAGENT = 10018,
	CURLOPT_HTTPHEADER = 10023,
	CURLOPT_CUSTOMREQUEST = 10036,
	CURLOPT_CAINFO = 10065,
	CURLOPT_PROTOCOLS_STR = 10318,
	CURLOPT_WRITEFUNCTION = 20011,
	CURLINFO_RESPONSE_CODE = 0x200002,
	CURLE_COULDNT_RESOLVE_HOST = 6,
	CURLE_COULDNT_CONNECT = 7,
	CURL_ERROR_SIZE = 256,
	CURL_GLOBAL_ALL = 3,
};
#endif

struct curl_slist;

static struct {
	void *handle; /* loaded once, never unloaded */
	int (*global)(long);
	void *(*start)(void);
	int (*set)(void *, int, ...);
	int (*perform)(void *);
	int (*info)(void *, int, ...);
	void (*end)(void *);
	struct curl_slist *(*append)(struct curl_slist *, const char *);
	void (*free_list)(struct curl_slist *);
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
	    symbol("curl_slist_free_all", &lib.free_list) &&
	    lib.global(CURL_GLOBAL_ALL) == 0)
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
dress(void *h, const struct http *q, struct curl_slist **headers, struct buf *body,
    char *why)
{
	int bad = 0;

	for (size_t i = 0; q->headers[i]; i++) {
		struct curl_slist *more = lib.append(*headers, q->headers[i]);

		bad |= !more;
		*headers = more ? more : *headers;
	}
	bad |= lib.set(h, CURLOPT_ERRORBUFFER, why) | lib.set(h, CURLOPT_URL, q->url) |
	       lib.set(h, CURLOPT_PROTOCOLS_STR, "https,http") |
	       lib.set(h, CURLOPT_PROXY, "") | lib.set(h, CURLOPT_FOLLOWLOCATION, 0L) |
	       lib.set(h, CURLOPT_PATH_AS_IS, 1L) | lib.set(h, CURLOPT_NOSIGNAL, 1L) |
	       lib.set(h, CURLOPT_SSL_VERIFYPEER, 1L) |
	       lib.set(h, CURLOPT_SSL_VERIFYHOST, 2L) |
	       lib.set(h, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms) |
	       lib.set(h, CURLOPT_CUSTOMREQUEST, q->method) |
	       lib.set(h, CURLOPT_USERAGENT, "irutils/" IR_VERSION) |
	       lib.set(h, CURLOPT_WRITEFUNCTION, take) |
	       lib.set(h, CURLOPT_WRITEDATA, body);
	if (*headers)
		bad |= lib.set(h, CURLOPT_HTTPHEADER, *headers);
	if (q->ca)
		bad |= lib.set(h, CURLOPT_CAINFO, q->ca);
	if (q->body.p)
		bad |= lib.set(h, CURLOPT_POSTFIELDSIZE, (long)q->body.n) |
		       lib.set(h, CURLOPT_POSTFIELDS, q->body.p);
	return !bad;
}

bool
http_do(struct arena *a, const struct http *q, struct http_got *got, struct err *e)
{
	struct buf body = buf_make(q->max);
	struct curl_slist *headers = NULL;
	char why[CURL_ERROR_SIZE] = "";
	void *h;
	int said = -1;

	*got = (struct http_got){0};
	if (!http_ready(e))
		return false;
	h = lib.start();
	if (h && dress(h, q, &headers, &body, why))
		said = lib.perform(h);
	if (said == 0)
		lib.info(h, CURLINFO_RESPONSE_CODE, &got->status);
	else if (body.full)
		err_set(e, ERR_SYS, "the answer is longer than %zu bytes", q->max);
	else
		err_set(e, ERR_SYS, "%s", *why ? why : "libcurl refused the request");
	got->unsent = said == CURLE_COULDNT_RESOLVE_HOST || said == CURLE_COULDNT_CONNECT;
	got->body = arena_copy(a, buf_str(&body));
	lib.free_list(headers);
	if (h)
		lib.end(h);
	buf_free(&body);
	return said == 0;
}
