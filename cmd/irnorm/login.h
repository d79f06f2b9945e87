/*
 * login - the login databases of Linux: wtmp, btmp, utmp and lastlog.
 *
 * Records of one size, of 32 or 64 bit machines; the size is told from the first
 * ones, lastlog's by the name of the file.  Each is an event; empty ones are none.
 */
#ifndef LOGIN_H
#define LOGIN_H

#include "lines.h"
#include "norm.h"

/* How an input is framed, by its name and first bytes: also the journal's export. */
const struct framing *login_frames(const char *name, struct str head);

/* A record of zeros only. */
bool login_empty(struct str record);

/* False: it is no such record. */
bool norm_login(struct norm *, struct origin *, struct str record);

#endif
