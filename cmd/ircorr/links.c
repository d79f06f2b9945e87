#include "links.h"
#include "lru.h"
#include "mem.h"

#define KEY_MAX 600
#define HOPS    8 /* of incidents merged into one another */

struct links {
	struct lru *keys;      /* kind, value, host -> id of an incident */
	struct lru *incidents; /* id -> struct incident * */
	void (*gone)(void *ctx, struct incident *);
	void *ctx;
};

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

	l->keys = lru_new(max, 33, NULL, NULL);
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
	struct incident **place = lru_put(l->incidents, str_of(in->id), NULL);

	*place = in;
}

struct incident *
links_incident(const struct links *l, struct str id)
{
	struct incident **in = lru_peek(l->incidents, id);

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
    const struct incident *in)
{
	char key[KEY_MAX];

	if (value.n)
		memcpy(
		    lru_put(l->keys, key_of(key, kind, value, host), NULL), in->id, 33);
}

struct incident *
links_get(const struct links *l, enum link kind, struct str value, struct str host)
{
	char key[KEY_MAX];
	const char *id = NULL;
	struct incident *in = NULL;

	if (value.n)
		id = lru_get(l->keys, key_of(key, kind, value, host));
	for (int i = 0; id && i < HOPS; i++) {
		struct incident **found = lru_get(l->incidents, str_of(id));

		in = found ? *found : NULL;
		id = in && in->state == STATE_MERGED ? in->into : NULL;
	}
	return in && in->state != STATE_MERGED ? in : NULL;
}

struct incident *
links_next(const struct links *l, const struct incident *in)
{
	void *at = in ? lru_peek(l->incidents, str_of(in->id)) : NULL;
	struct incident **next = lru_next(l->incidents, at);

	return next ? *next : NULL;
}

uint64_t
links_evicted(const struct links *l)
{
	return lru_evicted(l->keys) + lru_evicted(l->incidents);
}
