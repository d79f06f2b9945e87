#include "event.h"
#include "json.h"
#include "mem.h"

void
event_init(struct event *ev, const struct fields *fields)
{
	*ev = (struct event){.fields = fields};
	ev->cells = mem_new(fields_count(fields) + 1, sizeof(*ev->cells));
	ev->set = mem_new(fields_count(fields) + 1, sizeof(*ev->set));
}

void
event_free(struct event *ev)
{
	mem_free(ev->cells);
	mem_free(ev->set);
	mem_free(ev->members);
}

void
event_start(struct event *ev, struct arena *a, struct str line)
{
	if (++ev->round == 0) {
		memset(ev->cells, 0, fields_count(ev->fields) * sizeof(*ev->cells));
		ev->round = 1;
	}
	ev->a = a;
	ev->n = ev->n_members = 0;
	ev->line = line;
	ev->body = ev->constants = STR_NONE;
	ev->clean = buf_json_clean(line);
	ev->tags = 0;
}

void
event_unset(struct event *ev, int field)
{
	struct cell *c = &ev->cells[field];

	if (c->round == ev->round)
		c->v = STR_NONE;
}

void
event_member(struct event *ev, struct str key, struct str raw)
{
	for (size_t i = 0; ev->again && i < ev->n_members; i++)
		if (str_eq(ev->members[i].key, key))
			return;
	ev->members = mem_grow(
	    ev->members, &ev->cap_members, ev->n_members + 1, sizeof(*ev->members));
	ev->members[ev->n_members++] = (struct member){key, raw};
}

/* --- writing --- */

/*
 * A short text in two stores, whatever its length: up to WIDE bytes more than it has are
 * read and written.
 */
#define WIDE FIELD_PAD

static inline char *
put_wide(char *to, struct str s)
{
	memcpy(to, s.p, WIDE);
	if (s.n > WIDE)
		memcpy(to + WIDE, s.p + WIDE, s.n - WIDE);
	return to + s.n;
}

static inline char *
put_text(char *to, struct str s)
{
	buf_copy(to, s.p, s.n);
	return to + s.n;
}

static void
write_text(const struct event *ev, struct str v, struct buf *b)
{
	if (!event_clean(ev, v)) {
		buf_json(b, v);
		return;
	}
	buf_ch(b, '"');
	buf_add(b, v);
	buf_ch(b, '"');
}

static inline void
write_cell(
    const struct event *ev, const struct field *f, const struct cell *c, struct buf *b)
{
	size_t need = f->key.n + c->v.n + WIDE + 2;
	bool inside = event_inside(ev, c->v);
	char *p;

	if (b->cap - b->n < need && !buf_room(b, need))
		return;
	p = put_wide(b->p + b->n, f->key);
	if (c->raw) {
		p = inside ? put_wide(p, c->v) : put_text(p, c->v);
	} else if (inside && ev->clean) {
		*p++ = '"';
		p = put_wide(p, c->v);
		*p++ = '"';
	} else {
		b->n = (size_t)(p - b->p);
		buf_json(b, c->v);
		return;
	}
	b->n = (size_t)(p - b->p);
}

static void
write_member(const struct event *ev, const struct member *m, struct buf *b)
{
	size_t need = m->key.n + m->raw.n + WIDE + 4;
	char *p;

	if (b->cap - b->n < need && !buf_room(b, need))
		return;
	p = b->p + b->n;
	*p++ = ',';
	*p++ = '"';
	p = put_text(p, m->key);
	*p++ = '"';
	*p++ = ':';
	p = event_inside(ev, m->raw) ? put_wide(p, m->raw) : put_text(p, m->raw);
	b->n = (size_t)(p - b->p);
}

/* The members of a list, or one value; without the brackets. */
static struct str
own_tags(const struct event *ev, struct arena *a)
{
	const struct cell *own = event_cell(ev, F_TAGS);

	if (!own)
		return STR_NONE;
	if (!own->raw)
		return json_quote(a, own->v);
	if (str_starts(own->v, STR("[")))
		return str_trim(str_sub(own->v, 1, own->v.n - 2));
	return own->v;
}

static void
write_tags(const struct event *ev, struct buf *b)
{
	static const char *const names[] = {"\"_norm_partial\"", "\"_norm_error\"",
	    "\"_time_guessed\"", "\"_dup_keys\"", "\"_norm_truncated\"",
	    "\"_norm_limit\"", "\"_first_record\""};
	struct str own = own_tags(ev, ev->a);
	bool first = own.n == 0;

	if (!ev->tags && !own.p)
		return;
	buf_add(b, STR(",\"tags\":["));
	buf_add(b, own);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(ev->tags >> i & 1))
			continue;
		if (!first)
			buf_ch(b, ',');
		buf_add(b, str_of(names[i]));
		first = false;
	}
	buf_ch(b, ']');
}

void
event_write(const struct event *ev, struct str time, struct str id, struct buf *b)
{
	buf_add(b, STR("{\"@timestamp\":\""));
	buf_add(b, time);
	buf_add(b, STR("\",\"event.id\":\""));
	buf_add(b, id);
	buf_ch(b, '"');
	buf_add(b, ev->constants);
	for (size_t i = 0; i < ev->n; i++) {
		const struct cell *c = &ev->cells[ev->set[i]];
		const struct field *f = fields_get(ev->fields, ev->set[i]);

		if (!c->v.p || f->silent)
			continue;
		write_cell(ev, f, c, b);
	}
	for (size_t i = 0; i < ev->n_members; i++)
		write_member(ev, &ev->members[i], b);
	write_tags(ev, b);
	buf_add(b, STR(",\"event.original\":"));
	write_text(ev, ev->line, b);
	buf_ch(b, '}');
}
