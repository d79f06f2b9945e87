#include "approvers.h"
#include "base64.h"
#include "file.h"
#include "mem.h"
#include "when.h"

#define FILE_MAX_ ((size_t)256 * 1024)
#define MOST      ((size_t)1000)
#define SCHEME    "ed25519:"
#define EARLY     (INT64_C(60) * WHEN_S) /* that another machine's clock may be ahead */

struct approvers {
	struct approver *v;
	size_t n, cap;
	struct arena *arena;
};

_Static_assert(DO_MAX <= 32, "a bit for each verb");

static bool
classes(struct str list, struct approver *a)
{
	while (list.p) {
		struct str word = str_cut(&list, ',');
		enum action_do what = action_find(word);
		bool known = what != DO_NONE;

		if (known)
			a->verbs |= UINT32_C(1) << what;
		for (int r = RISK_LOW; r <= RISK_HIGH; r++)
			if (str_eq(word, str_of(action_risk_name((enum action_risk)r)))) {
				a->risks |= 1U << r;
				known = true;
			}
		if (!known)
			return false;
	}
	return true;
}

/* The next word of a line; empty at its end. */
static struct str
word(struct str *line)
{
	size_t n = 0;
	struct str w;

	*line = str_trim(*line);
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	w = str_sub(*line, 0, n);
	*line = str_trim(str_from(*line, n));
	return w;
}

/* Why a line is none; NULL: it is one. */
static const char *
take(struct approvers *all, struct str line)
{
	struct approver a = {.name = word(&line)};
	struct str key = word(&line), bytes = STR_NONE;

	if (!approval_name(a.name))
		return "not the name of a person";
	if (str_starts(key, STR(SCHEME)) && key.n < 128)
		bytes = base64_bytes(all->arena, str_from(key, sizeof(SCHEME) - 1));
	if (bytes.n != ED25519_KEY)
		return "not a key (ed25519:...)";
	memcpy(a.key, bytes.p, ED25519_KEY);
	if (line.n == 0 || !classes(line, &a))
		return "not a list of classes (low, medium, high, or verbs)";
	for (size_t i = 0; i < all->n; i++)
		if (memcmp(all->v[i].key, a.key, ED25519_KEY) == 0)
			return "a key that stands there already";
	if (all->n == MOST)
		return "one too many";
	all->v = mem_grow(all->v, &all->cap, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = a;
	return NULL;
}

struct approvers *
approvers_load(const char *path, struct err *e)
{
	struct approvers *all = mem_new(1, sizeof(*all));
	struct str rest = STR_NONE;

	*all = (struct approvers){.arena = arena_new()};
	if (!path)
		return all;
	if (file_trusted(path, e))
		rest = file_read(all->arena, path, FILE_MAX_, e);
	for (int n = 1; rest.p && e->kind == ERR_NONE; n++) {
		struct str line = str_cut(&rest, '\n');
		const char *why;

		line = str_trim(str_sub(line, 0, str_chr(line, '#')));
		if (line.n > 0 && (why = take(all, line)))
			err_set(e, ERR_CONFIG, "%s:%d: %s", path, n, why);
	}
	if (e->kind == ERR_NONE)
		return all;
	approvers_free(all);
	return NULL;
}

void
approvers_free(struct approvers *all)
{
	if (!all)
		return;
	mem_free(all->v);
	arena_free(all->arena);
	mem_free(all);
}

size_t
approvers_count(const struct approvers *all)
{
	return all->n;
}

const struct approver *
approvers_who(const struct approvers *all, const struct approval *a, const char **why)
{
	*why = "is no approver";
	for (size_t i = 0; i < all->n; i++) {
		if (!str_eq(all->v[i].name, a->by))
			continue;
		if (approval_holds(a, all->v[i].key))
			return &all->v[i];
		*why = "did not sign this";
	}
	return NULL;
}

const char *
approval_late(const struct approval *a, int64_t now_ns)
{
	if (a->until_ns - a->at_ns > APPROVAL_MAX_S * WHEN_S)
		return "agreed for longer than a day";
	if (a->at_ns > now_ns + EARLY)
		return "agreed in the future";
	if (a->until_ns <= now_ns)
		return "agreed, and that has expired";
	return NULL;
}

bool
approver_may(const struct approver *a, enum action_do what, enum action_risk risk)
{
	return (a->risks >> risk & 1) || (a->verbs >> what & 1);
}

void
approvers_line(struct arena *m, const struct approver *a, struct buf *b)
{
	struct str key = {(const char *)a->key, ED25519_KEY};
	bool any = false;

	buf_fmt(
	    b, STR_FMT " " SCHEME STR_FMT " ", STR_ARG(a->name), STR_ARG(base64(m, key)));
	for (int r = RISK_LOW; r <= RISK_HIGH; r++)
		if (a->risks >> r & 1) {
			buf_fmt(b, "%s%s", any ? "," : "",
			    action_risk_name((enum action_risk)r));
			any = true;
		}
	buf_ch(b, '\n');
}
