/*
 * contain - the private parts of ircontain: its options, its hands, orders by hand.
 */
#ifndef CONTAIN_H
#define CONTAIN_H

#include "batch.h"
#include "nft.h"

struct set {
	struct act_set act;
	struct opt_list block, unblock, protect;
};

/* --- the packet filter; the picture of it is shared by its actuators --- */

extern const struct actuator block_hands;

/* The kernel's table as it is, with what was planned in this batch. */
struct nft *filter_picture(struct batch *);

/* Orders by hand; true: there was one. */
bool order_all(struct batch *, const struct set *);

#endif
