#include "map.h"
#include "mem.h"
#include "past.h"
#include "sha256.h"

#define KEY       (ACTION_KEY - 1)
#define LINE_TEXT ((size_t)256) /* longest id or address that is remembered */

struct story {
	char plan[PLAN_ID];
	struct buf keys; /* KEY bytes a step, one after the other */
};

struct offender {
	unsigned n;
	char last[33]; /* the incident that was counted last, hashed */
};

struct past {
	struct map *stories, *offenders;
	size_t max, forgotten;
};

struct past *
past_new(size_t max)
{
	struct past *p = mem_new(1, sizeof(*p));

	*p = (struct past){.stories = map_new(), .offenders = map_new(), .max = max};
	return p;
}

static void
story_free(struct story *s)
{
	if (s)
		buf_free(&s->keys);
	mem_free(s);
}

void
past_free(struct past *p)
{
	void *v;

	if (!p)
		return;
	for (size_t i = 0; map_next(p->stories, &i, NULL, &v);)
		story_free(v);
	for (size_t i = 0; map_next(p->offenders, &i, NULL, &v);)
		mem_free(v);
	map_free(p->stories);
	map_free(p->offenders);
	mem_free(p);
}

/* Forget the key that came first, if the table is full. */
static void *
make_room(struct past *p, struct map *m)
{
	struct str key;
	size_t i = 0;

	if (map_count(m) < p->max || !map_next(m, &i, &key, NULL))
		return NULL;
	p->forgotten++;
	return map_del(m, key);
}

static struct story *
story_of(struct past *p, struct str incident)
{
	struct story *s = map_get(p->stories, incident);

	if (s)
		return s;
	story_free(make_room(p, p->stories));
	s = mem_new(1, sizeof(*s));
	s->keys = buf_make(PLAN_STEPS * KEY);
	return *map_put(p->stories, incident) = s;
}

bool
past_planned(const struct past *p, struct str incident, const char key[ACTION_KEY])
{
	const struct story *s = map_get(p->stories, incident);
	struct str keys = s ? buf_str(&s->keys) : STR("");

	for (; keys.n >= KEY; keys = str_from(keys, KEY))
		if (memcmp(keys.p, key, KEY) == 0)
			return true;
	return false;
}

bool
past_next(const struct past *p, struct str incident, size_t *at, char key[ACTION_KEY])
{
	const struct story *s = map_get(p->stories, incident);

	if (!s || *at + KEY > s->keys.n)
		return false;
	memcpy(key, s->keys.p + *at, KEY);
	key[KEY] = 0;
	*at += KEY;
	return true;
}

void
past_forget(struct past *p, struct str incident, const char key[ACTION_KEY])
{
	struct story *s = map_get(p->stories, incident);

	for (size_t at = 0; s && at + KEY <= s->keys.n; at += KEY)
		if (memcmp(s->keys.p + at, key, KEY) == 0) {
			memmove(
			    s->keys.p + at, s->keys.p + at + KEY, s->keys.n - at - KEY);
			s->keys.n -= KEY;
			return;
		}
}

void
past_merge(struct past *p, struct str into, struct str from)
{
	struct story *old = map_del(p->stories, from), *s;

	if (!old)
		return;
	s = story_of(p, into);
	for (size_t at = 0; at + KEY <= old->keys.n; at += KEY)
		if (!past_planned(p, into, old->keys.p + at))
			past_note_step(p, into, old->keys.p + at);
	if (!s->plan[0])
		memcpy(s->plan, old->plan, sizeof(s->plan));
	story_free(old);
}

struct str
past_plan(const struct past *p, struct str incident)
{
	const struct story *s = map_get(p->stories, incident);

	return s && s->plan[0] ? str_of(s->plan) : STR_NONE;
}

void
past_note_plan(struct past *p, struct str incident, const char id[PLAN_ID])
{
	memcpy(story_of(p, incident)->plan, id, PLAN_ID);
}

void
past_note_step(struct past *p, struct str incident, const char key[ACTION_KEY])
{
	buf_add(&story_of(p, incident)->keys, (struct str){key, KEY});
}

static struct offender *
offender_of(struct past *p, struct str address)
{
	struct offender *o = map_get(p->offenders, address);

	if (o)
		return o;
	mem_free(make_room(p, p->offenders));
	o = mem_new(1, sizeof(*o));
	return *map_put(p->offenders, address) = o;
}

unsigned
past_offences(struct past *p, struct str address, struct str incident)
{
	struct offender *o = offender_of(p, address);
	char id[33];

	sha256_id(id, 1, &incident);
	if (memcmp(o->last, id, sizeof(id)) != 0) {
		memcpy(o->last, id, sizeof(id));
		o->n += o->n < UINT16_MAX;
	}
	return o->n;
}

size_t
past_forgotten(struct past *p)
{
	size_t n = p->forgotten;

	p->forgotten = 0;
	return n;
}

/* --- state: a line each, fields parted by a tab --- */

void
past_save(const struct past *p, struct buf *b)
{
	struct str key;
	void *v;

	for (size_t i = 0; map_next(p->stories, &i, &key, &v);) {
		const struct story *s = v;

		if (key.n > LINE_TEXT || str_chr(key, '\t') != STR_NPOS ||
		    str_chr(key, '\n') != STR_NPOS)
			continue;
		buf_fmt(b, "incident\t" STR_FMT "\t%s\t", STR_ARG(key), s->plan);
		buf_add(b, buf_str(&s->keys));
		buf_ch(b, '\n');
	}
	for (size_t i = 0; map_next(p->offenders, &i, &key, &v);) {
		const struct offender *o = v;

		buf_fmt(b, "address\t" STR_FMT "\t%u\t%s\n", STR_ARG(key), o->n, o->last);
	}
}

static bool
load_story(struct past *p, struct str id, struct str plan, struct str keys)
{
	struct story *s;

	if (id.n == 0 || plan.n >= PLAN_ID || keys.n % KEY != 0)
		return false;
	s = story_of(p, id);
	memcpy(s->plan, plan.p, plan.n);
	buf_reset(&s->keys);
	buf_add(&s->keys, keys);
	return !s->keys.full;
}

static bool
load_offender(struct past *p, struct str address, struct str n, struct str last)
{
	struct offender *o;
	uint64_t count;

	if (address.n == 0 || !str_u64(n, &count) || count > UINT16_MAX || last.n != 32)
		return false;
	o = offender_of(p, address);
	o->n = (unsigned)count;
	memcpy(o->last, last.p, last.n);
	return true;
}

bool
past_load(struct past *p, struct str text, struct err *e)
{
	for (int n = 1; text.n > 0; n++) {
		struct str line = str_cut(&text, '\n'), kind = str_cut(&line, '\t');
		struct str id = str_cut(&line, '\t'), second = str_cut(&line, '\t');
		bool ok = line.p &&
			  (str_eq(kind, STR("incident")) ? load_story(p, id, second, line)
			      : str_eq(kind, STR("address"))
				  ? load_offender(p, id, second, line)
				  : false);

		if (!ok) {
			err_set(e, ERR_CONFIG, "line %d of the state is not ours", n);
			return false;
		}
	}
	return true;
}
