/* The rules and maps of a format, and which of its constants can be made ready. */
#include "decode.h"
#include "deep.h"
#include "format.h"
#include "mem.h"
#include "opt.h"

/* --- map: "key: field:type", or a list of such --- */

static bool
load_enum(struct load *l, const struct node *at, struct str spec, struct target *t)
{
	struct formats *f = l->formats;
	struct map *m = map_new();

	f->tables = mem_grow(
	    f->tables, &f->cap_tables, f->n_tables + 1, sizeof(*f->tables));
	f->tables[f->n_tables++] = m;
	/* enum(0=inbound,1=outbound) */
	spec = str_sub(spec, 5, spec.n - 6);
	for (struct str rest = spec; rest.p;) {
		struct str pair = str_cut(&rest, ','), key = str_cut(&pair, '=');
		struct str *value = arena_alloc(l->formats->a, sizeof(*value));

		*value = pair;
		if (!pair.p)
			return load_fault(
			    l, at, "enum(value=word,...) was expected here");
		*map_put(m, key) = value;
	}
	t->table = m;
	return true;
}

bool
load_target(struct load *l, const struct node *at, struct target *t)
{
	struct str spec = node_text(at), name;
	const char *near;

	if (!spec.p)
		return load_fault(l, at, "'field:type' was expected here");
	name = str_cut(&spec, ':');
	t->field = fields_add(l->formats->fields, name);
	if (t->field < 0)
		return load_fault(l, at, "too many fields");
	if (!spec.p)
		return true;
	if (str_starts(spec, STR("enum(")) && str_ends(spec, STR(")")))
		return load_enum(l, at, spec, t);
	if (convert_find(spec, &t->convert))
		return true;
	near = opt_nearest(spec, convert_names, convert_count);
	return load_fault(l, at, "unknown type '" STR_FMT "'%s%s%s", STR_ARG(spec),
	    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* The targets of a key: one, or a list. */
bool
load_targets(struct load *l, const struct node *list, struct mapping *m)
{
	m->n = node_count(list);
	m->v = arena_zero(l->formats->a, m->n * sizeof(*m->v));
	for (size_t i = 0; i < m->n; i++)
		if (!load_target(l, node_at(list, i), &m->v[i]))
			return false;
	return true;
}

/* "Foo[].Bar", "Foo[0].Bar": looked for inside lists, apart from the other keys. */
static bool
load_deep(struct load *l, const struct node *key)
{
	struct format *f = l->format;
	struct str *v;

	if (str_chr(key->text, '[') == STR_NPOS)
		return true;
	if (!deep_valid(key->text))
		return load_fault(l, key,
		    "a path into a list is 'list[].key', 'list[0].key' or "
		    "'list[-1].key'");
	v = arena_zero(l->formats->a, (f->n_deep + 1) * sizeof(*v));
	if (f->n_deep)
		memcpy(v, f->deep, f->n_deep * sizeof(*v));
	v[f->n_deep++] = key->text;
	f->deep = v;
	return true;
}

bool
load_map(struct load *l, const struct node *map)
{
	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return load_fault(l, map, "'map' is a map of keys to fields");
	if (!l->format->map)
		l->format->map = map_new();
	for (size_t i = 0; i < map->n; i++) {
		struct mapping *m = arena_zero(l->formats->a, sizeof(*m));

		*map_put(l->format->map, map->keys[i].text) = m;
		if (!load_deep(l, &map->keys[i]) || !load_targets(l, &map->kids[i], m))
			return false;
	}
	return true;
}

/* --- rules --- */

bool
load_motifs(struct load *l, const struct node *match, struct motif ***v, size_t *n)
{
	*n = node_count(match);
	*v = arena_zero(l->formats->a, *n * sizeof(struct motif *));
	for (size_t i = 0; i < *n; i++) {
		const struct node *at = node_at(match, i);
		struct str text = node_text(at);
		struct err why;
		size_t col;

		if (!text.p || text.n == 0)
			return load_fault(l, at, "a pattern was expected here");
		(*v)[i] = motif_new(l->formats->a, l->formats->fields, text, &col, &why);
		if (!(*v)[i])
			return load_fault(l, at, "in the pattern, at character %zu: %s",
			    col + 1, why.msg);
	}
	return true;
}

/* Group "user__name" is user.name, "source__port__int" has a type behind it. */
static bool
name_group(struct load *l, const struct node *at, struct rule *r, size_t g)
{
	struct str name = regex_name(r->regex, g), field = STR("");
	struct arena *a = l->formats->a;
	size_t cut;

	r->regex_field[g] = MOTIF_SKIP;
	if (!name.p)
		return true;
	if (str_eq(name, STR("at_timestamp")))
		name = STR("@timestamp");
	while ((cut = str_find(name, STR("__"))) != STR_NPOS) {
		field = CAT(
		    a, field, field.n ? STR(".") : STR(""), str_sub(name, 0, cut));
		name = str_from(name, cut + 2);
	}
	if (!field.n || !convert_find(name, &r->regex_convert[g]))
		field = CAT(a, field, field.n ? STR(".") : STR(""), name);
	r->regex_field[g] = fields_add(l->formats->fields, field);
	return r->regex_field[g] >= 0 || load_fault(l, at, "too many fields");
}

static bool
load_regex(struct load *l, const struct node *node, struct rule *r)
{
	const struct node *at = node_get(node, STR("regex"));
	struct err why;

	if (!at)
		return true;
	r->need = node_text(node_get(node, STR("need")));
	if (!r->need.p || r->need.n == 0)
		return load_fault(l, at,
		    "a 'regex' has a 'need': a literal without which it is not tried");
	r->regex = regex_new(node_text(at), 0, &why);
	if (!r->regex)
		return load_fault(l, at, "%s", why.msg);
	for (size_t g = 0; g < regex_groups(r->regex); g++)
		if (!name_group(l, at, r, g))
			return false;
	return true;
}

static bool
load_rule(struct load *l, const struct node *node, struct rule *r)
{
	static const char *const known[] = {"id", "is", "match", "need", "regex", "set",
	    "copy", "compose", "decode", NULL};

	if (!load_known(l, node, known))
		return false;
	r->id = node_text(node_get(node, STR("id")));
	r->line = node->line;
	r->format = l->format;
	r->late = l->set;
	if (!r->id.p || r->id.n == 0)
		return load_fault(l, node, "a rule has an 'id'");
	if (!load_group(l, node_get(node, STR("is")), &r->late) ||
	    !load_constants(l, node_get(node, STR("set")), &r->late) ||
	    !load_copies(l, node, &r->late) ||
	    !load_motifs(l, node_get(node, STR("match")), &r->match, &r->n_match) ||
	    !load_regex(l, node, r) ||
	    !decode_load(l, node_get(node, STR("decode")), &r->decode))
		return false;
	r->literal = arena_zero(l->formats->a, r->n_match * sizeof(*r->literal));
	if (r->n_match == 0 && !r->regex)
		return load_fault(l, node, "a rule has a 'match' or a 'regex'");
	return true;
}

bool
load_rules(struct load *l, const struct node *rules)
{
	struct format *f = l->format;
	size_t n = node_count(rules);

	f->whole = (struct rule){.id = STR("whole"), .format = f, .late = l->set};
	f->rules = arena_zero(l->formats->a, n * sizeof(*f->rules));
	for (size_t i = 0; i < n; i++) {
		f->n_rules++;
		if (!load_rule(l, node_at(rules, i), &f->rules[i]))
			return false;
	}
	if (n == 0 && f->over != OVER_JSON)
		return load_fault(l, rules, "'rules' are missing");
	choices_make(l->formats->a, f);
	return true;
}

/* --- early and late constants --- */

static void
touch_constants(bool *t, const struct constants *c)
{
	for (size_t i = 0; c && i < c->n; i++)
		t[c->v[i].field] = true;
	for (size_t i = 0; c && i < c->n_copies; i++)
		copy_touch(&c->copies[i], t);
}

/* Fields that the format's map and lookups, or the engine, may set. */
static void
touch_format(const struct format *f, bool *t)
{
	size_t at = 0;
	void *m, *row;

	while (f->map && map_next(f->map, &at, NULL, &m))
		for (size_t i = 0; i < ((struct mapping *)m)->n; i++)
			t[((struct mapping *)m)->v[i].field] = true;
	for (size_t i = 0; i < f->n_lookups; i++) {
		at = 0;
		while (map_next(f->lookups[i].rows, &at, NULL, &row))
			touch_constants(t, row);
		touch_constants(t, f->lookups[i].any);
		touch_constants(t, f->lookups[i].absent);
		for (size_t k = 0; k < f->lookups[i].n_globs; k++)
			touch_constants(t, f->lookups[i].globs[k].row);
		for (size_t k = 0; k < f->lookups[i].n_from; k++)
			t[f->lookups[i].from[k]] = true;
	}
}

static void
touch_rule(const struct fields *fields, const struct rule *r, bool *t)
{
	struct capture cap;

	decode_touch(fields, &r->decode, t);
	for (size_t i = 0; i < r->n_match; i++)
		for (size_t at = 0; motif_next(r->match[i], &at, &cap);)
			t[cap.field] = true;
	for (size_t g = 0; r->regex && g < regex_groups(r->regex); g++)
		if (r->regex_field[g] >= 0)
			t[r->regex_field[g]] = true;
	for (size_t i = 0; i < r->late.n_copies; i++)
		copy_touch(&r->late.copies[i], t);
}

static void
settle(struct load *l, struct rule *r, bool *t)
{
	const struct fields *fields = l->formats->fields;
	struct constants all = r->late;
	struct buf b = buf_make(1024 * 1024);

	/* the status of a request says how it went, if nothing else does */
	t[F_OUTCOME] |= t[F_STATUS];
	r->early.v = arena_zero(l->formats->a, all.n * sizeof(*all.v));
	r->late.v = arena_zero(l->formats->a, all.n * sizeof(*all.v));
	r->early.n = r->late.n = 0;
	for (size_t i = 0; i < all.n; i++) {
		const struct field *f = fields_get(fields, all.v[i].field);

		/* what the engine reads or takes back must be a value of the event */
		if (t[all.v[i].field] || f->related != RELATED_NONE || f->roles ||
		    f->scratch) {
			r->late.v[r->late.n++] = all.v[i];
			continue;
		}
		r->early.v[r->early.n++] = all.v[i];
		buf_add(&b, f->key);
		buf_add(&b, all.v[i].raw);
	}
	r->ready = arena_copy(l->formats->a, buf_str(&b));
	buf_free(&b);
}

void
load_settle(struct load *l)
{
	struct format *f = l->format;
	size_t n = fields_count(l->formats->fields);
	bool *base = mem_new(n, sizeof(bool)), *t = mem_new(n, sizeof(bool));

	touch_format(f, base);
	decode_touch(l->formats->fields, &f->decode, base);
	/* an object that is taken over as it is may hold any field */
	if (f->takes)
		memset(base, true, n * sizeof(bool));
	for (size_t i = 0; i < f->n_rules; i++) {
		memcpy(t, base, n * sizeof(bool));
		touch_rule(l->formats->fields, &f->rules[i], t);
		settle(l, &f->rules[i], t);
	}
	/* without a rule that fits, what usual words say comes on top */
	memset(base, true, n * sizeof(bool));
	settle(l, &f->whole, base);
	mem_free(base);
	mem_free(t);
}
