#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "map.h"

#define LOG_LINE 2048 /* bytes of a message at most */
#define LOG_KEPT 64   /* warnings that are told apart */

enum level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_HINT, LEVEL_INFO };

static const struct {
	const char *name;
	char journal; /* priority of sd-daemon(3) */
} levels[] = {
    [LEVEL_ERROR] = {"error", '3'},
    [LEVEL_WARNING] = {"warning", '4'},
    [LEVEL_HINT] = {"hint", '5'},
    [LEVEL_INFO] = {"info", '6'},
};

/* The one global state of the library: a process has one standard error. */
static struct {
	const char *prog;
	int verbose;
	bool quiet, journal;
	enum log_form form;
	struct {
		uint64_t hash;
		size_t again;
		char text[160];
	} kept[LOG_KEPT];
	size_t n;
} the_log = {.prog = "ir"};

/* Is standard error the stream that systemd says it gave us? */
static bool
is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	struct str rest = str_of(env), first;
	uint64_t d, i;
	struct stat st;

	if (!env)
		return false;
	first = str_cut(&rest, ':');
	if (!str_u64(first, &d) || !str_u64(rest, &i) || fstat(2, &st) != 0)
		return false;
	return st.st_dev == d && st.st_ino == i;
}

void
log_start(const char *prog)
{
	the_log.prog = prog;
	the_log.journal = is_journal();
}

void
log_set(int verbose, bool quiet, enum log_form form)
{
	the_log.verbose = verbose;
	the_log.quiet = quiet;
	the_log.form = form;
}

/* Characters that would move the cursor, or turn the order of what is read. */
static bool
is_hostile(struct str c)
{
	const unsigned char *p = (const unsigned char *)c.p;

	if (c.n == 1)
		return p[0] < 0x20 || p[0] == 0x7f;
	if (c.n == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
	if (c.n != 3)
		return false;
	if (p[0] == 0xe2 && p[1] == 0x80)
		return (p[2] >= 0x8e && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae);
	if (p[0] == 0xe2 && p[1] == 0x81)
		return p[2] >= 0xa6 && p[2] <= 0xa9;
	return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

static void
add_clean(struct buf *b, struct str s)
{
	while (s.n) {
		size_t n = buf_utf8(s);
		struct str c = {s.p, n ? n : 1};

		if (n && !is_hostile(c))
			buf_add(b, c);
		else
			buf_ch(b, '?');
		s = str_from(s, c.n);
	}
}

/* Length of "file:12:" or "file:12:7:" at the start of a message, else 0. */
static size_t
place_of(struct str s)
{
	size_t at = 0, end = 0;

	while (at < s.n && s.p[at] != '\'' &&
	       !(s.p[at] == ':' && at + 1 < s.n && s.p[at + 1] == ' ')) {
		size_t d = at + 1;

		while (s.p[at] == ':' && d < s.n && s.p[d] >= '0' && s.p[d] <= '9')
			d++;
		if (d > at + 1 && d + 1 < s.n && s.p[d] == ':')
			end = d;
		if (end && s.p[end + 1] == ' ')
			return end + 1;
		at++;
	}
	return 0;
}

static void
print_text(struct buf *b, enum level level, struct str place, struct str text)
{
	if (the_log.journal)
		buf_fmt(b, "<%c>", levels[level].journal);
	add_clean(b, str_of(the_log.prog));
	buf_add(b, STR(": "));
	if (place.n) {
		add_clean(b, place);
		buf_add(b, STR(": "));
	}
	buf_fmt(b, "%s: ", levels[level].name);
	add_clean(b, text);
}

static void
print_json(struct buf *b, enum level level, struct str place, struct str text)
{
	buf_fmt(b, "{\"log.level\":\"%s\",\"log.logger\":", levels[level].name);
	buf_json(b, str_of(the_log.prog));
	if (place.n) {
		buf_add(b, STR(",\"ir.place\":"));
		buf_json(b, place);
	}
	buf_add(b, STR(",\"message\":"));
	buf_json(b, text);
	buf_ch(b, '}');
}

/* Was this warning printed before?  Then it is only counted. */
static bool
collapsed(struct str text)
{
	uint64_t hash = map_hash(text);

	for (size_t i = 0; i < the_log.n; i++)
		if (the_log.kept[i].hash == hash) {
			the_log.kept[i].again++;
			return true;
		}
	if (the_log.n < LOG_KEPT) {
		the_log.kept[the_log.n].hash = hash;
		snprintf(the_log.kept[the_log.n].text, sizeof(the_log.kept[0].text),
		    STR_FMT, STR_ARG(text));
		the_log.n++;
	}
	return false;
}

static void
print(enum level level, struct str msg)
{
	size_t n = place_of(msg);
	struct str place = str_sub(msg, 0, n ? n - 1 : 0),
		   text = str_from(msg, n ? n + 1 : 0);
	struct buf b;

	if (level == LEVEL_WARNING && (the_log.quiet || collapsed(text)))
		return;
	if (level == LEVEL_INFO && the_log.verbose == 0)
		return;
	b = buf_make((size_t)8 * LOG_LINE);
	if (the_log.form == LOG_JSON)
		print_json(&b, level, place, text);
	else
		print_text(&b, level, place, text);
	buf_ch(&b, '\n');
	/* a lost message has nowhere else to go */
	while (b.n && write(2, b.p, b.n) < 0 && errno == EINTR)
		;
	buf_free(&b);
}

static void PRINTF_LIKE(2, 0) print_va(enum level level, const char *fmt, va_list ap)
{
	char msg[LOG_LINE];
	int n = vsnprintf(msg, sizeof(msg), fmt, ap);

	if (n > 0)
		print(level, (struct str){msg,
				 (size_t)n < sizeof(msg) ? (size_t)n : sizeof(msg) - 1});
}

void
log_end(void)
{
	for (size_t i = 0; i < the_log.n; i++) {
		char msg[256];
		int n;

		if (the_log.kept[i].again == 0)
			continue;
		n = snprintf(msg, sizeof(msg), "%zu more: %s", the_log.kept[i].again,
		    the_log.kept[i].text);
		the_log.kept[i].again = 0;
		print(LEVEL_WARNING, (struct str){msg, (size_t)n});
	}
	the_log.n = 0;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va(LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va(LEVEL_WARNING, fmt, ap);
	va_end(ap);
}

void
log_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va(LEVEL_HINT, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_va(LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_err(const struct err *e)
{
	print(LEVEL_ERROR, str_of(e->msg));
}
