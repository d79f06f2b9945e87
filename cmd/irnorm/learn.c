#include "draft.h"
#include "learn.h"

#define RECURS 2 /* lines of a template that are worth a draft */

/* A line whose header names a program is that program's; any other is a line. */
void
learn_keep(struct unknown *u, const struct norm *n, struct str line)
{
	const struct event *ev = &n->ev;
	struct str text = n->unknown, program = STR_NONE;

	if (!text.p)
		return;
	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	if (ev->tags & TAG_PARTIAL)
		program = event_value(ev, F_PROCESS_NAME);
	if (text.p < line.p || text.p + text.n > line.p + line.n) {
		line = text; /* it was inside something */
		program = STR_NONE;
	} else if (!program.n) {
		text = str_trim(line);
	}
	unknown_keep(u, program, text, line);
}

void
learn_drafts(struct unknown *u, struct arena *a, struct buf *out)
{
	size_t n;
	struct unknown_group *g = unknown_groups(u, a, &n);

	draft_write(g, n, RECURS, a, out);
}
