/* The lists of all addresses, users, hosts and hashes of an event. */
#include "derive.h"
#include "json.h"

/* Elements are JSON without quotes; a new one is added behind the others. */
static void
list_more(struct event_list *l, struct str v, bool names_hosts)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].n == v.n && str_same(l->v[i].p, v.p, v.n))
			return;
		/* one host in two spellings: the one that sorts behind has small letters */
		if (names_hosts && str_ieq(l->v[i], v)) {
			if (str_cmp(l->v[i], v) < 0)
				l->v[i] = v;
			return;
		}
	}
	if (l->n < EVENT_LIST)
		l->v[l->n++] = v;
}

/* What needs escapes is escaped when it is added. */
static inline void
list_add(struct event *ev, struct event_list *l, struct str v, bool raw)
{
	if (!raw && !event_clean(ev, v) && !buf_json_clean(v)) {
		v = json_quote(ev->a, v);
		raw = true;
	}
	if (raw)
		v = str_sub(v, 1, v.n - 2);
	if (v.n == 0)
		return;
	if (l->n == 0)
		l->v[l->n++] = v;
	else
		list_more(l, v, l == &ev->related[RELATED_HOSTS]);
}

static void
list_value(struct event *ev, struct event_list *l, const struct cell *c)
{
	struct str v;
	size_t at = 0;

	if (!c->raw || json_type(c->v) == JSON_TEXT) {
		list_add(ev, l, c->v, c->raw);
		return;
	}
	if (json_type(c->v) != JSON_LIST)
		return;
	while (json_next(c->v, &at, NULL, &v))
		if (json_type(v) == JSON_TEXT)
			list_add(ev, l, v, true);
}

static void
list_set(struct event *ev, const struct event_list *l, int field)
{
	size_t size = 2, n = 0;
	char *p;

	for (size_t i = 0; i < l->n; i++)
		size += l->v[i].n + 3;
	p = arena_alloc(ev->a, size);
	for (size_t i = 0; i < l->n; i++) {
		p[n++] = i ? ',' : '[';
		p[n++] = '"';
		buf_copy(p + n, l->v[i].p, l->v[i].n);
		n += l->v[i].n;
		p[n++] = '"';
	}
	p[n++] = ']';
	event_raw(ev, field, (struct str){p, n}, FROM_ENGINE);
}

void
derive_related(struct event *ev)
{
	static const int target[RELATED_KINDS] = {
	    [RELATED_IP] = F_REL_IP,
	    [RELATED_USER] = F_REL_USER,
	    [RELATED_HOSTS] = F_REL_HOSTS,
	    [RELATED_HASH] = F_REL_HASH,
	};
	size_t n = ev->n_listed;

	for (size_t i = RELATED_IP; i < RELATED_KINDS; i++) {
		const struct cell *own = event_cell(ev, target[i]);

		ev->related[i].n = 0;
		if (own)
			list_value(ev, &ev->related[i], own);
	}
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = &ev->cells[ev->listed[i]];

		if (c->v.p)
			list_value(ev, &ev->related[c->related], c);
	}
	for (size_t i = RELATED_IP; i < RELATED_KINDS; i++)
		if (ev->related[i].n)
			list_set(ev, &ev->related[i], target[i]);
}
