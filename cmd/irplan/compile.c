#include "compile.h"

#include "action.h"
#include "facts.h"
#include "playbook.h"
#include "sha256.h"

#define DEPTH 16 /* steps in one another */

struct comp {
	struct arena *a;
	struct buf out;
	const char *file;
	struct str name;
	struct err *e;
	size_t n; /* steps made */
	unsigned depth;
	bool failed;
};

static const char *const word[] = {
    "do", "parallel", "if", "while", "switch", "playbook", "ask"};
enum { IS_DO, IS_PARALLEL, IS_IF, IS_WHILE, IS_SWITCH, IS_PLAYBOOK, IS_ASK, IS_NONE };

bool
compile_wanted(const struct node *root)
{
	return node_get(root, STR("playbook")) && !node_get(root, STR("spec_version"));
}

static void
fault(struct comp *c, const struct node *where, const char *what, struct str which)
{
	if (c->failed)
		return;
	err_set(c->e, ERR_CONFIG, "%s:%d:%d: %s '" STR_FMT "'", c->file, where->line,
	    where->col, what, STR_ARG(str_sub(which, 0, 80)));
	c->failed = true;
}

/* An identifier that only the playbook and the place in it decide. */
static struct str
uuid_of(struct comp *c, const char *type, struct str name, struct str place)
{
	char h[33];

	sha256_id(h, 3, (struct str[]){STR("ir-playbook"), name, place});
	return arena_fmt(c->a, "%s--%.8s-%.4s-4%.3s-%c%.3s-%.12s", type, h, h + 8, h + 13,
	    "89ab"[h[16] & 3], h + 17, h + 20);
}

static struct str
uuid(struct comp *c, const char *type, struct str place)
{
	return uuid_of(c, type, c->name, place);
}

static void
text(struct comp *c, const char *key, struct str value)
{
	if (!value.p)
		return;
	buf_fmt(&c->out, ",\"%s\":", key);
	buf_json(&c->out, value);
}

static void
begin(struct comp *c, struct str id, const char *type)
{
	if (c->n++)
		buf_ch(&c->out, ',');
	if (c->n > PLAYBOOK_STEPS)
		c->failed = true;
	buf_json(&c->out, id);
	buf_fmt(&c->out, ":{\"type\":\"%s\"", type);
}

static struct str chain(struct comp *, const struct node *list, struct str place);

/* --- keys that may stand --- */

static void
known(struct comp *c, const struct node *map, const char *keys)
{
	for (size_t i = 0; i < map->n; i++) {
		struct str all = str_of(keys);
		bool ok = false;

		while (all.p)
			ok |= str_eq(str_cut(&all, ' '), map->keys[i].text);
		if (!ok)
			fault(c, &map->keys[i], "unknown key", map->keys[i].text);
	}
}

static const char *const terms[] = {
    "phase", "risk", "approval", "ttl", "on", "needs", "why", "blast", "conf"};

static bool
plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-')
			return false;
	return s.n > 0 && s.n <= 64;
}

/* --- steps --- */

/* What the step is done to: literal members, or a variable. */
static struct str
argument(struct comp *c, const struct node *step)
{
	const struct node *with = node_get(step, STR("with"));
	struct str each = node_text(node_get(step, STR("each")));
	struct buf b = buf_make(8192);
	struct str s;

	if (each.p && !with)
		return CAT(c->a, STR("__"), each, STR("__:value"));
	if (with && with->type == NODE_MAP)
		node_write(with, true, &b);
	else
		fault(c, step, "needs 'each' or 'with':", STR("do"));
	if (each.p)
		buf_fmt(&b, " __" STR_FMT "__:value", STR_ARG(each));
	s = arena_copy(c->a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
step_do(struct comp *c, const struct node *step, struct str id, struct str next)
{
	struct str verb = node_text(node_get(step, STR("do"))), arg = argument(c, step);
	struct str label = node_text(node_get(step, STR("name")));
	bool first = true;

	known(
	    c, step, "do each with name phase risk approval ttl on needs why blast conf");
	if (!verb.p || action_find(verb) == DO_NONE)
		fault(c, step, "there is no action", verb);
	begin(c, id, "action");
	text(c, "name", label.p ? label : verb);
	text(c, "description", node_text(node_get(step, STR("why"))));
	text(c, "on_completion", next);
	buf_add(&c->out, STR(",\"commands\":[{\"type\":\"ir-action\",\"command\":"));
	buf_json(&c->out, CAT(c->a, verb.p ? verb : STR(""), STR(" "), arg));
	buf_add(&c->out, STR("}]"));
	text(c, "agent", uuid(c, "group", STR("agent")));
	buf_add(&c->out, STR(",\"step_extensions\":{\"" PLAYBOOK_EXTENSION "\":{"));
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++) {
		const struct node *v = node_get(step, str_of(terms[i]));

		if (!v)
			continue;
		buf_fmt(&c->out, "%s\"%s\":", first ? "" : ",", terms[i]);
		node_write(v, true, &c->out);
		first = false;
	}
	buf_add(&c->out, STR("}}}"));
}

static void
step_ask(struct comp *c, const struct node *step, struct str id, struct str next)
{
	known(c, step, "ask name");
	begin(c, id, "action");
	text(c, "name", STR("ask a person"));
	text(c, "on_completion", next);
	buf_add(&c->out, STR(",\"commands\":[{\"type\":\"manual\",\"command\":"));
	buf_json(&c->out, node_text(node_get(step, STR("ask"))));
	buf_add(&c->out, STR("}]"));
	text(c, "agent", uuid(c, "group", STR("agent")));
	buf_ch(&c->out, '}');
}

static struct str
under(struct comp *c, struct str place, const char *what, size_t i)
{
	return arena_fmt(c->a, STR_FMT "/%s.%zu", STR_ARG(place), what, i);
}

static void
step_branch(struct comp *c, const struct node *step, int kind, struct str id,
    struct str next, struct str place)
{
	const struct node *yes = node_get(
	    step, kind == IS_IF ? STR("then") : STR("steps"));
	const struct node *no = node_get(step, STR("else"));
	struct str to = chain(c, yes, under(c, place, "true", 0));
	struct str other = no ? chain(c, no, under(c, place, "false", 0)) : STR_NONE;

	known(c, step, kind == IS_IF ? "if then else name" : "while steps name");
	begin(c, id, kind == IS_IF ? "if-condition" : "while-condition");
	text(c, "name", node_text(node_get(step, STR("name"))));
	text(c, "condition", node_text(node_get(step, str_of(word[kind]))));
	text(c, "on_true", to);
	text(c, "on_false", other);
	text(c, "on_completion", next);
	buf_ch(&c->out, '}');
}

static void
step_switch(struct comp *c, const struct node *step, struct str id, struct str next,
    struct str place)
{
	const struct node *cases = node_get(step, STR("cases"));
	size_t n = cases && cases->type == NODE_MAP ? cases->n : 0;
	struct str *to = arena_alloc(c->a, (n + 1) * sizeof(*to));

	known(c, step, "switch cases name");
	if (n == 0)
		fault(c, step, "no", STR("cases"));
	for (size_t i = 0; i < n; i++)
		to[i] = chain(c, &cases->kids[i], under(c, place, "case", i));
	begin(c, id, "switch-condition");
	text(c, "name", node_text(node_get(step, STR("name"))));
	text(c, "switch", node_text(node_get(step, STR("switch"))));
	buf_add(&c->out, STR(",\"cases\":{"));
	for (size_t i = 0; i < n; i++) {
		buf_add(&c->out, i ? STR(",") : STR(""));
		buf_json(&c->out, cases->keys[i].text);
		buf_ch(&c->out, ':');
		buf_json(&c->out, to[i]);
	}
	buf_ch(&c->out, '}');
	text(c, "on_completion", next);
	buf_ch(&c->out, '}');
}

static void
step_parallel(struct comp *c, const struct node *step, struct str id, struct str next,
    struct str place)
{
	const struct node *list = node_get(step, STR("parallel"));
	size_t n = list && list->type == NODE_LIST ? list->n : 0;
	struct str *to = arena_alloc(c->a, (n + 1) * sizeof(*to));

	known(c, step, "parallel name");
	if (n == 0 || n > PLAYBOOK_EDGES) {
		fault(c, step, "no list of steps:", STR("parallel"));
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = chain(c, &list->kids[i], under(c, place, "at-once", i));
	begin(c, id, "parallel");
	text(c, "name", node_text(node_get(step, STR("name"))));
	buf_add(&c->out, STR(",\"next_steps\":["));
	for (size_t i = 0; i < n; i++) {
		buf_add(&c->out, i ? STR(",") : STR(""));
		buf_json(&c->out, to[i]);
	}
	buf_ch(&c->out, ']');
	text(c, "on_completion", next);
	buf_ch(&c->out, '}');
}

static int
kind_of(const struct node *step)
{
	for (int i = 0; i < IS_NONE; i++)
		if (node_get(step, str_of(word[i])))
			return i;
	return IS_NONE;
}

static struct str
id_of(struct comp *c, const struct node *step, struct str place, size_t i)
{
	static const char *const type[] = {"action", "parallel", "if-condition",
	    "while-condition", "switch-condition", "playbook-action", "action", "action"};

	return uuid(c, type[kind_of(step)], under(c, place, "step", i));
}

static void
step(struct comp *c, const struct node *s, struct str id, struct str next,
    struct str place)
{
	int kind = kind_of(s);
	struct str called;

	switch (kind) {
	case IS_DO:
		step_do(c, s, id, next);
		return;
	case IS_ASK:
		step_ask(c, s, id, next);
		return;
	case IS_PARALLEL:
		step_parallel(c, s, id, next, place);
		return;
	case IS_IF:
	case IS_WHILE:
		step_branch(c, s, kind, id, next, place);
		return;
	case IS_SWITCH:
		step_switch(c, s, id, next, place);
		return;
	case IS_PLAYBOOK:
		known(c, s, "playbook name");
		begin(c, id, "playbook-action");
		called = node_text(node_get(s, STR("playbook")));
		text(c, "playbook_id",
		    plain_name(called) ? uuid_of(c, "playbook", called, STR(""))
				       : called);
		text(c, "on_completion", next);
		buf_ch(&c->out, '}');
		return;
	default:
		fault(c, s,
		    "a step is one of do, ask, parallel, if, while, switch, "
		    "playbook, not",
		    s->type == NODE_MAP && s->n ? s->keys[0].text : node_text(s));
	}
}

/* Steps one after the other and an end; returns the first one's id. */
static struct str
chain(struct comp *c, const struct node *list, struct str place)
{
	size_t n = node_count(list);
	struct str end = uuid(c, "end", place), first = end;

	if (++c->depth > DEPTH && list)
		fault(c, list, "too many steps in one another:", place);
	for (size_t i = 0; i < n && !c->failed; i++) {
		struct str id = id_of(c, node_at(list, i), place, i);

		if (i == 0)
			first = id;
		step(c, node_at(list, i), id,
		    i + 1 < n ? id_of(c, node_at(list, i + 1), place, i + 1) : end,
		    under(c, place, "step", i));
	}
	begin(c, end, "end");
	buf_ch(&c->out, '}');
	c->depth--;
	return first;
}

/* --- the rest --- */

/* Declare what is used; what irplan does not fill in must be in `variables`. */
static void
variables(struct comp *c, const struct node *root, struct str steps)
{
	const struct node *own = node_get(root, STR("variables"));
	struct str name, seen[64];
	size_t n = 0;
	bool valued, first = true;

	buf_add(&c->out, STR(",\"playbook_variables\":{"));
	for (size_t at = 0; playbook_names(steps, &at, &name, &valued);) {
		struct str plain = str_sub(name, 2, name.n - 4);
		const char *about = facts_about(plain);
		bool again = false;

		for (size_t i = 0; i < n; i++)
			again |= str_eq(seen[i], plain);
		if (again || !about || n == 64 || node_get(own, plain))
			continue;
		seen[n++] = plain;
		buf_fmt(&c->out,
		    "%s\"" STR_FMT "\":{\"type\":\"string\",\"description\":",
		    first ? "" : ",", STR_ARG(name));
		buf_json(&c->out, str_of(about));
		buf_add(&c->out, STR(",\"external\":true}"));
		first = false;
	}
	for (size_t i = 0; own && own->type == NODE_MAP && i < own->n; i++) {
		buf_fmt(&c->out, "%s\"__" STR_FMT "__\":{\"type\":\"string\",\"value\":",
		    first ? "" : ",", STR_ARG(own->keys[i].text));
		buf_json(&c->out, node_text(&own->kids[i]));
		buf_ch(&c->out, '}');
		first = false;
	}
	buf_ch(&c->out, '}');
}

static void
extensions(struct comp *c, const struct node *root)
{
	const struct node *sel = node_get(root, STR("for"));
	int64_t version = 1;

	node_i64(node_get(root, STR("version")), &version);
	buf_add(&c->out, STR(",\"playbook_extensions\":{\"" PLAYBOOK_EXTENSION "\":{"));
	buf_fmt(&c->out, "\"name\":\"" STR_FMT "\",\"version\":%lld", STR_ARG(c->name),
	    (long long)version);
	if (sel) {
		known(c, sel,
		    "class techniques tactics severity success when hosts criticality "
		    "min-score priority");
		buf_add(&c->out, STR(",\"for\":"));
		node_write(sel, true, &c->out);
	}
	buf_add(&c->out, STR("}},\"extension_definitions\":{\"" PLAYBOOK_EXTENSION
			     "\":{\"type\":\"extension-definition\",\"name\":\"irutils "
			     "terms\",\"description\":\"selection, risk, approval and "
			     "targets of ir-playbook(5)\",\"created_by\":"));
	buf_json(&c->out, uuid(c, "identity", STR("irutils")));
	buf_add(&c->out, STR(",\"schema\":\"ir-playbook(5)\",\"version\":\"1\"}}"));
}

static void
write_head(struct comp *c, const struct node *root)
{
	static const struct str day = {"2026-11-24T00:00:00.000Z", 24};
	struct str title = node_text(node_get(root, STR("name")));

	buf_add(&c->out, STR("{\"type\":\"playbook\",\"spec_version\":\"cacao-2.0\""));
	text(c, "id", uuid(c, "playbook", STR("")));
	text(c, "name", title.p ? title : c->name);
	text(c, "description", node_text(node_get(root, STR("about"))));
	buf_add(&c->out, STR(",\"playbook_types\":[\"mitigation\",\"remediation\"],"
			     "\"playbook_activities\":[\"step-sequence\"]"));
	text(c, "created_by", uuid(c, "identity", STR("irutils")));
	text(c, "created", day);
	text(c, "modified", day);
}

struct str
compile(struct arena *a, const struct node *root, const char *file, struct err *e)
{
	struct comp c = {.a = a, .file = file, .e = e, .out = buf_make(PLAYBOOK_MAX)};
	struct str steps, first, start, made;
	const struct node *failing = node_get(root, STR("on-failure"));
	struct str rescue = STR_NONE;

	known(&c, root, "playbook version name about for variables steps on-failure");
	c.name = node_text(node_get(root, STR("playbook")));
	if (!plain_name(c.name))
		fault(&c, root, "no name of a playbook (a-z, 0-9, -):", c.name);
	if (node_count(node_get(root, STR("steps"))) == 0)
		fault(&c, root, "no", STR("steps"));
	start = uuid(&c, "start", STR(""));
	first = chain(&c, node_get(root, STR("steps")), STR("main"));
	if (failing)
		rescue = chain(&c, failing, STR("failure"));
	begin(&c, start, "start");
	text(&c, "on_completion", first);
	buf_ch(&c.out, '}');
	steps = arena_copy(a, buf_str(&c.out));
	buf_reset(&c.out);
	write_head(&c, root);
	variables(&c, root, steps);
	text(&c, "workflow_start", start);
	text(&c, "workflow_exception", rescue);
	buf_add(&c.out, STR(",\"workflow\":{"));
	buf_add(&c.out, steps);
	buf_add(&c.out, STR("},\"agent_definitions\":{"));
	buf_json(&c.out, uuid(&c, "group", STR("agent")));
	buf_add(&c.out, STR(":{\"type\":\"group\",\"name\":\"irutils\"}}"));
	extensions(&c, root);
	buf_ch(&c.out, '}');
	if (c.out.full)
		fault(&c, root, "too big:", c.name);
	made = c.failed ? STR_NONE : arena_copy(a, buf_str(&c.out));
	if (c.failed && e->kind == ERR_NONE)
		err_set(e, ERR_CONFIG, "%s: more than %zu steps", file, PLAYBOOK_STEPS);
	buf_free(&c.out);
	return made;
}
