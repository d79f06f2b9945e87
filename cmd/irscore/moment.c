#include <stdio.h>

#include "mem.h"
#include "tables.h"
#include "when.h"

#define GAP   (60 * WHEN_S)   /* longest pause within a burst */
#define SPAN  (3600 * WHEN_S) /* longest burst */
#define PAUSE (120 * WHEN_S)  /* longest pause within a run of bursts */
#define NEAR  (600 * WHEN_S)  /* what happens at about the same time */
#define DAY   (86400 * WHEN_S)
#define PEAK  50 /* bursts after which the largest one fades by half */

struct moments *
moments_new(size_t max)
{
	struct moments *m = mem_new(1, sizeof(*m));

	m->pairs = map_new();
	m->rules = map_new();
	m->hosts = map_new();
	m->max = max;
	return m;
}

static void
free_pair(struct pair *p)
{
	mem_free(p->key);
	mem_free(p);
}

static void
free_parties(struct map *map)
{
	void *v;

	for (size_t i = 0; map_next(map, &i, NULL, &v);)
		mem_free(v);
	map_free(map);
}

void
moments_free(struct moments *m)
{
	void *v;

	if (!m)
		return;
	for (size_t i = 0; map_next(m->pairs, &i, NULL, &v);)
		free_pair(v);
	map_free(m->pairs);
	free_parties(m->rules);
	free_parties(m->hosts);
	mem_free(m);
}

uint64_t
moments_forgotten(const struct moments *m)
{
	return m->forgotten;
}

/* --- pairs, and the rules and hosts they are made of --- */

static struct party *
party_of(struct map *map, struct str name)
{
	void **at = map_put(map, name);
	struct party *p = *at;

	if (!p) {
		p = *at = mem_new(1, sizeof(*p));
		p->of = map;
	}
	p->pairs++;
	return p;
}

static void
let_go(struct party *p, struct str name)
{
	if (--p->pairs == 0)
		mem_free(map_del(p->of, name));
}

/* Forget the pair that came first and is not near. */
static void
make_room(struct moments *m)
{
	struct str key, rule;
	void *v;

	for (size_t i = 0, tried = 0; tried < 64 && map_next(m->pairs, &i, &key, &v);
	     tried++) {
		struct pair *p = v;

		if (p->near)
			continue;
		rule = key;
		rule = str_cut(&rule, '\0');
		let_go(p->rule, rule);
		let_go(p->host, str_from(key, rule.n + 1));
		map_del(m->pairs, key);
		free_pair(p);
		m->forgotten++;
		return;
	}
}

struct str
moments_name(struct str s)
{
	size_t nul = s.n ? str_chr(s, '\0') : 0;

	if (s.n == 0)
		return STR("-");
	return str_sub(s, 0, nul < 256 ? nul : 256);
}

struct pair *
moments_pair(struct moments *m, struct str rule, struct str host)
{
	char text[600];
	struct str key = {text, rule.n + host.n + 1};
	struct pair *p;

	memcpy(text, rule.p, rule.n);
	text[rule.n] = '\0';
	memcpy(text + rule.n + 1, host.p, host.n);
	p = map_get(m->pairs, key);
	if (p)
		return p;
	if (map_count(m->pairs) >= m->max)
		make_room(m);
	p = mem_new(1, sizeof(*p));
	*map_put(m->pairs, key) = p;
	p->key = mem_text(key);
	p->key_n = key.n;
	p->rule = party_of(m->rules, rule);
	p->host = party_of(m->hosts, host);
	return p;
}

/* --- what is near in time --- */

static void
fade(struct moments *m, int64_t now)
{
	while (m->n && (m->recent[m->head].t < now - NEAR || m->n == RECENT)) {
		const struct recent *r = &m->recent[m->head];
		struct pair *p = r->pair;

		if (--p->near == 0)
			p->host->near--;
		if (--p->rule->near == 0)
			m->rules_near--;
		if (r->novel != NOVEL_NOT) {
			p->host->fresh--;
			m->fresh_pairs--;
			m->fresh_rules -= r->novel == NOVEL_RULE;
		}
		m->head = (m->head + 1) % RECENT;
		m->n--;
	}
}

void
moments_near(struct moments *m, struct pair *p, int64_t t, enum novelty novel)
{
	m->recent[(m->head + m->n++) % RECENT] = (struct recent){t, p, novel};
	p->host->near += p->near++ == 0;
	m->rules_near += p->rule->near++ == 0;
	if (novel != NOVEL_NOT) {
		p->host->fresh++;
		m->fresh_pairs++;
		m->fresh_rules += novel == NOVEL_RULE;
	}
}

/* --- bursts --- */

static void
open_burst(struct moments *m, struct pair *p, int64_t t)
{
	int64_t day = t / DAY;

	if (p->n > p->peak)
		p->peak = p->n;
	else if (p->bursts % PEAK == PEAK - 1)
		p->peak /= 2;
	p->gap = p->bursts ? (t > p->last ? t - p->last : 0) : -1;
	if (p->gap < 0 || p->gap > PAUSE)
		p->run = 0;
	p->novel = p->rule->bursts == 0 ? NOVEL_RULE
		   : p->bursts == 0     ? NOVEL_HOST
					: NOVEL_NOT;
	p->before = p->bursts++;
	p->rule_before = p->rule->bursts++;
	p->host_before = p->host->bursts++;
	m->bursts++;
	p->hosts_before = p->rule->others;
	p->rule->others += p->before == 0;
	p->days_before = p->days;
	p->day_no = (uint64_t)(day - m->begin / DAY) + 1;
	if (p->before == 0 || day != p->day)
		p->days++;
	p->day = day;
	p->first = t;
	p->n = 0;
	p->tag = 0;
	moments_near(m, p, t, p->novel);
}

/* --- tokens --- */

/* Tokens are put together by hand: there are sixty for each alert. */
static void
add(struct moment *o, struct str s)
{
	if (s.n <= sizeof(o->bytes) - o->used) {
		memcpy(o->bytes + o->used, s.p, s.n);
		o->used += s.n;
	}
}

static void
add_int(struct moment *o, int v)
{
	char digits[12];
	size_t n = sizeof(digits);
	unsigned u = v < 0 ? 0 - (unsigned)v : (unsigned)v;

	do
		digits[--n] = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		digits[--n] = '-';
	add(o, (struct str){digits + n, sizeof(digits) - n});
}

/* What was added since `from` is a token; one that did not fit is none. */
static void
end_token(struct moment *o, size_t from)
{
	if (o->tokens == MOMENT_TOKENS || o->used == sizeof(o->bytes))
		return;
	o->token[o->tokens++] = (struct str){o->bytes + from, o->used - from};
}

static void
say(struct moment *o, struct str name, struct str value)
{
	size_t from = o->used;

	add(o, name);
	add(o, value);
	end_token(o, from);
}

static void
say_int(struct moment *o, struct str name, int v)
{
	size_t from = o->used;

	add(o, name);
	add_int(o, v);
	end_token(o, from);
}

static void
say_both(struct moment *o, struct str name, struct str value, int v)
{
	size_t from = o->used;

	add(o, name);
	add(o, value);
	add(o, STR(","));
	add_int(o, v);
	end_token(o, from);
}

/* 0 for 0, else one more than the whole part of its logarithm. */
static int
size_of(uint64_t v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* A number that means more the larger it is: one token a step, so that a model can go on
 * beyond what it has seen. */
static void
climb(struct moment *o, struct str name, int v)
{
	for (int i = 1; i <= v && i <= 20; i++)
		say_int(o, name, i);
}

static void
say_numbers(struct moment *o, const struct moments *m, const struct pair *p)
{
	uint64_t seconds = (uint64_t)((p->last - p->first) / WHEN_S);
	int rate = p->n > seconds ? size_of(p->n / (seconds + 1)) - 1
				  : 1 - size_of((seconds + 1) / p->n);

	climb(o, STR("size>="), size_of(p->n));
	climb(o, STR("length>="), size_of(seconds));
	climb(o, STR("growth>="), size_of(p->n / (p->peak + 1)));
	climb(o, STR("run>="), size_of(p->run));
	say_int(o, STR("rate="), rate < -8 ? -8 : least(rate, 8));
	say_int(o, STR("seen="), size_of(p->before));
	say_int(o, STR("rule-seen="), size_of(p->rule_before));
	say_int(o, STR("rarity="), size_of(m->bursts / (p->rule_before + 1)));
	say_int(o, STR("host-rarity="), size_of(p->host_before / (p->before + 1)));
	say_int(o, STR("hosts="), size_of(p->hosts_before));
	say_int(o, STR("rules-near-on-host="), least((int)p->host->near, 12));
	say_int(o, STR("rules-near="), least((int)m->rules_near, 16));
	say_int(o, STR("new-near-on-host="), least((int)p->host->fresh, 8));
	say_int(o, STR("new-near="), least((int)m->fresh_pairs, 12));
	say_int(o, STR("new-rules-near="), least((int)m->fresh_rules, 8));
	say_int(o, STR("days="), (int)(4 * p->days_before / p->day_no));
	say_int(o, STR("known-hours="),
	    least(size_of((uint64_t)(p->first - m->begin) / (3600 * WHEN_S)), 7));
}

/* What two facts say together and neither does alone. */
static void
say_crosses(struct moment *o, const struct moments *m, const struct pair *p,
    struct str novel, struct str gap)
{
	static const char small[][4] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
	    "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
	    "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"};
	int size = least(size_of(p->n), 10);
	int growth = least(size_of(p->n / (p->peak + 1)), 8);
	int rarity = size_of(m->bursts / (p->rule_before + 1)) / 2;

	say_both(o, STR("novel,size="), novel, size);
	say_both(
	    o, STR("novel,rules-near-on-host="), novel, least((int)p->host->near, 8));
	say_both(o, STR("novel,rules-near="), novel, least((int)m->rules_near, 12));
	say_both(o, STR("novel,new-near="), novel, least((int)m->fresh_pairs, 8));
	say_both(o, STR("rarity,size="), str_of(small[rarity]), size);
	say_both(o, STR("gap,size="), gap, size);
	say_both(o, STR("growth,size="), str_of(small[growth]), size);
}

/* name=value,novel */
static void
say_novel(struct moment *o, struct str name, struct str value, struct str novel)
{
	size_t from = o->used;

	add(o, name);
	add(o, value);
	add(o, STR(","));
	add(o, novel);
	end_token(o, from);
}

static void
say_names(struct moment *o, const struct pair *p, const struct sighted *s,
    struct str rule, struct str novel)
{
	struct str family = str_sub(moments_name(s->family), 0, 64);
	int size = size_of(p->n);

	say(o, STR("sensor="), str_sub(moments_name(s->sensor), 0, 64));
	say(o, STR("family="), family);
	say_novel(o, STR("family,novel="), family, novel);
	say_both(o, STR("family,size="), family, least(size, 12));
	say_both(
	    o, STR("family,growth="), family, least(size_of(p->n / (p->peak + 1)), 8));
	say(o, STR("rule="), rule);
	say_both(o, STR("rule,size="), rule, size / 2);
	say_novel(o, STR("rule,novel="), rule, novel);
}

void
moments_take(struct moments *m, const struct sighted *s, struct moment *o)
{
	static const char *const novelties[] = {"no", "host", "rule"};
	struct str novel, rule = moments_name(s->rule), host = moments_name(s->host);
	struct pair *p = moments_pair(m, rule, host);
	uint64_t n = s->n ? s->n : 1;
	char gap[16] = "new", coarse[16] = "new";

	if (!m->begun) {
		m->begun = true;
		m->begin = s->first;
	}
	fade(m, s->first);
	o->tokens = o->used = 0;
	o->opened = p->bursts == 0 || s->first > p->last + GAP ||
		    s->last > p->first + SPAN;
	if (o->opened)
		open_burst(m, p, s->first);
	else if (s->fold)
		n--;
	p->n += n;
	p->run += n;
	if (o->opened || s->last > p->last)
		p->last = s->last > s->first ? s->last : s->first;
	if (p->gap >= 0) {
		int g = size_of((uint64_t)(p->gap / WHEN_S));

		snprintf(gap, sizeof(gap), "%d", g);
		snprintf(coarse, sizeof(coarse), "%d", g / 3);
	}
	novel = str_of(novelties[p->novel]);
	say(o, STR("novel="), novel);
	say(o, STR("gap="), str_of(gap));
	say_numbers(o, m, p);
	say_crosses(o, m, p, novel, str_of(coarse));
	say_names(o, p, s, rule, novel);
	o->novel = p->novel;
	o->burst = p->n;
	o->seen = p->before;
	o->age_s = (s->first - m->begin) / WHEN_S;
	o->tag = &p->tag;
}
