/*
 * peers - who is connected to the SSH server of this machine, logged in.
 *
 * utmp misses sessions without a terminal and sudo drops SSH_CONNECTION, so the
 * connections themselves are looked at.  One whose holder can be seen not to be
 * logged in yet protects nobody: else an attacker would be safe while guessing.
 */
#ifndef PEERS_H
#define PEERS_H

#include "err.h"
#include "guard.h"

/* Add the peers as GUARD_MACHINE.  False (ERR_SYS): the connections could not be read. */
bool peers_guard(struct guard *, struct err *);

#endif
