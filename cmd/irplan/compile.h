/*
 * compile - the short YAML form of a playbook (ir-playbook(5)) made CACAO 2.0.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include "node.h"

/* Is it a playbook in the short form? */
bool compile_wanted(const struct node *root);

/* CACAO JSON, in the arena; absent: `e` says why, with line and column. */
struct str compile(
    struct arena *, const struct node *root, const char *file, struct err *);

#endif
