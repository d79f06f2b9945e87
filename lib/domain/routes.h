/*
 * routes - the gateways of all routing tables, from the kernel.
 */
#ifndef ROUTES_H
#define ROUTES_H

#include "err.h"
#include "guard.h"

/* Add every gateway and next hop as GUARD_MACHINE.  False (ERR_SYS): the kernel did not tell. */
bool routes_guard(struct guard *, struct err *);

#endif
