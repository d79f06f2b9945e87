/*
 * str - a slice of bytes that somebody else owns.
 *
 * Passed by value, borrowed, not NUL-terminated.  {NULL, 0} is "absent",
 * STR("") is "empty"; the two are different and str_eq() says so.
 */
#ifndef STR_H
#define STR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit)   ((struct str){"" lit, sizeof(lit) - 1})
#define STR_NONE   ((struct str){NULL, 0})
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* The bytes of a C string; NULL gives "absent". */
static inline struct str
str_of(const char *c)
{
	return (struct str){c, c ? strlen(c) : 0};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && !a.p == !b.p && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* As memcmp() == 0, without a call: for short pieces. */
static inline bool
str_same(const char *a, const char *b, size_t n)
{
	uint64_t x, y;
	uint32_t v, w;

	if (n >= 8) {
		for (size_t i = 0; i + 8 < n; i += 8) {
			memcpy(&x, a + i, 8);
			memcpy(&y, b + i, 8);
			if (x != y)
				return false;
		}
		memcpy(&x, a + n - 8, 8);
		memcpy(&y, b + n - 8, 8);
		return x == y;
	}
	if (n >= 4) {
		memcpy(&v, a, 4);
		memcpy(&w, b, 4);
		if (v != w)
			return false;
		a += n - 4;
		b += n - 4;
		memcpy(&v, a, 4);
		memcpy(&w, b, 4);
		return v == w;
	}
	while (n > 0 && a[n - 1] == b[n - 1])
		n--;
	return n == 0;
}

static inline bool
str_starts(struct str s, struct str head)
{
	return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

static inline bool
str_ends(struct str s, struct str tail)
{
	return s.n >= tail.n &&
	       (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

/* Bytes [from, from + n) of `s`, cut to what there is. */
static inline struct str
str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	/* nothing may be added to an absent one */
	return (struct str){from ? s.p + from : s.p, n};
}

static inline struct str
str_from(struct str s, size_t from)
{
	return str_sub(s, from, s.n);
}

/* The last n % 8 bytes as a number, the first one lowest.  For hashes. */
static inline uint64_t
str_tail(struct str s)
{
	/* by the number of the address, for the same reason */
	const unsigned char *p = (const unsigned char *)((uintptr_t)s.p +
							 (s.n & ~(size_t)7));
	size_t n = s.n & 7;
	uint32_t low, high;

	if (n >= 4) {
		memcpy(&low, p, 4);
		memcpy(&high, p + n - 4, 4);
		return le32toh(low) | (uint64_t)le32toh(high) << 8 * (n - 4);
	}
	if (n == 0)
		return 0;
	return p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) |
	       (uint64_t)p[n - 1] << 8 * (n - 1);
}

#define STR_NPOS ((size_t)-1)

/* Bytewise order, shorter first; absent before everything. */
int str_cmp(struct str, struct str);

/* Equal but for the case of ASCII letters. */
bool str_ieq(struct str, struct str);

/* Where `c` or `part` first (str_rchr: last) stands in the string, else STR_NPOS. */
size_t str_chr(struct str, char c);
size_t str_rchr(struct str, char c);
size_t str_find(struct str, struct str part);

/* What stands behind the last '/' or '\\': the name in a path of either system. */
struct str str_base(struct str path);

/* How many bytes at the start are ASCII. */
size_t str_ascii(struct str);

/* Without blanks (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str);

/*
 * Cut `*rest` at the first `sep`: returns what stands before it and moves
 * `*rest` behind it.  Without a `sep` returns all and makes `*rest` absent,
 * so `while (rest.p)` visits each field once.
 */
struct str str_cut(struct str *rest, char sep);

/* Whole string as a decimal number, no sign (str_i64: or a minus), no blanks. */
bool str_u64(struct str, uint64_t *);
bool str_i64(struct str, int64_t *);

/* Write the decimal digits of `v` to end at `end`, at most 20; returns where they start. */
char *str_digits(char *end, uint64_t v);

/* Does a shell pattern of `*` and `?` match the whole string? */
bool str_glob(struct str pattern, struct str);

/*
 * How many single edits (insert, delete, replace, swap neighbours) lead from
 * one to the other, given up at `max` + 1.  For "did you mean".
 */
unsigned str_distance(struct str, struct str, unsigned max);

#endif
