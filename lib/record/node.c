#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "mem.h"
#include "node.h"

const struct node *
node_get(const struct node *map, struct str key)
{
	if (!map || map->type != NODE_MAP)
		return NULL;
	for (size_t i = map->n; i-- > 0;)
		if (str_eq(map->keys[i].text, key))
			return &map->kids[i];
	return NULL;
}

/* Does `s` go on with a dot behind `head`? */
static bool
leads(struct str head, struct str s)
{
	return s.n > head.n && s.p[head.n] == '.' && str_starts(s, head);
}

const struct node *
node_path(const struct node *map, struct str path)
{
	if (!map || map->type != NODE_MAP)
		return NULL;
	for (size_t i = map->n; i-- > 0;) {
		struct str key = map->keys[i].text;

		if (str_eq(key, path))
			return &map->kids[i];
		if (leads(key, path))
			return node_path(&map->kids[i], str_from(path, key.n + 1));
		if (leads(path, key))
			return NULL;
	}
	return NULL;
}

struct str
node_text(const struct node *n)
{
	if (!n || n->type == NODE_NULL || n->type == NODE_LIST || n->type == NODE_MAP)
		return STR_NONE;
	return n->text;
}

bool
node_i64(const struct node *n, int64_t *v)
{
	return n && n->type == NODE_NUM && json_i64(n->text, v);
}

bool
node_true(const struct node *n)
{
	return n && n->type == NODE_BOOL && str_eq(n->text, STR("true"));
}

size_t
node_count(const struct node *n)
{
	return !n ? 0 : n->type == NODE_LIST ? n->n : 1;
}

const struct node *
node_at(const struct node *n, size_t i)
{
	if (i >= node_count(n))
		return NULL;
	return n->type == NODE_LIST ? &n->kids[i] : n;
}

/* --- from JSON --- */

static void build(struct arena *, struct str raw, struct node *, unsigned depth);

static void
build_members(struct arena *a, struct str raw, struct node *n, unsigned depth)
{
	struct str key, value;
	size_t at = 0;

	assert(depth <= JSON_DEPTH);
	while (json_next(raw, &at, &key, &value))
		n->n++;
	n->kids = arena_zero(a, n->n * sizeof(*n->kids));
	if (n->type == NODE_MAP)
		n->keys = arena_zero(a, n->n * sizeof(*n->keys));
	at = 0;
	for (size_t i = 0; json_next(raw, &at, &key, &value); i++) {
		if (n->keys)
			n->keys[i] = (struct node){
			    .type = NODE_TEXT, .text = json_text(a, key)};
		build(a, value, &n->kids[i], depth);
	}
}

static void
build(struct arena *a, struct str raw, struct node *n, unsigned depth)
{
	switch (json_type(raw)) {
	case JSON_NONE:
	case JSON_NULL:
		n->type = NODE_NULL;
		break;
	case JSON_BOOL:
		n->type = NODE_BOOL;
		break;
	case JSON_NUM:
		n->type = NODE_NUM;
		break;
	case JSON_TEXT:
		n->type = NODE_TEXT;
		break;
	case JSON_LIST:
		n->type = NODE_LIST;
		build_members(a, raw, n, depth + 1);
		break;
	case JSON_MAP:
		n->type = NODE_MAP;
		build_members(a, raw, n, depth + 1);
		break;
	}
	n->text = json_text(a, raw);
}

struct node *
node_json(struct arena *a, struct str raw)
{
	struct node *n = arena_zero(a, sizeof(*n));

	build(a, str_trim(raw), n, 0);
	return n;
}

/* --- to JSON --- */

/* As RFC 8785 has it: nothing is escaped that need not be. */
static void
write_text(struct str s, struct buf *out)
{
	static const char letters[] = "btn?fr";

	buf_ch(out, '"');
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t n = c < 0x80 ? 1 : buf_utf8(str_from(s, i));

		if (n == 0) {
			buf_add(out, STR("\xef\xbf\xbd"));
		} else if (c == '"' || c == '\\') {
			buf_ch(out, '\\');
			buf_ch(out, (char)c);
		} else if (c >= 8 && c <= 13 && c != 11) {
			buf_ch(out, '\\');
			buf_ch(out, letters[c - 8]);
		} else if (c < 0x20) {
			buf_fmt(out, "\\u%04x", c);
		} else {
			buf_add(out, str_sub(s, i, n));
		}
		i += n ? n : 1;
	}
	buf_ch(out, '"');
}

/* Digits `d` (k of them) with the point behind the n-th, as ECMAScript spells it. */
static void
write_digits(const char *d, int k, int n, struct buf *out)
{
	if (k <= n && n <= 21) {
		buf_fmt(out, "%.*s%.*s", k, d, n - k, "00000000000000000000");
	} else if (0 < n && n <= 21) {
		buf_fmt(out, "%.*s.%.*s", n, d, k - n, d + n);
	} else if (-6 < n && n <= 0) {
		buf_fmt(out, "0.%.*s%.*s", -n, "00000", k, d);
	} else {
		buf_ch(out, d[0]);
		if (k > 1)
			buf_fmt(out, ".%.*s", k - 1, d + 1);
		buf_fmt(out, "e%c%d", n > 0 ? '+' : '-', abs(n - 1));
	}
}

/* The shortest digits that read back as the same number. */
static void
write_number(double v, struct buf *out)
{
	char text[40], digits[20];
	int k = 0, precision = 0;

	if (v == 0) {
		buf_ch(out, '0');
		return;
	}
	if (v < 0)
		buf_ch(out, '-');
	v = fabs(v);
	do
		snprintf(text, sizeof(text), "%.*e", precision, v);
	while (strtod(text, NULL) != v && ++precision < 17);
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p != '.')
			digits[k++] = *p;
	write_digits(digits, k, (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1, out);
}

/* Is it spelled as JSON has it?  YAML has other ways: they stay text. */
static bool
is_number(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	return s.n > 0 && grammar_number(&p, end) == JSON_OK && p == end;
}

static void
write_scalar(const struct node *n, bool sorted, struct buf *out)
{
	bool text = n->type == NODE_TEXT || (n->type == NODE_NUM && !is_number(n->text));
	double v;

	if (n->type == NODE_NULL)
		buf_add(out, STR("null"));
	else if (text && sorted)
		write_text(n->text, out);
	else if (text)
		buf_json(out, n->text);
	else if (sorted && n->type == NODE_NUM && json_num(n->text, &v))
		write_number(v, out);
	else
		buf_add(out, n->text);
}

/* Order of UTF-16 code units: what needs two of them comes before U+E000. */
static int
compare_names(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];

		if (x == y)
			continue;
		if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
			return x >= 0xf0 ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

struct member {
	struct str name;
	const struct node *value;
};

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int d = compare_names(x->name, y->name);

	return d ? d : x->value < y->value ? -1 : x->value > y->value;
}

/* Of members with the same name the last one is written. */
static void
write_sorted(const struct node *n, struct buf *out)
{
	struct member *m = mem_new(n->n, sizeof(*m));
	bool comma = false;

	for (size_t i = 0; i < n->n; i++)
		m[i] = (struct member){n->keys[i].text, &n->kids[i]};
	qsort(m, n->n, sizeof(*m), compare_members);
	for (size_t i = 0; i < n->n; i++) {
		if (i + 1 < n->n && compare_names(m[i].name, m[i + 1].name) == 0)
			continue;
		if (comma)
			buf_ch(out, ',');
		write_text(m[i].name, out);
		buf_ch(out, ':');
		node_write(m[i].value, true, out);
		comma = true;
	}
	mem_free(m);
}

void
node_write(const struct node *n, bool sorted, struct buf *out)
{
	if (n->type != NODE_LIST && n->type != NODE_MAP) {
		write_scalar(n, sorted, out);
		return;
	}
	buf_ch(out, n->type == NODE_LIST ? '[' : '{');
	if (n->type == NODE_MAP && sorted)
		write_sorted(n, out);
	for (size_t i = 0; i < n->n && (n->type == NODE_LIST || !sorted); i++) {
		if (i > 0)
			buf_ch(out, ',');
		if (n->type == NODE_MAP) {
			buf_json(out, n->keys[i].text);
			buf_ch(out, ':');
		}
		node_write(&n->kids[i], sorted, out);
	}
	buf_ch(out, n->type == NODE_LIST ? ']' : '}');
}
