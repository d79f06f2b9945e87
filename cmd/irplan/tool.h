/*
 * tool - what irplan does with files of playbooks and plans, not with a stream.
 */
#ifndef TOOL_H
#define TOOL_H

#include "opt.h"

struct settings {
	const char *severity, *site, *notify;
	const char *rules;
	struct opt_list protect, playbooks, history;
	int64_t ttl_ms, ttl_max_ms, valid_ms;
	size_t steps, max;

	bool lint, compile;
	const char *graph, *simulate;

	const char *approve, *keygen, *key, *actor, *reason;
	int64_t expires_ms;
};

/* Is one of its options among the arguments? */
bool tool_wanted(int argc, char **argv);

/* Returns the exit status. */
int tool_main(
    const struct opt *table, const struct settings *defaults, int argc, char **argv);

/* --keygen and --approve.  Returns the exit status. */
struct common;
int approve_keygen(const struct settings *);
int approve_plan(const struct settings *, const struct common *);

/* "dot" or "mermaid"; to standard output. */
struct playbook;
struct buf;
void graph_write(const struct playbook *, bool mermaid, struct buf *);

#endif
