/* A ring of members with counts kept as it moves. */
#include "slide.h"
#include "mem.h"

struct count {
	uint64_t value;
	uint32_t n; /* 0: free, or free again */
	bool used;
};

void
slide_free(struct slide *s)
{
	mem_free(s->v);
	mem_free(s->counts);
	mem_free(s->sorted);
	s->sorted = NULL;
	s->v = NULL;
	s->counts = NULL;
}

static struct member *
at(const struct slide *s, size_t i)
{
	return &s->v[(s->first + i) & (s->cap - 1)];
}

const struct member *
slide_at(const struct slide *s, size_t i)
{
	return at(s, i);
}

static struct count *
find(const struct slide *s, uint64_t value)
{
	size_t i = (value ^ value >> 32) & (s->counts_cap - 1);

	while (s->counts[i].used && s->counts[i].value != value)
		i = (i + 1) & (s->counts_cap - 1);
	return &s->counts[i];
}

/* Values that left keep their places; a new table forgets them. */
static void
rebuild(struct slide *s)
{
	size_t cap = 4;

	while (cap < s->n * 4)
		cap *= 2;
	mem_free(s->counts);
	s->counts_used = 0;
	s->counts = mem_new(cap, sizeof(*s->counts));
	s->counts_cap = cap;
	s->distinct = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct count *c = find(s, at(s, i)->value);

		s->counts_used += !c->used;
		c->used = true;
		c->value = at(s, i)->value;
		s->distinct += c->n++ == 0;
	}
}

uint64_t
slide_bits(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

double
slide_number(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

size_t
slide_count(const struct slide *s, uint64_t value)
{
	return s->counts_cap ? find(s, value)->n : 0;
}

/* Where `v` stands, or would, among `n` sorted values. */
static size_t
rank(const double *sorted, size_t n, double v)
{
	size_t from = 0;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (sorted[mid] < v)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

double
slide_percentile(const struct slide *s, double percent)
{
	double at = percent / 100 * (double)(s->n - 1);
	size_t i = (size_t)at;
	double part = at - (double)i;

	return i + 1 < s->n ? s->sorted[i] + part * (s->sorted[i + 1] - s->sorted[i])
			    : s->sorted[s->n - 1];
}

/* The number comes to (before it is counted) or leaves (after) those in the window. */
static void
number_in(struct slide *s, double v)
{
	size_t i;

	if (s->keep == SLIDE_SUM)
		s->sum += v;
	if (s->keep != SLIDE_SORTED)
		return;
	s->sorted = mem_grow(s->sorted, &s->sorted_cap, s->n + 1, sizeof(*s->sorted));
	i = rank(s->sorted, s->n, v);
	memmove(s->sorted + i + 1, s->sorted + i, (s->n - i) * sizeof(*s->sorted));
	s->sorted[i] = v;
}

static void
number_out(struct slide *s, double v)
{
	size_t i;

	if (s->keep == SLIDE_SUM) {
		s->sum -= v;
		if (s->n == 0 || ++s->dropped >= 1024) { /* rounding must not add up */
			s->dropped = 0;
			s->sum = 0;
			for (i = 0; i < s->n; i++)
				s->sum += slide_number(at(s, i)->value);
		}
	}
	if (s->keep != SLIDE_SORTED)
		return;
	i = rank(s->sorted, s->n + 1, v);
	memmove(s->sorted + i, s->sorted + i + 1, (s->n - i) * sizeof(*s->sorted));
}

static void
count_in(struct slide *s, const struct member *m)
{
	struct count *c = find(s, m->value);

	s->refs[m->ref]++;
	s->counts_used += !c->used;
	c->used = true;
	c->value = m->value;
	s->distinct += c->n++ == 0;
}

static void
drop_first(struct slide *s)
{
	struct member *m = at(s, 0);
	struct count *c = find(s, m->value);
	double v = slide_number(m->value);

	s->refs[m->ref]--;
	if (c->n && --c->n == 0)
		s->distinct--;
	s->first = (s->first + 1) & (s->cap - 1);
	s->n--;
	number_out(s, v);
}

static void
grow(struct slide *s)
{
	size_t cap = s->cap ? s->cap * 2 : 1; /* most groups have one member */
	struct member *v = mem_new(cap, sizeof(*v));

	for (size_t i = 0; i < s->n; i++)
		v[i] = *at(s, i);
	mem_free(s->v);
	s->v = v;
	s->cap = cap;
	s->first = 0;
}

bool
slide_add(struct slide *s, const struct member *m, int64_t span, bool *fresh)
{
	int64_t newest = s->n ? at(s, s->n - 1)->t : INT64_MIN;
	size_t i;

	if (s->n && m->t < newest - span)
		return false;
	if (m->t > newest)
		newest = m->t;
	while (s->n && (at(s, 0)->t < newest - span || s->n == SLIDE_MAX))
		drop_first(s);
	*fresh = s->n == 0;
	if (s->n == s->cap)
		grow(s);
	if (s->counts_used * 4 >= s->counts_cap * 3)
		rebuild(s);
	number_in(s, slide_number(m->value));
	for (i = s->n++; i > 0 && at(s, i - 1)->t > m->t; i--)
		*at(s, i) = *at(s, i - 1);
	*at(s, i) = *m;
	count_in(s, m);
	return true;
}

bool
slide_chain(
    struct slide *s, size_t ref, size_t last, int64_t t, int64_t span, uint64_t by)
{
	int64_t start = t;

	if (s->by != by) {
		for (size_t i = 0; i <= last; i++)
			s->chain[i] = s->next[i];
		s->by = by;
	}
	if (ref > 0)
		start = s->chain[ref - 1];
	if (start == 0 || start < t - span || start > t)
		return false;
	s->next[ref] = start;
	return ref == last;
}

/* The place of the member that was added last among those of its time. */
static size_t
place_of(const struct slide *s, int64_t t)
{
	size_t i = s->n;

	while (i > 0 && at(s, i - 1)->t > t)
		i--;
	return i - 1;
}

bool
slide_chain_late(struct slide *s, const struct member *late, size_t last)
{
	int64_t through[SLIDE_REFS] = {0}, next[SLIDE_REFS] = {0}; /* chains with it */
	size_t place = place_of(s, late->t);

	memset(s->chain, 0, sizeof(s->chain));
	memset(s->next, 0, sizeof(s->next));
	for (size_t i = 0; i < s->n; i++) {
		const struct member *m = at(s, i);
		int64_t start, with;

		if (i == 0 || m->value != s->by) {
			memcpy(s->chain, s->next, sizeof(s->chain));
			memcpy(through, next, sizeof(through));
			s->by = m->value;
		}
		start = m->ref ? s->chain[m->ref - 1] : m->t;
		with = i == place ? start : m->ref ? through[m->ref - 1] : 0;
		if (start)
			s->next[m->ref] = start;
		if (with)
			next[m->ref] = with;
	}
	return next[last] != 0;
}
