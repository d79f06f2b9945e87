/*
 * ansible - a plan as a playbook to be read, and run by whoever agrees.
 *
 * Tasks use the modules of the collection irutils.response, so that guard and
 * ledger of each host hold; every text of a record is marked as unsafe, so that
 * nothing in it is taken for a template.
 */
#ifndef ANSIBLE_H
#define ANSIBLE_H

#include "action.h"
#include "plan.h"
#include "site.h"

struct ansible;

/* Files go to `dir`, made if need be.  `host` is this one's name; all are borrowed. */
struct ansible *ansible_new(const char *dir, const struct site *, const char *host);
void ansible_free(struct ansible *);

/* Add a step.  False (ERR_DATA): its plan is not the one that was made, or over. */
bool ansible_step(struct ansible *, const struct plan *, const struct action *,
    int64_t now_ns, struct err *);

/* Write playbook.yaml and inventory.yaml as they are now. */
bool ansible_write(struct ansible *, struct err *);

#endif
