/*
 * loose - keys that are spelled in another way: clientIP, client_ip, ClientIp.
 *
 * For formats that say `loose: true`: what the map does not name as it stands is
 * looked up without case and joints, then by its last part alone.
 */
#ifndef LOOSE_H
#define LOOSE_H

#include "format.h"

/* Prepare what loose_find() asks; when the map is complete. */
void loose_make(struct format *);

/* The mapping of a key that the map does not name exactly, or NULL. */
const struct mapping *loose_find(const struct format *, struct str path);

#endif
