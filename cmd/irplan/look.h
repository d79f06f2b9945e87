/*
 * look - one record, looked at for what it shows of an incident.
 *
 * What is read is borrowed from the record or in its arena; over-long values are
 * taken as absent.
 */
#ifndef LOOK_H
#define LOOK_H

#include "filter.h"
#include "finds.h"

struct look_slots {
	int incident, event, time, action, outcome, category, type, severity;
	int user, target_user, as, host, source, tactic, technique, subtechnique;
	int path, hash, command, process, executable, pid, start, exe_hash, cwd;
	int nametype, key, url, query, status, question, registered;
};

struct look {
	const struct look_slots *s;
	struct rec *rec;
	struct arena *a;
	struct finds *finds;
	struct str incident, user, host, source, event, key, home;
	bool telling; /* medium or worse */
	bool wrote_keys;
};

struct look_slots look_slots(struct filter_run *);

/* Is the word the value of a field, or in its list? */
bool look_says(const struct look *, int slot, struct str word);

/* Has it one of the techniques (with what lies below), a blank between? */
bool look_is(const struct look *, const char *techniques);

/* A field's text, else empty. */
struct str look_text(const struct look *, int slot);

/* A find of this record, to be completed, and the note of one. */
struct find look_found(const struct look *, enum find_type, struct str value);
void look_note(const struct look *, const struct find *);

/* An account that was used, or made; `how` it was. */
void look_account(const struct look *, struct str user, bool made, struct str how);

/* A process of a host; `named`: of a server, whose child has its name in the log, too. */
struct str look_process(const struct look *, bool named);

#endif
