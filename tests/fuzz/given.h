/* A file of ours alone with the bytes of a fuzzer, for readers that take a path. */
#ifndef GIVEN_H
#define GIVEN_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char given_dir[64];

static inline const char *
given(const char *name, const uint8_t *p, size_t n)
{
	static char path[128];
	int fd;

	if (!given_dir[0]) {
		snprintf(given_dir, sizeof(given_dir), "/tmp/ir-fuzz-XXXXXX");
		if (!mkdtemp(given_dir))
			abort();
	}
	snprintf(path, sizeof(path), "%s/%s", given_dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
	return path;
}

#endif
