/* restore - the actuator for restore-path. */
#ifndef RESTORE_H
#define RESTORE_H

#include "actuator.h"

extern const struct actuator restore_path;

#endif
