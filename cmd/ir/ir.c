/*
 * ir - the front end: what there is, a demonstration, triage of one's own logs
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "demo.h"
#include "help.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "sandbox.h"
#include "stages.h"
#include "triage.h"

struct set {
	bool short_help, help, version, options, list, json, quiet;
	int verbose;
	const char *site, *now, *model, *completion;
};

static const struct opt options[] = {
    OPT_FILE(0, "site", "file", "triage: what the owner knows", struct set, site),
    OPT_FILE(0, "model", "file", "triage: what irlearn has learned of these hosts",
	struct set, model),
    OPT_FLAG(0, "json", "triage: records instead of text", struct set, json),
    OPT_TEXT(0, "now", "time", "triage: the time to take for now", struct set, now),
    OPT_FLAG(0, "list-cmds", "name the programs and verbs, one a line", struct set, list),
    OPT_FLAG('q', "quiet", "no warnings", struct set, quiet),
    OPT_VERB('v', "verbose", "say more; repeatable", struct set, verbose),
    OPT_FLAG('h', NULL, "short help", struct set, short_help),
    OPT_FLAG(0, "help", "all options", struct set, help),
    OPT_FLAG('V', "version", "the version", struct set, version),
    OPT_FLAG(0, "options", NULL, struct set, options),
    OPT_CHOICE(0, "completion", "bash|zsh|fish", NULL, struct set, completion), OPT_END};

static const char *const examples[] = {"ir demo", "ir triage /var/log",
    "ir triage --json --site site.yaml logs/ | jq .", NULL};

static const char *const programs[] = {"irnorm", "irdetect", "irlearn", "irscore",
    "irdedupe", "ircorr", "irplan", "ircontain", "irremedy", "irreport"};
static const char *const verbs[] = {"demo", "triage", "doctor", "help"};

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

static const char picture[] =
    "ir - incident response, one program a step, JSON lines between them\n\n"
    "  logs | irnorm | irdetect | irdedupe | ircorr | irplan\n"
    "         any log  events to  repeats    alerts to what\n"
    "         to events alerts    folded     incidents to do\n\n"
    "  ir demo              the pipeline over a shipped, real log\n"
    "  ir triage FILE|DIR   the pipeline over your own logs; changes nothing\n"
    "  ir doctor            can everything work here\n"
    "  ir help PROGRAM      its manual page\n"
    "  ir PROGRAM ...       the same as irPROGRAM ...\n";

static int
doctor(struct arena *a)
{
	bool seccomp = sandbox_has_seccomp();
	int landlock = sandbox_landlock();

	printf("%s seccomp\n", seccomp ? "ok  " : "fail");
	printf("%s landlock%s\n", landlock ? "ok  " : "warn",
	    landlock ? "" : ": not in this kernel; seccomp alone guards the filters");
	for (size_t i = 0; i < COUNT(programs); i++)
		if (stages_path(a, programs[i]))
			printf("ok   %s\n", programs[i]);
		else
			printf("warn %s: not installed\n", programs[i]);
	return seccomp ? 0 : 1;
}

/* irX beside this program with the rest of the arguments; returns only on failure. */
static int
run_program(struct arena *a, const char *word, char **argv)
{
	const char *name = arena_fmt(a, "ir%s", word).p, *path = stages_path(a, name);
	const char *all[COUNT(programs) + COUNT(verbs)], *near;
	size_t n = 0;

	if (path) {
		argv[0] = (char *)(uintptr_t)name;
		execv(path, argv);
	}
	for (size_t i = 0; i < COUNT(verbs); i++)
		all[n++] = verbs[i];
	for (size_t i = 0; i < COUNT(programs); i++)
		all[n++] = programs[i] + 2;
	near = opt_nearest(str_of(word), all, n);
	log_error("no command '%s'%s%s%s", word, near ? "; did you mean '" : "",
	    near ? near : "", near ? "'?" : "");
	return ERR_CONFIG;
}

static int
manual(struct arena *a, const struct opt_list *words)
{
	const char *page = "ir";

	if (words->n > 1)
		page = strncmp(words->v[1], "ir", 2) == 0
			   ? words->v[1]
			   : arena_fmt(a, "ir%s", words->v[1]).p;
	execlp("man", "man", page, (char *)NULL);
	log_error("cannot run man");
	return ERR_SYS;
}

static int
verb(struct arena *a, const struct set *set, struct opt_list *words)
{
	struct triage t = {set->site, set->now, set->model, set->json, set->verbose};
	struct opt_list places = {words->v + 1, words->n - 1, 0};
	struct str word = str_of(words->v[0]);

	if (str_eq(word, STR("demo")))
		return demo_run();
	if (str_eq(word, STR("doctor")))
		return doctor(a);
	if (str_eq(word, STR("help")))
		return manual(a, words);
	if (places.n == 0) {
		log_error("triage: which files or directories?");
		return ERR_CONFIG;
	}
	return triage_run(&t, &places);
}

static int
says(const struct set *set, const struct opt_set *sets)
{
	struct help h = {"ir", "the front end of the toolkit", "command [argument ...]",
	    examples, sets, 1};

	if (set->short_help)
		help_short(&h, 1);
	else if (set->help)
		help_long(&h, 1);
	else if (set->options)
		help_options(&h, 1);
	else if (set->completion)
		return help_completion(&h, set->completion, 1) ? 0 : ERR_CONFIG;
	else if (set->version)
		puts("ir " IR_VERSION);
	else if (set->list)
		for (size_t i = 0; i < COUNT(verbs) + COUNT(programs); i++)
			puts(
			    i < COUNT(verbs) ? verbs[i] : programs[i - COUNT(verbs)] + 2);
	else
		return -1;
	return 0;
}

static bool
is_verb(const char *word)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (strcmp(word, verbs[i]) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct set set = {0};
	struct opt_set sets[] = {{options, &set}};
	struct opt_list words = {0};
	struct err e = {0};
	int status;

	log_start("ir");
	if (argc > 1 && argv[1][0] != '-' && !is_verb(argv[1])) {
		status = run_program(a, argv[1], argv + 1);
		arena_free(a);
		return status;
	}
	if (!opt_parse(sets, 1, argc, argv, &words, &e)) {
		log_err(&e);
		mem_free(words.v);
		arena_free(a);
		return (int)e.kind;
	}
	log_set(set.verbose, set.quiet, LOG_TEXT);
	status = says(&set, sets);
	if (status < 0)
		status = words.n                             ? verb(a, &set, &words)
			 : out_write(1, str_of(picture), &e) ? 0
							     : ERR_SYS;
	if (fflush(stdout) != 0 && status == 0) {
		log_error("cannot write");
		status = ERR_SYS;
	}
	mem_free(words.v);
	arena_free(a);
	return status;
}
