#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "str.h"

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d;

	if (!a.p || !b.p)
		return !!a.p - !!b.p;
	d = n ? memcmp(a.p, b.p, n) : 0;
	if (d != 0)
		return d;
	return a.n < b.n ? -1 : a.n > b.n;
}

static unsigned char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : (unsigned char)c;
}

bool
str_ieq(struct str a, struct str b)
{
	if (a.n != b.n || !a.p != !b.p)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

size_t
str_chr(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : STR_NPOS;
}

size_t
str_rchr(struct str s, char c)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return STR_NPOS;
}

struct str
str_base(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/' && path.p[i - 1] != '\\')
		i--;
	return str_from(path, i);
}

#define FIND_SHORT 64 /* for longer ones it pays to prepare */

/* In a text too short for more: byte by byte. */
static size_t
find_slowly(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (s.p[i] == part.p[0] && memcmp(s.p + i, part.p, part.n) == 0)
			return i;
	return STR_NPOS;
}

#if defined(__SSE2__)

/* Where the first and the last byte of the part fit, the rest is compared. */
static size_t
find_wide(struct str s, struct str part)
{
	const __m128i first = _mm_set1_epi8(part.p[0]);
	const __m128i last = _mm_set1_epi8(part.p[part.n - 1]);
	size_t end = s.n - part.n - 15; /* the last place where sixteen can be read */

	for (size_t i = 0;; i = i + 16 < end ? i + 16 : end) {
		const char *p = s.p + i;
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i b = _mm_loadu_si128(
		    (const __m128i *)(const void *)(p + part.n - 1));
		unsigned bits = (unsigned)_mm_movemask_epi8(
		    _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));

		for (; bits; bits &= bits - 1) {
			size_t at = i + (size_t)__builtin_ctz(bits);

			if (memcmp(s.p + at, part.p, part.n) == 0)
				return at;
		}
		if (i == end)
			return STR_NPOS;
	}
}

#else

static size_t
find_wide(struct str s, struct str part)
{
	const char *at = memmem(s.p, s.n, part.p, part.n);

	return at ? (size_t)(at - s.p) : STR_NPOS;
}

#endif

size_t
str_find(struct str s, struct str part)
{
	const char *at;

	if (part.n == 0)
		return 0;
	if (s.n < part.n + 15)
		return find_slowly(s, part);
	if (part.n <= FIND_SHORT)
		return find_wide(s, part);
	at = memmem(s.p, s.n, part.p, part.n);
	return at ? (size_t)(at - s.p) : STR_NPOS;
}

size_t
str_ascii(struct str s)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t v[4];
	size_t i = 0;

	for (; i + sizeof(v) <= s.n; i += sizeof(v)) {
		memcpy(v, s.p + i, sizeof(v));
		if ((v[0] | v[1] | v[2] | v[3]) & high)
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_cut(struct str *rest, char sep)
{
	size_t at = str_chr(*rest, sep);
	struct str head = *rest;

	if (at == STR_NPOS) {
		*rest = STR_NONE;
		return head;
	}
	head.n = at;
	rest->p += at + 1;
	rest->n -= at + 1;
	return head;
}

bool
str_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 20)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		/* only the twentieth digit can be too much */
		if (d > 9 || (i == 19 && v > (UINT64_MAX - d) / 10))
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

char *
str_digits(char *end, uint64_t v)
{
	/* two at a time: each division waits for the one before */
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";

	for (; v >= 100; v /= 100)
		memcpy(end -= 2, pairs + v % 100 * 2, 2);
	if (v < 10)
		*--end = (char)('0' + v);
	else
		memcpy(end -= 2, pairs + v * 2, 2);
	return end;
}

bool
str_i64(struct str s, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t v;

	if (!str_u64(minus ? str_from(s, 1) : s, &v))
		return false;
	if (v > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool
str_glob(struct str pat, struct str s)
{
	size_t p = 0, i = 0, star = STR_NPOS, mark = 0;

	while (i < s.n) {
		if (p < pat.n && pat.p[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pat.n && (pat.p[p] == '?' || pat.p[p] == s.p[i])) {
			p++;
			i++;
		} else if (star != STR_NPOS) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pat.n && pat.p[p] == '*')
		p++;
	return p == pat.n;
}

#define NAME_MAX_LEN 64

unsigned
str_distance(struct str a, struct str b, unsigned max)
{
	unsigned rows[3][NAME_MAX_LEN + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	if (a.n > NAME_MAX_LEN || b.n > NAME_MAX_LEN)
		return max + 1;
	for (size_t j = 0; j <= b.n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = a.p[i - 1] == b.p[j - 1];
			unsigned d = last[j - 1] + !same;

			if (last[j] + 1 < d)
				d = last[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			now[j] = d;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b.n] > max ? max + 1 : last[b.n];
}
