/*
 * template - which lines say the same thing with other values.
 *
 * Lines of one shape are kept under a template, whose varying places are holes.
 * A template's id is made of its text, so that it is the same in every run, and
 * templates that became equal are one.  Bounded: what was used longest ago goes.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "lexeme.h"

#define TEMPLATE_WORDS 128 /* words of a line; what is behind is one hole */

struct templates;
struct template;

/* At most `max` templates. */
struct templates *templates_new(size_t max);
void templates_free(struct templates *);

/* The template of a line, which learns from it.  Borrowed until the next call. */
const struct template *templates_note(struct templates *, struct str line);

/* The same without learning; NULL: no line of its like was noted, or it is forgotten. */
const struct template *templates_find(struct templates *, struct str line);

/* The text, with <*> for each hole; 32 hex digits. */
struct str template_text(const struct template *);
struct str template_id(const struct template *);

/* How many lines; counted for this template since it is known, not for its equals. */
uint64_t template_count(const struct template *);

size_t templates_count(const struct templates *);

/* How many were forgotten to make room. */
uint64_t templates_evicted(const struct templates *);

/* The words of the template: those that are holes have no text. */
size_t template_words(const struct template *, const struct lexeme **);

#endif
