#include <stdio.h>
#include <unistd.h>

#include "hands.h"
#include "sha256.h"

bool
hands_open(
    struct hands *h, const char *root, struct arena *a, const char *state, struct err *e)
{
	h->state = state;
	h->vault = arena_fmt(a, "%s/vault", state).p;
	return rootfs_open(&h->root, root, e);
}

void
hands_close(struct hands *h)
{
	rootfs_close(&h->root);
}

struct str
hands_path(const struct hands *h, struct arena *a, struct str path)
{
	static const char *const merged[] = {"/bin", "/sbin", "/lib", "/lib64", "/lib32"};

	for (size_t i = 0; i < sizeof(merged) / sizeof(*merged); i++) {
		struct str dir = str_of(merged[i]);

		if (str_starts(path, dir) && path.n > dir.n && path.p[dir.n] == '/' &&
		    rootfs_readlink(&h->root, a, merged[i]).p)
			return arena_fmt(a, "/usr" STR_FMT, STR_ARG(path));
	}
	return arena_copy(a, path);
}

void
hands_id(char id[33], const struct deed *d, size_t i)
{
	char n[24];
	const struct str parts[] = {
	    STR("vault"), str_of(d->id), {n, (size_t)snprintf(n, sizeof(n), "%zu", i)}};

	sha256_id(id, sizeof(parts) / sizeof(*parts), parts);
}

const char *
hands_kept(const struct hands *h, struct arena *a, const struct deed *d, size_t i,
    const char *name, bool make)
{
	char id[33];
	int fd;

	hands_id(id, d, i);
	fd = vault_cell(h->vault, id, make);
	if (fd >= 0)
		close(fd);
	return arena_fmt(a, "%s/%s/%s", h->vault, id, name).p;
}

struct str
hands_diff(struct arena *a, char sign, struct str path, struct str what)
{
	const char *none = "/dev/null";

	return arena_fmt(a, "--- %s" STR_FMT "\n+++ %s" STR_FMT "\n%c" STR_FMT "\n",
	    sign == '-' ? "a" : none, sign == '-' ? (int)path.n : 0, path.p,
	    sign == '-' ? none : "b", sign == '-' ? 0 : (int)path.n, path.p, sign,
	    STR_ARG(what));
}

void
hands_fault(struct job *j, const struct err *e)
{
	if (e->kind == ERR_DATA)
		job_refuse(j, "target", "%s", e->msg);
	else
		job_say(j, JOB_FAILED, "look", arena_copy(j->arena, str_of(e->msg)));
}
