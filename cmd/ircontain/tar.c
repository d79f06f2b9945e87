#include <assert.h>
#include <stdio.h>

#include "out.h"
#include "tar.h"

#define BLOCK 512

void
tar_start(struct tar *t, int fd)
{
	*t = (struct tar){.fd = fd};
	sha256_init(&t->all);
}

static bool
put(struct tar *t, struct str s, struct err *e)
{
	sha256_add(&t->all, s);
	t->bytes += s.n;
	return out_write(t->fd, s, e);
}

static bool
pad(struct tar *t, struct err *e)
{
	static const char zeros[BLOCK];
	size_t over = t->bytes % BLOCK;

	return over == 0 || put(t, (struct str){zeros, BLOCK - over}, e);
}

/* The header of one member, from offsets of the standard. */
static bool
header(struct tar *t, struct str name, uint64_t size, int64_t mtime_s, char type,
    struct err *e)
{
	char h[BLOCK] = "";
	unsigned sum = 0;

	memcpy(h, name.p, name.n < 100 ? name.n : 100);
	memcpy(h + 100, "0000400", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	snprintf(h + 124, 12, "%011llo", (unsigned long long)size);
	snprintf(h + 136, 12, "%011llo",
	    (unsigned long long)(mtime_s > 0 ? mtime_s : 0) & 077777777777);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 257,
	    "ustar\0"
	    "00",
	    8);
	memcpy(h + 265, "root", 5);
	memcpy(h + 297, "root", 5);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 7, "%06o", sum);
	return put(t, (struct str){h, BLOCK}, e);
}

/* "27 path=..." counts its own digits. */
static bool
long_name(struct tar *t, struct str name, struct err *e)
{
	char text[4096 + 32];
	size_t rest = name.n + sizeof(" path=\n") - 1, n = rest + 2;

	if (name.n > 4096) {
		err_set(e, ERR_SYS, "a name is too long for an archive");
		return false;
	}
	while (n != rest + (size_t)snprintf(NULL, 0, "%zu", n))
		n = rest + (size_t)snprintf(NULL, 0, "%zu", n);
	snprintf(text, sizeof(text), "%zu path=" STR_FMT "\n", n, STR_ARG(name));
	return header(t, STR("pax"), n, 0, 'x', e) && put(t, (struct str){text, n}, e) &&
	       pad(t, e);
}

bool
tar_member(struct tar *t, struct str name, uint64_t size, int64_t mtime_s, struct err *e)
{
	bool plain = name.n <= 100;

	for (size_t i = 0; i < name.n; i++)
		plain = plain && (unsigned char)name.p[i] < 0x80;
	assert(size < UINT64_C(1) << 33);
	if ((!plain && !long_name(t, name, e)) || !header(t, name, size, mtime_s, '0', e))
		return false;
	t->left = t->size = size;
	sha256_init(&t->member);
	return true;
}

bool
tar_add(struct tar *t, struct str s, struct err *e)
{
	if (s.n > t->left)
		s.n = (size_t)t->left;
	t->left -= s.n;
	sha256_add(&t->member, s);
	return put(t, s, e);
}

bool
tar_close(struct tar *t, uint8_t hash[SHA256_SIZE], struct err *e)
{
	static const char zeros[4096];

	while (t->left > 0)
		if (!tar_add(t, (struct str){zeros, sizeof(zeros)}, e))
			return false;
	sha256_end(&t->member, hash);
	return pad(t, e);
}

bool
tar_end(struct tar *t, uint8_t hash[SHA256_SIZE], struct err *e)
{
	static const char zeros[2 * BLOCK];

	if (!put(t, (struct str){zeros, sizeof(zeros)}, e))
		return false;
	sha256_end(&t->all, hash);
	return true;
}
