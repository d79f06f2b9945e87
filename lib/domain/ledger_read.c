#include "json.h"
#include "ledger_inside.h"
#include "when.h"

static bool
read_terms(const struct node *line, struct deed *d)
{
	const struct node *ttl = node_get(line, STR("ttl"));
	struct str until = node_text(node_get(line, STR("until")));

	d->until_ns = INT64_MAX;
	return !ttl || (node_i64(ttl, &d->ttl_s) && d->ttl_s > 0 && until.p &&
			   when_parse(until, &d->until_ns));
}

/* As it stands in the line, so that it is written back to the byte. */
static struct str
member_json(struct arena *a, const struct node *line, struct str name)
{
	const struct node *n = node_get(line, name);
	struct buf b = buf_make(LEDGER_PRIOR + 1);
	struct str s = STR_NONE;

	if (n)
		node_write(n, true, &b);
	if (n && !b.full)
		s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool
read_intent(struct ledger *l, struct arena *m, const struct node *line)
{
	struct str id = node_text(node_get(line, STR("id")));
	struct str key = node_text(node_get(line, STR("key")));
	struct str verb = node_text(node_get(line, STR("do")));
	const struct node *target = node_get(line, STR("target"));
	struct deed d = {.state = DEED_INTENT, .at_ns = l->last_ns};
	struct str net = node_text(node_get(target, STR("ip")));

	d.what = verb.p ? action_find(verb) : DO_NONE;
	if (id.n != 32 || key.n != 32 || !target || target->type != NODE_MAP ||
	    d.what == DO_NONE || !read_terms(line, &d))
		return false;
	if (!net.p)
		net = node_text(node_get(target, STR("cidr")));
	if (net.p && !net_parse(net, &d.net))
		return false;
	memcpy(d.id, id.p, id.n);
	memcpy(d.key, key.p, key.n);
	if (str_eq(node_text(node_get(line, STR("boot"))), str_of(l->boot)))
		node_i64(node_get(line, STR("up")), &d.up_s);
	d.target = member_json(m, line, STR("target"));
	d.prior = member_json(m, line, STR("prior"));
	d.on = node_text(node_get(line, STR("on")));
	d.plan = node_text(node_get(line, STR("plan")));
	d.incident = node_text(node_get(line, STR("incident")));
	d.by = node_text(node_get(line, STR("by")));
	d.why = node_text(node_get(line, STR("why")));
	return ledger_remember(l, &d);
}

static bool
read_op(struct ledger *l, struct arena *m, const struct node *line)
{
	struct str op = node_text(node_get(line, STR("op")));
	struct str at = node_text(node_get(line, STR("at")));
	struct str id = node_text(node_get(line, STR("id")));
	struct deed *d;

	if (!op.p || !at.p || !when_parse(at, &l->last_ns))
		return false;
	if (str_eq(op, STR("remark")) || str_eq(op, STR(LEDGER_RECOVERED)))
		return true;
	if (str_eq(op, str_of(deed_state_name(DEED_INTENT))))
		return read_intent(l, m, line);
	d = id.p ? map_get(l->by_id, id) : NULL;
	if (d && (str_eq(op, STR("shared")) || str_eq(op, STR("left")))) {
		struct str incident = node_text(node_get(line, STR("incident")));

		if (incident.n > 0)
			(op.p[0] == 's' ? ledger_join : ledger_part)(l, d, incident);
		return incident.n > 0;
	}
	if (d && str_eq(op, STR("extended")))
		return read_terms(line, d);
	for (int s = DEED_APPLIED; d && s <= DEED_EXPIRED; s++)
		if (str_eq(op, str_of(deed_state_name((enum deed_state)s)))) {
			d->state = (enum deed_state)s;
			return true;
		}
	return false;
}

/* Has it the next number? */
static bool
next(const struct ledger *l, const struct node *line)
{
	const struct node *seq = node_get(line, STR("seq"));
	int64_t n;

	return seq && node_i64(seq, &n) && n == (int64_t)l->seq + 1;
}

/* ... and the hash of the one before? */
static bool
chained(const struct ledger *l, const struct node *line, const char *head)
{
	return next(l, line) &&
	       str_eq(node_text(node_get(line, STR("prev"))), str_of(head));
}

/* The line after one that was cut short must close it. */
static bool
closes(struct ledger *l, const struct node *line)
{
	char head[LEDGER_HASH + 1];

	ledger_hash(l->torn, head);
	return str_eq(node_text(node_get(line, STR("op"))), STR(LEDGER_RECOVERED)) &&
	       chained(l, line, head);
}

static bool
read_line(struct ledger *l, struct arena *a, struct str line)
{
	struct str copy = arena_fmt(a, STR_FMT "%*s", STR_ARG(line), JSON_PAD, "");
	struct node *node = NULL;
	bool ok;

	copy.n -= JSON_PAD;
	if (json_valid(copy, NULL))
		node = node_json(a, copy);
	if (l->torn.p) {
		ok = node && closes(l, node) && read_op(l, a, node);
		l->torn = STR_NONE;
	} else if (!node || !next(l, node)) {
		l->torn = line;
		return true;
	} else if (!chained(l, node, l->head)) {
		return false; /* the one before is not what it was */
	} else {
		ok = read_op(l, a, node);
	}
	l->seq++;
	ledger_hash(line, l->head);
	return ok;
}

/* Whole lines, and perhaps a last one that a crash cut short. */
bool
ledger_read(struct ledger *l, struct str text_, struct err *e)
{
	struct arena *a = arena_new();
	struct str rest = text_;
	unsigned long long n = 0;
	bool ok = true;

	while (ok && rest.n > 0) {
		size_t lf = str_chr(rest, '\n');
		struct str line = str_sub(rest, 0, lf);

		n++;
		rest = lf == STR_NPOS ? STR("") : str_from(rest, lf + 1);
		arena_reset(a);
		l->no_lf = lf == STR_NPOS;
		n -= !(ok = read_line(l, a, line));
	}
	/* one that is whole and wrong was not cut short but changed */
	if (ok && l->torn.p && !l->no_lf && str_ends(l->torn, STR("}")))
		ok = false;
	if (!ok)
		err_set(e, ERR_CONFIG, "%s:%llu: line is damaged or was changed", l->path,
		    n ? n : 1);
	l->gap = l->torn.p || l->no_lf;
	if (l->torn.p)
		ledger_hash(l->torn, l->head);
	l->torn = STR_NONE;
	arena_free(a);
	return ok;
}
