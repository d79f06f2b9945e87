/*
 * past - what irplan planned before: steps of each incident, offences of each address.
 *
 * Holds at most `max` incidents and as many addresses; the oldest are forgotten first.
 */
#ifndef PAST_H
#define PAST_H

#include "action.h"
#include "plan.h"

struct past;

struct past *past_new(size_t max);
void past_free(struct past *);

/* Was this step planned for the incident before? */
bool past_planned(const struct past *, struct str incident, const char key[ACTION_KEY]);

/* Walk the steps that hold of an incident's plans: start with at = 0. */
bool past_next(
    const struct past *, struct str incident, size_t *at, char key[ACTION_KEY]);

/* A step was withdrawn: it may be planned again. */
void past_forget(struct past *, struct str incident, const char key[ACTION_KEY]);

/* One incident became part of another. */
void past_merge(struct past *, struct str into, struct str from);

/* The id of the incident's last plan, or absent. */
struct str past_plan(const struct past *, struct str incident);

/* Note a plan and one step of it; both may be repeated. */
void past_note_plan(struct past *, struct str incident, const char id[PLAN_ID]);
void past_note_step(struct past *, struct str incident, const char key[ACTION_KEY]);

/* In how many different incidents the address was planned for, this one included. */
unsigned past_offences(struct past *, struct str address, struct str incident);

/* How many were forgotten since last asked. */
size_t past_forgotten(struct past *);

void past_save(const struct past *, struct buf *);
bool past_load(struct past *, struct str, struct err *);

#endif
