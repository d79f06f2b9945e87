/* The calls of filter.h that a filter makes from its open() and step(). */
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <time.h>

#include "instance.h"
#include "log.h"
#include "sha256.h"
#include "when.h"

#define FUTURE (5 * 60 * WHEN_S)

int
filter_slot(struct filter_run *run, const char *name)
{
	return paths_add(run->paths, str_of(name));
}

struct paths *
filter_paths(struct filter_run *run)
{
	return run->paths;
}

struct arena *
filter_arena(struct filter_run *run)
{
	return run->arena;
}

enum filter_do
filter_used(struct filter_run *run, const char *reason)
{
	run->reason = reason;
	return FILTER_USED;
}

void
filter_warn(struct filter_run *run, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warn("%s:%llu: %s", strcmp(run->name, "-") == 0 ? "stdin" : run->name,
	    (unsigned long long)run->line_no, text);
}

void
filter_failed(struct filter_run *run)
{
	run->failed = true;
}

void
filter_evicted(struct filter_run *run, uint64_t n)
{
	run->tally.evicted += n;
}

bool
filter_keeps(const struct filter_run *run)
{
	return run->common.state != NULL;
}

bool
filter_explain(const struct filter_run *run)
{
	return run->common.explain;
}

int64_t
filter_now(const struct filter_run *run)
{
	struct timespec t;
	int64_t epoch;

	if (run->common.now != INT64_MIN)
		return run->common.now;
	if (run->f->report && str_i64(str_of(getenv("SOURCE_DATE_EPOCH")), &epoch) &&
	    epoch >= 0 && epoch < INT64_MAX / WHEN_S)
		return epoch * WHEN_S;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * WHEN_S + t.tv_nsec;
}

void
filter_why(struct filter_run *run, struct rec *rec, struct str what, struct str field,
    struct str value)
{
	struct str o;

	if (!run->common.explain)
		return;
	o = CAT(run->arena, STR("{\"by\":"), json_quote(run->arena, str_of(run->f->name)),
	    STR(",\"what\":"), json_quote(run->arena, what));
	if (field.p)
		o = CAT(run->arena, o, STR(",\"field\":"), json_quote(run->arena, field));
	if (value.p)
		o = CAT(run->arena, o, STR(",\"value\":"), json_quote(run->arena, value));
	rec_push(rec, run->why, CAT(run->arena, o, STR("}")));
}

bool
filter_clock(struct filter_run *run, struct rec *rec, int64_t *ns)
{
	int64_t limit, t;

	if (!rec_time(rec, run->time, &t))
		return false;
	limit = filter_now(run) + FUTURE;
	if (t > limit) {
		rec_push(rec, run->tags, STR("\"_future\""));
		t = limit;
	}
	if (run->has_newest && t < run->newest - run->common.lateness_ms * WHEN_MS)
		rec_push(rec, run->tags, STR("\"_late\""));
	if (!run->has_newest || t > run->newest)
		run->newest = t;
	run->has_newest = true;
	*ns = t;
	return true;
}

void
filter_resume(struct filter_run *run, int64_t newest)
{
	run->has_newest = newest != INT64_MIN;
	run->newest = run->has_newest ? newest : 0;
}

int64_t
filter_newest(const struct filter_run *run)
{
	return run->has_newest ? run->newest : INT64_MIN;
}

size_t
filter_input(const struct filter_run *run)
{
	return run->input;
}

const char *
filter_input_name(const struct filter_run *run)
{
	return run->name;
}

uint64_t
filter_line(const struct filter_run *run)
{
	return run->line_no;
}

uint64_t
filter_offset(const struct filter_run *run)
{
	return run->offset;
}

const char *
filter_source(const struct filter_run *run)
{
	return run->source;
}

uint64_t
filter_long(const struct filter_run *run, uint8_t hash[32])
{
	if (run->long_bytes)
		memcpy(hash, run->long_hash, sizeof(run->long_hash));
	return run->long_bytes;
}

void
filter_merge(struct filter_run *run)
{
	run->merge = true;
}

void
filter_threads(struct filter_run *run)
{
	run->threads = true;
}

void
filter_at(struct filter_run *run, int64_t ns)
{
	run->has_at = true;
	run->at = ns;
}

struct str
filter_event_id(struct filter_run *run, struct rec *rec)
{
	struct str id = rec_text(rec, run->id);
	char hex[33];

	if (id.p && id.n > 0)
		return id;
	sha256_id(hex, 3,
	    (struct str[]){{run->source, 64},
		arena_fmt(run->arena, "%llu", (unsigned long long)run->offset),
		rec_line(rec)});
	id = arena_copy(run->arena, (struct str){hex, 32});
	rec_set_text(rec, run->id, id);
	return id;
}
