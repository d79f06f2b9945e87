#include <endian.h>
#include <stdatomic.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define OPENSSL_SUPPRESS_DEPRECATED /* the plain calls need no set-up, so start-up stays cheap */
#include <openssl/sha.h>

#include "sha256.h"
#include "sha256_ni.h"

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

/* --- texts that are there as a whole --- */

/* To ask the processor takes longer than a hash. */
static bool
has_ni(void)
{
	static _Atomic signed char known; /* 0: not asked yet, 1: yes, -1: no */

	if (!known)
		known = sha256_ni_here() ? 1 : -1;
	return known > 0;
}

static void
begin(const struct sha256_text *t, uint32_t h[8])
{
	struct sha256 s;

	if (!t->begun)
		sha256_init(&s);
	memcpy(h, ctx(t->begun ? (struct sha256 *)t->begun : &s)->h, 8 * sizeof(*h));
}

/* One bit, zeros, and the length in bits; returns the number of blocks. */
static size_t
pad(const struct sha256_text *t)
{
	size_t blocks = (t->n + 8) / SHA256_BLOCK + 1;
	uint64_t bits = t->n * 8;

	if (t->begun)
		bits += (uint64_t)ctx((struct sha256 *)t->begun)->Nh << 32 |
			ctx((struct sha256 *)t->begun)->Nl;
	bits = htobe64(bits);
	t->p[t->n] = (char)0x80;
	memset(t->p + t->n + 1, 0, blocks * SHA256_BLOCK - t->n - 9);
	memcpy(t->p + blocks * SHA256_BLOCK - 8, &bits, 8);
	return blocks;
}

static void
end(const uint32_t h[8], uint8_t out[SHA256_SIZE])
{
	for (size_t i = 0; i < 8; i++) {
		uint32_t v = htobe32(h[i]);

		memcpy(out + 4 * i, &v, 4);
	}
}

void
sha256_one(const struct sha256_text *t, uint8_t out[SHA256_SIZE])
{
	struct sha256 s;
	uint32_t h[8];

	if (has_ni()) {
		begin(t, h);
		sha256_ni_one(h, (const uint8_t *)t->p, pad(t));
		end(h, out);
		return;
	}
	if (t->begun)
		s = *t->begun;
	else
		sha256_init(&s);
	sha256_add(&s, (struct str){t->p, t->n});
	sha256_end(&s, out);
}

void
sha256_two(const struct sha256_text t[2], uint8_t out[2][SHA256_SIZE])
{
	uint32_t h[2][8];
	const uint8_t *p[2] = {(const uint8_t *)t[0].p, (const uint8_t *)t[1].p};
	size_t n[2], both;

	if (!has_ni()) {
		sha256_one(&t[0], out[0]);
		sha256_one(&t[1], out[1]);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		begin(&t[i], h[i]);
		n[i] = pad(&t[i]);
	}
	both = n[0] < n[1] ? n[0] : n[1];
	sha256_ni_two(h[0], p[0], h[1], p[1], both);
	for (size_t i = 0; i < 2; i++) {
		sha256_ni_one(h[i], p[i] + both * SHA256_BLOCK, n[i] - both);
		end(h[i], out[i]);
	}
}

/* --- in hex --- */

#if defined(__SSE2__)

/* Sixteen bytes as 32 digits: a nibble in each byte, then the letters moved up. */
static void
hex16(const uint8_t *h, char *out)
{
	const __m128i low = _mm_set1_epi8(15), nine = _mm_set1_epi8(9);
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)h), half[2];
	__m128i hi = _mm_and_si128(_mm_srli_epi16(v, 4), low);
	__m128i lo = _mm_and_si128(v, low);

	half[0] = _mm_unpacklo_epi8(hi, lo);
	half[1] = _mm_unpackhi_epi8(hi, lo);
	for (size_t i = 0; i < 2; i++) {
		__m128i up = _mm_and_si128(
		    _mm_cmpgt_epi8(half[i], nine), _mm_set1_epi8('a' - '0' - 10));

		v = _mm_add_epi8(_mm_add_epi8(half[i], up), _mm_set1_epi8('0'));
		_mm_storeu_si128((__m128i *)(void *)(out + 16 * i), v);
	}
}

#else

static void
hex16(const uint8_t *h, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 16; i++) {
		out[2 * i] = digits[h[i] >> 4];
		out[2 * i + 1] = digits[h[i] & 15];
	}
}

#endif

void
sha256_hex(const uint8_t hash[SHA256_SIZE], char *out, size_t n)
{
	char all[2 * SHA256_SIZE];

	hex16(hash, all);
	hex16(hash + 16, all + 32);
	memcpy(out, all, n);
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
