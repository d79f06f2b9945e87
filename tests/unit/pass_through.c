/*
 * Real records leave byte for byte: as they are, and with fields added and cut
 * off again.  Skipped where ../shared/data is absent.
 */
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include "lines.h"
#include "rec.h"
#include "test.h"

static const char *const logs[] = {"../shared/data/detect/windows-events.jsonl.gz",
    "../shared/data/normalise/*/input.jsonl"};

#define ADDED ",\"ir.test.text\":\"a\\\"b\",\"ir.test.n\":7,\"ir.test.list\":[1]"

static size_t lines_seen, wrong;

static bool
comes_back(struct rec *r, const int slots[3], struct str line, struct buf *out)
{
	struct str got;
	size_t at = 0;

	buf_reset(out);
	rec_write(r, out);
	if (!str_eq(buf_str(out), line))
		return false;
	rec_set_text(r, slots[0], STR("a\"b"));
	rec_set_i64(r, slots[1], 7);
	rec_push(r, slots[2], STR("1"));
	buf_reset(out);
	rec_write(r, out);
	got = buf_str(out);
	at = str_rchr(line, '}');
	return got.n == line.n + sizeof(ADDED) - 1 &&
	       str_eq(str_sub(got, 0, at), str_sub(line, 0, at)) &&
	       str_starts(str_from(got, at), STR(ADDED)) &&
	       str_eq(str_from(got, at + sizeof(ADDED) - 1), str_from(line, at));
}

static void
read_log(const char *path, struct arena *a)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct lines *in = lines_new(fd, (size_t)8 << 20);
	struct paths *paths = paths_new();
	struct rec *r = rec_new(paths, a);
	struct buf out = buf_make((size_t)16 << 20);
	int slots[3] = {paths_add(paths, STR("ir.test.text")),
	    paths_add(paths, STR("ir.test.n")), paths_add(paths, STR("ir.test.list"))};
	struct str line;
	struct err e;

	while (lines_next(in, &line, &e) == LINES_LINE) {
		lines_seen++;
		arena_reset(a);
		if (!rec_scan(r, line, NULL) || !comes_back(r, slots, line, &out)) {
			wrong++;
			fprintf(stderr, "  %s:%llu\n", path,
			    (unsigned long long)lines_number(in));
		}
	}
	buf_free(&out);
	rec_free(r);
	paths_free(paths);
	lines_free(in);
	close(fd);
}

int
main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		glob_t g;

		if (glob(logs[i], 0, NULL, &g) != 0) {
			printf("skip: no %s\n", logs[i]);
			continue;
		}
		for (size_t k = 0; k < g.gl_pathc; k++)
			read_log(g.gl_pathv[k], a);
		globfree(&g);
	}
	T(wrong == 0);
	printf("%zu lines, ", lines_seen);
	arena_free(a);
	return TEST_END;
}
