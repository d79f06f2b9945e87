/* Doubts about rules that can be used. */
#include "check.h"
#include "log.h"

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
	return s.n == 36 && s.p[8] == '-' && s.p[13] == '-' && s.p[18] == '-' &&
	       s.p[23] == '-';
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
is_date(struct str s)
{
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-';
}

static size_t
check_words(const struct rule *r)
{
	static const char *const states[] = {
	    "stable", "test", "experimental", "deprecated", "unsupported", NULL};
	static const char *const dates[] = {"date", "modified", NULL};
	struct str status = node_text(node_get(r->doc, STR("status")));
	const char *const *s = states;
	size_t n = 0;

	while (*s && !str_eq(status, str_of(*s)))
		s++;
	if (status.p && !*s)
		n += doubt(r, "unknown status", status);
	for (const char *const *d = dates; *d; d++) {
		struct str text = node_text(node_get(r->doc, str_of(*d)));

		if (text.p && !is_date(text))
			n += doubt(r, "a date is YYYY-MM-DD, not", text);
	}
	return n;
}

/* Where the atom at `i` ends: an escape, a class, or a character. */
static size_t
atom_end(struct str re, size_t i)
{
	if (re.p[i] == '\\')
		return i + 2;
	if (re.p[i] != '[')
		return i + 1;
	for (i += 2; i < re.n && re.p[i] != ']'; i++)
		if (re.p[i] == '\\')
			i++;
	return i + 1;
}

static bool
repeats_at(struct str re, size_t i)
{
	return i < re.n && (re.p[i] == '*' || re.p[i] == '+');
}

/* Is there a group of nothing but a repeated atom, which itself repeats: (a+)+ */
static bool
is_nested(struct str re)
{
	for (size_t i = 0, end; i < re.n; i = end) {
		end = atom_end(re, i);
		if (re.p[i] != '(' || end >= re.n)
			continue;
		if (str_starts(str_from(re, end), STR("?:")))
			end += 2;
		if (end >= re.n || re.p[end] == '(' || re.p[end] == ')')
			continue;
		i = atom_end(re, end);
		if (repeats_at(re, i) && i + 1 < re.n && re.p[i + 1] == ')' &&
		    repeats_at(re, i + 2))
			return true;
	}
	return false;
}

/* Expressions that cost more than they need. */
static size_t
check_regex(const struct rule *r, const struct expr *x, const struct atoms *atoms)
{
	size_t n = 0;
	struct str re;

	for (size_t i = 0; i < x->n; i++)
		n += check_regex(r, x->kids[i], atoms);
	if (x->op != EXPR_ATOM || atoms_at(atoms, x->atom)->op != ATOM_REGEX)
		return n;
	re = atoms_at(atoms, x->atom)->pat.text;
	if (str_starts(re, STR(".*")) || str_starts(re, STR("^.*")))
		n += doubt(r, "needs no '.*' at the start:", re);
	if (is_nested(re))
		n += doubt(r, "repeats what repeats itself, which can be slow:", re);
	return n;
}

/* --- conditions that nothing can fulfil --- */

#define FACTS_MAX 64

/* Tests that must hold, and that must not, all at once. */
struct facts {
	uint32_t yes[FACTS_MAX], no[FACTS_MAX];
	size_t n_yes, n_no;
};

static void
gather(const struct expr *x, bool yes, struct facts *f)
{
	if (x->op == EXPR_ATOM && yes && f->n_yes < FACTS_MAX)
		f->yes[f->n_yes++] = x->atom;
	else if (x->op == EXPR_ATOM && !yes && f->n_no < FACTS_MAX)
		f->no[f->n_no++] = x->atom;
	else if (x->op == EXPR_NOT)
		gather(x->kids[0], !yes, f);
	else if (x->op == (yes ? EXPR_AND : EXPR_OR))
		for (size_t i = 0; i < x->n; i++)
			gather(x->kids[i], yes, f);
}

static bool
is_exact(const struct atom *x)
{
	return x->op == ATOM_TEXT && x->pat.kind == PATTERN_EXACT;
}

/* Can one value be both: "a" and "b", above 5 and below 3? */
static bool
excludes(const struct atom *a, const struct atom *b)
{
	bool above = a->op == ATOM_GT || a->op == ATOM_GTE;
	bool below = b->op == ATOM_LT || b->op == ATOM_LTE;

	if (a->field != b->field || a->field == VIEWS_ALL)
		return false;
	if (is_exact(a) && is_exact(b) && a->cased == b->cased)
		return !str_eq(a->pat.text, b->pat.text);
	if (a->op == ATOM_NULL)
		return is_exact(b) && b->pat.text.n > 0;
	return above && below &&
	       (a->num > b->num ||
		   (a->num == b->num && (a->op == ATOM_GT || b->op == ATOM_LT)));
}

static bool
is_impossible(const struct atoms *atoms, const struct expr *x, unsigned depth)
{
	struct facts f = {.n_yes = 0};
	bool any = x->op == EXPR_FALSE;

	if (depth > CONDITION_DEPTH)
		return false;
	if (x->op == EXPR_OR) {
		for (size_t i = 0; i < x->n; i++)
			if (!is_impossible(atoms, x->kids[i], depth + 1))
				return false;
		return x->n > 0;
	}
	gather(x, true, &f);
	for (size_t i = 0; i < f.n_yes && !any; i++) {
		for (size_t k = 0; k < f.n_no && !any; k++)
			any = f.yes[i] == f.no[k];
		for (size_t k = 0; k < f.n_yes && !any; k++)
			any = excludes(
			    atoms_at(atoms, f.yes[i]), atoms_at(atoms, f.yes[k]));
	}
	for (size_t i = 0; x->op == EXPR_AND && i < x->n && !any; i++)
		any = is_impossible(atoms, x->kids[i], depth + 1);
	return any;
}

/* An indicator says less of itself than a Sigma rule has to. */
static size_t
check_indicator(const struct rule *r, const struct checks *c)
{
	size_t n = 0;

	if (r->kind == SIGMA_RULE && is_impossible(c->atoms, r->cond, 0))
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
		return r->whole ? 0 : check_indicator(r, c);
	if (!is_uuid(node_text(node_get(r->doc, STR("id")))))
		n += doubt(r, "the id is not a UUID", STR_NONE);
	for (const char *const *w = want; *w; w++)
		if (!node_get(r->doc, str_of(*w)))
			n += doubt(r, "says nothing of its", str_of(*w));
	for (size_t i = 0; i < r->n_sel; i++)
		if (!r->sel[i].used)
			n += doubt(
			    r, "the condition does not use selection", r->sel[i].name);
	if (r->kind == SIGMA_RULE && is_impossible(c->atoms, r->cond, 0))
		n += doubt(r, "can never match", STR_NONE);
	n += check_tags(r, c->tactics) + check_words(r);
	for (size_t i = 0; i < r->n_sel; i++)
		n += check_regex(r, r->sel[i].expr, c->atoms);
	if (r->kind == SIGMA_RULE && !sources_known(c->sources, r->bucket))
		n += doubt(r, "no table knows the logsource", sources_text(a, &r->ls));
	return n;
}

int
checks_run(const struct ruleset *rules, const struct checks *c)
{
	struct arena *a = arena_new();
	size_t n = 0;

	for (size_t i = 0; i < ruleset_count(rules); i++)
		if (!ruleset_at(rules, i)->bad)
			n += check_rule(ruleset_at(rules, i), c, a);
	arena_free(a);
	return n ? ERR_DATA : 0;
}
