/*
 * irnorm - the settings, and making a normaliser of them.
 */
#ifndef IRNORM_H
#define IRNORM_H

#include "norm.h"
#include "opt.h"

struct irnorm_set {
	struct opt_list dirs, only;
	const char *force, *site, *host, *hosts, *explain, *schema;
	bool merge, join, list, check, learn;
	size_t jobs;
};

/* All formats: shipped, the user's, those of -F; a later one of a name replaces. */
struct norm *irnorm_load(const struct irnorm_set *, const struct site *, struct err *);

/* Whose log a file is, by --hosts and --host; absent if they do not say. */
struct str irnorm_host(const struct irnorm_set *, const char *file);

#endif
