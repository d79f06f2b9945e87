#include "event.h"
#include "ids.h"
#include "json.h"
#include "mem.h"

void
event_init(struct event *ev, const struct fields *fields)
{
	size_t n = fields_count(fields);

	*ev = (struct event){.fields = fields};
	ev->cells = mem_new(n + 1, sizeof(*ev->cells));
	ev->set = mem_new(n + 1, sizeof(*ev->set));
	ev->listed = mem_new(n + 1, sizeof(*ev->listed));
	for (size_t i = 0; i < n; i++) {
		const struct field *f = fields_get(fields, (int)i);

		ev->cells[i].key = f->key;
		ev->cells[i].roles = f->roles;
		ev->cells[i].related = (unsigned char)f->related;
		ev->cells[i].silent = f->silent;
	}
}

void
event_free(struct event *ev)
{
	mem_free(ev->cells);
	mem_free(ev->set);
	mem_free(ev->listed);
	mem_free(ev->members);
}

void
event_start(struct event *ev, struct arena *a, struct str line)
{
	if (++ev->round == 0) {
		for (size_t i = 0; i < fields_count(ev->fields); i++)
			ev->cells[i].round = 0;
		ev->round = 1;
	}
	ev->a = a;
	ev->n = ev->n_listed = ev->n_members = 0;
	ev->roles = 0;
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

/*
 * A field to where there is room for it (write_need()); NULL: its value needs a closer
 * look.
 */
static inline char *
write_cell(const struct event *ev, const struct cell *c, char *p)
{
	bool inside = event_inside(ev, c->v);

	p = put_wide(p, c->key);
	if (c->raw)
		return inside ? put_wide(p, c->v) : put_text(p, c->v);
	if (!inside || !ev->clean)
		return NULL;
	*p++ = '"';
	p = put_wide(p, c->v);
	*p++ = '"';
	return p;
}

static inline size_t
write_need(const struct cell *c)
{
	return c->key.n + c->v.n + WIDE + 2;
}

/* All that are set, in order; returns where ir.source.line ends. */
static size_t
write_cells(const struct event *ev, struct buf *b)
{
	char *p = b->p + b->n, *to;
	size_t sent = STR_NPOS;

	for (size_t i = 0; i < ev->n; i++) {
		const struct cell *c = &ev->cells[ev->set[i]];

		if (!c->v.p || c->silent)
			continue;
		if ((size_t)(b->p + b->cap - p) < write_need(c)) {
			b->n = (size_t)(p - b->p);
			if (!buf_room(b, write_need(c)))
				continue;
			p = b->p + b->n;
		}
		to = write_cell(ev, c, p);
		if (!to) {
			b->n = (size_t)(p - b->p) + c->key.n;
			buf_json(b, c->v);
			to = b->p + b->n;
		}
		p = to;
		if (ev->set[i] == F_SOURCE_LINE)
			sent = (size_t)(p - b->p);
	}
	b->n = (size_t)(p - b->p);
	return sent;
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

	if (!ev->tags && !own.p)
		return;
	if (!own.n && ev->tags == TAG_TIME) {
		buf_add(b, STR(",\"tags\":[\"_time_guessed\"]"));
		return;
	}
	buf_add(b, STR(",\"tags\":["));
	buf_add(b, own);
	for (unsigned rest = ev->tags; rest; rest &= rest - 1) {
		if (own.n || rest != ev->tags)
			buf_ch(b, ',');
		buf_add(b, str_of(names[__builtin_ctz(rest)]));
	}
	buf_ch(b, ']');
}

#define HEAD_MAX 128 /* of what every event starts with */

/* What every event starts with; returns where its id goes. */
static size_t
write_head(const struct event *ev, struct str time, struct buf *b)
{
	char *p = buf_room(b, HEAD_MAX + ev->constants.n);
	size_t id;

	if (!p)
		return STR_NPOS;
	p = put_text(p, STR("{\"@timestamp\":\""));
	p = put_text(p, time);
	p = put_text(p, STR("\",\"event.id\":\""));
	id = (size_t)(p - b->p);
	p += IDS_DIGITS;
	*p++ = '"';
	p = put_text(p, ev->constants);
	b->n = (size_t)(p - b->p);
	return id;
}

/* And what it ends with: the line. */
static void
write_line(const struct event *ev, struct buf *b)
{
	char *p = buf_room(b, ev->line.n + 32);

	if (!p || !ev->clean) {
		buf_add(b, STR(",\"event.original\":"));
		buf_json(b, ev->line);
		buf_ch(b, '}');
		return;
	}
	p = put_text(p, STR(",\"event.original\":\""));
	p = put_text(p, ev->line);
	p = put_text(p, STR("\"}"));
	b->n = (size_t)(p - b->p);
}

void
event_write(
    const struct event *ev, struct str time, struct buf *b, struct event_places *at)
{
	size_t sent;

	at->id = write_head(ev, time, b);
	sent = write_cells(ev, b);
	at->sent = sent == STR_NPOS ? STR_NPOS : sent - 1 - IDS_DIGITS; /* and a quote */
	for (size_t i = 0; i < ev->n_members; i++)
		write_member(ev, &ev->members[i], b);
	write_tags(ev, b);
	write_line(ev, b);
}
