#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"

static _Noreturn void
exhausted(void)
{
	static const char msg[] = "out of memory\n";

	if (write(2, msg, sizeof(msg) - 1) < 0)
		_exit(3);
	_exit(3);
}

void *
mem_new(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		exhausted();
	return p;
}

void *
mem_huge(size_t n)
{
	void *p = aligned_alloc(MEM_HUGE, n);

	if (!p)
		exhausted();
	madvise(p, n, MADV_HUGEPAGE); /* where there are none, it costs nothing */
	return p;
}

char *
mem_text(struct str s)
{
	char *p = mem_new(s.n + 1, 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void *
mem_grow(void *array, size_t *cap, size_t want, size_t size)
{
	size_t n = *cap ? *cap : 8;
	char *p;

	if (want <= *cap)
		return array;
	while (n < want)
		n = n > SIZE_MAX / 2 ? want : n * 2;
	if (n > SIZE_MAX / size)
		exhausted();
	p = realloc(array, n * size);
	if (!p)
		exhausted();
	memset(p + *cap * size, 0, (n - *cap) * size);
	*cap = n;
	return p;
}

void
mem_free(void *p)
{
	free(p);
}
