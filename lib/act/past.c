#include "json.h"
#include "past.h"

static const struct node *
tree(struct arena *a, struct str json)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, text = CAT(a, json, pad);

	text.n = json.n;
	return json.n && json_valid(text, NULL) ? node_json(a, text) : NULL;
}

struct past
past_of(struct arena *a, const struct deed *d)
{
	return (struct past){.deed = d,
	    .arena = a,
	    .target = tree(a, d->target),
	    .prior = tree(a, d->prior)};
}

static struct str
text(const struct past *p, const struct node *map, const char *name)
{
	struct str s = node_text(node_get(map, str_of(name)));

	return s.p ? arena_copy(p->arena, s) : s;
}

struct str
past_target(const struct past *p, const char *name)
{
	return text(p, p->target, name);
}

struct str
past_prior(const struct past *p, const char *name)
{
	return text(p, p->prior, name);
}

bool
past_silent(struct err *e, const char *what)
{
	err_set(e, ERR_DATA, "the ledger does not say %s", what);
	return false;
}
