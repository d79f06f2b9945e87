/*
 * approval - a person's signed yes to one plan, for a while.
 *
 * The signature (Ed25519) is over the plan's hash, who, why, from when and until
 * when: no byte of them can be changed, and it is worth nothing for another plan.
 * An approval without a signature is none, whatever a record says.
 */
#ifndef APPROVAL_H
#define APPROVAL_H

#include "action.h"
#include "ed25519.h"

#define APPROVAL_HASH 65 /* hex digits of SHA-256, and a NUL */
#define APPROVAL_NAME ((size_t)64)
#define APPROVAL_MAX_S \
	INT64_C(86400) /* the longest that one may last: a day, in seconds */

struct approval {
	char hash[APPROVAL_HASH]; /* of the plan */
	struct str by, why;
	int64_t at_ns, until_ns;
	uint8_t sig[ED25519_SIGN];
};

/* Letters, digits and . _ @ -, not first a dash: may a person be called so? */
bool approval_name(struct str);

/*
 * Read {"by","at","until","why","sig"} for a plan with this hash.  False: it is no
 * approval, or not signed; whether the signature holds is for approvers to say.
 * Texts are borrowed.
 */
bool approval_read(
    struct arena *, const struct node *, struct str hash, struct approval *);

/* Sign it: all but `sig` is there.  False: libcrypto cannot. */
bool approval_sign(struct approval *, const uint8_t key[ED25519_KEY]);

/* Does its signature hold under this public key? */
bool approval_holds(const struct approval *, const uint8_t pub[ED25519_KEY]);

/* The same in every part? */
bool approval_same(const struct approval *, const struct approval *);

/* As an object of the list ir.plan.approvals. */
void approval_write(struct arena *, const struct approval *, struct buf *);

/* Over the wire; unpack believes nothing.  Texts are borrowed. */
void approval_pack(const struct approval *, struct buf *);
bool approval_unpack(struct str *in, struct approval *);

#endif
