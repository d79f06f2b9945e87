/* Doubts about rules that can be used. */
#include "check.h"
#include "costly.h"
#include "log.h"
#include "map.h"
#include "naming.h"
#include "never.h"
#include "stixmap.h"
#include "when.h"

static size_t
doubt(const struct rule *r, const char *what, struct str subject)
{
	log_warn("%s:%d: rule '" STR_FMT "': %s%s" STR_FMT "%s", r->file, r->doc->line,
	    STR_ARG(r->id), what, subject.p ? " '" : "", STR_ARG(subject),
	    subject.p ? "'" : "");
	return 1;
}

static bool
is_uuid(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !memchr("0123456789abcdefABCDEF", s.p[i], 22))
			return false;
	}
	return s.n == 36;
}

/* A tag of ATT&CK that is neither a tactic nor a technique we know. */
static size_t
check_tags(const struct rule *r, const struct tactics *names)
{
	const struct node *tags = node_get(r->doc, STR("tags"));
	struct str id, name;
	size_t n = 0;

	for (size_t i = 0; i < node_count(tags); i++) {
		struct str tag = node_text(node_at(tags, i)), rest;
		char upper[32];

		if (!tag.p || !str_starts(tag, STR("attack.")))
			continue;
		rest = str_from(tag, 7);
		if (rest.n < 2 || rest.n >= sizeof(upper))
			n += doubt(r, "is no tag of ATT&CK:", tag);
		else if (rest.p[0] == 't' && rest.p[1] >= '0' && rest.p[1] <= '9') {
			memcpy(upper, rest.p, rest.n);
			upper[0] = 'T';
			if (!tactics_technique(names, (struct str){upper, rest.n}).p)
				n += doubt(r, "unknown technique", tag);
		} else if (!tactics_tactic(names, rest, &id, &name) &&
			   !((rest.p[0] == 'g' || rest.p[0] == 's' || rest.p[0] == 'c') &&
			       rest.p[1] >= '0' && rest.p[1] <= '9'))
			n += doubt(r, "unknown tactic", tag);
	}
	return n;
}

static bool
is_date(struct str s, struct arena *a)
{
	int64_t ns;

	return s.n == 10 && when_parse(CAT(a, s, STR("T00:00:00Z")), &ns);
}

static bool
is_one(struct str word, const char *const *words)
{
	while (*words && !str_eq(word, str_of(*words)))
		words++;
	return *words != NULL;
}

static size_t
check_words(const struct rule *r, struct arena *a)
{
	static const char *const states[] = {
	    "stable", "test", "experimental", "deprecated", "unsupported", NULL};
	static const char *const dates[] = {"date", "modified", NULL};
	struct str status = node_text(node_get(r->doc, STR("status")));
	size_t n = 0;

	if (status.p && !is_one(status, states))
		n += doubt(r, "unknown status", status);
	for (const char *const *d = dates; *d; d++) {
		struct str text = node_text(node_get(r->doc, str_of(*d)));

		if (text.p && !is_date(text, a))
			n += doubt(r, "a date is YYYY-MM-DD, not", text);
	}
	return n;
}

/* --- selections --- */

static size_t
check_regex(const struct rule *r, const struct expr *x, const struct atoms *atoms)
{
	size_t n = 0;
	struct str re;
	const char *why[COSTLY_MAX];
	size_t found;

	for (size_t i = 0; i < x->n; i++)
		n += check_regex(r, x->kids[i], atoms);
	if (x->op != EXPR_ATOM || atoms_at(atoms, x->atom)->op != ATOM_REGEX)
		return n;
	re = atoms_at(atoms, x->atom)->pat.text;
	found = costly_why(re, why);
	for (size_t i = 0; i < found; i++)
		n += doubt(r, why[i], re);
	return n;
}

/* The names in a selection: a map's keys, or those of the maps in a list. */
static size_t
check_names(const struct rule *r, const struct node *sel, const struct sources *s,
    struct map *seen, struct arena *a)
{
	size_t n = 0;

	for (size_t i = 0; sel->type == NODE_LIST && i < sel->n; i++)
		n += check_names(r, &sel->kids[i], s, seen, a);
	for (size_t i = 0; sel->type == NODE_MAP && i < sel->n; i++) {
		struct str key = sel->keys[i].text, name = str_cut(&key, '|'), why;
		void **place = name.n ? map_put(seen, name) : NULL;

		if (!place || *place)
			continue;
		*place = seen;
		why = naming_why(s, &r->ls, name, a);
		if (why.p)
			n += doubt(r,
			    CAT(a, STR("no event is known to have field '"), name,
				STR("' "), why, STR("\0"))
				.p,
			    STR_NONE);
	}
	return n;
}

static size_t
check_fields(const struct rule *r, const struct sources *s, struct arena *a)
{
	const struct node *detection = node_get(r->doc, STR("detection"));
	struct map *seen = map_new();
	size_t n = 0;

	for (size_t i = 0; detection && i < detection->n; i++)
		if (!str_eq(detection->keys[i].text, STR("condition")))
			n += check_names(r, &detection->kids[i], s, seen, a);
	map_free(seen);
	return n;
}

/* --- indicators --- */

static size_t
check_paths(const struct rule *r, const struct stix_comp *x, const struct stixmap *m,
    struct arena *a)
{
	const struct stix_path *p = x->test ? &x->test->path : NULL;
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		n += check_paths(r, x->kids[i], m, a);
	if (p && !str_starts(p->object, STR("x-")) && !stixmap_knows(m, p))
		n += doubt(r, "no table knows the object path",
		    CAT(a, p->object, STR(":"), p->key));
	return n;
}

/* An indicator says less of itself than a Sigma rule has to. */
static size_t
check_indicator(const struct rule *r, const struct checks *c, struct arena *a)
{
	size_t n = 0;

	for (size_t i = 0; c->objects && i < r->stix->n_leaves; i++)
		n += check_paths(r, r->stix->leaf[i], c->objects, a);

	if (r->kind == SIGMA_RULE && never_holds(c->atoms, r->cond))
		n += doubt(r, "can never match", STR_NONE);
	if (r->until <= r->from)
		n += doubt(r, "is valid at no time", STR_NONE);
	return n;
}

static size_t
check_rule(const struct rule *r, const struct checks *c, struct arena *a)
{
	static const char *const want[] = {
	    "status", "description", "level", "tags", NULL};
	size_t n = 0;

	if (r->stix)
		return r->whole ? 0 : check_indicator(r, c, a);
	if (!is_uuid(node_text(node_get(r->doc, STR("id")))))
		n += doubt(r, "the id is not a UUID", STR_NONE);
	for (const char *const *w = want; *w; w++)
		if (!node_get(r->doc, str_of(*w)))
			n += doubt(r, "says nothing of its", str_of(*w));
	for (size_t i = 0; i < r->n_sel; i++)
		if (!r->sel[i].used)
			n += doubt(
			    r, "the condition does not use selection", r->sel[i].name);
	if (r->kind == SIGMA_RULE && never_holds(c->atoms, r->cond))
		n += doubt(r, "can never match", STR_NONE);
	n += check_tags(r, c->tactics) + check_words(r, a);
	for (size_t i = 0; i < r->n_sel; i++)
		n += check_regex(r, r->sel[i].expr, c->atoms);
	n += check_fields(r, c->sources, a);
	if (r->kind == SIGMA_RULE && !sources_known(c->sources, r->bucket))
		n += doubt(r,
		    CAT(a, STR("no table knows the logsource '"), sources_text(a, &r->ls),
			STR("'"), naming_logsource(c->sources, &r->ls, a))
			.p,
		    STR_NONE);
	return n;
}

int
checks_run(const struct ruleset *rules, const struct checks *checks)
{
	struct arena *a = arena_new(), *scratch = arena_new();
	struct checks c = *checks;
	struct stixmap objects;
	struct err e = {0};
	size_t n = 0;

	if (stixmap_load(&objects, a, &e))
		c.objects = &objects;
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct rule *r = ruleset_at(rules, i);

		if (r->bad)
			continue;
		n += check_rule(r, &c, scratch);
		arena_reset(scratch);
	}
	arena_free(scratch);
	arena_free(a);
	return n ? ERR_DATA : 0;
}
