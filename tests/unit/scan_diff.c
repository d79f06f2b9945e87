/*
 * Generated and mutated records through all variants of the scanner.
 *
 *   scan_diff [N [SEED]]    N cases (20,000)
 */
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/scan.c"
#include "buf.h"

static uint64_t state;

static unsigned
pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state * 0x2545f4914f6cdd1du) >> 33) % n;
}

static void
add(struct buf *b, const char *s)
{
	buf_add(b, str_of(s));
}

static void
blanks(struct buf *b)
{
	static const char *const some[] = {" ", "\t", "\r", "  ", "\n", "   \t "};

	if (pick(6) == 0)
		add(b, some[pick(24) ? pick(4) : pick(6)]);
}

static void
text(struct buf *b)
{
	static const char *const parts[] = {"x", "abc", "C:\\\\win", "\\\"", "\\\\",
	    "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud800", "\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "{", "}", "[", ":", ",", "\x7f", "\\/", "\\u002e",
	    "a long stretch of plain text, as logs have it"};
	unsigned n = pick(8) ? pick(6) : pick(40);

	buf_ch(b, '"');
	for (unsigned i = 0; i < n; i++)
		add(b, parts[pick(sizeof(parts) / sizeof(*parts))]);
	buf_ch(b, '"');
}

static void
name(struct buf *b)
{
	static const char *const some[] = {"\"a\"", "\"b\"", "\"a.b\"", "\"a.b.c\"",
	    "\"\"", "\"a.\"", "\".a\"", "\"\\u0061\"", "\"a\\u002eb\"", "\"c\"",
	    "\"b.a\"", "\"source.ip\"", "\"source\"", "\"ip\"",
	    "\"a.long.name.that.is.longer\"", "\"a.long.name.that.is.longes\"",
	    "\"a.b.c.d\"", "\"\\u0061.b\"", "\"a..b\"",
	    "\"a.name.of.more.than.sixty.four.bytes.so.that.it.goes.another.way.round\""};

	if (pick(8) == 0)
		text(b);
	else
		add(b, some[pick(sizeof(some) / sizeof(*some))]);
}

static void
value(struct buf *b, int depth)
{
	static const char *const words[] = {"0", "-1", "12.5", "1e9", "-0.5E-3", "true",
	    "false", "null", "9007199254740993",
	    "1234567890123456789012345678901234567890"};
	unsigned kind = pick(depth > 5 ? 5 : 9), n = pick(5);

	if (kind < 3) {
		text(b);
	} else if (kind < 5) {
		add(b, words[pick(sizeof(words) / sizeof(*words))]);
	} else {
		buf_ch(b, kind < 7 ? '{' : '[');
		for (unsigned i = 0; i < n; i++) {
			blanks(b);
			if (i > 0)
				buf_ch(b, ',');
			blanks(b);
			if (kind < 7) {
				name(b);
				blanks(b);
				buf_ch(b, ':');
			}
			blanks(b);
			value(b, depth + 1);
		}
		blanks(b);
		buf_ch(b, kind < 7 ? '}' : ']');
	}
}

/* Now and then a byte is changed, taken out, doubled, or the end cut off. */
static void
mutate(struct buf *b)
{
	static const char bytes[] = "\"\\{}[]:,0123 \t\n\x01\x80\xff"
				    "eE+-.utn";

	for (unsigned k = pick(3); k > 0 && b->n > 0; k--) {
		size_t at = pick((unsigned)b->n);

		switch (pick(5)) {
		case 0:
		case 1:
			b->p[at] = bytes[pick(sizeof(bytes) - 1)];
			break;
		case 2:
			memmove(b->p + at, b->p + at + 1, b->n - at - 1);
			b->n--;
			break;
		case 3:
			b->n = at;
			break;
		default:
			b->p[at] ^= (char)(1 << pick(8));
			break;
		}
	}
}

int
main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
	struct buf b = buf_make(1 << 20);

	state = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 88172645463325252u;
	for (long i = 0; i < n; i++) {
		unsigned members = pick(12);

		buf_reset(&b);
		if (pick(20) == 0) {
			value(&b, 0);
		} else {
			blanks(&b);
			buf_ch(&b, '{');
			for (unsigned m = 0; m < members; m++) {
				if (m > 0)
					buf_ch(&b, ',');
				name(&b);
				buf_ch(&b, ':');
				value(&b, 1);
			}
			buf_ch(&b, '}');
			blanks(&b);
		}
		if (pick(3) == 0)
			mutate(&b);
		LLVMFuzzerTestOneInput((const uint8_t *)b.p, b.n);
	}
	printf("ok %ld cases, 0 disagreements\n", n);
	buf_free(&b);
	return 0;
}
