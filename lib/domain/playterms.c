/* Members, vocabularies and what is referred to: see playlint.h. */
#include "map.h"
#include "playlint.h"

struct lint {
	const struct playbook *p;
	struct playbook_ear *ear;
};

#define N(list) (sizeof(list) / sizeof(*(list)))

/* --- members --- */

static const char *const of_playbook[] = {"type", "spec_version", "id", "name",
    "description", "playbook_types", "playbook_activities", "playbook_processing_summary",
    "created_by", "created", "modified", "revoked", "valid_from", "valid_until",
    "derived_from", "related_to", "priority", "severity", "impact", "industry_sectors",
    "labels", "external_references", "markings", "playbook_variables", "workflow_start",
    "workflow_exception", "workflow", "authentication_info_definitions",
    "agent_definitions", "target_definitions", "extension_definitions",
    "data_marking_definitions", "playbook_extensions", "signatures"};
static const char *const of_step[] = {"type", "name", "description",
    "external_references", "delay", "timeout", "step_variables", "owner", "on_completion",
    "on_success", "on_failure", "step_extensions", "commands", "agent", "targets",
    "in_args", "out_args", "playbook_id", "playbook_version", "next_steps", "condition",
    "on_true", "on_false", "switch", "cases"};

/* Members of version 1, and where their meaning is now. */
static const struct {
	const char *old, *now;
} version_1[] = {{"targets", "target_definitions"},
    {"features", "playbook_processing_summary"}, {"target", "targets"},
    {"target_ids", "targets"}, {"playbook_features", "playbook_processing_summary"},
    {"if_true", "on_true"}, {"depends_on", "on_completion of the step before"}};

static bool
listed(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_of(list[i])))
			return true;
	return false;
}

static const char *
nearest(struct str word, const char *const *list, size_t n)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < n; i++) {
		unsigned d = str_distance(word, str_of(list[i]), 2);

		if (d < least) {
			least = d;
			best = list[i];
		}
	}
	return best;
}

static void
unknown(struct lint *l, const struct playbook_step *s, const struct node *key,
    const char *const *list, size_t n)
{
	struct str near = str_of(nearest(key->text, list, n)), now = STR_NONE;
	struct arena *a = l->ear->arena;

	for (size_t i = 0; i < N(version_1); i++)
		if (str_eq(key->text, str_of(version_1[i].old)))
			now = str_of(version_1[i].now);
	if (now.p)
		now = CAT(a, STR("; it is now '"), now, STR("'"));
	else if (near.p)
		now = CAT(a, STR("; did you mean '"), near, STR("'?"));
	playbook_say(l->ear, false, "schema", key,
	    "%s" STR_FMT "%s'" STR_FMT "' means nothing in version 2" STR_FMT,
	    s ? "step '" : "", STR_ARG(s ? playlint_cut(s->id) : STR("")), s ? "': " : "",
	    STR_ARG(playlint_cut(key->text)), STR_ARG(now));
}

static void
members(struct lint *l, const struct node *map, const struct playbook_step *s)
{
	const char *const *list = s ? of_step : of_playbook;
	size_t n = s ? N(of_step) : N(of_playbook);

	for (size_t i = 0; map && map->type == NODE_MAP && i < map->n; i++)
		if (!listed(map->keys[i].text, list, n))
			unknown(l, s, &map->keys[i], list, n);
}

/* The same name twice: which of them counts depends on the reader. */
static void
twice(struct lint *l, const struct node *v, int depth)
{
	struct map *seen;

	if (depth > 64 || (v->type != NODE_MAP && v->type != NODE_LIST))
		return;
	for (size_t i = 0; i < v->n; i++)
		twice(l, &v->kids[i], depth + 1);
	if (v->type != NODE_MAP || v->n < 2)
		return;
	seen = map_new();
	for (size_t i = 0; i < v->n; i++) {
		void **slot = map_put(seen, v->keys[i].text);

		if (*slot == l)
			playbook_say(l->ear, true, "schema", &v->keys[i],
			    "'" STR_FMT "' stands twice in one object; leave one out",
			    STR_ARG(playlint_cut(v->keys[i].text)));
		*slot = l;
	}
	map_free(seen);
}

/* --- lists and vocabularies --- */

static const char *const types[] = {"attack", "detection", "engagement", "investigation",
    "mitigation", "notification", "prevention", "remediation"};
static const char *const activities[] = {"compose-content", "deliver-content",
    "identify-audience", "identify-channel", "scan-system", "match-indicator",
    "analyze-collected-data", "identify-indicators", "scan-vulnerabilities",
    "configure-systems", "restrict-access", "disconnect-system", "eliminate-risk",
    "revert-system", "restore-data", "restore-capabilities", "map-network",
    "identify-steps", "step-sequence", "prepare-engagement", "execute-operation",
    "analyze-engagement-results"};

static const struct node *
list_of(struct lint *l, const char *key)
{
	const struct node *v = node_get(l->p->root, str_of(key));

	if (!v || v->type == NODE_LIST)
		return v;
	playbook_say(l->ear, true, "schema", v, "'%s' is not a list", key);
	return NULL;
}

static void
words(struct lint *l, const char *key, const char *const *list, size_t n)
{
	const struct node *v = list_of(l, key);

	for (size_t i = 0; i < node_count(v); i++) {
		const struct node *w = node_at(v, i);

		if (w->type != NODE_TEXT)
			playbook_say(
			    l->ear, true, "schema", w, "'%s' has what is no word", key);
		else if (list && !listed(w->text, list, n))
			playbook_say(l->ear, false, "schema", w,
			    "'%s': '" STR_FMT "' is none of CACAO's words", key,
			    STR_ARG(playlint_cut(w->text)));
	}
}

static void
ids(struct lint *l, const char *key)
{
	const struct node *v = list_of(l, key);

	for (size_t i = 0; i < node_count(v); i++)
		if (!playbook_id(node_text(node_at(v, i))))
			playbook_say(l->ear, true, "schema", node_at(v, i),
			    "'%s': '" STR_FMT "' is no id (playbook--UUID)", key,
			    STR_ARG(playlint_cut(node_text(node_at(v, i)))));
}

static void
references(struct lint *l)
{
	const struct node *v = list_of(l, "external_references");

	for (size_t i = 0; i < node_count(v); i++)
		if (!node_text(node_get(node_at(v, i), STR("name"))).p)
			playbook_say(l->ear, false, "schema", node_at(v, i),
			    "external reference %zu has no name", i + 1);
}

/* --- markings, extensions, signatures --- */

static void
markings(struct lint *l)
{
	static const char *const levels[] = {
	    "TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"};
	const struct node *defs = node_get(l->p->root, STR("data_marking_definitions"));
	const struct node *used = list_of(l, "markings");

	for (size_t i = 0; i < node_count(used); i++) {
		struct str id = node_text(node_at(used, i));

		if (!playbook_id(id))
			playbook_say(l->ear, true, "schema", node_at(used, i),
			    "'markings': '" STR_FMT "' is no id (marking-TYPE--UUID)",
			    STR_ARG(playlint_cut(id)));
		else if (!node_get(defs, id))
			playbook_say(l->ear, false, "reference", node_at(used, i),
			    "marking '" STR_FMT
			    "' is not in data_marking_definitions: whoever reads this "
			    "has to know it",
			    STR_ARG(playlint_cut(id)));
	}
	for (size_t i = 0; defs && defs->type == NODE_MAP && i < defs->n; i++) {
		const struct node *d = &defs->kids[i];
		struct str level = node_text(node_get(d, STR("tlpv2_level")));

		if (str_eq(node_text(node_get(d, STR("type"))), STR("marking-tlp")) &&
		    !listed(level, levels, N(levels)))
			playbook_say(l->ear, true, "schema", d,
			    "marking '" STR_FMT "': '" STR_FMT
			    "' is no level of TLP 2.0 (TLP:CLEAR to TLP:RED)",
			    STR_ARG(playlint_cut(defs->keys[i].text)),
			    STR_ARG(playlint_cut(level)));
	}
}

static void
extended(struct lint *l, const struct playbook_step *s, const struct node *map)
{
	const struct node *defs = node_get(l->p->root, STR("extension_definitions"));

	for (size_t i = 0; map && map->type == NODE_MAP && i < map->n; i++)
		if (!node_get(defs, map->keys[i].text))
			playbook_say(l->ear, false, "reference", &map->keys[i],
			    "%s" STR_FMT "%sextension '" STR_FMT
			    "' is not in extension_definitions; what it says is not read",
			    s ? "step '" : "", STR_ARG(s ? playlint_cut(s->id) : STR("")),
			    s ? "': " : "", STR_ARG(playlint_cut(map->keys[i].text)));
}

static void
needs(struct lint *l, const struct node *v, const char *what, struct str id,
    const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!node_get(v, str_of(keys[i])))
			playbook_say(l->ear, true, "schema", v,
			    "%s '" STR_FMT "' has no '%s'", what,
			    STR_ARG(playlint_cut(id)), keys[i]);
}

static void
extensions(struct lint *l)
{
	static const char *const keys[] = {
	    "type", "name", "created_by", "schema", "version"};
	const struct node *defs = node_get(l->p->root, STR("extension_definitions"));

	for (size_t i = 0; defs && defs->type == NODE_MAP && i < defs->n; i++)
		needs(l, &defs->kids[i], "extension", defs->keys[i].text, keys, N(keys));
	extended(l, NULL, node_get(l->p->root, STR("playbook_extensions")));
	for (size_t i = 0; i < l->p->n; i++)
		extended(l, &l->p->step[i],
		    node_get(l->p->step[i].node, STR("step_extensions")));
}

static void
signatures(struct lint *l)
{
	static const char *const keys[] = {"type", "id", "created", "modified", "signee",
	    "related_to", "related_version", "hash_algorithm", "algorithm", "value"};
	const struct node *list = list_of(l, "signatures");

	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *s = node_at(list, i);
		struct str of = node_text(node_get(s, STR("related_to")));

		needs(
		    l, s, "signature", node_text(node_get(s, STR("id"))), keys, N(keys));
		if (of.p && !str_eq(of, l->p->id))
			playbook_say(l->ear, true, "schema", s,
			    "signature %zu is of '" STR_FMT "', another playbook", i + 1,
			    STR_ARG(playlint_cut(of)));
	}
	if (node_count(list))
		playbook_say(l->ear, false, "schema", list,
		    "signatures are not checked here: trust comes from where it lies");
}

/* --- what it says of itself --- */

static size_t
steps_of(const struct playbook *p, enum playbook_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->step[i].type == type;
	return n;
}

static void
summary(struct lint *l)
{
	static const struct {
		const char *key;
		enum playbook_type type;
	} says[] = {{"external_playbooks", PLAYBOOK_CALL},
	    {"parallel_processing", PLAYBOOK_PARALLEL}, {"if_logic", PLAYBOOK_IF},
	    {"while_logic", PLAYBOOK_WHILE}, {"switch_logic", PLAYBOOK_SWITCH}};
	const struct node *sum = node_get(l->p->root, STR("playbook_processing_summary"));

	for (size_t i = 0; sum && i < N(says); i++) {
		const struct node *v = node_get(sum, str_of(says[i].key));
		bool has = steps_of(l->p, says[i].type) > 0;

		if ((v || has) && node_true(v) != has)
			playbook_say(l->ear, false, "schema", v ? v : sum,
			    "the summary says '%s' is %s, and there %s", says[i].key,
			    node_true(v) ? "true" : "false",
			    has ? "are such steps" : "is no such step");
	}
}

void
playlint_terms(const struct playbook *p, struct playbook_ear *ear)
{
	struct lint l = {p, ear};
	const struct node *revoked = node_get(p->root, STR("revoked"));

	twice(&l, p->root, 0);
	members(&l, p->root, NULL);
	for (size_t i = 0; i < p->n; i++)
		members(&l, p->step[i].node, &p->step[i]);
	words(&l, "playbook_types", types, N(types));
	words(&l, "playbook_activities", activities, N(activities));
	words(&l, "labels", NULL, 0);
	words(&l, "industry_sectors", NULL, 0);
	ids(&l, "derived_from");
	ids(&l, "related_to");
	references(&l);
	markings(&l);
	extensions(&l);
	signatures(&l);
	summary(&l);
	if (revoked && revoked->type != NODE_BOOL)
		playbook_say(
		    ear, true, "schema", revoked, "'revoked' is not true or false");
}
