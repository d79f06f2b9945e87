#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "ledger_inside.h"
#include "mem.h"
#include "when.h"

#define SKEW (INT64_C(10) * WHEN_S)

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
	return ops[s];
}

bool
deed_live(const struct deed *d)
{
	return d->state == DEED_INTENT || d->state == DEED_APPLIED ||
	       d->state == DEED_UNDOING;
}

/* --- in memory --- */

struct deed *
ledger_remember(struct ledger *l, const struct deed *d)
{
	struct deed *mine = mem_new(1, sizeof(*mine));

	*mine = *d;
	mine->target = arena_copy(l->texts, d->target);
	mine->on = arena_copy(l->texts, d->on);
	mine->prior = arena_copy(l->texts, d->prior);
	mine->nth = l->n;
	mine->before = map_get(l->by_key, str_of(d->key));
	mine->plan = arena_copy(l->texts, d->plan);
	mine->incident = arena_copy(l->texts, d->incident);
	mine->by = arena_copy(l->texts, d->by);
	mine->why = arena_copy(l->texts, d->why);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(struct deed *));
	l->v[l->n++] = mine;
	*map_put(l->by_id, str_of(mine->id)) = mine;
	*map_put(l->by_key, str_of(mine->key)) = mine;
	return mine;
}

struct deed *
ledger_live(struct ledger *l, const char key[ACTION_KEY])
{
	struct deed *d = map_get(l->by_key, str_of(key));

	return d && deed_live(d) ? d : NULL;
}

struct deed *
ledger_next(struct ledger *l, size_t *at)
{
	return *at < l->n ? l->v[(*at)++] : NULL;
}

size_t
ledger_since(const struct ledger *l, int64_t from_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i]->at_ns >= from_ns;
	return n;
}

size_t
ledger_count(const struct ledger *l, enum action_do what, int64_t from_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct deed *d = l->v[i];

		n += d->at_ns >= from_ns && d->what == what && d->state != DEED_FAILED;
	}
	return n;
}

size_t
ledger_times(const struct ledger *l, const char key[ACTION_KEY], int64_t from_ns)
{
	const struct deed *d = map_get(l->by_key, str_of(key));
	size_t n = 0;

	for (; d; d = d->before)
		n += d->at_ns >= from_ns && d->state != DEED_FAILED;
	return n;
}

bool
ledger_rebase(struct ledger *l, int64_t now_ns)
{
	int64_t up_s = ledger_up_s(), until;
	bool set = false;

	for (size_t i = 0; i < l->n; i++) {
		struct deed *d = l->v[i];

		if (!d->up_s || !d->ttl_s || !deed_live(d))
			continue;
		until = now_ns + (d->ttl_s - (up_s - d->up_s)) * WHEN_S;
		if (until - d->until_ns < SKEW && d->until_ns - until < SKEW)
			continue;
		d->until_ns = until;
		set = true;
	}
	return set;
}

int64_t
ledger_up_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec;
}

void
ledger_boot(char id[LEDGER_BOOT])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, id, LEDGER_BOOT - 1) : 0;

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

bool
deed_over(const struct deed *d, int64_t now_ns)
{
	return d->ttl_s > 0 && d->until_ns <= now_ns;
}

int64_t
ledger_last(const struct ledger *l)
{
	return l->last_ns;
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

static bool
load(struct ledger *l, struct err *e)
{
	struct arena *a = arena_new();
	struct str bytes;
	bool ok;

	ok = file_trusted(l->path, e);
	bytes = ok ? file_read(a, l->path, LEDGER_MAX, e) : STR_NONE;
	ok = ok && bytes.p && ledger_read(l, bytes, e);
	arena_free(a);
	return ok;
}

struct ledger *
ledger_open(const char *dir, bool write, struct err *e)
{
	struct ledger *l = mem_new(1, sizeof(*l));

	*l = (struct ledger){.fd = -1,
	    .lock = -1,
	    .by_id = map_new(),
	    .by_key = map_new(),
	    .texts = arena_new(),
	    .pending = buf_make(LEDGER_MAX),
	    .last_ns = INT64_MIN};
	ledger_boot(l->boot);
	memset(l->head, '0', LEDGER_HASH);
	l->path = mem_new(strlen(dir) + sizeof("/" LEDGER_NAME), 1);
	memcpy(l->path, dir, strlen(dir));
	memcpy(l->path + strlen(dir), "/" LEDGER_NAME, sizeof("/" LEDGER_NAME));
	if (write) {
		if (!make_dir(dir, e) || !take_lock(l, dir, e))
			goto fail;
		l->fd = open(
		    l->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (l->fd < 0) {
			err_sys(e, ERR_CONFIG, "cannot open '%s'", l->path);
			goto fail;
		}
	} else if (access(l->path, R_OK) < 0 && errno == ENOENT) {
		return l;
	}
	if (!load(l, e))
		goto fail;
	if (write)
		ledger_close_gap(l, l->last_ns == INT64_MIN ? 0 : l->last_ns);
	return l;
fail:
	ledger_close(l);
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->v[i]);
	mem_free(l->v);
	map_free(l->by_id);
	map_free(l->by_key);
	arena_free(l->texts);
	buf_free(&l->pending);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock >= 0)
		close(l->lock);
	mem_free(l->path);
	mem_free(l);
}
