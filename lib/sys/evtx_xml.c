#include "evtx_xml.h"

#define DEPTH  24    /* elements and templates in one another */
#define WORK   50000 /* tokens of one event, however often a template is used */
#define VALUES 256   /* of one template */
#define MORE   0x40  /* flag of a token */

enum token {
	T_END = 0x00,
	T_OPEN = 0x01,
	T_CLOSE_START = 0x02,
	T_CLOSE_EMPTY = 0x03,
	T_CLOSE = 0x04,
	T_VALUE = 0x05,
	T_ATTRIBUTE = 0x06,
	T_CDATA = 0x07,
	T_CHAR = 0x08,
	T_ENTITY = 0x09,
	T_PI = 0x0a,
	T_PI_DATA = 0x0b,
	T_TEMPLATE = 0x0c,
	T_NORMAL = 0x0d,
	T_OPTIONAL = 0x0e,
	T_FRAGMENT = 0x0f,
};

#define TYPE_NULL   0x00
#define TYPE_STRING 0x01
#define TYPE_XML    0x21
#define TYPE_LIST   0x80

struct value {
	size_t at;
	uint16_t size;
	uint8_t type;
};

struct values {
	const struct value *v;
	size_t n;
};

struct reader {
	struct str chunk;
	size_t at, end;
	bool nested; /* elements in values are without a number */
	const struct values *values;
};

struct xml {
	struct buf *out;
	unsigned work, depth;
};

static bool read_fragment(struct xml *, struct reader *);

/* --- bytes --- */

static bool
has(const struct reader *r, size_t n)
{
	return r->at <= r->end && r->end - r->at >= n;
}

static unsigned
byte_at(struct str chunk, size_t at)
{
	return (unsigned char)chunk.p[at];
}

static uint16_t
u16_at(struct str chunk, size_t at)
{
	return (uint16_t)(byte_at(chunk, at) | byte_at(chunk, at + 1) << 8);
}

static uint32_t
u32_at(struct str chunk, size_t at)
{
	return u16_at(chunk, at) | (uint32_t)u16_at(chunk, at + 2) << 16;
}

/* --- names --- */

static bool
is_name(unsigned c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':';
}

/* A name is where the offset says; there for the first time, it is in the way. */
static bool
read_name(struct reader *r, size_t *name)
{
	size_t n;

	if (!has(r, 4))
		return false;
	*name = u32_at(r->chunk, r->at);
	r->at += 4;
	if (*name > r->chunk.n || r->chunk.n - *name < 10)
		return false;
	n = 10 + 2 * (size_t)u16_at(r->chunk, *name + 6);
	if (n > r->chunk.n - *name)
		return false;
	if (*name == r->at)
		r->at += n;
	return true;
}

static void
write_name(struct xml *x, struct str chunk, size_t name)
{
	size_t n = u16_at(chunk, name + 6);

	for (size_t i = 0; i < n; i++) {
		unsigned c = u16_at(chunk, name + 8 + 2 * i);

		buf_ch(x->out, is_name(c) ? (char)c : '_');
	}
}

/* --- values --- */

/* The items of a list of texts stand in elements of their own. */
static void
next_item(struct xml *x, struct str chunk, size_t element)
{
	if (!element) {
		buf_ch(x->out, ' ');
		return;
	}
	buf_add(x->out, STR("</"));
	write_name(x, chunk, element);
	buf_add(x->out, STR("><"));
	write_name(x, chunk, element);
	buf_ch(x->out, '>');
}

static bool
write_texts(struct xml *x, struct str chunk, const struct value *v, size_t element)
{
	size_t from = 0;

	for (size_t i = 0; i + 1 < v->size; i += 2) {
		bool last = i + 3 >= v->size;

		if (u16_at(chunk, v->at + i) != 0 && !last)
			continue;
		if (from)
			next_item(x, chunk, element);
		evtx_value(str_sub(chunk, v->at + from, i + (last ? 2 : 0) - from),
		    TYPE_STRING, x->out);
		from = i + 2;
	}
	return true;
}

static bool
write_list(struct xml *x, struct str chunk, const struct value *v, size_t element)
{
	static const uint8_t sizes[0x16] = {[3] = 1,
	    1,
	    2,
	    2,
	    4,
	    4,
	    8,
	    8,
	    4,
	    8,
	    4,
	    [15] = 16,
	    [17] = 8,
	    [18] = 16,
	    [20] = 4,
	    [21] = 8};
	unsigned type = v->type & ~TYPE_LIST;

	if (type == TYPE_STRING)
		return write_texts(x, chunk, v, element);
	if (type >= sizeof(sizes) || sizes[type] == 0)
		return evtx_value(str_sub(chunk, v->at, v->size), 0x0e, x->out);
	for (size_t i = 0; i + sizes[type] <= v->size; i += sizes[type]) {
		if (i)
			next_item(x, chunk, element);
		if (!evtx_value(str_sub(chunk, v->at + i, sizes[type]), type, x->out))
			return false;
	}
	return true;
}

static bool
write_value(struct xml *x, struct str chunk, const struct value *v, size_t element)
{
	struct reader inner = {chunk, v->at, v->at + v->size, true, NULL};
	bool ok;

	if (v->type == TYPE_NULL || v->size == 0)
		return true;
	if (v->type & TYPE_LIST)
		return write_list(x, chunk, v, element);
	if (v->type != TYPE_XML)
		return evtx_value(str_sub(chunk, v->at, v->size), v->type, x->out);
	if (x->depth == DEPTH)
		return false;
	x->depth++;
	ok = read_fragment(x, &inner);
	x->depth--;
	return ok;
}

static bool
read_substitution(struct xml *x, struct reader *r, size_t element)
{
	size_t i;

	if (!has(r, 3))
		return false;
	i = u16_at(r->chunk, r->at);
	r->at += 3;
	if (!r->values || i >= r->values->n)
		return true; /* a value that is not there is empty */
	return write_value(x, r->chunk, &r->values->v[i], element);
}

/* A counted text. */
static bool
read_wide(struct xml *x, struct reader *r)
{
	size_t n;

	if (!has(r, 2))
		return false;
	n = 2 * (size_t)u16_at(r->chunk, r->at);
	r->at += 2;
	if (!has(r, n))
		return false;
	r->at += n;
	return evtx_value(str_sub(r->chunk, r->at - n, n), TYPE_STRING, x->out);
}

static bool
read_value(struct xml *x, struct reader *r)
{
	if (!has(r, 1) || byte_at(r->chunk, r->at) != TYPE_STRING)
		return false;
	r->at++;
	return read_wide(x, r);
}

static bool
read_entity(struct xml *x, struct reader *r)
{
	size_t name;

	if (!read_name(r, &name))
		return false;
	buf_ch(x->out, '&');
	write_name(x, r->chunk, name);
	buf_ch(x->out, ';');
	return true;
}

/* What may stand in an element or attribute beside elements. */
static bool
read_text(struct xml *x, struct reader *r, unsigned token, size_t element)
{
	switch (token) {
	case T_VALUE:
		return read_value(x, r);
	case T_CDATA:
		return read_wide(x, r);
	case T_CHAR:
		if (!has(r, 2))
			return false;
		evtx_value(str_sub(r->chunk, r->at, 2), TYPE_STRING, x->out);
		r->at += 2;
		return true;
	case T_ENTITY:
		return read_entity(x, r);
	case T_NORMAL:
	case T_OPTIONAL:
		return read_substitution(x, r, element);
	default:
		return false;
	}
}

static bool
is_text(unsigned token)
{
	return token == T_VALUE || token == T_CDATA || token == T_CHAR ||
	       token == T_ENTITY || token == T_NORMAL || token == T_OPTIONAL;
}

/* The next token, without its flag; T_END at the end. */
static unsigned
peek(struct xml *x, const struct reader *r)
{
	if (!has(r, 1) || x->work == 0)
		return T_END;
	x->work--;
	return byte_at(r->chunk, r->at) & ~(unsigned)MORE;
}

/* --- elements --- */

static bool
read_attribute(struct xml *x, struct reader *r)
{
	size_t name, before = x->out->n, empty;
	unsigned token;

	r->at++;
	if (!read_name(r, &name))
		return false;
	buf_ch(x->out, ' ');
	write_name(x, r->chunk, name);
	buf_add(x->out, STR("=\""));
	empty = x->out->n;
	while (is_text(token = peek(x, r))) {
		r->at++;
		if (!read_text(x, r, token, 0))
			return false;
	}
	if (x->out->n == empty)
		x->out->n = before; /* an optional one that has no value */
	else
		buf_ch(x->out, '"');
	return true;
}

static bool read_element(struct xml *, struct reader *);

static bool
read_content(struct xml *x, struct reader *r, size_t name)
{
	unsigned token;

	while ((token = peek(x, r)) != T_CLOSE) {
		if (token == T_OPEN) {
			if (!read_element(x, r))
				return false;
			continue;
		}
		r->at++;
		if (!read_text(x, r, token, name))
			return false;
	}
	r->at++;
	buf_add(x->out, STR("</"));
	write_name(x, r->chunk, name);
	buf_ch(x->out, '>');
	return true;
}

static bool
read_inside(struct xml *x, struct reader *r, size_t name)
{
	unsigned token;

	while ((token = peek(x, r)) == T_ATTRIBUTE)
		if (!read_attribute(x, r))
			return false;
	r->at++;
	if (token == T_CLOSE_EMPTY) {
		buf_add(x->out, STR("/>"));
		return true;
	}
	buf_ch(x->out, '>');
	return token == T_CLOSE_START && read_content(x, r, name);
}

static bool
read_element(struct xml *x, struct reader *r)
{
	bool more, ok;
	size_t name;

	if (!has(r, 11) || x->depth == DEPTH)
		return false;
	more = byte_at(r->chunk, r->at) & MORE;
	r->at += 1 + (r->nested ? 0 : 2) + 4;
	if (!read_name(r, &name))
		return false;
	r->at += more ? 4 : 0;
	buf_ch(x->out, '<');
	write_name(x, r->chunk, name);
	x->depth++;
	ok = read_inside(x, r, name);
	x->depth--;
	return ok;
}

/* --- templates --- */

static bool
read_values(struct reader *r, struct value *v, size_t *n)
{
	size_t at;

	if (!has(r, 4))
		return false;
	*n = u32_at(r->chunk, r->at);
	r->at += 4;
	if (*n > VALUES || !has(r, 4 * *n))
		return false;
	at = r->at + 4 * *n;
	for (size_t i = 0; i < *n; i++, r->at += 4) {
		v[i] = (struct value){
		    at, u16_at(r->chunk, r->at), (uint8_t)byte_at(r->chunk, r->at + 2)};
		at += v[i].size;
	}
	r->at = at;
	return at <= r->end;
}

static bool
read_template(struct xml *x, struct reader *r)
{
	struct value v[VALUES];
	struct values values = {v, 0};
	struct reader body;
	size_t at, size;
	bool ok;

	if (!has(r, 10) || x->depth == DEPTH)
		return false;
	at = u32_at(r->chunk, r->at + 6);
	r->at += 10;
	if (at > r->chunk.n || r->chunk.n - at < 24)
		return false;
	size = u32_at(r->chunk, at + 20);
	if (size > r->chunk.n - at - 24)
		return false;
	if (at == r->at)
		r->at += 24 + size;
	if (!read_values(r, v, &values.n))
		return false;
	body = (struct reader){r->chunk, at + 24, at + 24 + size, false, &values};
	x->depth++;
	ok = read_fragment(x, &body);
	x->depth--;
	return ok;
}

static bool
read_fragment(struct xml *x, struct reader *r)
{
	for (;;) {
		switch (peek(x, r)) {
		case T_END:
			return x->work > 0;
		case T_FRAGMENT:
			r->at += 4;
			break;
		case T_OPEN:
			if (!read_element(x, r))
				return false;
			break;
		case T_TEMPLATE:
			if (!read_template(x, r))
				return false;
			break;
		default:
			return false;
		}
	}
}

bool
evtx_xml(struct str chunk, size_t at, size_t end, struct buf *out)
{
	struct xml x = {out, WORK, 0};
	struct reader r = {chunk, at, end, false, NULL};
	size_t before = out->n;

	return end <= chunk.n && at < end && read_fragment(&x, &r) && !out->full &&
	       out->n > before;
}
