#include "arena.h"
#include "folds.h"
#include "json.h"
#include "lru.h"
#include "mem.h"

#define MARKS 4  /* occurrences remembered per key, to know an echo */
#define ID    32 /* hex digits of an id as the programs make them */
#define RAW   UINT32_MAX

/* What a key holds; most hold nothing. */
struct held {
	int64_t last; /* ns: last repeat */
	uint64_t n;
	size_t place; /* in the heap, from 1 */
	uint32_t line_n, cap;
	char line[];
};

struct fold {
	struct held *held;
	union {
		uint8_t raw[ID / 2];
		char *text;
	} of;
	uint32_t of_n;         /* RAW: ID hex digits */
	uint32_t changed;      /* in the list of those that changed, from 1; 0: did not */
	uint32_t marks[MARKS]; /* halves of hashes */
	uint8_t marks_n;       /* used */
	uint8_t marks_at;      /* the oldest */
	int64_t start, end;    /* ns: span begins, span ends */
};

struct folds {
	struct lru *table;
	int64_t span;
	void (*out)(void *ctx, const struct folded *);
	void *ctx;
	struct fold **heap; /* of those that hold something; the next one due at 1 */
	size_t heap_n, heap_cap;
	size_t held, held_max; /* bytes */
	uint64_t early;
	struct buf line;       /* what leaves, with JSON_PAD behind it */
	bool watched;          /* somebody asks for changes */
	struct fold **changed; /* in the order in which they did; NULL: it went */
	size_t changed_n, changed_cap;
	struct buf gone; /* lines of keys that went */
};

/* --- the id of the record that passed --- */

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Half the bytes of hex digits.  False: it is something else. */
static bool
pack(uint8_t raw[ID / 2], struct str id)
{
	int bad = id.n != ID;

	for (size_t i = 0; !bad && i < ID; i += 2) {
		int high = digit(id.p[i]), low = digit(id.p[i + 1]);

		bad = high < 0 || low < 0;
		raw[i / 2] = (uint8_t)(high * 16 + low);
	}
	return !bad;
}

static void
unpack(const uint8_t raw[ID / 2], char text[ID])
{
	for (size_t i = 0; i < ID; i++)
		text[i] = "0123456789abcdef"[raw[i / 2] >> (i % 2 ? 0 : 4) & 15];
}

static void
forget_id(struct fold *f)
{
	if (f->of_n != RAW)
		mem_free(f->of.text);
	f->of.text = NULL;
	f->of_n = 0;
}

static void
set_id(struct fold *f, struct str id)
{
	forget_id(f);
	if (pack(f->of.raw, id)) {
		f->of_n = RAW;
		return;
	}
	f->of.text = mem_text(id);
	f->of_n = (uint32_t)id.n;
}

/* In `text` if it is not as it came. */
static struct str
id_of(const struct fold *f, char text[ID])
{
	if (f->of_n != RAW)
		return (struct str){f->of.text, f->of_n};
	unpack(f->of.raw, text);
	return (struct str){text, ID};
}

/* --- what is due next --- */

static void
place(struct folds *t, size_t i, struct fold *f)
{
	t->heap[i] = f;
	f->held->place = i;
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
	sift(t, f->held->place);
}

static void
heap_del(struct folds *t, struct fold *f)
{
	size_t i = f->held->place;

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

/* What was held goes, unseen: it has left, or is in what is being read. */
static void
let_go(struct folds *t, struct fold *f)
{
	if (!f->held)
		return;
	heap_del(t, f);
	t->held -= sizeof(*f->held) + f->held->cap;
	mem_free(f->held);
	f->held = NULL;
}

/* What was held leaves; the span goes on. */
static void
leave(struct folds *t, struct fold *f)
{
	const struct held *h = f->held;
	char text[ID];
	struct folded out;

	if (!h)
		return;
	buf_reset(&t->line);
	memset(buf_room(&t->line, h->line_n + JSON_PAD) + h->line_n, 0, JSON_PAD);
	memcpy(t->line.p, h->line, h->line_n);
	out = (struct folded){
	    id_of(f, text), {t->line.p, h->line_n}, h->n, f->start, h->last};
	let_go(t, f);
	t->out(t->ctx, &out);
	change(t, f);
}

static void
drop(void *ctx, struct str key, void *value)
{
	struct fold *f = value;

	leave(ctx, f);
	went(ctx, f, key);
	forget_id(f);
}

static void
begin(struct folds *t, struct fold *f, const struct offer *o)
{
	leave(t, f);
	set_id(f, o->id);
	f->start = o->ns;
	f->end = o->ns > INT64_MAX - t->span ? INT64_MAX : o->ns + t->span;
	f->marks_n = 0;
	change(t, f);
}

static bool
echo(struct fold *f, uint64_t of)
{
	uint32_t mark = (uint32_t)(of >> 32) | !!of;

	if (!mark)
		return false;
	for (size_t i = 0; i < f->marks_n; i++)
		if (f->marks[i] == mark)
			return true;
	if (f->marks_n < MARKS) {
		f->marks[f->marks_n++] = mark;
	} else {
		f->marks[f->marks_at] = mark;
		f->marks_at = (uint8_t)((f->marks_at + 1) % MARKS);
	}
	return false;
}

/* Room for a line of that length, in an entry of the heap. */
static void
make_room(struct folds *t, struct fold *f, size_t n)
{
	struct held *old = f->held, *h;

	if (old && old->cap >= n)
		return;
	h = mem_new(1, sizeof(*h) + n);
	if (old) {
		h->last = old->last;
		h->n = old->n;
		let_go(t, f);
	}
	h->cap = (uint32_t)n;
	f->held = h;
	t->held += sizeof(*h) + n;
	heap_add(t, f);
}

static void
hold(struct folds *t, struct fold *f, const struct offer *o)
{
	struct held *h;

	make_room(t, f, o->line.n);
	h = f->held;
	memcpy(h->line, o->line.p, o->line.n);
	h->line_n = (uint32_t)o->line.n;
	h->n += o->n;
	if (o->ns > h->last || h->n == o->n)
		h->last = o->ns;
	if (o->ns < f->start)
		f->start = o->ns;
	change(t, f);
	for (; t->held > t->held_max; t->early++)
		leave(t, t->heap[1]);
}

/* --- all of them --- */

struct folds *
folds_new(int64_t span_ns, size_t max, size_t held_max,
    void (*out)(void *ctx, const struct folded *), void *ctx)
{
	struct folds *t = mem_new(1, sizeof(*t));

	t->span = span_ns;
	t->held_max = held_max;
	t->out = out;
	t->ctx = ctx;
	t->gone = buf_make((size_t)1 << 32);
	t->line = buf_make(SIZE_MAX / 2);
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
	buf_free(&t->line);
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
folds_of(const struct folds *t, struct arena *a, struct str key)
{
	const struct fold *f = lru_peek(t->table, key);

	return f ? id_of(f, arena_alloc(a, ID)) : STR_NONE;
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
	return lru_evicted(t->table) + t->early;
}

/* --- state --- */

static void
write_one(const struct fold *f, struct buf *b)
{
	const struct held *h = f->held;
	char text[ID];

	buf_add(b, STR("{\"key\":"));
	buf_json(b, lru_key(f));
	buf_add(b, STR(",\"of\":"));
	buf_json(b, id_of(f, text));
	buf_add(b, STR(",\"start\":"));
	buf_i64(b, f->start);
	buf_add(b, STR(",\"end\":"));
	buf_i64(b, f->end);
	if (h) {
		buf_add(b, STR(",\"last\":"));
		buf_i64(b, h->last);
		buf_add(b, STR(",\"n\":"));
		buf_u64(b, h->n);
		buf_add(b, STR(",\"held\":"));
		/* a record, as it stands */
		buf_add(b, (struct str){h->line, h->line_n});
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
		let_go(t, f);
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
