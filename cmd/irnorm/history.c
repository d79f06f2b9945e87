#include "history.h"

static bool
is_stamp(struct str s)
{
	if (s.n < 9 || s.n > 11)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* "#1700000000" */
static bool
bash_stamp(struct str line, struct str *stamp)
{
	*stamp = str_from(line, 1);
	return str_starts(line, STR("#")) && is_stamp(*stamp);
}

/* ": 1700000000:0;command" */
static bool
zsh_line(struct str line, struct str *stamp, struct str *command)
{
	struct str rest = str_from(line, 2);
	size_t end = str_chr(rest, ';');

	if (!str_starts(line, STR(": ")) || end == STR_NPOS)
		return false;
	*command = str_from(rest, end + 1);
	rest = str_sub(rest, 0, end);
	*stamp = str_cut(&rest, ':');
	return is_stamp(*stamp);
}

/* Is the file called .bash_history or like it? */
static bool
is_named(const struct origin *o)
{
	const char *slash = o->name ? strrchr(o->name, '/') : NULL;
	struct str base = str_of(slash ? slash + 1 : o->name ? o->name : "");

	return str_glob(STR("*.?*sh_history*"), base) ||
	       str_glob(STR(".*sh_history*"), base) ||
	       str_glob(STR("*sh_history*"), base) || str_eq(base, STR(".history"));
}

/* Whose home the file lies in: /home/NAME/.bash_history, /root/.bash_history. */
static struct str
owner(const struct origin *o)
{
	struct str path = str_of(o->name ? o->name : "");
	size_t slash = str_rchr(path, '/');
	size_t home;

	if (slash == STR_NPOS)
		return STR_NONE;
	path = str_sub(path, 0, slash);
	if (str_ends(path, STR("/root")))
		return STR("root");
	home = str_find(path, STR("/home/"));
	if (home == STR_NPOS && str_starts(path, STR("home/")))
		return str_from(path, 5);
	path = home == STR_NPOS ? STR_NONE : str_from(path, home + 6);
	return path.n && str_chr(path, '/') == STR_NPOS ? path : STR_NONE;
}

bool
norm_history(struct norm *n, struct origin *o, struct str line)
{
	const struct format *f;
	struct str stamp = STR_NONE, command = line;
	bool stamped;

	if (!o->asked_name)
		o->named = is_named(o);
	o->asked_name = true;

	if (n->offset == 0 && !o->history)
		o->history = o->named || bash_stamp(line, &stamp) ||
			     zsh_line(line, &stamp, &command);
	if (!o->history && !o->named)
		return false;
	f = formats_find(n->formats, STR("shell.history"));
	if (!f || !norm_allows(n, f))
		return false;
	command = line;
	stamped = bash_stamp(line, &stamp);
	if (stamped || zsh_line(line, &stamp, &command))
		norm_time(n, stamp);
	if (stamped)
		norm_pair(n, f, STR("shell"), STR("stamp"), STR("stamp"), stamp);
	else
		norm_pair(n, f, STR("shell"), STR("command"), STR("command"), command);
	if (owner(o).n)
		norm_pair(n, f, STR("shell"), STR("owner"), STR("owner"),
		    arena_copy(n->ev.a, owner(o)));
	norm_constants(n, &f->whole);
	return true;
}
