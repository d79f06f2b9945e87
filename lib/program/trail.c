#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "grammar.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "out.h"
#include "pieces.h"
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

/* The good lines of `s`, without their hashes, to t->b; returns the bytes they took. */
static size_t
good_lines(struct trail *t, struct str s)
{
	struct str rest = s;

	buf_reset(&t->b);
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
		buf_add(&t->b, line);
		buf_ch(&t->b, '\n');
		rest = str_from(rest, end + 1);
	}
	return s.n - rest.n;
}

/* What stands behind the good lines was not written to its end. */
static bool
cut_off(struct trail *t, struct err *e)
{
	struct stat st;

	if (stat(t->path, &st) < 0 || (uint64_t)st.st_size <= t->bytes)
		return true;
	log_warn("'%s': the last %llu bytes are torn and are not used", t->path,
	    (unsigned long long)((uint64_t)st.st_size - t->bytes));
	if (truncate(t->path, (off_t)t->bytes) == 0)
		return true;
	err_sys(e, ERR_SYS, "cannot shorten '%s'", t->path);
	return false;
}

bool
trail_read(struct trail *t, bool (*take)(void *ctx, struct str, struct err *), void *ctx,
    struct err *e)
{
	struct pieces *f;
	struct str s;
	bool ok = true, torn = false;

	if (access(t->path, F_OK) != 0)
		return true;
	f = pieces_open(t->path, e);
	while (f && ok && !torn && (s = pieces_lines(f, e)).p) {
		size_t good = good_lines(t, s), n = t->b.n;
		char *pad = buf_room(&t->b, JSON_PAD);

		if (pad)
			memset(pad, 0, JSON_PAD);
		t->bytes += good;
		torn = good < s.n;
		ok = n == 0 || take(ctx, (struct str){t->b.p, n}, e);
	}
	pieces_close(f);
	return ok && e->kind == ERR_NONE && cut_off(t, e);
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
