#include "arena.h"
#include "folds.h"
#include "json.h"
#include "lru.h"
#include "mem.h"

#define MARKS 4 /* occurrences remembered per key, to know an echo */

struct fold {
	char *of, *held;
	uint32_t of_n, held_n, held_cap;
	uint32_t place;        /* in the heap, from 1; 0: holds nothing */
	uint32_t changed;      /* in the list of those that changed, from 1; 0: did not */
	uint32_t marks_n;      /* ever noted; the newest stands at marks_n - 1 */
	uint32_t marks[MARKS]; /* halves of hashes */
	int64_t start, end, last; /* ns: span begins, span ends, last repeat */
	uint64_t n;
};

struct folds {
	struct lru *table;
	int64_t span;
	void (*out)(void *ctx, const struct folded *);
	void *ctx;
	struct fold **heap; /* of those that hold something; the next one due at 1 */
	size_t heap_n, heap_cap;
	bool watched;          /* somebody asks for changes */
	struct fold **changed; /* in the order in which they did; NULL: it went */
	size_t changed_n, changed_cap;
	struct buf gone; /* lines of keys that went */
};

/* --- what is due next --- */

static void
place(struct folds *t, size_t i, struct fold *f)
{
	t->heap[i] = f;
	f->place = (uint32_t)i;
}

static void
sift(struct folds *t, size_t i)
{
	struct fold *f = t->heap[i];

	for (; i > 1 && t->heap[i / 2]->end > f->end; i /= 2)
		place(t, i, t->heap[i / 2]);
	for (size_t k; (k = 2 * i) <= t->heap_n; i = k) {
		k += k < t->heap_n && t->heap[k + 1]->end < t->heap[k]->end;
		if (t->heap[k]->end >= f->end)
			break;
		place(t, i, t->heap[k]);
	}
	place(t, i, f);
}

static void
heap_add(struct folds *t, struct fold *f)
{
	t->heap = mem_grow(t->heap, &t->heap_cap, t->heap_n + 2, sizeof(*t->heap));
	place(t, ++t->heap_n, f);
	sift(t, f->place);
}

static void
heap_del(struct folds *t, struct fold *f)
{
	size_t i = f->place;

	f->place = 0;
	if (i != t->heap_n) {
		place(t, i, t->heap[t->heap_n--]);
		sift(t, i);
	} else {
		t->heap_n--;
	}
}

/* --- what changed --- */

static void
change(struct folds *t, struct fold *f)
{
	if (!t->watched || f->changed)
		return;
	t->changed = mem_grow(
	    t->changed, &t->changed_cap, t->changed_n + 1, sizeof(*t->changed));
	t->changed[t->changed_n++] = f;
	f->changed = (uint32_t)t->changed_n;
}

static void
went(struct folds *t, struct fold *f, struct str key)
{
	if (!t->watched)
		return;
	if (f->changed)
		t->changed[f->changed - 1] = NULL;
	buf_add(&t->gone, STR("{\"gone\":"));
	buf_json(&t->gone, key);
	buf_add(&t->gone, STR("}\n"));
}

/* --- one key --- */

/* What was held leaves; the span goes on. */
static void
leave(struct folds *t, struct fold *f)
{
	struct folded out = {
	    {f->of, f->of_n}, {f->held, f->held_n}, f->n, f->start, f->last};

	if (!f->place)
		return;
	heap_del(t, f);
	t->out(t->ctx, &out);
	f->n = 0;
	change(t, f);
}

static void
drop(void *ctx, struct str key, void *value)
{
	struct fold *f = value;

	leave(ctx, f);
	went(ctx, f, key);
	mem_free(f->of);
	mem_free(f->held);
}

static void
begin(struct folds *t, struct fold *f, const struct offer *o)
{
	leave(t, f);
	mem_free(f->of);
	f->of = mem_text(o->id);
	f->of_n = (uint32_t)o->id.n;
	f->start = f->last = o->ns;
	f->end = o->ns > INT64_MAX - t->span ? INT64_MAX : o->ns + t->span;
	f->marks_n = 0;
	change(t, f);
}

static bool
echo(struct fold *f, uint64_t of)
{
	uint32_t mark = (uint32_t)(of >> 32) | !!of;
	size_t n = f->marks_n < MARKS ? f->marks_n : MARKS;

	if (!mark)
		return false;
	for (size_t i = 0; i < n; i++)
		if (f->marks[i] == mark)
			return true;
	f->marks[f->marks_n++ % MARKS] = mark;
	return false;
}

static void
hold(struct folds *t, struct fold *f, const struct offer *o)
{
	size_t cap = f->held_cap;

	f->held = mem_grow(f->held, &cap, o->line.n + JSON_PAD, 1);
	f->held_cap = (uint32_t)cap;
	memcpy(f->held, o->line.p, o->line.n);
	f->held_n = (uint32_t)o->line.n;
	f->n += o->n;
	if (o->ns > f->last)
		f->last = o->ns;
	if (o->ns < f->start)
		f->start = o->ns;
	if (!f->place)
		heap_add(t, f);
	change(t, f);
}

/* --- all of them --- */

struct folds *
folds_new(
    int64_t span_ns, size_t max, void (*out)(void *ctx, const struct folded *), void *ctx)
{
	struct folds *t = mem_new(1, sizeof(*t));

	t->span = span_ns;
	t->out = out;
	t->ctx = ctx;
	t->gone = buf_make((size_t)1 << 32);
	t->table = lru_new(max, sizeof(struct fold), drop, t);
	return t;
}

static void
swallow(void *ctx, const struct folded *f)
{
	(void)ctx;
	(void)f;
}

void
folds_free(struct folds *t)
{
	if (!t)
		return;
	t->out = swallow;
	t->watched = false;
	lru_free(t->table);
	buf_free(&t->gone);
	mem_free(t->changed);
	mem_free(t->heap);
	mem_free(t);
}

enum offered
folds_offer(struct folds *t, const struct offer *o)
{
	bool fresh;
	struct fold *f = lru_put(t->table, o->key, &fresh);

	if (fresh || o->ns >= f->end) {
		begin(t, f, o);
		echo(f, o->mark);
		return FOLDS_FIRST;
	}
	if (o->ns < f->start - t->span)
		return FOLDS_OLD;
	if (echo(f, o->mark))
		return FOLDS_ECHO;
	hold(t, f, o);
	return FOLDS_HELD;
}

struct str
folds_of(const struct folds *t, struct str key)
{
	const struct fold *f = lru_peek(t->table, key);

	return f ? (struct str){f->of, f->of_n} : STR_NONE;
}

void
folds_flush(struct folds *t, int64_t now_ns)
{
	while (t->heap_n && t->heap[1]->end <= now_ns)
		leave(t, t->heap[1]);
}

uint64_t
folds_evicted(const struct folds *t)
{
	return lru_evicted(t->table);
}

/* --- state --- */

static void
write_one(const struct fold *f, struct buf *b)
{
	buf_add(b, STR("{\"key\":"));
	buf_json(b, lru_key(f));
	buf_add(b, STR(",\"of\":"));
	buf_json(b, (struct str){f->of, f->of_n});
	buf_add(b, STR(",\"start\":"));
	buf_i64(b, f->start);
	buf_add(b, STR(",\"end\":"));
	buf_i64(b, f->end);
	if (f->place) {
		buf_add(b, STR(",\"last\":"));
		buf_i64(b, f->last);
		buf_add(b, STR(",\"n\":"));
		buf_u64(b, f->n);
		buf_add(b, STR(",\"held\":"));
		/* a record, as it stands */
		buf_add(b, (struct str){f->held, f->held_n});
	}
	buf_add(b, STR("}\n"));
}

void
folds_save(const struct folds *t, struct buf *b)
{
	for (const struct fold *f = NULL; (f = lru_next(t->table, f));)
		write_one(f, b);
}

void
folds_journal(struct folds *t, struct buf *b)
{
	t->watched = true;
	buf_add(b, buf_str(&t->gone));
	buf_reset(&t->gone);
	for (size_t i = 0; i < t->changed_n; i++) {
		struct fold *f = t->changed[i];

		if (!f)
			continue;
		f->changed = 0;
		write_one(f, b);
	}
	t->changed_n = 0;
}

static bool
number(struct arena *a, struct str raw, struct str name, int64_t *v)
{
	return json_i64(json_get(a, raw, name), v);
}

/* Nothing leaves: what it held is in the line that is being read, or has left. */
static void
forget(struct folds *t, struct fold *f)
{
	if (f->place)
		heap_del(t, f);
	f->n = 0;
}

bool
folds_load_one(struct folds *t, struct arena *a, struct str raw)
{
	struct str gone = json_text(a, json_get(a, raw, STR("gone"))), held;
	struct offer o = {.n = 1};
	struct fold *f;
	int64_t end, n;

	o.key = gone.p ? gone : json_text(a, json_get(a, raw, STR("key")));
	if (!o.key.p)
		return false;
	if ((f = lru_peek(t->table, o.key)))
		forget(t, f);
	if (gone.p) {
		lru_del(t->table, gone);
		return true;
	}
	o.id = json_text(a, json_get(a, raw, STR("of")));
	held = json_get(a, raw, STR("held"));
	if (json_type(held) != JSON_MAP) /* a text in snapshots of before */
		held = json_text(a, held);
	if (!o.id.p || !number(a, raw, STR("start"), &o.ns) ||
	    !number(a, raw, STR("end"), &end))
		return false;
	f = lru_put(t->table, o.key, NULL);
	begin(t, f, &o);
	f->end = end;
	if (!held.p)
		return true;
	if (!number(a, raw, STR("n"), &n) || n < 1 || !number(a, raw, STR("last"), &o.ns))
		return false;
	o.n = (uint64_t)n;
	o.line = held;
	hold(t, f, &o);
	return true;
}
