#include "lost.h"

#include "action.h"

struct lost
lost_make(void)
{
	return (struct lost){buf_make((size_t)256 * 1024), 0};
}

static void
member(struct lost *l, const char *key, struct str value, bool first)
{
	if (!first)
		buf_ch(&l->list, ',');
	buf_fmt(&l->list, "\"%s\":", key);
	buf_json(&l->list, action_cut(value.p ? value : STR(""), ACTION_TEXT));
}

static bool
room(struct lost *l)
{
	if (l->n++ >= LOST_MAX || l->list.n > (size_t)200 * 1024)
		return false;
	buf_add(&l->list, l->list.n ? STR(",{") : STR("[{"));
	return true;
}

void
lost_book(struct lost *l, struct str playbook, struct str why)
{
	if (!room(l))
		return;
	member(l, "playbook", playbook, true);
	member(l, "why", why, false);
	buf_ch(&l->list, '}');
}

void
lost_step(struct lost *l, struct str verb, struct str target, struct str why)
{
	if (!room(l))
		return;
	member(l, "do", verb, true);
	if (target.n)
		member(l, "target", target, false);
	member(l, "why", why, false);
	buf_ch(&l->list, '}');
}

struct str
lost_end(struct lost *l, struct arena *a)
{
	struct str s = STR_NONE;

	if (l->list.n && !l->list.full)
		s = CAT(a, buf_str(&l->list), STR("]"));
	buf_free(&l->list);
	return s;
}
