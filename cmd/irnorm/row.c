/* Rows whose columns a header named. */
#include "buf.h"
#include "columns.h"
#include "ip.h"
#include "json.h"

/* --- rows --- */

static bool
is_form(struct str s, const char *form)
{
	size_t n = strlen(form);

	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
			return false;
	return true;
}

static bool
is_digits(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i == s.n && s.n > 0;
}

/* Zeek's shapes are not asked for: its writer escapes what separates. */
static bool
fits(const struct column *c, struct str v)
{
	struct ip ip;

	switch (c->shape) {
	case SHAPE_DATE:
		return v.n == 10 && is_form(v, "0000-00-00");
	case SHAPE_TIME:
		return is_form(v, "00:00:00") &&
		       (v.n == 8 || (v.p[8] == '.' && is_digits(str_from(v, 9))));
	case SHAPE_IP:
		return ip_parse(str_sub(v, 0, str_chr(v, '%')), &ip);
	case SHAPE_CODE:
		return is_digits(v);
	case SHAPE_TEXT:
	case SHAPE_NUMBER:
	case SHAPE_BOOL:
		return true;
	}
	return true;
}

/* The values as they stand; false if there are more or fewer than columns. */
static bool
split(const struct header *h, char sep, struct str line, struct str *v)
{
	size_t n = 0;

	while (line.p) {
		if (n == h->n)
			return false;
		v[n++] = str_cut(&line, sep);
	}
	return n == h->n;
}

/* The next value; one in quotes runs to its closing quote, and "" is a quote in it. */
static struct str
next_quoted(struct str *rest, char sep)
{
	struct str s = *rest, v;
	size_t i = 1;

	if (s.n == 0 || s.p[0] != '"')
		return str_cut(rest, sep);
	while (i < s.n && (s.p[i] != '"' || (i + 1 < s.n && s.p[i + 1] == '"')))
		i += s.p[i] == '"' ? 2 : 1;
	if (i >= s.n || (i + 1 < s.n && s.p[i + 1] != sep))
		return str_cut(rest, sep);
	v = str_sub(s, 0, i + 1);
	*rest = i + 1 < s.n ? str_from(s, i + 2) : STR_NONE;
	return v;
}

static bool
split_quoted(const struct header *h, char sep, struct str line, struct str *v)
{
	size_t n = 0;

	while (line.p) {
		if (n == h->n)
			return false;
		v[n++] = next_quoted(&line, sep);
	}
	return n == h->n;
}

static struct str
unquote(struct str v)
{
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		return str_sub(v, 1, v.n - 2);
	return v;
}

/*
 * A writer that quotes nothing leaves no blanks in values, so the plain count
 * is asked first: a lone quote that a client sent joins no two columns.
 */
static bool
split_w3c(const struct header *h, struct str line, struct str *v)
{
	char sep = h->sep;
	struct str bare;

	if (sep == ' ' && str_chr(line, '\t') != STR_NPOS)
		sep = '\t';
	if (!split(h, sep, line, v) && !split_quoted(h, sep, line, v))
		return false;
	for (size_t i = 0; i < h->n; i++) {
		bare = unquote(v[i]);
		if (!str_eq(bare, mark_str(&h->unset)) && bare.n && !fits(&h->v[i], bare))
			return false;
		v[i] = bare;
	}
	return true;
}

static struct str
plus_to_blank(struct arena *a, struct str v)
{
	char *p;

	if (str_chr(v, '+') == STR_NPOS)
		return v;
	p = arena_alloc(a, v.n);
	for (size_t i = 0; i < v.n; i++)
		p[i] = v.p[i] == '+' ? ' ' : v.p[i];
	return (struct str){p, v.n};
}

/* "\x09" stands for the byte; bytes that make no text stay as they are spelled. */
static struct str
unescape(struct arena *a, struct str v)
{
	size_t n = 0, at = str_find(v, STR("\\x"));
	char *p;

	if (at == STR_NPOS)
		return v;
	p = arena_alloc(a, v.n);
	for (size_t i = 0; i < v.n; i++) {
		bool code = v.n - i >= 4 && v.p[i] == '\\' && v.p[i + 1] == 'x' &&
			    column_hex(v.p[i + 2]) >= 0 && column_hex(v.p[i + 3]) >= 0;

		p[n++] = code ? (char)(column_hex(v.p[i + 2]) * 16 +
				       column_hex(v.p[i + 3]))
			      : v.p[i];
		i += code ? 3 : 0;
	}
	for (struct str s = {p, n}; s.n;) {
		size_t len = (unsigned char)s.p[0] < 0x80 ? 1 : buf_utf8(s);

		if (len == 0)
			return v;
		s = str_from(s, len);
	}
	return (struct str){p, n};
}

static bool
is_number(struct str v)
{
	size_t i = v.n && v.p[0] == '-', dots = 0, digits = 0;

	if (v.n > 32 || (v.n > i + 1 && v.p[i] == '0' && v.p[i + 1] != '.'))
		return false;
	for (; i < v.n; i++) {
		dots += v.p[i] == '.';
		digits += v.p[i] != '.';
		if ((v.p[i] < '0' || v.p[i] > '9') && (v.p[i] != '.' || !digits))
			return false;
	}
	return digits && dots <= 1 && v.p[v.n - 1] != '.';
}

static struct str
value_json(const struct column *c, struct arena *a, struct str v)
{
	if (c->shape == SHAPE_BOOL && str_eq(v, STR("T")))
		return STR("true");
	if (c->shape == SHAPE_BOOL && str_eq(v, STR("F")))
		return STR("false");
	if (c->shape == SHAPE_NUMBER && is_number(v))
		return v;
	return json_quote(a, unescape(a, v));
}

static struct str
list_json(const struct header *h, const struct column *c, struct arena *a, struct str v)
{
	static const char pad[JSON_PAD];
	struct buf b = buf_make(32 * 1024 * 1024);
	struct str out;

	buf_ch(&b, '[');
	while (v.p) {
		struct str one = str_cut(&v, h->set_sep);

		if (str_eq(one, mark_str(&h->unset)))
			continue;
		if (b.n > 1)
			buf_ch(&b, ',');
		buf_add(&b, value_json(c, a, one));
	}
	buf_ch(&b, ']');
	out = CAT(a, buf_str(&b), (struct str){pad, JSON_PAD});
	buf_free(&b);
	return str_sub(out, 0, out.n - JSON_PAD);
}

static void
add_time(const struct header *h, const struct str *v, struct arena *a, struct leaves *l)
{
	struct str date = mark_str(&h->date), time = STR_NONE;

	for (size_t i = 0; i < h->n; i++) {
		if (h->v[i].shape == SHAPE_DATE)
			date = v[i];
		if (h->v[i].shape == SHAPE_TIME)
			time = v[i];
	}
	if (time.n >= 8 && date.n == 10)
		leaves_add(l, STR("date-time"), STR("date-time"),
		    json_quote(a, CAT(a, date, STR("T"), time, STR("Z"))));
}

static void
add_values(const struct header *h, const struct str *v, struct arena *a, struct leaves *l)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct column *c = &h->v[i];
		struct str one = c->agent ? plus_to_blank(a, v[i]) : v[i];

		if (one.n == 0 || str_eq(one, mark_str(&h->unset)) ||
		    (h->empty.n && str_eq(one, mark_str(&h->empty))))
			continue;
		leaves_add(l, c->name, c->key,
		    c->list ? list_json(h, c, a, one) : value_json(c, a, one));
	}
}

/* Most lines are no rows: their first word shows it. */
static bool
starts_row(const struct header *h, struct str line)
{
	struct str first = str_sub(line, 0, str_chr(line, h->sep));

	first = str_sub(first, 0, str_chr(first, '\t'));
	return h->kind == HEADER_ZEEK || (line.n && line.p[0] == '"') ||
	       first.n == line.n || str_eq(first, mark_str(&h->unset)) ||
	       fits(&h->v[0], first);
}

/* Eight bytes at a time: how many of them are `c`. */
static inline size_t
count8(uint64_t v, char c)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), low = ones * 0x7f;
	uint64_t x = v ^ ones * (unsigned char)c;

	/* the upper bit of each byte that is not zero, then the zero ones */
	x = ((x & low) + low) | x;
	return (size_t)(((~x >> 7 & ones) * ones) >> 56);
}

struct header_look
header_look(struct str line)
{
	struct header_look l = {0};
	uint64_t v;

	for (; line.n; line = str_from(line, 8)) {
		v = 0;
		memcpy(&v, line.p, line.n < 8 ? line.n : 8);
		l.blanks += count8(v, ' ');
		l.tabs += count8(v, '\t');
		l.quotes += count8(v, '"');
	}
	return l;
}

bool
header_may(const struct header *h, const struct header_look *l)
{
	size_t n = h->sep == '\t' || (h->kind == HEADER_W3C && l->tabs) ? l->tabs
									: l->blanks;

	if (h->sep != ' ' && h->sep != '\t')
		return true;
	return n + 1 == h->n || (h->kind == HEADER_W3C && l->quotes && n >= h->n);
}

bool
header_row(const struct header *h, struct str line, struct arena *a, struct leaves *l)
{
	struct str v[COLUMNS];
	bool yes;

	if (!h || h->n < 2 || !starts_row(h, line))
		return false;
	yes = h->kind == HEADER_ZEEK ? split(h, h->sep, line, v) : split_w3c(h, line, v);
	if (!yes)
		return false;
	leaves_start(l);
	if (h->path.p)
		leaves_add(l, STR("_path"), STR("_path"), h->path);
	if (h->kind == HEADER_W3C)
		add_time(h, v, a, l);
	add_values(h, v, a, l);
	return true;
}
