/* rotate - the actuator of rotate-secret. */
#ifndef ROTATE_H
#define ROTATE_H

#include "actuator.h"

extern const struct actuator rotate_secret;

#endif
