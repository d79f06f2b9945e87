/*
 * attack - ATT&CK techniques: tactic, class of incident, and words for them.
 *
 * Read from share/attack/techniques.tsv.  A sub-technique that is not listed
 * is answered with its parent.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "err.h"
#include "str.h"

struct technique {
	struct str id;     /* "T1110.001" */
	struct str tactic; /* "credential-access" */
	struct str class;  /* ir.incident.class that it speaks for */
	struct str phrase; /* "guessed passwords" */
	struct str name;
};

struct attack;

/* From the toolkit's data directory; NULL: ERR_CONFIG.  Free with attack_free(). */
struct attack *attack_load(struct err *);

/* The same from text; `name` goes before the messages. */
struct attack *attack_parse(struct str text, const char *name, struct err *);

void attack_free(struct attack *);

/* NULL if neither it nor its parent is listed. */
const struct technique *attack_find(const struct attack *, struct str id);

/* Place of a tactic in the order of an attack, from 1; 0: no such tactic. */
unsigned attack_stage(struct str tactic);

#endif
