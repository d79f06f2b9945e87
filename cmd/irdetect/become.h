/*
 * become - what one value of a rule becomes on its way through the modifiers.
 *
 * One may become several: the three of "base64offset", the entries of a list.
 */
#ifndef BECOME_H
#define BECOME_H

#include "modifier.h"
#include "node.h"

struct become {
	struct str *v; /* marked as pattern.h says; any of them is as good */
	size_t n;
	enum form form; /* bytes, if an encoding came last */
};

/*
 * Send a marked value through all changes; `lists` holds the values of placeholders and
 * may be NULL.  All is in the arena.  False: ERR_DATA.
 */
bool become_all(struct become *, struct arena *, const struct modifiers *,
    const struct node *lists, struct str value, struct err *);

#endif
