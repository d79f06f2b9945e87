#include "mutes.h"
#include "buf.h"
#include "hours.h"
#include "mem.h"
#include "parents.h"
#include "pardons.h"
#include "when.h"
#include "yaml.h"

#define RULES_MAX 10000

struct rule {
	struct matcher *match;
	struct hours *hours; /* NULL: a silence */
	struct str name, author, reason;
	int64_t starts, expires;
	bool critical;
};

struct mutes {
	struct arena *a;
	struct rule *rules;
	size_t n, cap;
	struct parents *parents;
	struct pardons *pardons;
	int severity;
};

void
mutes_free(struct mutes *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		hours_free(m->rules[i].hours);
	parents_free(m->parents);
	pardons_free(m->pardons);
	mem_free(m->rules);
	arena_free(m->a);
	mem_free(m);
}

/* --- reading --- */

static bool
read_time(
    const struct source_file *f, const struct node *rule, const char *key, int64_t *ns)
{
	const struct node *node = node_get(rule, str_of(key));

	return !node || when_parse(node_text(node), ns) ||
	       source_bad(
		   f, node, "not a time such as 2026-11-24T06:00:00Z:", node_text(node));
}

static struct str
text_of(const struct source_file *f, const struct node *rule, const char *key)
{
	return arena_copy(f->a, node_text(node_get(rule, str_of(key))));
}

/* Whose it is, why and how long: a silence must say all three. */
static bool
accountable(const struct source_file *f, const struct node *node, const struct rule *r)
{
	if (!r->reason.n)
		return source_bad(f, node, "a rule must give its", STR("reason"));
	if (r->hours)
		return true;
	if (!r->author.n)
		return source_bad(f, node, "a silence must give its", STR("author"));
	if (r->expires == INT64_MAX)
		return source_bad(f, node, "a silence must say when it", STR("expires"));
	return r->starts < r->expires ||
	       source_bad(f, node, "a silence expires before it", STR("starts"));
}

static bool
read_rule(struct mutes *m, const struct source_file *f, const struct node *node,
    bool window, size_t number)
{
	static const char *const keys[] = {"match", "unless", "author", "reason",
	    "starts", "expires", "critical", "name", "days", "hours", "zone"};
	struct rule r = {.starts = INT64_MIN, .expires = INT64_MAX};

	if (node->type != NODE_MAP)
		return source_bad(f, node, "a rule is a map, not", node_text(node));
	if (m->n >= RULES_MAX)
		return source_bad(f, node, "too many rules at", STR("here"));
	if (!source_known(f, node, keys, window ? 11 : 8))
		return false;
	r.name = text_of(f, node, "name");
	if (!r.name.n)
		r.name = arena_fmt(f->a, "%s %zu", window ? "window" : "silence", number);
	r.author = text_of(f, node, "author");
	r.reason = text_of(f, node, "reason");
	r.critical = node_true(node_get(node, STR("critical")));
	if (!(r.match = matcher_read(f, node, "match", "unless")) ||
	    !read_time(f, node, "starts", &r.starts) ||
	    !read_time(f, node, "expires", &r.expires) ||
	    (window && !(r.hours = hours_read(f, node))))
		return false;
	m->rules = mem_grow(m->rules, &m->cap, m->n + 1, sizeof(r));
	m->rules[m->n++] = r;
	return accountable(f, node, &r);
}

static bool
read_file(struct mutes *m, const struct source_file *f, const struct node *root)
{
	static const char *const keys[] = {"silences", "windows", "inhibit"};
	const struct node *silences = node_get(root, STR("silences"));
	const struct node *windows = node_get(root, STR("windows"));

	if (root->type != NODE_MAP)
		return source_bad(f, root,
		    "silences, windows and inhibit are wanted, not", node_text(root));
	if (!source_known(f, root, keys, 3))
		return false;
	for (size_t i = 0; i < node_count(silences); i++)
		if (!read_rule(m, f, node_at(silences, i), false, i + 1))
			return false;
	for (size_t i = 0; i < node_count(windows); i++)
		if (!read_rule(m, f, node_at(windows, i), true, i + 1))
			return false;
	return parents_read(m->parents, f, node_get(root, STR("inhibit")));
}

struct mutes *
mutes_load(struct filter_run *run, const char *file, const char *verdicts,
    size_t max_parents, struct err *e)
{
	struct mutes *m = mem_new(1, sizeof(*m));
	struct source_file f = {.run = run, .name = file, .e = e};
	struct yaml_docs docs;
	bool ok = true;

	m->a = f.a = arena_new();
	m->severity = filter_slot(run, "ir.severity");
	m->parents = parents_new(max_parents);
	m->pardons = pardons_new(run);
	if (file)
		ok = yaml_load(m->a, file, &docs, e);
	for (size_t i = 0; file && ok && i < docs.n; i++)
		ok = read_file(m, &f, docs.v[i]);
	if (ok && verdicts)
		ok = pardons_load(m->pardons, verdicts, e);
	if (ok)
		return m;
	mutes_free(m);
	return NULL;
}

/* --- asking --- */

static bool
by_rule(const struct mutes *m, struct rec *r, bool critical, int64_t ns, struct muted *to)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct rule *k = &m->rules[i];

		if (ns < k->starts || ns >= k->expires || (critical && !k->critical) ||
		    (k->hours && !hours_now(k->hours, ns)) || !matcher_yes(k->match, r))
			continue;
		*to = (struct muted){.by = k->hours ? "window" : "silence",
		    .rule = k->name,
		    .author = k->author,
		    .reason = k->reason,
		    .until = k->expires};
		return true;
	}
	return false;
}

bool
mutes_ask(struct mutes *m, struct rec *r, struct str id, int64_t ns, struct muted *to)
{
	bool critical = str_eq(rec_text(r, m->severity), STR("critical"));
	bool muted = by_rule(m, r, critical, ns, to);

	/* what was judged harmless explains nothing; what is only silenced still does */
	if (!muted && !critical && pardons_ask(m->pardons, r, ns, to))
		return true;
	if (!muted && !critical && parents_ask(m->parents, r, ns, to))
		muted = true;
	parents_note(m->parents, r, id, ns);
	return muted;
}

/* --- telling --- */

static void
add_time(struct buf *b, const char *word, int64_t ns)
{
	char text[WHEN_MAX];

	if (ns == INT64_MIN || ns == INT64_MAX)
		return;
	when_text(text, ns);
	buf_fmt(b, "\t%s %s", word, text);
}

void
mutes_list(const struct mutes *m, int64_t now, struct buf *b)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct rule *k = &m->rules[i];

		buf_fmt(b, "%s\t", k->hours ? "window" : "silence");
		buf_json(b, k->name);
		buf_fmt(b, "\t%s",
		    now >= k->expires                       ? "expired"
		    : now < k->starts                       ? "not yet"
		    : k->hours && !hours_now(k->hours, now) ? "closed"
							    : "active");
		add_time(b, "from", k->starts);
		add_time(b, "until", k->expires);
		buf_ch(b, '\n');
	}
	parents_list(m->parents, b);
	pardons_list(m->pardons, now, b);
}

void
mutes_save(const struct mutes *m, struct buf *b)
{
	parents_save(m->parents, b);
}

void
mutes_journal(struct mutes *m, struct buf *b)
{
	parents_journal(m->parents, b);
}

bool
mutes_load_one(struct mutes *m, struct arena *a, struct str line)
{
	return parents_load_one(m->parents, a, line);
}
