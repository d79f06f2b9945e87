/*
 * finds - what the alerts of an incident show and its record does not say.
 *
 * Accounts, keys, files, jobs, processes and places of the attacker, as far as an
 * alert names them in a form that a step can be aimed at.
 */
#ifndef FINDS_H
#define FINDS_H

#include "buf.h"
#include "err.h"
#include "str.h"

#define FINDS_OF 16 /* of one type and incident that are remembered */

enum find_type {
	FIND_ACCOUNT, /* taken over or made; `more`: the action that showed it */
	FIND_KEY,     /* value: its fingerprint, may be empty; `user`: whom it lets in */
	FIND_FILE,    /* left behind; `more`: its SHA-256 */
	FIND_JOB,     /* starts something again; `more`: its kind; a crontab: of `user` */
	FIND_PROCESS, /* value: its program; `more`: its number */
	FIND_PLACE,   /* a path of our web server that was misused */
	FIND_DOMAIN,  /* asked for by what the attacker runs */
	FIND_TOUCHED, /* a directory of ours in which files were changed */
	FIND_ACTOR,   /* an account whose session did it; from where: `source` */
	FIND_CWD,     /* a directory in which the attacker's programs run */
	FIND_TYPES,
};

/* A text is absent or empty where it is not known. */
struct find {
	enum find_type type;
	struct str value, host, user, more;
	struct str source;        /* the address that did it */
	struct str start, sha256; /* of a process */
	struct str event;
	bool made; /* by the attacker; of a place: it is a web shell */
};

struct finds;

/* Remembers at most `max` incidents; the oldest are forgotten first. */
struct finds *finds_new(size_t max);
void finds_free(struct finds *);

/* All texts are copied; what is known already gains only what it lacked. */
void finds_note(struct finds *, struct str incident, const struct find *);

/* Walk those of an incident; start with at = 0, ends with NULL. */
const struct find *finds_next(const struct finds *, struct str incident, size_t *at);

/* A process of a host is part of an incident; the last FINDS_PROCESSES are remembered. */
#define FINDS_PROCESSES 4096
void finds_process(struct finds *, struct str process, struct str incident);
struct str finds_of_process(const struct finds *, struct str process);

/* Whose session a process of a host serves; a text that is too long is left out. */
void finds_session(
    struct finds *, struct str process, struct str user, struct str source);
bool finds_session_of(
    const struct finds *, struct str process, struct str *user, struct str *source);

/* All of all incidents as lines that begin with "find", and one of them back. */
void finds_save(const struct finds *, struct buf *);
bool finds_load(struct finds *, struct str line, struct err *);

/* One incident became part of another. */
void finds_merge(struct finds *, struct str into, struct str from);

#endif
