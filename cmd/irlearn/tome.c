#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "sha256.h"
#include "tome.h"
#include "when.h"

#define CELLS 64 /* of the sketch, a line */

static void
add_u64s(struct buf *b, const char *name, const uint64_t *v, size_t n)
{
	buf_fmt(b, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_ch(b, ',');
		buf_u64(b, v[i]);
	}
	buf_ch(b, ']');
}

static void
add_word(struct buf *b, const struct habit *h, const char *name, uint32_t ref)
{
	if (ref == VOCAB_NONE)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, vocab_text(h->vocab, ref));
}

static void
add_hll(struct buf *b, const struct hll *s)
{
	uint64_t v[HLL_REGS];

	if (!s->n && !s->regs)
		return;
	for (size_t i = 0; i < s->n; i++)
		v[i] = s->few[i];
	for (size_t i = 0; s->regs && i < HLL_REGS; i++)
		v[i] = s->regs[i];
	add_u64s(b, s->regs ? "registers" : "hashes", v, s->regs ? HLL_REGS : s->n);
}

static void
add_recent(struct buf *b, const struct recent *r)
{
	if (!r->n)
		return;
	buf_add(b, STR(",\"recent\":["));
	for (size_t i = 0; i < r->n; i++)
		buf_fmt(b, "%s[%u,%u,%u,%u]", i ? "," : "", r->v[i].at, r->v[i].n,
		    r->v[i].taught, r->v[i].pooled);
	buf_ch(b, ']');
}

/* Its text did not fit any more, so nobody could read it. */
static bool
lost(const struct habit *h, const struct series *s)
{
	static const uint64_t all[3] = {0, 0, 0};

	return s->context == VOCAB_NONE &&
	       s->key != habit_key(h->lenses->v[s->lens].hash, all);
}

/* --- in order of the texts --- */

static int
by_words(const struct habit *h, const uint32_t *a, const uint32_t *b)
{
	for (int i = 0; i < 3; i++) {
		int d = str_cmp(vocab_text(h->vocab, a[i]), vocab_text(h->vocab, b[i]));

		if (!d)
			d = (a[i] != VOCAB_NONE) - (b[i] != VOCAB_NONE);
		if (d)
			return d;
	}
	return 0;
}

static int
by_lens(const struct habit *h, uint32_t a, uint32_t b)
{
	if (a == b || a >= h->lenses->n || b >= h->lenses->n)
		return (a > b) - (a < b);
	return str_cmp(h->lenses->v[a].id, h->lenses->v[b].id);
}

static int
by_count(const void *x, const void *y, void *ctx)
{
	const struct counted *a = *(const struct counted *const *)x,
			     *b = *(const struct counted *const *)y;
	int d = by_lens(ctx, a->lens, b->lens);

	return d ? d
		 : by_words(ctx, (const uint32_t[]){a->over, a->context, a->value},
		       (const uint32_t[]){b->over, b->context, b->value});
}

static int
by_series(const void *x, const void *y, void *ctx)
{
	const struct series *a = *(const struct series *const *)x,
			    *b = *(const struct series *const *)y;
	int d = by_lens(ctx, a->lens, b->lens);

	return d ? d
		 : by_words(ctx, (const uint32_t[]){a->over, a->context, VOCAB_NONE},
		       (const uint32_t[]){b->over, b->context, VOCAB_NONE});
}

static int
by_week(const void *x, const void *y, void *ctx)
{
	const struct weekly *a = *(const struct weekly *const *)x,
			    *b = *(const struct weekly *const *)y;
	int d = by_lens(ctx, a->lens, b->lens);

	return d ? d
		 : by_words(ctx, (const uint32_t[]){a->over, a->context, VOCAB_NONE},
		       (const uint32_t[]){b->over, b->context, VOCAB_NONE});
}

/* --- the parts --- */

static void
write_head(const struct habit *h, struct buf *b)
{
	const struct habit_about *a = &h->about;
	char first[WHEN_MAX] = "", last[WHEN_MAX] = "";

	if (a->events) {
		when_text(first, a->first);
		when_text(last, a->last);
	}
	buf_fmt(b, "{\"format\":\"" TOME_FORMAT "\",\"version\":%d,\"lenses\":\"%s\"",
	    TOME_VERSION, h->lenses->hash);
	buf_fmt(b,
	    ",\"events\":%llu,\"stuck\":%llu,\"capped\":%llu,\"first\":\"%s\",\"last\":"
	    "\"%s\","
	    "\"spilled\":%llu,\"mixed\":%d",
	    (unsigned long long)a->events, (unsigned long long)a->stuck,
	    (unsigned long long)a->capped, first, last,
	    (unsigned long long)counts_spilled(h->counts), counts_mixed(h->counts));
	add_hll(b, &a->hosts);
	buf_add(b, STR("}\n"));
}

static void
write_scores(const struct scores *s, const char *name, struct buf *b)
{
	for (unsigned i = 0; i < SCORES_BINS; i++)
		if (s->bins[i])
			buf_fmt(b, "{\"scores\":\"%s\",\"bin\":%u,\"n\":%llu}\n", name, i,
			    (unsigned long long)s->bins[i]);
}

static void
write_counts(const struct habit *h, struct buf *b)
{
	size_t n, some = 0;
	const struct counted *all = counts_all(h->counts, &n), **v;

	v = mem_new(n + 1, sizeof(struct counted *));
	for (size_t i = 0; i < n; i++)
		if (all[i].n && all[i].lens != VOCAB_NONE)
			v[some++] = &all[i];
	qsort_r(v, some, sizeof(*v), by_count, (void *)(uintptr_t)h);
	for (size_t i = 0; i < some; i++) {
		if (v[i]->lens == LENS_ABOUT) {
			buf_add(b, STR("{\"data\":"));
			buf_json(b, vocab_text(h->vocab, v[i]->context));
			buf_fmt(b, ",\"n\":%llu}\n", (unsigned long long)v[i]->n);
			continue;
		}
		buf_add(b, STR("{\"lens\":"));
		buf_json(b, h->lenses->v[v[i]->lens].id);
		add_word(b, h, "over", v[i]->over);
		add_word(b, h, "context", v[i]->context);
		add_word(b, h, "value", v[i]->value);
		buf_fmt(b, ",\"n\":%llu,\"hour\":%u}\n", (unsigned long long)v[i]->n,
		    v[i]->hour);
	}
	mem_free(v);
}

static void
write_one_series(const struct habit *h, const struct series *s, struct buf *b)
{
	buf_add(b, STR("{\"series\":"));
	buf_json(b, h->lenses->v[s->lens].id);
	add_word(b, h, "over", s->over);
	add_word(b, h, "context", s->context);
	buf_add(b, STR(",\"epochs\":["));
	for (int i = 0; i < SERIES_EPOCHS && s->epochs[i].n; i++)
		buf_fmt(b, "%s[%lld,%llu,%llu,%llu]", i ? "," : "",
		    (long long)s->epochs[i].at, (unsigned long long)s->epochs[i].n,
		    (unsigned long long)s->epochs[i].sum,
		    (unsigned long long)s->epochs[i].squares);
	buf_ch(b, ']');
	add_recent(b, &s->recent);
	if (s->recent.n && s->recent.cut)
		buf_add(b, STR(",\"cut\":1"));
	if (s->started) {
		buf_fmt(b, ",\"open\":[%lld,%llu]", (long long)s->learned.at,
		    (unsigned long long)s->learned.n);
		add_hll(b, &s->learned.seen);
	}
	buf_add(b, STR("}\n"));
}

static void
write_series(const struct habit *h, struct buf *b)
{
	size_t n = 0;
	const struct series **v = mem_new(
	    lru_count(h->series) + 1, sizeof(struct series *));

	for (const struct series *s = NULL; (s = lru_next(h->series, s));)
		if ((s->started || s->epochs[0].n) && !lost(h, s))
			v[n++] = s;
	qsort_r(v, n, sizeof(*v), by_series, (void *)(uintptr_t)h);
	for (size_t i = 0; i < n; i++)
		write_one_series(h, v[i], b);
	mem_free(v);
}

static void
write_weeks(const struct habit *h, struct buf *b)
{
	size_t n = 0;
	const struct weekly **v = mem_new(
	    lru_count(h->weeks) + 1, sizeof(struct weekly *));

	for (const struct weekly *w = NULL; (w = lru_next(h->weeks, w));)
		if (w->n)
			v[n++] = w;
	qsort_r(v, n, sizeof(*v), by_week, (void *)(uintptr_t)h);
	for (size_t i = 0; i < n; i++) {
		uint64_t hours[WEEKLY_HOURS];

		for (size_t k = 0; k < WEEKLY_HOURS; k++)
			hours[k] = v[i]->hours[k];
		buf_add(b, STR("{\"week\":"));
		buf_json(b, h->lenses->v[v[i]->lens].id);
		add_word(b, h, "over", v[i]->over);
		add_word(b, h, "context", v[i]->context);
		buf_fmt(b, ",\"last\":%lld", (long long)v[i]->learned);
		add_recent(b, &v[i]->recent);
		add_u64s(b, "hours", hours, WEEKLY_HOURS);
		buf_add(b, STR("}\n"));
	}
	mem_free(v);
}

static void
write_shapes(const struct habit *h, struct buf *b)
{
	for (size_t i = 0; i < h->lenses->n; i++) {
		const struct shape *s = h->shape[i];

		for (size_t t = 0; s && s->n && t < SHAPE_TREES; t++) {
			uint64_t mass[SHAPE_NODES];

			for (size_t k = 0; k < SHAPE_NODES; k++)
				mass[k] = s->mass[t][k];
			buf_add(b, STR("{\"shape\":"));
			buf_json(b, h->lenses->v[i].id);
			buf_fmt(b, ",\"tree\":%zu", t);
			add_u64s(b, "mass", mass, SHAPE_NODES);
			buf_add(b, STR("}\n"));
		}
	}
}

static void
write_sketch(const struct habit *h, struct buf *b)
{
	const uint32_t *cells = counts_sketch(h->counts);

	for (size_t at = 0; cells && at < COUNTS_ROWS * COUNTS_WIDTH; at += CELLS) {
		uint64_t v[CELLS], any = 0;

		for (size_t i = 0; i < CELLS; i++)
			any |= v[i] = cells[at + i];
		if (!any)
			continue;
		buf_fmt(b, "{\"sketch\":%zu", at);
		add_u64s(b, "n", v, CELLS);
		buf_add(b, STR("}\n"));
	}
}

void
tome_write(struct habit *h, struct buf *b)
{
	size_t from = b->n, lines = 0;
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	char hex[65];

	write_head(h, b);
	write_scores(&h->pairs, "pair", b);
	write_scores(&h->hours, "week", b);
	write_scores(&h->shapes, "shape", b);
	write_counts(h, b);
	write_series(h, b);
	write_weeks(h, b);
	write_shapes(h, b);
	write_sketch(h, b);
	sha256_init(&sum);
	sha256_add(&sum, str_from(buf_str(b), from));
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	hex[64] = '\0';
	for (size_t i = from; i < b->n; i++)
		lines += b->p[i] == '\n';
	buf_fmt(b, "{\"end\":%zu,\"sha256\":\"%s\"}\n", lines, hex);
}
