/*
 * netlink - messages to the packet filter of the kernel, and its answers.
 *
 * Messages are gathered in `out` and sent together; attributes nest as they are
 * opened and closed.  What the kernel says is taken apart within its bounds.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include "buf.h"
#include "err.h"

struct netlink {
	int fd;
	uint32_t seq, first; /* of the last message; of the first one that is out */
	struct buf out;
	char *in;
};

/* NULL (ERR_SYS): there is no such socket. */
struct netlink *netlink_open(struct err *);
void netlink_close(struct netlink *);

/* --- to the kernel --- */

/* Begin a message of nf_tables; returns where it begins, to close it. */
size_t netlink_message(struct netlink *, uint16_t what, uint16_t flags);
void netlink_close_message(struct netlink *, size_t at);

/* An attribute with others in it; returns where it begins. */
size_t netlink_open_attr(struct netlink *, uint16_t type);
void netlink_close_attr(struct netlink *, size_t at);

/* A whole one: bytes; a text, with its NUL. */
void netlink_attr(struct netlink *, uint16_t type, const void *, size_t);
void netlink_text(struct netlink *, uint16_t type, const char *);

/* Send what was gathered.  False (ERR_SYS): it could not be sent. */
bool netlink_say(struct netlink *, struct err *);

/* A transaction: what is gathered between these two is done whole or not at all. */
void netlink_begin(struct netlink *);

/* `last`: the number of the last message in it.  False (ERR_SYS): nothing was done. */
bool netlink_finish(struct netlink *, uint32_t last, struct err *);

/* --- from the kernel --- */

/* Called for each message of an answer, with what stands behind its heads. */
typedef bool netlink_each(void *ctx, uint16_t type, struct str body);

/*
 * Take answers until one ends the matter: an error, or the end of a list, or (when
 * `last` is not 0) the acknowledgement of that message.  Returns 0 or a negative
 * errno of the kernel; 1: the socket failed.
 */
int netlink_hear(struct netlink *, uint32_t last, netlink_each *, void *ctx);

/* The next attribute, off the front; the first of a type, absent if there is none. */
bool netlink_next(struct str *body, uint16_t *type, struct str *value);
struct str netlink_find(struct str body, uint16_t type);

#endif
