#include "cover.h"
#include "json.h"
#include "lru.h"
#include "mem.h"

#define HOSTS 4096
#define LONG  255 /* longest name of a host */

struct cover {
	struct lru *hosts;
	int category;
};

struct cover *
cover_new(struct filter_run *run)
{
	struct cover *c = mem_new(1, sizeof(*c));

	c->hosts = lru_new(HOSTS, sizeof(struct covered), NULL, NULL);
	c->category = filter_slot(run, "event.category");
	return c;
}

void
cover_free(struct cover *c)
{
	if (!c)
		return;
	lru_free(c->hosts);
	mem_free(c);
}

static bool
of_process(const struct cover *c, struct rec *r)
{
	struct str raw;

	for (size_t at = 0; rec_each(r, c->category, &at, &raw);)
		if (str_eq(json_text(rec_arena(r), raw), STR("process")))
			return true;
	return false;
}

void
cover_note(struct cover *c, struct rec *r, struct str host, bool logon, int64_t ns)
{
	struct covered *h;

	if (host.n == 0 || host.n > LONG)
		return;
	h = lru_put(c->hosts, host, NULL);
	h->logon |= logon;
	h->process = h->process || of_process(c, r);
	if (h->last && ns - h->last >= COVER_SILENT && ns - h->last > h->to - h->from) {
		h->from = h->last;
		h->to = ns;
	}
	if (ns > h->last)
		h->last = ns;
}

const struct covered *
cover_of(const struct cover *c, struct str host)
{
	return lru_peek(c->hosts, host);
}

void
cover_save(const struct cover *c, struct buf *b)
{
	pack_str(b, STR("cover"));
	pack_u64(b, lru_count(c->hosts));
	for (const struct covered *h = NULL; (h = lru_next(c->hosts, h));) {
		pack_str(b, lru_key(h));
		pack_u64(b, (uint64_t)h->process | (uint64_t)h->logon << 1);
		pack_i64(b, h->last);
		pack_i64(b, h->from);
		pack_i64(b, h->to);
	}
}

void
cover_load(struct cover *c, struct unpack *u)
{
	uint64_t n;

	unpack_tag(u, "cover");
	n = unpack_u64(u);
	for (uint64_t i = 0; i < n && !u->bad; i++) {
		struct covered *h = lru_put(c->hosts, unpack_str(u), NULL);
		uint64_t told = unpack_max(u, 3);

		h->process = told & 1;
		h->logon = told >> 1;
		h->last = unpack_i64(u);
		h->from = unpack_i64(u);
		h->to = unpack_i64(u);
	}
}
