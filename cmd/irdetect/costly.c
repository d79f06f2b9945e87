/* Expressions that cost more than they need. */
#include <string.h>

#include "costly.h"

/* Where the atom at `i` ends: an escape, a class, or a character. */
static size_t
atom_end(struct str re, size_t i)
{
	if (re.p[i] == '\\')
		return i + 2;
	if (re.p[i] != '[')
		return i + 1;
	for (i += 2; i < re.n && re.p[i] != ']'; i++)
		if (re.p[i] == '\\')
			i++;
	return i + 1;
}

static bool
repeats_at(struct str re, size_t i)
{
	return i < re.n && (re.p[i] == '*' || re.p[i] == '+');
}

/* Is there a group of nothing but a repeated atom, which itself repeats: (a+)+ */
static bool
is_nested(struct str re)
{
	for (size_t i = 0, end; i < re.n; i = end) {
		end = atom_end(re, i);
		if (re.p[i] != '(' || end >= re.n)
			continue;
		if (str_starts(str_from(re, end), STR("?:")))
			end += 2;
		if (end >= re.n || re.p[end] == '(' || re.p[end] == ')')
			continue;
		i = atom_end(re, end);
		if (repeats_at(re, i) && i + 1 < re.n && re.p[i + 1] == ')' &&
		    repeats_at(re, i + 2))
			return true;
	}
	return false;
}

/* Is there a run of characters that stand for themselves, so that it can be searched for? */
static bool
has_literal(struct str re)
{
	size_t run = 0;

	for (size_t i = 0, end; i < re.n; i = end) {
		bool plain = re.p[i] != '\0' && !strchr(".[](){}|^$*+?\\", re.p[i]);

		end = atom_end(re, i);
		/* "\." and the like stand for themselves, "\d" does not */
		if (re.p[i] == '\\' && i + 1 < re.n)
			plain = strchr("./\\-_:*?+()[]{}|^$ ", re.p[i + 1]) != NULL;
		if (end < re.n && (re.p[end] == '*' || re.p[end] == '?'))
			plain = false;
		run = plain ? run + 1 : 0;
		if (run >= 2)
			return true;
	}
	return false;
}

size_t
costly_why(struct str re, const char *why[COSTLY_MAX])
{
	size_t n = 0;

	if (str_starts(re, STR(".*")) || str_starts(re, STR("^.*")))
		why[n++] = "needs no '.*' at the start:";
	if (is_nested(re))
		why[n++] = "repeats what repeats itself, which can be slow:";
	if (!has_literal(re))
		why[n++] = "has no two letters that could be searched for:";
	return n;
}
