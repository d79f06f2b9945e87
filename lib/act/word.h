/*
 * word - what a person names on the command line: an address, or kind:value.
 */
#ifndef WORD_H
#define WORD_H

#include "action.h"

/*
 * The step that contains it: 203.0.113.7 is blocked, user:ann locked, host:NAME
 * isolated, domain:NAME blocked, unit:NAME disabled, path:/FILE (or /FILE) taken to
 * the vault, pid:NUMBER stopped.  False (ERR_DATA): it is none of these.
 */
bool word_action(struct arena *, struct str word, struct action *, struct err *);

#endif
