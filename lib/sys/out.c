#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "mem.h"
#include "out.h"

#define OUT_SIZE ((size_t)64 * 1024)

struct out {
	int fd;
	bool survive;
	uint64_t written;
	struct buf b; /* of its full size from the start: it never moves */
};

struct out *
out_new(int fd)
{
	struct out *o = mem_new(1, sizeof(*o));

	o->fd = fd;
	o->b = buf_make(OUT_SIZE);
	o->b.p = mem_new(OUT_SIZE, 1);
	o->b.cap = OUT_SIZE;
	return o;
}

void
out_free(struct out *o)
{
	if (!o)
		return;
	buf_free(&o->b);
	mem_free(o);
}

void
out_survive(struct out *o)
{
	o->survive = true;
}

bool
out_write(int fd, struct str s, struct err *e)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);

		if (n >= 0) {
			s = str_from(s, (size_t)n);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd room = {.fd = fd, .events = POLLOUT};

			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			int why = errno;

			err_sys(e, ERR_SYS, "cannot write");
			errno = why;
			return false;
		}
	}
	return true;
}

/* The parent may have ignored or blocked SIGPIPE; a filter dies of it all the same. */
static void
die_quietly(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGPIPE);
}

static bool
put(struct out *o, struct str s, struct err *e)
{
	if (out_write(o->fd, s, e))
		return true;
	if (errno == EPIPE && !o->survive)
		die_quietly();
	return false;
}

bool
out_flush(struct out *o, struct err *e)
{
	struct str all = buf_str(&o->b);

	/* what could not be written is not tried again: the program ends */
	o->b.n = 0;
	o->written += all.n;
	return all.n == 0 || put(o, all, e);
}

struct buf *
out_room(struct out *o, size_t n, struct err *e)
{
	if (n > OUT_SIZE || (n > OUT_SIZE - o->b.n && !out_flush(o, e)))
		return NULL;
	return &o->b;
}

bool
out_add(struct out *o, struct str s, struct err *e)
{
	if (s.n > OUT_SIZE - o->b.n && !out_flush(o, e))
		return false;
	if (s.n < OUT_SIZE) {
		buf_add(&o->b, s);
		return true;
	}
	o->written += s.n;
	return put(o, s, e);
}

bool
out_line(struct out *o, struct str s, struct err *e)
{
	if (s.n < OUT_SIZE - o->b.n) {
		buf_add(&o->b, s);
		buf_ch(&o->b, '\n');
		return true;
	}
	return out_add(o, s, e) && out_add(o, STR("\n"), e);
}

uint64_t
out_bytes(const struct out *o)
{
	return o->written + o->b.n;
}
