/*
 * choice - the patterns of a format that a text can fit, by its first byte.
 *
 * One table for each byte, patterns in the order of the rules, each with what
 * rules it out at a glance: a line meets hundreds of patterns and fits one.
 */
#ifndef CHOICE_H
#define CHOICE_H

#include "arena.h"
#include "motif.h"

struct format;
struct rule;

struct choice {
	uint64_t bytes, mask;      /* what a text starts with: up to eight bytes */
	const struct rule *rule;   /* NULL at the end of a table */
	const struct motif *motif; /* NULL: the regex of the rule */
	const uint32_t *literal;   /* a number of pick.h */
	int rare;                  /* a byte that the text must hold; -1: none is known */
};

/* Fill in `choices` of a format whose rules are loaded; lives in the arena. */
void choices_make(struct arena *, struct format *);

#endif
