/*
 * compose - response actions against ATT&CK techniques, where no playbook fits.
 *
 * From response/actions.tsv and response/techniques.tsv of the toolkit's data.
 */
#ifndef COMPOSE_H
#define COMPOSE_H

#include "bind.h"

struct compose;

struct compose *compose_load(struct err *); /* NULL: ERR_CONFIG */
void compose_free(struct compose *);

/*
 * Call `each` for every action that the incident's techniques ask for, once, in the order of
 * the table; the order is borrowed until it returns.
 */
void compose_orders(const struct compose *, struct facts *,
    void (*each)(void *ctx, const struct order *), void *ctx);

#endif
