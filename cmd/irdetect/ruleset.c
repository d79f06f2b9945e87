/* Loading and linking. */
#include <sys/stat.h>

#include "cache.h"
#include "feed.h"
#include "file.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "ruleset.h"
#include "yaml.h"

struct ruleset {
	struct arena *a;
	struct cache *cache; /* of parsed files, or NULL */
	struct sigma_ctx ctx;
	struct rule **v;
	size_t n, cap, rejected;
	struct map *names; /* ids and names to number + 1 */
	const char *path;  /* of what is being read */
	struct feed *feed; /* of STIX, once there is one */
	uint32_t *order;
	size_t n_order, order_cap;
};

struct ruleset *
ruleset_new(struct atoms *atoms, struct sources *sources, struct cache *cache)
{
	struct ruleset *rs = mem_new(1, sizeof(*rs));

	rs->a = arena_new();
	rs->ctx = (struct sigma_ctx){rs->a, atoms, sources, NULL};
	rs->names = map_new();
	rs->cache = cache;
	return rs;
}

void
ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	map_free(rs->names);
	feed_free(rs->feed);
	mem_free(rs->v);
	mem_free(rs->order);
	arena_free(rs->a);
	mem_free(rs);
}

bool
ruleset_lists(struct ruleset *rs, const char *path, struct err *e)
{
	struct yaml_docs docs;

	if (!yaml_load(rs->a, path, &docs, e))
		return false;
	rs->ctx.lists = docs.n ? docs.v[0] : NULL;
	return true;
}

/* Say why a rule is left out. */
static void
reject(struct ruleset *rs, struct rule *r, struct err *e)
{
	if (r->bad)
		return;
	r->bad = true;
	rs->rejected++;
	err_at(e, "rule '" STR_FMT "'", STR_ARG(r->id));
	err_at(e, "%s:%d", r->file, r->line);
	log_err(e);
}

static bool
put_name(struct ruleset *rs, struct str name, struct err *e)
{
	void **at = map_put(rs->names, name);

	if (*at) {
		const struct rule *first = rs->v[(uintptr_t)*at - 1];

		err_set(e, ERR_DATA, "'" STR_FMT "' is taken by %s:%d", STR_ARG(name),
		    first->file, first->line);
		return false;
	}
	*at = (void *)(uintptr_t)(rs->n + 1);
	return true;
}

static void
add_rule(struct ruleset *rs, struct rule *r)
{
	rs->v = mem_grow(rs->v, &rs->cap, rs->n + 1, sizeof(struct rule *));
	rs->v[rs->n++] = r;
}

static void
add_doc(struct ruleset *rs, const struct node *doc, const char *path)
{
	struct rule *r = arena_alloc(rs->a, sizeof(*r));
	struct err e = {0};
	bool ok = sigma_read(&rs->ctx, doc, path, r, &e);

	if (ok && r->id.n)
		ok = put_name(rs, r->id, &e);
	if (ok && r->name.n && !str_eq(r->name, r->id))
		ok = put_name(rs, r->name, &e);
	if (!ok) {
		reject(rs, r, &e);
		return;
	}
	add_rule(rs, r);
}

/* A newer version of an indicator takes the place of the older one. */
static bool
replaces(struct ruleset *rs, const struct indicator *in, const struct rule *r)
{
	uintptr_t n = (uintptr_t)map_get(rs->names, r->id);
	struct rule *old = n ? rs->v[n - 1] : NULL;

	if (!old || !old->stix)
		return true;
	if (str_cmp(in->modified, node_text(node_get(old->doc, STR("date")))) <= 0)
		return false;
	map_del(rs->names, r->id);
	old->bad = true;
	for (size_t i = 0; i < rs->n; i++)
		if (rs->v[i]->whole == n)
			rs->v[i]->bad = true;
	return true;
}

static void
add_indicator(void *ctx, const struct indicator *in)
{
	struct ruleset *rs = ctx;
	struct rule *r = arena_zero(rs->a, sizeof(*r));
	struct rule *leaves[STIX_LEAVES];
	struct yaml_docs docs;
	struct err e = {0};
	size_t n = 0;
	bool ok;

	*r = (struct rule){.file = rs->path, .line = in->line, .doc = in->doc};
	r->id = node_text(node_get(in->doc, STR("id")));
	if (str_eq(in->type, STR("sigma"))) {
		ok = yaml_parse(rs->a, in->pattern, rs->path, &docs, &e);
		for (size_t i = 0; ok && i < docs.n; i++)
			add_doc(rs, docs.v[i], rs->path);
	} else {
		ok = feed_rule(rs->feed, &rs->ctx, in, r, leaves, &n, &e);
		if (ok && !replaces(rs, in, r))
			return;
		ok = ok && put_name(rs, r->id, &e);
		if (ok)
			add_rule(rs, r);
		for (size_t i = 0; ok && i < n; i++) {
			leaves[i]->whole = (uint32_t)(rs->n - i); /* number + 1 */
			add_rule(rs, leaves[i]);
		}
	}
	if (!ok)
		reject(rs, r, &e);
}

static bool
load_feed(struct ruleset *rs, const char *path, bool text)
{
	struct err e = {0};

	if (!rs->feed)
		rs->feed = feed_new(&e);
	rs->path = path;
	if (rs->feed && indicator_read(rs->a, path, text, add_indicator, rs, &e))
		return true;
	rs->rejected++;
	log_err(&e);
	return true;
}

static bool
load_file(void *ctx, const char *path)
{
	struct ruleset *rs = ctx;
	struct yaml_docs docs;
	struct err e = {0};

	path = arena_copy(rs->a, str_of(path)).p;
	if (str_ends(str_of(path), STR(".json")) || str_ends(str_of(path), STR(".stix")))
		return load_feed(rs, path, str_ends(str_of(path), STR(".stix")));
	if (!cache_load(rs->cache, rs->a, path, &docs, &e)) {
		rs->rejected++;
		log_err(&e);
		return true;
	}
	for (size_t i = 0; i < docs.n; i++)
		if (docs.v[i]->type != NODE_NULL)
			add_doc(rs, docs.v[i], path);
	return true;
}

static bool
load_found(void *ctx, const char *path)
{
	static const char *const suffixes[] = {".yml", ".yaml", ".json", ".stix", NULL};

	/* directories of rules hold other JSON too: layers, schemas, test data */
	if (str_ends(str_of(path), STR(".json")) && !indicator_likely(path))
		return true;
	for (const char *const *s = suffixes; *s; s++)
		if (str_ends(str_of(path), str_of(*s)))
			return load_file(ctx, path);
	return true;
}

bool
ruleset_load(struct ruleset *rs, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	if (!S_ISDIR(st.st_mode))
		return load_file(rs, path);
	if (file_walk(path, NULL, load_found, rs, e))
		return true;
	e->kind = ERR_CONFIG;
	return false;
}

/* --- links --- */

static struct rule *
named(struct ruleset *rs, struct str name, size_t *number)
{
	uintptr_t n = (uintptr_t)map_get(rs->names, name);

	if (!n || rs->v[n - 1]->bad)
		return NULL;
	*number = n - 1;
	return rs->v[n - 1];
}

/* The field that an alias stands for when `ref` matched, else the name itself. */
static struct str
alias(const struct rule *r, const struct sigma_ref *ref, const struct rule *to,
    struct str name)
{
	const struct node *all = node_get(
	    node_get(r->doc, STR("correlation")), STR("aliases"));
	const struct node *one = node_get(all, name);
	const struct str names[] = {ref->name, to->id, to->name};

	for (size_t i = 0; i < 3; i++) {
		struct str field = names[i].n ? node_text(node_get(one, names[i]))
					      : STR_NONE;

		if (field.p)
			return field;
	}
	return name;
}

/* The logsource of a rule, or of the first rule that a correlation refers to. */
static const struct logsource *
source_of(struct ruleset *rs, const struct rule *r)
{
	for (unsigned depth = 0; r->corr && depth < CONDITION_DEPTH; depth++)
		r = rs->v[r->corr->refs[0].rule];
	return &r->ls;
}

static void
link_fields(struct ruleset *rs, struct rule *r, struct sigma_ref *ref)
{
	const struct rule *to = rs->v[ref->rule];
	const struct logsource *ls = source_of(rs, to);
	struct correlation *c = r->corr;

	ref->keys = arena_alloc(rs->a, (c->n_group + 1) * sizeof(*ref->keys));
	ref->values = arena_alloc(rs->a, (c->n_fields + 1) * sizeof(*ref->values));
	for (size_t i = 0; i < c->n_group; i++)
		ref->keys[i] = sources_field(
		    rs->ctx.sources, ls, alias(r, ref, to, c->group[i]));
	for (size_t i = 0; i < c->n_fields; i++)
		ref->values[i] = sources_field(
		    rs->ctx.sources, ls, alias(r, ref, to, c->fields[i]));
}

static void
add_feed(struct ruleset *rs, struct rule *to, size_t corr)
{
	uint32_t *v = arena_alloc(rs->a, (to->n_feeds + 1) * sizeof(*v));

	if (to->n_feeds)
		memcpy(v, to->feeds, to->n_feeds * sizeof(*v));
	v[to->n_feeds++] = (uint32_t)corr;
	to->feeds = v;
}

enum state { FRESH, OPEN, DONE };

/* Depth first, so that a correlation stands behind what it refers to. */
static bool
link_one(struct ruleset *rs, size_t at, unsigned char *state, unsigned depth)
{
	struct rule *r = rs->v[at];
	struct err e = {0};
	struct correlation *c = r->corr;

	if (!c || r->bad || state[at] == DONE)
		return !r->bad;
	if (state[at] == OPEN || depth > CONDITION_DEPTH) {
		err_set(&e, ERR_DATA, "correlations refer to one another in a circle");
		reject(rs, r, &e);
		return false;
	}
	state[at] = OPEN;
	for (size_t i = 0; i < c->n_refs && !r->bad; i++) {
		struct rule *to = named(rs, c->refs[i].name, &c->refs[i].rule);

		if (!to || to->kind == SIGMA_FILTER ||
		    !link_one(rs, c->refs[i].rule, state, depth + 1)) {
			err_set(&e, ERR_DATA, "there is no usable rule '" STR_FMT "'",
			    STR_ARG(c->refs[i].name));
			reject(rs, r, &e);
		}
	}
	state[at] = DONE;
	if (r->bad)
		return false;
	rs->order = mem_grow(
	    rs->order, &rs->order_cap, rs->n_order + 1, sizeof(uint32_t));
	rs->order[rs->n_order++] = (uint32_t)at;
	return true;
}

static void
link_refs(struct ruleset *rs, size_t at)
{
	struct rule *r = rs->v[at];
	bool loud = node_true(node_path(r->doc, STR("correlation.generate"))) ||
		    node_true(node_get(r->doc, STR("generate")));

	for (size_t i = 0; i < r->corr->n_refs; i++) {
		struct sigma_ref *ref = &r->corr->refs[i];
		struct rule *to = rs->v[ref->rule];

		link_fields(rs, r, ref);
		if (to->n_feeds == 0 || to->feeds[to->n_feeds - 1] != at)
			add_feed(rs, to, at);
		to->loud |= loud;
		to->silent = !to->loud;
	}
}

static bool
filter_wants(const struct node *rules, const struct rule *r)
{
	for (size_t i = 0; i < node_count(rules); i++) {
		struct str name = node_text(node_at(rules, i));

		if (str_eq(name, r->id) || (r->name.n && str_eq(name, r->name)) ||
		    (rules->type != NODE_LIST && str_eq(name, STR("any"))))
			return true;
	}
	return false;
}

static bool
fits(const struct node *ls, const char *what, struct str have)
{
	struct str want = node_text(node_get(ls, str_of(what)));

	return !want.p || (have.p && str_ieq(want, have));
}

/* Join the filter's condition to that of each rule it names and whose logsource it fits. */
static void
apply_filter(struct ruleset *rs, struct rule *f)
{
	const struct node *map = node_get(f->doc, STR("filter"));
	const struct node *ls = node_get(f->doc, STR("logsource"));

	for (size_t i = 0; i < rs->n && !f->bad; i++) {
		struct rule *r = rs->v[i];
		struct err e = {0};
		struct expr *kids[2] = {r->cond, NULL};

		if (r->kind != SIGMA_RULE ||
		    !filter_wants(node_get(map, STR("rules")), r) ||
		    !fits(ls, "product", r->ls.product) ||
		    !fits(ls, "category", r->ls.category) ||
		    !fits(ls, "service", r->ls.service))
			continue;
		kids[1] = sigma_detection(&rs->ctx, map, &r->ls, f, &e);
		if (!kids[1])
			reject(rs, f, &e);
		else
			r->cond = expr_join(rs->a, EXPR_AND, 2, kids);
	}
}

void
ruleset_link(struct ruleset *rs)
{
	unsigned char *state = mem_new(rs->n + 1, 1);

	for (size_t i = 0; i < rs->n; i++)
		if (rs->v[i]->kind == SIGMA_FILTER)
			apply_filter(rs, rs->v[i]);
	for (size_t i = 0; i < rs->n; i++)
		link_one(rs, i, state, 0);
	for (size_t i = 0; i < rs->n_order; i++)
		link_refs(rs, rs->order[i]);
	mem_free(state);
}

size_t
ruleset_count(const struct ruleset *rs)
{
	return rs->n;
}

struct rule *
ruleset_at(const struct ruleset *rs, size_t i)
{
	return rs->v[i];
}

size_t
ruleset_rejected(const struct ruleset *rs)
{
	return rs->rejected;
}

size_t
ruleset_loaded(const struct ruleset *rs)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++)
		n += !rs->v[i]->bad && rs->v[i]->kind != SIGMA_FILTER && !rs->v[i]->whole;
	return n;
}

size_t
ruleset_order(const struct ruleset *rs, const uint32_t **order)
{
	*order = rs->order;
	return rs->n_order;
}
