/*
 * journal - entries of systemd's journal, as JSON and in its export format.
 *
 * An entry is a syslog line whose parts have names; what the journal itself saw
 * of the sender (names that begin with "_") is kept beside it.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "norm.h"

/* One object that json_valid() passed.  False: it is no entry. */
bool norm_journal_json(struct norm *, struct origin *, struct str text);

/* One entry: lines NAME=value, or NAME, its length in eight bytes, value. */
bool norm_journal_export(struct norm *, struct origin *, struct str text);

/* Bytes of the entry at the start, with the empty line behind it; 0: not all is there. */
size_t journal_frame(struct str have, bool eof);

#endif
