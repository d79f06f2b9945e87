/*
 * scan - validate one record and find fields in it, in one pass.
 *
 * One line is one record.  A field is named by a dotted path; {"a.b":1},
 * {"a":{"b":1}} and any mixture spell the same field.  Of duplicates the last
 * wins, and a later duplicate parent hides all children that stood before it.
 * Lists end a path: what is inside them is not looked at.
 *
 * Variants (scalar, SSE2, AVX2) give the same verdict and the same slices; the
 * best one for this machine is chosen at run time, IR_SIMD=scalar|sse2|avx2
 * forces one.
 */
#ifndef SCAN_H
#define SCAN_H

#include "json.h"
#include "trie.h"

/* A set of paths, compiled once.  Slots are numbered from 0 as paths are added. */
struct paths;

struct paths *paths_new(void);
void paths_free(struct paths *);

/* The slot of the field "source.ip"; the same number for the same name. */
int paths_add(struct paths *, struct str name);
size_t paths_count(const struct paths *);
struct str paths_name(const struct paths *, int slot);

/* The start of a member of that name: `"source.ip":`. */
struct str paths_key(const struct paths *, int slot);

/* The names themselves, for those who ask which field lies below which. */
const struct trie *paths_trie(const struct paths *, int slot);

struct scanned {
	size_t open, close; /* offsets of the record's braces */
	size_t members;     /* at all depths */
	bool empty;         /* no member at all */
	bool twice;         /* some tracked field stood twice */
	bool ascii;         /* surely */
	bool literal;       /* surely no character is spelled \u */
};

/*
 * Check `line` (an object, blanks around it allowed, JSON_PAD bytes readable
 * behind it) and note what stands in it, with room for paths_count() slots, all zero
 * or as the last record left them.  False: `fault` says why, and the finds mean nothing.
 */
bool scan_record(const struct paths *, struct str line, struct finds *, struct scanned *,
    struct json_fault *fault);

/* Name of the variant in use; scan_variant() forces one for tests (NULL: the best). */
const char *scan_variant_name(void);
bool scan_variant(const char *name);

#endif
