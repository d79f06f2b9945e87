#include <stdio.h>

#include "target_type.h"
#include "when.h"

#define NAME_MAX_ ((size_t)253)
#define LABEL_MAX ((size_t)63)
#define USER_MAX  ((size_t)64)
#define TEXT_MAX  ((size_t)512)
#define PATH_MAX_ ((size_t)3072)
#define PID_MAX   4194304
#define ARGS_MAX  ((size_t)32)
#define RATE_MAX  1000000

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters, digits and `more` only, starting with a letter, a digit or one of `first`. */
static bool
made_of(struct str s, size_t max, const char *first, const char *more)
{
	if (s.n == 0 || s.n > max ||
	    !(alnum(s.p[0]) || (s.p[0] && strchr(first, s.p[0]))))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!alnum(s.p[i]) && !(s.p[i] && strchr(more, s.p[i])))
			return false;
	return true;
}

/* The same with capitals made small. */
static struct str
lower(struct arena *m, struct str s)
{
	char *p = arena_alloc(m, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	p[s.n] = '\0';
	return (struct str){p, s.n};
}

static bool
digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* --- the types --- */

static bool
as_net(struct arena *m, struct str s, bool single, struct str *out, struct target *t)
{
	char text[IP_MAX];

	if (t->net.ip.v || (single && str_chr(s, '/') != STR_NPOS) ||
	    !net_parse(s, &t->net))
		return false;
	*out = arena_copy(m, (struct str){text, net_text(text, &t->net)});
	return true;
}

static bool
as_domain(struct arena *m, struct str s, struct str *out)
{
	struct str rest, label = STR_NONE;
	size_t labels = 0;

	/* the root may be said: it is the same name */
	if (str_ends(s, STR(".")))
		s.n--;
	rest = s;
	if (s.n > NAME_MAX_)
		return false;
	while (rest.p) {
		label = str_cut(&rest, '.');
		labels++;
		if (!made_of(label, LABEL_MAX, "_", "-_") || label.p[label.n - 1] == '-')
			return false;
	}
	if (labels < 2 || digits(label) || str_chr(label, '_') != STR_NPOS)
		return false;
	*out = lower(m, s);
	return true;
}

static bool
as_hex(struct arena *m, struct str s, struct str *out)
{
	if (s.n != 64)
		return false;
	*out = lower(m, s);
	for (size_t i = 0; i < out->n; i++)
		if (!strchr("0123456789abcdef", out->p[i]))
			return false;
	return true;
}

static bool
as_fingerprint(struct str s, struct str *out)
{
	*out = s;
	return s.n == 50 && str_starts(s, STR("SHA256:")) &&
	       made_of(str_from(s, 7), 43, "+/", "+/");
}

/* Whole characters of UTF-8 without control characters; never an option. */
static bool
as_text(struct str s, size_t max, struct str *out)
{
	size_t at = 0, n;

	*out = s;
	if (s.n == 0 || s.n > max || s.p[0] == '-')
		return false;
	for (; at < s.n && (n = buf_utf8(str_from(s, at))) > 0; at += n)
		if ((unsigned char)s.p[at] < 0x20 || s.p[at] == 0x7f ||
		    (n == 2 && s.p[at] == '\xc2' && (unsigned char)s.p[at + 1] < 0xa0))
			return false;
	return at == s.n;
}

/* A name of a file may hold anything but NUL. */
static bool
as_path(struct str s, struct str *out)
{
	struct str rest = str_from(s, 1);
	size_t at = 0, n;

	*out = s;
	if (s.n < 2 || s.n > PATH_MAX_ || s.p[0] != '/' || memchr(s.p, '\0', s.n))
		return false;
	while (at < s.n && (n = buf_utf8(str_from(s, at))) > 0)
		at += n;
	while (rest.p) {
		struct str part = str_cut(&rest, '/');

		if (part.n == 0 || part.n > 255 || str_eq(part, STR(".")) ||
		    str_eq(part, STR("..")))
			return false;
	}
	return at == s.n;
}

static bool
as_pid(struct arena *m, struct str s, struct str *out, struct target *t)
{
	if (!str_i64(s, &t->pid) || t->pid < 1 || t->pid > PID_MAX)
		return false;
	*out = arena_u64(m, (uint64_t)t->pid);
	return true;
}

static bool
as_start(struct arena *m, struct str s, struct str *out, struct target *t)
{
	char text[WHEN_MAX];

	if (!when_parse(s, &t->start_ns))
		return false;
	*out = arena_copy(m, (struct str){text, when_text(text, t->start_ns)});
	return true;
}

static bool
as_rate(struct arena *m, struct str s, struct str *out, struct target *t)
{
	static const struct {
		const char *name;
		int64_t s;
	} units[] = {{"second", 1}, {"minute", 60}, {"hour", 3600}};
	struct str n = str_cut(&s, '/');

	if (!str_i64(n, &t->rate) || t->rate < 1 || t->rate > RATE_MAX)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (s.p && str_eq(s, str_of(units[i].name))) {
			t->rate_s = units[i].s;
			*out = arena_fmt(m, "%lld/%s", (long long)t->rate, units[i].name);
			return true;
		}
	return false;
}

/* systemd's names; without a suffix it is a service. */
static bool
as_unit(struct arena *m, struct str s, struct str *out)
{
	if (!made_of(s, 240, "_", ":-_.\\@"))
		return false;
	*out = str_chr(s, '.') == STR_NPOS ? CAT(m, s, STR(".service")) : s;
	return true;
}

static bool
as_words(struct str s, const char *more, struct str *out)
{
	*out = s;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return false;
	return made_of(s, 120, "", more);
}

bool
target_user(struct str s)
{
	size_t n = s.n > 1 && s.p[s.n - 1] == '$' ? s.n - 1 : s.n;

	return s.n <= USER_MAX && made_of(str_sub(s, 0, n), USER_MAX, "_@", "._@-");
}

bool
target_type(struct arena *m, enum target_member which, struct str s, struct target *t)
{
	struct str *out = &t->text[which];
	bool ok = false;

	if (!s.p || out->p)
		return false;
	switch (which) {
	case TARGET_IP:
	case TARGET_CIDR:
		ok = as_net(m, s, which == TARGET_IP, out, t);
		break;
	case TARGET_DOMAIN:
		ok = as_domain(m, s, out);
		break;
	case TARGET_SHA256:
	case TARGET_EXE_SHA256:
		ok = as_hex(m, s, out);
		break;
	case TARGET_FINGERPRINT:
		ok = as_fingerprint(s, out);
		break;
	case TARGET_HOST:
		ok = made_of(s, NAME_MAX_, "_", "-_.");
		*out = lower(m, s);
		break;
	case TARGET_PATH:
		ok = as_path(s, out);
		break;
	case TARGET_PID:
		ok = as_pid(m, s, out, t);
		break;
	case TARGET_START:
		ok = as_start(m, s, out, t);
		break;
	case TARGET_RATE:
		ok = as_rate(m, s, out, t);
		break;
	case TARGET_UNIT:
		ok = as_unit(m, s, out);
		break;
	case TARGET_USER:
		ok = target_user(s);
		*out = s;
		break;
	case TARGET_FROM:
	case TARGET_TO:
		ok = as_text(s, TEXT_MAX, out);
		break;
	case TARGET_PACKAGE:
		ok = made_of(s, 128, "", "+._-");
		*out = s;
		break;
	case TARGET_VERSION:
		ok = made_of(s, 128, "", "+.:~^_-");
		*out = s;
		break;
	case TARGET_NAME:
		ok = made_of(s, 240, "_", "._@:/-");
		*out = s;
		break;
	case TARGET_ACTION:
	case TARGET_KIND:
		ok = as_words(s, "-_.", out);
		break;
	case TARGET_WHAT:
		ok = as_words(s, "-,", out);
		break;
	case TARGET_ARGS:
	case TARGET_MEMBERS:
		break;
	}
	if (!ok)
		*out = STR_NONE;
	return ok;
}

bool
target_type_args(struct arena *m, const struct node *map, struct str *json)
{
	struct buf b = buf_make(TEXT_MAX * 4);
	struct str s;
	int64_t n;
	bool ok = map && map->type == NODE_MAP && map->n <= ARGS_MAX;

	for (size_t i = 0; ok && i < map->n; i++) {
		const struct node *v = &map->kids[i];

		ok = as_words(map->keys[i].text, "-_.", &s) &&
		     (v->type == NODE_BOOL || (v->type == NODE_NUM && node_i64(v, &n)) ||
			 (v->type == NODE_TEXT &&
			     (v->text.n == 0 || as_text(v->text, TEXT_MAX, &s))));
	}
	if (ok)
		node_write(map, true, &b);
	ok = ok && !b.full;
	if (ok)
		*json = arena_copy(m, buf_str(&b));
	buf_free(&b);
	return ok;
}

const char *
target_type_name(enum target_member which)
{
	static const char *const of[TARGET_MEMBERS] = {
	    [TARGET_ACTION] = "name of a call",
	    [TARGET_ARGS] = "object of texts, integers and booleans",
	    [TARGET_CIDR] = "address in canonical form",
	    [TARGET_DOMAIN] = "name of a domain",
	    [TARGET_EXE_SHA256] = "SHA-256 in hex",
	    [TARGET_FINGERPRINT] = "fingerprint of a key (SHA256:...)",
	    [TARGET_FROM] = "name of a backup",
	    [TARGET_HOST] = "name of a host",
	    [TARGET_IP] = "address in canonical form",
	    [TARGET_KIND] = "kind",
	    [TARGET_NAME] = "name",
	    [TARGET_PACKAGE] = "name of a package",
	    [TARGET_PATH] = "absolute path in canonical form",
	    [TARGET_PID] = "process id",
	    [TARGET_RATE] = "rate such as 10/second, 100/minute or 5/hour",
	    [TARGET_SHA256] = "SHA-256 in hex",
	    [TARGET_START] = "time in RFC 3339",
	    [TARGET_TO] = "name of a receiver",
	    [TARGET_UNIT] = "name of a unit",
	    [TARGET_USER] = "name of an account",
	    [TARGET_VERSION] = "version of a package",
	    [TARGET_WHAT] = "list of words",
	};

	return of[which];
}
