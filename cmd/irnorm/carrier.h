/*
 * carrier - lines that the journal, a container runtime or kubectl carried.
 *
 * What stands inside is read as if it stood alone; the carrier says when it was
 * written, and by whom where the line does not.
 *
 *   {"__REALTIME_TIMESTAMP":"...","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"..."}    journal, JSON
 *   __REALTIME_TIMESTAMP=... LF ... MESSAGE=... LF                             journal, export
 *   {"log":"...\n","stream":"stdout","time":"..."}                             Docker
 *   2026-11-24T07:37:25.669794202Z stdout F ...                                CRI
 *   [pod/web-1/app] ...    2026-11-24T07:37:25.669794202Z ...                  kubectl
 *   web-1  | ...                                                               Compose
 *   57 <38>1 2026-11-24T07:37:25Z ...                                          RFC 6587
 *   [   12.345678] ...                                                         dmesg
 */
#ifndef CARRIER_H
#define CARRIER_H

#include "norm.h"

/* False: the line was not carried, or nothing knows what is inside; or it is an object. */
bool norm_carried(struct norm *, struct origin *, struct str text);

/* The same of an object, which was read into `leaves`. */
bool norm_carried_object(struct norm *, struct origin *, struct str text);

#endif
