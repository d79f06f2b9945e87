#include <endian.h>
#include <stdatomic.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define OPENSSL_SUPPRESS_DEPRECATED /* the plain calls need no set-up, so start-up stays cheap */
#include <openssl/sha.h>

#include "sha256.h"
#include "sha256_ni.h"
#include "sha256_wide.h"

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

/* To ask the processor takes longer than a hash.  0: not asked yet, 1: yes, -1: no. */
static _Atomic signed char ni, wide;

static bool
has_ni(void)
{
	if (!ni)
		ni = sha256_ni_here() ? 1 : -1;
	return ni > 0;
}

static bool
has_wide(void)
{
	if (!wide)
		wide = sha256_wide_here() ? 1 : -1;
	return wide > 0;
}

void
sha256_plainly(bool yes)
{
	ni = wide = yes ? -1 : 0;
}

static void
begin(const struct sha256_text *t, uint32_t h[8])
{
	/* FIPS 180-4, 5.3.3 */
	static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(h, t->begun ? ctx((struct sha256 *)t->begun)->h : first, sizeof(first));
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
	/* as much as may be needed: a length that is known needs no call */
	t->p[t->n] = (char)0x80;
	memset(t->p + t->n + 1, 0, SHA256_TAIL - 1);
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

/* --- many texts --- */

#define FEW     8 /* so many texts are faster two by two */
#define MANY    256
#define LENGTHS 64 /* lengths in blocks that are told apart */

/* Texts in order of their lengths. */
struct sorted {
	const struct sha256_text *t;
	size_t blocks[MANY];
	uint16_t order[MANY];
};

static size_t
length_of(const struct sorted *s, size_t i)
{
	return s->blocks[i] < LENGTHS ? s->blocks[i] : LENGTHS;
}

static void
sort(struct sorted *s, const struct sha256_text *t, size_t n)
{
	uint16_t from[LENGTHS + 2] = {0};

	s->t = t;
	for (size_t i = 0; i < n; i++) {
		s->blocks[i] = pad(&t[i]);
		from[length_of(s, i) + 1]++;
	}
	for (size_t i = 1; i <= LENGTHS; i++)
		from[i] = (uint16_t)(from[i] + from[i - 1]);
	for (size_t i = 0; i < n; i++)
		s->order[from[length_of(s, i)]++] = (uint16_t)i;
}

/* Texts of about one length, one in each lane. */
struct lanes {
	uint32_t h[SHA256_LANES][8];
	const uint8_t *p[SHA256_LANES];
	size_t left[SHA256_LANES], longest;
};

/* Lanes without a text go along with the last. */
static void
enter(struct lanes *l, const struct sorted *s, size_t from, size_t n)
{
	l->longest = 0;
	for (size_t lane = 0; lane < SHA256_LANES; lane++) {
		size_t i = s->order[from + (lane < n ? lane : n - 1)];

		begin(&s->t[i], l->h[lane]);
		l->p[lane] = (const uint8_t *)s->t[i].p;
		l->left[lane] = s->blocks[i];
		if (l->left[lane] > l->left[l->longest])
			l->longest = lane;
	}
}

/* As many blocks as the shortest text has left. */
static void
advance(struct lanes *l)
{
	size_t n = SIZE_MAX;

	for (size_t i = 0; i < SHA256_LANES; i++)
		n = l->left[i] && l->left[i] < n ? l->left[i] : n;
	sha256_wide(l->h, l->p, n);
	for (size_t i = 0; i < SHA256_LANES; i++)
		if (l->left[i]) {
			l->left[i] -= n;
			l->p[i] += n * SHA256_BLOCK;
		}
	/* there is nothing behind a text: who is done reads on where another does */
	for (size_t i = 0; i < SHA256_LANES; i++)
		if (!l->left[i])
			l->p[i] = l->p[l->longest];
}

static void
side_by_side(const struct sorted *s, size_t from, size_t n, uint8_t (*out)[SHA256_SIZE])
{
	struct lanes l;
	bool left[SHA256_LANES];

	enter(&l, s, from, n);
	for (size_t i = 0; i < n; i++)
		left[i] = true;
	while (l.left[l.longest]) {
		advance(&l);
		for (size_t i = 0; i < n; i++) {
			if (!left[i] || l.left[i])
				continue;
			left[i] = false;
			end(l.h[i], out[s->order[from + i]]);
		}
	}
}

static void
two_by_two(const struct sha256_text *t, size_t n, uint8_t (*out)[SHA256_SIZE])
{
	size_t i = 0;

	for (; i + 2 <= n; i += 2)
		sha256_two(t + i, out + i);
	if (i < n)
		sha256_one(t + i, out[i]);
}

void
sha256_many(const struct sha256_text *t, size_t n, uint8_t (*out)[SHA256_SIZE])
{
	struct sorted s;
	size_t i = 0, few = has_ni() ? FEW : 0;

	for (; n > MANY; n -= MANY, t += MANY, out += MANY)
		sha256_many(t, MANY, out);
	if (!has_wide() || n <= few) {
		two_by_two(t, n, out);
		return;
	}
	sort(&s, t, n);
	for (; n - i >= SHA256_LANES; i += SHA256_LANES)
		side_by_side(&s, i, SHA256_LANES, out);
	if (n - i > few) {
		side_by_side(&s, i, n - i, out);
		return;
	}
	for (; i < n; i++)
		sha256_one(&t[s.order[i]], out[s.order[i]]);
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
sha256_digits(const uint8_t hash[SHA256_SIZE], char out[32])
{
	hex16(hash, out);
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
