#include <stdio.h>

#include "template.h"
#include "test.h"

/* The words of a line as the letters of their kinds. */
static const char *
kinds(const char *line)
{
	static const char letter[] = "mwvqnximutpuhibr";
	static char out[32];
	struct lexeme v[32];
	size_t n = lexeme_read(str_of(line), v, 31);

	for (size_t i = 0; i < n; i++)
		out[i] = letter[v[i].kind];
	out[n] = '\0';
	return out;
}

static bool
one_variable(const char *text, enum lexeme_kind kind)
{
	struct lexeme v[8];

	return lexeme_read(str_of(text), v, 8) == 1 && v[0].kind == kind &&
	       v[0].text.n == strlen(text);
}

static void
knows_values_by_their_spelling(void)
{
	static const struct {
		const char *text;
		enum lexeme_kind kind;
	} rows[] = {{"12", LEX_NUMBER}, {"-1", LEX_NUMBER}, {"1.5e-3", LEX_NUMBER},
	    {"53.3KB", LEX_NUMBER}, {"7%", LEX_NUMBER}, {"0xdeadbeef", LEX_HEX},
	    {"a1b2c3d4", LEX_HEX}, {"192.0.2.1", LEX_IP}, {"192.0.2.1:53", LEX_IP},
	    {"gate/192.0.2.1:53", LEX_IP}, {"2001:db8::1", LEX_IP},
	    {"192.0.2.0/24", LEX_IP}, {"00:00:5e:00:53:23", LEX_MAC},
	    {"123e4567-e89b-12d3-a456-426614174000", LEX_UUID},
	    {"2026-11-24T07:00:00.5Z", LEX_TIME},
	    {"24/Nov/2026:07:00:00 +0100", LEX_TIME},
	    {"Tue Nov 24 07:00:00 2026", LEX_TIME}, {"Nov  4 07:00:00", LEX_TIME},
	    {"07:00:00,123", LEX_TIME}, {"/etc/passwd", LEX_PATH}, {"C:\\x\\y", LEX_PATH},
	    {"./run", LEX_PATH}, {"https://example.com/?a=b", LEX_URL},
	    {"bob@example.com", LEX_HOST}, {"www.example.com:80", LEX_HOST},
	    {"attempt_1445_0020_m", LEX_ID}, {"true", LEX_BOOL}, {"word", LEX_WORD},
	    {"tty2", LEX_VALUE}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool ok = one_variable(rows[i].text, rows[i].kind);

		if (!ok)
			fprintf(stderr, "%s: %s\n", rows[i].text, kinds(rows[i].text));
		T(ok);
	}
}

static void
keeps_keys_and_marks(void)
{
	T(strcmp(kinds("uid=0 user=bob tty="), "wmnwmvwmv") == 0);
	T(strcmp(kinds("core.2275 failed: 3"), "wmnwmn") == 0);
	T(strcmp(kinds("tag=\"Audio Mix\","), "wmmvmm") == 0);
	T(strcmp(kinds("vCores:-27"), "wmn") == 0);
	T(strcmp(kinds("from 192.0.2.1 () at"), "wimvmw") == 0);
	T(strcmp(kinds("used 1.5 MB of 2 GB"), "wnqwnq") == 0);
	T(strcmp(kinds("\"GET /a HTTP/1.1\" 200"), "mwpimn") == 0);
	T(strcmp(kinds(""), "") == 0);
}

/* Texts may be anything: words are slices of the line, in order, and not too many. */
static void
slices_any_line(void)
{
	char line[600];
	struct lexeme v[16];
	unsigned x = 1;

	for (int round = 0; round < 2000; round++) {
		size_t len = (x = x * 1103515245 + 12345) >> 8 & 511, n;
		const char *at = line;

		for (size_t i = 0; i < len; i++)
			line[i] =
			    "a1 =:./\"'()-x\\@#%"[(x = x * 1103515245 + 12345) >> 16 &
						  15];
		n = lexeme_read((struct str){line, len}, v, 16);
		T(n <= 16);
		for (size_t i = 0; i < n; i++) {
			if (v[i].text.p < at || v[i].text.p + v[i].text.n > line + len) {
				T(false);
				return;
			}
			at = v[i].text.p + v[i].text.n;
		}
	}
}

static bool
says(struct templates *t, const char *line, const char *want)
{
	struct str got = template_text(templates_find(t, str_of(line)));

	if (!str_eq(got, str_of(want)))
		fprintf(stderr, STR_FMT "\n", STR_ARG(got));
	return str_eq(got, str_of(want));
}

static void
finds_what_varies(void)
{
	struct templates *t = templates_new(100);
	static const char *const lines[] = {
	    "Failed password for bob from 192.0.2.1 port 22",
	    "Failed password for eve from 192.0.2.7 port 4711", "session opened for bob",
	    "session closed for bob", "disk sda1 is full", NULL};

	for (size_t i = 0; lines[i]; i++)
		templates_note(t, str_of(lines[i]));
	T(says(t, lines[0], "Failed password for <*> from <*> port <*>"));
	T(says(t, lines[2], "session opened for bob"));
	T(says(t, lines[3], "session closed for bob"));
	T(says(t, lines[4], "disk sda1 is full"));
	T(templates_count(t) == 4);
	T(!templates_find(t, STR("nothing like it")));
	T(template_count(templates_find(t, STR("session opened for bob"))) == 1);
	templates_free(t);
}

static void
many_words_at_one_place_are_a_value(void)
{
	struct templates *t = templates_new(100);
	static const char *const names[] = {"ann", "bob", "cid", "dan", "eve", "fay",
	    "gus", "hal", "ivy", "joe", "kim", "leo", NULL};
	char line[64];

	for (size_t i = 0; names[i]; i++) {
		snprintf(line, sizeof(line), "%s left early", names[i]);
		templates_note(t, str_of(line));
	}
	T(says(t, "zoe left early", "<*> left early"));
	T(says(t, "ann left early", "<*> left early"));
	templates_free(t);
}

static void
ids_are_those_of_the_text(void)
{
	struct templates *a = templates_new(10), *b = templates_new(10);
	const struct template *p, *q;

	templates_note(b, STR("another line 1"));
	p = templates_note(a, STR("job 7 done"));
	q = templates_note(b, STR("job 99 done"));
	T(str_eq(template_id(p), template_id(q)) && template_id(p).n == 32);
	T(str_eq(template_text(p), STR("job <*> done")));
	templates_free(a);
	templates_free(b);
}

static void
forgets_what_was_used_longest_ago(void)
{
	struct templates *t = templates_new(50);
	char line[64];

	for (unsigned i = 0; i < 5000; i++) {
		snprintf(line, sizeof(line), "w%c%c%c", 'a' + (int)(i % 26),
		    'a' + (int)(i / 26 % 26), 'a' + (int)(i / 676));
		templates_note(t, str_of(line));
	}
	T(templates_count(t) <= 50);
	T(templates_evicted(t) > 1000);
	T(templates_find(t, str_of(line)));
	templates_free(t);
}

/* A template never holds much of a line, however long that is. */
static void
keeps_no_long_words(void)
{
	static char line[100000];
	struct templates *t = templates_new(10);

	memset(line, 'x', sizeof(line));
	T(str_eq(template_text(templates_note(t, (struct str){line, sizeof(line)})),
	    STR("<*>")));
	memset(line, '-', sizeof(line));
	T(template_text(templates_note(t, (struct str){line, sizeof(line)})).n < 300);
	for (size_t i = 0; i < sizeof(line); i += 2)
		line[i] = 'y';
	for (size_t i = 1; i < sizeof(line); i += 2)
		line[i] = ' ';
	T(template_text(templates_note(t, (struct str){line, sizeof(line)})).n < 300);
	templates_free(t);
}

int
main(void)
{
	FACT(knows_values_by_their_spelling);
	FACT(keeps_keys_and_marks);
	FACT(slices_any_line);
	FACT(finds_what_varies);
	FACT(many_words_at_one_place_are_a_value);
	FACT(ids_are_those_of_the_text);
	FACT(forgets_what_was_used_longest_ago);
	FACT(keeps_no_long_words);
	return TEST_END;
}
