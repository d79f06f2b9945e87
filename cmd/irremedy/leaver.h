/* leaver - the actuator of remove-account. */
#ifndef LEAVER_H
#define LEAVER_H

#include "actuator.h"

extern const struct actuator remove_account;

#endif
