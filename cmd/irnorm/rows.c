/* Header lines, and rows whose columns are known. */
#include "norm.h"

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
	event_text(&n->ev, F_MESSAGE, text, FROM_ENGINE);
	return true;
}

/* A row of the header of its input, or of columns that a format has without one. */
bool
norm_row(struct norm *n, const struct origin *o, struct str text)
{
	if (header_row(o->header, text, n->ev.a, &n->leaves) && norm_object(n))
		return true;
	for (const struct format *const *f = n->rows; f && *f; f++)
		for (size_t i = 0; i < (*f)->n_columns; i++)
			if (header_row((*f)->columns[i], text, n->ev.a, &n->leaves) &&
			    norm_object(n))
				return true;
	return false;
}
