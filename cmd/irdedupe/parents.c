#include "parents.h"
#include "buf.h"
#include "json.h"
#include "lru.h"
#include "map.h"
#include "mem.h"
#include "span.h"
#include "when.h"

#define ID_BYTES 65

struct rule {
	struct matcher *source, *target;
	int *equal;
	size_t equal_n;
	int64_t span; /* ns */
	struct str name;
};

struct parent {
	int64_t ns;
	char id[ID_BYTES];
};

struct parents {
	struct lru *seen; /* rule and values of its equal fields -> struct parent */
	struct rule *rules;
	size_t n, cap;
	bool watched; /* somebody asks for what was noted */
	struct buf noted;
};

struct parents *
parents_new(size_t max)
{
	struct parents *p = mem_new(1, sizeof(*p));

	p->noted = buf_make((size_t)1 << 30);
	p->seen = lru_new(max, sizeof(struct parent), NULL, NULL);
	return p;
}

void
parents_free(struct parents *p)
{
	if (!p)
		return;
	lru_free(p->seen);
	buf_free(&p->noted);
	mem_free(p->rules);
	mem_free(p);
}

static bool
read_rule(struct parents *p, const struct source_file *f, const struct node *node)
{
	static const char *const keys[] = {
	    "name", "source", "target", "equal", "span", "reason"};
	const struct node *equal = node_get(node, STR("equal"));
	const struct node *span = node_get(node, STR("span"));
	struct rule r = {.equal_n = node_count(equal)};
	int64_t ms = 3600000;

	if (node->type != NODE_MAP)
		return source_bad(f, node, "a rule is a map, not", node_text(node));
	if (!source_known(f, node, keys, 6) ||
	    !(r.source = matcher_read(f, node, "source", NULL)) ||
	    !(r.target = matcher_read(f, node, "target", NULL)))
		return false;
	if (!r.equal_n)
		return source_bad(
		    f, node, "parent and child must have something", STR("equal"));
	r.equal = arena_zero(f->a, r.equal_n * sizeof(*r.equal));
	for (size_t i = 0; i < r.equal_n; i++) {
		struct str field = node_text(node_at(equal, i));

		if (!field.n)
			return source_bad(f, equal, "a field is wanted, not", field);
		r.equal[i] = filter_slot(f->run, arena_copy(f->a, field).p);
	}
	if (span &&
	    (!span_parse(node_text(span), &ms) || ms <= 0 || ms > 366 * 86400000LL))
		return source_bad(f, span, "not a span such as 1h:", node_text(span));
	r.span = ms * WHEN_MS;
	r.name = arena_copy(f->a, node_text(node_get(node, STR("name"))));
	if (!r.name.n)
		r.name = arena_fmt(f->a, "inhibit %zu", p->n + 1);
	p->rules = mem_grow(p->rules, &p->cap, p->n + 1, sizeof(r));
	p->rules[p->n++] = r;
	return true;
}

bool
parents_read(struct parents *p, const struct source_file *f, const struct node *inhibit)
{
	for (size_t i = 0; i < node_count(inhibit); i++)
		if (!read_rule(p, f, node_at(inhibit, i)))
			return false;
	return true;
}

/* The name of the rule and the fields as they stand; absent: one is missing. */
static struct str
key_of(const struct rule *k, struct rec *r)
{
	struct arena *a = rec_arena(r);
	struct str key = CAT(a, k->name, STR("\n"));

	for (size_t i = 0; i < k->equal_n; i++) {
		struct str v = rec_raw(r, k->equal[i]);

		if (!v.n || str_eq(v, STR("null")) || str_eq(v, STR("\"\"")))
			return STR_NONE;
		key = CAT(a, key, v, STR("\n"));
	}
	return key;
}

bool
parents_ask(struct parents *p, struct rec *r, int64_t ns, struct muted *to)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *k = &p->rules[i];
		struct parent *seen = NULL;
		struct str key;

		if (!matcher_yes(k->target, r) || matcher_yes(k->source, r))
			continue;
		key = key_of(k, r);
		if (key.p)
			seen = lru_get(p->seen, key);
		if (!seen || ns > seen->ns + k->span || ns < seen->ns - k->span)
			continue;
		*to = (struct muted){.by = "parent",
		    .rule = k->name,
		    .of = arena_copy(rec_arena(r), str_of(seen->id)),
		    .until = seen->ns + k->span};
		return true;
	}
	return false;
}

static void
write_one(const struct parent *s, struct buf *b)
{
	buf_add(b, STR("{\"parent\":"));
	buf_json(b, lru_key(s));
	buf_add(b, STR(",\"id\":"));
	buf_json(b, str_of(s->id));
	buf_fmt(b, ",\"ns\":%lld}\n", (long long)s->ns);
}

void
parents_note(struct parents *p, struct rec *r, struct str id, int64_t ns)
{
	for (size_t i = 0; i < p->n; i++) {
		struct parent *seen;
		struct str key;
		bool fresh;

		if (!matcher_yes(p->rules[i].source, r))
			continue;
		key = key_of(&p->rules[i], r);
		if (!key.p)
			continue;
		seen = lru_put(p->seen, key, &fresh);
		if (fresh || ns >= seen->ns) {
			seen->ns = ns;
			id = str_sub(id, 0, ID_BYTES - 1);
			memcpy(seen->id, id.p ? id.p : "", id.n);
			seen->id[id.n] = '\0';
			if (p->watched)
				write_one(seen, &p->noted);
		}
	}
}

void
parents_list(const struct parents *p, struct buf *b)
{
	for (size_t i = 0; i < p->n; i++) {
		char span[SPAN_MAX];

		buf_add(b, STR("inhibit\t"));
		buf_json(b, p->rules[i].name);
		buf_fmt(b, "\tactive\tspan %s\n",
		    span_text(span, p->rules[i].span / WHEN_MS));
	}
}

void
parents_save(const struct parents *p, struct buf *b)
{
	for (const struct parent *s = NULL; (s = lru_next(p->seen, s));)
		write_one(s, b);
}

void
parents_journal(struct parents *p, struct buf *b)
{
	p->watched = true;
	buf_add(b, buf_str(&p->noted));
	buf_reset(&p->noted);
}

bool
parents_load_one(struct parents *p, struct arena *a, struct str line)
{
	struct str key = json_text(a, json_get(a, line, STR("parent")));
	struct str id = json_text(a, json_get(a, line, STR("id")));
	struct parent *s;
	int64_t ns;

	if (!key.p || !id.p || id.n >= ID_BYTES ||
	    !json_i64(json_get(a, line, STR("ns")), &ns))
		return false;
	s = lru_put(p->seen, key, NULL);
	s->ns = ns;
	memcpy(s->id, id.p, id.n);
	s->id[id.n] = '\0';
	return true;
}
