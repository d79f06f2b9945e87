/* Deeds by their slots: looked up, counted, and read from their lines when asked for. */
#include <errno.h>
#include <unistd.h>

#include "json.h"
#include "ledger_inside.h"
#include "mem.h"
#include "when.h"

#define SKEW (INT64_C(10) * WHEN_S)

/* --- lines --- */

static struct str
fetch(const struct ledger *l, uint64_t at)
{
	char *p = arena_alloc(l->scratch, LEDGER_LINE);
	ssize_t n;

	do
		n = pread(l->fd, p, LEDGER_LINE, (off_t)at);
	while (n < 0 && errno == EINTR);
	return (struct str){p, n > 0 ? (size_t)n : 0};
}

/* The line at a place; absent if there is no whole one. */
static struct str
line_at(const struct ledger *l, uint64_t place)
{
	struct str s = l->text.p ? str_from(l->text, (size_t)place - 1)
				 : fetch(l, place - 1);
	size_t lf = str_chr(s, '\n');

	return lf == STR_NPOS && !l->text.p ? STR_NONE : str_sub(s, 0, lf);
}

struct node *
ledger_node(struct arena *a, struct str line)
{
	struct str copy = arena_fmt(a, STR_FMT "%*s", STR_ARG(line), JSON_PAD, "");

	copy.n -= JSON_PAD;
	return json_valid(copy, NULL) ? node_json(a, copy) : NULL;
}

bool
ledger_terms(const struct node *line, int64_t *ttl_s, int64_t *until_ns)
{
	const struct node *ttl = node_get(line, STR("ttl"));
	struct str until = node_text(node_get(line, STR("until")));

	*ttl_s = 0;
	*until_ns = INT64_MAX;
	return !ttl || (node_i64(ttl, ttl_s) && *ttl_s > 0 && until.p &&
			   when_parse(until, until_ns));
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

/* The line at a place, if it is about this deed and says this. */
static const struct node *
about(struct ledger *l, uint64_t place, const char *id, struct str op)
{
	struct str line = line_at(l, place);
	const struct node *n = line.p ? ledger_node(l->scratch, line) : NULL;

	return str_eq(node_text(node_get(n, STR("id"))), str_of(id)) &&
		       str_eq(node_text(node_get(n, STR("op"))), op)
		   ? n
		   : NULL;
}

/* --- one deed --- */

int64_t
ledger_until(const struct ledger *l, const struct slot *s)
{
	int64_t until;

	if (!l->set_s || !s->up_s || !s->ttl_s)
		return s->until_ns;
	until = l->set_ns + (s->ttl_s - (l->set_s - s->up_s)) * WHEN_S;
	if (until - s->until_ns < SKEW && s->until_ns - until < SKEW)
		return s->until_ns;
	return until;
}

struct deed *
ledger_keep(struct ledger *l, size_t i, const struct deed *d)
{
	struct deed *mine = mem_new(1, sizeof(*mine));

	*mine = *d;
	mine->target = arena_copy(l->texts, d->target);
	mine->on = arena_copy(l->texts, d->on);
	mine->prior = arena_copy(l->texts, d->prior);
	mine->plan = arena_copy(l->texts, d->plan);
	mine->incident = arena_copy(l->texts, d->incident);
	mine->also = arena_copy(l->texts, d->also);
	mine->by = arena_copy(l->texts, d->by);
	mine->why = arena_copy(l->texts, d->why);
	mine->nth = i;
	l->v = mem_grow(l->v, &l->cap, i + 1, sizeof(struct deed *));
	l->v[i] = mine;
	return mine;
}

/* Do state and end in a slot stand where it says? */
static bool
borne_out(
    struct ledger *l, const struct slot *s, const char *id, const struct node *intent)
{
	const struct node *terms = intent;
	struct str is = str_of(deed_state_name((enum deed_state)s->is));
	int64_t ttl_s, until_ns;

	if (s->is > DEED_EXPIRED || (s->state ? !about(l, s->state, id, is) : s->is != 0))
		return false;
	if (s->term && !(terms = about(l, s->term, id, STR("extended"))))
		return false;
	return ledger_terms(terms, &ttl_s, &until_ns) && ttl_s == s->ttl_s &&
	       until_ns == s->until_ns;
}

static bool
read_shares(struct ledger *l, const struct slot *s, struct deed *d)
{
	struct str line = line_at(l, s->share);
	const struct node *n = line.p ? ledger_node(l->scratch, line) : NULL;
	const struct node *all = node_get(n, STR("wanted"));

	if (!str_eq(node_text(node_get(n, STR("id"))), str_of(d->id)) || !all)
		return false;
	d->incident = d->also = STR("");
	for (size_t i = 0; i < node_count(all); i++) {
		struct str one = node_text(node_at(all, i));

		if (i == 0)
			d->incident = one;
		else
			d->also = CAT(
			    l->scratch, d->also, i > 1 ? STR(" ") : STR(""), one);
	}
	return true;
}

static bool
read_net(const struct node *target, struct net *net)
{
	struct str text = node_text(node_get(target, STR("ip")));

	if (!text.p)
		text = node_text(node_get(target, STR("cidr")));
	return !text.p || net_parse(text, net);
}

static bool
read_deed(struct ledger *l, const struct slot *s, struct deed *d)
{
	const struct node *line;
	struct str at;
	int64_t at_ns;

	*d = (struct deed){.state = (enum deed_state)s->is,
	    .what = (enum action_do)s->what,
	    .at_ns = s->at_ns,
	    .ttl_s = s->ttl_s,
	    .until_ns = ledger_until(l, s)};
	index_text(s->id, d->id);
	index_text(s->key, d->key);
	line = s->intent ? about(l, s->intent, d->id, STR("intent")) : NULL;
	at = node_text(node_get(line, STR("at")));
	if (!line || !at.p || !when_parse(at, &at_ns) || at_ns != s->at_ns ||
	    !str_eq(node_text(node_get(line, STR("key"))), str_of(d->key)) ||
	    action_find(node_text(node_get(line, STR("do")))) != d->what ||
	    !read_net(node_get(line, STR("target")), &d->net) ||
	    (!l->text.p && !borne_out(l, s, d->id, line)))
		return false;
	d->target = member_json(l->scratch, line, STR("target"));
	d->prior = member_json(l->scratch, line, STR("prior"));
	d->on = node_text(node_get(line, STR("on")));
	d->plan = node_text(node_get(line, STR("plan")));
	d->incident = node_text(node_get(line, STR("incident")));
	d->by = node_text(node_get(line, STR("by")));
	d->why = node_text(node_get(line, STR("why")));
	return !s->share || read_shares(l, s, d);
}

/* --- when an index lied --- */

/* What was asked for or done in this run is put where it belongs in the new one. */
static void
move_over(struct ledger *l, struct index *old, struct deed **v, size_t cap)
{
	for (size_t i = 0; i < cap && i < index_count(old); i++) {
		struct slot s = *index_at(old, i);
		size_t at;

		if (!v[i])
			continue;
		at = index_id(l->index, s.id);
		if (at == INDEX_NONE) {
			at = index_add(l->index, &s);
		} else {
			s.before = index_at(l->index, at)->before;
			*index_at(l->index, at) = s;
		}
		l->v = mem_grow(l->v, &l->cap, at + 1, sizeof(struct deed *));
		if (l->v[at])
			mem_free(l->v[at]);
		l->v[at] = v[i];
		v[i]->nth = at;
	}
}

static bool
distrust(struct ledger *l)
{
	struct ledger was = *l;
	struct err e = {0};

	if (l->text.p) /* it was made of these very bytes */
		return false;
	l->index = index_new();
	l->v = NULL;
	l->cap = 0;
	l->doubt = "it is not what the ledger says";
	if (!ledger_load(l, &e)) {
		mem_free(l->v);
		index_free(l->index);
		*l = was;
		return false;
	}
	move_over(l, was.index, was.v, was.cap);
	index_free(was.index);
	mem_free(was.v);
	memcpy(l->head, was.head, sizeof(l->head));
	l->seq = was.seq;
	l->last_ns = was.last_ns;
	l->end = was.end;
	l->last = was.last;
	return true;
}

struct deed *
ledger_deed(struct ledger *l, size_t i)
{
	struct deed d;

	if (i < l->cap && l->v[i])
		return l->v[i];
	arena_reset(l->scratch);
	if (read_deed(l, index_at(l->index, i), &d))
		return ledger_keep(l, i, &d);
	if (!distrust(l))
		l->broken = true;
	return NULL;
}

/* --- looking up --- */

/* Has it ended, as a slot says?  What has ended stays so. */
static bool
has_ended(struct ledger *l, size_t i)
{
	const struct slot *s = index_at(l->index, i);
	char id[33];

	if ((i < l->cap && l->v[i]) || l->text.p)
		return true;
	index_text(s->id, id);
	arena_reset(l->scratch);
	return s->state && s->is <= DEED_EXPIRED &&
	       about(l, s->state, id, str_of(deed_state_name((enum deed_state)s->is)));
}

struct deed *
ledger_live(struct ledger *l, const char key[ACTION_KEY])
{
	uint8_t k[16];

	while (!l->broken && index_hex(str_of(key), k)) {
		size_t i = index_key(l->index, k);
		struct deed *d;

		if (i == INDEX_NONE)
			return NULL;
		if (!ledger_slot_live(index_at(l->index, i))) {
			if (has_ended(l, i))
				return NULL;
			l->broken = !distrust(l);
		} else if ((d = ledger_deed(l, i))) {
			return d;
		}
	}
	return NULL;
}

struct deed *
ledger_find(struct ledger *l, struct str id)
{
	struct deed *d = NULL;
	uint8_t k[16];

	while (!d && !l->broken && index_hex(id, k)) {
		size_t i = index_id(l->index, k);

		if (i == INDEX_NONE)
			return NULL;
		d = ledger_deed(l, i);
	}
	return d;
}

struct deed *
ledger_next(struct ledger *l, size_t *at)
{
	struct deed *d = NULL;

	while (!d && !l->broken && *at < index_count(l->index))
		if ((d = ledger_deed(l, *at)))
			++*at;
	return d;
}

struct deed *
ledger_next_live(struct ledger *l, enum action_do what, size_t *at)
{
	while (!l->broken && *at < index_count(l->index)) {
		const struct slot *s = index_at(l->index, *at);
		struct deed *d;

		if (!ledger_slot_live(s) || (what != DO_NONE && s->what != what))
			++*at;
		else if ((d = ledger_deed(l, *at))) {
			++*at;
			return d;
		}
	}
	return NULL;
}

struct deed *
ledger_next_since(struct ledger *l, enum action_do what, int64_t from_ns, size_t *at)
{
	while (!l->broken && *at < index_count(l->index)) {
		const struct slot *s = index_at(l->index, *at);
		struct deed *d;

		if (s->at_ns < from_ns || s->what != what)
			++*at;
		else if ((d = ledger_deed(l, *at))) {
			++*at;
			return d;
		}
	}
	return NULL;
}

struct deed *
ledger_next_due(struct ledger *l, int64_t now_ns, size_t *at)
{
	while (!l->broken && *at < index_count(l->index)) {
		const struct slot *s = index_at(l->index, *at);
		struct deed *d;

		if (!ledger_slot_live(s) ||
		    (s->is == DEED_APPLIED && !ledger_slot_over(l, s, now_ns)))
			++*at;
		else if ((d = ledger_deed(l, *at))) {
			++*at;
			return d;
		}
	}
	return NULL;
}
