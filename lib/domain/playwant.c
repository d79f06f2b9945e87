/* What playbook_want_*() say: see playbook.h. */
#include "playbook.h"
#include "when.h"

static struct str
cut(struct str s)
{
	return str_sub(s, 0, 90);
}

/* "step 'ID': ", so that each finding says where it is. */
#define AT_FMT     "%s" STR_FMT "%s"
#define AT_ARG(of) of.p ? "step '" : "", STR_ARG(cut(of)), of.p ? "': " : ""

static bool
missing(struct playbook_ear *ear, struct str of, const struct node *map, const char *key,
    const struct node *v, bool needed)
{
	if (!v && needed)
		playbook_say(
		    ear, true, "schema", map, AT_FMT "'%s' is missing", AT_ARG(of), key);
	return !v;
}

void
playbook_want_text(struct playbook_ear *ear, struct str of, const struct node *map,
    const char *key, bool needed)
{
	const struct node *v = node_get(map, str_of(key));

	if (!missing(ear, of, map, key, v, needed) &&
	    (v->type != NODE_TEXT || v->text.n == 0))
		playbook_say(
		    ear, true, "schema", v, AT_FMT "'%s' is not a text", AT_ARG(of), key);
}

/* Playbooks are valid until years that nanoseconds do not reach. */
static bool
is_time(const struct node *v)
{
	struct str s = node_text(v);
	struct when w;

	return v->type == NODE_TEXT && when_scan_iso(&s, &w) && s.n == 0 && w.has_zone;
}

void
playbook_want_time(struct playbook_ear *ear, struct str of, const struct node *map,
    const char *key, bool needed)
{
	const struct node *v = node_get(map, str_of(key));

	if (!missing(ear, of, map, key, v, needed) && !is_time(v))
		playbook_say(ear, true, "schema", v,
		    AT_FMT "'%s' is not a time in RFC 3339 (2026-01-31T23:59:59Z)",
		    AT_ARG(of), key);
}

void
playbook_want_id(struct playbook_ear *ear, struct str of, const struct node *map,
    const char *key, const char *type, bool needed)
{
	const struct node *v = node_get(map, str_of(key));
	struct str s = node_text(v);
	size_t n = type ? strlen(type) : 0;

	if (missing(ear, of, map, key, v, needed))
		return;
	if (!playbook_id(s) || (type && (!str_starts(s, str_of(type)) || s.n != n + 38)))
		playbook_say(ear, true, "schema", v,
		    AT_FMT "'%s' is not '%s--UUID': '" STR_FMT "'", AT_ARG(of), key,
		    type ? type : "TYPE", STR_ARG(cut(s)));
}

void
playbook_want_number(struct playbook_ear *ear, struct str of, const struct node *map,
    const char *key, int64_t max)
{
	const struct node *v = node_get(map, str_of(key));
	int64_t n;

	if (v && (v->type != NODE_NUM || !node_i64(v, &n) || n < 0 || n > max))
		playbook_say(ear, true, "schema", v,
		    AT_FMT "'%s' is not a whole number from 0 to %lld", AT_ARG(of), key,
		    (long long)max);
}
