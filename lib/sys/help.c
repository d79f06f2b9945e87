#include <stdarg.h>
#include <stdio.h>

#include "buf.h"
#include "help.h"
#include "out.h"

#define HELP_MAX   ((size_t)256 * 1024)
#define HELP_LINES 24 /* of the short form: it fits a small terminal */
#define HELP_LEFT  26 /* columns that names of options take */

struct text {
	struct buf b;
	size_t lines;
};

static void line(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
line(struct text *t, const char *fmt, ...)
{
	char s[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	buf_add(&t->b, str_of(s));
	buf_ch(&t->b, '\n');
	t->lines++;
}

/* Whoever reads help and goes away has seen enough. */
static void
print(struct buf *b, int fd)
{
	struct err e;

	out_write(fd, buf_str(b), &e);
	buf_free(b);
}

static void
row(struct text *t, const struct opt *o)
{
	char left[128], letter[8] = "    ";
	const char *dashes = o->name ? "--" : "", *name = o->name ? o->name : "";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c%s", o->letter, o->name ? ", " : "");
	snprintf(left, sizeof(left), "%s%s%s%s%s", letter, dashes, name,
	    !opt_has_value(o) ? ""
	    : o->name         ? "="
			      : " ",
	    opt_has_value(o) ? o->arg : "");
	if (strlen(left) < HELP_LEFT)
		line(t, "  %-*s %s", HELP_LEFT, left, o->help);
	else
		line(t, "  %s\n  %*s %s", left, HELP_LEFT, "", o->help);
}

static void
usage(struct text *t, const struct help *h)
{
	line(t, "usage: %s [options]%s%s", h->name, *h->operands ? " " : "", h->operands);
	line(t, "%s - %s", h->name, h->summary);
}

static void
examples(struct text *t, const struct help *h, size_t most)
{
	if (!h->examples || !h->examples[0])
		return;
	line(t, "%s", "");
	line(t, "Examples:");
	for (size_t i = 0; i < most && h->examples[i]; i++)
		line(t, "  %s", h->examples[i]);
}

/* The first `most` rows of a table; how many there are. */
static size_t
rows(struct text *t, const struct opt *table, size_t most)
{
	size_t n = 0;

	OPT_EACH (o, table)
		if (o->help && o->type != OPT_GROUP_ && n++ < most)
			row(t, o);
	return n;
}

/* How many of the program's own rows fit into so many lines. */
static size_t
fitting(const struct opt *table, size_t lines)
{
	struct text t = {buf_make(HELP_MAX), 0};
	size_t n = rows(&t, table, 0);

	for (; n > 0; n--) {
		t.lines = 0;
		buf_reset(&t.b);
		rows(&t, table, n);
		if (t.lines <= lines)
			break;
	}
	buf_free(&t.b);
	return n;
}

void
help_short(const struct help *h, int fd)
{
	struct text t = {buf_make(HELP_MAX), 0};
	size_t n;

	usage(&t, h);
	examples(&t, h, 5);
	n = t.lines + 4 < HELP_LINES ? fitting(h->sets[0].table, HELP_LINES - t.lines - 4)
				     : 0;
	if (n > 0) {
		line(&t, "%s", "");
		line(&t, "Options:");
		rows(&t, h->sets[0].table, n);
	}
	line(&t, "%s", "");
	line(&t, "'%s --help' shows all options, 'man %s' tells all.", h->name, h->name);
	print(&t.b, fd);
}

void
help_long(const struct help *h, int fd)
{
	struct text t = {buf_make(HELP_MAX), 0};

	usage(&t, h);
	examples(&t, h, 5);
	for (size_t i = 0; i < h->n; i++) {
		const struct opt *table = h->sets[i].table;

		if (table->type != OPT_GROUP_ && rows(&t, table, 0) > 0) {
			line(&t, "%s", "");
			line(&t, "%s:", i == 0 ? "Options" : "Common options");
		}
		OPT_EACH (o, table) {
			if (o->type == OPT_GROUP_) {
				line(&t, "%s", "");
				line(&t, "%s:", o->help);
			} else if (o->help) {
				row(&t, o);
			}
		}
	}
	print(&t.b, fd);
}

static const char *
type_name(enum opt_type type)
{
	switch (type) {
	case OPT_FLAG_:
		return "flag";
	case OPT_VERB_:
		return "counted";
	case OPT_TEXT_:
		return "text";
	case OPT_FILE_:
		return "file";
	case OPT_DIR_:
		return "dir";
	case OPT_LIST_:
		return "list";
	case OPT_FILES_:
		return "files";
	case OPT_COUNT_:
		return "count";
	case OPT_SIZE_:
		return "size";
	case OPT_SPAN_:
		return "span";
	case OPT_TIME_:
		return "time";
	case OPT_CHOICE_:
		return "choice";
	case OPT_GROUP_:
	case OPT_END_:
		break;
	}
	return "";
}

void
help_options(const struct help *h, int fd)
{
	struct buf b = buf_make(HELP_MAX);

	for (size_t i = 0; i < h->n; i++) {
		const char *group = i == 0 ? "Options" : "Common options";

		OPT_EACH (o, h->sets[i].table) {
			if (o->type == OPT_GROUP_)
				group = o->help;
			else if (o->help)
				buf_fmt(&b, "%.1s\t%s\t%s\t%s\t%s\t%s\t%zu\n",
				    o->letter ? &o->letter : "", o->name ? o->name : "",
				    type_name(o->type), opt_has_value(o) ? o->arg : "",
				    o->help, group, i);
		}
	}
	print(&b, fd);
}

/* --- completions --- */

static bool
is_path(const struct opt *o)
{
	return o->type == OPT_FILE_ || o->type == OPT_FILES_ || o->type == OPT_DIR_;
}

/* A text in single quotes of a shell; our tables hold no quotes but these. */
static void
quoted(struct buf *b, const char *s)
{
	buf_ch(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_add(b, STR("'\\''"));
		else
			buf_ch(b, *s);
	}
	buf_ch(b, '\'');
}

/* `a|b|c` with blanks between. */
static void
choices(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_ch(b, *s == '|' ? ' ' : *s);
}

#define SHOWN(o) ((o)->help && (o)->type != OPT_GROUP_)

/* A line of a case statement: what to offer behind these options. */
static void
bash_case(struct buf *b, const struct help *h, bool (*is)(const struct opt *),
    const char *offer)
{
	const char *between = "\t";

	for (size_t i = 0; i < h->n; i++)
		OPT_EACH (o, h->sets[i].table) {
			if (!SHOWN(o) || !is(o))
				continue;
			if (o->letter) {
				buf_fmt(b, "%s-%c", between, o->letter);
				between = " | ";
			}
			if (o->name) {
				buf_fmt(b, "%s--%s", between, o->name);
				between = " | ";
			}
		}
	if (*between == ' ')
		buf_fmt(b, ")\n\t\t%s\n\t\treturn\n\t\t;;\n", offer);
}

static bool
is_file(const struct opt *o)
{
	return o->type == OPT_FILE_ || o->type == OPT_FILES_;
}

static bool
is_dir(const struct opt *o)
{
	return o->type == OPT_DIR_;
}

static bool
is_other(const struct opt *o)
{
	return opt_has_value(o) && !is_path(o) && o->type != OPT_CHOICE_;
}

static void
bash(struct buf *b, const struct help *h)
{
	buf_fmt(b, "# bash completion for %s\n_%s()\n{\n", h->name, h->name);
	buf_add(b,
	    STR("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\n"
		"\t# '=' is a word of its own\n"
		"\tif [[ $cur == = ]]; then\n"
		"\t\tcur=\n"
		"\telif [[ $prev == = ]]; then\n"
		"\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
		"\tfi\n"
		"\tcase $prev in\n"));
	for (size_t i = 0; i < h->n; i++)
		OPT_EACH (o, h->sets[i].table)
			if (SHOWN(o) && o->type == OPT_CHOICE_) {
				buf_fmt(b,
				    "\t--%s)\n\t\tmapfile -t COMPREPLY < <(compgen -W '",
				    o->name);
				choices(b, o->arg);
				buf_add(b, STR("' -- \"$cur\")\n\t\treturn\n\t\t;;\n"));
			}
	bash_case(b, h, is_dir, "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")");
	bash_case(b, h, is_file, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
	bash_case(b, h, is_other, "COMPREPLY=()");
	buf_add(b, STR("\tesac\n\tif [[ $cur == -* ]]; then\n\t\tmapfile -t COMPREPLY < "
		       "<(compgen -W '"));
	for (size_t i = 0; i < h->n; i++)
		OPT_EACH (o, h->sets[i].table) {
			if (SHOWN(o) && o->letter)
				buf_fmt(b, "-%c ", o->letter);
			if (SHOWN(o) && o->name)
				buf_fmt(
				    b, "--%s%s ", o->name, opt_has_value(o) ? "=" : "");
		}
	b->n--;
	buf_add(
	    b, STR("' -- \"$cur\")\n\t\t[[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n"
		   "\t\treturn\n\tfi\n"
		   "\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n}\n"));
	buf_fmt(b, "complete -o filenames -F _%s %s\n", h->name, h->name);
}

/* What zsh calls an action: how the value is completed. */
static void
zsh_value(struct buf *b, const struct opt *o)
{
	if (o->type == OPT_CHOICE_) {
		buf_fmt(b, ":%s:(", o->name);
		choices(b, o->arg);
		buf_ch(b, ')');
	} else if (opt_has_value(o)) {
		buf_fmt(b, ":%s:%s", o->arg,
		    is_file(o)  ? "_files"
		    : is_dir(o) ? "_files -/"
				: "");
	}
}

static void
zsh_row(struct buf *b, const struct opt *o, bool letter)
{
	struct buf one = buf_make(4096);
	bool again = o->type == OPT_VERB_ || o->type == OPT_LIST_ ||
		     o->type == OPT_FILES_;

	buf_add(&one, again ? STR("*") : STR(""));
	if (letter)
		buf_fmt(&one, "-%c%s", o->letter, opt_has_value(o) ? "+" : "");
	else
		buf_fmt(&one, "--%s%s", o->name, opt_has_value(o) ? "=" : "");
	buf_ch(&one, '[');
	for (const char *s = o->help; *s; s++) {
		if (strchr("[]:\\", *s))
			buf_ch(&one, '\\');
		buf_ch(&one, *s);
	}
	buf_ch(&one, ']');
	zsh_value(&one, o);
	buf_ch(&one, '\0');
	buf_add(b, STR("\t"));
	quoted(b, one.p);
	buf_add(b, STR(" \\\n"));
	buf_free(&one);
}

static void
zsh(struct buf *b, const struct help *h)
{
	buf_fmt(b, "#compdef %s\n_arguments -s -S \\\n", h->name);
	for (size_t i = 0; i < h->n; i++)
		OPT_EACH (o, h->sets[i].table) {
			if (SHOWN(o) && o->letter)
				zsh_row(b, o, true);
			if (SHOWN(o) && o->name)
				zsh_row(b, o, false);
		}
	buf_add(b, STR("\t'*:file:_files'\n"));
}

static void
fish(struct buf *b, const struct help *h)
{
	for (size_t i = 0; i < h->n; i++)
		OPT_EACH (o, h->sets[i].table) {
			if (!SHOWN(o))
				continue;
			buf_fmt(b, "complete -c %s", h->name);
			if (o->letter)
				buf_fmt(b, " -s %c", o->letter);
			if (o->name)
				buf_fmt(b, " -l %s", o->name);
			if (opt_has_value(o))
				buf_add(b, is_path(o) ? STR(" -rF") : STR(" -x"));
			if (o->type == OPT_CHOICE_) {
				buf_add(b, STR(" -a '"));
				choices(b, o->arg);
				buf_ch(b, '\'');
			}
			buf_add(b, STR(" -d "));
			quoted(b, o->help);
			buf_ch(b, '\n');
		}
}

bool
help_completion(const struct help *h, const char *shell, int fd)
{
	struct buf b = buf_make(HELP_MAX);
	bool known = true;

	if (strcmp(shell, "bash") == 0)
		bash(&b, h);
	else if (strcmp(shell, "zsh") == 0)
		zsh(&b, h);
	else if (strcmp(shell, "fish") == 0)
		fish(&b, h);
	else
		known = false;
	print(&b, fd);
	return known;
}
