#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "mem.h"
#include "regex.h"

#define LENGTH      ((size_t)16 * 1024) /* of a pattern */
#define MATCH_LIMIT 200000              /* steps of the interpreter */
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT  4096 /* KiB */
#define JIT_STACK   ((size_t)256 * 1024)

struct regex_room {
	pcre2_match_data *found;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

struct regex {
	pcre2_code *code;
	struct regex_room *room; /* made when it is first needed */
	size_t groups;
	struct str name[REGEX_GROUPS];
};

static uint32_t
options_of(unsigned flags)
{
	uint32_t o = PCRE2_NEVER_BACKSLASH_C;

	if (flags & REGEX_NOCASE)
		o |= PCRE2_CASELESS;
	if (flags & REGEX_MULTILINE)
		o |= PCRE2_MULTILINE;
	if (flags & REGEX_DOTALL)
		o |= PCRE2_DOTALL;
	if (flags & REGEX_UTF)
		o |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return o;
}

/* Each row of the table is the group's number, two bytes, then its name and a NUL. */
static void
read_names(struct regex *r)
{
	uint32_t n = 0, size = 0, count = 0;
	PCRE2_SPTR row = NULL;

	pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &count);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &row);
	r->groups = count + 1 < REGEX_GROUPS ? count + 1 : REGEX_GROUPS;
	for (uint32_t i = 0; i < n; i++, row += size) {
		size_t group = (size_t)row[0] << 8 | row[1];

		if (group < REGEX_GROUPS)
			r->name[group] = str_of((const char *)row + 2);
	}
}

struct regex *
regex_new(struct str pattern, unsigned flags, struct err *e)
{
	struct regex *r;
	PCRE2_UCHAR why[160];
	PCRE2_SIZE at;
	pcre2_code *code;
	int fault;

	if (pattern.n > LENGTH) {
		err_set(
		    e, ERR_CONFIG, "regular expression longer than %zu bytes", LENGTH);
		return NULL;
	}
	code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n,
	    options_of(flags), &fault, &at, NULL);
	if (!code) {
		pcre2_get_error_message(fault, why, sizeof(why));
		err_set(e, ERR_CONFIG, "regular expression, at character %zu: %s", at + 1,
		    (const char *)why);
		return NULL;
	}
	r = mem_new(1, sizeof(*r));
	r->code = code;
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	read_names(r);
	return r;
}

void
regex_free(struct regex *r)
{
	if (!r)
		return;
	regex_room_free(r->room);
	pcre2_code_free(r->code);
	mem_free(r);
}

/* At exhaustion the parts are NULL, which PCRE2 and regex_find_in() bear. */
struct regex_room *
regex_room_new(void)
{
	struct regex_room *room = mem_new(1, sizeof(*room));

	room->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
	room->found = pcre2_match_data_create(REGEX_GROUPS, NULL);
	room->limits = pcre2_match_context_create(NULL);
	if (room->limits) {
		pcre2_set_match_limit(room->limits, MATCH_LIMIT);
		pcre2_set_depth_limit(room->limits, DEPTH_LIMIT);
		pcre2_set_heap_limit(room->limits, HEAP_LIMIT);
		pcre2_jit_stack_assign(room->limits, NULL, room->stack);
	}
	return room;
}

void
regex_room_free(struct regex_room *room)
{
	if (!room)
		return;
	pcre2_match_data_free(room->found);
	pcre2_match_context_free(room->limits);
	pcre2_jit_stack_free(room->stack);
	mem_free(room);
}

size_t
regex_groups(const struct regex *r)
{
	return r->groups;
}

struct str
regex_name(const struct regex *r, size_t group)
{
	return group < r->groups ? r->name[group] : STR_NONE;
}

enum regex_got
regex_find(struct regex *r, struct str s, struct str *group, size_t n)
{
	if (!r->room)
		r->room = regex_room_new();
	return regex_find_in(r, r->room, s, group, n);
}

enum regex_got
regex_find_in(const struct regex *r, struct regex_room *room, struct str s,
    struct str *group, size_t n)
{
	const PCRE2_SIZE *at;
	int got;

	if (!room->found || !room->limits)
		return REGEX_LIMIT;
	got = pcre2_match(
	    r->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0, 0, room->found, room->limits);
	if (got == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	if (got < 0)
		return REGEX_LIMIT;
	if (got == 0) /* there are more groups than anybody asks for */
		got = REGEX_GROUPS;
	at = pcre2_get_ovector_pointer(room->found);
	for (size_t i = 0; group && i < n; i++) {
		group[i] = STR_NONE;
		if (i < (size_t)got && at[2 * i] != PCRE2_UNSET &&
		    at[2 * i] <= at[2 * i + 1])
			group[i] = str_sub(s, at[2 * i], at[2 * i + 1] - at[2 * i]);
	}
	return REGEX_YES;
}
