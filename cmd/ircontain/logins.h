/*
 * logins - what a user is logged on with: sessions and all that runs in them.
 *
 * Sessions are those of logind and of utmp; a leader that started after its
 * session is another process by now.  To a session belongs what descends from its
 * leader, is in its kernel session, or is the user's in its control group.
 */
#ifndef LOGINS_H
#define LOGINS_H

#include "pids.h"

#define LOGINS_MAX 64

struct login {
	struct pid leader;
	struct str line, from; /* terminal and remote host; may be absent */
	struct str scope;      /* control group of the leader */
	bool spared;           /* it is ours, or the system's */
};

struct logins {
	struct str user;
	int64_t uid; /* -1: not known */
	struct login v[LOGINS_MAX];
	size_t n;
	bool ours;        /* one of them is spared */
	struct pid *pids; /* members, by number */
	size_t n_pids, cap;
};

/* Sessions of a user; a uid that is -1 is found there, if it is. */
void logins_find(struct arena *, struct logins *);

/* Add the processes that are members now and were not before; returns how many. */
size_t logins_members(struct arena *, struct logins *);

void logins_free(struct logins *);

#endif
