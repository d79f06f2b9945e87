#include "links.h"
#include "lru.h"
#include "mem.h"

#define KEY_MAX  600
#define HOPS     8 /* of incidents merged into one another */
#define ID_BYTES 16

struct links {
	struct lru *keys;      /* kind, value, host -> struct lead */
	struct lru *incidents; /* id in bytes -> struct incident * */
	void (*gone)(void *ctx, struct incident *);
	void *ctx;
};

/* Where a key leads. */
struct lead {
	int64_t ns;
	uint8_t id[ID_BYTES];
};

static uint8_t
nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* An id of 32 hex digits as bytes; others are none of ours. */
static struct str
id_bytes(uint8_t out[ID_BYTES], struct str id)
{
	for (size_t i = 0; i < ID_BYTES; i++) {
		if (id.n != 2 * ID_BYTES || !strchr("0123456789abcdef", id.p[2 * i]) ||
		    !strchr("0123456789abcdef", id.p[2 * i + 1]))
			return STR_NONE;
		out[i] = (uint8_t)(nibble(id.p[2 * i]) << 4 | nibble(id.p[2 * i + 1]));
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
links_new(size_t max, void (*gone)(void *ctx, struct incident *), void *ctx)
{
	struct links *l = mem_new(1, sizeof(*l));

	l->keys = lru_new(max, sizeof(struct lead), NULL, NULL);
	l->incidents = lru_new(max, sizeof(struct incident *), drop, l);
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

uint64_t
links_evicted(const struct links *l)
{
	return lru_evicted(l->keys) + lru_evicted(l->incidents);
}
