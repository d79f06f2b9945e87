/*
 * spare - accounts that no verb locks or removes, whoever asks.
 */
#ifndef SPARE_H
#define SPARE_H

#include "accounts.h"
#include "batch.h"

/*
 * Find the job's account.  False: the job says why not - there is none, it is the
 * superuser, the operator or the last one with administrator rights.  Those of
 * administrators, services and critical ones need approval.
 */
bool spare_account(struct batch *, struct job *, struct account *);

#endif
