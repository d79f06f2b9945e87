#include "compose.h"

#include "file.h"
#include "map.h"
#include "mem.h"

#define TABLE_MAX   ((size_t)1024 * 1024)
#define ACTIONS_MAX 64

struct act {
	struct str id, set, name;
	enum action_do what;
	const struct node *with, *terms;
};

struct compose {
	struct arena *a;
	struct act v[ACTIONS_MAX];
	size_t n;
	struct map
	    *of; /* technique or tactic -> its list of ids, a NUL-terminated text */
};

static struct node *
pairs(struct arena *a, size_t n, const struct str (*kv)[2])
{
	struct node *m = arena_zero(a, sizeof(*m));

	m->type = NODE_MAP;
	m->n = n;
	m->kids = arena_zero(a, n * sizeof(struct node));
	m->keys = arena_zero(a, n * sizeof(struct node));
	for (size_t i = 0; i < n; i++) {
		m->keys[i] = (struct node){.type = NODE_TEXT, .text = kv[i][0]};
		m->kids[i] = (struct node){.type = NODE_TEXT, .text = kv[i][1]};
	}
	return m;
}

/* Nobody wrote this plan: a person approves each step that acts. */
static const struct node *
terms(struct arena *a, enum action_do what, struct str phase, struct str risk)
{
	const struct str kv[][2] = {{STR("phase"), phase}, {STR("risk"), risk},
	    {STR("approval"), what == DO_COLLECT_EVIDENCE ? STR("none") : STR("one")},
	    {STR("ttl"), STR("4h")}};
	bool ends = what == DO_ISOLATE_HOST || what == DO_BLOCK_DOMAIN;

	return pairs(a, ends ? 4 : 3, kv);
}

static bool
read_action(struct compose *c, struct str line)
{
	struct act *t = &c->v[c->n];
	struct str with, phase, risk, key;

	if (c->n == ACTIONS_MAX)
		return false;
	t->id = str_cut(&line, '\t');
	t->what = action_find(str_cut(&line, '\t'));
	t->set = str_cut(&line, '\t');
	with = str_cut(&line, '\t');
	phase = str_cut(&line, '\t');
	risk = str_cut(&line, '\t');
	t->name = line;
	if (t->what == DO_NONE || !t->name.n)
		return false;
	if (str_eq(t->set, STR("-")))
		t->set = STR_NONE;
	else if (!facts_is_set(t->set))
		return false;
	if (!str_eq(with, STR("-"))) {
		key = str_cut(&with, '=');
		t->with = pairs(c->a, 1, (const struct str[][2]){{key, with}});
	}
	t->terms = terms(c->a, t->what, phase, risk);
	c->n++;
	return true;
}

static bool
read_technique(struct compose *c, struct str line)
{
	struct str id = str_cut(&line, '\t');

	if (!id.n || !line.n)
		return false;
	*map_put(c->of, id) = (void *)(uintptr_t)arena_copy(c->a, line).p;
	return true;
}

static bool
read_table(struct compose *c, const char *name, bool (*row)(struct compose *, struct str),
    struct err *e)
{
	const char *path = arena_fmt(c->a, "%s/%s", file_data(c->a, "response"), name).p;
	struct str text = file_read(c->a, path, TABLE_MAX, e);

	if (!text.p)
		return false;
	for (int n = 1; text.n; n++) {
		struct str line = str_cut(&text, '\n');

		if (line.n == 0 || line.p[0] == '#' || row(c, line))
			continue;
		err_set(e, ERR_CONFIG, "%s:%d: not a row of this table", path, n);
		return false;
	}
	return true;
}

struct compose *
compose_load(struct err *e)
{
	struct compose *c = mem_new(1, sizeof(*c));

	c->a = arena_new();
	c->of = map_new();
	if (read_table(c, "actions.tsv", read_action, e) &&
	    read_table(c, "techniques.tsv", read_technique, e))
		return c;
	compose_free(c);
	return NULL;
}

void
compose_free(struct compose *c)
{
	if (!c)
		return;
	map_free(c->of);
	arena_free(c->a);
	mem_free(c);
}

/* The technique's row, its parent's, its tactic's. */
static struct str
row_of(const struct compose *c, struct str technique, struct str tactic)
{
	const char *row = map_get(c->of, technique);

	if (!row && technique.n > 5)
		row = map_get(c->of, str_sub(technique, 0, 5));
	if (!row && tactic.n)
		row = map_get(c->of, tactic);
	return str_of(row);
}

static bool
lists(struct str ids, struct str id)
{
	while (ids.p)
		if (str_eq(str_cut(&ids, ','), id))
			return true;
	return false;
}

void
compose_orders(const struct compose *c, struct facts *f,
    void (*each)(void *ctx, const struct order *), void *ctx)
{
	for (size_t k = 0; k < c->n; k++) {
		const struct act *t = &c->v[k];
		struct order o = {t->what, t->with, t->set, t->terms, STR_NONE};

		for (size_t i = 0; i < node_count(f->attack) && !o.why.p; i++) {
			const struct node *act = node_at(f->attack, i);
			struct str id = node_text(node_get(act, STR("technique")));

			if (lists(row_of(c, id, node_text(node_get(act, STR("tactic")))),
				t->id))
				o.why = CAT(f->a, t->id, STR(" "), t->name,
				    STR(", against "), action_cut(id, 9));
		}
		if (o.why.p || (t->what == DO_NOTIFY && node_count(f->attack)))
			each(ctx, &o);
	}
}
