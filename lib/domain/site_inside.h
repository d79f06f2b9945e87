/*
 * site_inside - what a site file holds once it is read; for site_ask.c and site_read.c.
 */
#ifndef SITE_INSIDE_H
#define SITE_INSIDE_H

#include "arena.h"
#include "clocks.h"
#include "map.h"
#include "owned.h"
#include "site.h"

/* A planned change; what is absent allows any. */
struct window {
	struct str who, host, what;
	struct net *from; /* NULL: anywhere */
	int64_t start, end;
};

struct site_group {
	struct str name;
	struct map *members; /* lower-case names */
	size_t most;
};

struct site {
	struct arena *a;
	struct owned *nets;
	struct map *hosts; /* lower-case names */
	struct map *critical;
	struct clocks *clocks;
	struct window *windows;
	size_t windows_n, windows_cap;
	struct site_group *groups;
	size_t groups_n, groups_cap;
	int year;
};

struct site *site_new(void);

/* Names of hosts and users, whatever their case. */
void site_add_name(struct map *, struct arena *, struct str name);
bool site_has_name(const struct map *, struct str name);

#endif
