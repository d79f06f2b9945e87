#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "mem.h"
#include "pieces.h"

#define PIECE ((size_t)1 << 20)

struct pieces {
	int fd;
	char *p;
	size_t cap, n;
	size_t given; /* of the n bytes, those handed out last */
	bool ended;
};

struct pieces *
pieces_open(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	struct pieces *f;

	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return NULL;
	}
	f = mem_new(1, sizeof(*f));
	f->fd = fd;
	return f;
}

void
pieces_close(struct pieces *f)
{
	if (!f)
		return;
	close(f->fd);
	mem_free(f->p);
	mem_free(f);
}

/* More bytes behind those that are there.  False: there are none, or `e`. */
static bool
more(struct pieces *f, struct err *e)
{
	ssize_t got;

	if (f->ended)
		return false;
	f->p = mem_grow(f->p, &f->cap, f->n + PIECE + PIECES_PAD, 1);
	do
		got = read(f->fd, f->p + f->n, PIECE);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		err_sys(e, ERR_SYS, "cannot read");
	f->ended = got <= 0;
	f->n += got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* What was handed out goes. */
static void
forget(struct pieces *f)
{
	f->n -= f->given;
	if (f->n)
		memmove(f->p, f->p + f->given, f->n);
	f->given = 0;
}

static struct str
give(struct pieces *f, size_t n)
{
	f->given = n;
	return n ? (struct str){f->p, n} : STR_NONE;
}

struct str
pieces_bytes(struct pieces *f, struct err *e)
{
	forget(f);
	if (!f->n)
		more(f, e);
	if (f->n)
		memset(f->p + f->n, 0, PIECES_PAD);
	return give(f, f->n);
}

struct str
pieces_lines(struct pieces *f, struct err *e)
{
	size_t seen = 0;
	const char *end = NULL;

	forget(f);
	for (;;) {
		if (f->n > seen && (end = memrchr(f->p + seen, '\n', f->n - seen)))
			break;
		seen = f->n;
		if (!more(f, e))
			break;
	}
	if (e->kind != ERR_NONE)
		return STR_NONE;
	if (f->n)
		memset(f->p + f->n, 0, PIECES_PAD);
	return give(f, end ? (size_t)(end - f->p) + 1 : f->n);
}
