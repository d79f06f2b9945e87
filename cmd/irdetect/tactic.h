/*
 * tactic - names of ATT&CK tactics and techniques, from a table in share/.
 */
#ifndef TACTIC_H
#define TACTIC_H

#include "cache.h"
#include "err.h"
#include "str.h"

struct tactics;

struct tactics *tactics_load(struct cache *, const char *path, struct err *);
void tactics_free(struct tactics *);

/* Of a tag without "attack.": "credential-access" (or with "_") gives TA0006 and its name. */
bool tactics_tactic(
    const struct tactics *, struct str tag, struct str *id, struct str *name);

/* The name of "T1110" or "T1110.001", or absent. */
struct str tactics_technique(const struct tactics *, struct str id);

#endif
