/* revoke-keys: lines of authorized_keys, by the fingerprint of their key. */
#include "accounts.h"
#include "base64.h"
#include "batch.h"
#include "sha256.h"
#include "snip.h"
#include "system.h"

#define KEYS_MAX ((size_t)4 << 20)

static const char *const files[] = {"/.ssh/authorized_keys", "/.ssh/authorized_keys2"};
#define FILES (sizeof(files) / sizeof(*files))

/* The next word; blanks within quotes do not end it. */
static struct str
word(struct str *rest)
{
	struct str s = str_trim(*rest);
	bool quoted = false;
	size_t n = 0;

	while (n < s.n && (quoted || (s.p[n] != ' ' && s.p[n] != '\t'))) {
		if (s.p[n] == '"' && (n == 0 || s.p[n - 1] != '\\'))
			quoted = !quoted;
		n++;
	}
	*rest = str_from(s, n);
	return str_sub(s, 0, n);
}

static bool
key_type(struct str s)
{
	return str_starts(s, STR("ssh-")) || str_starts(s, STR("ecdsa-")) ||
	       str_starts(s, STR("sk-"));
}

/* "SHA256:..." of the key in a line; absent: it has none. */
static struct str
fingerprint(struct arena *a, struct str line)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 s;
	struct str type, key, text;

	if (str_starts(str_trim(line), STR("#")))
		return STR_NONE;
	type = word(&line);
	if (!key_type(type))
		type = word(&line);
	key = key_type(type) ? base64_bytes(a, word(&line)) : STR_NONE;
	if (!key.p)
		return STR_NONE;
	sha256_init(&s);
	sha256_add(&s, key);
	sha256_end(&s, hash);
	text = base64(a, (struct str){(const char *)hash, sizeof(hash)});
	while (str_ends(text, STR("=")))
		text.n--;
	return CAT(a, STR("SHA256:"), text);
}

/* All lines of a file with that key, or with any where `want` is absent. */
static bool
find_in(struct hands *h, struct job *j, struct str path, struct str want, struct snips *f)
{
	struct err e = {0};
	struct str text = rootfs_read(&h->root, j->arena, path.p, KEYS_MAX, NULL, &e);
	struct str line, print;

	if (e.kind) {
		hands_fault(j, &e);
		return false;
	}
	for (int64_t nth = 0; text.n; nth++) {
		line = str_cut(&text, '\n');
		print = fingerprint(j->arena, line);
		if (!print.p || (want.p && !str_eq(print, want)))
			continue;
		if (f->n == SNIPS_MAX) {
			job_refuse(j, "limit", "more than %d keys", SNIPS_MAX);
			return false;
		}
		f->v[f->n++] = (struct snip){
		    .path = path, .text = line, .nth = nth, .bare = !text.p};
	}
	return true;
}

static void
show(struct job *j, const struct snips *f)
{
	struct buf kept = buf_make((size_t)4 << 20), diff = buf_make((size_t)4 << 20);

	buf_add(&kept, STR("{\"lines\":"));
	snips_write(f, &kept);
	buf_ch(&kept, '}');
	for (size_t i = 0; i < f->n; i++) {
		const struct snip *g = &f->v[i];

		buf_fmt(&diff,
		    "--- a" STR_FMT "\n+++ b" STR_FMT "\n@@ -%lld,1 +%lld,0 @@\n-" STR_FMT
		    "\n",
		    STR_ARG(g->path), STR_ARG(g->path), (long long)g->nth + 1,
		    (long long)g->nth, STR_ARG(g->text));
	}
	j->prior = arena_copy(j->arena, buf_str(&kept));
	j->diff = arena_copy(j->arena, buf_str(&diff));
	j->change = arena_fmt(j->arena, "take %zu key%s of " STR_FMT " away", f->n,
	    f->n == 1 ? "" : "s", STR_ARG(j->a.to.text[TARGET_USER]));
	buf_free(&kept);
	buf_free(&diff);
}

static void
look(struct batch *b, struct job *j)
{
	struct str user = j->a.to.text[TARGET_USER];
	struct err e = {0};
	struct hands *h = &b->hands;
	struct snips f = {.n = 0};
	struct account who;

	if (!account_find(&h->root, j->arena, user, &who, &e)) {
		hands_fault(j, &e);
		return;
	}
	if (h->root.machine && who.uid == accounts_operator()) {
		job_refuse(j, "protected", "'" STR_FMT "' is you", STR_ARG(user));
		return;
	}
	if (!rootfs_path(who.home)) {
		job_already(j, "the account has no home directory");
		return;
	}
	for (size_t i = 0; i < FILES; i++)
		if (!find_in(h, j, CAT(j->arena, who.home, str_of(files[i])),
			j->a.to.text[TARGET_FINGERPRINT], &f))
			return;
	if (f.n == 0) {
		job_already(j, "there is no such key");
		return;
	}
	if (who.uid == 0)
		job_ask(j, 2, "it is a key of the superuser");
	show(j, &f);
}

/* --- changing --- */

static bool
recall(const struct past *p, struct snips *f, struct err *e)
{
	return snips_read(p->arena, node_get(p->prior, STR("lines")), f) ||
	       past_silent(e, "which keys");
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct snips f;

	return recall(&p, &f, e) && snips_take(&b->hands.root, j->arena, &f, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct snips f;

	return recall(p, &f, &e) ? snips_out(&b->hands.root, p->arena, &f) : -1;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct snips f;

	return recall(p, &f, e) && snips_give(&b->hands.root, p->arena, &f, e);
}

const struct actuator keys_hands = {
    .what = DO_REVOKE_KEYS,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
