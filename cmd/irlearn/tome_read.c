#include <stdio.h>

#include "json.h"
#include "mem.h"
#include "sha256.h"
#include "tome.h"
#include "when.h"

struct page {
	struct habit *h;
	struct arena *a;
	struct str line;
	bool mixed; /* something was known before */
};

static struct str
text_of(const struct page *p, const char *name)
{
	return json_text(p->a, json_get(p->a, p->line, str_of(name)));
}

static bool
number_of(const struct page *p, const char *name, uint64_t *n)
{
	int64_t v;

	if (!json_i64(json_get(p->a, p->line, str_of(name)), &v) || v < 0)
		return false;
	*n = (uint64_t)v;
	return true;
}

/* A list of at most `max` numbers; how many, or -1. */
static int
numbers(struct str list, uint64_t *v, size_t max)
{
	size_t at = 0, n = 0;
	struct str raw;
	int64_t i;

	if (json_type(list) != JSON_LIST)
		return -1;
	while (json_next(list, &at, NULL, &raw)) {
		if (n == max || !json_i64(raw, &i) || i < 0)
			return -1;
		v[n++] = (uint64_t)i;
	}
	return (int)n;
}

static int
numbers_of(const struct page *p, const char *name, uint64_t *v, size_t max)
{
	return numbers(json_get(p->a, p->line, str_of(name)), v, max);
}

/* Absent is fine. */
static bool
read_hll(const struct page *p, struct hll *out)
{
	uint64_t v[HLL_REGS];
	uint8_t regs[HLL_REGS];
	struct hll o = {0};
	int n;

	if (json_get(p->a, p->line, STR("hashes")).p) {
		n = numbers_of(p, "hashes", v, HLL_FEW);
		for (int i = 0; i < n; i++)
			hll_add(&o, v[i] << 32);
	} else if (json_get(p->a, p->line, STR("registers")).p) {
		n = numbers_of(p, "registers", v, HLL_REGS);
		for (int i = 0; i < n; i++) {
			regs[i] = v[i] > 25 ? 25 : (uint8_t)v[i];
			n = v[i] > 25 ? -1 : n;
		}
		o.regs = regs;
		n = n == HLL_REGS ? n : -1;
	} else {
		return true;
	}
	if (n >= 0)
		hll_merge(out, &o);
	return n >= 0;
}

static bool
lens_of(const struct page *p, const char *name, uint32_t *lens)
{
	struct str id = text_of(p, name);
	const struct lenses *ls = p->h->lenses;

	for (uint32_t i = 0; i < ls->n; i++)
		if (str_eq(ls->v[i].id, id)) {
			*lens = i;
			return true;
		}
	return false;
}

static void
word_of(const struct page *p, const char *name, struct glimpse *g, int part)
{
	struct str text = text_of(p, name);
	struct word w = {0, VOCAB_NONE};

	if (text.p)
		w = vocab_word(p->h->vocab, text);
	g->id[part] = w.id;
	g->ref[part] = w.ref;
}

static bool
glimpse_of(const struct page *p, const char *name, struct glimpse *g)
{
	if (!lens_of(p, name, &g->lens))
		return false;
	word_of(p, "over", g, OVER);
	word_of(p, "context", g, CONTEXT);
	word_of(p, "value", g, VALUE);
	return true;
}

static bool
kept(const struct glimpse *g, int part)
{
	return !g->id[part] || g->ref[part] != VOCAB_NONE;
}

/* --- one line of each kind --- */

static bool
read_count(const struct page *p)
{
	struct glimpse g;
	struct counted name = {0}, *s;
	uint64_t n, hour, key;

	if (!glimpse_of(p, "lens", &g) || !number_of(p, "n", &n) || !n ||
	    n > INT64_MAX / 2 || !number_of(p, "hour", &hour) || hour > UINT32_MAX ||
	    !g.id[CONTEXT] || p->h->lenses->v[g.lens].kind != LENS_PAIR)
		return false;
	key = habit_key(p->h->lenses->v[g.lens].hash, g.id);
	name = (struct counted){.lens = g.lens,
	    .over = g.ref[OVER],
	    .context = g.ref[CONTEXT],
	    .value = g.ref[VALUE]};
	counts_add(p->h->counts, key, (int64_t)n, &name,
	    g.ref[CONTEXT] != VOCAB_NONE && kept(&g, OVER) && kept(&g, VALUE));
	s = counts_at(p->h->counts, key);
	if (s && hour > s->hour)
		s->hour = (uint32_t)hour;
	return true;
}

static bool
read_data(const struct page *p)
{
	struct glimpse g = {.lens = LENS_ABOUT};
	uint64_t n;

	word_of(p, "data", &g, CONTEXT);
	if (!g.id[CONTEXT] || !number_of(p, "n", &n) || !n || n > INT64_MAX / 2)
		return false;
	counts_add(p->h->counts, habit_key(HABIT_ABOUT, g.id), (int64_t)n,
	    &(struct counted){
		LENS_ABOUT, VOCAB_NONE, g.ref[CONTEXT], VOCAB_NONE, 0, 0, 0},
	    true);
	return true;
}

static bool
read_scores(const struct page *p)
{
	struct str of = text_of(p, "scores");
	struct scores *s = str_eq(of, STR("pair"))    ? &p->h->pairs
			   : str_eq(of, STR("week"))  ? &p->h->hours
			   : str_eq(of, STR("shape")) ? &p->h->shapes
						      : NULL;
	uint64_t bin, n;

	if (!s || !number_of(p, "bin", &bin) || bin >= SCORES_BINS ||
	    !number_of(p, "n", &n) || !n)
		return false;
	scores_add(s, bin, (int64_t)n);
	return true;
}

static bool
read_epochs(const struct page *p, struct series *s)
{
	struct str list = json_get(p->a, p->line, STR("epochs")), raw;
	size_t at = 0, n = 0;
	uint64_t v[4];

	if (json_type(list) != JSON_LIST)
		return false;
	for (; json_next(list, &at, NULL, &raw); n++) {
		if (n == SERIES_EPOCHS || numbers(raw, v, 4) != 4 || v[0] > INT32_MAX ||
		    !v[1] || v[1] > INT32_MAX)
			return false;
		series_add_epoch(s, &(struct epoch){(int64_t)v[0], v[1], v[2], v[3]});
	}
	return true;
}

/* `had`: the key was known, so what it held is of two models. */
static bool
read_recent(const struct page *p, struct recent *r, size_t max, bool had)
{
	struct str list = json_get(p->a, p->line, STR("recent")), raw;
	bool had_some = r->n > 0;
	size_t at = 0, n = 0;
	uint64_t v[4];

	r->cut |= had || json_get(p->a, p->line, STR("cut")).p;
	if (!list.p)
		return true;
	if (json_type(list) != JSON_LIST)
		return false;
	for (; json_next(list, &at, NULL, &raw); n++) {
		if (n == max || numbers(raw, v, 4) != 4 || v[0] > UINT32_MAX || !v[1] ||
		    v[1] > UINT32_MAX || v[2] > v[1] || v[3] > v[1])
			return false;
		recent_add(r, max,
		    &(struct recent_span){
			(uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2], (uint32_t)v[3]});
	}
	r->cut |= had_some;
	return true;
}

static bool
read_series(const struct page *p)
{
	struct span_open open = {0};
	struct glimpse g;
	struct series *s;
	uint64_t v[2];
	enum lens_kind kind;
	bool ok, had;

	if (!glimpse_of(p, "series", &g))
		return false;
	kind = p->h->lenses->v[g.lens].kind;
	if ((kind != LENS_RATE && kind != LENS_DISTINCT) ||
	    (!g.id[CONTEXT] && g.id[OVER]))
		return false;
	s = habit_series(p->h, &g, true);
	had = s->started || s->epochs[0].n;
	if (!read_epochs(p, s) || !read_recent(p, &s->recent, SERIES_RECENT, had))
		return false;
	/* as it was written before there were any */
	s->recent.cut |= s->epochs[0].n && !s->recent.n;
	if (!json_get(p->a, p->line, STR("open")).p)
		return true;
	if (numbers_of(p, "open", v, 2) != 2 || v[0] > INT64_MAX / 2)
		return false;
	open.at = (int64_t)v[0];
	open.n = v[1];
	ok = read_hll(p, &open.seen);
	if (ok)
		series_add_open(s, &open);
	hll_reset(&open.seen);
	return ok;
}

static bool
read_week(const struct page *p)
{
	struct glimpse g;
	struct weekly *w;
	uint64_t v[WEEKLY_HOURS], last;

	if (!glimpse_of(p, "week", &g) || p->h->lenses->v[g.lens].kind != LENS_WEEK ||
	    !number_of(p, "last", &last) ||
	    numbers_of(p, "hours", v, WEEKLY_HOURS) != WEEKLY_HOURS)
		return false;
	w = habit_weekly(p->h, &g, true);
	if (!read_recent(p, &w->recent, WEEKLY_HOURS, w->n > 0))
		return false;
	for (int i = 0; i < WEEKLY_HOURS; i++) {
		if (v[i] > UINT32_MAX / WEEKLY_HOURS - w->hours[i])
			return false;
		w->hours[i] += (uint32_t)v[i];
		w->n += (uint32_t)v[i];
	}
	if ((int64_t)last > w->learned)
		w->learned = (int64_t)last;
	return true;
}

static bool
read_shape(const struct page *p)
{
	uint64_t v[SHAPE_NODES], tree;
	struct shape *s;
	uint32_t lens;

	if (!lens_of(p, "shape", &lens) || !(s = p->h->shape[lens]) ||
	    !number_of(p, "tree", &tree) || tree >= SHAPE_TREES ||
	    numbers_of(p, "mass", v, SHAPE_NODES) != SHAPE_NODES)
		return false;
	for (int i = 0; i < SHAPE_NODES; i++) {
		uint32_t *mass = &s->mass[tree][i];

		if (v[i] > UINT32_MAX)
			return false;
		*mass = v[i] < UINT32_MAX - *mass ? *mass + (uint32_t)v[i] : UINT32_MAX;
	}
	if (tree == 0)
		s->n += v[1]; /* all went through the root */
	return true;
}

static bool
read_sketch(const struct page *p)
{
	uint64_t v[64], at;

	if (!number_of(p, "sketch", &at) || at % 64 || at >= COUNTS_ROWS * COUNTS_WIDTH ||
	    numbers_of(p, "n", v, 64) != 64)
		return false;
	for (size_t i = 0; i < 64; i++)
		counts_sketch_add(p->h->counts, at + i,
		    v[i] < UINT32_MAX ? (uint32_t)v[i] : UINT32_MAX, p->mixed);
	return true;
}

static bool
read_line(const struct page *p)
{
	static const struct {
		const char *key;
		bool (*read)(const struct page *);
	} kinds[] = {{"{\"lens\":", read_count}, {"{\"data\":", read_data},
	    {"{\"scores\":", read_scores}, {"{\"series\":", read_series},
	    {"{\"week\":", read_week}, {"{\"shape\":", read_shape},
	    {"{\"sketch\":", read_sketch}};

	if (!json_valid(p->line, NULL))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_starts(p->line, str_of(kinds[i].key)))
			return kinds[i].read(p);
	return false;
}

/* --- the header, the end --- */

static bool
read_about(struct page *p)
{
	struct habit_about *a = &p->h->about;
	uint64_t events, capped, spilled, mixed, stuck;
	int64_t first = 0, last = 0;

	if (!number_of(p, "events", &events) || !number_of(p, "capped", &capped) ||
	    !number_of(p, "spilled", &spilled) || !number_of(p, "mixed", &mixed) ||
	    !read_hll(p, &a->hosts))
		return false;
	if (events && (!when_parse(text_of(p, "first"), &first) ||
			  !when_parse(text_of(p, "last"), &last)))
		return false;
	if (events && (!a->events || first < a->first))
		a->first = first;
	if (events && (!a->events || last > a->last))
		a->last = last;
	p->mixed = mixed || a->events > 0;
	a->events += events;
	a->capped += capped;
	a->stuck += number_of(p, "stuck", &stuck) ? stuck : 0;
	counts_spilled_add(p->h->counts, spilled);
	return true;
}

static bool
read_head(struct page *p, const char *name, struct err *e)
{
	int64_t version = 0;

	if (!json_valid(p->line, NULL) || !str_eq(text_of(p, "format"), STR(TOME_FORMAT)))
		err_set(e, ERR_CONFIG, "%s:1: this is no model of irlearn", name);
	else if (!json_i64(json_get(p->a, p->line, STR("version")), &version) ||
		 version < TOME_OLDEST || version > TOME_VERSION)
		err_set(e, ERR_CONFIG, "%s:1: a model of another version; train it anew",
		    name);
	else if (!str_eq(text_of(p, "lenses"), str_of(p->h->lenses->hash)))
		err_set(
		    e, ERR_CONFIG, "%s:1: made with other lenses than are in use", name);
	else if (!read_about(p))
		err_set(e, ERR_CONFIG, "%s:1: not the header of a model", name);
	else
		return true;
	return false;
}

/* Is it the header of a version that has one? */
static bool
has_end(struct str line)
{
	char head[64];

	for (int v = TOME_OLDEST; v <= TOME_VERSION; v++) {
		snprintf(head, sizeof(head), "\"" TOME_FORMAT "\",\"version\":%d,", v);
		if (str_find(line, str_of(head)) != STR_NPOS)
			return true;
	}
	return false;
}

/* Is the last line the end of what stands before it?  Cut off. */
static bool
cut_end(struct str *text, const char *name, struct err *e)
{
	struct str body = *text;
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	char hex[65], want[128];
	size_t lines = 0, n, at;

	if (body.n)
		body.n--;
	at = str_rchr(body, '\n');
	body.n = at == STR_NPOS ? 0 : at + 1;
	for (size_t i = 0; i < body.n; i++)
		lines += body.p[i] == '\n';
	sha256_init(&sum);
	sha256_add(&sum, body);
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	hex[64] = '\0';
	n = (size_t)snprintf(
	    want, sizeof(want), "{\"end\":%zu,\"sha256\":\"%s\"}\n", lines, hex);
	if (!str_eq(str_from(*text, body.n), (struct str){want, n})) {
		err_set(e, ERR_CONFIG,
		    "%s: the model is damaged or cut off: its end does not fit", name);
		return false;
	}
	*text = body;
	return true;
}

bool
tome_read(struct habit *h, struct str text, const char *name, struct err *e)
{
	struct page p = {.h = h, .a = arena_new()};
	struct str whole = text, rest;
	char *padded;
	bool ok;

	p.line = str_cut(&whole, '\n');
	/* whose it is comes first: a file of something else is no damaged model */
	if (has_end(p.line) && !cut_end(&text, name, e)) {
		arena_free(p.a);
		return false;
	}
	padded = mem_new(text.n + JSON_PAD, 1);
	memcpy(padded, text.p, text.n);
	rest = (struct str){padded, text.n};
	p.line = str_cut(&rest, '\n');
	ok = read_head(&p, name, e);
	for (unsigned n = 2; ok && rest.n; n++) {
		arena_reset(p.a);
		p.line = str_cut(&rest, '\n');
		ok = read_line(&p);
		if (!ok)
			err_set(e, ERR_CONFIG, "%s:%u: not a line of a model", name, n);
	}
	scores_settle(&h->pairs);
	scores_settle(&h->hours);
	scores_settle(&h->shapes);
	arena_free(p.a);
	mem_free(padded);
	return ok;
}
