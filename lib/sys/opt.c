#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "opt.h"
#include "span.h"
#include "when.h"

#define NAMES_MAX 128 /* option names that a suggestion is chosen from */

/* A row and the struct that it writes into. */
struct found {
	const struct opt *opt;
	void *at;
	bool no; /* written as --no-NAME */
};

struct parse {
	const struct opt_set *sets;
	size_t n;
	int argc, i;
	char **argv;
	struct opt_list *operands;
	struct err *e;
};

void
opt_list_add(struct opt_list *l, const char *s)
{
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(l->v[0]));
	l->v[l->n++] = s;
}

bool
opt_has_value(const struct opt *o)
{
	return o->type != OPT_FLAG_ && o->type != OPT_VERB_;
}

const char *
opt_nearest(struct str word, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < n; i++) {
		unsigned d = str_distance(word, str_of(names[i]), 2);

		if (d < least && d < word.n) {
			least = d;
			best = names[i];
		}
	}
	return best;
}

static bool
find_name(const struct parse *p, struct str name, struct found *f)
{
	bool no = str_starts(name, STR("no-"));

	for (size_t i = 0; i < p->n; i++)
		OPT_EACH (o, p->sets[i].table) {
			struct str own = str_of(o->name);

			if (!o->name)
				continue;
			f->no = no && o->type == OPT_FLAG_ &&
				str_eq(str_from(name, 3), own);
			if (!f->no && !str_eq(name, own))
				continue;
			f->opt = o;
			f->at = (char *)p->sets[i].values + o->at;
			return true;
		}
	return false;
}

static bool
find_letter(const struct parse *p, char letter, struct found *f)
{
	for (size_t i = 0; i < p->n; i++)
		OPT_EACH (o, p->sets[i].table)
			if (o->letter && o->letter == letter) {
				*f = (struct found){
				    o, (char *)p->sets[i].values + o->at, false};
				return true;
			}
	return false;
}

static bool
unknown(const struct parse *p, struct str name)
{
	const char *names[NAMES_MAX], *near;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		OPT_EACH (o, p->sets[i].table)
			if (o->name && o->help && n < NAMES_MAX)
				names[n++] = o->name;
	near = opt_nearest(name, names, n);
	err_set(p->e, ERR_CONFIG, "unknown option '--%.*s'%s%s%s",
	    (int)(name.n < 60 ? name.n : 60), name.p, near ? "; did you mean '--" : "",
	    near ? near : "", near ? "'?" : "");
	return false;
}

/* How the user may call it in a message. */
static const char *
spelled(const struct opt *o, char out[64])
{
	if (o->name)
		snprintf(out, 64, "--%s", o->name);
	else
		snprintf(out, 64, "-%c", o->letter);
	return out;
}

static bool
bad_value(const struct parse *p, const struct opt *o, const char *value, const char *form)
{
	char name[64];

	err_set(p->e, ERR_CONFIG, "%s: '%.80s' is not %s", spelled(o, name), value, form);
	return false;
}

static bool
is_choice(const char *choices, const char *value)
{
	struct str rest = str_of(choices);

	while (rest.p)
		if (str_eq(str_cut(&rest, '|'), str_of(value)))
			return true;
	return false;
}

/* A number with k, M, G behind it: thousands, as people count records. */
static bool
parse_count(struct str s, size_t *out)
{
	uint64_t unit = 1, n;
	static const struct {
		char letter;
		uint64_t unit;
	} units[] = {{'k', 1000}, {'K', 1000}, {'M', 1000000}, {'G', 1000000000}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (s.n > 1 && s.p[s.n - 1] == units[i].letter) {
			unit = units[i].unit;
			s.n--;
			break;
		}
	if (!str_u64(s, &n) || n == 0 || n > SIZE_MAX / unit)
		return false;
	*out = (size_t)(n * unit);
	return true;
}

static bool
store_number(const struct parse *p, const struct found *f, const char *value)
{
	struct str s = str_of(value);
	uint64_t bytes;

	switch (f->opt->type) {
	case OPT_COUNT_:
		return parse_count(s, f->at) ||
		       bad_value(p, f->opt, value, "a number from 1 (say 500, 10k, 2M)");
	case OPT_SIZE_:
		if (!span_size(s, &bytes) || bytes > SIZE_MAX)
			return bad_value(
			    p, f->opt, value, "a size (say 4096, 64MiB, 1GB)");
		*(size_t *)f->at = (size_t)bytes;
		return true;
	case OPT_SPAN_:
		return span_parse(s, f->at) ||
		       bad_value(
			   p, f->opt, value, "a span of time (say 500ms, 10m, 1h30m)");
	case OPT_TIME_:
		return when_parse(s, f->at) ||
		       bad_value(p, f->opt, value, "a time (say 2026-11-24T06:05:01Z)");
	case OPT_END_:
	case OPT_GROUP_:
	case OPT_FLAG_:
	case OPT_VERB_:
	case OPT_TEXT_:
	case OPT_FILE_:
	case OPT_DIR_:
	case OPT_LIST_:
	case OPT_FILES_:
	case OPT_CHOICE_:
		break;
	}
	return false;
}

static bool
store(const struct parse *p, const struct found *f, const char *value)
{
	char form[256];

	switch (f->opt->type) {
	case OPT_TEXT_:
	case OPT_FILE_:
	case OPT_DIR_:
		*(const char **)f->at = value;
		return true;
	case OPT_LIST_:
	case OPT_FILES_:
		opt_list_add(f->at, value);
		return true;
	case OPT_CHOICE_:
		if (is_choice(f->opt->arg, value)) {
			*(const char **)f->at = value;
			return true;
		}
		snprintf(form, sizeof(form), "one of %s", f->opt->arg);
		return bad_value(p, f->opt, value, form);
	case OPT_FLAG_:
		*(bool *)f->at = !f->no;
		return true;
	case OPT_VERB_:
		++*(int *)f->at;
		return true;
	case OPT_COUNT_:
	case OPT_SIZE_:
	case OPT_SPAN_:
	case OPT_TIME_:
		return store_number(p, f, value);
	case OPT_GROUP_:
	case OPT_END_:
		break;
	}
	return false;
}

/* `arg` is what stands behind the two dashes. */
static bool
parse_long(struct parse *p, const char *arg)
{
	struct str rest = str_of(arg), name = str_cut(&rest, '=');
	struct found f;
	char out[64];

	if (!find_name(p, name, &f))
		return unknown(p, name);
	if (!opt_has_value(f.opt)) {
		if (!rest.p)
			return store(p, &f, NULL);
		err_set(p->e, ERR_CONFIG, "%s takes no value", spelled(f.opt, out));
		return false;
	}
	if (rest.p)
		return store(p, &f, rest.p);
	if (p->i + 1 < p->argc)
		return store(p, &f, p->argv[++p->i]);
	err_set(
	    p->e, ERR_CONFIG, "%s needs a value: %s", spelled(f.opt, out), f.opt->arg);
	return false;
}

/* A bundle of letters; the first one that takes a value takes the rest. */
static bool
parse_letters(struct parse *p, const char *arg)
{
	for (; *arg; arg++) {
		struct found f;

		if (!find_letter(p, *arg, &f)) {
			err_set(p->e, ERR_CONFIG, "unknown option '-%c'", *arg);
			return false;
		}
		if (!opt_has_value(f.opt)) {
			store(p, &f, NULL);
		} else if (arg[1]) {
			return store(p, &f, arg + 1);
		} else if (p->i + 1 < p->argc) {
			return store(p, &f, p->argv[++p->i]);
		} else {
			err_set(
			    p->e, ERR_CONFIG, "-%c needs a value: %s", *arg, f.opt->arg);
			return false;
		}
	}
	return true;
}

bool
opt_parse(const struct opt_set *sets, size_t n, int argc, char **argv,
    struct opt_list *operands, struct err *e)
{
	struct parse p = {sets, n, argc, 1, argv, operands, e};
	bool posix = getenv("POSIXLY_CORRECT") != NULL, options = true;

	for (; p.i < argc; p.i++) {
		const char *arg = argv[p.i];

		if (options && strcmp(arg, "--") == 0) {
			options = false;
		} else if (options && arg[0] == '-' && arg[1] == '-') {
			if (!parse_long(&p, arg + 2))
				return false;
		} else if (options && arg[0] == '-' && arg[1]) {
			if (!parse_letters(&p, arg + 1))
				return false;
		} else {
			opt_list_add(operands, arg);
			options = options && !posix;
		}
	}
	return true;
}

void
opt_free(const struct opt_set *sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		OPT_EACH (o, sets[i].table)
			if (o->type == OPT_LIST_ || o->type == OPT_FILES_) {
				struct opt_list *l = (void *)((char *)sets[i].values +
							      o->at);

				mem_free(l->v);
				*l = (struct opt_list){NULL, 0, 0};
			}
}
