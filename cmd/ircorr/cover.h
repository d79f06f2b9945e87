/*
 * cover - which hosts told of processes and logons, and when they were silent.
 *
 * A root cause is only as good as the records: this says where there were none.
 * Bounded; the host that was heard of longest ago is forgotten.
 */
#ifndef COVER_H
#define COVER_H

#include "filter.h"
#include "pack.h"

#define COVER_SILENT (INT64_C(3600) * 1000000000) /* ns: shorter is no silence */

struct cover;

struct covered {
	bool process, logon; /* it told of such */
	int64_t last;        /* ns */
	int64_t from, to;    /* its longest silence; 0: none */
};

struct cover *cover_new(struct filter_run *);
void cover_free(struct cover *);

/* Note a record of a host. */
void cover_note(struct cover *, struct rec *, struct str host, bool logon, int64_t ns);

/* NULL: nothing is known of it. */
const struct covered *cover_of(const struct cover *, struct str host);

void cover_save(const struct cover *, struct buf *);
void cover_load(struct cover *, struct unpack *);

#endif
