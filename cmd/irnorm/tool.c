#include <stdio.h>

#include "common.h"
#include "irnorm.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "tool.h"
#include "when.h"

/* Samples are read as if it were this day, so that years are always guessed alike. */
#define SAMPLE_DAY (INT64_C(1767225600) * WHEN_S) /* 2026-01-01 */

#define EVENT_MAX ((size_t)32 * 1024 * 1024)

static const char zeros[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/*
 * The event of the last line of a text, as it would be in a file of that name.  What the
 * fields of `n` say may lie in `out`.
 */
static struct str
event_of(
    struct norm *n, struct arena *a, struct str text, const char *file, struct buf *out)
{
	struct origin o;
	char *padded = arena_zero(a, text.n + JSON_PAD);
	struct norm_line l = {.source = zeros, .now = SAMPLE_DAY};
	struct str event;
	struct str rest = {padded, text.n};
	int64_t ns;

	memcpy(padded, text.p, text.n);
	origin_init(&o, n, file, STR_NONE);
	while (rest.p) {
		l.text = rest;
		/* the lines of a header stand before the row */
		if (str_chr(rest, '\n') != STR_NPOS &&
		    header_like(str_sub(rest, 0, str_chr(rest, '\n'))))
			l.text = str_cut(&rest, '\n');
		else
			rest = STR_NONE;
		buf_reset(out);
		norm_event(n, &o, &l, a, out, &ns);
	}
	event = CAT(a, buf_str(out), (struct str){zeros, JSON_PAD});
	event.n -= JSON_PAD;
	origin_free(&o);
	return event;
}

/* --- --check --- */

static struct str
as_json(struct arena *a, const struct node *v)
{
	struct buf b = buf_make(1024 * 1024);
	struct str s;

	node_write(v, false, &b);
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* Does the event hold what the sample wants?  Numbers and texts are compared as texts. */
static bool
holds(struct arena *a, struct str event, struct str field, const struct node *want,
    struct str *got)
{
	struct str text;

	*got = json_get(a, event, field);
	if (want->type == NODE_NULL)
		return !got->p;
	if (!got->p)
		return false;
	if (want->type == NODE_LIST || want->type == NODE_MAP)
		return str_eq(*got, as_json(a, want));
	text = json_text(a, *got);
	return text.p && str_eq(text, want->text);
}

static size_t
check_sample(struct norm *n, const struct format *f, const struct sample *s)
{
	struct arena *a = arena_new();
	struct buf out = buf_make(EVENT_MAX);
	struct str event = event_of(n, a, s->text, s->file, &out), got;
	size_t wrong = 0;

	if (!json_valid(event, NULL)) {
		log_error("%s:%d: the event is not JSON", f->path, s->line);
		wrong++;
	}
	for (size_t i = 0; i < s->want->n && !wrong; i++) {
		struct str field = s->want->keys[i].text;

		if (holds(a, event, field, &s->want->kids[i], &got))
			continue;
		wrong++;
		log_error("%s:%d:%d: " STR_FMT " is " STR_FMT ", not " STR_FMT, f->path,
		    s->want->keys[i].line, s->want->keys[i].col, STR_ARG(field),
		    STR_ARG(got.p ? got : STR("absent")),
		    STR_ARG(as_json(a, &s->want->kids[i])));
	}
	buf_free(&out);
	arena_free(a);
	return wrong;
}

static int
check(struct norm *n)
{
	size_t wrong = 0, samples = 0;
	char text[128];
	struct err e;

	for (size_t i = 0; i < n->formats->n; i++) {
		const struct format *f = n->formats->v[i];

		for (size_t k = 0; k < f->n_samples; k++, samples++)
			wrong += check_sample(n, f, &f->samples[k]) > 0;
	}
	snprintf(text, sizeof(text), "%zu formats, %zu samples, %zu wrong\n",
	    n->formats->n, samples, wrong);
	return out_write(1, str_of(text), &e) ? wrong > 0 : ERR_SYS;
}

/* --- --list --- */

static int
list(struct norm *n)
{
	struct buf b = buf_make(1024 * 1024);
	struct err e;
	bool ok;

	for (size_t i = 0; i < n->formats->n; i++) {
		const struct format *f = n->formats->v[i];

		buf_fmt(
		    &b, "%-16.*s %s\n", STR_ARG(f->name), f->title.p ? f->title.p : "");
	}
	ok = out_write(1, buf_str(&b), &e);
	buf_free(&b);
	return ok ? 0 : ERR_SYS;
}

/* --- --explain-line --- */

static void
explain_fields(const struct event *ev, struct buf *b)
{
	static const char *const from[] = {
	    "envelope", "pattern", "decoder", "map", "lookup", "constant", "engine"};

	for (size_t i = 0; i < ev->n; i++) {
		const struct cell *c = event_cell(ev, ev->set[i]);

		if (!c)
			continue;
		buf_fmt(b, "field\t%s\t", from[c->from]);
		buf_add(b, fields_get(ev->fields, ev->set[i])->name);
		buf_ch(b, '\t');
		if (c->raw)
			buf_add(b, c->v);
		else
			buf_json(b, c->v);
		buf_ch(b, '\n');
	}
	for (size_t i = 0; i < ev->n_members; i++) {
		buf_add(b, STR("field\tdecoder\t"));
		buf_add(b, ev->members[i].key);
		buf_ch(b, '\t');
		buf_add(b, ev->members[i].raw);
		buf_ch(b, '\n');
	}
}

static int
explain(struct norm *n, const char *line)
{
	struct arena *a = arena_new();
	struct buf b = buf_make((size_t)64 * 1024 * 1024), out = buf_make(EVENT_MAX);
	struct str event;
	struct err e;
	bool ok;

	n->trace = &b;
	event = event_of(n, a, str_of(line), NULL, &out);
	explain_fields(&n->ev, &b);
	buf_add(&b, STR("event\t"));
	buf_add(&b, event);
	buf_ch(&b, '\n');
	ok = out_write(1, buf_str(&b), &e);
	buf_free(&b);
	buf_free(&out);
	arena_free(a);
	return ok ? 0 : ERR_SYS;
}

static int
run(const struct irnorm_set *set)
{
	struct err e = {0};
	struct site *site = site_load(set->site, &e);
	struct norm *n = site ? irnorm_load(set, site, &e) : NULL;
	int status;

	if (!n) {
		log_err(&e);
		status = (int)e.kind;
	} else {
		status = set->check  ? check(n)
			 : set->list ? list(n)
				     : explain(n, set->explain);
	}
	norm_free(n);
	site_free(site);
	return status;
}

int
tool_main(const struct opt *own, int argc, char **argv)
{
	struct irnorm_set set = {0};
	struct common common = common_defaults;
	struct opt_set sets[] = {{own, &set}, {common_options(false), &common}};
	struct opt_list operands = {0};
	struct err e;
	int status = -1;

	if (opt_parse(sets, 2, argc, argv, &operands, &e) && !common.help &&
	    !common.short_help && !common.options && !common.completion &&
	    (set.check || set.list || set.explain)) {
		log_start("irnorm");
		status = run(&set);
		log_end();
	}
	opt_free(sets, 2);
	mem_free(operands.v);
	return status;
}
