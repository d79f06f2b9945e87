/*
 * Any bytes as input of `lines`, packed or not: offsets and lengths must join up,
 * no line may be longer than the limit, and it must come to an end.
 */
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lines.h"

#define UNPACKED_MOST ((uint64_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);
	size_t max = n ? (size_t)p[0] * 16 : 0;
	uint64_t at = 0, number = 0;
	struct lines *l;
	enum lines_got got;
	struct str line;
	struct err e = {0};
	bool ended = true;

	if (n == 0 || write(fd, p + 1, n - 1) != (ssize_t)n - 1 ||
	    lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return 0;
	}
	l = lines_new(fd, max);
	while ((got = lines_next(l, &line, &e)) == LINES_LINE || got == LINES_LONG) {
		assert(ended && lines_number(l) == ++number && lines_offset(l) == at);
		assert(got == LINES_LINE ? lines_length(l) == line.n && line.n <= max
					 : lines_length(l) > max);
		assert(line.n <= (max > LINES_HEAD ? max : LINES_HEAD));
		assert(line.n == 0 || !memchr(line.p, '\n', line.n));
		ended = lines_ended(l);
		at += lines_length(l) + ended;
		/* a few bytes can unpack to very many */
		if (at > UNPACKED_MOST)
			break;
	}
	if (got == LINES_ERROR)
		assert(e.kind == ERR_SYS && e.msg[0]);
	lines_free(l);
	close(fd);
	return 0;
}
