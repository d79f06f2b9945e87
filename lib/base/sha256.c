#include <endian.h>

#define OPENSSL_SUPPRESS_DEPRECATED /* the plain calls need no set-up, so start-up stays cheap */
#include <openssl/sha.h>

#include "sha256.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "room for libcrypto's state");

static SHA256_CTX *
ctx(struct sha256 *s)
{
	return (SHA256_CTX *)(void *)s->state;
}

void
sha256_init(struct sha256 *s)
{
	SHA256_Init(ctx(s));
}

void
sha256_add(struct sha256 *s, struct str t)
{
	if (t.n)
		SHA256_Update(ctx(s), t.p, t.n);
}

void
sha256_end(struct sha256 *s, uint8_t out[SHA256_SIZE])
{
	SHA256_Final(out, ctx(s));
}

void
sha256_hex(const uint8_t hash[SHA256_SIZE], char *out, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const uint64_t ones = UINT64_C(0x0101010101010101);

	size_t i = 0;

	/* eight digits at a time: the nibbles in a byte each, then the letters moved up */
	for (; i + 8 <= n; i += 8) {
		const uint8_t *h = hash + i / 2;
		uint64_t v = (uint64_t)h[0] | (uint64_t)h[1] << 16 |
			     (uint64_t)h[2] << 32 | (uint64_t)h[3] << 48;

		v = (v >> 4 & UINT64_C(0x000f000f000f000f)) |
		    (v & UINT64_C(0x000f000f000f000f)) << 8;
		v += ones * '0' + (((v + ones * 6) >> 4 & ones) * ('a' - '0' - 10));
		v = htole64(v);
		memcpy(out + i, &v, 8);
	}
	for (; i < n; i++)
		out[i] = hex[i & 1 ? hash[i / 2] & 15 : hash[i / 2] >> 4];
	out[n] = '\0';
}

void
sha256_id(char out[33], size_t n, const struct str *parts)
{
	struct sha256 s;
	uint8_t hash[SHA256_SIZE];

	sha256_init(&s);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			sha256_add(&s, (struct str){"", 1});
		sha256_add(&s, parts[i]);
	}
	sha256_end(&s, hash);
	sha256_hex(hash, out, 32);
}

void
sha1_of(struct str s, uint8_t out[SHA1_SIZE])
{
	SHA_CTX c;

	/* SHA1() would bring in all of libcrypto, and with it its relocations */
	SHA1_Init(&c);
	SHA1_Update(&c, s.p, s.n);
	SHA1_Final(out, &c);
}
