/*
 * card - what a model is, how two of them differ, and why it says what it says.
 */
#ifndef CARD_H
#define CARD_H

#include "filter.h"
#include "model.h"
#include "opt.h"

/* For --card and --diff: the exit status; -1 if the command line asks for neither. */
int card_main(const struct opt *own, int argc, char **argv);

/* With --explain: the tokens that speak most for and against, in ir.why. */
void card_why(
    const struct model *, const struct moment *, struct filter_run *, struct rec *);

#endif
