/*
 * units - what disabling or removing a unit or an account's file asks of the system around it.
 */
#ifndef UNITS_H
#define UNITS_H

#include "rootfs.h"

/* Where the administrator's units are; they win over all others. */
#define UNITS_ADMIN "/etc/systemd/system"

/* Is it the name of a unit, not of a drop-in or anything else? */
bool units_is(struct str name);

/* May the unit be stopped and removed?  Not those that the system or the way in needs. */
bool units_may_go(struct str unit);

/* The name of a unit that is there, an alias followed, in the arena; absent: there is none. */
struct str units_name(const struct rootfs *, struct arena *, struct str unit);

/* On the running machine only; in an image there is nothing to stop. */
bool units_active(const struct rootfs *, struct str unit);
bool units_stop(const struct rootfs *, struct str unit, struct err *);
bool units_start(const struct rootfs *, struct str unit, struct err *);
bool units_reload(const struct rootfs *, struct err *);

/* The home directory of an account, in the arena; absent: `e` says why. */
struct str units_home(
    const struct rootfs *, struct arena *, struct str user, struct err *);

#endif
