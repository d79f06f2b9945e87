/*
 * remove-persistence: what brings an intruder back goes to the vault.
 *
 * A file that a package brought is not an intruder's by its name: it is
 * repaired, not removed.  Links that switch a unit on go with the unit.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "batch.h"
#include "persist.h"
#include "places.h"
#include "units.h"

#define ITEMS_MAX 16
#define LINKS_MAX 64
#define UNITS     "/etc/systemd/system"

struct switched {
	struct str path, to;
};

/* All that one step takes away. */
struct finding {
	struct vault_item items[ITEMS_MAX];
	size_t n;
	struct switched links[LINKS_MAX];
	size_t n_links;
	struct str unit; /* absent: none */
};

/* --- finding --- */

/* False: the job says why not. */
static bool
add_file(struct hands *h, struct job *j, struct str path, struct finding *f)
{
	struct err e = {0};
	struct str owner;
	enum vault_seen seen;

	if (f->n == ITEMS_MAX) {
		job_refuse(j, "limit", "more than %d files", ITEMS_MAX);
		return false;
	}
	path = hands_path(h, j->arena, path);
	seen = vault_look(&h->root, j->arena, path, &f->items[f->n], &e);
	if (seen == VAULT_ABSENT)
		return true;
	owner = seen == VAULT_FAULT ? STR_NONE : dpkg_owner(&h->root, j->arena, path, &e);
	if (e.kind) {
		hands_fault(j, &e);
		return false;
	}
	if (owner.p) {
		job_refuse(j, "packaged",
		    "'" STR_FMT "' came with the package " STR_FMT
		    "; restore it (restore-path, patch-package) instead",
		    STR_ARG(path), STR_ARG(owner));
		return false;
	}
	f->n++;
	return true;
}

static void
add_link(struct hands *h, struct arena *a, struct str dir, const char *name,
    struct str unit, struct finding *f)
{
	struct str path = arena_fmt(a, STR_FMT "/%s", STR_ARG(dir), name);
	struct str to = rootfs_readlink(&h->root, a, path.p), base;
	size_t slash;

	if (!to.p || f->n_links == LINKS_MAX)
		return;
	slash = str_rchr(to, '/');
	base = slash < to.n ? str_from(to, slash + 1) : to;
	if (str_eq(base, unit) || str_eq(str_of(name), unit))
		f->links[f->n_links++] = (struct switched){path, to};
}

/* Links to the unit in /etc/systemd/system and the directories right below. */
static void
add_links(struct hands *h, struct arena *a, struct str dir, struct str unit,
    struct finding *f, bool below)
{
	int fd = rootfs_fd(&h->root, dir.p, O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		struct str name = str_of(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		if (below && entry->d_type == DT_DIR &&
		    (str_ends(name, STR(".wants")) || str_ends(name, STR(".requires"))))
			add_links(h, a,
			    arena_fmt(a, STR_FMT "/%s", STR_ARG(dir), entry->d_name),
			    unit, f, false);
		else
			add_link(h, a, dir, entry->d_name, unit, f);
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

static int
by_path(const void *x, const void *y)
{
	const struct switched *a = x, *b = y;

	return strcmp(a->path.p, b->path.p);
}

static bool
find_named(struct hands *h, struct job *j, const struct place_kind *k, struct finding *f)
{
	const struct target *t = &j->a.to;
	struct str user = t->text[TARGET_USER], unit = t->text[TARGET_UNIT], path;
	struct str home = STR_NONE;
	struct err e = {0};

	if ((user.p && !k->user) || (unit.p && !k->unit)) {
		job_refuse(j, "target", "%s is named by its path", k->name);
		return false;
	}
	if (user.p)
		home = units_home(&h->root, j->arena, user, &e);
	if (user.p && !home.p) {
		hands_fault(j, &e);
		return false;
	}
	for (size_t i = 0;
	     (path = place_of(k, j->arena, i, user.p ? user : unit, home)).p; i++)
		if (!add_file(h, j, path, f))
			return false;
	if (unit.p && f->n)
		f->unit = unit;
	return true;
}

static bool
find(struct hands *h, struct job *j, struct finding *f)
{
	struct str kind = j->a.to.text[TARGET_KIND], path = j->a.to.text[TARGET_PATH];
	const struct place_kind *k = place_kind(kind);
	size_t slash;

	if (!k) {
		job_refuse(j, "target", "no kind of persistence '" STR_FMT "': " STR_FMT,
		    STR_ARG(kind), STR_ARG(place_kinds(j->arena)));
		return false;
	}
	if (path.p && !place_fits(k, path)) {
		job_refuse(j, "target", "'" STR_FMT "' is no place of %s", STR_ARG(path),
		    k->name);
		return false;
	}
	if (path.p && k->unit) {
		slash = str_rchr(path, '/');
		if (units_is(str_from(path, slash + 1)))
			f->unit = arena_copy(j->arena, str_from(path, slash + 1));
	}
	if (path.p ? !add_file(h, j, path, f) : !find_named(h, j, k, f))
		return false;
	if (f->unit.p && !units_may_go(f->unit)) {
		job_refuse(j, "protected", "the system needs the unit " STR_FMT,
		    STR_ARG(f->unit));
		return false;
	}
	if (f->unit.p && f->n)
		add_links(h, j->arena, STR(UNITS), f->unit, f, true);
	qsort(f->links, f->n_links, sizeof(*f->links), by_path);
	return true;
}

/* --- what the ledger keeps --- */

static struct str
keep(struct arena *a, const struct finding *f)
{
	struct buf b = buf_make((size_t)1 << 20);
	struct str kept;

	buf_add(&b, STR("{\"items\":["));
	for (size_t i = 0; i < f->n; i++) {
		buf_add(&b, i ? STR(",") : STR(""));
		vault_write(&f->items[i], &b);
	}
	buf_add(&b, STR("],\"links\":["));
	for (size_t i = 0; i < f->n_links; i++) {
		buf_add(&b, i ? STR(",{\"path\":") : STR("{\"path\":"));
		buf_json(&b, f->links[i].path);
		buf_add(&b, STR(",\"to\":"));
		buf_json(&b, f->links[i].to);
		buf_ch(&b, '}');
	}
	buf_add(&b, STR("],\"unit\":"));
	buf_json(&b, f->unit.p ? f->unit : STR(""));
	buf_ch(&b, '}');
	kept = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return kept;
}

static bool
recall(const struct past *p, struct finding *f, struct err *e)
{
	const struct node *items = node_get(p->prior, STR("items"));
	const struct node *links = node_get(p->prior, STR("links"));
	struct arena *a = p->arena;

	*f = (struct finding){.unit = past_prior(p, "unit")};
	for (; f->n < node_count(items) && f->n < ITEMS_MAX; f->n++)
		if (!vault_read(a, node_at(items, f->n), &f->items[f->n], e))
			return false;
	for (size_t i = 0; i < node_count(links) && i < LINKS_MAX; i++) {
		const struct node *at = node_at(links, i);
		struct str path = arena_copy(a, node_text(node_get(at, STR("path"))));
		struct str to = arena_copy(a, node_text(node_get(at, STR("to"))));

		if (rootfs_path(path) && to.n)
			f->links[f->n_links++] = (struct switched){path, to};
	}
	if (f->unit.n == 0)
		f->unit = STR_NONE;
	return f->n > 0 || past_silent(e, "what was taken");
}

/* --- the actuator --- */

static void
look(struct batch *b, struct job *j)
{
	struct hands *h = &b->hands;
	struct finding f = {.unit = STR_NONE};
	struct str all = STR("");
	bool stops;

	if (!find(h, j, &f))
		return;
	if (f.n == 0) {
		job_already(j, "it is not there");
		return;
	}
	j->prior = keep(j->arena, &f);
	for (size_t i = 0; i < f.n; i++) {
		struct str diff = hands_diff(j->arena, '-', f.items[i].path,
		    arena_fmt(j->arena, "sha256 %s", f.items[i].sha256));

		all = arena_fmt(j->arena, STR_FMT STR_FMT, STR_ARG(all), STR_ARG(diff));
	}
	for (size_t i = 0; i < f.n_links; i++) {
		struct str diff = hands_diff(j->arena, '-', f.links[i].path,
		    arena_fmt(j->arena, "link to " STR_FMT, STR_ARG(f.links[i].to)));

		all = arena_fmt(j->arena, STR_FMT STR_FMT, STR_ARG(all), STR_ARG(diff));
	}
	stops = f.unit.p && h->root.machine; /* in an image nothing runs */
	j->diff = all;
	j->change = arena_fmt(j->arena, "move %zu file%s to %s%s" STR_FMT, f.n,
	    f.n == 1 ? "" : "s", h->vault, stops ? ", stop " : "",
	    STR_ARG(stops ? f.unit : STR("")));
}

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct past p = past_of(j->arena, j->deed);
	struct hands *h = &b->hands;
	struct finding f;
	char id[33];

	if (!recall(&p, &f, e) || (f.unit.p && !units_stop(&h->root, f.unit, e)))
		return false;
	for (size_t i = 0; i < f.n_links; i++)
		if (!rootfs_remove(&h->root, f.links[i].path.p, e))
			return false;
	for (size_t i = 0; i < f.n; i++) {
		hands_id(id, j->deed, i);
		if (vault_holds(h->vault, id, &h->root, &f.items[i]) != 1 &&
		    !vault_take(h->vault, id, &h->root, &f.items[i], e))
			return false;
	}
	return !f.unit.p || units_reload(&h->root, e);
}

static int
holds(struct batch *b, const struct past *p)
{
	struct err e = {0};
	struct hands *h = &b->hands;
	struct finding f;
	int in = recall(p, &f, &e) ? 1 : -1;
	char id[33];

	for (size_t i = 0; in == 1 && i < f.n; i++) {
		hands_id(id, p->deed, i);
		in = vault_holds(h->vault, id, &h->root, &f.items[i]);
	}
	for (size_t i = 0; in == 1 && i < f.n_links; i++)
		if (rootfs_readlink(&h->root, p->arena, f.links[i].path.p).p)
			in = 0;
	return in;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	struct hands *h = &b->hands;
	struct finding f;
	bool ok = recall(p, &f, e);
	char id[33];

	for (size_t i = 0; ok && i < f.n; i++) {
		hands_id(id, p->deed, i);
		ok = vault_give(h->vault, id, &h->root, &f.items[i], e);
	}
	for (size_t i = 0; ok && i < f.n_links; i++)
		if (!rootfs_readlink(&h->root, p->arena, f.links[i].path.p).p)
			ok = rootfs_link(&h->root, f.links[i].path.p, f.links[i].to.p, e);
	return ok && (!f.unit.p || units_reload(&h->root, e));
}

const struct actuator remove_persistence = {
    .what = DO_REMOVE_PERSISTENCE,
    .lasting = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
