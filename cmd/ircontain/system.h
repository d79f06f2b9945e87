/*
 * system - the actuators of ircontain that are no packet filter: files,
 * processes, accounts, keys, sessions, services.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "actuator.h"

extern const struct actuator lock_hands, expire_hands, keys_hands;
extern const struct actuator quarantine_hands, kill_hands, stop_hands;
extern const struct actuator sessions_hands, service_hands, domain_hands;
extern const struct actuator evidence_hands, call_hands;

#endif
