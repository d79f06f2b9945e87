/* From what matched to the fields of the event. */
#include "audit.h"
#include "decode.h"
#include "deep.h"
#include "ip.h"
#include "json.h"
#include "loose.h"
#include "norm.h"

/* --- values --- */

static struct str
converted_list(struct norm *n, const struct target *t, struct str list)
{
	struct str all = STR("["), v, out;
	size_t at = 0;
	bool raw;

	while (json_next(list, &at, NULL, &v)) {
		struct str s = json_text(n->ev.a, v);

		if (!s.p || !convert(n->ev.a, t->convert, s, &out, &raw))
			continue;
		all = CAT(n->ev.a, all, all.n > 1 ? STR(",") : STR(""),
		    raw ? out : json_quote(n->ev.a, out));
	}
	return all.n > 1 ? CAT(n->ev.a, all, STR("]")) : STR_NONE;
}

/* The lists of related values grow; other fields are set anew. */
static void
put(struct norm *n, int field, struct str v, bool raw)
{
	struct arena *a = n->ev.a;
	struct str had = event_get(&n->ev, field);

	if (v.p && field >= F_REL_IP && field <= F_REL_HASH) {
		v = raw ? v : json_quote(a, v);
		if (json_type(v) != JSON_LIST)
			v = CAT(a, STR("["), v, STR("]"));
		if (json_type(had) == JSON_LIST && had.n > 2 && v.n > 2)
			v = CAT(a, str_sub(had, 0, had.n - 1), STR(","), str_from(v, 1));
		raw = true;
	}
	if (raw)
		event_raw(&n->ev, field, v, FROM_MAP);
	else
		event_text(&n->ev, field, v, FROM_MAP);
}

void
norm_put(struct norm *n, const struct target *t, struct str v, bool json)
{
	struct str text = v, out;
	bool raw;

	if (json && t->convert == CONVERT_RAW) {
		put(n, t->field, v, true);
		return;
	}
	if (json && json_type(v) == JSON_LIST) {
		v = converted_list(n, t, v);
		if (v.p)
			put(n, t->field, v, true);
		return;
	}
	if (json)
		text = json_text(n->ev.a, v);
	if (t->table) {
		const struct str *to = map_get(t->table, text);

		text = to ? *to : STR_NONE;
	}
	if (text.n == 0 || str_eq(text, STR("-")))
		return;
	if (t->field == F_TIME)
		norm_time(n, text);
	else if (t->convert != CONVERT_RAW &&
		 convert(n->ev.a, t->convert, text, &out, &raw))
		put(n, t->field, out, raw);
}

void
norm_time(struct norm *n, struct str text)
{
	struct when when;
	int64_t ns;

	/* what is no time leaves the one that was there */
	if (stamp_whole(text, &when)) {
		n->has_ns = false;
		n->has_when = true;
		n->when = when;
		n->stamp = text;
	} else if (when_epoch(text, &ns)) {
		n->has_ns = true;
		n->has_when = false;
		n->ns = ns;
		n->stamp = STR_NONE;
	}
}

/* --- members of objects, pairs of key=value --- */

static struct str
spelled(struct arena *a, struct str s)
{
	if (buf_json_clean(s))
		return s;
	s = json_quote(a, s);
	return str_sub(s, 1, s.n - 2);
}

struct str
norm_key(struct arena *a, struct str under, struct str path, struct str key)
{
	if (path.p == key.p)
		return spelled(a, under.n ? CAT(a, under, STR("."), path) : path);
	return under.n ? CAT(a, spelled(a, under), STR("."), key) : key;
}

static void
set_unmapped(
    struct norm *n, struct str under, struct str path, struct str key, struct str raw)
{
	struct str name = under.n ? CAT(n->ev.a, under, STR("."), path) : path;
	int field = fields_find(n->fields, name);

	if (field >= 0 && !fields_get(n->fields, field)->scratch)
		event_raw(&n->ev, field, raw, FROM_DECODER);
	else
		event_member(&n->ev, norm_key(n->ev.a, under, path, key), raw);
}

static void
set_mapped(struct norm *n, const struct mapping *m, struct str v, bool json)
{
	for (size_t i = 0; i < m->n; i++)
		norm_put(n, &m->v[i], v, json);
}

void
norm_set(struct norm *n, const struct mapping *m, struct str value)
{
	set_mapped(n, m, value, false);
}

static struct str
next_pair(struct str *rest, struct str *value)
{
	struct str s = *rest, key;
	size_t i = 0;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ','))
		s = str_from(s, 1);
	key = s;
	while (i < s.n && s.p[i] != '=' && s.p[i] != ' ' && s.p[i] != '\t')
		i++;
	key.n = i;
	*value = STR_NONE;
	s = str_from(s, i);
	if (s.n && s.p[0] == '=') {
		s = str_from(s, 1);
		i = 0;
		if (s.n && s.p[0] == '"') {
			for (i = 1; i < s.n && s.p[i] != '"'; i++)
				i += s.p[i] == '\\' && i + 1 < s.n;
			*value = str_sub(s, 1, i - 1);
			i += i < s.n;
		} else {
			while (i < s.n && s.p[i] != ' ' && s.p[i] != '\t')
				i++;
			*value = str_sub(s, 0, i);
		}
		s = str_from(s, i);
	}
	*rest = s;
	return key;
}

static bool
is_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
			return false;
	}
	return key.n > 0 && key.n <= 64;
}

/* The first of equal keys holds: what stands behind it may be somebody's text. */
/* "a=b,c=d": of a value that nobody quoted, what is before the next pair or its marks. */
static struct str
plain_value(struct str value, struct str *rest)
{
	const char *end = rest->p + rest->n;
	size_t i = 0;

	if (!value.n || value.p[-1] != '=')
		return value;
	for (; i < value.n; i++) {
		size_t k = i + 1;

		if (value.p[i] != ',' && value.p[i] != ';')
			continue;
		while (k < value.n && (value.p[k] == '_' || (value.p[k] | 32) >= 'a'))
			k++;
		if (k > i + 1 && k < value.n && value.p[k] == '=')
			break;
	}
	if (i < value.n)
		*rest = (struct str){value.p + i + 1, (size_t)(end - value.p) - i - 1};
	value.n = i;
	while (value.n && (value.p[value.n - 1] == ',' || value.p[value.n - 1] == ';'))
		value.n--;
	return value;
}

void
norm_pairs(struct norm *n, const struct format *f, struct str under, struct str text)
{
	struct map *seen = map_new();
	struct str key, value;

	for (size_t i = 0; text.n && i < 512; i++) {
		const struct mapping *m;
		void **at;

		key = next_pair(&text, &value);
		if (f == n->generic_map)
			value = plain_value(value, &text);
		if (key.n == 0 && value.n == 0)
			text = str_from(text, 1);
		/* in a sentence, words are no flags */
		if (!is_key(key) || (!value.p && f == n->generic_map))
			continue;
		at = map_put(seen, key);
		if (*at)
			continue;
		*at = seen;
		m = f->map ? map_get(f->map, key) : NULL;
		m = m ? m : loose_find(f, key);
		if (!value.p)
			value = STR("true");
		if (m)
			set_mapped(n, m, value, false);
		else if (value.n)
			set_unmapped(n, under, key, key, json_quote(n->ev.a, value));
	}
	map_free(seen);
}

static const struct mapping *
mapping_of(const struct format *f, struct str own, struct str key)
{
	const struct mapping *m = f->map ? map_get(f->map, own) : NULL;

	return m || !f->map ? m : map_get(f->map, key);
}

/* One pair that a decoder read: `own` is how its key may be called in the map first. */
void
norm_pair(struct norm *n, const struct format *f, struct str under, struct str own,
    struct str key, struct str value)
{
	const struct mapping *m = mapping_of(f, own, key);

	if (m)
		set_mapped(n, m, value, false);
	else if (under.n)
		set_unmapped(n, under, key, key, json_quote(n->ev.a, value));
}

/* The same, but only where there is no value yet. */
void
norm_pair_new(struct norm *n, const struct format *f, struct str under, struct str own,
    struct str key, struct str value)
{
	const struct mapping *m = mapping_of(f, own, key);
	struct str name = CAT(n->ev.a, under, STR("."), key);

	for (size_t i = 0; m && i < m->n; i++)
		if (!event_cell(&n->ev, m->v[i].field))
			norm_put(n, &m->v[i], value, false);
	if (m || !under.n)
		return;
	for (size_t i = 0; i < n->ev.n_members; i++)
		if (str_eq(n->ev.members[i].key, name))
			return;
	set_unmapped(n, under, key, key, json_quote(n->ev.a, value));
}

/* The same with JSON, if the map names the key. */
void
norm_pair_raw(struct norm *n, const struct format *f, struct str key, struct str raw)
{
	const struct mapping *m = f->map ? map_get(f->map, key) : NULL;

	if (m)
		set_mapped(n, m, raw, true);
}

/* --- captures --- */

static void
take_json(struct norm *n, const struct format *f, const struct capture *cap)
{
	struct str under = fields_get(n->fields, cap->field)->name;

	if (cap->text.n < 2 || cap->text.p[0] != '{' || !json_valid(cap->text, NULL)) {
		event_text(&n->ev, cap->field, cap->text, FROM_PATTERN);
		return;
	}
	leaves_read(&n->leaves, n->ev.a, cap->text);
	if (n->leaves.twice)
		n->ev.tags |= TAG_DUP_KEYS;
	norm_take(n, f, under);
}

static void
take_value(struct norm *n, const struct capture *cap)
{
	struct str out;
	bool raw;

	/* a dash is how logs write nothing */
	if (cap->text.n == 1 && cap->text.p[0] == '-')
		return;
	if (cap->convert == CONVERT_TEXT || cap->convert == CONVERT_ADDR) {
		event_text(&n->ev, cap->field, cap->text, FROM_PATTERN);
		return;
	}
	if (!convert(n->ev.a, cap->convert, cap->text, &out, &raw))
		return;
	if (raw)
		event_raw(&n->ev, cap->field, out, FROM_PATTERN);
	else
		event_text(&n->ev, cap->field, out, FROM_PATTERN);
}

static void
take_capture(struct norm *n, const struct format *f, const struct capture *cap)
{
	struct str rest = cap->text;

	switch (cap->use) {
	case MOTIF_VALUE:
		if (cap->field == F_TIME)
			norm_time(n, cap->text);
		else
			take_value(n, cap);
		break;
	case MOTIF_KV:
		norm_pairs(n, f, fields_get(n->fields, cap->field)->name, cap->text);
		break;
	case MOTIF_JSON:
		take_json(n, f, cap);
		break;
	case MOTIF_AUDIT:
		norm_audit(n, f, fields_get(n->fields, cap->field)->name, cap->text);
		break;
	case MOTIF_WHEN:
		if (cap->field == F_TIME) {
			n->has_when = stamp_scan(cap->form, &rest, &n->when);
			n->stamp = cap->text;
		} else {
			event_text(&n->ev, cap->field, cap->text, FROM_PATTERN);
		}
		break;
	}
}

/* --- constants --- */

static void
set_constants(struct norm *n, const struct constants *c, enum event_from from)
{
	for (size_t i = 0; c && i < c->n; i++)
		event_raw(&n->ev, c->v[i].field, c->v[i].raw, from);
}

void
norm_constants(struct norm *n, const struct rule *r)
{
	const struct format *f = r->format;

	/* inside a wrapper, its members must see what is set */
	if (n->depth)
		set_constants(n, &r->early, FROM_CONSTANT);
	else
		n->ev.constants = r->ready;
	for (size_t i = 0; i < r->late.n; i++)
		if (!event_cell(&n->ev, r->late.v[i].field))
			event_raw(
			    &n->ev, r->late.v[i].field, r->late.v[i].raw, FROM_CONSTANT);
	if (r->late.n_copies)
		norm_copies(n, &r->late);
	for (size_t i = 0; i < f->n_lookups; i++) {
		const struct constants *row = lookup_row(&n->ev, &f->lookups[i]);

		set_constants(n, row, FROM_LOOKUP);
		norm_copies(n, row);
	}
}

void
norm_captures(
    struct norm *n, const struct format *f, const struct capture *caps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		take_capture(n, f, &caps[i]);
}

void
norm_apply(struct norm *n, const struct hit *found)
{
	const struct format *f = found->rule->format;

	norm_captures(n, f, found->caps, found->n);
	if (found->rule->decode.n)
		decode_run(n, f, &found->rule->decode, found->text);
	if (f->decode.n)
		decode_run(n, f, &f->decode, found->text);
	norm_constants(n, found->rule);
}
