#include "common.h"

const struct common common_defaults = {
    .log_form = "text",
    .now = INT64_MIN,
    .lateness_ms = 60 * 1000,
    .max_line = 8 * 1024 * 1024,
};

/* The rows, each in its group of --help; the first group has "where" in it for records. */
#define COMMON_ROWS                                                                      \
	OPT_SIZE(0, "max-line", "size", "longest line that is taken", struct common,     \
	    max_line),                                                                   \
	    OPT_SPAN(0, "lateness", "time",                                              \
		"how far behind the newest event a record may come", struct common,      \
		lateness_ms),                                                            \
	    OPT_FILE(0, "reject", "file",                                                \
		"write bad lines there: place, reason, raw bytes", struct common,        \
		reject),                                                                 \
	    OPT_FLAG(0, "strict", "stop at the first bad line", struct common, strict),  \
	    OPT_TEXT(0, "max-errors", "n|n%", "give up after so many bad lines",         \
		struct common, max_errors),                                              \
	    OPT_GROUP("Output"),                                                         \
	    OPT_FILE('o', "output", "file", "write there, whole or not at all",          \
		struct common, output),                                                  \
	    OPT_FLAG(0, "explain", "say in ir.why what led to each decision",            \
		struct common, explain),                                                 \
	    OPT_FLAG(0, "stats", "at the end, count records on standard error",          \
		struct common, stats),                                                   \
	    OPT_FILE(0, "metrics", "file", "at the end, write counts for Prometheus",    \
		struct common, metrics),                                                 \
	    OPT_FLAG(0, "unbuffered", "accepted; output never waits", struct common,     \
		unbuffered),                                                             \
	    OPT_FLAG(0, "line-buffered", "accepted; output never waits", struct common,  \
		line_buffered),                                                          \
	    OPT_GROUP("State and time"),                                                 \
	    OPT_DIR('s', "state", "dir", "keep state there between runs", struct common, \
		state),                                                                  \
	    OPT_TIME(0, "now", "time", "the time to take for now", struct common, now),  \
	    OPT_SPAN(0, "tick", "time", "on a quiet stream move the clock this often",   \
		struct common, tick_ms),                                                 \
	    OPT_GROUP("Messages"),                                                       \
	    OPT_FLAG('q', "quiet", "no warnings", struct common, quiet),                 \
	    OPT_VERB('v', "verbose", "say more; repeatable", struct common, verbose),    \
	    OPT_CHOICE(0, "log-format", "text|json", "form of messages", struct common,  \
		log_form),                                                               \
	    OPT_GROUP("About the program"),                                              \
	    OPT_FLAG('h', NULL, "short help", struct common, short_help),                \
	    OPT_FLAG(0, "help", "all options", struct common, help),                     \
	    OPT_FLAG('V', "version", "version and libraries", struct common, version),   \
	    OPT_FLAG(                                                                    \
		0, "self-test", "check the built-in vectors", struct common, self_test), \
	    OPT_FLAG(0, "offline", "touch no network (filters never do)", struct common, \
		offline),                                                                \
	    OPT_FLAG(0, "options", NULL, struct common, options),                        \
	    OPT_CHOICE(                                                                  \
		0, "completion", "bash|zsh|fish", NULL, struct common, completion),      \
	    OPT_END

static const struct opt for_lines[] = {OPT_GROUP("Input"), COMMON_ROWS};

static const struct opt for_records[] = {OPT_GROUP("Input"),
    OPT_TEXT(0, "where", "expr",
	"process only records for which this jq expression is true", struct common,
	where),
    COMMON_ROWS};

const struct opt *
common_options(bool records)
{
	return records ? for_records : for_lines;
}

bool
common_too_many(const char *limit, uint64_t bad, uint64_t all, bool *yes)
{
	struct str s = str_of(limit);
	uint64_t n;

	if (str_ends(s, STR("%"))) {
		if (!str_u64(str_sub(s, 0, s.n - 1), &n) || n > 100)
			return false;
		/* a share says little about the first few lines */
		*yes = all >= 100 && bad * 100 > n * all;
		return true;
	}
	if (!str_u64(s, &n))
		return false;
	*yes = bad > n;
	return true;
}
