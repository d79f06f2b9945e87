/*
 * naming - names of fields that no event of a logsource is known to have, and of
 * logsources that there are not.
 */
#ifndef NAMING_H
#define NAMING_H

#include "logsource.h"

/* What is said of a name: absent, it is known or nobody can tell; else the rest of a
 * sentence, in the arena. */
struct str naming_why(
    const struct sources *, const struct logsource *, struct str name, struct arena *);

/* What a logsource that no table knows may have been meant to be: the rest of a sentence,
 * or nothing. */
struct str naming_logsource(
    const struct sources *, const struct logsource *, struct arena *);

#endif
