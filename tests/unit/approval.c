#include <stdlib.h>
#include <unistd.h>

#include "approvers.h"
#include "base64.h"
#include "test.h"
#include "when.h"

#define NOW (INT64_C(1795503600) * WHEN_S)

static const char hash[] =
    "1f514d8d3af751930a67523ce640846f1abd58812362d67015c5c2f56ce4b8d8";

static const uint8_t ann[ED25519_KEY] = {1}, bob[ED25519_KEY] = {2};

static struct approval
yes(const char *by, const uint8_t *key)
{
	struct approval a = {.by = str_of(by),
	    .why = STR("seen \"it\""),
	    .at_ns = NOW,
	    .until_ns = NOW + 60 * WHEN_S};

	memcpy(a.hash, hash, sizeof(hash));
	T(approval_sign(&a, key));
	return a;
}

static void
signatures_are_those_of_the_standard(void)
{
	/* RFC 8032, 7.1, test 2 */
	static const uint8_t key[] = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
	    0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35,
	    0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
	uint8_t pub[ED25519_KEY], sig[ED25519_SIGN];

	T(ed25519_public(key, pub) && pub[0] == 0x3d && pub[31] == 0x0c);
	T(ed25519_sign(key, STR("r"), sig) && sig[0] == 0x92 && sig[63] == 0x00);
	T(ed25519_holds(pub, STR("r"), sig));
	T(!ed25519_holds(pub, STR("s"), sig) && !ed25519_holds(pub, STR(""), sig));
}

/* Each single bit of each part. */
static void
no_bit_of_an_approval_can_be_changed(void)
{
	struct arena *m = arena_new();
	struct approval a = yes("ann", ann), b;
	uint8_t pub[ED25519_KEY];
	struct buf wire = buf_make(4096);
	size_t held = 0;

	T(ed25519_public(ann, pub) && approval_holds(&a, pub));
	approval_pack(&a, &wire);
	for (size_t i = 0; i < wire.n * 8; i++) {
		struct str in;

		wire.p[i / 8] ^= (char)(1 << i % 8);
		in = buf_str(&wire);
		held += approval_unpack(&in, &b) && approval_holds(&b, pub);
		wire.p[i / 8] ^= (char)(1 << i % 8);
	}
	T(held == 0);
	for (size_t i = 0; i < sizeof(pub) * 8; i++) {
		pub[i / 8] ^= (uint8_t)(1 << i % 8);
		held += approval_holds(&a, pub);
		pub[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	T(held == 0);
	buf_free(&wire);
	arena_free(m);
}

static void
what_is_written_is_read_back(void)
{
	struct arena *m = arena_new();
	struct approval a = yes("ann", ann), b;
	struct buf out = buf_make(4096);

	approval_write(m, &a, &out);
	T(approval_read(m, node_json(m, buf_str(&out)), str_of(hash), &b));
	T(approval_same(&a, &b));
	/* for another plan it is another approval, and not signed */
	b.hash[0] = b.hash[0] == '0' ? '1' : '0';
	T(!approval_same(&a, &b));
	T(!approval_read(
	    m, node_json(m, STR("{\"by\":\"ann\",\"why\":\"x\"}")), str_of(hash), &b));
	buf_free(&out);
	arena_free(m);
}

static struct approvers *
file(const char *text, struct err *e)
{
	char path[] = "/tmp/approvers.XXXXXX";
	int fd = mkstemp(path);
	struct approvers *all;

	T(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	all = approvers_load(path, e);
	unlink(path);
	return all;
}

static struct str
line(struct arena *m, const char *name, const uint8_t *key, const char *classes)
{
	uint8_t pub[ED25519_KEY];

	T(ed25519_public(key, pub));
	return arena_fmt(m, "%s ed25519:" STR_FMT " %s\n", name,
	    STR_ARG(base64(m, (struct str){(const char *)pub, sizeof(pub)})), classes);
}

static void
only_approvers_count_for_what_they_may(void)
{
	struct arena *m = arena_new();
	struct err e = {0};
	struct approvers *all = file(CAT(m, STR("# who\n\n"), line(m, "ann", ann, "low"),
					 line(m, "bob", bob, "medium,isolate-host"))
					 .p,
	    &e);
	struct approval a = yes("ann", ann), b = yes("bob", bob), c = yes("bob", ann);
	const struct approver *who;
	const char *why;

	T(all && approvers_count(all) == 2);
	who = approvers_who(all, &a, &why);
	T(who && approver_may(who, DO_BLOCK_IP, RISK_LOW));
	T(!approver_may(who, DO_ISOLATE_HOST, RISK_HIGH));
	who = approvers_who(all, &b, &why);
	T(who && approver_may(who, DO_ISOLATE_HOST, RISK_HIGH));
	T(!approver_may(who, DO_LOCK_ACCOUNT, RISK_HIGH));
	/* ann's key, bob's name */
	T(!approvers_who(all, &c, &why) && strcmp(why, "did not sign this") == 0);
	c = yes("eve", ann);
	T(!approvers_who(all, &c, &why) && strcmp(why, "is no approver") == 0);
	approvers_free(all);
	arena_free(m);
}

static void
files_that_are_wrong_are_refused(void)
{
	struct arena *m = arena_new();
	const struct str rows[] = {STR("ann\n"), STR("ann ed25519:AAAA low\n"),
	    line(m, "-ann", ann, "low"), line(m, "ann", ann, ""),
	    line(m, "ann", ann, "low,all"), line(m, "ann", ann, "low high"),
	    CAT(m, line(m, "ann", ann, "low"), line(m, "bob", ann, "low"))};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = {0};

		T(!file(arena_copy(m, rows[i]).p, &e) && e.kind == ERR_CONFIG);
	}
	arena_free(m);
}

static void
time_out_is_no(void)
{
	struct approval a = yes("ann", ann);

	T(!approval_late(&a, NOW) && !approval_late(&a, a.until_ns - 1));
	T(approval_late(&a, a.until_ns) && approval_late(&a, NOW - 61 * WHEN_S));
	a.until_ns = a.at_ns + 86401 * WHEN_S;
	T(approval_late(&a, NOW));
}

int
main(void)
{
	FACT(signatures_are_those_of_the_standard);
	FACT(no_bit_of_an_approval_can_be_changed);
	FACT(what_is_written_is_read_back);
	FACT(only_approvers_count_for_what_they_may);
	FACT(files_that_are_wrong_are_refused);
	FACT(time_out_is_no);
	return TEST_END;
}
