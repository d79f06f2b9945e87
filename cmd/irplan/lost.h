/*
 * lost - what is not in a plan, and why: playbooks and steps.
 */
#ifndef LOST_H
#define LOST_H

#include "arena.h"
#include "buf.h"
#include "str.h"

#define LOST_MAX 60 /* that are listed in one plan */

struct lost {
	struct buf list;
	size_t n;
};

struct lost lost_make(void);
void lost_book(struct lost *, struct str playbook, struct str why);
void lost_step(struct lost *, struct str verb, struct str target, struct str why);

/* The JSON list, in the arena; absent: nothing lost.  Frees it. */
struct str lost_end(struct lost *, struct arena *);

#endif
