/* quarantine-file: to the vault, if it still is the file that was meant. */
#include "hands.h"
#include "system.h"

static bool
recall(struct arena *a, const struct deed *d, struct vault_item *it, struct err *e)
{
	struct node *n = node_json(a, d->prior);

	if (n)
		return vault_read(a, n, it, e);
	err_set(e, ERR_DATA, "the ledger does not say what was taken");
	return false;
}

static void
look(struct batch *b, struct job *j)
{
	struct str path = j->a.to.text[TARGET_PATH], hash = j->a.to.text[TARGET_SHA256];
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct vault_item it;
	struct str owner = STR_NONE;
	enum vault_seen seen;
	struct buf kept;

	if (!h) {
		hands_fault(j, &e);
		return;
	}
	path = hands_path(h, j->arena, path);
	seen = vault_look(&h->root, j->arena, path, &it, &e);
	if (seen == VAULT_ABSENT) {
		job_already(j, "it is not there");
		return;
	}
	if (seen == VAULT_THERE)
		owner = dpkg_owner(&h->root, j->arena, path, &e);
	if (e.kind) {
		hands_fault(j, &e);
	} else if (hash.p && !str_eq(hash, (struct str){it.sha256, 64})) {
		job_refuse(
		    j, "changed", "its SHA-256 is %s now: another file", it.sha256);
	} else if (owner.p) {
		job_refuse(j, "protected",
		    "'" STR_FMT "' came with the package " STR_FMT
		    "; restore it instead (irremedy)",
		    STR_ARG(path), STR_ARG(owner));
	} else {
		if (!hash.p)
			job_ask(j, 1, "the step does not say which file by its SHA-256");
		kept = buf_make((size_t)1 << 20);
		vault_write(&it, &kept);
		j->prior = arena_copy(j->arena, buf_str(&kept));
		buf_free(&kept);
		j->diff = hands_diff(
		    j->arena, '-', path, arena_fmt(j->arena, "sha256 %s", it.sha256));
		j->change = arena_fmt(
		    j->arena, "move " STR_FMT " to %s", STR_ARG(path), h->vault);
	}
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct hands *h = hands_of(b, e);
	struct vault_item it;
	char id[33];

	if (!h || !recall(j->arena, j->deed, &it, e))
		return false;
	hands_id(id, j->deed, 0);
	return vault_take(h->vault, id, &h->root, &it, e);
}

static int
holds(struct batch *b, const struct deed *d)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct hands *h = hands_of(b, &e);
	struct vault_item it;
	char id[33];
	int in = -1;

	hands_id(id, d, 0);
	if (h && recall(a, d, &it, &e))
		in = vault_holds(h->vault, id, &h->root, &it);
	arena_free(a);
	return in;
}

static bool
undo(struct batch *b, const struct deed *d, struct err *e)
{
	struct arena *a = arena_new();
	struct hands *h = hands_of(b, e);
	struct vault_item it;
	char id[33];
	bool ok;

	hands_id(id, d, 0);
	ok = h && recall(a, d, &it, e) && vault_give(h->vault, id, &h->root, &it, e);
	arena_free(a);
	return ok;
}

const struct actuator quarantine_hands = {
    .what = DO_QUARANTINE_FILE,
    .lasting = true,
    .end = hands_end,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
