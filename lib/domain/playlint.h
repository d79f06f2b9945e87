/*
 * playlint - the parts of what playbook_check() looks for, each in a file of its own.
 */
#ifndef PLAYLINT_H
#define PLAYLINT_H

#include "playbook.h"

/* playvars: variables that are used, declared, set, and what their values are. */
void playlint_variables(const struct playbook *, struct playbook_ear *);

/* playparts: agents, targets and commands. */
void playlint_parts(const struct playbook *, struct playbook_ear *);

/* playterms: names of members, words of vocabularies, what is referred to but not there. */
void playlint_terms(const struct playbook *, struct playbook_ear *);

/* A foreign text, as long as fits into a message. */
struct str playlint_cut(struct str);

#endif
