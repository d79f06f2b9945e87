/* quarantine-file: to the vault, if it still is the file that was meant. */
#include "batch.h"
#include "system.h"

static bool
recall(const struct past *p, struct vault_item *it, struct err *e)
{
	return p->prior ? vault_read(p->arena, p->prior, it, e)
			: past_silent(e, "what was taken");
}

static void
look(struct batch *b, struct job *j)
{
	struct str path = j->a.to.text[TARGET_PATH], hash = j->a.to.text[TARGET_SHA256];
	struct err e = {0};
	struct hands *h = &b->hands;
	struct vault_item it;
	struct str owner = STR_NONE;
	enum vault_seen seen;
	struct buf kept;

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
	struct past p = past_of(j->arena, j->deed);
	struct vault_item it;
	char id[33];

	hands_id(id, j->deed, 0);
	return recall(&p, &it, e) &&
	       vault_take(b->hands.vault, id, &b->hands.root, &it, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct vault_item it;
	char id[33];

	hands_id(id, p->deed, 0);
	return recall(p, &it, &e) ? vault_holds(b->hands.vault, id, &b->hands.root, &it)
				  : -1;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct vault_item it;
	char id[33];

	hands_id(id, p->deed, 0);
	return recall(p, &it, e) &&
	       vault_give(b->hands.vault, id, &b->hands.root, &it, e);
}

const struct actuator quarantine_hands = {
    .what = DO_QUARANTINE_FILE,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
