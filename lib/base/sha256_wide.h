/*
 * sha256_wide - sixteen texts through SHA-256 side by side, one in each lane of AVX-512.
 *
 * Takes half as long for a block as the instructions made for one text (sha256_ni), if
 * there are enough texts.
 */
#ifndef SHA256_WIDE_H
#define SHA256_WIDE_H

#include "str.h"

#define SHA256_LANES 16

/* Has this machine the instructions?  Without, the other may not be called. */
bool sha256_wide_here(void);

/* Take `n` blocks of 64 bytes of each text into its state. */
void sha256_wide(
    uint32_t h[SHA256_LANES][8], const uint8_t *const p[SHA256_LANES], size_t n);

#endif
