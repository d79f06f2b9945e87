/*
 * rings - playbooks that call one another in a circle.
 *
 * Each by itself may be sound; that they never end shows only when they are seen
 * together.
 */
#ifndef RINGS_H
#define RINGS_H

#include "playbook.h"

struct rings;

struct rings *rings_new(void);
void rings_free(struct rings *);

/* A playbook that was read from `path`; what is kept of it is copied. */
void rings_add(struct rings *, const struct playbook *, struct str path);

/* Each one that leads back to itself through others: its path, and what it calls. */
void rings_each(const struct rings *,
    void (*say)(void *ctx, struct str path, struct str id, struct str by), void *ctx);

#endif
