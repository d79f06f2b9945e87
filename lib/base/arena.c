#include <stdarg.h>
#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p))
#endif

#include "arena.h"
#include "mem.h"

#define BLOCK ((size_t)64 * 1024)
#define LARGE ((size_t)1024 * 1024) /* from here on, blocks are huge pages */
#define ALIGN ((size_t)16)

struct block {
	struct block *next;
	size_t cap, used;
	_Alignas(16) char p[];
};

struct arena {
	struct block *top; /* the one in use; older ones behind it */
	size_t held;       /* bytes in blocks of the usual size */
};

static struct block *
block_new(size_t cap, struct block *next)
{
	size_t n = sizeof(struct block) + cap;
	struct block *b = n % MEM_HUGE ? mem_new(1, n) : mem_huge(n);

	b->used = 0;
	b->next = next;
	b->cap = cap;
	ASAN_POISON_MEMORY_REGION(b->p, cap);
	return b;
}

static void
block_free(struct block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(b->p, b->cap);
	mem_free(b);
}

struct arena *
arena_new(void)
{
	return mem_new(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->top) {
		struct block *b = a->top;

		a->top = b->next;
		block_free(b);
	}
	mem_free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	a->held = 0;
	while (a->top) {
		struct block *b = a->top;

		a->top = b->next;
		if (!keep && b->cap == BLOCK)
			keep = b;
		else
			block_free(b);
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
		ASAN_POISON_MEMORY_REGION(keep->p, keep->cap);
	}
	a->top = keep;
}

/* A block with room for so much. */
static __attribute__((noinline)) struct block *
more(struct arena *a, size_t want)
{
	struct block *b = a->top;
	size_t cap = want > BLOCK / 4 ? want : BLOCK;

	/* A large piece gets its own block, below the one in use. */
	if (b && cap != BLOCK)
		return b->next = block_new(cap, b->next);
	cap = a->held < LARGE ? BLOCK : MEM_HUGE - sizeof(*b);
	a->held += cap;
	return a->top = block_new(cap > want ? cap : want, b);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t want = n ? (n + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	struct block *b = a->top;
	void *p;

	if (!b || b->cap - b->used < want)
		b = more(a, want);
	p = b->p + b->used;
	b->used += want;
	ASAN_UNPOISON_MEMORY_REGION(p, n ? n : 1);
	return p;
}

void *
arena_zero(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

struct str
arena_copy(struct arena *a, struct str s)
{
	char *p;

	if (!s.p)
		return s;
	p = arena_alloc(a, s.n + 1);
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){p, s.n};
}

struct str
arena_u64(struct arena *a, uint64_t v)
{
	char *end = (char *)arena_alloc(a, 20) + 20, *p = str_digits(end, v);

	return (struct str){p, (size_t)(end - p)};
}

struct str
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	p[0] = '\0';
	vsnprintf(p, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
	va_end(again);
	return (struct str){p, (size_t)(n < 0 ? 0 : n)};
}

struct str
arena_cat(struct arena *a, size_t n, const struct str *s)
{
	size_t sum = 0, at = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		sum += s[i].n;
	p = arena_alloc(a, sum + 1);
	for (size_t i = 0; i < n; i++) {
		if (s[i].n)
			memcpy(p + at, s[i].p, s[i].n);
		at += s[i].n;
	}
	p[sum] = '\0';
	return (struct str){p, sum};
}
