/*
 * write - the plan record that irplan makes.
 */
#ifndef WRITE_H
#define WRITE_H

#include "choose.h"
#include "rec.h"

/*
 * `by`: the person who proposes it, absent: a program does.  In the record's arena; its steps are noted in `past`.  `time`: raw JSON of the
 * incident's @timestamp.
 */
struct str plan_write(struct rec *, struct str time, const struct facts *,
    const struct choice *, struct past *, struct str by, int64_t expires_ns);

#endif
