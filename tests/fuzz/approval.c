/* Approvals and the list of who may sign: a signature holds for its own bytes only. */
#include <assert.h>

#include "approvers.h"
#include "given.h"
#include "json.h"
#include "node.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t pub[ED25519_KEY] = {1};
	struct arena *m = arena_new();
	struct str in = {(const char *)p, n}, hash = str_cut(&in, '\n'), pad, raw;
	struct approval a, b;
	struct approvers *all;
	struct err e = {0};
	const char *why;
	struct buf out = buf_make(1 << 16);

	all = approvers_load(given("approvers", p, n), &e);
	if (in.p) {
		pad = (struct str){(const char[JSON_PAD]){0}, JSON_PAD};
		raw = CAT(m, in, pad);
		raw.n = in.n;
		if (json_valid(raw, NULL) &&
		    approval_read(m, node_json(m, raw), hash, &a)) {
			struct str packed;

			approval_pack(&a, &out);
			packed = buf_str(&out);
			assert(approval_unpack(&packed, &b) && packed.n == 0);
			assert(approval_same(&a, &b));
			assert(!approval_holds(&a, pub));
			if (all)
				approvers_who(all, &a, &why);
		}
	}
	approval_unpack(&(struct str){(const char *)p, n}, &b);
	approvers_free(all);
	buf_free(&out);
	arena_free(m);
	return 0;
}
