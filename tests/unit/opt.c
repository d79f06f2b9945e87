/* opt and help: options from a table. */
#include <stdlib.h>
#include <unistd.h>

#include "help.h"
#include "mem.h"
#include "test.h"

struct set {
	bool flag, other;
	int verbose;
	const char *text, *choice;
	struct opt_list list;
	size_t count, size;
	int64_t span, time;
};

static const struct opt table[] = {
    OPT_FLAG('f', "flag", "a flag", struct set, flag),
    OPT_FLAG('g', "other", "another", struct set, other),
    OPT_VERB('v', "verbose", "say more", struct set, verbose),
    OPT_TEXT('t', "text", "words", "a text", struct set, text),
    OPT_LIST('k', "key", "path", "repeatable", struct set, list),
    OPT_COUNT('m', "max", "count", "a count", struct set, count),
    OPT_SIZE(0, "size", "size", "a size", struct set, size),
    OPT_SPAN('w', "window", "time", "a span", struct set, span),
    OPT_TIME(0, "now", "time", "a time", struct set, time),
    OPT_CHOICE(0, "form", "text|json", "a choice", struct set, choice),
    OPT_FLAG(0, "hidden", NULL, struct set, other),
    OPT_END,
};

struct got {
	struct set set;
	struct opt_list operands;
	struct err e;
	bool ok;
};

/* The words of `line`, parsed; they live until the next call. */
static struct got
parse(const char *line)
{
	static char words[512];
	char *argv[32] = {words}, *p = words;
	struct got g = {.e = {.kind = ERR_NONE}};
	struct opt_set sets[] = {{table, &g.set}};
	int argc = 1;

	snprintf(words, sizeof(words), "prog %s", line);
	while ((p = strchr(p, ' ')) && argc < 32) {
		*p++ = '\0';
		argv[argc++] = p;
	}
	g.ok = opt_parse(sets, 1, argc, argv, &g.operands, &g.e);
	return g;
}

static void
forget(struct got *g)
{
	struct opt_set sets[] = {{table, &g->set}};

	opt_free(sets, 1);
	mem_free(g->operands.v);
}

static bool
is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static void
takes_values_in_every_spelling(void)
{
	struct got g = parse("-fvvg -tone --key=a --key b -kc -k d --max 2k --size=64MiB "
			     "-w1h30m --now 1970-01-01T00:00:01Z --form=json in -");

	T(g.ok && g.set.flag && g.set.other && g.set.verbose == 2);
	T(is(g.set.text, "one") && g.set.count == 2000 && g.set.size == (size_t)64 << 20);
	T(g.set.span == 5400000 && g.set.time == 1000000000 && is(g.set.choice, "json"));
	T(g.set.list.n == 4 && is(g.set.list.v[0], "a") && is(g.set.list.v[3], "d"));
	T(g.operands.n == 2 && is(g.operands.v[0], "in") && is(g.operands.v[1], "-"));
	forget(&g);
}

static void
ends_at_two_dashes_and_clears_flags(void)
{
	struct got g = parse("-f --no-flag x -- -f --text");

	T(g.ok && !g.set.flag && g.operands.n == 3 && is(g.operands.v[2], "--text"));
	forget(&g);
	setenv("POSIXLY_CORRECT", "1", 1);
	g = parse("x -f");
	unsetenv("POSIXLY_CORRECT");
	T(g.ok && !g.set.flag && g.operands.n == 2);
	forget(&g);
}

static void
says_what_is_wrong(void)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
	    {"--windw 1", "unknown option '--windw'; did you mean '--window'?"},
	    {"--win=1", "unknown option '--win'"},
	    {"--xyz", "unknown option '--xyz'"},
	    {"--hiden", "unknown option '--hiden'"},
	    {"-fz", "unknown option '-z'"},
	    {"--flag=1", "--flag takes no value"},
	    {"--text", "--text needs a value: words"},
	    {"-t", "-t needs a value: words"},
	    {"-w soon", "--window: 'soon' is not a span of time (say 500ms, 10m, 1h30m)"},
	    {"-m 0", "--max: '0' is not a number from 1 (say 500, 10k, 2M)"},
	    {"-m -1", "--max: '-1' is not a number from 1 (say 500, 10k, 2M)"},
	    {"-m 99999999999999999999", "--max: '99999999999999999999' is not a number "
					"from 1 (say 500, 10k, 2M)"},
	    {"--size 1x", "--size: '1x' is not a size (say 4096, 64MiB, 1GB)"},
	    {"--now now", "--now: 'now' is not a time (say 2026-11-24T06:05:01Z)"},
	    {"--form xml", "--form: 'xml' is not one of text|json"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g = parse(rows[i].line);

		T(!g.ok && g.e.kind == ERR_CONFIG);
		T(strcmp(g.e.msg, rows[i].why) == 0);
		if (strcmp(g.e.msg, rows[i].why) != 0)
			fprintf(stderr, "  %s: %s\n", rows[i].line, g.e.msg);
		forget(&g);
	}
}

static void
shows_no_hidden_option_and_fits_a_screen(void)
{
	struct opt many[60];
	struct set set = {0};
	struct opt_set sets[] = {{many, &set}};
	struct help h = {"prog", "do it", "[file ...]", NULL, sets, 1};
	char out[65536];
	int fds[2], lines = 0;
	ssize_t n;

	for (size_t i = 0; i < 59; i++)
		many[i] = table[i % 11];
	many[59] = table[11];
	T(pipe(fds) == 0);
	help_short(&h, fds[1]);
	n = read(fds[0], out, sizeof(out) - 1);
	out[n > 0 ? n : 0] = '\0';
	for (ssize_t i = 0; i < n; i++)
		lines += out[i] == '\n';
	T(lines > 15 && lines <= 24);
	T(!strstr(out, "hidden"));
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	FACT(takes_values_in_every_spelling);
	FACT(ends_at_two_dashes_and_clears_flags);
	FACT(says_what_is_wrong);
	FACT(shows_no_hidden_option_and_fits_a_screen);
	return TEST_END;
}
