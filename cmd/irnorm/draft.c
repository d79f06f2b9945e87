#include "draft.h"
#include "ip.h"
#include "map.h"
#include "motif.h"
#include "stamp.h"

#define BUDGET  20000
#define NAME    24 /* most letters of a name made of a word */
#define PATTERN 4096

/* What a value is called that stands behind a word. */
static const struct guess {
	enum lexeme_kind kind;
	const char *words; /* blank-separated; NULL: whatever stands before it */
	const char *field;
} guesses[] = {
    {LEX_IP, " from client src source peer rhost remote by ", "source.ip"},
    {LEX_IP, " to dst dest destination server via ", "destination.ip"},
    {LEX_NUMBER, " port sport ", "source.port"},
    {LEX_NUMBER, " dport ", "destination.port"},
    {LEX_NUMBER, " pid ", "process.pid"},
    {LEX_NUMBER, " uid ", "user.id"},
    {LEX_WORD, " user username login account ", "user.name"},
    {LEX_VALUE, " user username login account ", "user.name"},
    {LEX_BOOL, " user username login account ", "user.name"},
    {LEX_PATH, NULL, "file.path"},
    {LEX_URL, NULL, "url.original"},
};

struct draft {
	struct arena *a;
	struct str format;
	const struct unknown_group *g;
	struct lexeme v[UNKNOWN_SAMPLES][TEMPLATE_WORDS];
	bool hole[TEMPLATE_WORDS];
	struct str first;  /* the text of `v[0]` */
	size_t n, samples; /* words of each; those that have as many */
	struct map *names; /* of this rule */
	struct buf pattern;
	bool typed, stamped;
	size_t letters; /* of words that do not vary */
};

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Lower-case letters, digits and `_`, beginning with a letter; or absent. */
static struct str
as_name(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, NAME + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < NAME; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 32) : s.p[i];

		c = is_plain(c) ? c : '_';
		if (n == 0 && !(c >= 'a' && c <= 'z'))
			continue;
		out[n++] = c;
	}
	while (n && out[n - 1] == '_')
		n--;
	return n ? (struct str){out, n} : STR_NONE;
}

/* Printable and UTF-8: fit for a single-quoted YAML text. */
static bool
is_printable(struct str s)
{
	while (s.n) {
		size_t len = buf_utf8(s);
		unsigned char c = (unsigned char)s.p[0];

		if (len == 0 || c < 0x20 || c == 0x7f || c == 0xc2 || c == 0xef)
			return false; /* nor C1 controls, BOM and the like */
		s = str_from(s, len);
	}
	return true;
}

static void
quote(struct buf *b, struct str s)
{
	buf_ch(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_ch(b, '\'');
		buf_ch(b, s.p[i]);
	}
	buf_ch(b, '\'');
}

/* --- words and holes --- */

/* The samples that have the words of the template, and which of them are holes. */
static void
read_samples(struct draft *d)
{
	const struct lexeme *t;

	d->samples = d->letters = 0;
	d->n = template_words(d->g->template, &t);
	for (size_t i = 0; i < d->g->n; i++) {
		if (!is_printable(d->g->line[i]) ||
		    lexeme_read(d->g->part[i], d->v[d->samples], TEMPLATE_WORDS) != d->n)
			continue;
		if (d->samples++ == 0)
			d->first = d->g->part[i];
	}
	for (size_t i = 0; i < d->n && d->samples; i++) {
		const struct lexeme *w = &d->v[0][i];

		d->hole[i] = !t[i].text.p;
		for (size_t k = 1; k < d->samples; k++)
			d->hole[i] = d->hole[i] || !str_eq(w->text, d->v[k][i].text);
		if (w->kind == LEX_WORD && !d->hole[i])
			d->letters += w->text.n;
	}
}

/* The last of the words that are one hole with word `i`. */
static size_t
hole_end(const struct draft *d, size_t i)
{
	const struct lexeme *v = d->v[0];

	while (i + 1 < d->n && !v[i + 1].blank) {
		if (d->hole[i + 1])
			i++;
		else if (i + 2 < d->n && v[i + 1].kind == LEX_MARK &&
			 v[i + 1].text.n == 1 &&
			 memchr(":/.@#-", v[i + 1].text.p[0], 6) && !v[i + 2].blank &&
			 d->hole[i + 2])
			i += 2;
		else
			break;
	}
	return i;
}

static struct str
hole_text(const struct draft *d, size_t sample, size_t from, size_t to)
{
	const struct lexeme *a = &d->v[sample][from], *b = &d->v[sample][to];

	return (struct str){a->text.p, (size_t)(b->text.p + b->text.n - a->text.p)};
}

static bool
all_values(
    const struct draft *d, size_t from, size_t to, bool (*is)(struct str), bool *empty)
{
	bool all = true;

	for (size_t k = 0; k < d->samples; k++) {
		struct str s = hole_text(d, k, from, to);

		*empty = *empty || s.n == 0;
		all = all && (s.n == 0 || is(s));
	}
	return all;
}

static bool
is_int(struct str s)
{
	uint64_t v;

	return s.n < 16 && str_u64(s, &v) && (s.n == 1 || s.p[0] != '0');
}

static bool
is_address(struct str s)
{
	struct ip ip;

	return ip_parse(s, &ip);
}

static bool
is_stamp(struct str s)
{
	struct when w;

	return stamp_whole(s, &w);
}

static bool
is_one_word(struct str s)
{
	return str_chr(s, ' ') == STR_NPOS && str_chr(s, '\t') == STR_NPOS;
}

/* --- names --- */

/* The word that says what stands behind it. */
static struct str
word_before(const struct draft *d, size_t i)
{
	for (size_t k = 0; i > 0 && k < 4; k++) {
		const struct lexeme *w = &d->v[0][--i];

		if (!d->hole[i] && (w->kind == LEX_WORD || w->kind == LEX_VALUE) &&
		    w->text.n)
			return w->text;
	}
	return STR_NONE;
}

static struct str
guess(struct draft *d, size_t i, bool one, bool address)
{
	struct str word = as_name(d->a, word_before(d, i));
	enum lexeme_kind kind = d->v[0][i].kind;
	struct str name, asked = CAT(d->a, STR(" "), word, STR(" "));

	for (size_t k = 0; k < sizeof(guesses) / sizeof(*guesses); k++) {
		const struct guess *g = &guesses[k];

		if (!one || g->kind != kind || (kind == LEX_IP && !address) ||
		    (g->words && str_find(str_of(g->words), asked) == STR_NPOS))
			continue;
		name = str_of(g->field);
		if (!map_get(d->names, name))
			return name;
	}
	name = CAT(d->a, d->format, STR("."), word.n ? word : STR("value"));
	for (unsigned k = 2; map_get(d->names, name); k++)
		name = arena_fmt(d->a, STR_FMT ".%.*s%u", STR_ARG(d->format), (int)word.n,
		    word.n ? word.p : "value", k);
	return name;
}

/* --- patterns --- */

static void
add_literal(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (memchr("[]{}\\", s.p[i], 5))
			buf_ch(b, '\\');
		buf_ch(b, s.p[i]);
	}
}

static void
add_hole(struct draft *d, size_t from, size_t to)
{
	const struct lexeme *before = from ? &d->v[0][from - 1] : NULL;
	bool empty = before && !d->v[0][from].blank && before->kind == LEX_MARK &&
		     (before->text.p[0] == '=' || before->text.p[0] == '(');
	bool tight = to + 1 < d->n && !d->v[0][to + 1].blank;
	bool address = all_values(d, from, to, is_address, &empty);
	const char *type = "";
	struct str name;

	if (!d->stamped && d->typed && all_values(d, from, to, is_stamp, &empty) &&
	    d->v[0][from].kind == LEX_TIME && !d->g->program.n) {
		d->stamped = true;
		buf_add(&d->pattern, STR("{@timestamp:ts}"));
		return;
	}
	name = guess(d, from, from == to, address);
	*map_put(d->names, name) = d;
	if (d->typed) {
		if (all_values(d, from, to, is_int, &empty))
			type = ":int";
		else if (address)
			type = ":ip";
		else if (!tight && all_values(d, from, to, is_one_word, &empty))
			type = ":word";
	}
	buf_fmt(&d->pattern, "{" STR_FMT "%s%s}", STR_ARG(name), type, empty ? "?" : "");
}

static void
make_pattern(struct draft *d, bool typed)
{
	const struct lexeme *v = d->v[0];
	const char *at = d->first.p;

	buf_reset(&d->pattern);
	map_free(d->names);
	d->names = map_new();
	d->typed = typed;
	d->stamped = false;
	for (size_t i = 0; i < d->n; i++) {
		add_literal(&d->pattern, (struct str){at, (size_t)(v[i].text.p - at)});
		if (d->hole[i]) {
			size_t to = hole_end(d, i);

			add_hole(d, i, to);
			i = to;
		} else {
			add_literal(&d->pattern, v[i].text);
		}
		at = v[i].text.p + v[i].text.n;
	}
}

/* How many of the samples the pattern matches; `fits` says which. */
static size_t
try_pattern(const struct draft *d, bool fits[UNKNOWN_SAMPLES])
{
	struct fields *fields = fields_new();
	struct capture caps[MOTIF_CAPTURES];
	struct motif *m;
	struct err e;
	size_t at, n = 0;

	m = d->pattern.full ? NULL
			    : motif_new(d->a, fields, buf_str(&d->pattern), &at, &e);
	for (size_t i = 0; i < d->g->n; i++) {
		unsigned budget = BUDGET;
		size_t k = 0;

		fits[i] = m && is_printable(d->g->line[i]) &&
			  motif_match(m, d->g->part[i], caps, &k, &budget);
		n += fits[i];
	}
	fields_free(fields);
	return n;
}

/* --- documents --- */

/* A name of the first words that do not vary. */
static struct str
rule_id(const struct draft *d, size_t number)
{
	struct str id = STR("");
	size_t words = 0;

	for (size_t i = 0; i < d->n && words < 3; i++) {
		struct str w = d->hole[i] || d->v[0][i].kind != LEX_WORD
				   ? STR_NONE
				   : as_name(d->a, d->v[0][i].text);

		if (w.n) {
			id = CAT(d->a, id, words ? STR("_") : STR(""), w);
			words++;
		}
	}
	return CAT(d->a, id, arena_fmt(d->a, "_%zu", number));
}

static void
add_samples(const struct draft *d, const bool *fits, struct buf *samples)
{
	for (size_t i = 0; i < d->g->n; i++) {
		if (!fits[i])
			continue;
		buf_add(samples, STR("  - line: "));
		quote(samples, d->g->line[i]);
		buf_fmt(samples, "\n    want: {event.dataset: draft_" STR_FMT "}\n",
		    STR_ARG(d->format));
	}
}

static bool
add_rule(struct draft *d, size_t number, struct buf *rules, struct buf *samples)
{
	bool fits[UNKNOWN_SAMPLES];
	struct str id;

	read_samples(d);
	if (d->samples == 0 || d->letters < 3)
		return false;
	make_pattern(d, true);
	if (try_pattern(d, fits) == 0) {
		make_pattern(d, false);
		if (try_pattern(d, fits) == 0)
			return false;
	}
	id = rule_id(d, number);
	buf_fmt(rules, "  # %llu lines\n  - id: " STR_FMT "\n    match: ",
	    (unsigned long long)d->g->count, STR_ARG(id));
	quote(rules, buf_str(&d->pattern));
	buf_ch(rules, '\n');
	add_samples(d, fits, samples);
	return true;
}

static void
add_format(const struct draft *d, struct str program, bool first, struct buf *rules,
    struct buf *samples, struct buf *out)
{
	buf_fmt(out, "%sformat: draft_" STR_FMT "\ntitle: draft for ",
	    first ? "" : "---\n", STR_ARG(d->format));
	buf_add(out, program.n ? d->format : STR("lines without a program"));
	buf_add(out, STR("\nversion: 1\n"));
	if (program.n) {
		buf_add(out, STR("over: syslog\nwhen: {process.name: ["));
		quote(out, program);
		buf_add(out, STR("]}\n"));
	} else {
		buf_add(out, STR("over: none\n"));
	}
	buf_add(out, STR("rules:\n"));
	buf_add(out, buf_str(rules));
	buf_add(out, STR("samples:\n"));
	buf_add(out, buf_str(samples));
}

void
draft_write(const struct unknown_group *g, size_t n, uint64_t least, struct arena *a,
    struct buf *out)
{
	struct draft *d = arena_zero(a, sizeof(*d));
	struct buf rules = buf_make(out->max), samples = buf_make(out->max);
	struct map *formats = map_new();

	d->a = a;
	d->pattern = buf_make(PATTERN);
	for (size_t i = 0, end; i < n; i = end) {
		size_t number = 0;
		struct str program = g[i].program;

		buf_reset(&rules);
		buf_reset(&samples);
		d->format = as_name(a, program.n ? program : STR("lines"));
		d->format = d->format.p ? d->format : STR("program");
		for (unsigned k = 2; map_get(formats, d->format); k++)
			d->format = CAT(a, d->format, arena_fmt(a, "_%u", k));
		for (end = i; end < n && str_cmp(g[end].program, program) == 0; end++) {
			d->g = &g[end];
			if (d->g->count >= least &&
			    add_rule(d, number + 1, &rules, &samples))
				number++;
		}
		if (number && is_printable(program)) {
			add_format(
			    d, program, map_count(formats) == 0, &rules, &samples, out);
			*map_put(formats, d->format) = d;
		}
	}
	map_free(d->names);
	map_free(formats);
	buf_free(&d->pattern);
	buf_free(&rules);
	buf_free(&samples);
}
