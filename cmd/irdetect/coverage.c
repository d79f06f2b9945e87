#include "coverage.h"
#include "map.h"
#include "mem.h"

#define NAMES_MAX 20 /* rules that a comment names */

/* A technique, and its rules. */
struct aim {
	size_t n, seen;
	struct str names; /* of the first rules, a line each */
};

struct cover {
	struct arena *a;
	const struct ruleset *rules;
	struct map *aims; /* "T1110.001" to aim */
	bool *seen;       /* by rule: its logs are there */
	bool any;         /* some log is */
};

/* Correlations are seen when one of the rules they refer to is. */
static void
find_seen(struct cover *c, const struct engine *en)
{
	const uint32_t *order;
	size_t n = ruleset_order(c->rules, &order);

	for (size_t i = 0; i < ruleset_count(c->rules); i++) {
		c->seen[i] = ruleset_at(c->rules, i)->kind == SIGMA_RULE &&
			     engine_seen(en, i);
		c->any |= c->seen[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct correlation *x = ruleset_at(c->rules, order[i])->corr;

		for (size_t k = 0; k < x->n_refs; k++)
			c->seen[order[i]] |= c->seen[x->refs[k].rule];
	}
}

static void
add_tag(struct cover *c, struct str tag, struct str title, bool seen)
{
	struct arena *a = c->a;
	char *id = arena_alloc(a, tag.n + 1);
	struct aim *aim;
	void **at;

	if (!str_starts(tag, STR("attack.t")) || tag.n < 12 || tag.p[8] < '0' ||
	    tag.p[8] > '9')
		return;
	memcpy(id, tag.p + 7, tag.n - 7);
	id[0] = 'T';
	at = map_put(c->aims, (struct str){id, tag.n - 7});
	aim = *at;
	if (!aim)
		*at = aim = arena_zero(a, sizeof(*aim));
	aim->seen += seen;
	if (aim->n++ < NAMES_MAX)
		aim->names = CAT(
		    a, aim->names, aim->names.n ? STR("\n") : STR(""), title);
}

static void
gather(struct cover *c)
{
	for (size_t i = 0; i < ruleset_count(c->rules); i++) {
		const struct rule *r = ruleset_at(c->rules, i);
		const struct node *tags = node_get(r->doc, STR("tags"));

		if (r->bad || r->kind == SIGMA_FILTER)
			continue;
		for (size_t k = 0; k < node_count(tags); k++) {
			struct str tag = node_text(node_at(tags, k));

			if (tag.p)
				add_tag(c, tag, r->title, c->seen[i]);
		}
	}
}

static void
put_aim(struct buf *b, const struct cover *c, const struct tactics *names, struct str id,
    const struct aim *aim)
{
	struct str name = tactics_technique(names, id);

	buf_add(b, STR("{\"techniqueID\":"));
	buf_json(b, id);
	buf_add(b, STR(",\"score\":"));
	buf_i64(b, (int64_t)(c->any ? aim->seen : aim->n));
	buf_add(b, STR(",\"comment\":"));
	buf_json(b, aim->names);
	buf_add(
	    b, STR(",\"enabled\":true,\"metadata\":[{\"name\":\"rules\",\"value\":\""));
	buf_i64(b, (int64_t)aim->n);
	buf_add(b, STR("\"}"));
	if (name.p) {
		buf_add(b, STR(",{\"name\":\"technique\",\"value\":"));
		buf_json(b, name);
		buf_ch(b, '}');
	}
	buf_add(b, STR("]}"));
}

void
coverage_write(struct buf *b, const struct ruleset *rules, const struct engine *en,
    const struct tactics *names)
{
	struct cover c = {arena_new(), rules, map_new(),
	    mem_new(ruleset_count(rules) + 1, sizeof(bool)), false};
	struct str id;
	void *aim;
	size_t most = 1, n = 0;

	find_seen(&c, en);
	gather(&c);
	buf_add(b, STR("{\"name\":\"irdetect\",\"versions\":{\"attack\":\"16\","
		       "\"navigator\":\"5.1.0\",\"layer\":\"4.5\"},"
		       "\"domain\":\"enterprise-attack\",\"description\":"));
	buf_json(b, c.any ? STR("Rules whose logs are there, by technique")
			  : STR("Rules by technique"));
	buf_add(b, STR(",\"techniques\":["));
	for (size_t i = 0; map_next(c.aims, &i, &id, &aim);) {
		const struct aim *x = aim;

		if (n++)
			buf_ch(b, ',');
		put_aim(b, &c, names, id, x);
		most = x->n > most ? x->n : most;
	}
	buf_add(b, STR("],\"gradient\":{\"colors\":[\"#ffffff\",\"#2f6fb0\"],"
		       "\"minValue\":0,\"maxValue\":"));
	buf_i64(b, (int64_t)most);
	buf_add(b, STR("}}"));
	map_free(c.aims);
	mem_free(c.seen);
	arena_free(c.a);
}
