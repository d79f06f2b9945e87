/*
 * judge - what an incident amounts to: class, success, severity.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "attack.h"
#include "incident.h"

/* ir.incident.class, by what was done first and what weighs most. */
struct str judge_class(const struct incident *, const struct attack *);

/* Is there a source at all?  Of none it cannot be said that it is the owner's. */
bool judge_sourced(const struct incident *);

enum success judge_success(const struct incident *, const struct attack *);

enum severity judge_severity(const struct incident *, const struct attack *);

/* A hash of what makes a new version worth writing. */
uint64_t judge_print(const struct incident *, const struct attack *);

#endif
