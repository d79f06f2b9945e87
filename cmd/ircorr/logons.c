#include "crowd.h"
#include "logons.h"
#include "lru.h"
#include "mem.h"

#define PAIR_MAX 400                 /* bytes of a user's name and an address */
#define TYPOS    10                  /* of one person in a row */
#define TYPING   INT64_C(2000000000) /* ns for one */

/* The first accepted logon of a user from an address. */
struct first {
	int64_t ns;
	uint64_t fails; /* of the source, before it */
};

struct logons {
	struct lru *sources; /* address -> struct source */
	struct lru *pairs;   /* user LF address -> struct first */
	int64_t window;
	char last[65]; /* the event noted last */
};

static void
drop(void *ctx, struct str key, void *value)
{
	(void)ctx;
	(void)key;
	mem_free(((struct source *)value)->ok);
}

struct logons *
logons_new(int64_t window_ns, size_t max)
{
	struct logons *l = mem_new(1, sizeof(*l));

	l->window = window_ns;
	l->sources = lru_new(max, sizeof(struct source), drop, NULL);
	l->pairs = lru_new(max, sizeof(struct first), NULL, NULL);
	return l;
}

void
logons_free(struct logons *l)
{
	if (!l)
		return;
	lru_free(l->sources);
	lru_free(l->pairs);
	mem_free(l);
}

static struct str
pair_key(char out[PAIR_MAX], struct str user, struct str ip)
{
	size_t n = user.n < 256 ? user.n : 256;

	memcpy(out, user.p, n);
	out[n] = '\n';
	memcpy(out + n + 1, ip.p, ip.n);
	return (struct str){out, n + 1 + ip.n};
}

static void
copy(char *out, size_t size, struct str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	if (n)
		memcpy(out, s.p, n);
	out[n] = '\0';
}

/* Among the first few; true if it is there now. */
static bool
note_one(uint64_t *list, size_t *n, size_t max, struct str user)
{
	uint64_t hash = crowd_hash(user);

	for (size_t i = 0; i < *n; i++)
		if (list[i] == hash)
			return true;
	if (*n == max)
		return false;
	list[(*n)++] = hash;
	return true;
}

static void
note_failure(const struct logons *l, struct source *s, const struct sighting *g)
{
	if (s->fails == 0 || g->ns > s->last_fail + l->window) {
		s->fails = 0;
		s->first_fail = g->ns;
		s->tried_n = 0;
	}
	s->fails += g->n;
	if (g->user.n)
		note_one(s->tried, &s->tried_n, LOGONS_TRIED, g->user);
	if (g->ns > s->last_fail)
		s->last_fail = g->ns;
	if (g->ns < s->first_fail)
		s->first_fail = g->ns;
}

static uint64_t
fails_at(const struct logons *l, const struct source *s, int64_t ns)
{
	return ns <= s->last_fail + l->window ? s->fails : 0;
}

/*
 * A person who got the own password wrong: of one account, a few times, and no faster
 * than hands can type.
 */
static bool
mistyped(const struct source *s)
{
	return s->tried_n == 1 && s->fails <= TYPOS &&
	       s->last_fail - s->first_fail >= (int64_t)(s->fails - 1) * TYPING;
}

static void
note_accepted(struct logons *l, struct source *s, const struct sighting *g)
{
	struct accepted *a;
	char key[PAIR_MAX];
	bool fresh;
	struct first *first;

	if (s->fails && mistyped(s)) {
		s->fails = 0;
		s->tried_n = 0;
	}
	if (!s->ok)
		s->ok = mem_new(LOGONS_KEPT, sizeof(*s->ok));
	a = &s->ok[s->ok_n++ % LOGONS_KEPT];
	copy(a->event, sizeof(a->event), g->event);
	copy(a->user, sizeof(a->user), g->user);
	copy(a->host, sizeof(a->host), g->host);
	copy(a->dataset, sizeof(a->dataset), g->dataset);
	a->ns = g->ns;
	a->fails = fails_at(l, s, g->ns);
	if (g->user.n == 0)
		return;
	note_one(s->users, &s->users_n, LOGONS_MANY, g->user);
	first = lru_put(l->pairs, pair_key(key, g->user, g->src), &fresh);
	if (fresh || g->ns < first->ns)
		*first = (struct first){g->ns, a->fails};
}

void
logons_note(struct logons *l, const struct sighting *g)
{
	struct source *s;

	if (g->logon == LOGON_NONE || !g->src.p || g->fold_of.p ||
	    str_eq(str_of(l->last), g->event))
		return;
	copy(l->last, sizeof(l->last), g->event);
	s = lru_put(l->sources, g->src, NULL);
	if (g->logon == LOGON_FAILED)
		note_failure(l, s, g);
	else
		note_accepted(l, s, g);
}

const struct source *
logons_source(const struct logons *l, struct str ip)
{
	return lru_peek(l->sources, ip);
}

uint64_t
logons_fails(const struct logons *l, struct str ip, int64_t ns)
{
	const struct source *s = logons_source(l, ip);

	return s ? fails_at(l, s, ns) : 0;
}

bool
logons_known(const struct logons *l, struct str user, struct str ip, int64_t ns)
{
	char key[PAIR_MAX];
	const struct first *first = NULL;

	if (user.n && ip.n)
		first = lru_peek(l->pairs, pair_key(key, user, ip));
	return first && first->ns < ns && first->fails < LOGONS_GUESSES;
}

bool
logons_shared(const struct logons *l, struct str ip)
{
	const struct source *s = ip.p ? logons_source(l, ip) : NULL;

	return s && s->users_n == LOGONS_MANY;
}

bool
logons_sprays(const struct logons *l, struct str ip)
{
	const struct source *s = ip.p ? logons_source(l, ip) : NULL;

	return s && s->tried_n == LOGONS_TRIED && s->ok_n <= s->fails / 3;
}

uint64_t
logons_evicted(const struct logons *l)
{
	return lru_evicted(l->sources) + lru_evicted(l->pairs);
}

/* --- state --- */

static size_t
accepted_n(const struct source *s)
{
	return s->ok_n < LOGONS_KEPT ? (size_t)s->ok_n : LOGONS_KEPT;
}

static void
save_source(const struct source *s, struct buf *b)
{
	pack_str(b, lru_key(s));
	pack_u64(b, s->fails);
	pack_i64(b, s->first_fail);
	pack_i64(b, s->last_fail);
	pack_u64(b, s->ok_n);
	for (size_t i = 0; i < accepted_n(s); i++) {
		const struct accepted *a = &s->ok[i];

		pack_str(b, str_of(a->event));
		pack_str(b, str_of(a->user));
		pack_str(b, str_of(a->host));
		pack_str(b, str_of(a->dataset));
		pack_i64(b, a->ns);
		pack_u64(b, a->fails);
	}
	pack_u64(b, s->users_n);
	for (size_t i = 0; i < s->users_n; i++)
		pack_u64(b, s->users[i]);
	pack_u64(b, s->tried_n);
	for (size_t i = 0; i < s->tried_n; i++)
		pack_u64(b, s->tried[i]);
}

void
logons_save(const struct logons *l, struct buf *b)
{
	pack_str(b, STR("logons"));
	pack_str(b, str_of(l->last));
	pack_u64(b, lru_count(l->sources));
	for (const struct source *s = NULL; (s = lru_next(l->sources, s));)
		save_source(s, b);
	pack_u64(b, lru_count(l->pairs));
	for (const struct first *f = NULL; (f = lru_next(l->pairs, f));) {
		pack_str(b, lru_key(f));
		pack_i64(b, f->ns);
		pack_u64(b, f->fails);
	}
}

static void
load_source(struct source *s, struct unpack *u)
{
	s->fails = unpack_u64(u);
	s->first_fail = unpack_i64(u);
	s->last_fail = unpack_i64(u);
	s->ok_n = unpack_u64(u);
	if (s->ok_n)
		s->ok = mem_new(LOGONS_KEPT, sizeof(*s->ok));
	for (size_t i = 0; i < accepted_n(s); i++) {
		struct accepted *a = &s->ok[i];

		unpack_into(u, a->event, sizeof(a->event));
		unpack_into(u, a->user, sizeof(a->user));
		unpack_into(u, a->host, sizeof(a->host));
		unpack_into(u, a->dataset, sizeof(a->dataset));
		a->ns = unpack_i64(u);
		a->fails = unpack_u64(u);
	}
	s->users_n = (size_t)unpack_max(u, LOGONS_MANY);
	for (size_t i = 0; i < s->users_n; i++)
		s->users[i] = unpack_u64(u);
	s->tried_n = (size_t)unpack_max(u, LOGONS_TRIED);
	for (size_t i = 0; i < s->tried_n; i++)
		s->tried[i] = unpack_u64(u);
}

void
logons_load(struct logons *l, struct unpack *u)
{
	uint64_t n;

	unpack_tag(u, "logons");
	unpack_into(u, l->last, sizeof(l->last));
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		bool fresh;
		struct source *s = lru_put(l->sources, unpack_str(u), &fresh);

		u->bad |= !fresh;
		if (fresh)
			load_source(s, u);
	}
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct first *f = lru_put(l->pairs, unpack_str(u), NULL);

		f->ns = unpack_i64(u);
		f->fails = unpack_u64(u);
	}
}
