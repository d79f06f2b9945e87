/*
 * study - learning from verdicts, and measuring what was learned.
 */
#ifndef STUDY_H
#define STUDY_H

#include "model.h"
#include "parts.h"
#include "seen.h"
#include "settings.h"

struct study;

/* `*study` stays NULL when the options ask for none.  False: `e` says why. */
bool study_open(struct study **, const struct irscore_set *, struct filter_run *,
    const struct model *, struct err *);
void study_free(struct study *);

enum filter_do study_take(
    struct study *, struct filter_run *, struct rec *, const struct moment *);

/* Write what was asked for. */
void study_end(struct study *, struct filter_run *);

#endif
