/*
 * tables - what moment.c remembers, for the file that saves it.
 */
#ifndef TABLES_H
#define TABLES_H

#include "map.h"
#include "moment.h"

#define RECENT 4096 /* bursts that are near, at most */

/* A rule, or a host, as long as a pair of it is known. */
struct party {
	struct map *of;
	size_t pairs;    /* that refer to it */
	uint64_t bursts; /* so far */
	size_t others;   /* of a rule: hosts it was seen on */
	size_t near;     /* of a rule: bursts near; of a host: rules near */
	size_t fresh;    /* of a host: bursts near whose rule was new to it */
};

struct pair {
	char *key; /* rule, NUL, host */
	size_t key_n;
	struct party *rule, *host;
	uint64_t bursts, days;
	int64_t day;         /* the last one it was seen on */
	int64_t first, last; /* of the burst in hand */
	uint64_t n;          /* its alerts */
	uint64_t peak;       /* alerts of the largest burst before */
	uint64_t run;        /* alerts since there was a real pause */
	int64_t gap;         /* between the burst and the one before; -1: none before */
	enum novelty novel;  /* of the burst */
	uint64_t before, rule_before, host_before, hosts_before;
	uint64_t days_before, day_no;
	size_t near; /* bursts in the window */
	size_t tag;
};

struct recent {
	int64_t t;
	struct pair *pair;
	enum novelty novel;
};

struct moments {
	struct map *pairs, *rules, *hosts;
	size_t max;
	uint64_t bursts, forgotten;
	int64_t begin;
	bool begun;
	struct recent recent[RECENT];
	size_t head, n; /* of the ring */
	size_t rules_near, fresh_pairs, fresh_rules;
};

/* The pair of two names; it is made if it is not there. */
struct pair *moments_pair(struct moments *, struct str rule, struct str host);

/* A burst of the pair began. */
void moments_near(struct moments *, struct pair *, int64_t, enum novelty);

/* The name as it is kept: not empty, without NUL, of at most 256 bytes. */
struct str moments_name(struct str);

#endif
