/* irdetect's values, conditions, literals and windows. */
#include "base64.h"
#include "condition.h"
#include "fold.h"
#include "literal.h"
#include "pattern.h"
#include "hint.h"
#include "regex.h"
#include "sift.h"
#include "slide.h"
#include "test.h"
#include "views.h"

static struct arena *a;

static bool
matches(const char *value, const char *text)
{
	struct pattern p = pattern_make(a, fold(a, pattern_read(a, str_of(value))));

	return pattern_match(&p, fold(a, str_of(text)));
}

static void
wildcards_and_escapes_are_as_specified(void)
{
	static const struct {
		const char *value, *text;
		bool yes;
	} rows[] = {
	    {"abc", "ABC", true},
	    {"abc", "abcd", false},
	    {"*", "", true},
	    {"", "", true},
	    {"", "x", false},
	    {"a*c", "abbbc", true},
	    {"a*c", "ac", true},
	    {"a*c", "acb", false},
	    {"a?c", "abc", true},
	    {"a?c", "ac", false},
	    {"a?c",
		"a\xC3\xA4"
		"c",
		true},
	    {"*a*b", "xaxbxab", true},
	    {"*a*b", "xaxbxabx", false},
	    {"a*b*c", "a\nb\nc", true},
	    {"\\*", "*", true},
	    {"\\*", "x", false},
	    {"\\?", "?", true},
	    {"\\?", "x", false},
	    {"\\\\*", "\\anything", true},
	    {"\\\\*", "anything", false},
	    {"\\\\\\*", "\\*", true},
	    {"\\\\\\*", "\\x", false},
	    {"C:\\Win", "c:\\win", true},
	    {"C:\\\\Win", "c:\\win", true},
	    {"\\\\\\\\host", "\\\\host", true},
	    {"end\\", "end\\", true},
	    {"*?*", "", false},
	    {"*?*", "x", true},
	    {"??", "ab", true},
	    {"??", "a", false},
	    {"*.exe", "x.EXE", true},
	    {"a**b", "a-b", true},
	    {"*ab?", "xababc", true},
	    {"*aab", "aaab", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool got = matches(rows[i].value, rows[i].text);

		if (got != rows[i].yes)
			fprintf(stderr, "'%s' and '%s'\n", rows[i].value, rows[i].text);
		T(got == rows[i].yes);
	}
}

static void
case_folds_beyond_ascii(void)
{
	T(str_eq(fold(a, STR("ABC-xyz")), STR("abc-xyz")));
	T(matches("\xD0\x9F\xD0\xA0\xD0\x98", "\xD0\xBF\xD1\x80\xD0\xB8")); /* Cyrillic */
	T(matches("\xCE\xA3", "\xCF\x82")); /* both sigmas */
	T(matches("\xE2\x84\xAA", "k"));    /* the Kelvin sign */
	T(str_eq(fold(a, STR("\xFF\xC3\x84\x80")),
	    STR("\xFF\xC3\xA4\x80")));                            /* bad bytes stay */
	T(str_eq(fold(a, STR("\xC8\xBA")), STR("\xE2\xB1\xA5"))); /* may grow */
}

static void
encodings_give_what_the_specification_shows(void)
{
	struct str foo = STR("foobar");

	T(str_eq(base64(a, foo), STR("Zm9vYmFy")));
	T(str_eq(pattern_base64_at(a, foo, 0), STR("Zm9vYmFy")));
	T(str_eq(pattern_base64_at(a, foo, 1), STR("Zvb2Jhc")));
	T(str_eq(pattern_base64_at(a, foo, 2), STR("mb29iYX")));
	T(str_eq(pattern_utf16(a, STR("ab"), false, false), STR("a\0b\0")));
	T(str_eq(pattern_utf16(a, STR("ab"), true, false), STR("\0a\0b")));
	T(str_eq(pattern_utf16(a, STR("\xF0\x9F\x98\x80"), false, false),
	    STR("\x3D\xD8\x00\xDE")));
}

static void
windash_takes_every_dash_before_a_flag(void)
{
	struct pattern p = pattern_make(
	    a, pattern_open(a, pattern_windash(a, STR(" -enc x-y")), true, true));

	T(pattern_match(&p, STR("p -enc x-y")));
	T(pattern_match(&p, STR("p /enc x-y")));
	T(pattern_match(&p, STR("p \xE2\x80\x93"
				"enc x-y")));
	T(!pattern_match(&p, STR("p -enc x/y")));
	T(!pattern_match(&p, STR("p enc x-y")));
}

/* Sets of selections that are true, by bit. */
static bool
holds(const struct expr *x, unsigned set)
{
	switch (x->op) {
	case EXPR_FALSE:
	case EXPR_TRUE:
		return x->op == EXPR_TRUE;
	case EXPR_ATOM:
		return set >> x->atom & 1;
	case EXPR_NOT:
		return !holds(x->kids[0], set);
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; i < x->n; i++)
			if (holds(x->kids[i], set) != (x->op == EXPR_AND))
				return x->op == EXPR_OR;
		return x->op == EXPR_AND;
	}
	return false;
}

/* Of a, b, c and _d: a bit for each of the 16 sets for which the condition holds. */
static unsigned
truth(const char *text)
{
	struct selection sel[] = {{STR("sel_a"), expr_atom(a, 0), false},
	    {STR("sel_b"), expr_atom(a, 1), false}, {STR("c"), expr_atom(a, 2), false},
	    {STR("_d"), expr_atom(a, 3), false}};
	struct err e = {0};
	struct expr *x = condition_parse(a, str_of(text), sel, 4, &e);
	unsigned bits = 0;

	for (unsigned set = 0; x && set < 16; set++)
		bits |= (unsigned)holds(x, set) << set;
	return x ? bits : 0x10000;
}

static void
conditions_bind_as_specified(void)
{
	T(truth("sel_a") == 0xAAAA);
	T(truth("sel_a or sel_b and c") == truth("sel_a or (sel_b and c)"));
	T(truth("not sel_a and c") == truth("(not sel_a) and c"));
	T(truth("not not sel_a") == truth("sel_a"));
	T(truth("1 of sel_*") == truth("sel_a or sel_b"));
	T(truth("all of sel_*") == truth("sel_a and sel_b"));
	T(truth("any of sel_*") == truth("1 of sel_*"));
	T(truth("1 of them") == truth("sel_a or sel_b or c"));
	T(truth("all of *") == truth("sel_a and sel_b and c"));
	T(truth("all of _*") == truth("_d"));
	T(truth("not 1 of none_*") == 0xFFFF);
	T(truth("c and not 1 of sel_*") == truth("c and not sel_a and not sel_b"));
	T(truth("sel_a AND c") == truth("sel_a and c"));
}

static void
bad_conditions_are_errors(void)
{
	static const char *const rows[] = {"", "sel_a and", "and", "(sel_a", "sel_a)",
	    "nobody", "sel_a sel_b", "1 of", "sel_a | count() > 5", "not",
	    "sel_a or or c", "()"};
	char deep[600];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		T(truth(rows[i]) == 0x10000);
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	T(truth(deep) == 0x10000);
}

static unsigned char called[64];

static void
note(void *ctx, uint32_t owner)
{
	(void)ctx;
	called[owner] = 1;
}

/* Every literal that is there is named; of the unanchored no other is. */
static void
literals_miss_nothing(void)
{
	static const char letters[] = "ab\\.";
	unsigned seed = 1, missed = 0, wrong = 0;

	for (int round = 0; round < 300; round++) {
		struct literals *ls = literals_new();
		struct pattern p[64];
		char text[80], lit[64][40];
		size_t n = 0;

		for (unsigned i = 0; i < 64; i++) {
			size_t len = 1 + (seed = seed * 1103515245 + 12345) / 65536 % 12;

			len = i % 16 == 0 ? 30 : len;
			for (size_t k = 0; k < len; k++)
				lit[i][k] = letters[(seed = seed * 1103515245 + 12345) /
						    65536 % 4];
			p[i] = (struct pattern){
			    (enum pattern_kind)(PATTERN_EXACT + i % 4), {lit[i], len}};
			literals_add(ls, p[i].kind, p[i].text, i);
		}
		literals_ready(ls);
		n = (seed = seed * 1103515245 + 12345) / 65536 % sizeof(text);
		for (size_t k = 0; k < n; k++)
			text[k] = letters[(seed = seed * 1103515245 + 12345) / 65536 % 4];
		if (round % 3 == 0)
			memcpy(text, lit[0], n = 30);
		memset(called, 0, sizeof(called));
		literals_find(ls, (struct str){text, n}, note, NULL);
		for (unsigned i = 0; i < 64; i++) {
			bool there = pattern_match(&p[i], (struct str){text, n});

			missed += there && !called[i];
			wrong += !there && called[i] && p[i].kind == PATTERN_CONTAINS;
		}
		literals_free(ls);
	}
	T(missed == 0);
	T(wrong == 0);
}

/* A window against one that counts everything again each time. */
static void
windows_count_like_a_plain_loop(void)
{
	enum { N = 3000, SPAN = 50 };
	struct slide s = {0};
	static struct member all[N];
	unsigned seed = 7, wrong = 0;
	int64_t now = 1000, newest = 0;

	for (size_t i = 0; i < N; i++) {
		struct member m = {0};
		size_t n = 0, distinct = 0;
		bool fresh;

		seed = seed * 1103515245 + 12345;
		now += seed / 65536 % 9 == 0 ? 40 : seed / 65536 % 3;
		m.t = now - (seed >> 8) % 10; /* some are late */
		m.value = seed / 1048576 % 7;
		all[i] = m;
		newest = m.t > newest ? m.t : newest;
		slide_add(&s, &m, SPAN, &fresh);
		for (size_t k = 0; k <= i; k++) {
			bool first = true;

			if (all[k].t < newest - SPAN)
				continue;
			n++;
			for (size_t j = 0; j < k; j++)
				first &= all[j].t < newest - SPAN ||
					 all[j].value != all[k].value;
			distinct += first;
		}
		wrong += n != s.n || distinct != s.distinct;
	}
	T(wrong == 0);
	slide_free(&s);
}

static void
one_event_is_never_two_steps(void)
{
	struct slide s = {0};

	T(!slide_chain(&s, 0, 1, 10, 100, 1));
	T(!slide_chain(&s, 1, 1, 10, 100, 1));
	T(slide_chain(&s, 1, 1, 11, 100, 2));
	T(!slide_chain(&s, 1, 1, 200, 100, 3)); /* the first is too long ago */
}

static void
urls_are_decoded(void)
{
	T(str_eq(url_decode(a, STR("/a%2Fb+c"), URL_PLUS_NEVER), STR("/a/b+c")));
	T(str_eq(url_decode(a, STR("/a+b?c+d"), URL_PLUS_QUERY), STR("/a+b?c d")));
	T(str_eq(url_decode(a, STR("a+b"), URL_PLUS_ALWAYS), STR("a b")));
	T(str_eq(url_decode(a, STR("%zz%4"), URL_PLUS_ALWAYS), STR("%zz%4")));
}

static unsigned sifted;

static void
note_sifted(void *ctx, uint32_t owner)
{
	(void)ctx;
	sifted |= 1u << owner;
}

/* Whatever the case, the place and the literals: what stands there is not missed. */
static void
a_sift_misses_nothing(void)
{
	static const char *const bits[] = {"a", "B", "c:", "\\", "Dump", "::", "creds",
	    "\xC3\x84", "\xE2\x84\xAA", "k", "sekurlsa", "@", "`", " "};
	const unsigned n_bits = sizeof(bits) / sizeof(bits[0]);
	unsigned roll = 7, missed = 0, stood = 0, no = 0;

	for (unsigned round = 0; round < 400; round++) {
		struct sift *sift = sift_new();
		struct str words[4], line = STR("");

		for (unsigned i = 0; i < 4; i++) {
			struct str w = STR("");

			for (unsigned k = 0; k < 3 + i; k++) {
				roll = roll * 1103515245u + 12345u;
				w = CAT(a, w, str_of(bits[roll / 65536 % n_bits]));
			}
			sift_add(sift, words[i] = fold(a, w), i);
		}
		sift_ready(sift, round % 2 ? words[round % 4] : STR(""));
		for (unsigned k = 0; k < 60; k++) {
			roll = roll * 1103515245u + 12345u;
			line = CAT(a, line, str_of(bits[roll / 65536 % n_bits]));
			for (unsigned i = 0; k % 12 == 0 && i < 4; i++) {
				bool is = str_find(fold(a, line), words[i]) != STR_NPOS;

				stood += is;
				sifted = 0;
				if (sift_folds(line) ||
				    !sift_find(sift, line, note_sifted, NULL))
					sifted = ~0u;
				missed += is && !(sifted >> i & 1);
			}
			sifted = 0;
			no += !sift_folds(line) &&
			      sift_find(sift, line, note_sifted, NULL) && !sifted;
		}
		sift_free(sift);
	}
	T(missed == 0 && stood > 5 && no > 100);
}

static void
hints_are_read_where_they_are_sure(void)
{
	static const struct {
		const char *regex, *hints;
	} rows[] = {
	    {"Invoke-Mimikatz", "invoke-mimikatz"},
	    {"\\\\cmd\\.exe$", "\\cmd.exe"},
	    {"ab+cdef", "cdef"},
	    {"abc?def", "def"},
	    {"abcd*", "abc"},
	    {"abc{2}xy", "abc"},
	    {"abc{0,2}", ""},
	    {"abc{,2}d", ""},
	    {"abc{x|y}", ""},
	    {"abc{2|xyz}", ""},
	    {"(?i)power(?:shell)?\\s", "power"},
	    {"foo|bars", "foo bars"},
	    {"foo|b", ""},
	    {"(one|three) thing", " thing"},
	    {"(one1|three).", "one1 three"},
	    {"(?!never)x", ""},
	    {"(?=always)x", "always"},
	    {"[abc]def[^]]ghij", "ghij"},
	    {"\\x41bcd", ""},
	    {"\\Qa|b\\Ecd", ""},
	    {"(?x) a b c", ""},
	    {"[[:alpha:]]abc", ""},
	    {"\\$env:ComSpec\\[(?:\\s*\\d{1,3}\\s*,){2}", "$env:comspec["},
	    {"(abc)*d", ""},
	    {"(abc)+d", "abc"},
	    {"\xC3\xA4xyz", "xyz"},
	    {"(((((((((((((((((((abc)))))))))))))))))))", ""},
	    {"(?<n>abc)", "abc"},
	    {"(?(1)abc|def)", ""},
	    {"abc(", ""},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hints h = hints_read(a, str_of(rows[i].regex));
		struct str all = STR("");

		for (size_t k = 0; k < h.n; k++)
			all = CAT(a, all, k ? STR(" ") : STR(""), h.v[k]);
		T(str_eq(all, str_of(rows[i].hints)));
		if (!str_eq(all, str_of(rows[i].hints)))
			fprintf(
			    stderr, "  %s: " STR_FMT "\n", rows[i].regex, STR_ARG(all));
	}
}

static void
bytes_that_must_be_there_are_counted(void)
{
	static const struct {
		const char *regex;
		char byte;
		unsigned times;
	} rows[] = {
	    {"abc", 0, 0},
	    {"\\+.*\\+.*\\+", '+', 3},
	    {"(set).*&&\\s?set.*(environment|\\{?input).*&&.*\"", '&', 4},
	    {"(\\+\\+|\\+)x", '+', 1},
	    {"(\\+|&)", 0, 0},
	    {"\\+?&*", 0, 0},
	    {"(?:\\{\\d\\})+\"", '"', 1},
	    {"(?=\\+)\\+", '+', 1},
	    {"(?!\\+)a", 0, 0},
	    {"a\\.b\\.c", '.', 2},
	    {"[+]", 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hints h = hints_read(a, str_of(rows[i].regex));

		T(h.times == rows[i].times && (!h.times || h.byte == rows[i].byte));
	}
	T(hints_byte(STR("a+b+"), '+', 2) && !hints_byte(STR("a+b+"), '+', 3));
	T(hints_byte(STR(""), '+', 0) && !hints_byte(STR(""), '+', 1));
}

/* Expressions made of pieces, and texts that they match: one hint stands in each. */
static void
hints_stand_in_what_matches(void)
{
	static const struct {
		const char *regex, *text;
	} bits[] = {{"abc", "abc"}, {"Ab+c", "Abbc"}, {"x*", ""}, {"(?:foo|Bar)", "Bar"},
	    {"(foo|ba(r|zz))+", "bazzfoo"}, {"[a-f]{2}", "be"}, {"\\d+", "12"},
	    {"(long)?", ""}, {"\\.exe", ".exe"}, {"(?i)", ""}, {"KEY", "KEY"},
	    {"\\\\", "\\"}, {".{0,3}", "q"}, {"(?=.)", ""}, {"(?!zzz)", ""},
	    {"s{1,2}", "s"}, {"t??", "t"}, {"\\bword\\b", "word"}, {"(|u)", "u"},
	    {"w{2}?v", "wwv"}, {"&&", "&&"}, {"\\+?", ""}, {"(\\+&|&)", "&"},
	    {"(?:%:)+", "%:%:"}, {"(?=<)<", "<"}, {"#{2}", "##"}};
	unsigned roll = 3, with = 0, bytes = 0, wrong = 0;

	for (unsigned round = 0; round < 4000; round++) {
		struct str regex = STR(""), text = STR("");
		struct hints h;
		struct regex *re;
		struct err e;
		size_t n, k = 0;

		for (unsigned i = 0; i < 1 + round % 6; i++) {
			roll = roll * 1103515245u + 12345u;
			n = roll / 65536 % (sizeof(bits) / sizeof(bits[0]));
			regex = CAT(a, regex, str_of(bits[n].regex));
			text = CAT(a, text, str_of(bits[n].text));
		}
		re = regex_new(regex, REGEX_UTF, &e);
		h = hints_read(a, regex);
		if (re && regex_find(re, text, NULL, 0) == REGEX_YES) {
			while (k < h.n && str_find(fold(a, text), h.v[k]) == STR_NPOS)
				k++;
			with += h.n > 0;
			wrong += h.n && k == h.n;
			bytes += h.times > 0;
			wrong += !hints_byte(text, h.byte, h.times);
		}
		regex_free(re);
	}
	T(wrong == 0 && with > 1000 && bytes > 1000);
}

int
main(void)
{
	a = arena_new();
	FACT(wildcards_and_escapes_are_as_specified);
	FACT(case_folds_beyond_ascii);
	FACT(encodings_give_what_the_specification_shows);
	FACT(windash_takes_every_dash_before_a_flag);
	FACT(conditions_bind_as_specified);
	FACT(bad_conditions_are_errors);
	FACT(literals_miss_nothing);
	FACT(a_sift_misses_nothing);
	FACT(hints_are_read_where_they_are_sure);
	FACT(bytes_that_must_be_there_are_counted);
	FACT(hints_stand_in_what_matches);
	FACT(windows_count_like_a_plain_loop);
	FACT(one_event_is_never_two_steps);
	FACT(urls_are_decoded);
	arena_free(a);
	return TEST_END;
}
