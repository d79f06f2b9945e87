#include <unistd.h>

#include "file.h"
#include "settings.h"

static const char *
shipped(struct arena *a, const char *name)
{
	const char *path = arena_fmt(a, "%s/%s", file_data(a, "models"), name).p;

	return access(path, R_OK) == 0 ? path : NULL;
}

const char *
settings_model(const struct irscore_set *set, struct arena *a)
{
	if (set->model || set->no_prior)
		return set->model;
	return shipped(a, "prior.model");
}

const char *
settings_prior(const struct irscore_set *set, struct arena *a)
{
	if (set->replay.n || set->no_prior)
		return NULL;
	return shipped(a, "prior.rows.gz");
}
