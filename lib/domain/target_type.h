/*
 * target_type - the forms that members of a target may have.
 */
#ifndef TARGET_TYPE_H
#define TARGET_TYPE_H

#include "arena.h"
#include "ip.h"
#include "node.h"
#include "str.h"

/* In the order of their names, which is that of canonical JSON. */
enum target_member {
	TARGET_ACTION, /* name of a declared call */
	TARGET_ARGS,   /* canonical JSON object of scalars */
	TARGET_CIDR,
	TARGET_DOMAIN,      /* lower-case LDH labels, two at least */
	TARGET_EXE_SHA256,  /* 64 lower-case hex digits */
	TARGET_FINGERPRINT, /* "SHA256:" and 43 characters of base64 */
	TARGET_FROM,        /* where a backup lies: text without control characters */
	TARGET_HOST,        /* lower-case name */
	TARGET_IP,
	TARGET_KIND, /* lower-case word with hyphens */
	TARGET_NAME,
	TARGET_PACKAGE,
	TARGET_PATH, /* absolute, no "." or "..", no double or last slash */
	TARGET_PID,
	TARGET_RATE, /* "10/second", "100/minute", "5/hour" */
	TARGET_SHA256,
	TARGET_START, /* RFC 3339, UTC */
	TARGET_TO,
	TARGET_UNIT, /* with its suffix */
	TARGET_USER,
	TARGET_VERSION,
	TARGET_WHAT, /* lower-case words, a comma between */
	TARGET_MEMBERS,
};

#define TARGET_MAX ((size_t)4096) /* most bytes of a target's canonical text */

struct target {
	struct str text[TARGET_MEMBERS]; /* canonical; absent where it has none */
	struct net net;                  /* of ip or cidr; v is 0 without */
	int64_t pid;
	int64_t start_ns;
	int64_t rate;   /* packets ... */
	int64_t rate_s; /* ... in so many seconds */
};

/* Read one member but `args` into its place; false: it has not the form of its type. */
bool target_type(struct arena *, enum target_member, struct str, struct target *);

/* An object of at most 32 texts, integers and booleans, as canonical JSON. */
bool target_type_args(struct arena *, const struct node *, struct str *json);

/* "address in canonical form", for messages. */
const char *target_type_name(enum target_member);

/* May a text be the name of an account that we act on?  POSIX's portable names and '@'. */
bool target_user(struct str);

#endif
