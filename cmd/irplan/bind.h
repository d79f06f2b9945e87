/*
 * bind - a step of a playbook and an entity of the incident make an action.
 *
 * What has not the form of the verb's target, or must not be touched, becomes no
 * step but a reason.
 */
#ifndef BIND_H
#define BIND_H

#include "action.h"
#include "facts.h"
#include "ground.h"

struct binder {
	struct arena *arena;
	const struct ground *ground;
	const struct facts *facts;
	struct str owner;  /* whom "owner" means; absent: so be it */
	struct str events; /* raw JSON list: the incident's evidence */
	int64_t ttl_s;     /* of a block whose step says nothing */
};

/* A step's command and terms, wherever they come from. */
struct order {
	enum action_do what;
	const struct node *with;  /* literal members of the target, or NULL */
	struct str set;           /* variable whose entities it is for; absent: once */
	const struct node *terms; /* phase, risk, approval, ttl, on, needs, why, blast */
	struct str why;
};

/* Read "VERB {…} __set__:value".  False: there is no such verb. */
bool order_read(struct arena *, struct str command, struct order *);

/*
 * The action for one entity (NULL: the order is for none).  Absent returned: done;
 * else why not.  `value`: what it would have been done to, for a message.
 */
struct str bind_action(const struct binder *, const struct order *,
    const struct node *entity, struct action *, struct str *value);

#endif
