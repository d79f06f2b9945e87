#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "bag.h"
#include "mem.h"
#include "when.h"

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
bag_fault(struct bag *g, struct str what, struct str why)
{
	buf_add(
	    &g->faults, g->n_faults++ ? STR(",\n  {\"what\":") : STR("\n  {\"what\":"));
	buf_json(&g->faults, what);
	buf_add(&g->faults, STR(",\"why\":"));
	buf_json(&g->faults, why);
	buf_ch(&g->faults, '}');
}

bool
bag_time(struct bag *g)
{
	if (g->until_ms == 0 || g->e.kind)
		return false;
	if (clock_ms() < g->until_ms)
		return true;
	g->until_ms = 0;
	bag_fault(g, STR("the rest"), STR("the time was up"));
	return false;
}

static void
entry(struct bag *g, struct str name, uint64_t size, const uint8_t hash[SHA256_SIZE],
    struct str source)
{
	char hex[65];

	sha256_hex(hash, hex, 64);
	buf_add(&g->entries, g->n++ ? STR(",\n  {\"name\":") : STR("\n  {\"name\":"));
	buf_json(&g->entries, name);
	buf_fmt(&g->entries, ",\"size\":%llu,\"sha256\":\"%s\"", (unsigned long long)size,
	    hex);
	if (source.p) {
		buf_add(&g->entries, STR(",\"source\":"));
		buf_json(&g->entries, source);
	}
	buf_ch(&g->entries, '}');
}

static bool
room(struct bag *g, struct str what, uint64_t size)
{
	if (g->e.kind)
		return false;
	if (size <= BAG_FILE && g->tar.bytes + size < BAG_BYTES)
		return true;
	bag_fault(g, what,
	    size > BAG_FILE ? STR("it is too long") : STR("the archive is full"));
	return false;
}

void
bag_text(struct bag *g, const char *name, struct str text)
{
	uint8_t hash[SHA256_SIZE];

	if (!room(g, str_of(name), text.n) ||
	    !tar_member(&g->tar, str_of(name), text.n, g->now_ns / WHEN_S, &g->e) ||
	    !tar_add(&g->tar, text, &g->e) || !tar_close(&g->tar, hash, &g->e))
		return;
	entry(g, str_of(name), text.n, hash, STR_NONE);
}

/* Files below /proc and the like say that they are empty. */
static void
unsized(struct bag *g, int fd, struct str name, struct str source)
{
	struct buf b = buf_make(BAG_TEXT);
	uint8_t hash[SHA256_SIZE];
	char *p;
	ssize_t n = 0;

	while ((p = buf_room(&b, 65536)) && (n = read(fd, p, 65536)) > 0)
		b.n += (size_t)n;
	if (n < 0)
		bag_fault(g, source, STR("it cannot be read"));
	else if (room(g, source, b.n) &&
		 tar_member(&g->tar, name, b.n, g->now_ns / WHEN_S, &g->e) &&
		 tar_add(&g->tar, buf_str(&b), &g->e) && tar_close(&g->tar, hash, &g->e))
		entry(g, name, b.n, hash, source);
	buf_free(&b);
}

static void
sized(struct bag *g, int fd, const struct stat *st, struct str name, struct str source)
{
	char *some = mem_new(1, 65536);
	uint8_t hash[SHA256_SIZE];
	ssize_t n = 1;

	if (tar_member(&g->tar, name, (uint64_t)st->st_size, st->st_mtime, &g->e)) {
		while (g->tar.left > 0 && (n = read(fd, some, 65536)) > 0)
			if (!tar_add(&g->tar, (struct str){some, (size_t)n}, &g->e))
				break;
		if (g->tar.left > 0 && !g->e.kind)
			bag_fault(g, source, STR("it was cut short while it was read"));
		if (!g->e.kind && tar_close(&g->tar, hash, &g->e))
			entry(g, name, (uint64_t)st->st_size, hash, source);
	}
	mem_free(some);
}

void
bag_fd(struct bag *g, int fd, struct str name, struct str source)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		bag_fault(g, source, STR("it is not a regular file"));
	else if (st.st_size == 0)
		unsized(g, fd, name, source);
	else if (room(g, source, (uint64_t)st.st_size))
		sized(g, fd, &st, name, source);
}

void
bag_file(struct bag *g, struct str path, struct str name)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY, fd;

	if (!bag_time(g))
		return;
	/* the time of access is evidence, too */
	fd = rootfs_fd(g->root, path.p, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = rootfs_fd(g->root, path.p, flags);
	if (fd < 0) {
		if (errno != ENOENT)
			bag_fault(g, path,
			    errno == ELOOP ? STR("there is a link in its path")
					   : STR("it cannot be opened"));
		return;
	}
	bag_fd(g, fd, name, path);
	close(fd);
}
