/* The steps that take apart text: pairs, columns, an object, further patterns. */
#include "decode.h"
#include "json.h"
#include "map.h"
#include "split.h"

#define PAIRS 512 /* most pairs of one text */

struct pairs {
	struct split split;
	struct str label; /* suffix of keys that name other keys; or absent */
};

struct column {
	struct str name;
	const struct mapping *map; /* or NULL */
	int field;                 /* if the format does not map it; -1: skip */
};

struct columns {
	struct split split;
	struct column *v;
	size_t n;
	struct column rest; /* where what is behind the last one goes */
};

struct patterns {
	struct motif **v;
	size_t n;
};

/* --- how pairs and columns are spelled --- */

static bool
load_char(struct load *l, const struct node *body, struct str name, char usual, char *c)
{
	const struct node *at = node_get(body, name);

	*c = usual;
	if (!at)
		return true;
	if (at->type != NODE_TEXT || at->text.n > 1)
		return load_fault(
		    l, at, "'" STR_FMT "' is one character, or ''", STR_ARG(name));
	*c = at->text.n ? at->text.p[0] : '\0';
	return true;
}

static bool
load_text(struct load *l, const struct node *body, struct str name, struct str usual,
    struct str *s)
{
	const struct node *at = node_get(body, name);

	*s = at ? node_text(at) : usual;
	return (s->n > 0 && s->n <= 8) ||
	       load_fault(
		   l, at, "'" STR_FMT "' is a text of 1 to 8 characters", STR_ARG(name));
}

static bool
load_split(struct load *l, const struct node *body, struct str sep, char escape,
    struct split *sp)
{
	sp->spaced = node_true(node_get(body, STR("spaced")));
	return load_text(l, body, STR("sep"), sep, &sp->sep) &&
	       load_text(l, body, STR("eq"), STR("="), &sp->eq) &&
	       load_char(l, body, STR("quote"), '"', &sp->quote) &&
	       load_char(l, body, STR("escape"), escape, &sp->escape);
}

/* --- kv --- */

static bool
load_kv(struct load *l, const struct node *body, struct step *s)
{
	struct pairs *p = arena_zero(l->formats->a, sizeof(*p));

	s->own = p;
	p->label = node_text(node_get(body, STR("label")));
	return load_split(l, body, STR(" "), '\\', &p->split);
}

/* May it stand in the name of a field: letters, digits, blanks and the like? */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || strchr(" _-./()", c)))
			return false;
	}
	return s.n > 0 && s.n <= SPLIT_KEY;
}

/* {cs1Label: Policy, cs1: block}: what cs1 is called. */
static struct str
label_of(const struct pairs *p, struct arena *a, const struct map *seen, struct str key)
{
	const struct str *label = map_get(seen, CAT(a, key, p->label));

	return label && is_name(*label) ? *label : key;
}

/* The first of equal keys holds: what stands behind it may be somebody's text. */
static void
run_kv(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	const struct pairs *p = s->own;
	struct map *seen = map_new();
	struct str *keys = arena_alloc(n->ev.a, PAIRS * sizeof(*keys)), *value, v;
	size_t count = 0;

	for (size_t i = 0; i < PAIRS && text.n; i++) {
		if (!split_pair(&p->split, n->ev.a, &text, &keys[count], &v))
			break;
		if (map_get(seen, keys[count]))
			continue;
		value = arena_alloc(n->ev.a, sizeof(*value));
		*value = v;
		*map_put(seen, keys[count++]) = value;
	}
	for (size_t i = 0; i < count; i++) {
		struct str name = keys[i];

		if (p->label.n && str_ends(name, p->label) && name.n > p->label.n &&
		    map_get(seen, str_sub(name, 0, name.n - p->label.n)))
			continue;
		value = map_get(seen, name);
		if (value->n)
			norm_pair(n, f, s->under, name,
			    p->label.n ? label_of(p, n->ev.a, seen, name) : name, *value);
	}
	map_free(seen);
}

static const char *const kv_keys[] = {
    "of", "under", "sep", "eq", "quote", "escape", "spaced", "label", NULL};
const struct step_kind step_kv = {"kv", kv_keys, load_kv, run_kv, NULL};

/* --- csv --- */

/* "_" is skipped, "_name" is a scratch field, other names go through the map. */
static bool
load_column(struct load *l, const struct node *at, struct column *c)
{
	c->name = node_text(at);
	c->field = -1;
	if (!c->name.n)
		return load_fault(l, at, "the name of a column was expected here");
	c->map = l->format->map ? map_get(l->format->map, c->name) : NULL;
	if (!c->map && c->name.p[0] == '_' && c->name.n > 1)
		c->field = fields_add(l->formats->fields, c->name);
	return c->map || c->field >= 0 || str_eq(c->name, STR("_")) ||
	       c->name.p[0] != '_' || load_fault(l, at, "too many fields");
}

static bool
load_csv(struct load *l, const struct node *body, struct step *s)
{
	struct columns *c = arena_zero(l->formats->a, sizeof(*c));
	const struct node *into = node_get(body, STR("into"));
	const struct node *rest = node_get(body, STR("rest"));

	s->own = c;
	c->n = node_count(into);
	c->v = arena_zero(l->formats->a, c->n * sizeof(*c->v));
	if (c->n == 0)
		return load_fault(l, body, "'into' is missing: the names of columns");
	for (size_t i = 0; i < c->n; i++)
		if (!load_column(l, node_at(into, i), &c->v[i]))
			return false;
	if (rest && !load_column(l, rest, &c->rest))
		return false;
	return load_split(l, body, STR(","), '\0', &c->split);
}

static void
set_column(struct norm *n, const struct format *f, const struct step *s,
    const struct column *c, struct str v)
{
	if (c->map)
		norm_set(n, c->map, v);
	else if (c->field >= 0)
		event_text(&n->ev, c->field, v, FROM_DECODER);
	else if (v.n && c->name.n && !str_eq(c->name, STR("_")))
		norm_pair(n, f, s->under, c->name, c->name, v);
}

static void
run_csv(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	const struct columns *c = s->own;

	for (size_t i = 0; i < c->n && text.p; i++)
		set_column(n, f, s, &c->v[i], split_column(&c->split, n->ev.a, &text));
	if (text.p)
		set_column(n, f, s, &c->rest, text);
}

static void
touch_csv(const struct step *s, bool *touched)
{
	const struct columns *c = s->own;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].field >= 0)
			touched[c->v[i].field] = true;
}

static const char *const csv_keys[] = {
    "of", "under", "sep", "quote", "escape", "into", "rest", NULL};
const struct step_kind step_csv = {"csv", csv_keys, load_csv, run_csv, touch_csv};

/* --- json --- */

static void
run_json(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	static const char pad[JSON_PAD];

	text = str_trim(text);
	if (text.n < 2 || text.p[0] != '{')
		return;
	/* readable behind its end */
	text = str_sub(CAT(n->ev.a, text, (struct str){pad, JSON_PAD}), 0, text.n);
	if (!json_valid(text, NULL))
		return;
	leaves_read(&n->leaves, n->ev.a, text);
	if (n->leaves.twice)
		n->ev.tags |= TAG_DUP_KEYS;
	norm_take(n, f, s->under.n ? s->under : f->name);
}

static const char *const json_keys[] = {"of", "under", NULL};
const struct step_kind step_json = {"json", json_keys, NULL, run_json, NULL};

/* --- pattern --- */

static bool
load_pattern(struct load *l, const struct node *body, struct step *s)
{
	struct patterns *p = arena_zero(l->formats->a, sizeof(*p));
	const struct node *match = node_get(body, STR("match"));

	s->own = p;
	return (match || load_fault(l, body, "'match' is missing: patterns")) &&
	       load_motifs(l, match, &p->v, &p->n);
}

static void
run_pattern(struct norm *n, const struct format *f, const struct step *s, struct str text)
{
	const struct patterns *p = s->own;
	struct capture caps[MOTIF_CAPTURES];
	size_t count;

	for (size_t i = 0; text.p && i < p->n; i++)
		if (motif_match(p->v[i], text, caps, &count, &n->budget)) {
			norm_captures(n, f, caps, count);
			return;
		}
}

static void
touch_pattern(const struct step *s, bool *touched)
{
	const struct patterns *p = s->own;

	struct capture cap;

	for (size_t i = 0; i < p->n; i++)
		for (size_t at = 0; motif_next(p->v[i], &at, &cap);)
			touched[cap.field] = true;
}

static const char *const pattern_keys[] = {"of", "match", "under", NULL};
const struct step_kind step_pattern = {
    "pattern", pattern_keys, load_pattern, run_pattern, touch_pattern};
