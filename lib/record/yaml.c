#include <yaml.h>

#include "file.h"
#include "json.h"
#include "map.h"
#include "mem.h"
#include "yaml.h"

#define DEPTH 64
#define NODES ((size_t)1000000) /* with those that aliases repeat */
#define FEW   16                /* members compared one by one */

/* A list or map that is still open. */
struct frame {
	struct node node; /* its type and place */
	struct str anchor;
	size_t start; /* its first child in `pending` */
	size_t seen;  /* nodes before it */
	int height;   /* of its highest child */
};

struct anchor {
	struct node node;
	size_t weight; /* nodes in it, itself included */
	int height;
};

struct load {
	yaml_parser_t parser;
	struct arena *a;
	struct str text;
	const char *name;
	struct err *e;
	struct map *anchors;
	struct node
	    *pending; /* children of all open frames; of maps key, value, key ... */
	size_t n, cap;
	struct frame stack[DEPTH];
	int depth;
	size_t seen;
	bool syntax; /* it is libyaml that refused */
};

static bool
fail(struct load *l, yaml_mark_t at, const char *why, struct str what)
{
	if (what.p)
		err_set(l->e, ERR_CONFIG, "%s:%zu:%zu: %s '" STR_FMT "'", l->name,
		    at.line + 1, at.column + 1, why, STR_ARG(str_sub(what, 0, 60)));
	else
		err_set(l->e, ERR_CONFIG, "%s:%zu:%zu: %s", l->name, at.line + 1,
		    at.column + 1, why);
	return false;
}

/* Where a byte offset lies; libyaml gives only that for bad bytes. */
static yaml_mark_t
mark_of(struct str text, size_t at)
{
	yaml_mark_t m = {at, 0, 0};

	for (size_t i = 0; i < at && i < text.n; i++) {
		m.column++;
		if (text.p[i] == '\n') {
			m.line++;
			m.column = 0;
		}
	}
	return m;
}

static bool
fail_syntax(struct load *l)
{
	yaml_parser_t *p = &l->parser;
	const char *why = p->problem ? p->problem : "not YAML";
	yaml_mark_t at = p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		why = "too large";
	if (p->error == YAML_READER_ERROR)
		at = mark_of(l->text, p->problem_offset);
	l->syntax = true;
	if (at.index < l->text.n && l->text.p[at.index] == '\t')
		why = "a tab where only spaces may indent";
	return fail(l, at, why, STR_NONE);
}

static bool
is_number(struct str s)
{
	size_t i = s.n && s.p[0] == '-', from = i;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == from || (s.p[from] == '0' && i > from + 1))
		return false;
	if (i < s.n && s.p[i] == '.') {
		from = ++i;
		while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == from)
			return false;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		from = i;
		while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
		if (i == from)
			return false;
	}
	return i == s.n;
}

/* What a plain scalar is.  A number is one only if JSON would spell it so. */
static enum node_type
plain_type(struct str s)
{
	if (s.n == 0 || str_eq(s, STR("~")) || str_eq(s, STR("null")))
		return NODE_NULL;
	if (str_eq(s, STR("true")) || str_eq(s, STR("false")))
		return NODE_BOOL;
	return is_number(s) ? NODE_NUM : NODE_TEXT;
}

/* Our own types and those of the core schema; others would be silently lost. */
static bool
tag_known(const char *tag)
{
	static const char core[] = "tag:yaml.org,2002:";
	static const char *const names[] = {
	    "str", "int", "float", "bool", "null", "map", "seq"};

	if (!tag || strcmp(tag, "!") == 0)
		return true;
	if (strncmp(tag, core, sizeof(core) - 1) != 0)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(tag + sizeof(core) - 1, names[i]) == 0)
			return true;
	return false;
}

static bool
is_key(const struct load *l)
{
	const struct frame *f = l->depth ? &l->stack[l->depth - 1] : NULL;

	return f && f->node.type == NODE_MAP && (l->n - f->start) % 2 == 0;
}

/* A finished node goes to the frame that is open. */
static void
put(struct load *l, const struct node *node, int height)
{
	struct node *kept;

	l->pending = mem_grow(l->pending, &l->cap, l->n + 1, sizeof(*l->pending));
	kept = &l->pending[l->n++];
	*kept = *node;
	if (l->depth && l->stack[l->depth - 1].height < height)
		l->stack[l->depth - 1].height = height;
}

static void
remember(
    struct load *l, struct str name, const struct node *node, size_t weight, int height)
{
	struct anchor *kept;

	if (!name.p)
		return;
	kept = arena_alloc(l->a, sizeof(*kept));
	*kept = (struct anchor){*node, weight, height};
	*map_put(l->anchors, name) = kept;
}

static struct str
text_of(const yaml_char_t *c)
{
	return str_of((const char *)c);
}

static bool
on_scalar(struct load *l, const yaml_event_t *ev)
{
	struct str s = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
	const char *tag = (const char *)ev->data.scalar.tag;
	struct node node = {.type = NODE_TEXT,
	    .line = (int)ev->start_mark.line + 1,
	    .col = (int)ev->start_mark.column + 1};

	if (!tag_known(tag))
		return fail(l, ev->start_mark, "unknown tag", str_of(tag));
	node.text = arena_copy(l->a, s.p ? s : STR(""));
	if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_key(l) &&
	    !(tag && (strcmp(tag, "!") == 0 || strcmp(tag, YAML_STR_TAG) == 0)))
		node.type = plain_type(s);
	l->seen++;
	remember(l, text_of(ev->data.scalar.anchor), &node, 1, 0);
	put(l, &node, 0);
	return true;
}

static bool
on_alias(struct load *l, const yaml_event_t *ev)
{
	struct str name = text_of(ev->data.alias.anchor);
	const struct anchor *to = map_get(l->anchors, name);

	if (!to)
		return fail(l, ev->start_mark, "no anchor for the alias", name);
	if (is_key(l) && to->node.type >= NODE_LIST)
		return fail(l, ev->start_mark, "a key must be a scalar", STR_NONE);
	if (l->depth + to->height > DEPTH)
		return fail(l, ev->start_mark, "nested too deep", STR_NONE);
	l->seen += to->weight;
	put(l, &to->node, to->height);
	return true;
}

static bool
on_open(struct load *l, const yaml_event_t *ev, enum node_type type)
{
	bool map = type == NODE_MAP;
	const yaml_char_t *tag = map ? ev->data.mapping_start.tag
				     : ev->data.sequence_start.tag;
	struct frame *f;

	if (!tag_known((const char *)tag))
		return fail(l, ev->start_mark, "unknown tag", text_of(tag));
	if (is_key(l))
		return fail(l, ev->start_mark, "a key must be a scalar", STR_NONE);
	if (l->depth == DEPTH)
		return fail(l, ev->start_mark, "nested too deep", STR_NONE);
	f = &l->stack[l->depth++];
	*f = (struct frame){.start = l->n, .seen = l->seen++};
	f->node.type = type;
	f->node.line = (int)ev->start_mark.line + 1;
	f->node.col = (int)ev->start_mark.column + 1;
	f->anchor = arena_copy(l->a, text_of(map ? ev->data.mapping_start.anchor
						 : ev->data.sequence_start.anchor));
	return true;
}

/* The index of a key that stands twice, or n. */
static size_t
twice(const struct node *keys, size_t n)
{
	struct map *m;
	size_t i;

	if (n <= FEW) {
		for (i = 1; i < n; i++)
			for (size_t k = 0; k < i; k++)
				if (str_eq(keys[k].text, keys[i].text))
					return i;
		return n;
	}
	m = map_new();
	for (i = 0; i < n; i++) {
		void **at = map_put(m, keys[i].text);

		if (*at)
			break;
		*at = m;
	}
	map_free(m);
	return i;
}

static bool
close_map(struct load *l, struct node *node, const struct node *from)
{
	size_t bad;

	node->n /= 2;
	node->kids = arena_alloc(l->a, node->n * sizeof(*node->kids));
	node->keys = arena_alloc(l->a, node->n * sizeof(*node->keys));
	for (size_t i = 0; i < node->n; i++) {
		node->keys[i] = from[2 * i];
		node->kids[i] = from[2 * i + 1];
	}
	bad = twice(node->keys, node->n);
	if (bad < node->n) {
		const struct node *k = &node->keys[bad];
		yaml_mark_t at = {0, (size_t)k->line - 1, (size_t)k->col - 1};

		return fail(l, at, "this key stands twice:", k->text);
	}
	return true;
}

static bool
on_close(struct load *l)
{
	struct frame *f = &l->stack[--l->depth];
	const struct node *from = l->pending ? l->pending + f->start : NULL;
	struct node node = f->node;

	node.n = l->n - f->start;
	if (node.n && node.type == NODE_MAP) {
		if (!close_map(l, &node, from))
			return false;
	} else if (node.n) {
		node.kids = arena_alloc(l->a, node.n * sizeof(*node.kids));
		memcpy(node.kids, from, node.n * sizeof(*node.kids));
	}
	l->n = f->start;
	remember(l, f->anchor, &node, l->seen - f->seen, f->height + 1);
	put(l, &node, f->height + 1);
	return true;
}

static void
forget_anchors(struct load *l)
{
	map_free(l->anchors);
	l->anchors = map_new();
}

/* The root of a document has ended up as the only pending node. */
static void
on_document(struct load *l, struct yaml_docs *docs, size_t *cap, struct node ***v)
{
	struct node *root = arena_alloc(l->a, sizeof(*root));

	*root = l->pending[0];
	l->n = 0;
	*v = mem_grow(*v, cap, docs->n + 1, sizeof(**v));
	(*v)[docs->n++] = root;
	forget_anchors(l);
}

static bool
on_event(struct load *l, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(l, ev);
	case YAML_ALIAS_EVENT:
		return on_alias(l, ev);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(l, ev, NODE_LIST);
	case YAML_MAPPING_START_EVENT:
		return on_open(l, ev, NODE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(l);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return true;
}

static bool
read_events(struct load *l, struct yaml_docs *docs)
{
	struct node **v = NULL;
	size_t cap = 0;
	bool ok = true;

	for (bool end = false; ok && !end;) {
		yaml_event_t ev;

		if (!yaml_parser_parse(&l->parser, &ev)) {
			ok = fail_syntax(l);
			break;
		}
		end = ev.type == YAML_STREAM_END_EVENT;
		ok = on_event(l, &ev);
		if (ok && l->seen > NODES)
			ok = fail(l, ev.start_mark, "too many values", STR_NONE);
		if (ok && ev.type == YAML_DOCUMENT_END_EVENT)
			on_document(l, docs, &cap, &v);
		yaml_event_delete(&ev);
	}
	docs->v = arena_alloc(l->a, docs->n * sizeof(*docs->v));
	if (docs->n)
		memcpy(docs->v, v, docs->n * sizeof(*docs->v));
	mem_free(v);
	return ok;
}

/* JSON that YAML 1.1 scanners refuse: escaped surrogate pairs, tabs. */
static bool
as_json(struct arena *a, struct str text, struct yaml_docs *docs)
{
	char *p = arena_zero(a, text.n + JSON_PAD);
	struct str copy = {p, text.n};

	memcpy(p, text.p, text.n);
	if (!json_valid(copy, NULL))
		return false;
	docs->v = arena_alloc(a, sizeof(*docs->v));
	docs->v[0] = node_json(a, str_trim(copy));
	docs->n = 1;
	return true;
}

bool
yaml_parse(struct arena *a, struct str text, const char *name, struct yaml_docs *docs,
    struct err *e)
{
	struct load l = {.a = a, .name = name, .e = e};
	bool ok;

	*docs = (struct yaml_docs){0};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	l.text = text;
	if (text.n > YAML_MAX)
		return fail(&l, (yaml_mark_t){0}, "too large", STR_NONE);
	if (!yaml_parser_initialize(&l.parser))
		return fail(&l, (yaml_mark_t){0}, "no memory for reading it", STR_NONE);
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &l.parser, (const unsigned char *)(text.n ? text.p : ""), text.n);
	l.anchors = map_new();
	ok = read_events(&l, docs);
	yaml_parser_delete(&l.parser);
	map_free(l.anchors);
	mem_free(l.pending);
	if (!ok && l.syntax && text.n && (text.p[0] == '{' || text.p[0] == '['))
		ok = as_json(a, text, docs);
	if (!ok)
		*docs = (struct yaml_docs){0};
	return ok;
}

bool
yaml_load(struct arena *a, const char *path, struct yaml_docs *docs, struct err *e)
{
	struct str text;

	*docs = (struct yaml_docs){0};
	text = file_read(a, path, YAML_MAX, e);
	return text.p && yaml_parse(a, text, path, docs, e);
}
