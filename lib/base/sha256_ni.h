/*
 * sha256_ni - blocks of SHA-256 by the instructions that x86 has for it.
 *
 * One block after the other waits for itself most of the time; two texts side
 * by side take little longer than one.
 */
#ifndef SHA256_NI_H
#define SHA256_NI_H

#include "str.h"

/* Has this machine the instructions?  Without, the others may not be called. */
bool sha256_ni_here(void);

/* Take `n` blocks of 64 bytes into the state `h`. */
void sha256_ni_one(uint32_t h[8], const uint8_t *p, size_t n);

/* The same with two texts and their states. */
void sha256_ni_two(
    uint32_t h0[8], const uint8_t *p0, uint32_t h1[8], const uint8_t *p1, size_t n);

#endif
