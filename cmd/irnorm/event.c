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

/* Eight bytes at a time: ASCII, no control byte, no quote, no backslash, no DEL. */
bool
event_is_clean(struct str s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t bad = 0, v;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		uint64_t quote, slash, del;

		memcpy(&v, s.p + i, 8);
		quote = v ^ ones * '"';
		slash = v ^ ones * '\\';
		del = v ^ ones * 0x7f;
		bad |= v | (v - ones * 0x20) | (quote - ones) | (slash - ones) |
		       (del - ones);
		if (bad & high)
			return false;
	}
	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			return false;
	}
	return true;
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
	ev->clean = event_is_clean(line);
	ev->tags = 0;
}

static void
put(struct event *ev, int field, struct str v, bool raw, enum event_from from)
{
	struct cell *c = &ev->cells[field];

	if (v.n == 0)
		return;
	if (c->round != ev->round)
		ev->set[ev->n++] = field;
	*c = (struct cell){v, raw, from, ev->round};
}

void
event_text(struct event *ev, int field, struct str v, enum event_from from)
{
	put(ev, field, v, false, from);
}

void
event_raw(struct event *ev, int field, struct str v, enum event_from from)
{
	put(ev, field, v, true, from);
}

void
event_unset(struct event *ev, int field)
{
	struct cell *c = &ev->cells[field];

	if (c->round == ev->round)
		c->v = STR_NONE;
}

const struct cell *
event_cell(const struct event *ev, int field)
{
	const struct cell *c = &ev->cells[field];

	return c->round == ev->round && c->v.p ? c : NULL;
}

struct str
event_get(const struct event *ev, int field)
{
	const struct cell *c = event_cell(ev, field);

	return c ? c->v : STR_NONE;
}

struct str
event_value(const struct event *ev, int field)
{
	const struct cell *c = event_cell(ev, field);

	if (!c || !c->raw)
		return c ? c->v : STR_NONE;
	return json_text(ev->a, c->v);
}

void
event_member(struct event *ev, struct str key, struct str raw)
{
	ev->members = mem_grow(
	    ev->members, &ev->cap_members, ev->n_members + 1, sizeof(*ev->members));
	ev->members[ev->n_members++] = (struct member){key, raw};
}

/* --- writing --- */

/* A value cut out of a clean line, or text that has to be looked at. */
static void
write_text(const struct event *ev, struct str v, struct buf *b)
{
	bool slice = v.p >= ev->line.p && v.p + v.n <= ev->line.p + ev->line.n;

	if (!(slice && ev->clean)) {
		buf_json(b, v);
		return;
	}
	buf_ch(b, '"');
	buf_add(b, v);
	buf_ch(b, '"');
}

static void
write_tags(const struct event *ev, struct buf *b)
{
	static const char *const names[] = {"_norm_partial", "_norm_error",
	    "_time_guessed", "_dup_keys", "_norm_truncated", "_norm_limit",
	    "_first_record"};
	const struct cell *own = event_cell(ev, F_TAGS);
	struct str list = own ? own->v : STR_NONE;
	char sep = '[';

	if (!ev->tags && !own)
		return;
	buf_add(b, STR(",\"tags\":"));
	if (own && own->raw && str_starts(list, STR("["))) {
		list = str_trim(str_sub(list, 1, list.n - 2));
		if (list.n) {
			buf_ch(b, '[');
			buf_add(b, list);
			sep = ',';
		}
	} else if (own) {
		buf_ch(b, '[');
		if (own->raw)
			buf_add(b, list);
		else
			buf_json(b, list);
		sep = ',';
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (ev->tags >> i & 1) {
			buf_ch(b, sep);
			buf_json(b, str_of(names[i]));
			sep = ',';
		}
	if (sep == '[')
		buf_ch(b, '[');
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

		if (!c->v.p || ev->set[i] == F_TAGS || ev->set[i] == F_TIME ||
		    ev->set[i] == F_EVENT_ID || f->scratch)
			continue;
		buf_add(b, f->key);
		if (c->raw)
			buf_add(b, c->v);
		else
			write_text(ev, c->v, b);
	}
	for (size_t i = 0; i < ev->n_members; i++) {
		buf_add(b, STR(",\""));
		buf_add(b, ev->members[i].key);
		buf_add(b, STR("\":"));
		buf_add(b, ev->members[i].raw);
	}
	write_tags(ev, b);
	buf_add(b, STR(",\"event.original\":"));
	write_text(ev, ev->line, b);
	buf_ch(b, '}');
}
