/*
 * detector - irdetect as a filter: what it opens, and what it does to a record.
 */
#ifndef DETECTOR_H
#define DETECTOR_H

#include "filter.h"

extern const struct filter irdetect;

struct settings {
	struct opt_list rules, tables;
	const char *lists, *site, *test, *diff, *cache;
	bool pass, strict, check, list, coverage, profile;
	size_t max_keys;
};

void *detector_open(struct filter_run *, void *set, struct err *);
enum filter_do detector_step(
    void *state, struct filter_run *, struct rec *, struct str line, struct err *);
void detector_end(void *state, struct filter_run *);
void detector_close(void *state);
void detector_save(void *state, struct buf *);
bool detector_load(void *state, struct str, struct err *);

#endif
