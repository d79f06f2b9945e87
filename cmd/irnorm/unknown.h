/*
 * unknown - lines that no format knows: their templates, and samples of them.
 *
 * Lines are given in the order in which they came, so that the templates do not
 * depend on who read them.  Bounded: what came up longest ago is forgotten.
 */
#ifndef UNKNOWN_H
#define UNKNOWN_H

#include "arena.h"
#include "buf.h"
#include "template.h"

#define UNKNOWN_SAMPLES 5

struct unknown;

struct unknown *unknown_new(void);
void unknown_free(struct unknown *);

/* Add ir.template.id and ir.template.text to the event of a line, `text` of which is unknown. */
void unknown_tag(struct unknown *, struct str text, struct buf *event);

/* Keep a line as a sample; `program` may be absent, `text` is a slice of the line. */
void unknown_keep(struct unknown *, struct str program, struct str text, struct str line);

/* How many templates and groups of samples were forgotten. */
uint64_t unknown_evicted(const struct unknown *);

/* Lines of one program and template. */
struct unknown_group {
	struct str program;
	const struct template *template; /* valid until the next line is kept */
	uint64_t count;
	size_t n;
	struct str line[UNKNOWN_SAMPLES];
	struct str part[UNKNOWN_SAMPLES]; /* the unknown slice of each */
};

/*
 * The groups, by program and then by how often; `n` is their number.  In the arena,
 * samples borrowed until the next line is kept.
 */
struct unknown_group *unknown_groups(struct unknown *, struct arena *, size_t *n);

#endif
