/* How much was done, and when: counted in the slots alone. */
#include "ledger_inside.h"
#include "when.h"

bool
ledger_slot_live(const struct slot *s)
{
	return s->is == DEED_INTENT || s->is == DEED_APPLIED || s->is == DEED_UNDOING;
}

bool
ledger_slot_over(const struct ledger *l, const struct slot *s, int64_t now_ns)
{
	return s->ttl_s > 0 && ledger_until(l, s) <= now_ns;
}

size_t
ledger_in_force(const struct ledger *l, enum action_do what, int64_t now_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < index_count(l->index); i++) {
		const struct slot *s = index_at(l->index, i);

		n += s->what == what && ledger_slot_live(s) &&
		     !ledger_slot_over(l, s, now_ns);
	}
	return n;
}

size_t
ledger_since(const struct ledger *l, int64_t from_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < index_count(l->index); i++)
		n += index_at(l->index, i)->at_ns >= from_ns;
	return n;
}

size_t
ledger_count(const struct ledger *l, enum action_do what, int64_t from_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < index_count(l->index); i++) {
		const struct slot *s = index_at(l->index, i);

		n += s->at_ns >= from_ns && s->what == what && s->is != DEED_FAILED;
	}
	return n;
}

size_t
ledger_times(const struct ledger *l, const char key[ACTION_KEY], int64_t from_ns)
{
	uint8_t k[16];
	size_t n = 0, i = index_hex(str_of(key), k) ? index_key(l->index, k) : INDEX_NONE;

	while (i != INDEX_NONE) {
		const struct slot *s = index_at(l->index, i);

		n += s->at_ns >= from_ns && s->is != DEED_FAILED;
		/* always an earlier one, whatever a file says */
		i = s->before && s->before <= i ? s->before - 1 : INDEX_NONE;
	}
	return n;
}

/* A bucket that was full when the span began; it says what it holds now. */
int64_t
ledger_bucket(const struct ledger *l, int64_t size, int64_t each, int64_t now_ns)
{
	int64_t from = now_ns - size, level = size, at = from;

	for (size_t i = 0; i < index_count(l->index); i++) {
		int64_t when = index_at(l->index, i)->at_ns;

		if (when < from || when > now_ns)
			continue;
		if (when > at) {
			level += when - at;
			at = when;
		}
		level = (level < size ? level : size) - each;
		if (level < 0)
			level = 0;
	}
	level += now_ns - at;
	return level < size ? level : size;
}

bool
ledger_rebase(struct ledger *l, int64_t now_ns)
{
	bool set = false;

	l->set_ns = now_ns;
	l->set_s = ledger_up_s();
	for (size_t i = 0; !set && i < index_count(l->index); i++) {
		const struct slot *s = index_at(l->index, i);

		set = ledger_slot_live(s) && ledger_until(l, s) != s->until_ns;
	}
	if (!set)
		l->set_s = 0;
	for (size_t i = 0; set && i < l->cap && i < index_count(l->index); i++)
		if (l->v[i] && deed_live(l->v[i]))
			l->v[i]->until_ns = ledger_until(l, index_at(l->index, i));
	return set;
}
