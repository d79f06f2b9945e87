/*
 * envelope - who wrote a line and when, before what it says.
 *
 *   <38>Nov 24 07:37:25 host sshd[42]: text        RFC 3164, with or without priority
 *   2026-11-24T07:37:25.284768+00:00 host sshd[42]: text     the same with ISO time
 *   <38>1 2026-11-24T07:37:25Z host sshd 42 ID [sd x="y"] text           RFC 5424
 *   1700000000.250000 host sshd[42]: text, Tue 2026-11-24 07:37:25 CET host ...  journalctl
 *   sshd[42]: text                                        what journald's `-o cat` leaves
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "str.h"
#include "when.h"

struct envelope {
	struct when when;
	bool has_when;
	struct str stamp; /* its text */
	struct str host, program, pid;
	struct str sub; /* "pam_unix" of "sshd(pam_unix)[42]" */
	struct str priority, msgid, structured;
	struct str body;
};

/*
 * What stood between the time and the pid of the line before: mostly the next line has
 * the same bytes there, and they mean the same.  All zeros at first.
 */
struct envelope_last {
	char lead[96]; /* "host sshd[" */
	size_t n;
	struct {
		unsigned char at, n;
	} host, program, sub;
};

/* False: the line has none of these. */
bool envelope_read(struct str line, struct envelope *, struct envelope_last *);

#endif
