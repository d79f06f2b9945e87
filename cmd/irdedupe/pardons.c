#include "pardons.h"
#include "buf.h"
#include "each.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "node.h"
#include "when.h"

#define SCOPES_MAX 64
#define FIELDS_MAX 8

/* Verdicts that name the same fields. */
struct scope {
	int fields[FIELDS_MAX];
	size_t n;
	struct map *pardons; /* values -> struct pardon * */
};

struct pardon {
	struct str rule, author, reason;
	int64_t until;
};

struct pardons {
	struct filter_run *run;
	struct arena *a, *line;
	struct scope scopes[SCOPES_MAX];
	size_t n;
};

struct pardons *
pardons_new(struct filter_run *run)
{
	struct pardons *p = mem_new(1, sizeof(*p));

	p->run = run;
	p->a = arena_new();
	p->line = arena_new();
	return p;
}

void
pardons_free(struct pardons *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		map_free(p->scopes[i].pardons);
	arena_free(p->line);
	arena_free(p->a);
	mem_free(p);
}

static struct str
field(struct pardons *p, struct str line, const char *name)
{
	return json_text(p->line, json_get(p->line, line, str_of(name)));
}

/* The scope of these fields, made if there is room. */
static struct scope *
scope_of(struct pardons *p, const int *fields, size_t n)
{
	struct scope *s = p->scopes;

	for (; s < p->scopes + p->n; s++)
		if (s->n == n && memcmp(s->fields, fields, n * sizeof(*fields)) == 0)
			return s;
	if (p->n == SCOPES_MAX)
		return NULL;
	memcpy(s->fields, fields, n * sizeof(*fields));
	s->n = n;
	s->pardons = map_new();
	p->n++;
	return s;
}

/* The fields in the order of their slots, so that one set is one scope; and the values. */
static const char *
read_scope(struct pardons *p, struct str line, struct scope **scope, struct str *key)
{
	struct str raw = json_get(p->line, line, STR("ir.verdict.scope"));
	const struct node *list = node_json(p->line, raw);
	struct str values[FIELDS_MAX];
	int fields[FIELDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < node_count(list); i++) {
		struct str name = arena_copy(p->line, node_text(node_at(list, i)));
		struct str value = json_get(p->line, line, name);
		int slot = name.n ? filter_slot(p->run, name.p) : -1;
		size_t k = n;

		if (n == FIELDS_MAX || slot < 0)
			return "'ir.verdict.scope' is a list of at most 8 fields";
		value = json_text(p->line, value);
		if (!value.n)
			return "a field of 'ir.verdict.scope' is not in the verdict";
		for (; k > 0 && fields[k - 1] > slot; k--) {
			fields[k] = fields[k - 1];
			values[k] = values[k - 1];
		}
		fields[k] = slot;
		values[k] = value;
		n++;
	}
	if (!n)
		return "'ir.verdict.scope' is a list of at most 8 fields";
	*key = STR("");
	for (size_t i = 0; i < n; i++)
		*key = CAT(p->line, *key, values[i], STR("\n"));
	*scope = scope_of(p, fields, n);
	return *scope ? NULL : "more than 64 different scopes";
}

static const char *
add_pardon(struct pardons *p, struct str line, struct scope *s, struct str key)
{
	struct pardon *d = arena_zero(p->a, sizeof(*d));

	d->author = arena_copy(p->a, field(p, line, "ir.verdict.by"));
	d->reason = arena_copy(p->a, field(p, line, "ir.verdict.reason"));
	d->rule = arena_copy(p->a, field(p, line, "ir.alert.id"));
	if (!d->author.n || !d->reason.n ||
	    !when_parse(field(p, line, "ir.verdict.until"), &d->until))
		return "a verdict with a scope needs 'ir.verdict.by', "
		       "'ir.verdict.reason' and 'ir.verdict.until'";
	*map_put(s->pardons, key) = d;
	return NULL;
}

static const char *
take(void *ctx, struct str line)
{
	struct pardons *p = ctx;
	struct scope *scope;
	struct str is, key;
	const char *wrong;

	arena_reset(p->line);
	if (!json_valid(line, NULL))
		return "not a record";
	if (!str_eq(field(p, line, "ir.kind"), STR("verdict")) ||
	    !json_get(p->line, line, STR("ir.verdict.scope")).p)
		return NULL;
	wrong = read_scope(p, line, &scope, &key);
	if (wrong)
		return wrong;
	is = field(p, line, "ir.verdict.is");
	if (str_eq(is, STR("true_positive"))) {
		map_del(scope->pardons, key);
		return NULL;
	}
	if (!str_eq(is, STR("false_positive")) && !str_eq(is, STR("benign_positive")))
		return "'ir.verdict.is' is true_positive, benign_positive or "
		       "false_positive";
	return add_pardon(p, line, scope, key);
}

bool
pardons_load(struct pardons *p, const char *path, struct err *e)
{
	return each_line(path, take, p, e);
}

bool
pardons_ask(const struct pardons *p, struct rec *r, int64_t ns, struct muted *to)
{
	struct arena *a = rec_arena(r);

	for (size_t i = 0; i < p->n; i++) {
		const struct scope *s = &p->scopes[i];
		const struct pardon *d = NULL;
		struct str key = STR("");
		size_t k = 0;

		for (; k < s->n; k++) {
			struct str v = rec_text(r, s->fields[k]);

			if (!v.n)
				break;
			key = CAT(a, key, v, STR("\n"));
		}
		if (k == s->n)
			d = map_get(s->pardons, key);
		if (!d || ns >= d->until)
			continue;
		*to = (struct muted){.by = "verdict",
		    .rule = d->rule,
		    .author = d->author,
		    .reason = d->reason,
		    .until = d->until};
		return true;
	}
	return false;
}

void
pardons_list(const struct pardons *p, int64_t now, struct buf *b)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t at = 0;
		struct str key;
		void *value;

		while (map_next(p->scopes[i].pardons, &at, &key, &value)) {
			const struct pardon *d = value;
			char text[WHEN_MAX];

			when_text(text, d->until);
			buf_add(b, STR("verdict\t"));
			buf_json(b, d->rule.n ? d->rule : key);
			buf_fmt(b, "\t%s\tuntil %s\n",
			    now >= d->until ? "expired" : "active", text);
		}
	}
}
