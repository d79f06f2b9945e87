/*
 * mem - the only place that calls malloc.
 *
 * Allocation cannot fail: at exhaustion one line is printed and the program
 * exits with status 3.  Sizes are multiplied here, with the overflow checked.
 */
#ifndef MEM_H
#define MEM_H

#include "str.h"

/* `n` zeroed objects of `size` bytes; free with mem_free(). */
void *mem_new(size_t n, size_t size);

/*
 * `n` bytes, a multiple of MEM_HUGE, not zeroed, in huge pages where there are some:
 * a program that starts by filling megabytes spends less on page faults.
 */
#define MEM_HUGE ((size_t)2 * 1024 * 1024)
void *mem_huge(size_t n);

/* A NUL-terminated copy of the bytes; free with mem_free(). */
char *mem_text(struct str);

/*
 * Make room for at least `want` objects in an array of `*cap`.  Returns the
 * array, perhaps moved; the new part is zeroed; `*cap` at least doubles.
 */
void *mem_grow(void *array, size_t *cap, size_t want, size_t size);

void mem_free(void *);

#endif
