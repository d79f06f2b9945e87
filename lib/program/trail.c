#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "grammar.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "out.h"
#include "trail.h"

#define TRAIL_MAX ((size_t)1 << 33)
#define HASH      17 /* 16 hex digits and a blank */

struct trail {
	char path[4096];
	uint64_t number, before; /* hash of the line before */
	uint64_t bytes;
	int fd;
	struct buf b;
};

struct trail *
trail_new(const char *dir, uint64_t number)
{
	struct trail *t = mem_new(1, sizeof(*t));

	snprintf(
	    t->path, sizeof(t->path), "%s/journal.%llu", dir, (unsigned long long)number);
	t->number = number;
	t->fd = -1;
	t->b = buf_make(TRAIL_MAX);
	return t;
}

void
trail_close(struct trail *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	buf_free(&t->b);
	mem_free(t);
}

uint64_t
trail_bytes(const struct trail *t)
{
	return t->bytes;
}

static void
hash_of(struct trail *t, struct str line, char hex[HASH + 1])
{
	uint64_t key[2] = {t->number, t->before};

	t->before = map_hash_by(key, line);
	snprintf(hex, HASH + 1, "%016llx ", (unsigned long long)t->before);
}

/* --- reading --- */

/* Moves the good lines of `file` together, without their hashes. */
static size_t
take_lines(struct trail *t, char *file, size_t n, size_t *good)
{
	struct str rest = {file, n};
	size_t to = 0;

	*good = 0;
	while (rest.n) {
		size_t end = str_chr(rest, '\n');
		uint64_t before = t->before;
		struct str line;
		char hex[HASH + 1];

		if (end == STR_NPOS || end < HASH)
			break;
		line = str_sub(rest, HASH, end - HASH);
		hash_of(t, line, hex);
		if (memcmp(hex, rest.p, HASH) != 0) {
			t->before = before;
			break;
		}
		memmove(file + to, line.p, line.n);
		to += line.n;
		file[to++] = '\n';
		rest = str_from(rest, end + 1);
		*good = n - rest.n;
	}
	return to;
}

struct str
trail_read(struct trail *t, struct arena *a, struct err *e)
{
	struct str file;
	size_t n, good;
	char *p;

	if (access(t->path, F_OK) != 0)
		return STR_NONE;
	file = file_read(a, t->path, TRAIL_MAX, e);
	if (!file.p)
		return STR_NONE;
	p = arena_alloc(a, file.n + JSON_PAD);
	memcpy(p, file.p, file.n);
	n = take_lines(t, p, file.n, &good);
	memset(p + n, 0, JSON_PAD);
	if (good < file.n) {
		log_warn("'%s': the last %zu bytes are torn and are not used", t->path,
		    file.n - good);
		if (truncate(t->path, (off_t)good) < 0) {
			err_sys(e, ERR_SYS, "cannot shorten '%s'", t->path);
			return STR_NONE;
		}
	}
	t->bytes = good;
	return (struct str){p, n};
}

/* --- adding --- */

bool
trail_add(struct trail *t, struct str lines, struct err *e)
{
	if (t->fd < 0) {
		t->fd = open(t->path,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (t->fd < 0) {
			err_sys(e, ERR_SYS, "cannot write '%s'", t->path);
			return false;
		}
	}
	buf_reset(&t->b);
	while (lines.n) {
		struct str line = str_cut(&lines, '\n');
		char hex[HASH + 1];

		hash_of(t, line, hex);
		buf_add(&t->b, (struct str){hex, HASH});
		buf_add(&t->b, line);
		buf_ch(&t->b, '\n');
	}
	t->bytes += t->b.n;
	if (out_write(t->fd, buf_str(&t->b), e))
		return true;
	err_at(e, "%s", t->path);
	return false;
}

void
trail_prune(const char *dir, uint64_t number, bool after)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	char path[4096];
	uint64_t n;

	if (!d)
		return;
	while ((ent = readdir(d))) {
		if (strncmp(ent->d_name, "journal.", 8) != 0 ||
		    !str_u64(str_of(ent->d_name + 8), &n) ||
		    (after ? n < number : n >= number))
			continue;
		snprintf(
		    path, sizeof(path), "%s/journal.%llu", dir, (unsigned long long)n);
		unlink(path);
	}
	closedir(d);
}
