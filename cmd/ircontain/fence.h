/*
 * fence - lines of ours in a file that belongs to somebody else.
 *
 * They stand between two marks at its end, sorted, so that the same lines are the
 * same bytes whatever their history; with the last line the marks go, and the file
 * is byte for byte what it was.
 */
#ifndef FENCE_H
#define FENCE_H

#include "arena.h"
#include "err.h"
#include "str.h"

/* A set of lines for one or more names; each without a line feed. */
struct fence {
	char comment;     /* begins a comment in that file: '#' or ';' */
	const char *head; /* a line that has to stand before ours, or NULL */
};

/* Are our marks in order: none, or both once?  False (ERR_DATA): a person has to look. */
bool fence_sound(const struct fence *, struct str text, struct err *);

/* Is the line among ours? */
bool fence_has(const struct fence *, struct str text, struct str line);

/* The text with a line more, or without it, in the arena; `text` must be sound. */
struct str fence_with(
    struct arena *, const struct fence *, struct str text, struct str line, bool in);

#endif
