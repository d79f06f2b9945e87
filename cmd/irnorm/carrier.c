#include "carrier.h"
#include "journal.h"
#include "json.h"

#define DEPTH 3 /* carriers in carriers */

static const char pad[JSON_PAD];

/* Room to read behind a text that may be JSON. */
static struct str
padded(struct norm *n, struct str s)
{
	s = CAT(n->ev.a, s, (struct str){pad, JSON_PAD});
	return str_sub(s, 0, s.n - JSON_PAD);
}

/* The line inside; what is unknown still leaves, as `dataset`. */
static void
inside(struct norm *n, struct origin *o, struct str text, const char *dataset)
{
	n->depth++;
	if (!norm_text(n, o, text)) {
		event_text(&n->ev, F_DATASET, str_of(dataset), FROM_CONSTANT);
		n->ev.tags |= TAG_PARTIAL;
		norm_generic(n, text, true);
	}
	n->depth--;
}

/* A carrier's clock is known to be right; what the line says of time may lack a zone. */
static void
carried_at(struct norm *n, struct str stamp)
{
	if (stamp.n)
		norm_time(n, stamp);
}

static void
note(struct norm *n, const char *name, struct str value)
{
	int field = fields_find(n->fields, str_of(name));

	if (field >= 0 && !event_cell(&n->ev, field))
		event_text(&n->ev, field, value, FROM_ENVELOPE);
}

/* --- Docker's json-file --- */

static struct str
member(struct norm *n, struct str name)
{
	const struct leaf *leaf = leaves_find(&n->leaves, name);

	return leaf ? json_text(n->ev.a, leaf->raw) : STR_NONE;
}

static bool
docker(struct norm *n, struct origin *o)
{
	struct str stream = member(n, STR("stream")), log, time;

	if (!stream.p)
		return false;
	log = member(n, STR("log"));
	time = member(n, STR("time"));
	if (!log.p || !time.p)
		return false;
	while (str_ends(log, STR("\n")) || str_ends(log, STR("\r")))
		log.n--;
	inside(n, o, padded(n, log), "docker");
	note(n, "log.iostream", stream);
	carried_at(n, time);
	return true;
}

/* --- CRI, kubectl --- */

/* A stamp of nanoseconds in UTC, as container runtimes write it, and a blank. */
static struct str
read_stamp(struct str *s)
{
	struct str rest = *s, stamp;
	struct when w;

	if (s->n < 30 || s->p[0] < '0' || s->p[0] > '9' || !when_scan_iso(&rest, &w) ||
	    !w.has_zone || w.digits < 9 || !str_starts(rest, STR(" ")))
		return STR_NONE;
	stamp = str_sub(*s, 0, s->n - rest.n);
	*s = str_from(rest, 1);
	return stamp;
}

static bool
cri(struct norm *n, struct origin *o, struct str text)
{
	struct str s = text, stamp = read_stamp(&s), stream;

	if (!stamp.n)
		return false;
	stream = str_cut(&s, ' ');
	if (!(str_eq(stream, STR("stdout")) || str_eq(stream, STR("stderr"))) ||
	    !(str_starts(s, STR("F ")) || str_starts(s, STR("P "))))
		return false;
	inside(n, o, str_from(s, 2), "cri");
	note(n, "log.iostream", stream);
	carried_at(n, stamp);
	return true;
}

/* "[pod/web-1/app] " of kubectl logs --prefix, its --timestamps, or both. */
static bool
kubectl(struct norm *n, struct origin *o, struct str text)
{
	struct str s = text, pod = STR_NONE, stamp;
	size_t end;

	if (str_starts(s, STR("[pod/"))) {
		end = str_find(s, STR("] "));
		if (end == STR_NPOS || end > 512)
			return false;
		pod = str_sub(s, 5, end - 5);
		s = str_from(s, end + 2);
	}
	stamp = read_stamp(&s);
	if (!pod.p && !stamp.n)
		return false;
	if (!pod.p) {
		n->depth++;
		end = norm_text(n, o, s);
		n->depth--;
		if (!end)
			return false;
	} else {
		inside(n, o, s, "kubernetes");
		note(n, "kubernetes.pod.name", str_cut(&pod, '/'));
		if (pod.p)
			note(n, "container.name", pod);
	}
	carried_at(n, stamp);
	return true;
}

/* --- Compose, counted syslog, dmesg --- */

static bool
compose(struct norm *n, struct origin *o, struct str text)
{
	size_t i = 0, end;
	bool known;

	while (i < text.n && i < 64 && (text.p[i] > ' ' && text.p[i] != '|'))
		i++;
	end = i;
	while (i < text.n && text.p[i] == ' ')
		i++;
	if (end == 0 || i == end || !str_starts(str_from(text, i), STR("| ")))
		return false;
	n->depth++;
	known = norm_text(n, o, str_from(text, i + 2));
	n->depth--;
	if (known)
		note(n, "container.name", str_sub(text, 0, end));
	return known;
}

/* The length before a message (RFC 6587): TCP streams keep them when they are saved. */
static bool
counted(struct norm *n, struct origin *o, struct str text)
{
	size_t i = 0;
	bool known;

	while (i < text.n && i < 7 && text.p[i] >= '0' && text.p[i] <= '9')
		i++;
	if (i == 0 || text.p[0] == '0' || !str_starts(str_from(text, i), STR(" <")))
		return false;
	n->depth++;
	known = norm_text(n, o, str_from(text, i + 1));
	n->depth--;
	return known;
}

static bool
dmesg(struct norm *n, struct origin *o, struct str text)
{
	struct envelope env = {.program = STR("kernel"), .body = text};
	size_t i = 1;

	if (!str_starts(text, STR("[")))
		return false;
	/* dmesg -T; Apache's error log goes on with a bracket */
	env.body = str_from(text, 1);
	if (when_scan_ctime(&env.body, &env.when) && str_starts(env.body, STR("] ")) &&
	    !str_starts(env.body, STR("] ["))) {
		env.has_when = true;
		env.stamp = str_sub(text, 1, text.n - env.body.n - 1);
		env.body = str_from(env.body, 2);
		norm_syslog(n, o, &env);
		return true;
	}
	env = (struct envelope){.program = STR("kernel"), .body = text};
	while (i < text.n && text.p[i] == ' ')
		i++;
	while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9')
		i++;
	if (i < 2 || i + 8 >= text.n || text.p[i] != '.')
		return false;
	for (size_t k = i + 1; k < i + 7; k++)
		if (text.p[k] < '0' || text.p[k] > '9')
			return false;
	if (!str_starts(str_from(text, i + 7), STR("] ")))
		return false;
	norm_syslog(n, o, &env);
	return true;
}

bool
norm_carried(struct norm *n, struct origin *o, struct str text)
{
	char c = text.n ? text.p[0] : '\0';

	if (n->depth >= DEPTH || c == '\0' || c == '{')
		return false;
	if (c == '_')
		return norm_journal_export(n, o, text);
	if (c == '[')
		return kubectl(n, o, text) || dmesg(n, o, text);
	if (c >= '0' && c <= '9')
		return cri(n, o, text) || counted(n, o, text) || kubectl(n, o, text) ||
		       compose(n, o, text);
	return compose(n, o, text);
}

bool
norm_carried_object(struct norm *n, struct origin *o, struct str text)
{
	if (n->depth >= DEPTH)
		return false;
	return (leaves_find(&n->leaves, STR("__REALTIME_TIMESTAMP")) &&
		   norm_journal_json(n, o, text)) ||
	       docker(n, o);
}
