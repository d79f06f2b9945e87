#include <stdarg.h>
#include <stdio.h>

#include "audit.h"
#include "carrier.h"
#include "guess.h"
#include "history.h"
#include "json.h"
#include "login.h"
#include "mem.h"
#include "norm.h"
#include "opt.h"

#define BUDGET 20000 /* places tried for one line, over all patterns */

/* --- which formats for which lines --- */

static int
by_priority(const struct format *a, const struct format *b)
{
	return b->priority - a->priority;
}

/* Insertion keeps the order of equals: that of the files. */
static void
list_add(const struct format ***list, const struct format *f)
{
	size_t n = 0, i;
	const struct format **v;

	while (*list && (*list)[n])
		n++;
	v = mem_new(n + 2, sizeof(*v));
	for (i = 0; i < n && by_priority((*list)[i], f) <= 0; i++)
		v[i] = (*list)[i];
	v[i] = f;
	for (; i < n; i++)
		v[i + 1] = (*list)[i];
	mem_free(*list);
	*list = v;
}

static void
list_program(struct norm *n, const struct format *f, struct str name)
{
	void **at;

	if (str_ends(name, STR("*"))) {
		if (name.n > 1)
			list_add(&n->globs, f);
		return;
	}
	at = map_put(n->programs, name);
	if (!*at)
		*at = mem_new(1, sizeof(struct norm_list));
	list_add(&((struct norm_list *)*at)->v, f);
}

static void
sort_formats(struct norm *n)
{
	for (size_t i = 0; i < n->formats->n; i++) {
		const struct format *f = n->formats->v[i];

		switch (f->over) {
		case OVER_SYSLOG:
			for (size_t k = 0; !f->any_program && k < f->n_programs; k++)
				list_program(n, f, f->programs[k]);
			break;
		case OVER_JSON:
			if (f->n_columns)
				list_add(&n->rows, f);
			break;
		case OVER_NONE:
			list_add(&n->bare, f);
			break;
		}
	}
}

/* What no two threads may share. */
static void
make_own(struct norm *n)
{
	event_init(&n->ev, n->fields);
	marks_init(&n->marks, n->pick);
	n->places = places_new(n);
	n->room = regex_room_new();
}

static void
free_own(struct norm *n)
{
	marks_free(&n->marks);
	places_free(n->places, n);
	leaves_free(&n->leaves);
	event_free(&n->ev);
	regex_room_free(n->room);
}

struct norm *
norm_new(struct fields *fields, struct formats *formats, const struct site *site)
{
	struct norm *n = mem_new(1, sizeof(*n));

	n->fields = fields;
	n->formats = formats;
	n->site = site;
	n->programs = map_new();
	n->generic_map = formats_find(formats, STR("json"));
	sort_formats(n);
	n->pick = pick_new(formats);
	make_own(n);
	return n;
}

struct norm *
norm_clone(const struct norm *from)
{
	struct norm *n = mem_new(1, sizeof(*n));

	n->shares = true;
	n->fields = from->fields;
	n->formats = from->formats;
	n->site = from->site;
	n->forced = from->forced;
	n->only = from->only;
	n->programs = from->programs;
	n->globs = from->globs;
	n->rows = from->rows;
	n->bare = from->bare;
	n->pick = from->pick;
	n->generic_map = from->generic_map;
	make_own(n);
	return n;
}

void
norm_free(struct norm *n)
{
	size_t at = 0;
	void *list;

	if (!n)
		return;
	free_own(n);
	if (n->shares) {
		mem_free(n);
		return;
	}
	while (map_next(n->programs, &at, NULL, &list)) {
		mem_free(((struct norm_list *)list)->v);
		mem_free(list);
	}
	map_free(n->programs);
	map_free((struct map *)n->only);
	mem_free(n->globs);
	mem_free(n->rows);
	mem_free(n->bare);
	pick_free(n->pick);
	formats_free(n->formats);
	fields_free(n->fields);
	mem_free(n);
}

static const struct format *
named(const struct norm *n, struct str name, struct err *e)
{
	const struct format *f = formats_find(n->formats, name);
	const char **names, *near;

	if (f)
		return f;
	names = mem_new(n->formats->n + 1, sizeof(*names));
	for (size_t i = 0; i < n->formats->n; i++)
		names[i] = n->formats->v[i]->name.p;
	near = opt_nearest(name, names, n->formats->n);
	err_set(e, ERR_CONFIG, "no format '" STR_FMT "'%s%s%s", STR_ARG(name),
	    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	mem_free(names);
	return NULL;
}

bool
norm_only(struct norm *n, struct str name, struct err *e)
{
	struct map *only = (struct map *)n->only;

	if (!named(n, name, e))
		return false;
	if (!only)
		n->only = only = map_new();
	*map_put(only, name) = only;
	return true;
}

bool
norm_force(struct norm *n, struct str name, struct err *e)
{
	n->forced = named(n, name, e);
	return n->forced != NULL;
}

bool
norm_allows(const struct norm *n, const struct format *f)
{
	if (f->renames.n)
		return true; /* another one decides */
	if (n->forced)
		return f == n->forced;
	return !n->only || map_get(n->only, f->name);
}

/* --- inputs --- */

static bool
prefers(const struct format *f, const char *name)
{
	for (size_t i = 0; name && i < f->n_files; i++)
		if (str_glob(f->files[i], str_of(name)))
			return true;
	return false;
}

void
origin_init(struct origin *o, const struct norm *n, const char *name, struct str host)
{
	size_t count = 0, k = 0;

	*o = (struct origin){.name = name, .host = host};
	while (n->bare && n->bare[count])
		count++;
	o->order = mem_new(count + 1, sizeof(*o->order));
	for (size_t i = 0; i < count; i++)
		if (prefers(n->bare[i], name))
			o->order[k++] = n->bare[i];
}

void
origin_free(struct origin *o)
{
	header_free(o->header);
	mem_free(o->order);
	serials_free(o->serials);
}

/* --- matching --- */

void
norm_trace(struct norm *n, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (!n->trace)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(n->trace, str_of(text));
}

static bool
needed(const struct format *f, struct str text)
{
	for (size_t i = 0; i < f->n_needs; i++)
		if (str_find(text, f->needs[i]) != STR_NPOS)
			return true;
	return f->n_needs == 0;
}

static bool
match_regex(struct norm *n, const struct rule *r, struct str text, struct hit *found)
{
	struct str group[REGEX_GROUPS];
	size_t groups = regex_groups(r->regex);

	if (str_find(text, r->need) == STR_NPOS)
		return false;
	switch (regex_find_in(r->regex, n->room, text, group, groups)) {
	case REGEX_NO:
		return false;
	case REGEX_LIMIT:
		n->ev.tags |= TAG_LIMIT;
		return false;
	case REGEX_YES:
		break;
	}
	found->n = 0;
	for (size_t g = 0; g < groups && found->n < MOTIF_CAPTURES; g++)
		if (r->regex_field[g] >= 0 && group[g].p)
			found->caps[found->n++] = (struct capture){r->regex_field[g],
			    r->regex_convert[g], MOTIF_VALUE, 0, group[g]};
	return true;
}

/* `marked`: the literals of the text are known; `head`: its first bytes. */
static bool
match_rule(struct norm *n, const struct rule *r, bool marked, uint64_t head,
    struct str text, struct hit *found)
{
	for (size_t i = 0; i < r->n_match; i++)
		if ((head & r->head[i].mask) == r->head[i].bytes &&
		    (!marked || pick_seen(&n->marks, r->literal[i])) &&
		    motif_match(r->match[i], text, found->caps, &found->n, &n->budget))
			return true;
	return r->regex && match_regex(n, r, text, found);
}

/* So many rules are no longer simply tried. */
#define RULES_MANY 12

bool
norm_match(struct norm *n, const struct format *f, struct str text, struct hit *found)
{
	unsigned char first = text.n ? (unsigned char)text.p[0] : 0;
	struct rule *const *r = f->first[first];
	bool marked = f->n_first[first] > RULES_MANY;
	uint64_t head = 0;

	if (text.n == 0 || !norm_allows(n, f) || !needed(f, text))
		return false;
	memcpy(&head, text.p, text.n < 8 ? text.n : 8);
	if (marked)
		pick_text(&n->marks, text);
	for (; r && *r; r++) {
		bool yes = match_rule(n, *r, marked, head, text, found);

		if (n->trace)
			norm_trace(n, "rule\t" STR_FMT "/" STR_FMT "\t%s\n",
			    STR_ARG(f->name), STR_ARG((*r)->id), yes ? "matches" : "no");
		if (yes) {
			found->rule = *r;
			found->text = text;
			return true;
		}
	}
	if (n->budget == 0)
		n->ev.tags |= TAG_LIMIT;
	return false;
}

/* Those of a list before `end`. */
static bool
match_some(struct norm *n, const struct format *const *list,
    const struct format *const *end, struct str text, struct hit *found)
{
	for (; list != end; list++)
		if (norm_match(n, *list, text, found))
			return true;
	return false;
}

static bool
match_list(
    struct norm *n, const struct format *const *list, struct str text, struct hit *found)
{
	for (; list && *list; list++)
		if (norm_match(n, *list, text, found))
			return true;
	return false;
}

static bool
match_picked(struct norm *n, enum pick_list list, struct str text, struct hit *found)
{
	const struct format *f;
	size_t at = 0;

	pick_text(&n->marks, text);
	while ((f = pick_next(&n->marks, list, &at)))
		if (norm_match(n, f, text, found))
			return true;
	return false;
}

static bool
match_bare(struct norm *n, const struct origin *o, struct str text, struct hit *found)
{
	return match_list(n, o->order, text, found) ||
	       match_picked(n, PICK_BARE, text, found);
}

/* --- syslog --- */

static void
set_envelope(struct norm *n, const struct envelope *env)
{
	struct event *ev = &n->ev;
	uint64_t pri;

	n->sent = *env;
	n->when = env->when;
	n->has_when = env->has_when;
	n->stamp = env->stamp;
	event_text(ev, F_HOST_HOSTNAME, env->host, FROM_ENVELOPE);
	event_text(ev, F_HOST_NAME, env->host, FROM_ENVELOPE);
	event_text(ev, F_PROCESS_NAME, env->program, FROM_ENVELOPE);
	if (env->pid.n && str_u64(env->pid, &pri) && env->pid.n < 16 &&
	    env->pid.p[0] != '0')
		event_raw(ev, F_PROCESS_PID, env->pid, FROM_ENVELOPE);
	if (env->priority.p && str_u64(env->priority, &pri)) {
		event_raw(ev, F_PRIORITY, arena_u64(ev->a, pri), FROM_ENVELOPE);
		event_raw(ev, F_FACILITY, arena_u64(ev->a, pri / 8), FROM_ENVELOPE);
		event_raw(ev, F_SEVERITY, arena_u64(ev->a, pri % 8), FROM_ENVELOPE);
	}
	event_text(ev, F_MSGID, env->msgid, FROM_ENVELOPE);
	event_text(ev, F_STRUCTURED, env->structured, FROM_ENVELOPE);
	event_text(ev, F_MESSAGE, env->body, FROM_ENVELOPE);
}

/* "message repeated 3 times: [ text]": the text, and how often it stands for. */
static struct str
unfold(struct norm *n, struct str body)
{
	struct str rest = body, count;
	uint64_t times;

	if (!str_starts(rest, STR("message repeated ")))
		return body;
	rest = str_from(rest, 17);
	count = str_cut(&rest, ' ');
	if (!str_u64(count, &times) || times == 0 || count.n > 9 || count.p[0] == '0' ||
	    !str_starts(rest, STR("times: [")) || !str_ends(rest, STR("]")))
		return body;
	event_raw(&n->ev, F_REPEAT, count, FROM_ENVELOPE);
	return str_trim(str_sub(rest, 8, rest.n - 9));
}

static const struct format *
first_allowed(const struct norm *n, const struct format *const *list, struct str text)
{
	for (; list && *list; list++)
		if (norm_allows(n, *list) && needed(*list, text))
			return *list;
	return NULL;
}

/* The body of a program that has a format, but no rule for this text. */
static void
partial(struct norm *n, const struct format *const *list, struct str body)
{
	const struct format *f = first_allowed(n, list, body);

	n->ev.tags |= TAG_PARTIAL;
	if (f)
		norm_constants(n, &f->whole);
	n->unknown = body;
	norm_generic(n, body, !f);
}

static bool
is_glob(const struct format *f, struct str program)
{
	for (size_t i = 0; i < f->n_programs; i++)
		if (str_glob(f->programs[i], program))
			return true;
	return false;
}

/* The formats of a program, or the first that a glob names. */
static const struct format *const *
formats_of(const struct norm *n, struct str program, const struct format *glob[2])
{
	const struct norm_list *own = map_get(n->programs, program);

	if (own || !program.p)
		return own ? own->v : NULL;
	for (const struct format **g = n->globs; g && *g; g++)
		if (is_glob(*g, program)) {
			glob[0] = *g;
			return glob;
		}
	return NULL;
}

void
norm_syslog(struct norm *n, struct origin *o, const struct envelope *env)
{
	const struct format *glob[2] = {NULL, NULL};
	const struct format *const *list = formats_of(n, env->program, glob);
	const struct format *const *last;
	struct str body;
	struct hit found;

	set_envelope(n, env);
	body = unfold(n, env->body);
	for (last = list; last && *last && (*last)->priority >= FORMAT_LAST; last++)
		;
	if (match_some(n, list, last, body, &found) ||
	    match_picked(n, PICK_ANY, body, &found))
		norm_apply(n, &found);
	else if (norm_json(n, body) || norm_xml(n, body))
		return;
	else if (match_bare(n, o, body, &found) || match_list(n, last, body, &found))
		norm_apply(n, &found); /* an application's line, or whatever is left */
	else
		partial(n, list, body);
}

/* A time stamp and words, no pid: syslog may have written it, or any application. */
static bool
is_loose(const struct norm *n, const struct envelope *env)
{
	const struct format *glob[2] = {NULL, NULL};

	return !env->priority.p && !env->pid.p && !formats_of(n, env->program, glob);
}

/* --- a line --- */

const struct format *
norm_bare(struct norm *n, const struct origin *o, struct str text)
{
	struct hit found;

	n->budget = BUDGET;
	marks_start(&n->marks);
	if ((o->last && norm_match(n, o->last, text, &found)) ||
	    match_bare(n, o, text, &found))
		return found.rule->format;
	return NULL;
}

static bool
try_bare(struct norm *n, struct origin *o, struct str text)
{
	struct hit found;

	if (!(o->last && (match_list(n, o->last->rivals, text, &found) ||
			     norm_match(n, o->last, text, &found))) &&
	    !match_bare(n, o, text, &found))
		return false;
	o->last = found.rule->format;
	if (!o->first) {
		o->first = o->last;
		o->first_text = text;
	}
	norm_apply(n, &found);
	return true;
}

/* A line without a header: an application's, or what syslog carried with it gone. */
static bool
try_alone(struct norm *n, struct origin *o, struct str text)
{
	struct hit body;

	if (!match_picked(n, PICK_ANY, text, &body))
		return !o->last && try_bare(n, o, text);
	if (body.rule->format->priority <= FORMAT_USUAL && !o->last &&
	    try_bare(n, o, text))
		return true;
	norm_apply(n, &body);
	return true;
}

bool
norm_text(struct norm *n, struct origin *o, struct str text)
{
	struct envelope env;

	if (norm_carried(n, o, text))
		return true;
	if (str_starts(text, STR(" {")))
		text = str_from(text, 1);
	if (text.n && (text.p[0] == '{' || text.p[0] == '[') && norm_json(n, text))
		return true;
	if (text.n && text.p[0] == '<' && norm_xml(n, text))
		return true;
	if (norm_tagged(n, text))
		return true;
	if (header_like(text) ? norm_header(n, o, text) : norm_row(n, o, text))
		return true;
	if (o->last && try_bare(n, o, text))
		return true;
	if (envelope_read(text, &env) && !guess_is_level(env.host)) {
		norm_trace(n, "envelope\tsyslog\thost " STR_FMT ", program " STR_FMT "\n",
		    STR_ARG(env.host), STR_ARG(env.program));
		if (!is_loose(n, &env) || !try_bare(n, o, text))
			norm_syslog(n, o, &env);
		return true;
	}
	norm_trace(n, "envelope\tnone\n");
	return try_alone(n, o, text);
}

void
norm_event(struct norm *n, struct origin *o, const struct norm_line *l, struct arena *a,
    struct buf *out, int64_t *ns)
{
	struct str text = l->text;

	event_start(&n->ev, a, l->text);
	n->has_when = n->has_ns = false;
	n->stamp = STR_NONE;
	n->budget = BUDGET;
	n->origin = o;
	n->sent.body = STR_NONE;
	n->unknown = STR_NONE;
	n->offset = l->offset;
	marks_start(&n->marks);
	leaves_age(&n->leaves);
	while (text.n && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\n' ||
			     text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	n->depth = 0;
	if (!norm_login(n, o, l->text) && !norm_history(n, o, text) &&
	    !norm_text(n, o, text)) {
		n->ev.tags |= TAG_ERROR;
		n->unknown = text;
		norm_generic(n, text, true);
	}
	if (o->host.p && !event_cell(&n->ev, F_HOST_NAME))
		event_text(&n->ev, F_HOST_NAME, o->host, FROM_ENGINE);
	norm_finish(n, o, l, out, ns);
}
