/*
 * effect - the loop of programs that act.
 *
 * Two processes: one reads the records, locked in and without privileges, and
 * hands over typed steps and the bytes that pass; the other acts and writes.
 * Steps are gathered as long as input is at hand, so that one transaction does
 * for many, and done before the program waits for more.
 */
#ifndef EFFECT_H
#define EFFECT_H

#include "action.h"
#include "err.h"
#include "openc2.h"
#include "opt.h"
#include "plan.h"

struct effect_run;

struct effect {
	const char *name;
	const char *summary;
	const char *operands;
	const char *const *examples;
	const struct opt *options;
	const void *defaults;
	size_t set_size;

	/* Make ready to act.  NULL: `e` says why. */
	void *(*open)(struct effect_run *, void *set, struct err *);

	/* Orders given by options; true: this run reads no records. */
	bool (*by_hand)(void *state);

	/* A step of a plan, or (plan NULL) one that stood alone.  Texts are lost after the call. */
	void (*step)(void *state, const struct plan *, const struct action *);

	/* With `set`, are steps of other programs taken, too, and not passed on?  May be NULL. */
	bool (*every)(const void *set);

	/* Files of approvals, among the settings, and one that was read; texts as above. */
	const struct opt_list *(*approvals)(const void *set);
	void (*approval)(void *state, const struct approval *);

	/* With `set`, does this run take commands of OpenC2?  And one of them.  May be NULL. */
	bool (*commands)(const void *set);
	void (*command)(void *state, struct openc2 *);

	/* Do what was gathered. */
	void (*act)(void *state);
	void (*close)(void *state);
};

int effect_main(const struct effect *, int argc, char **argv);

#define EFFECT_MAIN(f)                                \
	int main(int argc, char **argv)               \
	{                                             \
		return effect_main(&(f), argc, argv); \
	}

/* Write a record, or text for people. */
void effect_emit(struct effect_run *, struct str record);

/*
 * Note what the exit status has to say: ERR_DATA something was refused,
 * ERR_LATER something waits, ERR_SYS something failed.  The gravest wins, in
 * the order 3, 1, 75.
 */
void effect_ended(struct effect_run *, enum err_kind);

int64_t effect_now(const struct effect_run *);       /* --now, else the clock; ns */
bool effect_given_now(const struct effect_run *);    /* was --now given? */
const char *effect_state(const struct effect_run *); /* --state, or NULL */

/* With text for people on the output, records do not pass. */
void effect_text(struct effect_run *);

#endif
