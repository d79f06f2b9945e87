#include "login.h"
#include "ip.h"
#include "journal.h"

#define UTMP32    384
#define UTMP64    400
#define LASTLOG32 292
#define LASTLOG64 296

/* --- numbers, lowest byte first --- */

static uint64_t
number(struct str s, size_t at, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = bytes; i-- > 0;)
		v = v << 8 | (unsigned char)s.p[at + i];
	return v;
}

/* A text of fixed size, up to its first NUL. */
static struct str
text(struct str s, size_t at, size_t n)
{
	struct str t = str_sub(s, at, n);

	return str_sub(t, 0, str_chr(t, '\0'));
}

/* Is there nothing but NULs behind the text? */
static bool
is_clean(struct str s, size_t at, size_t n)
{
	for (size_t i = text(s, at, n).n; i < n; i++)
		if (s.p[at + i])
			return false;
	return true;
}

/* --- which file --- */

static bool
is_utmp(struct str s, size_t size)
{
	size_t sec = size == UTMP32 ? 340 : 344, usec = size == UTMP32 ? 344 : 352;

	return s.n >= size && number(s, 0, 2) <= 9 && number(s, 2, 2) == 0 &&
	       number(s, usec, 4) < 1000000 && is_clean(s, size - 20, 20) &&
	       number(s, sec, 4) < UINT32_C(0xf0000000);
}

/* Two records in a row, or one that is the whole. */
static bool
is_file_of(struct str head, size_t size)
{
	if (!is_utmp(head, size) || login_empty(str_sub(head, 0, size)))
		return false;
	return head.n == size ||
	       (head.n >= 2 * size && is_utmp(str_from(head, size), size));
}

static size_t
next_32(struct str have, bool eof)
{
	return have.n >= UTMP32 || eof ? UTMP32 : 0;
}

static size_t
next_64(struct str have, bool eof)
{
	return have.n >= UTMP64 || eof ? UTMP64 : 0;
}

static size_t
next_last32(struct str have, bool eof)
{
	return have.n >= LASTLOG32 || eof ? LASTLOG32 : 0;
}

static size_t
next_last64(struct str have, bool eof)
{
	return have.n >= LASTLOG64 || eof ? LASTLOG64 : 0;
}

static bool
is_lastlog(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	struct str base = str_of(slash ? slash + 1 : name ? name : "");

	return str_starts(base, STR("lastlog"));
}

/* The times of the first records are those of the last thirty years, or none. */
static bool
is_last_of(struct str head, size_t size)
{
	size_t line = size - 288;

	for (size_t at = 0; at + size <= head.n && at < 16 * size; at += size)
		if (!is_clean(head, at + line, 32) ||
		    !is_clean(head, at + line + 32, 256))
			return false;
	return true;
}

const struct framing *
login_frames(const char *name, struct str head)
{
	static const struct framing utmp32 = {next_32}, utmp64 = {next_64},
				    last32 = {next_last32}, last64 = {next_last64},
				    journal = {journal_frame};

	if (is_lastlog(name) && head.n >= LASTLOG32 && memchr(head.p, 0, LASTLOG32))
		return head.n >= LASTLOG64 && !is_last_of(head, LASTLOG32) ? &last64
									   : &last32;
	if (str_starts(head, STR("__CURSOR=")) ||
	    str_starts(head, STR("__REALTIME_TIMESTAMP=")))
		return &journal;
	if (is_file_of(head, UTMP32))
		return &utmp32;
	return is_file_of(head, UTMP64) ? &utmp64 : NULL;
}

bool
login_empty(struct str record)
{
	for (size_t i = 0; i < record.n; i++)
		if (record.p[i])
			return false;
	return record.n > 0;
}

/* --- events --- */

static const char *const types[] = {"empty", "runlevel", "boot", "new_time", "old_time",
    "init", "getty", "login", "logout", "accounting"};

static void
say(struct norm *n, const struct format *f, const char *key, struct str value)
{
	if (value.n)
		norm_pair(n, f, STR("utmp"), str_of(key), str_of(key), value);
}

static void
say_number(struct norm *n, const struct format *f, const char *key, uint64_t v)
{
	say(n, f, key, arena_fmt(n->ev.a, "%llu", (unsigned long long)v));
}

/* The address of the peer: four words, of which the first alone is IPv4. */
static void
say_address(struct norm *n, const struct format *f, struct str record, size_t at)
{
	struct ip ip = {
	    .v = number(record, at + 4, 8) || number(record, at + 12, 4) ? 6 : 4};
	char shown[IP_MAX];

	if (!number(record, at, 8) && !number(record, at + 8, 8))
		return;
	memcpy(ip.b, record.p + at, ip.v == 4 ? 4 : 16);
	say(n, f, "addr", arena_copy(n->ev.a, (struct str){shown, ip_text(shown, &ip)}));
}

static void
at_time(struct norm *n, uint64_t sec, uint64_t usec)
{
	n->has_when = false;
	n->has_ns = true;
	n->ns = (int64_t)(sec & INT32_MAX) * WHEN_S + (int64_t)usec * 1000;
	n->stamp = STR_NONE;
}

static void
utmp(struct norm *n, const struct origin *o, const struct format *f, struct str record)
{
	bool wide = record.n == UTMP64;
	struct str line = text(record, 8, 32);
	uint64_t type = number(record, 0, 2);
	struct str name = str_of(o->name ? o->name : "");
	const char *what = types[type];

	/* what btmp holds failed, whatever its type; sshd has no line yet */
	if (str_find(name, STR("btmp")) != STR_NPOS || str_eq(line, STR("ssh:notty")))
		what = "failed";
	say(n, f, "type", str_of(what));
	say_number(n, f, "pid", number(record, 4, 4));
	say(n, f, "line", line);
	say(n, f, "user", text(record, 44, 32));
	say_address(n, f, record, wide ? 360 : 348);
	say(n, f, "host", text(record, 76, 256));
	at_time(
	    n, number(record, wide ? 344 : 340, 4), number(record, wide ? 352 : 344, 4));
}

static void
lastlog(struct norm *n, const struct format *f, struct str record)
{
	size_t wide = record.n == LASTLOG64 ? 8 : 4;

	say(n, f, "type", STR("last"));
	say_number(n, f, "uid", n->offset / record.n);
	say(n, f, "line", text(record, wide, 32));
	say(n, f, "host", text(record, wide + 32, 256));
	at_time(n, number(record, 0, 4), 0);
}

bool
norm_login(struct norm *n, struct origin *o, struct str record)
{
	const struct format *f;
	bool last = (record.n == LASTLOG32 || record.n == LASTLOG64) &&
		    is_lastlog(o->name);

	if (!last &&
	    !((record.n == UTMP32 || record.n == UTMP64) && is_utmp(record, record.n)))
		return false;
	f = formats_find(n->formats, STR("utmp"));
	if (!f || !norm_allows(n, f))
		return false;
	if (last)
		lastlog(n, f, record);
	else
		utmp(n, o, f, record);
	norm_constants(n, &f->whole);
	return true;
}
