/*
 * All variants of the scanner say the same of every input: verdict, place of the
 * fault, slices.  Each sees the text in memory of exactly its length and the
 * padding, which is filled with what would change the text if it were read.
 */
#include <stdlib.h>

#include "json.h"
#include "scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const names[] = {
    "a", "a.b", "a.b.c", "b", "b.a", "", "a.", "source.ip", "a.long.name.that.is.longer"};

#define NAMES (sizeof(names) / sizeof(*names))

struct verdict {
	bool valid, record;
	struct json_fault fault, record_fault;
	struct scanned got;
	size_t from[NAMES], n[NAMES];
	bool there[NAMES], spread[NAMES], twice[NAMES];
};

static void
judge(const struct paths *paths, struct str text, struct verdict *v)
{
	struct found f[NAMES] = {0};
	uint32_t hit[NAMES];
	struct finds finds = {.v = f, .hit = hit};

	v->valid = json_valid(text, &v->fault);
	v->record = scan_record(paths, text, &finds, &v->got, &v->record_fault);
	if (!v->record) {
		v->got = (struct scanned){0};
		return;
	}
	v->record_fault = (struct json_fault){0};
	for (size_t i = 0; i < NAMES; i++) {
		v->there[i] = f[i].raw.p != NULL;
		v->from[i] = f[i].raw.p ? (size_t)(f[i].raw.p - text.p) : 0;
		v->n[i] = f[i].raw.n;
		v->spread[i] = f[i].spread;
		v->twice[i] = f[i].twice;
	}
}

static bool
same(const struct verdict *a, const struct verdict *b)
{
	if (a->valid != b->valid || a->record != b->record ||
	    a->record_fault.why != b->record_fault.why ||
	    a->record_fault.at != b->record_fault.at || a->got.open != b->got.open ||
	    a->got.close != b->got.close || a->got.members != b->got.members ||
	    a->got.empty != b->got.empty || a->got.twice != b->got.twice)
		return false;
	if (!a->valid && (a->fault.why != b->fault.why || a->fault.at != b->fault.at))
		return false;
	return memcmp(a->from, b->from, sizeof(a->from)) == 0 &&
	       memcmp(a->n, b->n, sizeof(a->n)) == 0 &&
	       memcmp(a->there, b->there, sizeof(a->there)) == 0 &&
	       memcmp(a->spread, b->spread, sizeof(a->spread)) == 0 &&
	       memcmp(a->twice, b->twice, sizeof(a->twice)) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	static const char *const variants[] = {"scalar", "sse2", "avx2", "avx512"};
	static const char fill[] = "\"\\}{]\",: 0";
	static struct paths *paths;
	struct verdict first, v;
	char *room = malloc(n + JSON_PAD);

	if (!room)
		return 0;
	if (!paths) {
		paths = paths_new();
		for (size_t i = 0; i < NAMES; i++)
			paths_add(paths, str_of(names[i]));
	}
	memcpy(room, in, n);
	for (size_t i = 0; i < JSON_PAD; i++)
		room[n + i] = fill[(i + n) % (sizeof(fill) - 1)];
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		if (!scan_variant(variants[i]))
			continue;
		memset(&v, 0, sizeof(v));
		judge(paths, (struct str){room, n}, &v);
		if (i == 0)
			first = v;
		else if (!same(&first, &v))
			abort();
	}
	scan_variant(NULL);
	free(room);
	return 0;
}
