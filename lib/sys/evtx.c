#include "evtx.h"
#include "evtx_xml.h"
#include "mem.h"

#define HEADER  4096
#define CHUNK   65536
#define RECORDS 512 /* where they begin in a chunk */
#define LEAST   28  /* bytes of a record without XML */
#define XML     24  /* where that begins in it */

struct evtx {
	char *p; /* the chunk in hand */
	size_t n;
	size_t skip; /* of the header of the file */
	size_t at;   /* the next record */
	bool whole;
};

struct evtx *
evtx_new(void)
{
	struct evtx *x = mem_new(1, sizeof(*x));

	x->p = mem_new(CHUNK, 1);
	x->skip = HEADER;
	x->at = RECORDS;
	return x;
}

void
evtx_free(struct evtx *x)
{
	if (!x)
		return;
	mem_free(x->p);
	mem_free(x);
}

size_t
evtx_feed(struct evtx *x, struct str bytes)
{
	size_t skipped = bytes.n < x->skip ? bytes.n : x->skip, n = bytes.n - skipped;

	x->skip -= skipped;
	if (x->whole)
		return skipped;
	if (n > CHUNK - x->n)
		n = CHUNK - x->n;
	if (n)
		memcpy(x->p + x->n, bytes.p + skipped, n);
	x->n += n;
	x->whole = x->n == CHUNK;
	return skipped + n;
}

void
evtx_end(struct evtx *x)
{
	x->whole = x->n > 0;
}

static uint32_t
u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
	       (uint32_t)u[3] << 24;
}

/* What cannot be read still counts. */
static void
write_damaged(const char *record, struct buf *out)
{
	char digits[24];
	size_t i = sizeof(digits);
	uint64_t id = (uint64_t)u32(record + 12) << 32 | u32(record + 8);

	do
		digits[--i] = (char)('0' + id % 10);
	while (id /= 10);
	buf_add(out, STR("<Event><System><EventRecordID>"));
	buf_add(out, (struct str){digits + i, sizeof(digits) - i});
	buf_add(out, STR("</EventRecordID></System><Damaged/></Event>"));
}

bool
evtx_next(struct evtx *x, struct buf *out)
{
	size_t size, before = out->n;

	if (!x->whole)
		return false;
	/* behind the last record there is what an earlier use of the chunk left */
	if (x->n < RECORDS || memcmp(x->p, "ElfChnk", 8) != 0 || x->at + LEAST > x->n ||
	    memcmp(x->p + x->at, "**\0", 4) != 0 ||
	    (u32(x->p + 48) >= RECORDS && x->at >= u32(x->p + 48))) {
		x->n = 0;
		x->at = RECORDS;
		x->whole = false;
		return false;
	}
	size = u32(x->p + x->at + 4);
	if (size < LEAST || size > x->n - x->at)
		size = x->n - x->at;
	if (!evtx_xml((struct str){x->p, x->n}, x->at + XML, x->at + size - 4, out)) {
		out->n = before;
		out->full = false;
		write_damaged(x->p + x->at, out);
	}
	buf_ch(out, '\n');
	x->at += size;
	return true;
}
