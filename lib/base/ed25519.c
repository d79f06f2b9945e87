#include <openssl/evp.h>

#include "ed25519.h"

static void
begin(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
}

static EVP_PKEY *
secret(const uint8_t key[ED25519_KEY])
{
	begin();
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, ED25519_KEY);
}

bool
ed25519_public(const uint8_t key[ED25519_KEY], uint8_t out[ED25519_KEY])
{
	EVP_PKEY *k = secret(key);
	size_t n = ED25519_KEY;
	bool ok = k && EVP_PKEY_get_raw_public_key(k, out, &n) == 1 && n == ED25519_KEY;

	EVP_PKEY_free(k);
	return ok;
}

bool
ed25519_sign(const uint8_t key[ED25519_KEY], struct str text, uint8_t out[ED25519_SIGN])
{
	EVP_PKEY *k = secret(key);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t n = ED25519_SIGN;
	bool ok = k && c && EVP_DigestSignInit(c, NULL, NULL, NULL, k) == 1 &&
		  EVP_DigestSign(c, out, &n, (const unsigned char *)text.p, text.n) ==
		      1 &&
		  n == ED25519_SIGN;

	EVP_MD_CTX_free(c);
	EVP_PKEY_free(k);
	return ok;
}

bool
ed25519_holds(
    const uint8_t pub[ED25519_KEY], struct str text, const uint8_t sig[ED25519_SIGN])
{
	EVP_MD_CTX *c;
	EVP_PKEY *k;
	bool ok;

	begin();
	k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub, ED25519_KEY);
	c = EVP_MD_CTX_new();
	ok = k && c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, k) == 1 &&
	     EVP_DigestVerify(
		 c, sig, ED25519_SIGN, (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(k);
	return ok;
}

void
ed25519_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}
