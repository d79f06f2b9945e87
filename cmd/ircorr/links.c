#include "links.h"
#include "lru.h"
#include "mem.h"
#include "shelf.h"

#define KEY_MAX  600
#define HOPS     8 /* of incidents merged into one another */
#define ID_BYTES 16

struct links {
	struct lru *keys;      /* kind, value, host -> struct lead */
	struct lru *incidents; /* id in bytes -> struct incident * */
	struct lru *apart;     /* two ids in order -> nothing */
	void (*gone)(void *ctx, struct incident *);
	void *ctx;
};

/* Where a key leads. */
struct lead {
	int64_t ns;
	uint8_t id[ID_BYTES];
};

/* The value of a hex digit in lower case; 16: it is none. */
static unsigned
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16;
}

/* An id of 32 hex digits as bytes; others are none of ours. */
static struct str
id_bytes(uint8_t out[ID_BYTES], struct str id)
{
	if (id.n != 2 * ID_BYTES)
		return STR_NONE;
	for (size_t i = 0; i < ID_BYTES; i++) {
		unsigned high = nibble(id.p[2 * i]), low = nibble(id.p[2 * i + 1]);

		if ((high | low) > 15)
			return STR_NONE;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (struct str){(char *)out, ID_BYTES};
}

static void
drop(void *ctx, struct str key, void *value)
{
	struct links *l = ctx;
	struct incident *in = *(struct incident **)value;

	(void)key;
	if (in && l->gone)
		l->gone(l->ctx, in);
	incident_free(in);
}

struct links *
links_new(
    size_t max, size_t incidents, void (*gone)(void *ctx, struct incident *), void *ctx)
{
	struct links *l = mem_new(1, sizeof(*l));

	l->keys = lru_new(max, sizeof(struct lead), NULL, NULL);
	l->incidents = lru_new(incidents, sizeof(struct incident *), drop, l);
	l->apart = lru_new(incidents, 1, NULL, NULL);
	l->gone = gone;
	l->ctx = ctx;
	return l;
}

void
links_free(struct links *l)
{
	if (!l)
		return;
	l->gone = NULL;
	lru_free(l->keys);
	lru_free(l->incidents);
	lru_free(l->apart);
	mem_free(l);
}

void
links_add(struct links *l, struct incident *in)
{
	uint8_t id[ID_BYTES];
	struct incident **place = lru_put(
	    l->incidents, id_bytes(id, str_of(in->id)), NULL);

	*place = in;
}

struct incident *
links_incident(const struct links *l, struct str id)
{
	uint8_t raw[ID_BYTES];
	struct str key = id_bytes(raw, id);
	struct incident **in = key.p ? lru_peek(l->incidents, key) : NULL;

	return in ? *in : NULL;
}

/* Hosts are the same whatever the case of their letters. */
static struct str
key_of(char out[KEY_MAX], enum link kind, struct str value, struct str host)
{
	size_t n = 0;

	out[n++] = (char)('a' + (int)kind);
	for (size_t i = 0; i < value.n && i < 256; i++)
		out[n++] = kind == LINK_HOST || kind == LINK_WEB
			       ? (char)(value.p[i] >= 'A' && value.p[i] <= 'Z'
					    ? value.p[i] | 0x20
					    : value.p[i])
			       : value.p[i];
	out[n++] = '\n';
	for (size_t i = 0; i < host.n && i < 256; i++)
		out[n++] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] | 0x20
								       : host.p[i]);
	return (struct str){out, n};
}

void
links_set(struct links *l, enum link kind, struct str value, struct str host,
    const struct incident *in, int64_t ns)
{
	char key[KEY_MAX];
	struct lead *to;

	if (!value.n)
		return;
	to = lru_put(l->keys, key_of(key, kind, value, host), NULL);
	to->ns = ns;
	id_bytes(to->id, str_of(in->id));
}

struct incident *
links_at(
    const struct links *l, enum link kind, struct str value, struct str host, int64_t *ns)
{
	char key[KEY_MAX];
	const struct lead *to = NULL;
	struct incident **found, *in = NULL;

	if (value.n)
		to = lru_get(l->keys, key_of(key, kind, value, host));
	if (!to)
		return NULL;
	*ns = to->ns;
	found = lru_peek(l->incidents, (struct str){(const char *)to->id, ID_BYTES});
	in = found ? *found : NULL;
	for (int i = 0; in && in->state == STATE_MERGED && i < HOPS; i++)
		in = links_incident(l, str_of(in->into));
	return in && in->state != STATE_MERGED ? in : NULL;
}

struct incident *
links_get(const struct links *l, enum link kind, struct str value, struct str host)
{
	int64_t ns;

	return links_at(l, kind, value, host, &ns);
}

void
links_touch(const struct links *l, const struct incident *in)
{
	uint8_t id[ID_BYTES];

	lru_get(l->incidents, id_bytes(id, str_of(in->id)));
}

struct incident *
links_next(const struct links *l, const struct incident *in)
{
	uint8_t id[ID_BYTES];
	void *at = in ? lru_peek(l->incidents, id_bytes(id, str_of(in->id))) : NULL;
	struct incident **next = lru_next(l->incidents, at);

	return next ? *next : NULL;
}

void
links_drop(struct links *l, struct incident *in)
{
	void (*gone)(void *, struct incident *) = l->gone;
	uint8_t id[ID_BYTES];

	l->gone = NULL;
	lru_del(l->incidents, id_bytes(id, str_of(in->id)));
	l->gone = gone;
}

/* The two ids, the lower one first. */
static struct str
pair_of(char out[65], const struct incident *a, const struct incident *b)
{
	bool turn = strcmp(a->id, b->id) > 0;

	memcpy(out, turn ? b->id : a->id, 32);
	memcpy(out + 32, turn ? a->id : b->id, 33);
	return str_of(out);
}

void
links_part(struct links *l, const struct incident *a, const struct incident *b)
{
	char pair[65];

	lru_put(l->apart, pair_of(pair, a, b), NULL);
}

bool
links_apart(const struct links *l, const struct incident *a, const struct incident *b)
{
	char pair[65];

	return lru_count(l->apart) > 0 && lru_peek(l->apart, pair_of(pair, a, b));
}

void
links_save(const struct links *l, struct buf *b)
{
	pack_str(b, STR("links"));
	pack_u64(b, lru_count(l->incidents));
	for (struct incident **in = NULL; (in = lru_next(l->incidents, in));)
		shelf_save(*in, b);
	pack_u64(b, lru_count(l->keys));
	for (const struct lead *to = NULL; (to = lru_next(l->keys, to));) {
		pack_str(b, lru_key(to));
		pack_i64(b, to->ns);
		pack_str(b, (struct str){(const char *)to->id, ID_BYTES});
	}
	pack_u64(b, lru_count(l->apart));
	for (const char *v = NULL; (v = lru_next(l->apart, v));)
		pack_str(b, lru_key(v));
}

static void
load_lead(struct links *l, struct unpack *u)
{
	struct lead *to = lru_put(l->keys, unpack_str(u), NULL);
	struct str id;

	to->ns = unpack_i64(u);
	id = unpack_str(u);
	if (id.n == ID_BYTES)
		memcpy(to->id, id.p, ID_BYTES);
	u->bad |= id.n != ID_BYTES;
}

void
links_load(struct links *l, struct unpack *u)
{
	void (*gone)(void *, struct incident *) = l->gone;
	uint64_t n;

	unpack_tag(u, "links");
	l->gone = NULL;
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct incident *in = shelf_load(u);

		if (in && !links_incident(l, str_of(in->id)))
			links_add(l, in);
		else
			incident_free(in);
	}
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++)
		load_lead(l, u);
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++)
		lru_put(l->apart, unpack_str(u), NULL);
	l->gone = gone;
}

uint64_t
links_evicted(const struct links *l)
{
	return lru_evicted(l->keys) + lru_evicted(l->incidents);
}
