/*
 * vocab - the words that keys are made of, each with a number that is the same everywhere.
 *
 * A word's number is a hash of its text whose key is public, so that models of two hosts
 * can be added up; to find a second text for a given number takes 2^64 tries.  Tables
 * that look up by such numbers stir in a secret of their own.
 */
#ifndef VOCAB_H
#define VOCAB_H

#include <stdint.h>

#include "str.h"

#define VOCAB_NONE UINT32_MAX

struct word {
	uint64_t id;  /* 0: no word */
	uint32_t ref; /* to its text; VOCAB_NONE: not kept */
};

struct vocab;

/* Keeps the texts of at most `max` words. */
struct vocab *vocab_new(size_t max);
void vocab_free(struct vocab *);

/* Never 0. */
uint64_t vocab_id(struct str);

/* The text is copied, if there is room. */
uint32_t vocab_add(struct vocab *, uint64_t id, struct str);
struct word vocab_word(struct vocab *, struct str);

/* Borrowed as long as the vocabulary is there; "" for VOCAB_NONE. */
struct str vocab_text(const struct vocab *, uint32_t ref);

/* The number of a text that is kept; 0 for VOCAB_NONE. */
uint64_t vocab_number(const struct vocab *, uint32_t ref);

/* Numbers to one number; the order matters. */
static inline uint64_t
vocab_mix(uint64_t h)
{
	h ^= h >> 30;
	h *= 0xbf58476d1ce4e5b9u;
	h ^= h >> 27;
	h *= 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

static inline uint64_t
vocab_join(uint64_t a, uint64_t b)
{
	return vocab_mix(a * 0x9e3779b97f4a7c15u + b);
}

#endif
