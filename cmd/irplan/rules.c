#include "rules.h"

#include "file.h"
#include "jqx.h"
#include "mem.h"
#include "yaml.h"

#define FILE_MAX_ ((size_t)1 << 20)
#define RULES_MAX ((size_t)1000)

enum then { THEN_VETO, THEN_ONE, THEN_TWO, THEN_FIRST, THEN_LAST, THEN_NONE };

struct rule {
	struct jqx *when;
	enum then then;
	struct str name, why;
};

struct rules {
	struct arena *a;
	struct arena *scratch;
	struct paths *paths;
	struct rec *rec;
	struct rule *v;
	size_t n;
};

static enum then
then_of(struct str word)
{
	static const char *const words[] = {
	    "veto", "approve-one", "approve-two", "first", "last"};

	for (int i = 0; i < THEN_NONE; i++)
		if (str_eq(word, str_of(words[i])))
			return (enum then)i;
	return THEN_NONE;
}

static bool
read_rule(struct rules *s, const struct node *n, const char *path, struct err *e)
{
	struct rule *r = &s->v[s->n];
	struct str when = node_text(node_get(n, STR("when")));

	r->then = then_of(node_text(node_get(n, STR("then"))));
	r->name = node_text(node_get(n, STR("name")));
	r->why = node_text(node_get(n, STR("why")));
	if (!r->name.n)
		r->name = arena_fmt(s->a, "rule %zu", s->n + 1);
	if (r->then == THEN_NONE || !when.n) {
		err_set(e, ERR_CONFIG,
		    "%s:%d:%d: a rule has 'when' (an expression of jq) and 'then' "
		    "(veto, approve-one, approve-two, first or last)",
		    path, n->line, n->col);
		return false;
	}
	r->when = jqx_new(arena_copy(s->a, when).p, s->paths, e);
	if (!r->when) {
		err_at(e, "%s:%d:%d", path, n->line, n->col);
		return false;
	}
	s->n++;
	return true;
}

struct rules *
rules_load(const char *path, struct err *e)
{
	struct rules *s = mem_new(1, sizeof(*s));
	struct yaml_docs docs = {0};
	const struct node *list;
	struct str text;

	s->a = arena_new();
	s->scratch = arena_new();
	s->paths = paths_new();
	if (!file_trusted(path, e))
		goto fail;
	text = file_read(s->a, path, FILE_MAX_, e);
	if (!text.p || !yaml_parse(s->a, text, path, &docs, e))
		goto fail;
	list = docs.n == 1 ? node_get(docs.v[0], STR("rules")) : NULL;
	if (!list || list->type != NODE_LIST || list->n > RULES_MAX) {
		err_set(
		    e, ERR_CONFIG, "%s: no list 'rules' of at most %zu", path, RULES_MAX);
		goto fail;
	}
	s->v = arena_zero(s->a, (list->n + 1) * sizeof(*s->v));
	for (size_t i = 0; i < list->n; i++)
		if (!read_rule(s, &list->kids[i], path, e))
			goto fail;
	s->rec = rec_new(s->paths, s->scratch);
	return s;
fail:
	rules_free(s);
	return NULL;
}

void
rules_free(struct rules *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		jqx_free(s->v[i].when);
	if (s->rec)
		rec_free(s->rec);
	paths_free(s->paths);
	arena_free(s->scratch);
	arena_free(s->a);
	mem_free(s);
}

/* The incident's members and the step's, as one record with room behind it. */
static struct str
one_line(struct arena *a, struct str incident, const struct action *step)
{
	struct buf b = buf_make(SIZE_MAX);
	char pad[JSON_PAD] = "";
	struct str s, head = str_trim(incident);

	buf_add(&b, str_sub(head, 0, head.n - 1));
	buf_add(&b, STR(",\"step\":"));
	action_write(step, &b);
	buf_ch(&b, '}');
	s = CAT(a, buf_str(&b), (struct str){pad, sizeof(pad)});
	s.n = b.n;
	buf_free(&b);
	return s;
}

static void
say(struct ruling *r, const struct rule *rule, struct arena *a, const char *did)
{
	r->why = CAT(a, str_of(did), STR(" by the site's rule '"), rule->name, STR("'"),
	    rule->why.n ? STR(": ") : STR(""), rule->why.n ? rule->why : STR(""));
}

static void
obey(struct ruling *r, const struct rule *rule, struct arena *a)
{
	switch (rule->then) {
	case THEN_VETO:
		r->veto = true;
		say(r, rule, a, "vetoed");
		return;
	case THEN_ONE:
	case THEN_TWO:
		if (r->approvals < (rule->then == THEN_ONE ? 1u : 2u))
			r->approvals = rule->then == THEN_ONE ? 1 : 2;
		say(r, rule, a, "approval asked");
		return;
	case THEN_FIRST:
	case THEN_LAST:
		r->order = rule->then == THEN_FIRST ? -1 : 1;
		return;
	case THEN_NONE:
		return;
	}
}

struct ruling
rules_apply(const struct rules *s, struct arena *a, struct str incident,
    const struct action *step)
{
	struct ruling r = {0};
	struct json_fault bad;

	arena_reset(s->scratch);
	if (s->n == 0 || !rec_scan(s->rec, one_line(a, incident, step), &bad))
		return r;
	for (size_t i = 0; i < s->n && !r.veto; i++) {
		struct err e = {0};
		bool yes;

		if (!jqx_true(s->v[i].when, s->rec, &yes, &e)) {
			r.approvals = r.approvals ? r.approvals : 1;
			say(&r, &s->v[i], a, "approval asked, for it cannot be decided,");
		} else if (yes) {
			obey(&r, &s->v[i], a);
		}
	}
	return r;
}
