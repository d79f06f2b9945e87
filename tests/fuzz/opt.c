/* Any words as a command line: parsed, or refused as usage with a reason on one line. */
#include <assert.h>
#include <stdlib.h>

#include "mem.h"
#include "opt.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct set {
	bool flag;
	int verbose;
	const char *text, *choice;
	struct opt_list list;
	size_t count, size;
	int64_t span, time;
};

static const struct opt table[] = {
    OPT_GROUP("All of them"),
    OPT_FLAG('f', "flag", "a flag", struct set, flag),
    OPT_VERB('v', "verbose", "say more", struct set, verbose),
    OPT_TEXT('t', "text", "words", "a text", struct set, text),
    OPT_LIST('k', "key", "path", "repeatable", struct set, list),
    OPT_COUNT('m', "max", "count", "a count", struct set, count),
    OPT_SIZE('s', "size", "size", "a size", struct set, size),
    OPT_SPAN('w', "window", "time", "a span", struct set, span),
    OPT_TIME('n', "now", "time", "a time", struct set, time),
    OPT_CHOICE('c', "form", "text|json", "a choice", struct set, choice),
    OPT_END,
};

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *words = mem_text((struct str){(const char *)p, n}), *argv[64] = {words};
	struct set set = {.count = 1};
	struct opt_set sets[] = {{table, &set}};
	struct opt_list operands = {0};
	struct err e = {0};
	int argc = 1;

	for (char *c = words; (c = strchr(c, '\n')) && argc < 64;) {
		*c++ = '\0';
		argv[argc++] = c;
	}
	if (!opt_parse(sets, 1, argc, argv, &operands, &e)) {
		assert(e.kind == ERR_CONFIG && e.msg[0] && strlen(e.msg) < sizeof(e.msg));
		assert(!strchr(e.msg, '\n') && !strchr(e.msg, '\033'));
	}
	assert(set.count >= 1 && operands.n < 64);
	assert(!set.choice || !strcmp(set.choice, "text") || !strcmp(set.choice, "json"));
	opt_free(sets, 1);
	mem_free(operands.v);
	mem_free(words);
	return 0;
}
