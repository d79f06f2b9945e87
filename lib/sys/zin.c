#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "evtx.h"
#include "mem.h"
#include "zin.h"

#define ZIN_PACKED ((size_t)64 * 1024)
#define ZIN_MEMORY ((uint64_t)128 * 1024 * 1024) /* what a window may ask for */
#define ZIN_MAGIC  8                             /* longest magic */
#define ZIN_EVENT  ((size_t)1024 * 1024)         /* most text of one event */

enum packing { UNKNOWN, PLAIN, GZIP, ZSTD, XZ, EVTX };

static const struct {
	enum packing packing;
	const char *name;
	struct str magic;
} packings[] = {
    {GZIP, "gzip", {"\x1f\x8b", 2}},
    {ZSTD, "zstd", {"\x28\xb5\x2f\xfd", 4}},
    {XZ, "xz", {"\xfd\x37\x7a\x58\x5a\x00", 6}},
    {EVTX, "evtx", {EVTX_MAGIC, ZIN_MAGIC}},
};

static const char *
packing_name(enum packing packing)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (packings[i].packing == packing)
			return packings[i].name;
	return "plain";
}

struct zin {
	int fd;
	void (*wait)(void *);
	void *ctx;
	enum packing packing;
	bool eof;   /* read(2) gave 0 */
	bool later; /* a member has ended before */
	bool more;  /* the decoder may hold output that had no room */
	bool bad;   /* the decoder failed: `why` is for the next call */
	struct err why;
	char *in; /* packed bytes, from `at` to `n` */
	size_t at, n;
	z_stream gzip;
	ZSTD_DStream *zstd;
	lzma_stream xz;
	struct evtx *evtx;
	struct buf text; /* of the event that is being given out, from `text_at` */
	size_t text_at;
};

struct zin *
zin_new(int fd)
{
	struct zin *z = mem_new(1, sizeof(*z));

	z->fd = fd;
	return z;
}

/* Release the decoder of the member that ended. */
static void
close_member(struct zin *z)
{
	switch (z->packing) {
	case GZIP:
		inflateEnd(&z->gzip);
		break;
	case ZSTD:
		ZSTD_freeDStream(z->zstd);
		break;
	case XZ:
		lzma_end(&z->xz);
		break;
	case EVTX:
		evtx_free(z->evtx);
		buf_free(&z->text);
		break;
	case UNKNOWN:
	case PLAIN:
		break;
	}
	z->packing = UNKNOWN;
}

void
zin_free(struct zin *z)
{
	if (!z)
		return;
	close_member(z);
	mem_free(z->in);
	mem_free(z);
}

void
zin_before_read(struct zin *z, void (*wait)(void *), void *ctx)
{
	z->wait = wait;
	z->ctx = ctx;
}

static ptrdiff_t
read_some(struct zin *z, char *p, size_t n, struct err *e)
{
	ssize_t got;

	if (z->eof)
		return 0;
	if (z->wait)
		z->wait(z->ctx);
	while ((got = read(z->fd, p, n)) < 0) {
		struct pollfd more = {.fd = z->fd, .events = POLLIN};

		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			poll(&more, 1, -1);
		} else if (errno != EINTR) {
			err_sys(e, ERR_SYS, "cannot read");
			return -1;
		} else if (z->wait) {
			z->wait(z->ctx); /* the signal may be one that ends us */
		}
	}
	z->eof = got == 0;
	return got;
}

/* What do these first bytes say?  UNKNOWN: more are needed to tell. */
static enum packing
sniff(struct str s)
{
	enum packing found = PLAIN;

	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		struct str magic = packings[i].magic;

		if (str_starts(s, magic))
			return packings[i].packing;
		if (str_starts(magic, s))
			found = UNKNOWN;
	}
	return found;
}

static bool
open_member(struct zin *z, enum packing packing, struct err *e)
{
	bool ok = true;

	switch (packing) {
	case GZIP:
		memset(&z->gzip, 0, sizeof(z->gzip));
		ok = inflateInit2(&z->gzip, 15 + 16) == Z_OK;
		break;
	case ZSTD:
		z->zstd = ZSTD_createDStream();
		ok = z->zstd != NULL;
		break;
	case XZ:
		z->xz = (lzma_stream)LZMA_STREAM_INIT;
		ok = lzma_stream_decoder(&z->xz, ZIN_MEMORY, 0) == LZMA_OK;
		break;
	case EVTX:
		z->evtx = evtx_new();
		z->text = buf_make(ZIN_EVENT);
		z->text_at = 0;
		break;
	case UNKNOWN:
	case PLAIN:
		break;
	}
	if (ok)
		z->packing = packing;
	else
		err_set(e, ERR_SYS, "cannot start unpacking");
	return ok;
}

/*
 * Find out what the input is.  Plain bytes go straight to the caller, so that
 * a stream that is not packed costs no copy.  True: `*got` is the answer of
 * zin_read(); false: it is known now, go on.
 */
static bool
begin(struct zin *z, char *p, size_t n, ptrdiff_t *got, struct err *e)
{
	enum packing packing;

	if (!z->in) {
		*got = read_some(z, p, n < ZIN_PACKED ? n : ZIN_PACKED, e);
		if (*got <= 0)
			return true;
		if (sniff((struct str){p, (size_t)*got}) == PLAIN) {
			z->packing = PLAIN;
			return true;
		}
		z->in = mem_new(ZIN_PACKED, 1);
		memcpy(z->in, p, (size_t)*got);
		z->n = (size_t)*got;
	}
	while ((packing = sniff((struct str){z->in, z->n})) == UNKNOWN && !z->eof) {
		*got = read_some(z, z->in + z->n, ZIN_PACKED - z->n, e);
		if (*got < 0)
			return true;
		z->n += (size_t)*got;
	}
	*got = -1;
	return !open_member(z, packing == UNKNOWN ? PLAIN : packing, e);
}

/* Behind a member: nothing, padding of NUL bytes, or the next one. As begin(). */
static bool
next_member(struct zin *z, ptrdiff_t *got, struct err *e)
{
	enum packing packing = UNKNOWN;

	for (;;) {
		while (z->at < z->n && z->in[z->at] == '\0')
			z->at++;
		memmove(z->in, z->in + z->at, z->n - z->at);
		z->n -= z->at;
		z->at = 0;
		if (z->n)
			packing = sniff((struct str){z->in, z->n});
		if (packing != UNKNOWN || z->eof)
			break;
		*got = read_some(z, z->in + z->n, ZIN_PACKED - z->n, e);
		if (*got < 0)
			return true;
		z->n += (size_t)*got;
	}
	*got = z->n ? -1 : 0;
	if (packing == PLAIN || (packing == UNKNOWN && z->n))
		err_set(e, ERR_SYS, "rubbish behind the compressed data");
	else if (z->n && open_member(z, packing, e))
		return false;
	return true;
}

/* Unpack into `p`; how much was made.  `*ended`: the member is complete. */
static size_t
unpack_gzip(struct zin *z, char *p, size_t n, bool *ended)
{
	int r;

	z->gzip.next_in = (unsigned char *)z->in + z->at;
	z->gzip.avail_in = (unsigned)(z->n - z->at);
	z->gzip.next_out = (unsigned char *)p;
	z->gzip.avail_out = (unsigned)n;
	r = inflate(&z->gzip, Z_NO_FLUSH);
	z->at = z->n - z->gzip.avail_in;
	*ended = r == Z_STREAM_END;
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR) {
		z->bad = true;
		err_set(&z->why, ERR_SYS, "bad gzip data: %s",
		    z->gzip.msg ? z->gzip.msg : "unknown");
	}
	return n - z->gzip.avail_out;
}

static size_t
unpack_zstd(struct zin *z, char *p, size_t n, bool *ended)
{
	ZSTD_inBuffer in = {z->in, z->n, z->at};
	ZSTD_outBuffer out = {p, n, 0};
	size_t r = ZSTD_decompressStream(z->zstd, &out, &in);

	z->at = in.pos;
	*ended = r == 0;
	if (ZSTD_isError(r)) {
		z->bad = true;
		err_set(&z->why, ERR_SYS, "bad zstd data: %s", ZSTD_getErrorName(r));
	}
	return out.pos;
}

static size_t
unpack_xz(struct zin *z, char *p, size_t n, bool *ended)
{
	lzma_ret r;

	z->xz.next_in = (const uint8_t *)z->in + z->at;
	z->xz.avail_in = z->n - z->at;
	z->xz.next_out = (uint8_t *)p;
	z->xz.avail_out = n;
	r = lzma_code(&z->xz, LZMA_RUN);
	z->at = z->n - z->xz.avail_in;
	*ended = r == LZMA_STREAM_END;
	if (r != LZMA_OK && r != LZMA_STREAM_END && r != LZMA_BUF_ERROR) {
		z->bad = true;
		err_set(&z->why, ERR_SYS, "bad xz data: %s",
		    r == LZMA_MEMLIMIT_ERROR ? "needs more than 128 MiB of memory"
					     : "it is corrupt");
	}
	return n - z->xz.avail_out;
}

/* Events of Windows; the end of the file is the end of the member. */
static size_t
unpack_evtx(struct zin *z, char *p, size_t n, bool *ended)
{
	struct str s = {z->in + z->at, z->n - z->at};
	size_t made = 0;

	z->at += evtx_feed(z->evtx, s);
	if (z->eof && z->at == z->n)
		evtx_end(z->evtx);
	while (made < n) {
		size_t have = z->text.n - z->text_at;

		if (have > n - made)
			have = n - made;
		if (have)
			memcpy(p + made, z->text.p + z->text_at, have);
		made += have;
		z->text_at += have;
		if (z->text_at < z->text.n)
			break;
		buf_reset(&z->text);
		z->text_at = 0;
		if (!evtx_next(z->evtx, &z->text)) {
			*ended = z->eof && z->at == z->n;
			break;
		}
	}
	return made;
}

/* More of the member.  As begin(). */
static bool
unpack(struct zin *z, char *p, size_t n, ptrdiff_t *got, struct err *e)
{
	bool ended = false;
	size_t made = 0;

	if (z->at == z->n && !z->more) {
		z->at = z->n = 0;
		*got = read_some(z, z->in, ZIN_PACKED, e);
		if (*got < 0)
			return true;
		z->n = (size_t)*got;
	}
	if (n > 1U << 30)
		n = 1U << 30;
	switch (z->packing) {
	case GZIP:
		made = unpack_gzip(z, p, n, &ended);
		break;
	case ZSTD:
		made = unpack_zstd(z, p, n, &ended);
		break;
	case XZ:
		made = unpack_xz(z, p, n, &ended);
		break;
	case EVTX:
		made = unpack_evtx(z, p, n, &ended);
		break;
	case UNKNOWN:
	case PLAIN:
		break;
	}
	if (!ended && !made && !z->bad && z->eof && z->at == z->n) {
		z->bad = true;
		err_set(&z->why, ERR_SYS, "%s data is cut off", packing_name(z->packing));
	}
	if (ended)
		close_member(z);
	z->later |= ended;
	z->more = made == n && !ended;
	*got = (ptrdiff_t)made;
	return made > 0;
}

static ptrdiff_t
read_plain(struct zin *z, char *p, size_t n, struct err *e)
{
	if (z->at == z->n)
		return read_some(z, p, n, e);
	/* the few bytes that had looked like a magic */
	if (n > z->n - z->at)
		n = z->n - z->at;
	memcpy(p, z->in + z->at, n);
	z->at += n;
	return (ptrdiff_t)n;
}

ptrdiff_t
zin_read(struct zin *z, char *p, size_t n, struct err *e)
{
	ptrdiff_t got = 0;

	while (z->packing != PLAIN) {
		bool answered;

		if (z->bad) {
			*e = z->why;
			return -1;
		}
		if (z->packing != UNKNOWN)
			answered = unpack(z, p, n, &got, e);
		else if (z->later)
			answered = next_member(z, &got, e);
		else
			answered = begin(z, p, n, &got, e);
		if (answered)
			return got;
	}
	return read_plain(z, p, n, e);
}
