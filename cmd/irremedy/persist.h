/* persist - the actuator for remove-persistence. */
#ifndef PERSIST_H
#define PERSIST_H

#include "actuator.h"

extern const struct actuator remove_persistence;

#endif
