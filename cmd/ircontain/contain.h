/*
 * contain - the private parts of ircontain: its options, its hands, orders by hand.
 */
#ifndef CONTAIN_H
#define CONTAIN_H

#include "batch.h"
#include "nft.h"

struct set {
	struct act_set act;
	struct opt_list emit, block, unblock, protect, confirm;
	const char *resolvers; /* the file that names them */
	const char *calls;     /* the file that says which are used */
	const char *collect;   /* evidence, by hand */
};

/* --- the packet filter; the picture of it is shared by its actuators --- */

extern const struct actuator block_hands, limit_hands, isolate_hands;

struct netlink *filter_kernel(const struct batch *);

/* May the packet filter do anything to the job's network?  False: it is refused. */
bool filter_harmless(struct batch *, struct job *);

/* Ask for approval where the network is wide, private or only claimed. */
void filter_ask(struct job *);

/* Is the isolation on which a deed stands to be kept?  Sets its time anew. */
bool isolate_confirm(struct batch *, struct deed *, struct err *);

/* Our table as it is; single addresses only if `all` were read. */
const struct nft *filter_picture(struct batch *, bool all);

/* Is exactly this network in the kernel?  1 yes, 0 no, -1 cannot say. */
int filter_has(struct batch *, const struct net *);

/* --emit: is each one well-formed?  Write the files. */
bool emit_valid(const struct opt_list *, struct err *);
void emit_all(struct batch *, const struct opt_list *);

/* Orders by hand; true: there was one. */
bool order_all(struct batch *, const struct set *);

#endif
