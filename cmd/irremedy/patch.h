/* patch - the actuator for patch-package. */
#ifndef PATCH_H
#define PATCH_H

#include "actuator.h"

extern const struct actuator patch_package;

#endif
