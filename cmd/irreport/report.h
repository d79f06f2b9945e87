/*
 * report - what a dossier says, told on a page.
 *
 * Worst incidents first.  Whatever is stated about an incident cites the ids of
 * the events that show it, and the cited lines stand at its end.
 */
#ifndef REPORT_H
#define REPORT_H

#include "attack.h"
#include "dossier.h"
#include "page.h"

struct report {
	struct page page;
	const struct dossier *d;
	const struct attack *attack;
	size_t evidence; /* most lines of evidence of an incident */
};

/* The whole document; `title` and `made` head it. */
void report_write(struct report *, struct str title, struct str made);

/* --- shared by the parts --- */

struct str report_get(const struct node *, const char *path);

/* "2026-11-24 09:19:48 UTC", or the text as it is when it is no time. */
struct str report_time(struct report *, struct str);

void report_say(struct report *, struct str);
void report_text(struct report *, const char *);
void report_cell(struct report *, struct str); /* a cell of running text */
void report_code(struct report *, struct str); /* a cell with a foreign value */
void report_number(struct report *, int64_t);

/* A heading of the third level. */
void report_part(struct report *, const char *);

/* " [id, id]" with at most `max` of them and how many more; nothing without any. */
void report_cite(struct report *, const struct node *ids, size_t max);

/* A sentence in which whole event ids stand: they become citations. */
void report_citing(struct report *, struct str);

/* --- the parts of an incident --- */

void report_facts(struct report *, const struct incident *);
void report_method(struct report *, const struct incident *);
void report_cause(struct report *, const struct incident *);
void report_picture(struct report *, const struct incident *);
void report_plans(struct report *, const struct incident *);
void report_attack(struct report *, const struct incident *);
void report_entities(struct report *, const struct incident *);
void report_alerts(struct report *, const struct incident *);
void report_evidence(struct report *, const struct incident *);

#endif
