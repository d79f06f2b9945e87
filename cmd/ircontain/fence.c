#include <stdlib.h>

#include "fence.h"

#define BEGIN "ir: begin of what ircontain blocks; do not edit"
#define BARE  " (no line feed before)"
#define END   "ir: end"

/* What stands before, ours, and behind. */
struct parts {
	struct str before, ours, behind;
	bool bare; /* the last line before had no line feed */
	int marks;
};

static bool
is_mark(const struct fence *f, struct str line, struct str what)
{
	return line.n > 2 && line.p[0] == f->comment && line.p[1] == ' ' &&
	       str_eq(str_from(line, 2), what);
}

static struct parts
take_apart(const struct fence *f, struct str text)
{
	struct parts p = {.before = text};
	struct str rest = text, line;

	while (rest.n) {
		size_t at = (size_t)(rest.p - text.p);

		line = str_cut(&rest, '\n');
		if (is_mark(f, line, STR(BEGIN)) || is_mark(f, line, STR(BEGIN BARE))) {
			p.marks += p.marks == 0 ? 1 : 8;
			p.bare = str_ends(line, STR(BARE));
			p.before = str_sub(text, 0, at - (p.bare && at));
			p.ours = rest;
		} else if (is_mark(f, line, STR(END))) {
			p.marks += p.marks == 1 ? 2 : 8;
			if (p.marks == 3)
				p.ours = str_sub(p.ours, 0, (size_t)(line.p - p.ours.p));
			p.behind = rest;
		}
	}
	if (f->head && str_starts(p.ours, str_of(f->head)))
		str_cut(&p.ours, '\n');
	return p;
}

bool
fence_sound(const struct fence *f, struct str text, struct err *e)
{
	struct parts p = take_apart(f, text);

	if (p.marks == 0 || p.marks == 3)
		return true;
	err_set(e, ERR_DATA, "the marks around what ircontain wrote are damaged");
	return false;
}

static bool
among(struct str lines, struct str line)
{
	while (lines.n)
		if (str_eq(str_cut(&lines, '\n'), line))
			return true;
	return false;
}

bool
fence_has(const struct fence *f, struct str text, struct str line)
{
	struct parts p = take_apart(f, text);

	return p.marks == 3 && among(p.ours, line);
}

/* The lines with one more, in order, or without it. */
static struct str
lines_with(struct arena *a, struct str lines, struct str line, bool in)
{
	struct str before = lines, rest = lines;

	while (rest.n) {
		struct str at = rest, one = str_cut(&rest, '\n');
		int order = str_cmp(one, line);

		before = str_sub(lines, 0, (size_t)(at.p - lines.p));
		if (order == 0)
			return in ? lines : CAT(a, before, rest.p ? rest : STR(""));
		if (order > 0)
			return in ? CAT(a, before, line, STR("\n"), at) : lines;
	}
	return in ? CAT(a, lines, line, STR("\n")) : lines;
}

struct str
fence_with(
    struct arena *a, const struct fence *f, struct str text, struct str line, bool in)
{
	struct parts p = take_apart(f, text);
	struct str ours = lines_with(a, p.marks == 3 ? p.ours : STR(""), line, in);
	struct str mark = arena_fmt(a, "%c ", f->comment);

	if (p.marks == 0)
		p.bare = p.before.n && !str_ends(p.before, STR("\n"));
	if (ours.n == 0)
		return CAT(a, p.before, p.behind);
	return CAT(a, p.before, p.bare ? STR("\n") : STR(""), mark,
	    p.bare ? STR(BEGIN BARE "\n") : STR(BEGIN "\n"),
	    f->head ? arena_fmt(a, "%s\n", f->head) : STR(""), ours, mark, STR(END "\n"),
	    p.behind);
}
