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
#include "sha256.h"
#include "state.h"
#include "trail.h"

#define SNAP_MAX ((size_t)1 << 32)
#define KEEP     2 /* snapshots */
#define HEAD     STR("irstate 1 ")

struct state {
	int lock;
	char *dir;
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
	return s;
}

void
state_close(struct state *s)
{
	if (!s)
		return;
	close(s->lock);
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

/* The bytes behind a good header; absent if the file was damaged. */
static struct str
checked(struct str file)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	struct str body;
	char hex[65];

	if (!str_starts(file, HEAD) || file.n < HEAD.n + 65 ||
	    file.p[HEAD.n + 64] != '\n')
		return STR_NONE;
	body = str_from(file, HEAD.n + 65);
	sha256_init(&sum);
	sha256_add(&sum, body);
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	return memcmp(hex, file.p + HEAD.n, 64) == 0 ? body : STR_NONE;
}

struct str
state_load(
    struct state *s, struct arena *a, uint64_t restore, uint64_t *number, struct err *e)
{
	uint64_t n = restore ? restore : newest(s->dir, 0);

	*number = 0;
	for (; n > 0; n = restore ? 0 : newest(s->dir, n)) {
		char path[4096];
		struct str file, body;

		snprintf(
		    path, sizeof(path), "%s/snap.%llu", s->dir, (unsigned long long)n);
		file = file_read(a, path, SNAP_MAX, e);
		body = file.p ? checked(file) : STR_NONE;
		if (body.p) {
			*number = n;
			return body;
		}
		log_warn("'%s' is damaged or unreadable and is not used", path);
	}
	if (restore)
		err_set(e, ERR_CONFIG, "no usable snapshot %llu in '%s'",
		    (unsigned long long)restore, s->dir);
	else if (newest(s->dir, 0) > 0)
		err_set(e, ERR_CONFIG,
		    "no usable snapshot in '%s'; move it away to start afresh", s->dir);
	return STR_NONE;
}

void
state_begin(struct buf *b)
{
	buf_add(b, HEAD);
	for (int i = 0; i < 64; i++)
		buf_ch(b, '0');
	buf_ch(b, '\n');
}

bool
state_save(struct state *s, uint64_t number, struct buf *b, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 sum;
	char hex[65], path[4096];
	uint64_t old = number;
	bool ok;

	if (b->full) {
		err_set(e, ERR_SYS, "state of more than 4 GiB");
		return false;
	}
	sha256_init(&sum);
	sha256_add(&sum, str_from(buf_str(b), HEAD.n + 65));
	sha256_end(&sum, hash);
	sha256_hex(hash, hex, 64);
	memcpy(b->p + HEAD.n, hex, 64);
	snprintf(path, sizeof(path), "%s/snap.%llu", s->dir, (unsigned long long)number);
	ok = file_replace(path, buf_str(b), e);
	for (int kept = 1; ok && (old = newest(s->dir, old)) > 0; kept++)
		if (kept < KEEP) {
			trail_prune(s->dir, old, false);
		} else {
			snprintf(path, sizeof(path), "%s/snap.%llu", s->dir,
			    (unsigned long long)old);
			unlink(path);
		}
	return ok;
}
