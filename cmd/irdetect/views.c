/* Fields of a record, looked up once. */
#include "fold.h"
#include "map.h"
#include "mem.h"
#include "views.h"

#define ALL_MAX   4096 /* values looked at by keywords */
#define LOOSE_MAX 256
#define LENGTHY   256 /* bytes of a text that it pays not to decode */

struct place {
	bool url;
	enum url_plus plus;
};

struct field {
	struct str name;
	struct place *places;
	int *slots; /* of the places */
	size_t n;
	int plain;    /* the field of that name at the place of that name, or -1 */
	bool loose;   /* may stand where no slot is */
	bool lengthy; /* a long text has been seen in it */
	struct view view;
	/* for the record `of`: what it is seen as */
	uint64_t of;
	const struct view *as;
};

/* A member of Windows' event data whose name has to be straightened first. */
struct loose {
	struct str name, raw;
};

struct views {
	struct arena *arena; /* names and places */
	struct paths *paths;
	struct map *ids;
	struct field *fields;
	size_t n, cap;
	int data_slot, user_slot;
	struct rec *rec;
	uint64_t at; /* number of the record */
	uint64_t loose_of;
	struct loose *loose;
	size_t n_loose;
};

struct views *
views_new(struct paths *paths)
{
	struct views *vs = mem_new(1, sizeof(*vs));

	vs->arena = arena_new();
	vs->paths = paths;
	vs->ids = map_new();
	vs->data_slot = paths_add(paths, STR("Event.EventData"));
	vs->user_slot = paths_add(paths, STR("Event.UserData"));
	views_field(vs, STR("keywords"), NULL, 0);
	return vs;
}

void
views_free(struct views *vs)
{
	if (!vs)
		return;
	map_free(vs->ids);
	arena_free(vs->arena);
	mem_free(vs->fields);
	mem_free(vs);
}

static int
add_field(
    struct views *vs, struct str key, struct str name, const struct str *places, size_t n)
{
	void **id = map_put(vs->ids, key);
	struct field *f;

	if (*id)
		return (int)((uintptr_t)*id - 1);
	vs->fields = mem_grow(vs->fields, &vs->cap, vs->n + 1, sizeof(*vs->fields));
	f = &vs->fields[vs->n++];
	*id = (void *)(uintptr_t)vs->n;
	f->name = arena_copy(vs->arena, name);
	f->places = arena_alloc(vs->arena, (n + 1) * sizeof(*f->places));
	f->slots = arena_alloc(vs->arena, (n + 1) * sizeof(*f->slots));
	f->n = n;
	f->plain = -1;
	for (size_t i = 0; i < n; i++) {
		f->slots[i] = paths_add(vs->paths, places[i]);
		f->places[i] = (struct place){
		    .url = str_starts(places[i], STR("url.")),
		    .plus = str_eq(places[i], STR("url.path"))    ? URL_PLUS_NEVER
			    : str_eq(places[i], STR("url.query")) ? URL_PLUS_ALWAYS
								  : URL_PLUS_QUERY,
		};
	}
	return (int)(vs->n - 1);
}

int
views_field(struct views *vs, struct str name, const struct str *places, size_t n)
{
	struct str key = name;
	int id, plain = -1;

	for (size_t i = 0; i < n; i++)
		key = CAT(vs->arena, key, STR("\n"), places[i]);
	if (n > 0 && str_eq(places[0], name))
		plain = add_field(vs, CAT(vs->arena, STR("\n"), name), name, places, 1);
	id = add_field(vs, key, name, places, n);
	vs->fields[id].plain = plain;
	vs->fields[id].loose = true;
	return id;
}

struct str
views_name(const struct views *vs, int field)
{
	return vs->fields[field].name;
}

size_t
views_slots(const struct views *vs, int field, const int **slots)
{
	*slots = vs->fields[field].slots;
	return vs->fields[field].n;
}

size_t
views_count(const struct views *vs)
{
	return vs->n;
}

void
views_start(struct views *vs, struct rec *rec)
{
	vs->rec = rec;
	vs->at++;
}

struct str
views_low(struct views *vs, struct view_text *t)
{
	if (!t->low.p)
		t->low = fold(rec_arena(vs->rec), t->text);
	return t->low;
}

struct arena *
views_arena(struct views *vs)
{
	return rec_arena(vs->rec);
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

struct str
url_decode(struct arena *a, struct str s, enum url_plus plus)
{
	bool blank = plus == URL_PLUS_ALWAYS;
	char *out, *o;

	if (str_chr(s, '%') == STR_NPOS &&
	    (plus == URL_PLUS_NEVER || str_chr(s, '+') == STR_NPOS))
		return s;
	out = o = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
		    hex(s.p[i + 2]) >= 0) {
			*o++ = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
			continue;
		}
		if (s.p[i] == '?' && plus == URL_PLUS_QUERY)
			blank = true;
		*o++ = s.p[i] == '+' && blank ? ' ' : s.p[i];
	}
	return (struct str){out, (size_t)(o - out)};
}

/* Make room for one more text of a view. */
static struct view_text *
add_text(struct arena *a, struct view *v, size_t *cap)
{
	if (v->n == *cap) {
		struct view_text *more = arena_alloc(
		    a, (*cap ? *cap * 2 : 4) * sizeof(*more));

		if (v->n)
			memcpy(more, v->v, v->n * sizeof(*more));
		*cap = *cap ? *cap * 2 : 4;
		v->v = more;
	}
	v->v[v->n] = (struct view_text){STR_NONE, STR_NONE, STR_NONE};
	return &v->v[v->n++];
}

static void
add_value(
    struct arena *a, struct view *v, size_t *cap, struct str raw, const struct place *at)
{
	struct str text = json_text(a, raw), once, twice;
	struct view_text *t;

	if (!text.p)
		return;
	t = add_text(a, v, cap);
	t->raw = raw;
	t->text = text;
	if (!at || !at->url)
		return;
	once = url_decode(a, text, at->plus);
	if (str_eq(once, text))
		return;
	add_text(a, v, cap)->text = once;
	twice = url_decode(a, once, at->plus);
	if (!str_eq(twice, once))
		add_text(a, v, cap)->text = twice;
}

static void
fill(struct arena *a, struct view *v, struct str raw, const struct place *at)
{
	size_t cap = 0, i = 0;
	struct str one;

	v->there = true;
	if (json_type(raw) != JSON_LIST) {
		add_value(a, v, &cap, raw, at);
	} else {
		while (json_next(raw, &i, NULL, &one))
			add_value(a, v, &cap, one, at);
	}
	v->null = v->n == 0;
}

/* Every scalar of the record, without recursion: a list or map is walked in place. */
static void
fill_all(struct arena *a, struct view *v, struct str record)
{
	struct {
		struct str raw;
		size_t at;
	} stack[JSON_DEPTH + 1];
	size_t depth = 1, cap = 0;

	stack[0].raw = record;
	stack[0].at = 0;
	v->there = true;
	while (depth > 0 && v->n < ALL_MAX) {
		struct str one;
		enum json_type type;

		if (!json_next(stack[depth - 1].raw, &stack[depth - 1].at, NULL, &one)) {
			depth--;
			continue;
		}
		type = json_type(one);
		if ((type == JSON_LIST || type == JSON_MAP) && depth <= JSON_DEPTH) {
			stack[depth].raw = one;
			stack[depth++].at = 0;
		} else {
			add_value(a, v, &cap, one, NULL);
		}
	}
	v->null = v->n == 0;
}

/* A name without its blanks: Defender writes "Threat Name", rules say ThreatName. */
static struct str
straight(struct arena *a, struct str raw_key, bool *changed)
{
	struct str key = json_text(a, raw_key);
	char *out = arena_alloc(a, key.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != ' ')
			out[n++] = key.p[i];
	*changed = n != key.n;
	return (struct str){out, n};
}

static void
add_loose(struct views *vs, struct str map, bool all, unsigned depth)
{
	struct arena *a = rec_arena(vs->rec);
	struct str key, value;
	size_t at = 0;
	bool blank;

	if (json_type(map) != JSON_MAP || depth > 4)
		return;
	while (vs->n_loose < LOOSE_MAX && json_next(map, &at, &key, &value)) {
		struct str name;

		if (json_type(value) == JSON_MAP) {
			if (all)
				add_loose(vs, value, true, depth + 1);
			continue;
		}
		name = straight(a, key, &blank);
		if (blank || all)
			vs->loose[vs->n_loose++] = (struct loose){name, value};
	}
}

/* Event data whose place depends on the record: looked at once a record. */
bool
views_loose(struct views *vs)
{
	struct str data, user;

	if (vs->loose_of == vs->at)
		return vs->n_loose > 0;
	data = rec_raw(vs->rec, vs->data_slot);
	user = rec_raw(vs->rec, vs->user_slot);
	vs->loose_of = vs->at;
	vs->n_loose = 0;
	if (data.p || user.p) {
		vs->loose = arena_alloc(
		    rec_arena(vs->rec), LOOSE_MAX * sizeof(*vs->loose));
		add_loose(vs, data, false, 0);
		add_loose(vs, user, true, 0);
	}
	return vs->n_loose > 0;
}

static struct str
find_loose(struct views *vs, struct str name)
{
	for (size_t i = 0; views_loose(vs) && i < vs->n_loose; i++)
		if (str_eq(vs->loose[i].name, name))
			return vs->loose[i].raw;
	return STR_NONE;
}

struct str
views_raw(struct views *vs, int field, uint32_t *how)
{
	const struct field *f = &vs->fields[field];

	for (size_t i = 0; i < f->n; i++) {
		struct str raw = rec_raw(vs->rec, f->slots[i]);

		if (raw.p && json_type(raw) != JSON_MAP) {
			*how = f->places[i].url ? 1 + (uint32_t)f->places[i].plus : 0;
			return raw;
		}
	}
	*how = 0;
	return f->loose ? find_loose(vs, f->name) : STR_NONE;
}

static const struct view *
look_up(struct views *vs, int field)
{
	struct field *f = &vs->fields[field];
	struct view *v = &f->view;
	struct arena *a = rec_arena(vs->rec);
	struct str raw = STR_NONE;

	if (f->plain >= 0) {
		const struct view *plain = views_get(vs, f->plain);

		if (plain->there)
			return plain;
	}
	*v = (struct view){.null = true};
	if (field == VIEWS_ALL) {
		fill_all(a, v, rec_line(vs->rec));
		return v;
	}
	for (size_t i = f->plain >= 0; i < f->n; i++) {
		raw = rec_raw(vs->rec, f->slots[i]);
		if (raw.p && json_type(raw) != JSON_MAP) {
			fill(a, v, raw, &f->places[i]);
			return v;
		}
	}
	raw = f->loose ? find_loose(vs, f->name) : STR_NONE;
	if (raw.p)
		fill(a, v, raw, NULL);
	return v;
}

const struct view *
views_get(struct views *vs, int field)
{
	struct field *f = &vs->fields[field];

	if (f->of != vs->at) {
		f->as = look_up(vs, field);
		f->of = vs->at;
	}
	return f->as;
}

/* A byte is spelled with six at most, and a folded one stands for three at most. */
static bool
exceeds(struct views *vs, int field, size_t n)
{
	uint32_t how;
	struct str raw = views_raw(vs, field, &how);

	return how == 0 && raw.n > 2 + 6 * 3 * n && json_type(raw) == JSON_TEXT;
}

const struct view *
views_short(struct views *vs, int field, size_t n)
{
	struct field *f = &vs->fields[field];

	if (f->of == vs->at)
		return f->as;
	if (f->lengthy && exceeds(vs, field, n))
		return NULL;
	f->as = look_up(vs, field);
	f->of = vs->at;
	f->lengthy |= f->as->n && f->as->v[0].text.n > LENGTHY;
	return f->as;
}
