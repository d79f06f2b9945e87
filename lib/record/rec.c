#include "json.h"
#include "mem.h"
#include "nest.h"
#include "rec.h"
#include "when.h"

/* What was set for a slot. */
struct set {
	struct str raw;
	bool
	    shared; /* a field above or below it was set too: only the whole record tells */
};

struct rec {
	const struct paths *paths;
	struct arena *arena;
	struct str line;
	struct scanned got;
	struct finds found;
	struct set *sets;
	int *order; /* slots that were set, in order */
	int *edits; /* those that stand in the line, by their place; for rec_write() */
	size_t n_order, slots;
	bool any_shared;
	struct str nested; /* absent: not made yet */
};

struct rec *
rec_new(const struct paths *paths, struct arena *arena)
{
	struct rec *r = mem_new(1, sizeof(*r));

	r->paths = paths;
	r->arena = arena;
	return r;
}

void
rec_free(struct rec *r)
{
	if (!r)
		return;
	mem_free(r->found.v);
	mem_free(r->found.hit);
	mem_free(r->sets);
	mem_free(r->order);
	mem_free(r->edits);
	mem_free(r);
}

/* Room for all slots there are now. */
static void
make_room(struct rec *r)
{
	size_t n = paths_count(r->paths),
	       cap[5] = {r->slots, r->slots, r->slots, r->slots, r->slots};

	if (n <= r->slots)
		return;
	r->found.v = mem_grow(r->found.v, &cap[0], n, sizeof(*r->found.v));
	r->sets = mem_grow(r->sets, &cap[1], n, sizeof(*r->sets));
	r->order = mem_grow(r->order, &cap[2], n, sizeof(*r->order));
	r->edits = mem_grow(r->edits, &cap[3], n, sizeof(*r->edits));
	r->found.hit = mem_grow(r->found.hit, &cap[4], n, sizeof(*r->found.hit));
	r->slots = cap[0];
}

bool
rec_scan(struct rec *r, struct str line, struct json_fault *fault)
{
	make_room(r);
	rec_unset(r);
	r->line = line;
	return scan_record(r->paths, line, &r->found, &r->got, fault);
}

bool
rec_ascii(const struct rec *r)
{
	return r->got.ascii;
}

bool
rec_literal(const struct rec *r)
{
	return r->got.literal;
}

struct str
rec_line(const struct rec *r)
{
	return r->line;
}

struct arena *
rec_arena(const struct rec *r)
{
	return r->arena;
}

/* --- reading --- */

/* The field out of the whole record. */
static struct str
dig(struct rec *r, int slot)
{
	struct str name = paths_name(r->paths, slot), raw = rec_nest(r);

	while (name.p && raw.p)
		raw = json_get(r->arena, raw, str_cut(&name, '.'));
	return raw;
}

struct str
rec_raw(struct rec *r, int slot)
{
	const struct set *s = &r->sets[slot];
	const struct found *f = &r->found.v[slot];

	if (s->shared)
		return dig(r, slot);
	if (s->raw.p)
		return s->raw;
	return f->spread ? dig(r, slot) : f->raw;
}

size_t
rec_which(const struct rec *r, const int *slots, size_t n, uint32_t *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		const struct found *f = &r->found.v[slots[i]];
		const struct set *s = &r->sets[slots[i]];

		out[k] = (uint32_t)i;
		k += f->raw.p || f->spread || s->raw.p || s->shared;
	}
	return k;
}

size_t
rec_there(const struct rec *r, const uint32_t **slots)
{
	size_t n = r->found.n;
	uint32_t *all;

	*slots = r->found.hit;
	if (r->n_order == 0)
		return n;
	all = arena_alloc(r->arena, (n + r->n_order + r->slots) * sizeof(*all));
	memcpy(all, r->found.hit, n * sizeof(*all));
	for (size_t i = 0; i < r->n_order; i++)
		all[n++] = (uint32_t)r->order[i];
	for (size_t i = 0; i < r->slots && r->any_shared; i++)
		if (r->sets[i].shared)
			all[n++] = (uint32_t)i;
	*slots = all;
	return n;
}

enum json_type
rec_type(struct rec *r, int slot)
{
	const struct set *s = &r->sets[slot];
	const struct found *f = &r->found.v[slot];

	if (!s->shared && !s->raw.p && f->spread)
		return JSON_MAP;
	return json_type(rec_raw(r, slot));
}

struct str
rec_text(struct rec *r, int slot)
{
	return json_text(r->arena, rec_raw(r, slot));
}

bool
rec_i64(struct rec *r, int slot, int64_t *v)
{
	return json_i64(rec_raw(r, slot), v);
}

bool
rec_num(struct rec *r, int slot, double *v)
{
	return json_num(rec_raw(r, slot), v);
}

bool
rec_time(struct rec *r, int slot, int64_t *ns)
{
	struct str raw = rec_raw(r, slot);

	return json_type(raw) == JSON_TEXT && when_parse(json_text(r->arena, raw), ns);
}

bool
rec_each(struct rec *r, int slot, size_t *at, struct str *raw)
{
	struct str v = rec_raw(r, slot);

	if (json_type(v) == JSON_LIST)
		return json_next(v, at, NULL, raw);
	if (!v.p || *at > 0)
		return false;
	*at = 1;
	*raw = v;
	return true;
}

/* --- setting --- */

/* `slot` is set: fields above and below it are no longer what their slots say. */
static void
share(struct rec *r, int slot, int with)
{
	if (with < 0)
		return;
	r->sets[with].shared = r->any_shared = true;
	if (r->sets[with].raw.p)
		r->sets[slot].shared = true;
}

/* Last in the order, except where order does not matter and it is there already. */
static void
put_last(struct rec *r, int slot)
{
	size_t i = 0;

	if (r->sets[slot].raw.p && !r->sets[slot].shared)
		return;
	while (i < r->n_order && r->order[i] != slot)
		i++;
	if (i < r->n_order)
		memmove(r->order + i, r->order + i + 1, (--r->n_order - i) * sizeof(int));
	r->order[r->n_order++] = slot;
}

void
rec_set(struct rec *r, int slot, struct str raw)
{
	const struct trie *at = paths_trie(r->paths, slot);

	if (!raw.p)
		return;
	for (const struct trie *up = at->up; up; up = up->up)
		share(r, slot, up->slot);
	for (size_t i = 0; i < at->n_below; i++)
		share(r, slot, at->below[i]);
	put_last(r, slot);
	r->sets[slot].raw = raw;
	r->nested = STR_NONE;
}

void
rec_set_text(struct rec *r, int slot, struct str text)
{
	if (text.p)
		rec_set(r, slot, json_quote(r->arena, text));
}

void
rec_set_i64(struct rec *r, int slot, int64_t v)
{
	struct buf b = {.p = arena_alloc(r->arena, 21), .cap = 21, .max = 21};

	buf_i64(&b, v);
	rec_set(r, slot, buf_str(&b));
}

void
rec_set_time(struct rec *r, int slot, int64_t ns)
{
	char text[WHEN_MAX];
	size_t n = when_text(text, ns);

	rec_set_text(r, slot, (struct str){text, n});
}

void
rec_push(struct rec *r, int slot, struct str raw)
{
	struct str old = rec_raw(r, slot), key, last;
	size_t at = 0;

	if (json_type(old) != JSON_LIST)
		old = old.p ? CAT(r->arena, STR("["), old, STR("]")) : STR("[]");
	rec_set(r, slot,
	    CAT(r->arena, str_sub(old, 0, old.n - 1),
		json_next(old, &at, &key, &last) ? STR(",") : STR(""), raw, STR("]")));
}

void
rec_unset(struct rec *r)
{
	if (r->any_shared)
		memset(r->sets, 0, r->slots * sizeof(*r->sets));
	for (size_t i = 0; i < r->n_order; i++)
		r->sets[r->order[i]].raw = STR_NONE;
	r->n_order = 0;
	r->any_shared = false;
	r->nested = STR_NONE;
}

bool
rec_untouched(const struct rec *r)
{
	return r->n_order == 0;
}

/* --- writing --- */

/* Is the field that was set one slice of the line? */
static bool
in_place(const struct rec *r, int slot)
{
	const struct found *f = &r->found.v[slot];

	return f->raw.p && !f->spread && !r->sets[slot].shared;
}

/* The slots to replace, by their place in the line. */
static size_t
sort_edits(struct rec *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_order; i++) {
		int slot = r->order[i];
		size_t k = n;

		if (!in_place(r, slot))
			continue;
		for (;
		     k > 0 && r->found.v[r->edits[k - 1]].raw.p > r->found.v[slot].raw.p;
		     k--)
			r->edits[k] = r->edits[k - 1];
		r->edits[k] = slot;
		n++;
	}
	return n;
}

size_t
rec_bound(const struct rec *r)
{
	size_t n = r->line.n;

	for (size_t i = 0; i < r->n_order; i++)
		n += paths_key(r->paths, r->order[i]).n + r->sets[r->order[i]].raw.n + 1;
	return n;
}

void
rec_write(struct rec *r, struct buf *out)
{
	bool comma = !r->got.empty;
	size_t n = sort_edits(r), at = 0;

	for (size_t i = 0; i < n; i++) {
		struct str old = r->found.v[r->edits[i]].raw;
		size_t from = (size_t)(old.p - r->line.p);

		buf_add(out, str_sub(r->line, at, from - at));
		buf_add(out, r->sets[r->edits[i]].raw);
		at = from + old.n;
	}
	buf_add(out, str_sub(r->line, at, r->got.close - at));
	for (size_t i = 0; i < r->n_order; i++) {
		int slot = r->order[i];

		if (in_place(r, slot))
			continue;
		if (comma)
			buf_ch(out, ',');
		buf_add(out, paths_key(r->paths, slot));
		buf_add(out, r->sets[slot].raw);
		comma = true;
	}
	buf_add(out, str_from(r->line, r->got.close));
}

struct str
rec_nest(struct rec *r)
{
	struct nest *n;

	if (r->nested.p)
		return r->nested;
	n = nest_new(r->arena);
	nest_members(n, str_sub(r->line, r->got.open, r->got.close + 1 - r->got.open));
	for (size_t i = 0; i < r->n_order; i++)
		nest_set(n, paths_name(r->paths, r->order[i]), r->sets[r->order[i]].raw);
	return r->nested = nest_text(n);
}

struct str
rec_nested(struct arena *a, struct str object)
{
	struct nest *n = nest_new(a);

	nest_members(n, object);
	return nest_text(n);
}
