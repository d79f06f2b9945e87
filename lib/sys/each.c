#include <fcntl.h>
#include <unistd.h>

#include "each.h"
#include "file.h"
#include "lines.h"

#define LINE_BYTES ((size_t)8 * 1024 * 1024)

bool
each_line(const char *path, const char *(*take)(void *ctx, struct str line), void *ctx,
    struct err *e)
{
	enum lines_got got = LINES_LINE;
	const char *wrong = NULL;
	struct lines *lines;
	struct str line;
	int fd;

	if (!file_trusted(path, e))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	lines = lines_new(fd, LINE_BYTES);
	while (!wrong && (got = lines_next(lines, &line, e)) != LINES_EOF &&
	       got != LINES_ERROR)
		if (got == LINES_LONG)
			wrong = "a line of more than 8 MiB";
		else if (str_trim(line).n)
			wrong = take(ctx, line);
	if (wrong)
		err_set(e, ERR_CONFIG, "%s:%llu: %s", path,
		    (unsigned long long)lines_number(lines), wrong);
	else if (got == LINES_ERROR)
		err_at(e, "%s", path);
	lines_free(lines);
	close(fd);
	return !wrong && got == LINES_EOF;
}
