/*
 * sha256 - the wall around libcrypto's SHA-256 (FIPS 180-4), and SHA-1 for
 * ids that others made of it.
 */
#ifndef SHA256_H
#define SHA256_H

#include "str.h"

#define SHA256_SIZE  32
#define SHA256_BLOCK 64
#define SHA1_SIZE    20

struct sha256 {
	_Alignas(16) unsigned char state[128];
};

void sha256_init(struct sha256 *);
void sha256_add(struct sha256 *, struct str);
void sha256_end(struct sha256 *, uint8_t out[SHA256_SIZE]);

/*
 * Two texts hashed at once, which takes little longer than one where the machine has
 * instructions for it.  Behind each text SHA256_TAIL bytes are free to be written to;
 * the text itself stays.  `begun`: what stands before it, of whole SHA256_BLOCKs; or NULL.
 */
#define SHA256_TAIL 72
struct sha256_text {
	const struct sha256 *begun;
	char *p;
	size_t n;
};
void sha256_two(const struct sha256_text[2], uint8_t out[2][SHA256_SIZE]);
void sha256_one(const struct sha256_text *, uint8_t out[SHA256_SIZE]);

/* Any number of them: the more, the less each costs, where the machine has AVX-512. */
void sha256_many(const struct sha256_text *, size_t n, uint8_t (*out)[SHA256_SIZE]);

/* For tests: without the instructions that some machines have. */
void sha256_plainly(bool);

/* The first `n` digits (at most 64) of a hash in lower-case hex, and a NUL. */
void sha256_hex(const uint8_t hash[SHA256_SIZE], char *out, size_t n);

/* The 32 digits of it that ids in records have, and no NUL. */
void sha256_digits(const uint8_t hash[SHA256_SIZE], char out[32]);

/* Those of some parts with a NUL byte between; and a NUL. */
void sha256_id(char out[33], size_t n, const struct str *parts);

/* Not to be relied on where somebody gains by a collision. */
void sha1_of(struct str, uint8_t out[SHA1_SIZE]);

#endif
