#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>

#include <jq.h>
#include <jv.h>

#include "jqlib.h"
#include "mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define JQLIB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define JQLIB_ASAN 1
#endif
#endif
#ifdef JQLIB_ASAN
/* jq_teardown() of 1.6 leaves some of a program's constants behind. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libjq.so\n";
}
#endif

/* Every function that is called, found by name. */
#define FUNCTIONS(F)          \
	F(jq_init)            \
	F(jq_teardown)        \
	F(jq_set_error_cb)    \
	F(jq_compile)         \
	F(jq_start)           \
	F(jq_next)            \
	F(jv_copy)            \
	F(jv_free)            \
	F(jv_get_kind)        \
	F(jv_identical)       \
	F(jv_invalid_has_msg) \
	F(jv_invalid_get_msg) \
	F(jv_parse_sized)     \
	F(jv_dump_string)     \
	F(jv_string_value)    \
	F(jv_string_length_bytes)

struct api {
#define F(name) __typeof__(name) *name;
	FUNCTIONS(F)
#undef F
};

struct jqlib {
	struct api f;
	jq_state *jq;
	char said[256]; /* libjq's first message while compiling */
};

static void *library; /* loaded once, never unloaded */

static bool
find(const char *name, void *to)
{
	void *at = dlsym(library, name);

	memcpy(to, &at, sizeof(at));
	return at;
}

static bool
load(struct api *f, struct err *e)
{
	bool ok = true;

	if (!library)
		library = dlopen("libjq.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		err_set(e, ERR_SYS, "this expression needs libjq: %s", dlerror());
		return false;
	}
#define F(name) ok = ok && find(#name, &f->name);
	FUNCTIONS(F)
#undef F
	if (!ok)
		err_set(e, ERR_SYS, "this libjq is not the one of jq 1.6");
	return ok;
}

/* Keep the first message, on one line, without where jq thinks it is. */
static void
note(void *ctx, jv msg)
{
	struct jqlib *q = ctx;
	struct str s = STR_NONE, head = STR("jq: error: "), place;
	size_t n = 0;

	if (q->f.jv_get_kind(msg) == JV_KIND_STRING)
		s = (struct str){q->f.jv_string_value(msg),
		    (size_t)q->f.jv_string_length_bytes(q->f.jv_copy(msg))};
	if (str_starts(s, head))
		s = str_from(s, head.n);
	place = str_sub(s, 0, str_find(s, STR(" at <")));
	place = str_sub(place, 0, str_find(place, STR(" (Unix shell")));
	if (!q->said[0] && place.p) {
		for (; n < place.n && n < sizeof(q->said) - 1; n++)
			q->said[n] = place.p[n] == '\n' ? ' ' : place.p[n];
		q->said[n] = '\0';
	}
	q->f.jv_free(msg);
}

/* jq 1.6 puts ~/.jq before every program; it does not find it without $HOME. */
static bool
compile(struct jqlib *q, const char *program)
{
	const char *home = getenv("HOME");
	char *kept = home ? mem_text(str_of(home)) : NULL;
	bool ok;

	unsetenv("HOME");
	ok = q->f.jq_compile(q->jq, program);
	if (kept)
		setenv("HOME", kept, 1);
	mem_free(kept);
	return ok;
}

struct jqlib *
jqlib_new(const char *program, struct err *e)
{
	struct jqlib *q = mem_new(1, sizeof(*q));

	if (!load(&q->f, e))
		goto fail;
	q->jq = q->f.jq_init();
	if (!q->jq) {
		err_set(e, ERR_SYS, "libjq does not start");
		goto fail;
	}
	q->f.jq_set_error_cb(q->jq, note, q);
	if (compile(q, program))
		return q;
	err_set(e, ERR_CONFIG, "%s", q->said[0] ? q->said : "libjq does not take it");
fail:
	jqlib_free(q);
	return NULL;
}

void
jqlib_free(struct jqlib *q)
{
	if (!q)
		return;
	if (q->jq)
		q->f.jq_teardown(&q->jq);
	mem_free(q);
}

/* How it ended: without a message all is well. */
static bool
ended(struct jqlib *q, jv v, struct err *e)
{
	jv msg;

	if (!q->f.jv_invalid_has_msg(q->f.jv_copy(v))) {
		q->f.jv_free(v);
		return true;
	}
	msg = q->f.jv_invalid_get_msg(v);
	if (q->f.jv_get_kind(msg) != JV_KIND_STRING)
		msg = q->f.jv_dump_string(msg, 0);
	err_set(e, ERR_DATA, "%.400s", q->f.jv_string_value(msg));
	q->f.jv_free(msg);
	return false;
}

bool
jqlib_run(struct jqlib *q, struct str json, bool text,
    bool (*each)(void *ctx, const struct jqlib_out *), void *ctx, struct err *e)
{
	jv in, v;
	bool more = true;

	if (json.n > INT_MAX) {
		err_set(e, ERR_DATA, "too long for libjq");
		return false;
	}
	in = q->f.jv_parse_sized(json.p, (int)json.n);
	if (q->f.jv_get_kind(in) == JV_KIND_INVALID) {
		err_set(e, ERR_DATA, "libjq does not take the record");
		return ended(q, in, e) && false;
	}
	q->f.jq_start(q->jq, q->f.jv_copy(in), 0);
	while (more) {
		struct jqlib_out out = {0};
		jv dump;

		v = q->f.jq_next(q->jq);
		if (q->f.jv_get_kind(v) == JV_KIND_INVALID)
			break;
		out.same = q->f.jv_identical(q->f.jv_copy(v), q->f.jv_copy(in));
		out.yes = q->f.jv_get_kind(v) > JV_KIND_FALSE;
		if (!text || out.same) {
			q->f.jv_free(v);
			more = each(ctx, &out);
			continue;
		}
		dump = q->f.jv_dump_string(v, 0);
		out.json = (struct str){q->f.jv_string_value(dump),
		    (size_t)q->f.jv_string_length_bytes(q->f.jv_copy(dump))};
		more = each(ctx, &out);
		q->f.jv_free(dump);
	}
	q->f.jv_free(in);
	return more ? ended(q, v, e) : true;
}
