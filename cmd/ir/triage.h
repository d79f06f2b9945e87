/*
 * triage - the whole pipeline over files and directories, changing nothing.
 */
#ifndef TRIAGE_H
#define TRIAGE_H

#include "opt.h"

struct triage {
	const char *site;
	const char *now; /* RFC 3339, or NULL */
	const char *
	    model; /* of irlearn; NULL: normal.model in $XDG_STATE_HOME/ir, if there is one */
	bool json;
	int verbose;
};

/* Returns the exit status; has reported what failed. */
int triage_run(const struct triage *, const struct opt_list *places);

/*
 * The records of the last stage in a file without a name, to be closed; -1: it
 * failed, has been reported, and `status` is the exit status.
 */
int triage_records(const struct triage *, const struct opt_list *places, int *status);

#endif
