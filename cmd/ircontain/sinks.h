/*
 * sinks - the resolvers of a site, and how each is told not to answer for a domain.
 *
 * From a YAML file that only root may write: kind, file, and the program that makes
 * the resolver read it again.
 */
#ifndef SINKS_H
#define SINKS_H

#include "fence.h"
#include "ip.h"

#define SINKS_MAX  8
#define SINK_WORDS 16
#define SINK_BYTES ((size_t)64 << 20) /* longest file of a resolver */
#define SINK_LINES 2

struct sink_kind {
	const char *name;
	struct fence fence;
	bool needed;                   /* the file has to be there already */
	const char *lines[SINK_LINES]; /* "%" stands for the domain; NULL: one line */
};

struct sink {
	const struct sink_kind *kind;
	struct str path;
	const char *reload[SINK_WORDS + 1]; /* NULL: nothing is run */
};

struct sinks {
	struct sink v[SINKS_MAX];
	size_t n;
	struct ip probe; /* who is asked whether it works; v is 0: nobody */
	uint16_t port;
};

/* False: `e` says what is wrong; ERR_NONE: there is no such file. */
bool sinks_load(struct arena *, const char *path, struct sinks *, struct err *);

/* NULL: there is no such kind. */
const struct sink_kind *sink_kind(struct str name);

/* The i-th line that blocks a domain, in the arena; absent: no more. */
struct str sink_line(
    struct arena *, const struct sink_kind *, struct str domain, size_t i);

/* Do all its lines stand in a text? */
bool sink_has(
    struct arena *, const struct sink_kind *, struct str text, struct str domain);

/* The text with all its lines, or with none of them. */
struct str sink_with(struct arena *, const struct sink_kind *, struct str text,
    struct str domain, bool in);

/*
 * Ask a resolver for the address of a domain: 1 it is blocked (no such name, or an
 * address that leads nowhere), 0 it is not, -1 no answer.
 */
int sink_ask(const struct sinks *, struct str domain, int timeout_ms);

#endif
