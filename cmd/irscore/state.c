/*
 * The state of moment.c as lines, each a JSON list: first the clock and the sums, then
 * a line a pair in order of arrival, then what is near in order of time.
 */
#include "json.h"
#include "mem.h"
#include "tables.h"

#define NUMBERS 18

static void
number(struct buf *b, int64_t v)
{
	buf_ch(b, ',');
	buf_i64(b, v);
}

static void
names(struct buf *b, const char *what, struct str key)
{
	size_t nul = str_chr(key, '\0');

	buf_fmt(b, "[\"%s\",", what);
	buf_json(b, str_sub(key, 0, nul));
	buf_ch(b, ',');
	buf_json(b, str_from(key, nul + 1));
}

void
moments_save(const struct moments *m, struct buf *b)
{
	struct str key;
	void *v;

	buf_fmt(b, "[\"sums\",\"\",\"\"");
	number(b, m->begun);
	number(b, m->begin);
	number(b, (int64_t)m->bursts);
	buf_add(b, STR("]\n"));
	for (size_t i = 0; map_next(m->pairs, &i, &key, &v);) {
		const struct pair *p = v;
		const int64_t all[NUMBERS] = {(int64_t)p->bursts, (int64_t)p->days,
		    p->day, p->first, p->last, (int64_t)p->n, (int64_t)p->peak,
		    (int64_t)p->run, p->gap, p->novel, (int64_t)p->before,
		    (int64_t)p->rule_before, (int64_t)p->host_before,
		    (int64_t)p->hosts_before, (int64_t)p->days_before, (int64_t)p->day_no,
		    (int64_t)p->rule->bursts, (int64_t)p->host->bursts};

		names(b, "pair", key);
		for (size_t k = 0; k < NUMBERS; k++)
			number(b, all[k]);
		number(b, (int64_t)p->rule->others);
		buf_add(b, STR("]\n"));
	}
	for (size_t i = 0; i < m->n; i++) {
		const struct recent *r = &m->recent[(m->head + i) % RECENT];

		names(b, "near", (struct str){r->pair->key, r->pair->key_n});
		number(b, r->t);
		number(b, r->novel);
		buf_add(b, STR("]\n"));
	}
}

struct line {
	struct str what, a, b;
	int64_t v[NUMBERS + 1];
	size_t n;
};

static bool
read_line(struct arena *a, struct str text, struct line *l)
{
	struct str *const texts[] = {&l->what, &l->a, &l->b};
	struct str raw;
	size_t at = 0;

	*l = (struct line){.n = 0};
	if (!json_valid(text, NULL) || json_type(text) != JSON_LIST)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (!json_next(text, &at, NULL, &raw) || json_type(raw) != JSON_TEXT)
			return false;
		*texts[i] = json_text(a, raw);
	}
	while (json_next(text, &at, NULL, &raw))
		if (l->n > NUMBERS || !json_i64(raw, &l->v[l->n++]))
			return false;
	return true;
}

static bool
load_pair(struct moments *m, const struct line *l)
{
	const int64_t *v = l->v;
	struct pair *p;

	if (l->n != NUMBERS + 1 || v[9] < NOVEL_NOT || v[9] > NOVEL_RULE)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (v[i] < 0 && i != 2 && i != 3 && i != 4 && i != 8)
			return false;
	p = moments_pair(m, moments_name(l->a), moments_name(l->b));
	p->bursts = (uint64_t)v[0];
	p->days = (uint64_t)v[1];
	p->day = v[2];
	p->first = v[3];
	p->last = v[4];
	p->n = (uint64_t)v[5];
	p->peak = (uint64_t)v[6];
	p->run = (uint64_t)v[7];
	p->gap = v[8];
	p->novel = (enum novelty)v[9];
	p->before = (uint64_t)v[10];
	p->rule_before = (uint64_t)v[11];
	p->host_before = (uint64_t)v[12];
	p->hosts_before = (uint64_t)v[13];
	p->days_before = (uint64_t)v[14];
	p->day_no = (uint64_t)v[15];
	p->rule->bursts = (uint64_t)v[16];
	p->host->bursts = (uint64_t)v[17];
	p->rule->others = (size_t)v[18];
	return p->n > 0 && p->day_no > 0;
}

static bool
load_line(struct moments *m, const struct line *l)
{
	if (str_eq(l->what, STR("pair")))
		return load_pair(m, l);
	if (str_eq(l->what, STR("sums")) && l->n == 3 && l->v[2] >= 0) {
		m->begun = l->v[0] != 0;
		m->begin = l->v[1];
		m->bursts = (uint64_t)l->v[2];
		return true;
	}
	if (!str_eq(l->what, STR("near")) || l->n != 2 || l->v[1] < NOVEL_NOT ||
	    l->v[1] > NOVEL_RULE || m->n == RECENT)
		return false;
	moments_near(m, moments_pair(m, moments_name(l->a), moments_name(l->b)), l->v[0],
	    (enum novelty)l->v[1]);
	return true;
}

bool
moments_load(struct moments *m, struct str text, struct err *e)
{
	struct arena *a = arena_new();
	char *padded = mem_new(text.n + JSON_PAD, 1);
	struct str rest = {padded, text.n};
	struct line l;
	bool ok = true;

	memcpy(padded, text.p, text.n);
	for (int n = 1; ok && rest.n > 0; n++) {
		arena_reset(a);
		ok = read_line(a, str_cut(&rest, '\n'), &l) && load_line(m, &l);
		if (!ok)
			err_set(e, ERR_CONFIG, "line %d of the state is not ours", n);
	}
	mem_free(padded);
	arena_free(a);
	return ok;
}
