#include <math.h>

#include "habit.h"
#include "json.h"
#include "mem.h"

#define FORMAT  "irlearn-model"
#define VERSION 1
#define FRESH   64
#define FEW     30 /* less of a context is known: nothing can be said of it */
#define BIN     0.03125
#define PART    '\x1f'
#define ALL     STR("*")

struct habit {
	const struct lenses *lenses;
	struct counts *counts;
	uint64_t bins[HABIT_BINS], events;
	uint64_t tail[HABIT_BINS]; /* events of at least that bin, a while ago */
	uint64_t of_tail;          /* all of them */
	unsigned changed;          /* since then */
	struct buf scratch;
	struct seen seen[LENSES]; /* of the event in hand; absent values: nothing seen */
};

struct habit *
habit_new(const struct lenses *lenses, size_t max)
{
	struct habit *h = mem_new(1, sizeof(*h));

	h->lenses = lenses;
	h->counts = counts_new(max);
	h->scratch = buf_make(8192);
	return h;
}

void
habit_free(struct habit *h)
{
	if (!h)
		return;
	counts_free(h->counts);
	buf_free(&h->scratch);
	mem_free(h);
}

uint64_t
habit_events(const struct habit *h)
{
	return h->events;
}

uint64_t
habit_spilled(const struct habit *h)
{
	return counts_spilled(h->counts);
}

/* --- keys: lens, whose, context, value; without the value: all of that context --- */

/* The parts come from logs: what would part a key, or end it, becomes a blank. */
static void
add_part(struct buf *b, struct str part)
{
	size_t from = b->n;

	buf_add(b, part);
	for (size_t i = from; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == PART)
			b->p[i] = ' ';
}

static struct str
key_of(struct buf *b, const struct lens *l, struct str over, struct str context,
    struct str value)
{
	buf_reset(b);
	buf_add(b, l->id);
	buf_ch(b, PART);
	add_part(b, over);
	buf_ch(b, PART);
	add_part(b, context);
	if (value.p) {
		buf_ch(b, PART);
		add_part(b, value);
	}
	return buf_str(b);
}

static double
share(uint64_t n, uint64_t of)
{
	return ((double)n + 0.1) / ((double)of + 1);
}

/* From the four counts. */
static void
weigh(struct surprise *s)
{
	double weight = (double)s->of / ((double)s->of + 10);
	double p = weight * share(s->n, s->of) +
		   (1 - weight) * share(s->n_all, s->of_all);

	s->known = s->of_all >= FEW;
	s->nats = s->known ? -log(p) : 0;
}

static void
judge(const struct habit *h, const struct lens *l, struct surprise *s, struct buf *b)
{
	struct str over = s->seen.over, context = s->seen.context, value = s->seen.value;

	s->lens = l;
	s->of_all = counts_of(h->counts, key_of(b, l, ALL, context, STR_NONE));
	s->n_all = counts_of(h->counts, key_of(b, l, ALL, context, value));
	s->n = s->of = 0;
	if (over.n) {
		s->of = counts_of(h->counts, key_of(b, l, over, context, STR_NONE));
		s->n = counts_of(h->counts, key_of(b, l, over, context, value));
	}
	weigh(s);
}

static size_t
bin_of(double nats)
{
	double bin = nats > 0 ? nats / BIN : 0;

	return bin >= HABIT_BINS - 1 ? HABIT_BINS - 1 : (size_t)bin;
}

/* The shares are looked at anew when enough has changed; when that is depends on the
 * events alone. */
static void
sum_tail(struct habit *h)
{
	uint64_t sum = 0;

	for (size_t i = HABIT_BINS; i-- > 0;)
		h->tail[i] = sum += h->bins[i];
	h->of_tail = h->events;
	h->changed = 0;
}

bool
habit_look(struct habit *h, struct rec *r)
{
	bool any = false;

	for (size_t i = 0; i < h->lenses->n; i++) {
		struct seen s;

		h->seen[i].value = STR_NONE;
		if (!lens_look(&h->lenses->v[i], r, &s))
			continue;
		h->seen[i] = s;
		any = true;
	}
	return any;
}

struct surprise
habit_judge(struct habit *h, double *p)
{
	struct surprise best = {0}, s;

	if (h->changed >= FRESH)
		sum_tail(h);
	for (size_t i = 0; i < h->lenses->n; i++) {
		s.seen = h->seen[i];
		if (!s.seen.value.p)
			continue;
		judge(h, &h->lenses->v[i], &s, &h->scratch);
		if (!best.lens || (s.known && (!best.known || s.nats > best.nats)))
			best = s;
	}
	*p = 1;
	if (best.known)
		*p = ((double)h->tail[bin_of(best.nats)] + 1) / ((double)h->of_tail + 1);
	return best;
}

/* --- learning --- */

void
habit_keys(struct habit *h, struct buf *out)
{
	for (size_t i = 0; i < h->lenses->n; i++) {
		const struct lens *l = &h->lenses->v[i];
		const struct seen *s = &h->seen[i];
		struct str over = s->over.n ? s->over : ALL;

		if (!s->value.p)
			continue;
		for (int k = 0; k < 4; k++) {
			/* without an owner the first two are the last two */
			if (k < 2 && !s->over.n)
				buf_ch(out, PART);
			else
				buf_add(
				    out, key_of(&h->scratch, l, k < 2 ? over : ALL,
					     s->context, k % 2 ? s->value : STR_NONE));
			buf_ch(out, '\n');
		}
	}
}

static void
count_bin(struct habit *h, uint64_t bin, int64_t n)
{
	if (bin >= HABIT_BINS)
		return;
	if (n < 0 && (h->bins[bin] < (uint64_t)-n || h->events < (uint64_t)-n))
		return;
	h->bins[bin] += (uint64_t)n;
	h->events += (uint64_t)n;
	h->changed++;
}

void
habit_learn(struct habit *h, struct str keys, int64_t n, uint32_t day)
{
	struct surprise best = {0};

	while (keys.n) {
		struct surprise s = {0};
		uint64_t *const counts[4] = {&s.of, &s.n, &s.of_all, &s.n_all};

		for (size_t k = 0; k < 4; k++) {
			struct str key = str_cut(&keys, '\n');

			if (key.p && key.n > 1) {
				*counts[k] = counts_of(h->counts, key);
				counts_add(h->counts, key, n, day);
			}
		}
		weigh(&s);
		if (s.known && (!best.known || s.nats > best.nats))
			best = s;
	}
	/* that nothing was known is no score to compare others with */
	if (best.known)
		count_bin(h, bin_of(best.nats), n);
}

/* --- files --- */

void
habit_save(const struct habit *h, struct buf *b)
{
	size_t n;
	struct counted *all = counts_sorted(h->counts, &n);

	buf_fmt(b,
	    "{\"format\":\"%s\",\"version\":%d,\"lenses\":\"%s\",\"events\":%llu,"
	    "\"keys\":%zu,\"spilled\":%llu}\n",
	    FORMAT, VERSION, h->lenses->hash, (unsigned long long)h->events, n,
	    (unsigned long long)counts_spilled(h->counts));
	for (size_t i = 0; i < HABIT_BINS; i++)
		if (h->bins[i])
			buf_fmt(b, "{\"bin\":%zu,\"n\":%llu}\n", i,
			    (unsigned long long)h->bins[i]);
	for (size_t i = 0; i < n; i++) {
		struct str rest = all[i].key;
		static const char *const names[] = {"lens", "over", "context", "value"};

		for (size_t k = 0; rest.p && k < 4; k++) {
			struct str part = k < 3 ? str_cut(&rest, PART) : rest;

			buf_fmt(b, "%c\"%s\":", k ? ',' : '{', names[k]);
			buf_json(b, part);
			if (k == 3)
				break;
		}
		buf_fmt(b, ",\"n\":%llu,\"day\":%u}\n", (unsigned long long)all[i].n,
		    all[i].day);
	}
	mem_free(all);
}

static bool
load_head(
    struct habit *h, struct arena *a, struct str line, const char *name, struct err *e)
{
	int64_t version = 0;

	if (!json_valid(line, NULL) ||
	    !str_eq(json_text(a, json_get(a, line, STR("format"))), STR(FORMAT)))
		err_set(e, ERR_CONFIG, "%s:1: this is no model of irlearn", name);
	else if (!json_i64(json_get(a, line, STR("version")), &version) ||
		 version != VERSION)
		err_set(e, ERR_CONFIG, "%s:1: a model of another version; train it anew",
		    name);
	else if (!str_eq(json_text(a, json_get(a, line, STR("lenses"))),
		     str_of(h->lenses->hash)))
		err_set(
		    e, ERR_CONFIG, "%s:1: made with other lenses than are in use", name);
	else
		return true;
	return false;
}

static bool
load_line(struct habit *h, struct arena *a, struct str line)
{
	static const char *const names[] = {"lens", "over", "context", "value"};
	struct buf b;
	int64_t n, bin, day;
	bool ok;

	if (!json_valid(line, NULL) || !json_i64(json_get(a, line, STR("n")), &n) ||
	    n <= 0)
		return false;
	if (json_i64(json_get(a, line, STR("bin")), &bin)) {
		if (bin >= 0)
			count_bin(h, (uint64_t)bin, n);
		return bin >= 0 && bin < HABIT_BINS;
	}
	if (!json_i64(json_get(a, line, STR("day")), &day) || day < 0 || day > UINT32_MAX)
		return false;
	b = buf_make(8192);
	ok = true;
	for (size_t k = 0; k < 4; k++) {
		struct str part = json_text(a, json_get(a, line, str_of(names[k])));

		ok = ok && (part.p || k == 3);
		if (part.p && k)
			buf_ch(&b, PART);
		buf_add(&b, part);
	}
	if (ok)
		counts_add(h->counts, buf_str(&b), n, (uint32_t)day);
	buf_free(&b);
	return ok;
}

bool
habit_load(struct habit *h, struct str text, const char *name, struct err *e)
{
	char *padded = mem_new(text.n + JSON_PAD, 1);
	struct str rest = {padded, text.n};
	struct arena *a = arena_new();
	bool ok;

	memcpy(padded, text.p, text.n);
	ok = load_head(h, a, str_cut(&rest, '\n'), name, e);
	for (unsigned n = 2; ok && rest.n; n++) {
		arena_reset(a);
		ok = load_line(h, a, str_cut(&rest, '\n'));
		if (!ok)
			err_set(e, ERR_CONFIG, "%s:%u: not a line of a model", name, n);
	}
	sum_tail(h);
	arena_free(a);
	mem_free(padded);
	return ok;
}
