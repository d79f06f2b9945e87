#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inputs.h"
#include "log.h"
#include "mem.h"

#define HELD_MAX ((size_t)256 * 1024 * 1024)

static const char *
shown(const struct input *in)
{
	return strcmp(in->name, "-") == 0 ? "stdin" : in->name;
}

/* Many rotated logs: as many descriptors as the hard limit gives. */
static void
more_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int
open_one(const char *name, struct err *e)
{
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0)
		return 0;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		err_sys(e, ERR_DATA, "cannot open '%s'", name);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		err_set(e, ERR_DATA, "cannot read '%s': it is a directory", name);
		close(fd);
		return -1;
	}
	return fd;
}

void
inputs_open(struct inputs *in, const struct opt_list *operands)
{
	static const char *const none[] = {"-"};
	const char *const *names = operands->n ? operands->v : none;
	size_t n = operands->n ? operands->n : 1;

	in->v = mem_new(n, sizeof(*in->v));
	if (n > 200)
		more_descriptors();
	for (size_t i = 0; i < n; i++) {
		struct input *one = &in->v[in->n];
		struct err e = {0};

		one->name = names[i];
		one->fd = open_one(names[i], &e);
		one->held = buf_make(HELD_MAX);
		one->at = INT64_MIN;
		if (one->fd >= 0) {
			in->n++;
			continue;
		}
		log_err(&e);
		in->missing = true;
	}
}

void
inputs_close(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++) {
		lines_free(in->v[i].lines);
		buf_free(&in->v[i].held);
		if (in->v[i].fd > 2)
			close(in->v[i].fd);
	}
	mem_free(in->v);
	*in = (struct inputs){0};
}

/* Take the next line of an input to the instance.  False: there is none. */
static bool
feed(struct inputs *in, size_t i, struct filter_run *run)
{
	struct input *one = &in->v[i];
	struct err e;
	struct str line;
	enum lines_got got;

	err_clear(&e);
	if (!one->lines) {
		one->lines = lines_new(one->fd, in->max_line);
		lines_before_read(one->lines, in->wait, in->ctx);
		if (run->f->frames)
			lines_frames(one->lines, run->f->frames, one->name);
	}
	run->input = i;
	run->name = one->name;
	got = lines_next(one->lines, &line, &e);
	if (got == LINES_EOF || got == LINES_ERROR) {
		if (got == LINES_ERROR) {
			err_at(&e, "%s", shown(one));
			log_err(&e);
			in->broken = true;
		}
		one->done = true;
		return false;
	}
	run->line_no = lines_number(one->lines);
	run->offset = lines_offset(one->lines);
	run->long_bytes = 0;
	if (got == LINES_LONG) {
		run->long_bytes = lines_length(one->lines);
		lines_hash(one->lines, run->long_hash);
	}
	instance_line(run, line);
	return true;
}

void
inputs_run(struct inputs *in, struct filter_run *run)
{
	for (size_t i = 0; i < in->n; i++) {
		while (run->fatal.kind == ERR_NONE && feed(in, i, run))
			;
		if (run->fatal.kind != ERR_NONE)
			return;
		lines_free(in->v[i].lines);
		in->v[i].lines = NULL;
	}
}

/* --- merging --- */

static void
hold(void *ctx, struct str record)
{
	struct input *one = ctx;

	buf_add(&one->held, record);
	buf_ch(&one->held, '\n');
}

/* Step the next line of input `i` and hold what it gives. */
static void
ahead(struct inputs *in, size_t i, struct filter_run *run)
{
	struct input *one = &in->v[i];
	void (*sink)(void *, struct str) = run->sink;
	void *ctx = run->ctx;
	struct out *out = run->out;

	run->sink = hold;
	run->out = NULL;
	run->ctx = one;
	memcpy(run->source, one->source, sizeof(run->source));
	buf_reset(&one->held);
	if (feed(in, i, run) && run->has_at && run->at > one->at)
		one->at = run->at;
	if (one->held.full)
		err_set(
		    &run->fatal, ERR_SYS, "%s: records too large to merge", shown(one));
	memcpy(one->source, run->source, sizeof(one->source));
	run->sink = sink;
	run->out = out;
	run->ctx = ctx;
}

static bool
before(const struct inputs *in, size_t a, size_t b)
{
	return in->v[a].at != in->v[b].at ? in->v[a].at < in->v[b].at : a < b;
}

/* Let heap[0] sink to its place. */
static void
sift(const struct inputs *in, size_t *heap, size_t n, size_t i)
{
	for (;;) {
		size_t k = 2 * i + 1, t;

		if (k >= n)
			return;
		if (k + 1 < n && before(in, heap[k + 1], heap[k]))
			k++;
		if (!before(in, heap[k], heap[i]))
			return;
		t = heap[i];
		heap[i] = heap[k];
		heap[k] = t;
		i = k;
	}
}

void
inputs_merge(struct inputs *in, struct filter_run *run)
{
	size_t *heap = mem_new(in->n, sizeof(*heap)), n = 0;

	for (size_t i = 0; i < in->n && run->fatal.kind == ERR_NONE; i++) {
		ahead(in, i, run);
		if (!in->v[i].done)
			heap[n++] = i;
	}
	for (size_t i = n / 2; i-- > 0;)
		sift(in, heap, n, i);
	while (n > 0 && run->fatal.kind == ERR_NONE) {
		struct input *one = &in->v[heap[0]];
		struct str rest = buf_str(&one->held);

		while (rest.n > 0)
			run->sink(run->ctx, str_cut(&rest, '\n'));
		ahead(in, heap[0], run);
		if (one->done)
			heap[0] = heap[--n];
		sift(in, heap, n, 0);
	}
	mem_free(heap);
}
