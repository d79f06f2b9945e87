/*
 * accounts - the account database of a system: passwd(5), shadow(5), group(5).
 *
 * Files are edited as text: one line changes, all other bytes stay.  Nothing is
 * asked of name services; an account that is not in the files is not ours.
 */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "arena.h"
#include "err.h"
#include "rootfs.h"
#include "str.h"

#define ACCOUNTS_PASSWD  "/etc/passwd"
#define ACCOUNTS_SHADOW  "/etc/shadow"
#define ACCOUNTS_GROUP   "/etc/group"
#define ACCOUNTS_GSHADOW "/etc/gshadow"

enum passwd_field { PW_NAME, PW_PASS, PW_UID, PW_GID, PW_GECOS, PW_HOME, PW_SHELL };
enum shadow_field {
	SP_NAME,
	SP_PASS,
	SP_CHANGED,
	SP_MIN,
	SP_MAX,
	SP_WARN,
	SP_INACTIVE,
	SP_EXPIRE
};

struct account {
	struct str name, home, shell;
	int64_t uid;
	bool admin; /* in sudo, wheel, admin or root's group, or uid 0 */
};

/* False: `e` says why; ERR_DATA if there is no such account. */
bool account_find(const struct rootfs *, struct arena *, struct str user,
    struct account *, struct err *);

/* How many accounts besides this one may become root and have a shell. */
size_t accounts_admins_but(
    const struct rootfs *, struct arena *, struct str user, struct err *);

/* The line of an account in such a file's text, and one field of a line. */
struct str accounts_line(struct str text, struct str user);
struct str accounts_field(struct str line, unsigned i);

/* The text with one field of an account's line changed, in the arena. */
struct str accounts_with(
    struct arena *, struct str text, struct str user, unsigned i, struct str value);

/* Read such a file; absent: `e` says why. */
struct str accounts_read(
    const struct rootfs *, struct arena *, const char *path, struct err *);

struct account_field {
	unsigned i;
	struct str value;
};

/*
 * Change fields of an account in a file, all in one step, under the lock of
 * lckpwdf(3).  False: ERR_SYS, ERR_DATA if the account is not there.
 */
bool accounts_set(const struct rootfs *, const char *path, struct str user,
    const struct account_field *, size_t n, struct err *);

/* Hold that lock for several changes; waits.  -1: there is none here. */
int accounts_lock(const struct rootfs *);
void accounts_unlock(int);

/* The account of the person who runs this, behind sudo(8) or by login; -1: not known. */
int64_t accounts_operator(void);

#endif
