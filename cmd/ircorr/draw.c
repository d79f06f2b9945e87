#include "draw.h"
#include "escape.h"

void
draw_shown(struct buf *b, struct str s)
{
	size_t n = 0, chars = 0, step;

	for (; n < s.n && chars < DRAW_LINE; chars++) {
		step = buf_utf8(str_from(s, n));
		n += step ? step : 1;
	}
	escape_text(b, str_sub(s, 0, n));
	if (n < s.n)
		buf_add(b, STR("\xe2\x80\xa6"));
}

static bool
has(const struct flow *f, size_t from, size_t to, enum flow_why why)
{
	for (size_t i = 0; i < f->edges; i++)
		if (f->e[i].from == from && f->e[i].to == to && f->e[i].why == why)
			return true;
	return false;
}

bool
draw_news(const struct flow *f, const struct flow_edge *e)
{
	size_t step = e->why == WHY_BY ? e->to : e->from;

	if ((e->why != WHY_BY && e->why != WHY_ON && e->why != WHY_AS) || step == 0 ||
	    f->v[step - 1].kind != FLOW_STEP)
		return true;
	return e->why == WHY_BY ? !has(f, e->from, step - 1, e->why)
				: !has(f, step - 1, e->to, e->why);
}

static void
left(struct buf *b, size_t n, const char *what, size_t *told)
{
	if (n)
		buf_fmt(
		    b, "%s%zu %s%s", (*told)++ ? ", " : "", n, what, n > 1 ? "s" : "");
}

void
draw_left_out(struct buf *b, const struct flow *f)
{
	size_t told = 0;

	left(b, f->things_left, "thing", &told);
	left(b, f->steps_left, "alert", &told);
	left(b, f->edges_left, "edge", &told);
	if (told)
		buf_add(b, STR(" left out"));
}
