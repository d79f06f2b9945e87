#include "xml.h"
#include "buf.h"
#include "json.h"

#define DEPTH      16
#define MARKUP     4096 /* tags, comments and the like */
#define ATTRIBUTES 64   /* of one element */
#define LONGEST    512  /* bytes of a path */
#define AGAIN      64   /* equal siblings */
#define PIECES     64   /* of the text of one element */

struct element {
	struct str name; /* with its prefix, as the end tag repeats it */
	struct str path; /* where its text goes */
	size_t data;     /* "Data" elements so far */
	size_t pieces;   /* of its text */
	struct str text; /* so far, absent if there is none */
};

struct xml {
	struct str rest;
	struct arena *a;
	struct leaves *leaves;
	struct element stack[DEPTH];
	size_t depth, elements, markup;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static void
skip_blanks(struct xml *x)
{
	while (x->rest.n && is_blank(x->rest.p[0]))
		x->rest = str_from(x->rest, 1);
}

static bool
take(struct xml *x, struct str literal)
{
	if (!str_starts(x->rest, literal))
		return false;
	x->rest = str_from(x->rest, literal.n);
	return true;
}

static struct str
take_name(struct xml *x)
{
	struct str name = x->rest;
	size_t n = 0;

	while (n < name.n && is_name(name.p[n]))
		n++;
	x->rest = str_from(x->rest, n);
	return str_sub(name, 0, n);
}

/* Without the prefix of its namespace. */
static struct str
local_name(struct str name)
{
	size_t colon = str_rchr(name, ':');

	return colon == STR_NPOS ? name : str_from(name, colon + 1);
}

/* --- text --- */

static size_t
put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 63));
		p[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 63));
	p[2] = (char)(0x80 | (c >> 6 & 63));
	p[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* "#65", "#x41": the character, or a value beyond all of them. */
static uint32_t
number_of(struct str digits)
{
	bool hex = str_starts(digits, STR("#x"));
	uint32_t v = 0;

	digits = str_from(digits, hex ? 2 : 1);
	if (digits.n == 0 || digits.n > 8)
		return UINT32_MAX;
	for (size_t i = 0; i < digits.n && v < 0x200000; i++) {
		char c = digits.p[i];
		uint32_t d = c >= '0' && c <= '9'          ? (uint32_t)(c - '0')
			     : hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
			     : hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
							   : UINT32_MAX;

		if (d == UINT32_MAX)
			return UINT32_MAX;
		v = v * (hex ? 16 : 10) + d;
	}
	return v >= 0xd800 && v <= 0xdfff ? 0xfffd : v;
}

/* Write what an entity stands for; 0: there is no such. */
static size_t
put_entity(char *p, struct str name)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {
	    {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	uint32_t c;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(name, str_of(known[i].name))) {
			*p = known[i].c;
			return 1;
		}
	if (!str_starts(name, STR("#")))
		return 0;
	c = number_of(name);
	return c == 0 || c > 0x10ffff ? 0 : put_utf8(p, c);
}

/* Text with its entities replaced; an entity is never shorter than what it stands for. */
static bool
decode(struct xml *x, struct str s, struct str *out)
{
	size_t n = 0;
	char *p;

	*out = s;
	if (str_chr(s, '&') == STR_NPOS)
		return true;
	p = arena_alloc(x->a, s.n + 4);
	while (s.n) {
		size_t len, end;

		if (s.p[0] != '&') {
			p[n++] = s.p[0];
			s = str_from(s, 1);
			continue;
		}
		end = str_chr(str_sub(s, 0, 12), ';');
		if (end == STR_NPOS)
			return false;
		len = put_entity(p + n, str_sub(s, 1, end - 1));
		if (len == 0)
			return false;
		n += len;
		s = str_from(s, end + 1);
	}
	*out = (struct str){p, n};
	return true;
}

/* --- values --- */

/* A path that is not taken: "row", "row.2", "row.3"; those beyond the limit share one. */
static struct str
free_path(struct xml *x, struct str path)
{
	struct str wanted = path;

	for (size_t i = 2; i <= AGAIN && leaves_find(x->leaves, path); i++)
		path = arena_fmt(x->a, STR_FMT ".%zu", STR_ARG(wanted), i);
	return path;
}

/* What is beyond the limits is let go: the line itself stays. */
static void
add(struct xml *x, struct str path, struct str text)
{
	struct str key;

	path = free_path(x, path);
	if (text.n == 0 || path.n > LONGEST || leaves_find(x->leaves, path))
		return;
	key = json_quote(x->a, path);
	leaves_add(x->leaves, path, str_sub(key, 1, key.n - 2), json_quote(x->a, text));
}

static struct element *
top(struct xml *x)
{
	return &x->stack[x->depth - 1];
}

static bool
add_text(struct xml *x, struct str s)
{
	struct element *e;

	if (x->depth == 0)
		return str_trim(s).n == 0;
	e = top(x);
	if (s.n == 0)
		return true;
	if (++e->pieces > PIECES)
		return false;
	e->text = e->text.p ? CAT(x->a, e->text, s) : s;
	return true;
}

/* --- markup --- */

/* `Name='x'`: the value, undone; false at a fault. */
static bool
take_attribute(struct xml *x, struct str *name, struct str *value)
{
	char quote;
	size_t end;

	*name = take_name(x);
	skip_blanks(x);
	if (name->n == 0 || !take(x, STR("=")))
		return false;
	skip_blanks(x);
	if (x->rest.n == 0)
		return false;
	quote = x->rest.p[0];
	end = str_chr(str_from(x->rest, 1), quote);
	if ((quote != '"' && quote != '\'') || end == STR_NPOS)
		return false;
	*value = str_sub(x->rest, 1, end);
	x->rest = str_from(x->rest, end + 2);
	return str_chr(*value, '<') == STR_NPOS && decode(x, *value, value);
}

static struct str
join(struct xml *x, struct str parent, struct str name)
{
	return parent.n ? CAT(x->a, parent, STR("."), name) : name;
}

/* The text of <Data Name='x'> is what its parent has as x. */
static struct str
data_path(struct xml *x, struct element *parent, struct str name)
{
	parent->data++;
	if (!name.p)
		name = arena_fmt(x->a, "param%zu", parent->data);
	return join(x, parent->path, name);
}

static bool
is_namespace(struct str name)
{
	return str_eq(name, STR("xmlns")) || str_starts(name, STR("xmlns:")) ||
	       str_starts(name, STR("xml:")) || str_starts(name, STR("xsi:"));
}

static bool
take_attributes(struct xml *x, struct element *e, bool is_data, struct str *data)
{
	struct str name, value;

	for (size_t i = 0; i < ATTRIBUTES; i++) {
		skip_blanks(x);
		if (x->rest.n == 0 || x->rest.p[0] == '>' || x->rest.p[0] == '/')
			return x->rest.n > 0;
		if (!take_attribute(x, &name, &value))
			return false;
		if (is_namespace(name))
			continue;
		if (is_data && str_eq(name, STR("Name")))
			*data = value;
		else if (!is_data)
			add(x, join(x, e->path, local_name(name)), value);
	}
	return false;
}

static void
end_element(struct xml *x)
{
	struct element *e = top(x);

	x->depth--;
	add(x, e->path, str_trim(e->text)); /* blanks between children are no text */
}

static bool
start_element(struct xml *x)
{
	struct element *parent = x->depth ? top(x) : NULL, *e;
	struct str name = take_name(x), data = STR_NONE;
	bool is_data = parent && str_eq(name, STR("Data"));

	if (name.n == 0 || x->depth == DEPTH)
		return false;
	x->elements++;
	e = &x->stack[x->depth++];
	*e = (struct element){.name = name};
	e->path = join(x, parent ? parent->path : STR(""), local_name(name));
	if (e->path.n > LONGEST)
		return false;
	if (!is_data)
		e->path = free_path(x, e->path);
	if (!take_attributes(x, e, is_data, &data))
		return false;
	if (is_data)
		e->path = data_path(x, parent, data);
	if (take(x, STR(">")))
		return true;
	if (!take(x, STR("/>")))
		return false;
	end_element(x);
	return true;
}

static bool
take_end(struct xml *x)
{
	struct str name = take_name(x);

	skip_blanks(x);
	if (x->depth == 0 || !take(x, STR(">")) || !str_eq(name, top(x)->name))
		return false;
	end_element(x);
	return true;
}

/* Up to a literal; what stands before it, absent if it is not there. */
static struct str
take_until(struct xml *x, struct str literal)
{
	size_t at = str_find(x->rest, literal);
	struct str before = str_sub(x->rest, 0, at);

	if (at == STR_NPOS)
		return STR_NONE;
	x->rest = str_from(x->rest, at + literal.n);
	return before;
}

static bool
take_markup(struct xml *x)
{
	struct str s;

	if (++x->markup > MARKUP)
		return false;
	if (take(x, STR("<!--")))
		return take_until(x, STR("-->")).p != NULL;
	if (take(x, STR("<?")))
		return take_until(x, STR("?>")).p != NULL;
	if (take(x, STR("<![CDATA["))) {
		s = take_until(x, STR("]]>"));
		return s.p && add_text(x, s);
	}
	if (take(x, STR("</")))
		return take_end(x);
	return take(x, STR("<")) && start_element(x);
}

static bool
take_text(struct xml *x)
{
	struct str s = str_sub(x->rest, 0, str_chr(x->rest, '<'));

	x->rest = str_from(x->rest, s.n);
	return decode(x, s, &s) && add_text(x, s);
}

bool
xml_read(struct str text, struct arena *a, struct leaves *leaves, bool *more)
{
	struct xml *x = arena_zero(a, sizeof(*x));

	x->rest = str_trim(text);
	x->a = a;
	x->leaves = leaves;
	leaves_start(leaves);
	*more = false;
	while (x->rest.n && !(x->elements && x->depth == 0)) {
		if (!(x->rest.p[0] == '<' ? take_markup(x) : take_text(x)))
			return false;
		if (x->depth == 0)
			skip_blanks(x);
	}
	*more = x->rest.n > 1 && x->rest.p[0] == '<' && is_name(x->rest.p[1]);
	return x->depth == 0 && x->elements > 0 &&
	       (x->rest.n == 0 || *more || str_starts(x->rest, STR("<!--")));
}
