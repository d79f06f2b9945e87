#include "seats.h"
#include "lru.h"
#include "mem.h"

#define KEY_MAX 600
#define DAY     INT64_C(86400000000000)

/* Roles of addresses from which logons are no surprise. */
#define PLACES                                                                         \
	(SITE_HOST | SITE_INSIDE | SITE_ADMIN | SITE_HOME | SITE_EXPECTED | SITE_NAT | \
	    SITE_PROXY)
/* Machines and desks of the owner's own network. */
#define INDOORS (SITE_INSIDE | SITE_ADMIN | SITE_MONITORING | SITE_BACKUP | SITE_SCANNER)

/* The last logon to an account of a host, and the last strange one. */
struct pair {
	struct seat last, odd;
};

/* Where a user was. */
struct place {
	int64_t first;
	bool strange;
};

struct seats {
	struct lru *pairs;  /* user LF host -> struct pair */
	struct lru *places; /* user LF address -> struct place */
	struct lru *users;  /* who was anywhere */
	int64_t window;
};

struct seats *
seats_new(int64_t window_ns, size_t max)
{
	struct seats *s = mem_new(1, sizeof(*s));

	s->window = window_ns;
	s->pairs = lru_new(max, sizeof(struct pair), NULL, NULL);
	s->places = lru_new(max, sizeof(struct place), NULL, NULL);
	s->users = lru_new(max, 1, NULL, NULL);
	return s;
}

void
seats_free(struct seats *s)
{
	if (!s)
		return;
	lru_free(s->pairs);
	lru_free(s->places);
	lru_free(s->users);
	mem_free(s);
}

static struct str
key(char out[KEY_MAX], struct str user, struct str other)
{
	size_t n = user.n < 256 ? user.n : 256, m = other.n < 256 ? other.n : 256;

	memcpy(out, user.p, n);
	out[n] = '\n';
	memcpy(out + n + 1, other.p, m);
	return (struct str){out, n + 1 + m};
}

static bool
shell(const struct sighting *g)
{
	return g->logon == LOGON_OK && g->src.p && g->user.n && g->host.n &&
	       str_eq(g->dataset, STR("sshd"));
}

/* Does the owner name machines of his own among its neighbours? */
static bool
indoors(const struct site *site, struct ip ip)
{
	enum ip_scope scope = ip_scope(&ip);

	if (scope != IP_GLOBAL && scope != IP_EXAMPLE)
		return true;
	for (unsigned i = 0; i < 256; i++) {
		ip.b[ip.v == 4 ? 3 : 15] = (uint8_t)i;
		if (site_roles(site, &ip) & INDOORS)
			return true;
	}
	return false;
}

static bool
surprises(const struct seats *s, const struct site *site, const struct sighting *g)
{
	if (g->src_roles & PLACES || site_home(site, g->user, &g->src_ip))
		return false;
	return (site_any(site, SITE_ADMIN | SITE_HOME | SITE_INSIDE) ||
		   lru_peek(s->users, g->user)) &&
	       !indoors(site, g->src_ip);
}

static void
copy(char *out, size_t size, struct str s)
{
	size_t n = s.n < size ? s.n : size - 1;

	memcpy(out, s.p, n);
	out[n] = '\0';
}

static void
note_place(struct seats *s, const struct site *site, const struct sighting *g)
{
	char buf[KEY_MAX];
	bool fresh;
	struct place *p = lru_put(s->places, key(buf, g->user, g->src), &fresh);

	if (fresh)
		*p = (struct place){g->ns, surprises(s, site, g)};
	lru_put(s->users, g->user, NULL);
}

void
seats_note(struct seats *s, const struct site *site, const struct sighting *g)
{
	char buf[KEY_MAX];
	struct pair *p;
	struct seat seat = {.ok.ns = g->ns};

	if (!shell(g))
		return;
	note_place(s, site, g);
	copy(seat.ok.event, sizeof(seat.ok.event), g->event);
	copy(seat.ok.user, sizeof(seat.ok.user), g->user);
	copy(seat.ok.host, sizeof(seat.ok.host), g->host);
	copy(seat.ok.dataset, sizeof(seat.ok.dataset), g->dataset);
	copy(seat.src, sizeof(seat.src), g->src);
	seat.strange = seats_strange(s, g);
	p = lru_put(s->pairs, key(buf, g->user, g->host), NULL);
	if (seat.strange)
		p->odd = seat;
	p->last = seat;
}

static bool
within(const struct seats *s, const struct seat *seat, int64_t ns)
{
	return seat->src[0] && seat->ok.ns <= ns && ns <= seat->ok.ns + s->window;
}

const struct seat *
seats_of(const struct seats *s, struct str user, struct str host, int64_t ns)
{
	char buf[KEY_MAX];
	const struct pair *p = NULL;

	if (user.n && host.n)
		p = lru_peek(s->pairs, key(buf, user, host));
	if (!p)
		return NULL;
	if (within(s, &p->odd, ns))
		return &p->odd;
	return within(s, &p->last, ns) ? &p->last : NULL;
}

bool
seats_strange(const struct seats *s, const struct sighting *g)
{
	char buf[KEY_MAX];
	const struct place *p = NULL;

	if (shell(g))
		p = lru_peek(s->places, key(buf, g->user, g->src));
	return p && p->strange && g->ns < p->first + DAY;
}

uint64_t
seats_evicted(const struct seats *s)
{
	return lru_evicted(s->pairs) + lru_evicted(s->places);
}

/* --- state --- */

static void
save_seat(const struct seat *s, struct buf *b)
{
	pack_str(b, str_of(s->ok.event));
	pack_str(b, str_of(s->ok.user));
	pack_str(b, str_of(s->ok.host));
	pack_str(b, str_of(s->ok.dataset));
	pack_str(b, str_of(s->src));
	pack_i64(b, s->ok.ns);
	pack_u64(b, s->strange);
}

static void
load_seat(struct seat *s, struct unpack *u)
{
	unpack_into(u, s->ok.event, sizeof(s->ok.event));
	unpack_into(u, s->ok.user, sizeof(s->ok.user));
	unpack_into(u, s->ok.host, sizeof(s->ok.host));
	unpack_into(u, s->ok.dataset, sizeof(s->ok.dataset));
	unpack_into(u, s->src, sizeof(s->src));
	s->ok.ns = unpack_i64(u);
	s->strange = unpack_u64(u) != 0;
}

void
seats_save(const struct seats *s, struct buf *b)
{
	pack_str(b, STR("seats"));
	pack_u64(b, lru_count(s->pairs));
	for (const struct pair *p = NULL; (p = lru_next(s->pairs, p));) {
		pack_str(b, lru_key(p));
		save_seat(&p->last, b);
		save_seat(&p->odd, b);
	}
	pack_u64(b, lru_count(s->places));
	for (const struct place *p = NULL; (p = lru_next(s->places, p));) {
		pack_str(b, lru_key(p));
		pack_i64(b, p->first);
		pack_u64(b, p->strange);
	}
	pack_u64(b, lru_count(s->users));
	for (const char *p = NULL; (p = lru_next(s->users, p));)
		pack_str(b, lru_key(p));
}

void
seats_load(struct seats *s, struct unpack *u)
{
	uint64_t n;

	unpack_tag(u, "seats");
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct pair *p = lru_put(s->pairs, unpack_str(u), NULL);

		load_seat(&p->last, u);
		load_seat(&p->odd, u);
	}
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct place *p = lru_put(s->places, unpack_str(u), NULL);

		p->first = unpack_i64(u);
		p->strange = unpack_u64(u) != 0;
	}
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++)
		lru_put(s->users, unpack_str(u), NULL);
}
