/* lines and zin: whole lines out of any stream, packed or not. */
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "buf.h"
#include "lines.h"
#include "sha256.h"
#include "test.h"

#define MAX 4096

/* A pipe that a child fills with the bytes, `piece` at a time. */
static int
piped(struct str s, size_t piece)
{
	int fds[2];

	if (pipe(fds) != 0)
		exit(2);
	if (fork() == 0) {
		close(fds[0]);
		while (s.n) {
			struct str part = str_sub(s, 0, piece);

			if (write(fds[1], part.p, part.n) != (ssize_t)part.n)
				_exit(1);
			s = str_from(s, part.n);
		}
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

/* All lines, each in brackets, "L" before a long one, then "." or "!". */
static struct buf
read_all(struct str s, size_t piece, size_t max)
{
	struct buf b = buf_make((size_t)1 << 24);
	int fd = piped(s, piece);
	struct lines *l = lines_new(fd, max);
	struct err e = {0};
	enum lines_got got;
	struct str line;

	while ((got = lines_next(l, &line, &e)) == LINES_LINE || got == LINES_LONG) {
		buf_ch(&b, got == LINES_LONG ? 'L' : '[');
		buf_add(&b, line);
		buf_ch(&b, ']');
	}
	buf_ch(&b, got == LINES_EOF ? '.' : '!');
	lines_free(l);
	close(fd);
	wait(NULL);
	return b;
}

static bool
reads(struct str s, size_t max, struct str want)
{
	bool same = true;

	for (size_t piece = 1; piece < 200; piece = piece * 3 + 1) {
		struct buf b = read_all(s, piece, max);

		same = same && str_eq(buf_str(&b), want);
		buf_free(&b);
	}
	return same;
}

static void
cuts_at_lf_and_nowhere_else(void)
{
	T(reads(STR(""), MAX, STR(".")));
	T(reads(STR("\n"), MAX, STR("[].")));
	T(reads(STR("a\nb"), MAX, STR("[a][b].")));
	T(reads(STR("a\r\n\nb\0c\n"), MAX, STR("[a\r][][b\0c].")));
}

static void
skips_what_is_too_long_whole(void)
{
	T(reads(STR("ab\nabcdef\ncd\n"), 4, STR("[ab]Labcdef][cd].")));
	T(reads(STR("abcd\nabcde"), 4, STR("[abcd]Labcde].")));
	T(reads(STR("abcdefghijklmnop\n"), 1, STR("Labcdefghijklmnop].")));
}

static void
knows_place_length_and_hash_of_a_long_line(void)
{
	size_t n = 300000;
	char *p = malloc(n + 6), id[65], want[65];
	uint8_t hash[32];
	struct sha256 sha;
	struct str line;
	struct err e;
	int fd;
	struct lines *l;

	memset(p, 'x', n + 6);
	memcpy(p, "ab\n", 3);
	memcpy(p + n + 3, "\ncd", 3);
	fd = piped((struct str){p, n + 6}, 1000);
	l = lines_new(fd, 100);
	T(lines_next(l, &line, &e) == LINES_LINE && lines_number(l) == 1);
	T(lines_next(l, &line, &e) == LINES_LONG && line.n == LINES_HEAD);
	T(lines_number(l) == 2 && lines_offset(l) == 3 && lines_length(l) == n);
	T(lines_ended(l));
	lines_hash(l, hash);
	sha256_hex(hash, id, 64);
	sha256_init(&sha);
	sha256_add(&sha, (struct str){p + 3, n});
	sha256_end(&sha, hash);
	sha256_hex(hash, want, 64);
	T(strcmp(id, want) == 0);
	T(lines_next(l, &line, &e) == LINES_LINE && str_eq(line, STR("cd")));
	T(lines_number(l) == 3 && lines_offset(l) == n + 4 && !lines_ended(l));
	lines_free(l);
	close(fd);
	free(p);
	wait(NULL);
}

/* --- packed input --- */

typedef size_t packer(struct str, char *out, size_t n);

static size_t
pack_gzip(struct str s, char *out, size_t n)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)s.p,
	    .avail_in = (unsigned)s.n,
	    .next_out = (unsigned char *)out,
	    .avail_out = (unsigned)n};

	deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return z.total_out;
}

static size_t
pack_zstd(struct str s, char *out, size_t n)
{
	return ZSTD_compress(out, n, s.p, s.n, 3);
}

static size_t
pack_xz(struct str s, char *out, size_t n)
{
	size_t at = 0;

	lzma_easy_buffer_encode(
	    1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)s.p, s.n, (uint8_t *)out, &at, n);
	return at;
}

static packer *const packers[] = {pack_gzip, pack_zstd, pack_xz};

static void
unpacks_members_that_follow_one_another(void)
{
	char out[4096];

	for (size_t i = 0; i < 3; i++) {
		size_t n = packers[i](STR("one\ntw"), out, sizeof(out));

		/* a line may go over the end of a member, and packings may change */
		n += packers[(i + 1) % 3](STR("o\nthree"), out + n, sizeof(out) - n);
		T(reads((struct str){out, n}, MAX, STR("[one][two][three].")));
		memset(out + n, 0, 512);
		T(reads((struct str){out, n + 512}, MAX, STR("[one][two][three].")));
		memcpy(out + n, "junk", 4);
		T(reads((struct str){out, n + 4}, MAX, STR("[one][two]!")));
	}
}

static void
gives_what_was_readable_of_a_cut_member_then_fails(void)
{
	struct buf text = buf_make((size_t)1 << 24);
	char *out = malloc((size_t)1 << 24);

	for (int i = 0; i < 40000; i++)
		buf_fmt(&text, "%d %d\n", i, i * 7919 % 10007);
	for (size_t i = 0; i < 3; i++) {
		size_t n = packers[i](buf_str(&text), out, (size_t)1 << 24);
		struct buf all = read_all((struct str){out, n}, 5000, MAX);
		struct buf cut = read_all((struct str){out, n - 9}, 5000, MAX);

		T(all.n == text.n + 40000 + 1 && all.p[all.n - 1] == '.');
		T(cut.n > 0 && cut.p[cut.n - 1] == '!');
		/* xz hands out whole blocks as it decodes them, too */
		T(cut.n > 1000 && memcmp(cut.p, all.p, cut.n - 1) == 0);
		out[n / 2] ^= 0x55;
		out[n / 2 + 1] ^= 0x55;
		buf_free(&cut);
		cut = read_all((struct str){out, n}, 5000, MAX);
		T(cut.p[cut.n - 1] == '!');
		buf_free(&all);
		buf_free(&cut);
	}
	free(out);
	buf_free(&text);
}

static void
takes_bytes_that_only_begin_like_a_magic_as_they_are(void)
{
	T(reads(STR("\x1f"), MAX, STR("[\x1f].")));
	T(reads(STR("\xfd\x37zXY\nb\n"), MAX, STR("[\xfd\x37zXY][b].")));
	T(reads(STR("\x28\xb5\x2f"), MAX, STR("[\x28\xb5\x2f].")));
}

static void
reads_a_descriptor_that_does_not_block(void)
{
	int fd = piped(STR("a\nb\n"), 1);
	struct lines *l = lines_new(fd, MAX);
	struct str line;
	struct err e;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	T(lines_next(l, &line, &e) == LINES_LINE && str_eq(line, STR("a")));
	T(lines_next(l, &line, &e) == LINES_LINE && str_eq(line, STR("b")));
	T(lines_next(l, &line, &e) == LINES_EOF);
	T(lines_next(l, &line, &e) == LINES_EOF);
	lines_free(l);
	close(fd);
	wait(NULL);
}

static void
says_that_a_directory_is_none(void)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);
	struct lines *l = lines_new(fd, MAX);
	struct str line;
	struct err e = {0};

	T(lines_next(l, &line, &e) == LINES_ERROR);
	T(e.kind == ERR_SYS && strcmp(e.msg, "cannot read: Is a directory") == 0);
	lines_free(l);
	close(fd);
}

static void
count(void *ctx)
{
	++*(int *)ctx;
}

static void
calls_back_before_each_read(void)
{
	int fd = piped(STR("a\nb\n"), 100), n = 0;
	struct lines *l = lines_new(fd, MAX);
	struct str line;
	struct err e;

	lines_before_read(l, count, &n);
	wait(NULL);
	lines_next(l, &line, &e);
	T(n == 1);
	lines_next(l, &line, &e);
	T(n == 1);
	T(lines_next(l, &line, &e) == LINES_EOF && n == 2);
	lines_free(l);
	close(fd);
}

int
main(void)
{
	FACT(cuts_at_lf_and_nowhere_else);
	FACT(skips_what_is_too_long_whole);
	FACT(knows_place_length_and_hash_of_a_long_line);
	FACT(unpacks_members_that_follow_one_another);
	FACT(gives_what_was_readable_of_a_cut_member_then_fails);
	FACT(takes_bytes_that_only_begin_like_a_magic_as_they_are);
	FACT(reads_a_descriptor_that_does_not_block);
	FACT(says_that_a_directory_is_none);
	FACT(calls_back_before_each_read);
	return TEST_END;
}
