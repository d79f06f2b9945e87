/* Header lines, and rows whose columns are known. */
#include "norm.h"

/* "#open<TAB>2026-11-24-07-37-25": when Zeek began or ended the file. */
static void
opened(struct norm *n, struct str text)
{
	struct str t = str_sub(text, text.n - (text.n < 19 ? text.n : 19), 19);
	char iso[20];

	if (!str_starts(text, STR("#open")) && !str_starts(text, STR("#close")))
		return;
	if (t.n < 19)
		return;
	memcpy(iso, t.p, 19);
	iso[10] = 'T';
	iso[13] = iso[16] = ':';
	norm_time(n, arena_copy(n->ev.a, (struct str){iso, 19}));
}

bool
norm_header(struct norm *n, struct origin *o, struct str text)
{
	enum header_kind kind;

	if (o->frozen) {
		o->tied = true;
		return false;
	}
	kind = header_note(&o->header, text);
	o->headers += kind != HEADER_NONE;
	if (kind == HEADER_NONE)
		return false;
	norm_trace(n, "header\t" STR_FMT "\n", STR_ARG(text));
	event_raw(&n->ev, F_DATASET,
	    kind == HEADER_ZEEK ? STR("\"zeek\"") : STR("\"w3c\""), FROM_CONSTANT);
	norm_generic(n, text, false);
	if (kind == HEADER_ZEEK)
		opened(n, text);
	event_text(&n->ev, F_MESSAGE, text, FROM_ENGINE);
	return true;
}

/* "Nov 24": a line of syslog, of which there are many. */
static bool
starts_bsd(struct str s)
{
	return s.n > 6 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'a' &&
	       s.p[1] <= 'z' && s.p[2] >= 'a' && s.p[2] <= 'z' && s.p[3] == ' ' &&
	       (s.p[4] == ' ' || (s.p[4] >= '0' && s.p[4] <= '9')) && s.p[5] >= '0' &&
	       s.p[5] <= '9';
}

/* A row of the header of its input, or of columns that a format has without one. */
bool
norm_row(struct norm *n, const struct origin *o, struct str text)
{
	struct header_look look;

	if (header_row(o->header, text, n->ev.a, &n->leaves) && norm_object(n))
		return true;
	if (starts_bsd(text))
		return false;
	look = header_look(text);
	for (const struct format *const *f = n->rows; f && *f; f++)
		for (size_t i = 0; i < (*f)->n_columns; i++)
			if (header_may((*f)->columns[i], &look) &&
			    header_row((*f)->columns[i], text, n->ev.a, &n->leaves) &&
			    norm_object(n))
				return true;
	return false;
}
