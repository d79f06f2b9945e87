/*
 * exhibit - what one alert of an incident shows of the attacker's traces.
 */
#ifndef EXHIBIT_H
#define EXHIBIT_H

#include "filter.h"
#include "finds.h"

struct exhibit_slots {
	int incident, event, time, action, outcome, category, type, severity;
	int user, target_user, as, host, source, tactic, technique, subtechnique;
	int path, hash, command, process, executable, pid, start, exe_hash, cwd;
	int nametype, key, url, query, status, question, registered;
};

struct exhibit_slots exhibit_slots_of(struct filter_run *);

/* Note what an alert shows; one of no incident shows nothing. */
void exhibit_alert(const struct exhibit_slots *, struct rec *, struct finds *);

/* Note what an event shows of a process that an alert of an incident was about. */
void exhibit_event(const struct exhibit_slots *, struct rec *, struct finds *);

/* What kind of persistence a file is by its path ("cron"), or absent. */
struct str exhibit_persistence(struct str path);

/* Where the system keeps its own files: nothing is taken from there on a guess. */
bool exhibit_system_path(struct str path);

#endif
