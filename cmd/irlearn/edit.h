/*
 * edit - what is done to models without events: add up, show, describe, forget.
 */
#ifndef EDIT_H
#define EDIT_H

#include "habit.h"
#include "opt.h"

struct irlearn_set {
	struct opt_list models;
	const char *lenses, *alpha, *forget;
	int64_t wait_ms;
	size_t max, pending, teach;
	bool train, subtract, frozen, dump, merge, card;
};

/* Add the models, files or snapshots, to what is known.  False: ERR_CONFIG. */
bool edit_load(struct habit *, const struct opt_list *models, struct err *);

/* For --merge, --dump, --card and --forget, whose operands are models, too: the exit
 * status; -1 if the command line asks for none of them. */
int edit_main(const struct opt *own, int argc, char **argv);

#endif
