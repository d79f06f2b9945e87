#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "ledger_inside.h"
#include "mem.h"

static const char *const ops[] = {
    [DEED_INTENT] = "intent",
    [DEED_APPLIED] = "applied",
    [DEED_FAILED] = "failed",
    [DEED_UNDOING] = "undo",
    [DEED_UNDONE] = "undone",
    [DEED_EXPIRED] = "expired",
};

const char *
deed_state_name(enum deed_state s)
{
	return s <= DEED_EXPIRED ? ops[s] : "";
}

bool
deed_live(const struct deed *d)
{
	return d->state == DEED_INTENT || d->state == DEED_APPLIED ||
	       d->state == DEED_UNDOING;
}

bool
deed_over(const struct deed *d, int64_t now_ns)
{
	return d->ttl_s > 0 && d->until_ns <= now_ns;
}

int64_t
ledger_up_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec;
}

void
ledger_boot(char id[INDEX_BOOT])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, id, INDEX_BOOT - 1) : 0;

	id[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

struct str
ledger_head(const struct ledger *l)
{
	return str_of(l->head);
}

bool
ledger_torn(const struct ledger *l)
{
	return l->closed;
}

int64_t
ledger_last(const struct ledger *l)
{
	return l->last_ns;
}

const char *
ledger_doubt(const struct ledger *l)
{
	return l->write ? l->doubt : NULL;
}

/* --- opening --- */

static bool
make_dir(const char *dir, struct err *e)
{
	char path[4096];
	size_t n = strlen(dir);

	if (n >= sizeof(path)) {
		err_set(e, ERR_CONFIG, "name of the state directory is too long");
		return false;
	}
	memcpy(path, dir, n + 1);
	for (size_t i = 1; i <= n; i++)
		if (path[i] == '/' || path[i] == '\0') {
			path[i] = '\0';
			if (mkdir(path, 0700) < 0 && errno != EEXIST) {
				err_sys(e, ERR_CONFIG, "cannot make '%s'", path);
				return false;
			}
			path[i] = dir[i];
		}
	return true;
}

static bool
take_lock(struct ledger *l, const char *dir, struct err *e)
{
	struct arena *a = arena_new();
	const char *path = arena_fmt(a, "%s/lock", dir).p;

	l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock < 0)
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
	else if (flock(l->lock, LOCK_EX | LOCK_NB) < 0)
		err_set(e, ERR_LATER, "'%s' is held by another run; try again", path);
	arena_free(a);
	return e->kind == ERR_NONE;
}

bool
ledger_load(struct ledger *l, struct err *e)
{
	if (!l->all)
		l->all = arena_new();
	l->text = file_read(l->all, l->path, LEDGER_MAX, e);
	memset(l->head, '0', LEDGER_HASH);
	l->seq = 0;
	l->end = l->last = 0;
	l->last_ns = INT64_MIN;
	return l->text.p && ledger_read(l, l->text, e);
}

/* Is the last line the one that the index was made behind? */
static bool
same_end(const struct ledger *l, const struct index_bound *b)
{
	char hash[LEDGER_HASH + 1] = "", *p;
	size_t n;

	if (b->last >= b->end || b->end - b->last > LEDGER_LINE + 1)
		return false;
	n = (size_t)(b->end - b->last);
	p = arena_alloc(l->scratch, n);
	if (pread(l->fd, p, n, (off_t)b->last) == (ssize_t)n && p[n - 1] == '\n')
		ledger_hash((struct str){p, n - 1}, hash);
	arena_reset(l->scratch);
	return strcmp(hash, b->hash) == 0;
}

/* By the index, if it is this ledger's; else `doubt` says why not. */
static bool
look_up(struct ledger *l)
{
	struct index_bound b;
	struct index *x = NULL;
	struct stat st;

	l->doubt = "the ledger cannot be looked at";
	if (fstat(l->fd, &st) == 0)
		x = index_load(l->index_path, &st, l->boot, &b, &l->doubt);
	if (x && !same_end(l, &b)) {
		l->doubt = "the last line of the ledger is another";
		index_free(x);
		x = NULL;
	}
	if (!x)
		return false;
	l->doubt = NULL;
	index_free(l->index);
	l->index = x;
	memcpy(l->head, b.hash, sizeof(l->head));
	l->seq = b.seq;
	l->last_ns = b.last_ns;
	l->end = b.end;
	l->last = b.last;
	return true;
}

static char *
in_dir(const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);
	char *path = mem_new(n + m + 2, 1);

	memcpy(path, dir, n);
	path[n] = '/';
	memcpy(path + n + 1, name, m);
	return path;
}

static bool
open_file(struct ledger *l, const char *dir, struct err *e)
{
	if (l->write && (!make_dir(dir, e) || !take_lock(l, dir, e)))
		return false;
	l->fd = open(l->path,
	    l->write ? O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
		     : O_RDONLY | O_CLOEXEC,
	    0600);
	if (l->fd < 0 && (l->write || errno != ENOENT)) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", l->path);
		return false;
	}
	return l->fd < 0 || file_trusted(l->path, e);
}

struct ledger *
ledger_open(const char *dir, bool write, struct err *e)
{
	struct ledger *l = mem_new(1, sizeof(*l));

	*l = (struct ledger){.fd = -1,
	    .lock = -1,
	    .write = write,
	    .path = in_dir(dir, LEDGER_NAME),
	    .index_path = in_dir(dir, LEDGER_INDEX),
	    .index = index_new(),
	    .texts = arena_new(),
	    .scratch = arena_new(),
	    .pending = buf_make(LEDGER_MAX),
	    .last_ns = INT64_MIN};
	ledger_boot(l->boot);
	memset(l->head, '0', LEDGER_HASH);
	if (!open_file(l, dir, e) ||
	    (l->fd >= 0 && !(write && look_up(l)) && !ledger_load(l, e))) {
		ledger_close(l);
		return NULL;
	}
	if (write)
		ledger_close_gap(l, l->last_ns == INT64_MIN ? 0 : l->last_ns);
	return l;
}

/* --- closing --- */

/* For the next run, if the file holds what we think it does. */
static void
save(struct ledger *l)
{
	struct index_bound b = {
	    .end = l->end, .last = l->last, .seq = l->seq, .last_ns = l->last_ns};
	struct stat st;

	if (!l->write || l->fd < 0 || (!l->changed && !l->doubt) || l->seq == 0)
		return;
	if (l->broken || l->plain || l->gap || l->pending.n > 0 ||
	    fstat(l->fd, &st) < 0 || (uint64_t)st.st_size != l->end) {
		unlink(l->index_path);
		return;
	}
	memcpy(b.hash, l->head, sizeof(b.hash));
	memcpy(b.boot, l->boot, sizeof(b.boot));
	index_bind(&b, &st);
	index_save(l->index, l->index_path, &b);
}

void
ledger_close(struct ledger *l)
{
	if (!l)
		return;
	save(l);
	for (size_t i = 0; i < l->cap; i++)
		mem_free(l->v[i]);
	mem_free(l->v);
	index_free(l->index);
	arena_free(l->texts);
	arena_free(l->scratch);
	if (l->all)
		arena_free(l->all);
	buf_free(&l->pending);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock >= 0)
		close(l->lock);
	mem_free(l->path);
	mem_free(l->index_path);
	mem_free(l);
}
