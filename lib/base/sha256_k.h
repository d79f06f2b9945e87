/*
 * sha256_k - the constants of SHA-256's rounds (FIPS 180-4, 4.2.2), aligned to 16 bytes.
 */
#ifndef SHA256_K_H
#define SHA256_K_H

#include <stdint.h>

extern const uint32_t sha256_k[64];

#endif
