#include "approval.h"
#include "base64.h"
#include "when.h"
#include "wire.h"

/* What stands before the signed bytes, so that they cannot be taken for others. */
#define MEANING "irutils: this plan is approved\n"

#define HASH_N (APPROVAL_HASH - 1)

bool
approval_name(struct str s)
{
	if (s.n == 0 || s.n > APPROVAL_NAME || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '.' || c == '_' || c == '@' ||
			c == '-'))
			return false;
	}
	return true;
}

static bool
is_hash(struct str s)
{
	if (s.n != HASH_N)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			(s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

/* Is what it says what an approval may say? */
static bool
sound(const struct approval *a)
{
	return is_hash(str_of(a->hash)) && approval_name(a->by) && a->why.n > 0 &&
	       a->why.n <= ACTION_TEXT && a->at_ns < a->until_ns;
}

bool
approval_read(struct arena *m, const struct node *n, struct str hash, struct approval *a)
{
	struct str at = node_text(node_get(n, STR("at")));
	struct str until = node_text(node_get(n, STR("until")));
	struct str sig = node_text(node_get(n, STR("sig"))), bytes;

	*a = (struct approval){.by = node_text(node_get(n, STR("by"))),
	    .why = node_text(node_get(n, STR("why")))};
	if (!is_hash(hash) || !at.p || !until.p || !sig.p || sig.n > 128 ||
	    !when_parse(at, &a->at_ns) || !when_parse(until, &a->until_ns))
		return false;
	memcpy(a->hash, hash.p, HASH_N);
	bytes = base64_bytes(m, sig);
	if (bytes.n != ED25519_SIGN || !sound(a))
		return false;
	memcpy(a->sig, bytes.p, ED25519_SIGN);
	return true;
}

/* What is signed: its members in order, the times as we spell them. */
static struct buf
meaning(const struct approval *a)
{
	char at[WHEN_MAX], until[WHEN_MAX];
	struct buf b = buf_make(16 * 1024);

	when_text(at, a->at_ns);
	when_text(until, a->until_ns);
	buf_fmt(&b, MEANING "{\"at\":\"%s\",\"by\":", at);
	buf_json(&b, a->by);
	buf_fmt(&b, ",\"hash\":\"%s\",\"until\":\"%s\",\"why\":", a->hash, until);
	buf_json(&b, a->why);
	buf_ch(&b, '}');
	return b;
}

bool
approval_sign(struct approval *a, const uint8_t key[ED25519_KEY])
{
	struct buf b = meaning(a);
	bool ok = sound(a) && !b.full && ed25519_sign(key, buf_str(&b), a->sig);

	buf_free(&b);
	return ok;
}

bool
approval_holds(const struct approval *a, const uint8_t pub[ED25519_KEY])
{
	struct buf b = meaning(a);
	bool ok = sound(a) && !b.full && ed25519_holds(pub, buf_str(&b), a->sig);

	buf_free(&b);
	return ok;
}

bool
approval_same(const struct approval *a, const struct approval *b)
{
	return memcmp(a->hash, b->hash, sizeof(a->hash)) == 0 &&
	       memcmp(a->sig, b->sig, sizeof(a->sig)) == 0 && a->at_ns == b->at_ns &&
	       a->until_ns == b->until_ns && str_eq(a->by, b->by) &&
	       str_eq(a->why, b->why);
}

void
approval_write(struct arena *m, const struct approval *a, struct buf *b)
{
	char at[WHEN_MAX], until[WHEN_MAX];

	when_text(at, a->at_ns);
	when_text(until, a->until_ns);
	buf_fmt(b, "{\"at\":\"%s\",\"by\":", at);
	buf_json(b, a->by);
	buf_add(b, STR(",\"sig\":"));
	buf_json(b, base64(m, (struct str){(const char *)a->sig, sizeof(a->sig)}));
	buf_fmt(b, ",\"until\":\"%s\",\"why\":", until);
	buf_json(b, a->why);
	buf_ch(b, '}');
}

void
approval_pack(const struct approval *a, struct buf *b)
{
	wire_put_str(b, str_of(a->hash));
	wire_put_str(b, a->by);
	wire_put_str(b, a->why);
	wire_put_i64(b, a->at_ns);
	wire_put_i64(b, a->until_ns);
	wire_put_str(b, (struct str){(const char *)a->sig, sizeof(a->sig)});
}

bool
approval_unpack(struct str *in, struct approval *a)
{
	struct str hash, sig;

	*a = (struct approval){0};
	if (!wire_str(in, HASH_N, &hash) || !wire_str(in, APPROVAL_NAME, &a->by) ||
	    !wire_str(in, ACTION_TEXT, &a->why) || !wire_i64(in, &a->at_ns) ||
	    !wire_i64(in, &a->until_ns) || !wire_str(in, ED25519_SIGN, &sig) ||
	    hash.n != HASH_N || sig.n != ED25519_SIGN)
		return false;
	memcpy(a->hash, hash.p, HASH_N);
	memcpy(a->sig, sig.p, ED25519_SIGN);
	return sound(a);
}
