/* Lines of the ledger into slots, each chained to the one before. */
#include "ledger_inside.h"
#include "when.h"

static bool
read_intent(struct ledger *l, const struct node *line, uint64_t place)
{
	struct str verb = node_text(node_get(line, STR("do")));
	const struct node *target = node_get(line, STR("target"));
	struct slot s = {.at_ns = l->last_ns, .intent = place, .is = DEED_INTENT};
	struct str net = node_text(node_get(target, STR("ip"))), id, key;
	struct net parsed;

	id = node_text(node_get(line, STR("id")));
	key = node_text(node_get(line, STR("key")));
	s.what = verb.p ? (uint8_t)action_find(verb) : DO_NONE;
	if (!id.p || !key.p || !index_hex(id, s.id) || !index_hex(key, s.key) ||
	    !target || target->type != NODE_MAP || s.what == DO_NONE ||
	    !ledger_terms(line, &s.ttl_s, &s.until_ns) ||
	    index_id(l->index, s.id) != INDEX_NONE)
		return false;
	if (!net.p)
		net = node_text(node_get(target, STR("cidr")));
	if (net.p && !net_parse(net, &parsed))
		return false;
	if (str_eq(node_text(node_get(line, STR("boot"))),
		str_sub(str_of(l->boot), 0, LEDGER_BOOT)))
		node_i64(node_get(line, STR("up")), &s.up_s);
	index_add(l->index, &s);
	return true;
}

/* An incident that wants it, or wants it no more: the whole list, or (of old) the one. */
static bool
read_share(struct ledger *l, const struct node *line, size_t i, bool more, uint64_t place)
{
	struct str incident = node_text(node_get(line, STR("incident")));
	struct deed *d;

	if (incident.n == 0)
		return false;
	if (node_get(line, STR("wanted"))) {
		index_at(l->index, i)->share = place;
		return true;
	}
	l->plain = true;
	d = ledger_deed(l, i);
	if (d)
		(more ? ledger_join : ledger_part)(l, d, incident);
	return d;
}

static bool
read_state(struct ledger *l, size_t i, struct str op, uint64_t place)
{
	struct slot *slot = index_at(l->index, i);

	for (int s = DEED_APPLIED; s <= DEED_EXPIRED; s++) {
		if (!str_eq(op, str_of(deed_state_name((enum deed_state)s))))
			continue;
		slot->is = (uint8_t)s;
		slot->state = place;
		if (i < l->cap && l->v[i])
			l->v[i]->state = (enum deed_state)s;
		return true;
	}
	return false;
}

static bool
read_op(struct ledger *l, const struct node *line, uint64_t place)
{
	struct str op = node_text(node_get(line, STR("op")));
	struct str at = node_text(node_get(line, STR("at")));
	struct str id = node_text(node_get(line, STR("id")));
	uint8_t name[16];
	size_t i;

	if (!op.p || !at.p || !when_parse(at, &l->last_ns))
		return false;
	if (str_eq(op, STR("remark")) || str_eq(op, STR(LEDGER_RECOVERED)))
		return true;
	if (str_eq(op, str_of(deed_state_name(DEED_INTENT))))
		return read_intent(l, line, place);
	i = id.p && index_hex(id, name) ? index_id(l->index, name) : INDEX_NONE;
	if (i == INDEX_NONE)
		return false;
	if (str_eq(op, STR("shared")) || str_eq(op, STR("left")))
		return read_share(l, line, i, op.p[0] == 's', place);
	if (str_eq(op, STR("extended"))) {
		struct slot *s = index_at(l->index, i);

		s->term = place;
		return ledger_terms(line, &s->ttl_s, &s->until_ns);
	}
	return read_state(l, i, op, place);
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
	struct node *node = ledger_node(a, line);
	uint64_t place = (uint64_t)(line.p - l->text.p) + 1;
	bool ok;

	if (l->torn.p) {
		ok = node && closes(l, node) && read_op(l, node, place);
		l->torn = STR_NONE;
	} else if (!node || !next(l, node)) {
		l->torn = line;
		return true;
	} else if (!chained(l, node, l->head)) {
		return false; /* the one before is not what it was */
	} else {
		ok = read_op(l, node, place);
	}
	l->seq++;
	l->last = place - 1;
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
	l->end = text_.n;
	arena_free(a);
	return ok;
}
