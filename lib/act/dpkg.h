/*
 * dpkg - what Debian's package database says, read from its files.
 *
 * Works on a mounted image as on the machine; nothing is run and no lock taken.
 * Files: /var/lib/dpkg/status (deb822 stanzas) and /var/lib/dpkg/info/NAME.list.
 */
#ifndef DPKG_H
#define DPKG_H

#include "arena.h"
#include "err.h"
#include "rootfs.h"
#include "str.h"

#define DPKG_STATUS "/var/lib/dpkg/status"

/* Is this a system with that database? */
bool dpkg_there(const struct rootfs *);

/*
 * The version of a package that is installed, in the arena.  Absent: it is not
 * installed (`e` has kind ERR_NONE), or the database cannot be read.
 */
struct str dpkg_version(
    const struct rootfs *, struct arena *, struct str package, struct err *);

/*
 * The package that a file came with, in the arena; absent: none, or (`e`) the
 * database cannot be read.  /bin/x and /usr/bin/x are one file (merged /usr).
 */
struct str dpkg_owner(
    const struct rootfs *, struct arena *, struct str path, struct err *);

/* Order of two versions, < 0, 0 or > 0: Debian Policy, section 5.6.12. */
int dpkg_compare(struct str a, struct str b);

#endif
