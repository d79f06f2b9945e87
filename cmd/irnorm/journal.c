#include "journal.h"
#include "json.h"

#define PAIRS 256 /* of one entry */

struct entry {
	struct str name[PAIRS], value[PAIRS];
	size_t n;
};

static struct str
get(const struct entry *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->name[i], str_of(name)))
			return e->value[i];
	return STR_NONE;
}

static struct str
either(struct str a, struct str b)
{
	return a.n ? a : b;
}

/* As the journal has them: capitals, digits, underscores. */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			(s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
			return false;
	return s.n > 0 && s.n <= 64;
}

static void
add(struct entry *e, struct str name, struct str value)
{
	if (e->n == PAIRS || !is_name(name))
		return;
	e->name[e->n] = name;
	e->value[e->n++] = value;
}

/* --- an entry as a syslog line --- */

/* PRIORITY and SYSLOG_FACILITY as one number. */
static struct str
priority(struct arena *a, const struct entry *e)
{
	uint64_t level, facility;

	if (!str_u64(get(e, "PRIORITY"), &level) || level > 7 ||
	    !str_u64(get(e, "SYSLOG_FACILITY"), &facility) || facility > 23)
		return STR_NONE;
	return arena_fmt(a, "%u", (unsigned)(facility * 8 + level));
}

/* What the line did not say, by the map of the format "journald". */
static void
add_rest(struct norm *n, const struct entry *e)
{
	static const char *const used[] = {"MESSAGE", "PRIORITY", "SYSLOG_FACILITY",
	    "SYSLOG_IDENTIFIER", "SYSLOG_PID", "_HOSTNAME", "__REALTIME_TIMESTAMP",
	    "_SOURCE_REALTIME_TIMESTAMP", "SYSLOG_TIMESTAMP", "SYSLOG_RAW", "_PID",
	    "__CURSOR", "__MONOTONIC_TIMESTAMP", "_SOURCE_MONOTONIC_TIMESTAMP"};
	const struct format *f = formats_find(n->formats, STR("journald"));

	for (size_t i = 0; i < e->n; i++) {
		const struct mapping *m = f && f->map ? map_get(f->map, e->name[i])
						      : NULL;
		bool skip = e->value[i].n == 0;

		for (size_t k = 0; k < sizeof(used) / sizeof(*used) && !skip; k++)
			skip = str_eq(e->name[i], str_of(used[k]));
		for (size_t k = 0; m && k < m->n && !skip; k++)
			if (!event_cell(&n->ev, m->v[k].field))
				norm_put(n, &m->v[k], e->value[i], false);
		if (!m && !skip)
			norm_pair(n, n->generic_map, STR("journald"),
			    CAT(n->ev.a, STR("journald."), e->name[i]), e->name[i],
			    e->value[i]);
	}
}

/* What the journal takes from the audit system lacks its head: "USER_AUTH pid=1 ...". */
static struct str
audit_body(struct arena *a, const struct entry *e, struct str stamp)
{
	struct str body = get(e, "MESSAGE"), name = get(e, "_AUDIT_TYPE_NAME");
	struct str id = get(e, "_AUDIT_ID");

	if (!str_eq(get(e, "_TRANSPORT"), STR("audit")) || !name.n || !id.n ||
	    stamp.n < 7)
		return body;
	if (str_starts(body, name))
		body = str_from(body, name.n);
	return CAT(a, STR("type="), name, STR(" msg=audit("),
	    str_sub(stamp, 0, stamp.n - 6), STR("."), str_sub(stamp, stamp.n - 6, 3),
	    STR(":"), id, STR("):"), body);
}

static bool
take_entry(struct norm *n, struct origin *o, const struct entry *e)
{
	struct envelope env = {0};
	struct str stamp = either(
	    get(e, "_SOURCE_REALTIME_TIMESTAMP"), get(e, "__REALTIME_TIMESTAMP"));
	uint64_t us;

	if (!str_u64(stamp, &us) || us > INT64_MAX / 1000)
		return false;
	env.host = get(e, "_HOSTNAME");
	env.program = either(get(e, "SYSLOG_IDENTIFIER"), get(e, "_COMM"));
	env.pid = either(get(e, "SYSLOG_PID"), get(e, "_PID"));
	env.priority = priority(n->ev.a, e);
	env.body = audit_body(n->ev.a, e, stamp);
	n->depth++;
	norm_syslog(n, o, &env);
	n->depth--;
	if (!env.priority.n && get(e, "PRIORITY").n == 1)
		event_raw(&n->ev, F_SEVERITY, get(e, "PRIORITY"), FROM_ENVELOPE);
	n->has_when = false;
	n->has_ns = true;
	n->ns = (int64_t)us * 1000;
	n->stamp = STR_NONE;
	add_rest(n, e);
	return true;
}

/* --- JSON --- */

/* A value that is not UTF-8 is a list of its bytes. */
static struct str
bytes_of(struct arena *a, struct str list)
{
	size_t at = 0, n = 0;
	char *p = arena_alloc(a, list.n / 2 + 1);
	struct str v;

	while (json_next(list, &at, NULL, &v)) {
		uint64_t byte;

		if (!str_u64(v, &byte) || byte > 255)
			return STR_NONE;
		p[n++] = (char)byte;
	}
	return (struct str){p, n};
}

bool
norm_journal_json(struct norm *n, struct origin *o, struct str text)
{
	struct entry e; /* large, and mostly not for us */
	struct str k, v;
	size_t at = 0;

	e.n = 0;
	while (json_next(text, &at, &k, &v))
		add(&e, json_text(n->ev.a, k),
		    json_type(v) == JSON_LIST ? bytes_of(n->ev.a, v)
					      : json_text(n->ev.a, v));
	return take_entry(n, o, &e);
}

/* --- export --- */

/* The length of a binary value: eight bytes, the lowest first. */
static uint64_t
size_of(struct str s)
{
	uint64_t v = 0;

	for (size_t i = 8; i-- > 0;)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

/*
 * The field at the start of `s`: how many bytes it takes, with the LF behind it.
 * 0: it is not all there.
 */
static size_t
field(struct str s, struct str *name, struct str *value)
{
	size_t lf = str_chr(s, '\n'), eq;
	uint64_t size;

	*name = str_sub(s, 0, lf);
	eq = str_chr(*name, '=');
	if (eq != STR_NPOS) {
		*value = str_from(*name, eq + 1);
		name->n = eq;
		return lf == STR_NPOS ? 0 : lf + 1;
	}
	if (lf == STR_NPOS || s.n - lf < 9)
		return 0;
	size = size_of(str_from(s, lf + 1));
	if (size > s.n || s.n - lf - 9 < size)
		return 0;
	*value = str_sub(s, lf + 9, (size_t)size);
	return lf + 9 + (size_t)size + (lf + 9 + size < s.n);
}

size_t
journal_frame(struct str have, bool eof)
{
	struct str name, value;
	size_t at = 0, took;

	while (at < have.n && have.p[at] != '\n') {
		took = field(str_from(have, at), &name, &value);
		if (took == 0)
			return eof ? have.n : 0;
		at += took;
	}
	return at < have.n ? at + 1 : eof ? at : 0;
}

bool
norm_journal_export(struct norm *n, struct origin *o, struct str text)
{
	struct entry e = {.n = 0};
	struct str name, value, s;
	size_t took;

	if (!str_starts(text, STR("__CURSOR=")) &&
	    !str_starts(text, STR("__REALTIME_TIMESTAMP=")))
		return false;
	s = CAT(n->ev.a, text, STR("\n"));
	while (s.n && (took = field(s, &name, &value)) > 0) {
		add(&e, name, value);
		s = str_from(s, took);
	}
	return take_entry(n, o, &e);
}
