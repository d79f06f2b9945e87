/*
 * ed25519 - the wall around libcrypto's signatures (RFC 8032).
 *
 * A key is 32 random bytes, its public part 32 more, a signature 64.  No
 * configuration file of libcrypto is read, so nothing is loaded by it.
 */
#ifndef ED25519_H
#define ED25519_H

#include "str.h"

#define ED25519_KEY  32
#define ED25519_SIGN 64

/* The public part of a key.  False: libcrypto cannot do it. */
bool ed25519_public(const uint8_t key[ED25519_KEY], uint8_t out[ED25519_KEY]);

/* Sign a text.  False: libcrypto cannot do it. */
bool ed25519_sign(
    const uint8_t key[ED25519_KEY], struct str text, uint8_t out[ED25519_SIGN]);

/* Was this text signed with the key of this public part? */
bool ed25519_holds(
    const uint8_t pub[ED25519_KEY], struct str text, const uint8_t sig[ED25519_SIGN]);

/* Overwrite a key that is no longer needed. */
void ed25519_wipe(void *, size_t);

#endif
