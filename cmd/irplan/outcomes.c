#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "outcomes.h"

#include "json.h"
#include "lines.h"
#include "map.h"
#include "mem.h"

#define LINE_MAX_ ((size_t)8 << 20)
#define ROWS_MAX  ((size_t)1000000)
#define TEXT_MAX  ((size_t)256)
#define ACTS_MAX  20

enum end { END_NONE, END_GOOD, END_BAD };

struct row {
	struct str incident;
	enum action_do what;
	enum end end;
};

struct outcomes {
	struct arena *keep; /* texts of rows and incidents */
	struct map *rows;   /* incident, key -> row */
	struct map *attack; /* incident -> techniques, NUL-terminated, a blank between */
	struct map *false_; /* incidents that were none */
	struct map *counts; /* technique, verb -> beta */
};

struct outcomes *
outcomes_new(void)
{
	struct outcomes *o = mem_new(1, sizeof(*o));

	*o = (struct outcomes){arena_new(), map_new(), map_new(), map_new(), map_new()};
	return o;
}

void
outcomes_free(struct outcomes *o)
{
	if (!o)
		return;
	map_free(o->rows);
	map_free(o->attack);
	map_free(o->false_);
	map_free(o->counts);
	arena_free(o->keep);
	mem_free(o);
}

/* --- reading --- */

static struct str
text(const struct node *r, const char *name)
{
	struct str s = node_text(node_path(r, str_of(name)));

	return s.p && s.n <= TEXT_MAX ? s : STR("");
}

static void
read_action(struct outcomes *o, struct arena *a, const struct node *r)
{
	struct str status = text(r, "ir.action.status"),
		   verify = text(r, "ir.action.verify");
	struct str incident = text(r, "ir.incident.id");
	struct str key = CAT(a, incident, STR("\n"), text(r, "ir.action.key"));
	enum action_do what = action_find(text(r, "ir.action.do"));
	enum end end = END_NONE;
	struct row *row;

	if (str_eq(status, STR("applied")) || str_eq(status, STR("already")))
		end = str_eq(verify, STR("bad")) ? END_BAD : END_GOOD;
	else if (str_eq(status, STR("failed")) || str_eq(status, STR("undone")))
		end = END_BAD;
	if (end == END_NONE || what == DO_NONE || !incident.n)
		return;
	row = map_get(o->rows, key);
	if (!row) {
		if (map_count(o->rows) >= ROWS_MAX)
			return;
		row = arena_zero(o->keep, sizeof(*row));
		row->incident = arena_copy(o->keep, incident);
		row->what = what;
		*map_put(o->rows, key) = row;
	}
	row->end = end;
}

static void
read_incident(struct outcomes *o, struct arena *a, const struct node *r)
{
	const struct node *attack = node_path(r, STR("ir.attack"));
	struct str all = STR(""), id = text(r, "ir.incident.id");

	for (size_t i = 0; i < node_count(attack) && i < ACTS_MAX; i++)
		all = CAT(a, all, all.n ? STR(" ") : STR(""),
		    text(node_at(attack, i), "technique"));
	if (id.n && all.n && map_count(o->attack) < ROWS_MAX)
		*map_put(o->attack, id) = (void *)(uintptr_t)arena_copy(o->keep, all).p;
}

static void
read_one(struct outcomes *o, struct arena *a, struct str line)
{
	char pad[JSON_PAD] = "";
	struct str raw = CAT(a, line, (struct str){pad, sizeof(pad)});
	struct str kind, is;
	const struct node *r;

	raw.n = line.n;
	if (!json_valid(raw, NULL))
		return;
	r = node_json(a, raw);
	kind = text(r, "ir.kind");
	is = text(r, "ir.verdict.is");
	if (str_eq(kind, STR("action")))
		read_action(o, a, r);
	else if (str_eq(kind, STR("incident")))
		read_incident(o, a, r);
	else if (str_eq(kind, STR("verdict")) && text(r, "ir.incident.id").n &&
		 map_count(o->false_) < ROWS_MAX)
		*map_put(o->false_, text(r, "ir.incident.id")) =
		    str_eq(is, STR("true_positive")) ? NULL : o;
}

bool
outcomes_load(struct outcomes *o, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct arena *a;
	struct lines *in;
	struct str line;
	enum lines_got got;

	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	a = arena_new();
	in = lines_new(fd, LINE_MAX_);
	while ((got = lines_next(in, &line, e)) == LINES_LINE || got == LINES_LONG)
		if (got == LINES_LINE) {
			read_one(o, a, str_trim(line));
			arena_reset(a);
		}
	lines_free(in);
	arena_free(a);
	close(fd);
	return got == LINES_EOF;
}

/* --- counting --- */

static struct str
count_key(char out[32], struct str technique, enum action_do what)
{
	size_t n = technique.n > 16 ? 16 : technique.n;

	memcpy(out, technique.p, n);
	out[n] = '\n';
	out[n + 1] = (char)('A' + what);
	return (struct str){out, n + 2};
}

static void
count(struct outcomes *o, struct str technique, enum action_do what, bool good)
{
	char key[32];
	struct str k = count_key(key, technique, what);
	struct beta *b = map_get(o->counts, k);

	if (!b) {
		b = arena_zero(o->keep, sizeof(*b));
		*map_put(o->counts, k) = b;
	}
	b->good += good;
	b->bad += !good;
}

void
outcomes_settle(struct outcomes *o)
{
	void *v;

	for (size_t i = 0; map_next(o->rows, &i, NULL, &v);) {
		const struct row *row = v;
		struct str all = str_of(map_get(o->attack, row->incident));
		bool good = row->end == END_GOOD && !map_get(o->false_, row->incident);

		while (all.p && all.n) {
			struct str t = str_cut(&all, ' ');

			count(o, t, row->what, good);
			if (t.n > 5)
				count(o, str_sub(t, 0, 5), row->what, good);
		}
	}
}

struct beta
outcomes_of(const struct outcomes *o, struct str technique, enum action_do what)
{
	char key[32];
	const struct beta *b = map_get(o->counts, count_key(key, technique, what));

	if (!b && technique.n > 5)
		b = map_get(o->counts, count_key(key, str_sub(technique, 0, 5), what));
	return b ? *b : (struct beta){0};
}

unsigned
beta_mean(struct beta b)
{
	return (unsigned)(((uint64_t)b.good + 1) * 100 / ((uint64_t)b.good + b.bad + 2));
}

/* The normal approximation, 1.645 standard deviations below the mean. */
unsigned
beta_least(struct beta b)
{
	double n = (double)b.good + b.bad + 2, m = ((double)b.good + 1) / n;
	double least = m - 1.645 * sqrt(m * (1 - m) / (n + 1));

	return least <= 0 ? 0 : (unsigned)(least * 100);
}
