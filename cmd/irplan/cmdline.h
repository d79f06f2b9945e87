/*
 * cmdline - what a logged command line leaves behind: files, keys, accounts, units.
 *
 * A guess at what a shell would do, good enough to look where somebody left
 * something; each finding must have the form of a target before it is used.
 */
#ifndef CMDLINE_H
#define CMDLINE_H

#include "arena.h"
#include "str.h"

enum cmdline_kind {
	CMDLINE_FILE,    /* an absolute path that is written */
	CMDLINE_KEY,     /* a public key of SSH: its fingerprint */
	CMDLINE_ACCOUNT, /* an account that is made */
	CMDLINE_UNIT,    /* a unit that is started at boot */
	CMDLINE_CRONTAB, /* whose crontab is replaced; empty: the caller's own */
};

/* Texts are borrowed from the line or in the arena. */
void cmdline_read(struct arena *, struct str line,
    void (*found)(void *ctx, enum cmdline_kind, struct str), void *ctx);

#endif
