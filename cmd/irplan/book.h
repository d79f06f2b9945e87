/*
 * book - a playbook from a file, CACAO JSON or the short YAML form.
 */
#ifndef BOOK_H
#define BOOK_H

#include "playbook.h"

/*
 * Read, and compile if it is YAML; faults go to the ear (whose arena holds all).
 * False: it is none; has been said.  `json`: the text of the CACAO form.
 */
bool book_load(
    const char *path, struct playbook *, struct str *json, struct playbook_ear *);

/* The same from text; `path` is for messages. */
bool book_read(struct str text, const char *path, struct playbook *, struct str *json,
    struct playbook_ear *);

#endif
