/*
 * machine - what this machine needs to stay reachable and to work.
 *
 * Read anew at each run: own addresses, gateways of all routing tables,
 * resolvers, the peers of sessions, and the servers that its configuration
 * names by address.  All go to the guard as GUARD_MACHINE.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "err.h"
#include "guard.h"

/*
 * Fill the guard.  False (ERR_SYS): something that is always there could not be
 * read, so the guard would have a hole; files that need not be there may miss.
 */
bool machine_guard(struct guard *, struct err *);

#endif
