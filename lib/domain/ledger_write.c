#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "ledger_inside.h"
#include "out.h"
#include "sha256.h"
#include "when.h"

static void
text(struct buf *b, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, s);
}

void
ledger_hash(struct str line, char out[LEDGER_HASH + 1])
{
	struct sha256 s;
	uint8_t sum[SHA256_SIZE];

	sha256_init(&s);
	sha256_add(&s, line);
	sha256_end(&s, sum);
	sha256_hex(sum, out, LEDGER_HASH);
}

static void
begin(struct ledger *l, struct buf *b, const char *op, int64_t now_ns)
{
	char at[WHEN_MAX];

	when_text(at, now_ns);
	*b = buf_make(LEDGER_LINE);
	buf_fmt(b, "{\"seq\":%llu,\"prev\":\"%s\",\"at\":\"%s\",\"op\":\"%s\"",
	    (unsigned long long)++l->seq, l->head, at, op);
	l->last_ns = now_ns;
	l->last = l->end;
	l->changed = true;
}

static void
end(struct ledger *l, struct buf *b)
{
	buf_ch(b, '}');
	assert(!b->full);
	ledger_hash(buf_str(b), l->head);
	buf_ch(b, '\n');
	l->end += b->n;
	buf_add(&l->pending, buf_str(b));
	buf_free(b);
}

/* The slot of a deed, about to be changed by the line that begins here. */
static struct slot *
slot_of(struct ledger *l, const struct deed *d, uint64_t *place)
{
	*place = l->end + 1;
	index_touch(l->index, d->nth);
	return index_at(l->index, d->nth);
}

struct deed *
ledger_intend(struct ledger *l, const struct deed *d, int64_t now_ns)
{
	struct slot slot = {.is = DEED_INTENT, .what = (uint8_t)d->what};
	struct deed new = *d;
	char until[WHEN_MAX], at[WHEN_MAX], n[24];
	struct buf b;

	when_text(at, now_ns);
	snprintf(n, sizeof(n), "%llu", (unsigned long long)l->seq);
	sha256_id(new.id, 4,
	    (struct str[]){STR("action"), str_of(d->key), str_of(at), str_of(n)});
	new.state = DEED_INTENT;
	new.at_ns = now_ns;
	new.until_ns = d->ttl_s ? now_ns + d->ttl_s *WHEN_S : INT64_MAX;
	when_text(until, new.until_ns);
	slot.intent = l->end + 1;
	begin(l, &b, deed_state_name(DEED_INTENT), now_ns);
	buf_fmt(&b, ",\"id\":\"%s\",\"key\":\"%s\",\"do\":\"%s\",\"target\":" STR_FMT,
	    new.id, new.key, action_verb(d->what)->name, STR_ARG(d->target));
	text(&b, "on", d->on);
	if (d->ttl_s)
		buf_fmt(&b, ",\"ttl\":%lld,\"until\":\"%s\"", (long long)d->ttl_s, until);
	if (d->ttl_s && l->boot[0])
		buf_fmt(&b, ",\"boot\":\"%.*s\",\"up\":%lld", LEDGER_BOOT, l->boot,
		    (long long)(slot.up_s = ledger_up_s()));
	if (d->prior.n > 0 && d->prior.n <= LEDGER_PRIOR) {
		buf_add(&b, STR(",\"prior\":"));
		buf_add(&b, d->prior);
	}
	text(&b, "plan", d->plan);
	text(&b, "incident", d->incident);
	text(&b, "by", d->by);
	text(&b, "agreed", d->agreed);
	text(&b, "why", d->why);
	if (action_verb(d->what)->undo)
		text(&b, "undo", str_of(action_verb(d->what)->undo));
	end(l, &b);
	slot.at_ns = new.at_ns;
	slot.ttl_s = new.ttl_s;
	slot.until_ns = new.until_ns;
	index_hex(str_of(new.id), slot.id);
	index_hex(str_of(new.key), slot.key);
	return ledger_keep(l, index_add(l->index, &slot), &new);
}

void
ledger_outcome(struct ledger *l, struct deed *d, enum deed_state state, struct str reason,
    int64_t now_ns)
{
	uint64_t place;
	struct slot *s = slot_of(l, d, &place);
	struct buf b;

	s->is = (uint8_t)state;
	s->state = place;
	begin(l, &b, deed_state_name(state), now_ns);
	text(&b, "id", str_of(d->id));
	text(&b, "reason", action_cut(reason, ACTION_TEXT));
	end(l, &b);
	d->state = state;
}

void
ledger_extend(struct ledger *l, struct deed *d, int64_t ttl_s, int64_t now_ns)
{
	char until[WHEN_MAX];
	uint64_t place;
	struct slot *s = slot_of(l, d, &place);
	struct buf b;

	s->term = place;
	s->ttl_s = d->ttl_s = ttl_s;
	s->until_ns = d->until_ns = d->at_ns + ttl_s * WHEN_S;
	when_text(until, d->until_ns);
	begin(l, &b, "extended", now_ns);
	text(&b, "id", str_of(d->id));
	buf_fmt(&b, ",\"ttl\":%lld,\"until\":\"%s\"", (long long)ttl_s, until);
	end(l, &b);
}

/* --- deeds that several incidents want --- */

static bool
in_words(struct str words, struct str w)
{
	while (words.p)
		if (str_eq(str_cut(&words, ' '), w))
			return true;
	return false;
}

bool
deed_wanted_by(const struct deed *d, struct str incident)
{
	return incident.n > 0 &&
	       (str_eq(d->incident, incident) || in_words(d->also, incident));
}

void
ledger_join(struct ledger *l, struct deed *d, struct str incident)
{
	if (d->also.n + incident.n < LEDGER_SHARED)
		d->also = d->also.n ? CAT(l->texts, d->also, STR(" "), incident)
				    : arena_copy(l->texts, incident);
}

void
ledger_part(struct ledger *l, struct deed *d, struct str incident)
{
	struct str rest = d->also, kept = STR("");

	if (str_eq(d->incident, incident)) {
		d->incident = str_cut(&rest, ' ');
		d->also = rest.p ? rest : STR("");
		return;
	}
	while (rest.p) {
		struct str w = str_cut(&rest, ' ');

		if (!str_eq(w, incident))
			kept = kept.n ? CAT(l->texts, kept, STR(" "), w) : w;
	}
	d->also = kept;
}

/* All that want it are in the line, so that it is enough by itself. */
static void
note_incident(
    struct ledger *l, struct deed *d, const char *op, struct str incident, int64_t now_ns)
{
	uint64_t place;
	struct slot *s = slot_of(l, d, &place);
	struct str rest = d->also;
	struct buf b;

	s->share = place;
	begin(l, &b, op, now_ns);
	text(&b, "id", str_of(d->id));
	text(&b, "incident", incident);
	buf_add(&b, STR(",\"wanted\":["));
	buf_json(&b, d->incident);
	while (rest.n > 0) {
		buf_ch(&b, ',');
		buf_json(&b, str_cut(&rest, ' '));
	}
	buf_ch(&b, ']');
	end(l, &b);
}

void
ledger_share(struct ledger *l, struct deed *d, struct str incident, int64_t now_ns)
{
	if (incident.n == 0 || str_chr(incident, ' ') != STR_NPOS ||
	    deed_wanted_by(d, incident))
		return;
	ledger_join(l, d, incident);
	note_incident(l, d, "shared", incident, now_ns);
}

bool
ledger_leave(struct ledger *l, struct deed *d, struct str incident, int64_t now_ns)
{
	if (d->also.n == 0 || !deed_wanted_by(d, incident))
		return false;
	ledger_part(l, d, incident);
	note_incident(l, d, "left", incident, now_ns);
	return true;
}

void
ledger_remark(struct ledger *l, const char *what, struct str target, struct str by,
    struct str reason, int64_t now_ns)
{
	struct buf b;

	begin(l, &b, "remark", now_ns);
	text(&b, "what", str_of(what));
	if (target.n > 0) {
		buf_add(&b, STR(",\"target\":"));
		buf_add(&b, target);
	}
	text(&b, "by", by);
	text(&b, "why", action_cut(reason, ACTION_TEXT));
	end(l, &b);
}

bool
ledger_sync(struct ledger *l, struct err *e)
{
	bool ok = !l->pending.full && !l->broken;

	if (l->pending.n == 0 && ok)
		return true;
	if (l->broken)
		err_set(e, ERR_SYS, "the ledger is not what it was when it was opened");
	else if (!ok)
		err_set(e, ERR_SYS, "too much for one write to '%s'", l->path);
	ok = ok && out_write(l->fd, buf_str(&l->pending), e);
	if (ok && fsync(l->fd) < 0) {
		err_sys(e, ERR_SYS, "cannot sync");
		ok = false;
	}
	if (!ok) {
		err_at(e, "%s", l->path);
		l->broken = true;
	}
	buf_reset(&l->pending);
	return ok;
}

/* Behind what was cut short: a line of its own, and one that says so. */
void
ledger_close_gap(struct ledger *l, int64_t now_ns)
{
	struct buf b;

	if (!l->gap)
		return;
	if (l->no_lf) {
		buf_ch(&l->pending, '\n');
		l->end++;
	}
	begin(l, &b, LEDGER_RECOVERED, now_ns);
	end(l, &b);
	l->gap = false;
	l->closed = true;
}
