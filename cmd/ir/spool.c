#include <stdlib.h>
#include <unistd.h>

#include "escape.h"
#include "lines.h"
#include "map.h"
#include "mem.h"
#include "node.h"
#include "out.h"
#include "rec.h"
#include "severity.h"
#include "span.h"
#include "spool.h"

#define LINE_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define TEXT_MAX       ((size_t)64 * 1024 * 1024)

static const char *const names[] = {"ir.kind", "event.id", "ir.incident.id", "ir.version",
    "ir.alert.events", "rule.id", "rule.name", "ir.severity", "source.ip", "host.name",
    "@timestamp", "ir.fold.n", "ir.incident.title", "ir.success", "event.start",
    "event.end", "ir.incident.method", "ir.plan.steps", "ir.entities",
    "ir.incident.alerts", "event.duration"};

enum {
	KIND,
	EVENT,
	INCIDENT,
	VERSION,
	MEMBERS,
	RULE,
	NAME,
	SEVERITY,
	SOURCE,
	HOST,
	TIME,
	FOLD,
	TITLE,
	SUCCESS,
	START,
	END,
	METHOD,
	STEPS,
	ENTITIES,
	COUNT,
	DURATION
};

struct spool {
	struct arena *a;
	struct paths *paths;
	struct rec *rec;
	struct lines *lines;
	struct map *last; /* incident id -> its last version and severity, see latest() */
	struct map *cited; /* event ids */
};

static struct spool
spool_open(int fd)
{
	struct spool s = {.a = arena_new(), .paths = paths_new()};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		paths_add(s.paths, str_of(names[i]));
	s.rec = rec_new(s.paths, s.a);
	s.last = map_new();
	s.cited = map_new();
	lseek(fd, 0, SEEK_SET);
	s.lines = lines_new(fd, LINE_MAX_BYTES);
	return s;
}

static void
spool_rewind(struct spool *s, int fd)
{
	lines_free(s->lines);
	lseek(fd, 0, SEEK_SET);
	s->lines = lines_new(fd, LINE_MAX_BYTES);
}

static void
spool_close(struct spool *s)
{
	lines_free(s->lines);
	map_free(s->last);
	map_free(s->cited);
	rec_free(s->rec);
	paths_free(s->paths);
	arena_free(s->a);
}

/* The next good record. */
static bool
spool_next(struct spool *s, struct str *line, struct err *e)
{
	enum lines_got got;

	arena_reset(s->a);
	while ((got = lines_next(s->lines, line, e)) == LINES_LINE || got == LINES_LONG)
		if (got == LINES_LINE && rec_scan(s->rec, *line, NULL))
			return true;
	return false;
}

static bool
is(struct spool *s, int slot, struct str value)
{
	return str_eq(rec_text(s->rec, slot), value);
}

static void
cite(struct spool *s)
{
	struct str raw;

	for (size_t at = 0; rec_each(s->rec, MEMBERS, &at, &raw);) {
		struct str id = json_text(s->a, raw);

		if (id.n > 0)
			*map_put(s->cited, id) = s;
	}
}

static uintptr_t
version(struct spool *s)
{
	int64_t v;

	return rec_i64(s->rec, VERSION, &v) && v > 0 ? (uintptr_t)v : 1;
}

/* Version and severity in one number, never 0; medium and graver is planned for. */
static uintptr_t
latest(struct spool *s)
{
	return version(s) * 8 +
	       (uintptr_t)(severity_rank(rec_text(s->rec, SEVERITY)) + 1);
}

/* First pass: the last version of each incident, and what alerts cite. */
static bool
look(struct spool *s, struct err *e)
{
	struct str line;

	while (spool_next(s, &line, e)) {
		struct str id = rec_text(s->rec, INCIDENT);

		if (is(s, KIND, STR("incident")) && id.p) {
			void **v = map_put(s->last, id);

			if ((uintptr_t)*v / 8 <= version(s))
				*v = (void *)latest(s);
		} else if (is(s, KIND, STR("alert"))) {
			cite(s);
		}
	}
	return e->kind == ERR_NONE;
}

/* A plan that only tells somebody stands for a harmless incident, too. */
static bool
only_tells(struct spool *s)
{
	struct str raw = rec_raw(s->rec, STEPS);
	const struct node *list = raw.p ? node_json(s->a, raw) : NULL;
	bool tells = node_count(list) > 0;

	for (size_t i = 0; i < node_count(list); i++)
		tells &= str_eq(
		    node_text(node_get(node_at(list, i), STR("do"))), STR("notify"));
	return tells;
}

static bool
wanted(struct spool *s)
{
	struct str id = rec_text(s->rec, INCIDENT);

	if (is(s, KIND, STR("incident")))
		return id.p && (uintptr_t)map_get(s->last, id) / 8 == version(s);
	/* planned for an earlier version, which turned out to be harmless */
	if (is(s, KIND, STR("plan")))
		return id.p && ((uintptr_t)map_get(s->last, id) % 8 > SEV_MEDIUM ||
				   only_tells(s));
	if (is(s, KIND, STR("event"))) {
		id = rec_text(s->rec, EVENT);
		return id.p && map_get(s->cited, id);
	}
	return true;
}

bool
spool_json(int fd, int to, struct err *e)
{
	struct spool s = spool_open(fd);
	struct out *out = out_new(to);
	struct str line;
	bool ok = look(&s, e);

	spool_rewind(&s, fd);
	while (ok && spool_next(&s, &line, e))
		if (wanted(&s))
			ok = out_add(out, line, e) && out_add(out, STR("\n"), e);
	ok = ok && e->kind == ERR_NONE && out_flush(out, e);
	out_free(out);
	spool_close(&s);
	return ok;
}

/* --- for people --- */

/* One row: alerts of a rule from one source on one host, or an incident. */
struct row {
	struct str severity, name, source, host, first, last, more, steps;
	struct str targets, success; /* of an incident */
	int64_t duration;            /* ns */
	int64_t n;
};

static int
worse(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int d = severity_rank(y->severity) - severity_rank(x->severity);

	return d ? d : str_cmp(x->first, y->first);
}

/* "web01, deploy@web01": hosts and accounts that were attacked, each once. */
static struct str
targets(struct spool *s, struct arena *keep)
{
	struct buf b = buf_make(1 << 16);
	struct str raw, text;

	for (size_t at = 0; rec_each(s->rec, ENTITIES, &at, &raw);) {
		struct str role = json_text(s->a, json_get(s->a, raw, STR("role")));
		struct str host = json_text(s->a, json_get(s->a, raw, STR("host")));

		if (!str_eq(role, STR("victim")))
			continue;
		if (b.n > 0)
			buf_add(&b, STR(", "));
		escape_text(&b, json_text(s->a, json_get(s->a, raw, STR("value"))));
		if (host.n > 0) {
			buf_ch(&b, '@');
			escape_text(&b, host);
		}
	}
	text = arena_copy(keep, buf_str(&b));
	buf_free(&b);
	return text;
}

static void
fill_incident(struct spool *s, struct row *r, struct arena *keep)
{
	r->targets = targets(s, keep);
	r->success = arena_copy(keep, rec_text(s->rec, SUCCESS));
	rec_i64(s->rec, COUNT, &r->n);
	rec_i64(s->rec, DURATION, &r->duration);
}

static struct row *
row_of(struct spool *s, struct map *rows, struct arena *keep, bool incident)
{
	struct str t = rec_text(
	    s->rec, incident && rec_raw(s->rec, START).p ? START : TIME);
	struct str key = incident ? rec_text(s->rec, INCIDENT)
				  : CAT(s->a, rec_text(s->rec, RULE), STR("\n"),
					rec_text(s->rec, SOURCE), STR("\n"),
					rec_text(s->rec, HOST));
	void **at = map_put(rows, key);
	struct row *r = *at;

	if (!r) {
		*at = r = arena_zero(keep, sizeof(*r));
		r->severity = arena_copy(keep, rec_text(s->rec, SEVERITY));
		r->name = arena_copy(keep, rec_text(s->rec, incident ? TITLE : NAME));
		r->source = arena_copy(keep, rec_text(s->rec, SOURCE));
		r->host = arena_copy(keep, rec_text(s->rec, HOST));
		r->more = arena_copy(keep, rec_text(s->rec, METHOD));
		r->first = arena_copy(keep, t);
		if (incident)
			fill_incident(s, r, keep);
	}
	r->last = arena_copy(keep, rec_text(s->rec, TIME));
	return r;
}

#define WRAP 76

/* The sentence of what happened, without the event ids in brackets that records and
 * reports have, in lines of about WRAP columns. */
static void
put_method(struct buf *b, struct str method)
{
	size_t col = 0;

	while (method.p) {
		struct str word = str_cut(&method, ' ');

		if (str_starts(word, STR("["))) {
			while (method.p && str_rchr(word, ']') == STR_NPOS)
				word = str_cut(&method, ' ');
			word = str_from(word, str_rchr(word, ']') + 1);
			escape_text(b, word);
			col += word.n;
			continue;
		}
		if (col > 0 && col + word.n > WRAP)
			col = 0;
		buf_add(b, col == 0 ? STR("\n              ") : STR(" "));
		escape_text(b, word);
		col += word.n + 1;
	}
	buf_ch(b, '\n');
}

static void
put_row(struct buf *b, const struct row *r)
{
	char span[SPAN_MAX];

	buf_fmt(b, "%-13.*s ", STR_ARG(r->severity));
	escape_text(b, r->name);
	buf_add(b, STR("\n             "));
	if (r->source.n) {
		buf_add(b, STR(" from "));
		escape_text(b, r->source);
	}
	if (r->host.n) {
		buf_add(b, STR(" on "));
		escape_text(b, r->host);
	}
	if (r->n > 0)
		buf_fmt(b, ", %lld alert%s", (long long)r->n, r->n == 1 ? "" : "s");
	buf_add(b, STR("\n              "));
	escape_text(b, r->first);
	buf_add(b, STR(" to "));
	escape_text(b, r->last);
	if (r->duration >= 1000000000 && r->duration / 1000000 < INT32_MAX)
		buf_fmt(b, ", %s", span_text(span, r->duration / 1000000000 * 1000));
	buf_ch(b, '\n');
	if (r->targets.n)
		buf_fmt(b, "              targets: %.*s\n", STR_ARG(r->targets));
	if (r->success.n)
		buf_fmt(b, "              success: %.*s\n", STR_ARG(r->success));
	if (r->more.n) {
		b->n--; /* the line's end: put_method() begins with one */
		put_method(b, r->more);
	}
	buf_add(b, r->steps);
}

/* The value of a member of a step, as text. */
static struct str
of_step(struct spool *s, struct str step, struct str name)
{
	return json_text(s->a, json_get(s->a, step, name));
}

/* "block-ip 203.0.113.66 for 4h5m (approval none): guessed passwords ..." a line each. */
static struct str
steps_text(struct spool *s, struct arena *keep)
{
	struct buf b = buf_make(1 << 20);
	struct str step, key, value, text;
	char span[SPAN_MAX];
	int64_t ttl;

	for (size_t at = 0; rec_each(s->rec, STEPS, &at, &step);) {
		struct str target = json_get(s->a, step, STR("target"));

		buf_add(&b, STR("              plan: "));
		escape_text(&b, of_step(s, step, STR("do")));
		for (size_t i = 0; json_next(target, &i, &key, &value);) {
			buf_ch(&b, ' ');
			escape_text(&b, json_text(s->a, value));
		}
		if (json_i64(json_get(s->a, step, STR("ttl")), &ttl) && ttl > 0 &&
		    ttl < INT32_MAX)
			buf_fmt(&b, " for %s", span_text(span, ttl * 1000));
		buf_add(&b, STR(", approval "));
		escape_text(&b, of_step(s, step, STR("approval")));
		if (of_step(s, step, STR("undo")).n > 0) {
			buf_add(&b, STR("; undo: "));
			escape_text(&b, of_step(s, step, STR("undo")));
		}
		buf_ch(&b, '\n');
	}
	text = arena_copy(keep, buf_str(&b));
	buf_free(&b);
	return text;
}

/* Plans come before the last version of their incident, so they get a pass of their own. */
static void
add_plans(struct spool *s, struct map *incidents, struct arena *keep, struct err *e)
{
	struct str line;

	while (spool_next(s, &line, e)) {
		struct row *r = is(s, KIND, STR("plan")) && wanted(s)
				    ? map_get(incidents, rec_text(s->rec, INCIDENT))
				    : NULL;

		if (r)
			r->steps = CAT(keep, r->steps, steps_text(s, keep));
	}
}

/* Worst first; what is less than `least` is only counted. */
static void
put_rows(struct buf *b, const char *title, struct map *rows, int least)
{
	size_t n = map_count(rows), k = 0, at = 0, shown = 0;
	struct row **v = mem_new(n, sizeof(*v));
	void *r;

	while (map_next(rows, &at, NULL, &r))
		v[k++] = r;
	qsort(v, n, sizeof(*v), worse);
	while (shown < n && severity_rank(v[shown]->severity) >= least)
		shown++;
	if (shown > 0)
		buf_fmt(b, "%s%s\n\n", b->n ? "\n" : "", title);
	for (k = 0; k < shown; k++)
		put_row(b, v[k]);
	if (shown < n)
		buf_fmt(b, "\nand %zu kinds of alert that only inform (-v shows them)\n",
		    n - shown);
	mem_free(v);
}

bool
spool_text(int fd, int to, bool all, struct err *e)
{
	struct spool s = spool_open(fd);
	struct map *incidents = map_new(), *alerts = map_new();
	struct arena *keep = arena_new();
	struct buf b = buf_make(TEXT_MAX);
	struct str line;
	bool ok = look(&s, e);

	spool_rewind(&s, fd);
	while (ok && spool_next(&s, &line, e)) {
		int64_t n = 1;

		if (is(&s, KIND, STR("incident")) && wanted(&s))
			row_of(&s, incidents, keep, true);
		if (!is(&s, KIND, STR("alert")) || rec_raw(s.rec, INCIDENT).p)
			continue;
		rec_i64(s.rec, FOLD, &n);
		row_of(&s, alerts, keep, false)->n += n;
	}
	spool_rewind(&s, fd);
	if (ok)
		add_plans(&s, incidents, keep, e);
	put_rows(&b, "Incidents", incidents, 0);
	put_rows(&b, "Alerts that belong to no incident", alerts, all ? 0 : 1);
	if (b.n == 0)
		buf_add(&b, STR("Nothing was found.\n"));
	ok = ok && e->kind == ERR_NONE && out_write(to, buf_str(&b), e);
	buf_free(&b);
	map_free(incidents);
	map_free(alerts);
	arena_free(keep);
	spool_close(&s);
	return ok;
}
