/* Which format an object is of; objects that only wrap others. */
#include "decode.h"
#include "deep.h"
#include "json.h"
#include "norm.h"
#include "xml.h"

#define WRAPS 4 /* wrappers around wrappers that are opened */

/* --- is it this format's? --- */

static bool
is_one_of(const struct str *globs, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++)
		if (str_glob(globs[i], text))
			return true;
	return false;
}

/* A list is one of them if an element is. */
static bool
holds_one_of(struct norm *n, const struct wanted *w, struct str raw)
{
	struct str v;
	size_t at = 0;

	if (json_type(raw) != JSON_LIST)
		return raw.p && is_one_of(w->globs, w->n_globs, json_text(n->ev.a, raw));
	while (json_next(raw, &at, NULL, &v))
		if (is_one_of(w->globs, w->n_globs, json_text(n->ev.a, v)))
			return true;
	return false;
}

static bool
has_values(struct norm *n, const struct format *f)
{
	for (size_t i = 0; i < f->n_where; i++) {
		const struct wanted *w = &f->where[i];
		const struct leaf *leaf = leaves_find(&n->leaves, w->path);

		if (!holds_one_of(
			n, w, leaf ? leaf->raw : deep_find(&n->leaves, n->ev.a, w->path)))
			return false;
	}
	return true;
}

/* No member but those that the format names? */
static bool
is_closed(const struct norm *n, const struct format *f)
{
	for (size_t i = 0; i < n->leaves.n; i++)
		if (n->leaves.v[i].raw.p && !map_get(f->map, n->leaves.v[i].path))
			return false;
	return true;
}

static bool
has_keys(struct norm *n, const struct format *f)
{
	const struct leaf *name = f->name_key.p ? leaves_find(&n->leaves, f->name_key)
						: NULL;

	/* an object that says what it is, is what it says */
	if (name && name->raw.n > 2)
		return is_one_of(
		    f->names, f->n_names, str_sub(name->raw, 1, name->raw.n - 2));
	for (size_t i = 0; i < f->n_keys; i++)
		if (!leaves_find(&n->leaves, f->keys[i]))
			return false;
	for (size_t i = 0; i < f->n_without; i++)
		if (leaves_find(&n->leaves, f->without[i]))
			return false;
	if (!has_values(n, f) || (f->closed && f->map && !is_closed(n, f)))
		return false;
	for (size_t i = 0; i < f->n_any; i++)
		if (leaves_find(&n->leaves, f->any_keys[i]))
			return true;
	return f->n_any == 0;
}

static void
take(struct norm *n, const struct format *f)
{
	if (n->leaves.twice)
		n->ev.tags |= TAG_DUP_KEYS;
	norm_take(n, f, f->under);
	decode_run(n, f, &f->decode, STR_NONE);
	norm_constants(n, &f->whole);
}

/* --- lists of records --- */

/* The first element, if the list is of objects; how many there are. */
static struct str
first_of(struct str list, size_t *count)
{
	struct str v, first = STR_NONE;
	size_t at = 0;

	*count = 0;
	while (json_type(list) == JSON_LIST && json_next(list, &at, NULL, &v)) {
		if (json_type(v) != JSON_MAP)
			return STR_NONE;
		if ((*count)++ == 0)
			first = v;
	}
	return first;
}

/* The list of records below one of the usual names; how many there are. */
static struct str
find_list(struct str text, size_t *count)
{
	static const char *const lists[] = {"Records", "records", "items", "logEvents",
	    "value", "events", "Findings", "findings"};
	struct str k, v, found = STR_NONE;
	size_t at = 0;

	*count = 1;
	while (json_next(text, &at, &k, &v)) {
		struct str name = str_sub(k, 1, k.n - 2);

		for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
			if (str_eq(name, str_of(lists[i])) && first_of(v, count).p)
				found = v;
	}
	return found.p ? first_of(found, count) : STR_NONE;
}

/* Only the first of them became the event. */
static void
say_many(struct norm *n, size_t count)
{
	if (count < 2)
		return;
	n->ev.tags |= TAG_FIRST;
	event_raw(&n->ev, F_RECORDS, arena_fmt(n->ev.a, "%zu", count), FROM_ENGINE);
}

/* --- taking --- */

static bool
take_object(struct norm *n, struct str object)
{
	const struct format *f;
	size_t at = 0, count;

	n->renamed = false;
	pick_object(&n->marks, &n->leaves);
	while ((f = pick_next(&n->marks, PICK_JSON, &at)) && f != n->generic_map) {
		bool yes = norm_allows(n, f) && str_starts(f->name, n->tag) &&
			   has_keys(n, f);

		if (yes && f->n_wraps) {
			if (norm_unwrap(n, f, object)) {
				find_list(object, &count);
				say_many(n, count);
				return true;
			}
			yes = false;
			pick_object(&n->marks, &n->leaves);
		}
		norm_trace(n, "format\t" STR_FMT "\t%s\n", STR_ARG(f->name),
		    yes ? "matches" : "no");
		if (yes && f->renames.n) {
			if (n->renamed)
				continue;
			n->renamed = true;
			norm_rename(n, f);
			pick_object(&n->marks, &n->leaves);
			at = 0;
			continue;
		}
		if (yes) {
			take(n, f);
			return true;
		}
	}
	return false;
}

/* What no product's format claims: usual names of keys. */
static bool
take_generic(struct norm *n)
{
	const struct format *f = n->generic_map;

	if (!f || !norm_allows(n, f))
		return false;
	norm_trace(n, "format\t" STR_FMT "\tmatches\n", STR_ARG(f->name));
	take(n, f);
	return true;
}

bool
norm_object(struct norm *n)
{
	return take_object(n, STR_NONE) || take_generic(n);
}

/* --- wrappers --- */

/* A record of its own has a time: the lists in it are its own, too. */
static bool
has_time(const struct norm *n)
{
	static const char *const names[] = {
	    "timestamp", "@timestamp", "time", "ts", "date", "datetime"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (leaves_find(&n->leaves, str_of(names[i])))
			return true;
	return false;
}

/*
 * What APIs and queues put around records: a list of them below a usual name
 * (CloudTrail, Azure, Google, CloudWatch), or one below "detail" (EventBridge)
 * or "json" (shippers that decoded a record).
 */
static struct str
open_wrapper(struct norm *n, struct str text, size_t *count)
{
	struct str v;

	if (json_type(text) == JSON_LIST)
		return first_of(text, count);
	*count = 1;
	if (leaves_find(&n->leaves, STR("detail-type")) &&
	    leaves_find(&n->leaves, STR("detail")))
		return json_get(n->ev.a, text, STR("detail"));
	if (has_time(n))
		return STR_NONE;
	if (leaves_find(&n->leaves, STR("json"))) {
		v = json_get(n->ev.a, text, STR("json"));
		if (json_type(v) == JSON_MAP)
			return v;
	}
	return find_list(text, count);
}

/* One line is one event: that of the first record, and how many there were is said. */
static bool
take_wrapped(struct norm *n, struct str text)
{
	struct str inner = text;
	size_t count, all = 1;

	for (int i = 0; i < WRAPS; i++) {
		inner = open_wrapper(n, inner, &count);
		if (json_type(inner) != JSON_MAP)
			return false;
		all = count > all ? count : all;
		leaves_read(&n->leaves, n->ev.a, inner);
		if (!take_object(n, inner))
			continue;
		say_many(n, all);
		return true;
	}
	return false;
}

bool
norm_xml(struct norm *n, struct str text)
{
	bool more;

	if (text.n < 4 || text.p[0] != '<' || text.p[text.n - 1] != '>' ||
	    !xml_read(text, n->ev.a, &n->leaves, &more) || !take_object(n, STR_NONE))
		return false;
	if (more)
		n->ev.tags |= TAG_FIRST;
	return true;
}

bool
norm_json_read(struct norm *n, struct str text)
{
	bool list = str_starts(text, STR("[{"));

	if (text.n < 2 || (text.p[0] != '{' && !list) ||
	    text.p[text.n - 1] != (list ? ']' : '}') || !json_valid(text, NULL))
		return false;
	if (list)
		leaves_start(&n->leaves);
	else
		leaves_read(&n->leaves, n->ev.a, text);
	return true;
}

bool
norm_json_take(struct norm *n, struct str text)
{
	if (text.p[0] == '[')
		return take_wrapped(n, text);
	if (take_object(n, text) || take_wrapped(n, text))
		return true;
	leaves_read(&n->leaves, n->ev.a, text);
	return take_generic(n);
}

bool
norm_json(struct norm *n, struct str text)
{
	return norm_json_read(n, text) && norm_json_take(n, text);
}

#define TAG_MAX 32

/* "darktrace {...}": the object behind a word, as syslog without its header leaves it. */
static struct str
behind_tag(struct str text, struct str *tag)
{
	size_t i = 0;

	while (i < text.n && i < TAG_MAX &&
	       ((text.p[i] >= 'a' && text.p[i] <= 'z') ||
		   (text.p[i] >= 'A' && text.p[i] <= 'Z') || text.p[i] == '-' ||
		   text.p[i] == '_'))
		i++;
	if (i == 0)
		return STR_NONE;
	*tag = str_sub(text, 0, i);
	text = str_from(text, i);
	if (str_starts(text, STR(":")))
		text = str_from(text, 1);
	return str_starts(text, STR(" {")) ? str_from(text, 1) : STR_NONE;
}

/* The word is the product's name: an application may log "body {...}", too. */
bool
norm_tagged(struct norm *n, struct str text)
{
	struct str tag;
	bool yes;

	if (text.n < 4 || text.p[text.n - 1] != '}')
		return false;
	text = behind_tag(text, &tag);
	if (!text.p || !json_valid(text, NULL))
		return false;
	leaves_read(&n->leaves, n->ev.a, text);
	n->tag = tag;
	yes = take_object(n, text);
	n->tag = STR_NONE;
	return yes;
}
