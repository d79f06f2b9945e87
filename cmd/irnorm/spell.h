/*
 * spell - time stamps as single products write them.
 *
 * Each reads one from the start of `*s` and moves behind it, like those of when.h;
 * they are asked for by name only, since some could be read in two ways.
 */
#ifndef SPELL_H
#define SPELL_H

#include "when.h"

/* 2026-11-24 07:37:25.250 CEST: an abbreviation that nobody knows is skipped. */
bool spell_zoned(struct str *s, struct when *);

/* 261124  7:37:25, 2026-11-24  7:37:25, 2026/11/24 - 07:37:25 */
bool spell_short(struct str *s, struct when *);

/* 24/Nov/2026 07:37:25, 24 Nov 2026 07:37:25.250, 24-Nov-2026 07:37:25 */
bool spell_dmy(struct str *s, struct when *);

/* 11/24/2026, 7:37:25 PM; 11/24/26 19:37:25.250 */
bool spell_us(struct str *s, struct when *);

/* 11/24/2026-07:37:25.123456, 11/24/26-07:37:25, 11/24-07:37:25 */
bool spell_snort(struct str *s, struct when *);

/* 1124 07:37:25.123456 */
bool spell_klog(struct str *s, struct when *);

#endif
