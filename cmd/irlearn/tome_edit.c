#include <math.h>

#include "buf.h"
#include "escape.h"
#include "mem.h"
#include "tome.h"
#include "when.h"

/* --- forgetting --- */

struct want {
	struct habit *h;
	struct str word;
};

/* A context of several words holds each of them. */
static bool
holds(const struct want *w, uint32_t ref)
{
	struct str text = vocab_text(w->h->vocab, ref);

	if (ref == VOCAB_NONE)
		return false;
	for (struct str rest = text; rest.p;)
		if (str_eq(str_cut(&rest, '\x1f'), w->word))
			return true;
	return str_eq(text, w->word);
}

static bool
is_of(void *ctx, const struct counted *c)
{
	struct want *w = ctx;
	struct vocab *o = w->h->vocab;
	uint64_t all[3] = {0, vocab_number(o, c->context), vocab_number(o, c->value)};

	if (c->lens == VOCAB_NONE)
		return false;
	if (c->lens < LENSES && c->over != VOCAB_NONE && holds(w, c->over)) {
		/* what it taught goes from what is known of all, too */
		counts_add(w->h->counts, habit_key(w->h->lenses->v[c->lens].hash, all),
		    -(int64_t)c->n, NULL, true);
		return true;
	}
	return holds(w, c->context) || holds(w, c->value);
}

size_t
tome_forget(struct habit *h, struct str word)
{
	struct want w = {h, word};
	size_t n = counts_forget(h->counts, is_of, &w);

	for (struct series *s = NULL; (s = lru_next(h->series, s));)
		if (holds(&w, s->over) || holds(&w, s->context)) {
			series_reset(s);
			s->started = false;
			memset(s->epochs, 0, sizeof(s->epochs));
			n++;
		}
	for (struct weekly *k = NULL; (k = lru_next(h->weeks, k));)
		if (holds(&w, k->over) || holds(&w, k->context)) {
			memset(k->hours, 0, sizeof(k->hours));
			recent_reset(&k->recent);
			k->learned = 0;
			k->n = 0;
			n++;
		}
	return n;
}

/* --- the card --- */

struct sizes {
	size_t lines[LENSES], all;
};

static void
size_up(const struct habit *h, struct sizes *s)
{
	size_t n;
	const struct counted *c = counts_all(h->counts, &n);

	*s = (struct sizes){.all = 0};
	for (size_t i = 0; i < n; i++)
		if (c[i].n && c[i].lens < LENSES) {
			s->lines[c[i].lens]++;
			s->all++;
		}
	for (const struct series *e = NULL; (e = lru_next(h->series, e));)
		s->lines[e->lens] += e->started || e->epochs[0].n;
	for (const struct weekly *e = NULL; (e = lru_next(h->weeks, e));)
		s->lines[e->lens] += e->n > 0;
	for (size_t i = 0; i < LENSES; i++)
		s->lines[i] += h->shape[i] && h->shape[i]->n;
}

static void
add_cell(struct buf *b, struct str text)
{
	buf_add(b, STR("| "));
	escape_md(b, text);
	buf_ch(b, ' ');
}

static void
card_data(const struct habit *h, struct buf *b)
{
	size_t n;
	const struct counted *c = counts_all(h->counts, &n);

	buf_add(b, STR("\n## Data\n\n| data set | events |\n| --- | ---: |\n"));
	for (size_t i = 0; i < n; i++)
		if (c[i].n && c[i].lens == LENS_ABOUT) {
			add_cell(b, vocab_text(h->vocab, c[i].context));
			buf_fmt(b, "| %llu |\n", (unsigned long long)c[i].n);
		}
}

void
tome_card(const struct habit *h, struct buf *b)
{
	static const char *const kinds[] = {"pair", "rate", "distinct", "week", "shape"};
	const struct habit_about *a = &h->about;
	char first[WHEN_MAX] = "-", last[WHEN_MAX] = "-";
	struct sizes s;

	if (a->events) {
		when_text(first, a->first);
		when_text(last, a->last);
	}
	size_up(h, &s);
	buf_fmt(b, "# Model of irlearn, version %d\n\n", TOME_VERSION);
	buf_fmt(b, "- events learned: %llu, of about %.0f hosts\n",
	    (unsigned long long)a->events, round(hll_count(&a->hosts)));
	buf_fmt(b, "- from %s to %s\n", first, last);
	buf_fmt(b, "- not learned, as one had taught enough in that hour: %llu\n",
	    (unsigned long long)a->capped);
	buf_fmt(b, "- not taken out, as nothing is known of them one by one: %llu\n",
	    (unsigned long long)a->stuck);
	buf_fmt(b, "- pairs counted one by one: %zu; only by the sketch: %llu\n", s.all,
	    (unsigned long long)counts_spilled(h->counts));
	buf_fmt(b,
	    "- scores to compare with: %llu of pairs, %llu of hours, %llu of "
	    "shapes\n",
	    (unsigned long long)h->pairs.n, (unsigned long long)h->hours.n,
	    (unsigned long long)h->shapes.n);
	buf_fmt(b, "- lenses: %s\n", h->lenses->hash);
	card_data(h, b);
	buf_add(b, STR("\n## What can be taken out again\n\n"
		       "- pairs, shapes: as if they had never been, but those that only "
		       "the sketch counts\n"));
	buf_fmt(b,
	    "- rates: the last %d spans of each key that held anything; weeks: the last "
	    "%d hours\n",
	    SERIES_RECENT, WEEKLY_HOURS);
	buf_add(b, STR("- not: distinct counts, the number of hosts, first and last "
		       "time; scores of before are taken out as they would be now\n"));
	buf_add(b, STR("\n## Lenses\n\n| lens | kind | keys |\n| --- | --- | ---: |\n"));
	for (size_t i = 0; i < h->lenses->n; i++) {
		add_cell(b, h->lenses->v[i].id);
		buf_fmt(b, "| %s | %zu |\n", kinds[h->lenses->v[i].kind], s.lines[i]);
	}
}
