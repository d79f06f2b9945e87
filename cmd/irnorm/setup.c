/* From options to a normaliser. */
#include <stdlib.h>

#include "cache.h"
#include "file.h"
#include "irnorm.h"

static bool
load_user(struct formats *f, struct err *e)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct str dir;

	if (base && base[0] == '/')
		dir = CAT(f->a, str_of(base), STR("/ir/formats"));
	else if (home && home[0] == '/')
		dir = CAT(f->a, str_of(home), STR("/.config/ir/formats"));
	else
		return true;
	return formats_load_dir(f, dir.p, true, e);
}

static bool
load_all(struct formats *f, const struct irnorm_set *set, struct err *e)
{
	if (!formats_load_dir(f, file_data(f->a, "formats"), false, e) ||
	    !load_user(f, e))
		return false;
	for (size_t i = 0; i < set->dirs.n; i++)
		if (!formats_load_dir(f, set->dirs.v[i], false, e))
			return false;
	return true;
}

struct norm *
irnorm_load(const struct irnorm_set *set, const struct site *site, struct err *e)
{
	struct fields *fields = fields_new();
	struct formats *formats = formats_new(fields);
	struct norm *n;
	bool ok;

	formats->cache = cache_open(formats->a, NULL, "formats");
	ok = load_all(formats, set, e);
	cache_close(formats->cache);
	formats->cache = NULL;
	if (!ok) {
		formats_free(formats);
		fields_free(fields);
		return NULL;
	}
	formats_link(formats);
	n = norm_new(fields, formats, site);
	for (size_t i = 0; i < set->only.n; i++)
		if (!norm_only(n, str_of(set->only.v[i]), e))
			goto fail;
	if (set->force && !norm_force(n, str_of(set->force), e))
		goto fail;
	return n;
fail:
	norm_free(n);
	return NULL;
}

struct str
irnorm_host(const struct irnorm_set *set, const char *file)
{
	struct str dir = str_of(set->hosts), rest = str_of(file), name;

	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	if (dir.n && str_starts(rest, dir)) {
		rest = str_from(rest, dir.n);
		while (str_starts(rest, STR("/")))
			rest = str_from(rest, 1);
		name = str_cut(&rest, '/');
		if (rest.p && name.n)
			return name;
	}
	return str_of(set->host);
}
