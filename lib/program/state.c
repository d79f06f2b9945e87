#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "pieces.h"
#include "sha256.h"
#include "state.h"
#include "trail.h"

#define SNAP_MAX ((size_t)1 << 32)
#define KEEP     2                 /* snapshots */
#define HEAD     STR("irstate 1 ") /* the hash of what follows, and a LF, come behind */
#define HEAD_ALL (HEAD.n + 64 + 1)
#define HEAD_MAX 128

struct state {
	int lock;
	char *dir;

	/* the snapshot that is being written */
	int fd;
	struct sha256 sum;
	uint64_t bytes;
	struct buf room;
	struct err failed;
};

struct state *
state_open(const char *dir, struct err *e)
{
	struct state *s;
	char path[4096];
	int fd;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		err_sys(e, ERR_CONFIG, "cannot make '%s'", dir);
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/lock", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return NULL;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err_set(e, ERR_LATER, "'%s' is in use by another run", dir);
		close(fd);
		return NULL;
	}
	s = mem_new(1, sizeof(*s));
	s->lock = fd;
	s->dir = mem_text(str_of(dir));
	s->fd = -1;
	return s;
}

void
state_close(struct state *s)
{
	if (!s)
		return;
	close(s->lock);
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->room);
	mem_free(s->dir);
	mem_free(s);
}

static bool
snap_number(const char *name, uint64_t *n)
{
	return strncmp(name, "snap.", 5) == 0 && str_u64(str_of(name + 5), n);
}

uint64_t
state_next_journal(const struct state *s, uint64_t number)
{
	DIR *d = opendir(s->dir);
	struct dirent *ent;
	uint64_t best = 0, n;

	if (!d)
		return 0;
	while ((ent = readdir(d)))
		if (strncmp(ent->d_name, "journal.", 8) == 0 &&
		    str_u64(str_of(ent->d_name + 8), &n) && n > number &&
		    (!best || n < best))
			best = n;
	closedir(d);
	return best;
}

/* The highest number below `below` (0: of all), 0 if there is none. */
static uint64_t
newest(const char *dir, uint64_t below)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	uint64_t best = 0, n;

	if (!d)
		return 0;
	while ((ent = readdir(d)))
		if (snap_number(ent->d_name, &n) && n > best && (below == 0 || n < below))
			best = n;
	closedir(d);
	return best;
}

static void
path_of(const struct state *s, uint64_t number, char path[4096])
{
	snprintf(path, 4096, "%s/snap.%llu", s->dir, (unsigned long long)number);
}

/* --- reading --- */

/* Does the header hold the hash of what follows it? */
static bool
sound(const char *path, struct err *e)
{
	struct pieces *f = pieces_open(path, e);
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	struct str s;
	char hex[65], told[65] = "";

	if (!f)
		return false;
	sha256_init(&sum);
	for (bool first = true; (s = pieces_bytes(f, e)).p; first = false) {
		if (first && (!str_starts(s, HEAD) || s.n < HEAD_ALL))
			break;
		if (first)
			memcpy(told, s.p + HEAD.n, 64);
		sha256_add(&sum, first ? str_from(s, HEAD_ALL) : s);
	}
	pieces_close(f);
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	return e->kind == ERR_NONE && memcmp(hex, told, 64) == 0;
}

uint64_t
state_find(struct state *s, uint64_t restore, struct err *e)
{
	uint64_t n = restore ? restore : newest(s->dir, 0);
	char path[4096];

	for (; n > 0; n = restore ? 0 : newest(s->dir, n)) {
		struct err why = {0};

		path_of(s, n, path);
		if (sound(path, &why))
			return n;
		log_warn("'%s' is damaged or unreadable and is not used", path);
	}
	if (restore)
		err_set(e, ERR_CONFIG, "no usable snapshot %llu in '%s'",
		    (unsigned long long)restore, s->dir);
	else if (newest(s->dir, 0) > 0)
		err_set(e, ERR_CONFIG,
		    "no usable snapshot in '%s'; move it away to start afresh", s->dir);
	return 0;
}

static bool
whole(const char *path, bool (*take)(void *ctx, struct str, struct err *), void *ctx,
    struct err *e)
{
	struct arena *a = arena_new();
	struct str s = file_read(a, path, SNAP_MAX, e);
	bool ok = s.p && take(ctx, str_from(s, HEAD_ALL), e);

	arena_free(a);
	return ok;
}

bool
state_read(struct state *s, uint64_t number, bool lines,
    bool (*take)(void *ctx, struct str, struct err *), void *ctx, struct err *e)
{
	struct pieces *f;
	struct str piece;
	char path[4096];
	bool ok = true;

	path_of(s, number, path);
	if (!lines)
		return whole(path, take, ctx, e);
	f = pieces_open(path, e);
	for (bool first = true; f && ok && (piece = pieces_lines(f, e)).p; first = false)
		ok = take(ctx, first ? str_from(piece, HEAD_ALL) : piece, e);
	pieces_close(f);
	return ok && e->kind == ERR_NONE;
}

/* --- writing --- */

static void
temp_of(const struct state *s, char path[4096])
{
	snprintf(path, 4096, "%s/snap.new", s->dir);
}

static void
to_file(struct buf *b)
{
	struct state *s = b->to;

	sha256_add(&s->sum, buf_str(b));
	s->bytes += b->n;
	if (s->failed.kind == ERR_NONE)
		out_write(s->fd, buf_str(b), &s->failed);
	buf_reset(b);
}

struct buf *
state_begin(struct state *s, bool lines, struct err *e)
{
	char path[4096], head[HEAD_MAX];
	int n = snprintf(head, sizeof(head), STR_FMT "%064d\n", STR_ARG(HEAD), 0);

	temp_of(s, path);
	s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd < 0) {
		err_sys(e, ERR_SYS, "cannot create '%s'", path);
		return NULL;
	}
	sha256_init(&s->sum);
	s->failed = (struct err){0};
	s->bytes = 0;
	s->room = buf_make(SNAP_MAX);
	s->room.drain = lines ? to_file : NULL;
	s->room.to = s;
	out_write(s->fd, (struct str){head, (size_t)n}, &s->failed);
	return &s->room;
}

/* What is left, and the hash of all of it in front; on the disk. */
static bool
complete(struct state *s, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	char hex[65];
	bool full = s->room.full, ok;

	to_file(&s->room);
	buf_free(&s->room);
	sha256_end(&s->sum, hash);
	sha256_hex(hash, hex, 64);
	if (full)
		err_set(e, ERR_SYS, "state of more than 4 GiB");
	else if (s->failed.kind != ERR_NONE)
		*e = s->failed;
	else if (lseek(s->fd, (off_t)HEAD.n, SEEK_SET) < 0 ||
		 !out_write(s->fd, (struct str){hex, 64}, e) || fsync(s->fd) != 0)
		err_sys(e, ERR_SYS, "cannot write");
	ok = e->kind == ERR_NONE;
	close(s->fd);
	s->fd = -1;
	return ok;
}

/* Of those before `number` one stays, with its journal. */
static void
prune(struct state *s, uint64_t number)
{
	char path[4096];
	int kept = 1;

	for (uint64_t old = number; (old = newest(s->dir, old)) > 0; kept++)
		if (kept < KEEP) {
			trail_prune(s->dir, old, false);
		} else {
			path_of(s, old, path);
			unlink(path);
		}
}

bool
state_save(struct state *s, uint64_t number, struct err *e)
{
	char temp[4096], path[4096];

	temp_of(s, temp);
	path_of(s, number, path);
	if (!complete(s, e)) {
		err_at(e, "%s", temp);
		unlink(temp);
		return false;
	}
	if (!file_settle(temp, path, e))
		return false;
	prune(s, number);
	return true;
}

uint64_t
state_bytes(const struct state *s)
{
	return s->bytes;
}
