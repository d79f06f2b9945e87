/* revoke-keys: lines of authorized_keys, by the fingerprint of their key. */
#include "accounts.h"
#include "base64.h"
#include "batch.h"
#include "sha256.h"
#include "system.h"

#define KEYS_MAX ((size_t)4 << 20)
#define LINES    64

static const char *const files[] = {"/.ssh/authorized_keys", "/.ssh/authorized_keys2"};
#define FILES (sizeof(files) / sizeof(*files))

struct gone {
	struct str path, text;
	int64_t nth; /* which line it was, from 0 */
};

struct finding {
	struct gone v[LINES];
	size_t n;
};

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
find_in(
    struct hands *h, struct job *j, struct str path, struct str want, struct finding *f)
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
		if (f->n == LINES) {
			job_refuse(j, "limit", "more than %d keys", LINES);
			return false;
		}
		f->v[f->n++] = (struct gone){path, line, nth};
	}
	return true;
}

static void
show(struct job *j, const struct finding *f)
{
	struct buf kept = buf_make((size_t)4 << 20), diff = buf_make((size_t)4 << 20);

	buf_add(&kept, STR("{\"lines\":["));
	for (size_t i = 0; i < f->n; i++) {
		const struct gone *g = &f->v[i];

		buf_add(&kept, i ? STR(",{\"path\":") : STR("{\"path\":"));
		buf_json(&kept, g->path);
		buf_fmt(&kept, ",\"nth\":%lld,\"text\":", (long long)g->nth);
		buf_json(&kept, g->text);
		buf_ch(&kept, '}');
		buf_fmt(&diff,
		    "--- a" STR_FMT "\n+++ b" STR_FMT "\n@@ -%lld,1 +%lld,0 @@\n-" STR_FMT
		    "\n",
		    STR_ARG(g->path), STR_ARG(g->path), (long long)g->nth + 1,
		    (long long)g->nth, STR_ARG(g->text));
	}
	buf_add(&kept, STR("]}"));
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
	struct finding f = {.n = 0};
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
recall(const struct past *p, struct finding *f, struct err *e)
{
	const struct node *lines = node_get(p->prior, STR("lines"));

	f->n = 0;
	for (size_t i = 0; i < node_count(lines) && i < LINES; i++) {
		const struct node *at = node_at(lines, i);
		struct gone *g = &f->v[f->n];

		g->path = arena_copy(p->arena, node_text(node_get(at, STR("path"))));
		g->text = node_text(node_get(at, STR("text")));
		if (rootfs_path(g->path) && node_i64(node_get(at, STR("nth")), &g->nth))
			f->n++;
	}
	return f->n > 0 || past_silent(e, "which keys");
}

static bool
has(struct str text, struct str line)
{
	while (text.n)
		if (str_eq(str_cut(&text, '\n'), line))
			return true;
	return false;
}

/* The lines of `path` in the finding are among `f`? */
static bool
is_gone(const struct finding *f, struct str path, struct str line)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i].path, path) && str_eq(f->v[i].text, line))
			return true;
	return false;
}

/* A file without the lines, or (`back`) with them where they were. */
static void
edit(
    struct buf *out, const struct finding *f, struct str path, struct str text, bool back)
{
	struct str rest = text, line;
	size_t at = 0;

	for (int64_t nth = 0; rest.n || (back && at < f->n); nth++) {
		while (back && at < f->n &&
		       (!str_eq(f->v[at].path, path) || has(text, f->v[at].text)))
			at++;
		if (back && at < f->n && (f->v[at].nth <= nth || rest.n == 0)) {
			buf_add(out, f->v[at++].text);
			buf_ch(out, '\n');
			continue;
		}
		if (rest.n == 0)
			break;
		line = str_cut(&rest, '\n');
		if (!back && is_gone(f, path, line))
			continue;
		buf_add(out, line);
		if (rest.p)
			buf_ch(out, '\n');
	}
}

static bool
change(
    struct hands *h, struct arena *a, const struct finding *f, bool back, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		struct str path = f->v[i].path, text;
		struct buf out;
		bool ok;

		if (i > 0 && str_eq(path, f->v[i - 1].path))
			continue;
		text = rootfs_read(&h->root, a, path.p, KEYS_MAX, NULL, e);
		if (e->kind)
			return false;
		out = buf_make(2 * KEYS_MAX);
		edit(&out, f, path, text, back);
		ok = str_eq(buf_str(&out), text) ||
		     rootfs_replace(&h->root, path.p, buf_str(&out), 0600, NULL, e);
		buf_free(&out);
		if (!ok)
			return false;
	}
	return true;
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct finding f;

	return recall(&p, &f, e) && change(&b->hands, j->arena, &f, false, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct finding f;
	int in = recall(p, &f, &e) ? 1 : -1;

	for (size_t i = 0; in == 1 && i < f.n; i++) {
		struct str text = rootfs_read(
		    &b->hands.root, p->arena, f.v[i].path.p, KEYS_MAX, NULL, &e);

		if (e.kind)
			in = -1;
		else if (has(text, f.v[i].text))
			in = 0;
	}
	return in;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct finding f;

	return recall(p, &f, e) && change(&b->hands, p->arena, &f, true, e);
}

const struct actuator keys_hands = {
    .what = DO_REVOKE_KEYS,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
