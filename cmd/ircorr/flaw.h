/*
 * flaw - the weakness that let an attacker in, by the names that the world has for it.
 */
#ifndef FLAW_H
#define FLAW_H

#include "incident.h"
#include "lineage.h"

struct flaw {
	const char *word;      /* in the name of a rule; NULL: not found by one */
	const char *does;      /* "an application ..." does that */
	const char *technique; /* of ATT&CK */
	const char *cwe;       /* NULL: none */
	const char *control;   /* what would have stopped it, with ATT&CK's mitigations */
};

/* How somebody logged on who had guessed, or had not. */
const struct flaw *flaw_of_logon(const struct incident *, bool guessed);

/*
 * What the rules of an attack on an application name, the gravest first; `n`: which,
 * from 0.  NULL: no more.
 */
const struct flaw *flaw_of_web(const struct incident *, size_t n);

/* When no rule says what it was. */
const struct flaw *flaw_of_application(void);

/* Why a program that a person or a document started could run. */
const struct flaw *flaw_of_program(const struct origin *);

#endif
