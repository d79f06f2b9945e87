/*
 * The time line of the HTML form: one bar an alert, as inline SVG.
 */
#include "escape.h"
#include "page.h"
#include "when.h"

#define ADD(p, lit) buf_add(&(p)->b, STR(lit))

#define WIDTH 960
#define LEFT  300 /* where the bars begin */
#define RIGHT 60  /* room for the count behind the last bar */
#define ROW   24
#define TICKS 4
#define NAME  40 /* characters of a name */

static double
place(int64_t at, int64_t from, int64_t to)
{
	double share = to > from ? (double)(at - from) / (double)(to - from) : 0;

	return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static void
tick(struct page *p, int64_t at, double x, int height, bool days)
{
	struct when w;

	when_split(at, &w);
	buf_fmt(&p->b,
	    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>"
	    "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">",
	    x, x, height - 22, x, height - 6);
	if (days)
		buf_fmt(
		    &p->b, "%02d-%02d %02d:%02d</text>\n", w.mon, w.day, w.hour, w.min);
	else
		buf_fmt(&p->b, "%02d:%02d:%02d</text>\n", w.hour, w.min, w.sec);
}

static struct str
shortened(struct str s)
{
	size_t n = 0, chars = 0, step;

	while (n < s.n && chars < NAME) {
		step = buf_utf8(str_from(s, n));
		n += step ? step : 1;
		chars++;
	}
	return str_sub(s, 0, n);
}

static void
bar(struct page *p, const struct page_bar *b, int64_t from, int64_t to, int y)
{
	double x = place(b->from, from, to), w = place(b->to, from, to) - x;

	w = w < 6 ? 6 : w;
	buf_fmt(&p->b, "<text class=\"name\" text-anchor=\"end\" x=\"%d\" y=\"%d\">",
	    LEFT - 14, y + 16);
	escape_html(&p->b, shortened(b->name));
	buf_fmt(&p->b,
	    "</text><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"12\" rx=\"3\"/>"
	    "<text class=\"tick\" x=\"%.1f\" y=\"%d\">%lld</text>\n",
	    x, y + 6, w, x + w + 6, y + 16, (long long)b->n);
}

void
page_picture(struct page *p, const struct page_bar *bars, size_t n)
{
	int64_t from = bars[0].from, to = bars[0].to;
	int height = (int)n * ROW + 28;

	for (size_t i = 1; i < n; i++) {
		from = bars[i].from < from ? bars[i].from : from;
		to = bars[i].to > to ? bars[i].to : to;
	}
	buf_fmt(&p->b,
	    "<div class=\"wide\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-label=\"Alerts over time\">\n",
	    WIDTH, height);
	for (int i = 0; i <= TICKS && (i == 0 || to > from); i++) {
		int64_t at = from + (to / TICKS - from / TICKS) * i;

		tick(p, at, place(at, from, to), height,
		    to / 2 - from / 2 > 86400 * WHEN_S);
	}
	for (size_t i = 0; i < n; i++)
		bar(p, &bars[i], from, to, (int)i * ROW);
	ADD(p, "</svg></div>\n");
}
