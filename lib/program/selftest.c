#include "arena.h"
#include "ip.h"
#include "json.h"
#include "rec.h"
#include "selftest.h"
#include "sha256.h"
#include "when.h"

static const char *const variants[] = {"scalar", "sse2", "avx2"};

/* A text with room behind it, as scanners want it. */
struct padded {
	char p[128 + JSON_PAD];
};

static struct str
pad(struct padded *b, const char *text)
{
	size_t n = strlen(text);

	memset(b->p, '"', sizeof(b->p));
	memcpy(b->p, text, n);
	return (struct str){b->p, n};
}

static bool
hash_ok(void)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 s;
	char hex[65];

	sha256_init(&s);
	sha256_add(&s, STR("abc"));
	sha256_end(&s, hash);
	sha256_hex(hash, hex, 64);
	return strcmp(hex,
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") ==
	       0;
}

static bool
time_ok(void)
{
	char text[WHEN_MAX];
	int64_t ns;

	return when_parse(STR("2000-02-29T23:59:59.5+01:00"), &ns) &&
	       when_text(text, ns) == 24 && strcmp(text, "2000-02-29T22:59:59.500Z") == 0;
}

static bool
address_ok(void)
{
	struct net a, b, v4;

	return net_parse(STR("192.0.2.0/24"), &a) && net_parse(STR("192.0.2.9"), &b) &&
	       net_overlap(&a, &b) && !net_parse(STR("192.0.02.9"), &b) &&
	       net_parse(STR("::ffff:192.0.2.9"), &b) && net_embedded(&b, &v4) &&
	       net_overlap(&a, &v4);
}

static bool
grammar_ok(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {{"{\"a\":[1,2.5e3,\"\\u00e9\",null,true]}", true},
	    {"{\"a\":01}", false}, {"{\"a\":\"\xff\"}", false}, {"{\"a\":1}}", false},
	    {"[1,]", false}};
	struct padded b;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (json_valid(pad(&b, rows[i].text), NULL) != rows[i].good)
			return false;
	return true;
}

static bool
record_ok(void)
{
	struct paths *paths = paths_new();
	struct arena *a = arena_new();
	int ip = paths_add(paths, STR("source.ip"));
	struct rec *r = rec_new(paths, a);
	struct buf out = buf_make(1024);
	struct padded b;
	bool ok;

	ok = rec_scan(r,
		 pad(&b, "{\"source\":{\"ip\":\"x\"},\"n\":12345678901234567890}"),
		 NULL) &&
	     str_eq(rec_text(r, ip), STR("x"));
	if (ok) {
		rec_set_text(r, ip, STR("y"));
		rec_write(r, &out);
		ok = str_eq(buf_str(&out),
		    STR("{\"source\":{\"ip\":\"y\"},\"n\":12345678901234567890}"));
	}
	buf_free(&out);
	rec_free(r);
	arena_free(a);
	paths_free(paths);
	return ok;
}

bool
selftest_run(struct err *e)
{
	static const struct {
		const char *name;
		bool (*ok)(void);
	} tests[] = {{"sha-256", hash_ok}, {"time stamps", time_ok},
	    {"addresses", address_ok}, {"json grammar", grammar_ok},
	    {"records", record_ok}};

	for (size_t v = 0; v < sizeof(variants) / sizeof(*variants); v++) {
		if (!scan_variant(variants[v]))
			continue;
		for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
			if (!tests[i].ok()) {
				err_set(e, ERR_SYS, "self-test failed: %s (%s scanner)",
				    tests[i].name, variants[v]);
				return false;
			}
	}
	scan_variant(NULL);
	return true;
}
