#include "deep.h"
#include "json.h"

#define LEVELS 4   /* lists in lists */
#define VALUES 256 /* most values of one path */

struct found_values {
	struct arena *a;
	struct str v[VALUES];
	size_t n;
};

/* Cut "a.b[0].c" at its first list: "a.b", and which element; rest ".c" or "c[].d". */
static bool
cut_list(struct str *path, struct str *before, struct str *index)
{
	size_t open = str_chr(*path, '['), close = str_chr(*path, ']');
	int64_t i;

	if (open == STR_NPOS || close == STR_NPOS || open == 0 || close < open)
		return false;
	*before = str_sub(*path, 0, open);
	*index = str_sub(*path, open + 1, close - open - 1);
	*path = str_from(*path, close + 1);
	if (path->n && (path->p[0] != '.' || path->n == 1))
		return false;
	*path = str_from(*path, 1);
	return index->n == 0 || (str_i64(*index, &i) && i >= -1 && i < VALUES);
}

bool
deep_valid(struct str path)
{
	struct str before, index;
	size_t levels = 0;

	while (path.n && str_chr(path, '[') != STR_NPOS) {
		if (!cut_list(&path, &before, &index) || ++levels > LEVELS)
			return false;
	}
	return levels > 0 && str_chr(path, ']') == STR_NPOS;
}

bool
deep_touches(struct str path, struct str at)
{
	struct str list = str_sub(path, 0, str_chr(path, '['));

	/* the list itself, or members of the object that stands there instead */
	return str_starts(at, list) && (at.n == list.n || at.p[list.n] == '.');
}

/* Down a dotted path; a member whose name has dots is found as well. */
static struct str
down(struct arena *a, struct str object, struct str path)
{
	struct str rest = path, v;

	if (json_type(object) != JSON_MAP)
		return STR_NONE;
	v = json_get(a, object, path);
	while (!v.p && rest.p && object.p) {
		struct str name = str_cut(&rest, '.');

		if (json_type(object) != JSON_MAP)
			return STR_NONE;
		object = json_get(a, object, name);
	}
	return v.p ? v : object;
}

static void
collect(struct found_values *f, struct str raw)
{
	if (raw.n && f->n < VALUES && !str_eq(raw, STR("null")) &&
	    !str_eq(raw, STR("\"\"")))
		f->v[f->n++] = raw;
}

static void walk_list(
    struct found_values *, struct str list, struct str index, struct str path);

/* As deep as deep_valid() allows. */
static void
walk_value(struct found_values *f, struct str value, struct str path)
{
	struct str before, index;

	if (path.n == 0) {
		collect(f, value);
	} else if (str_chr(path, '[') == STR_NPOS) {
		collect(f, down(f->a, value, path));
	} else if (cut_list(&path, &before, &index)) {
		walk_list(f, down(f->a, value, before), index, path);
	}
}

static void
walk_list(struct found_values *f, struct str list, struct str index, struct str path)
{
	struct str v, last = STR_NONE;
	size_t at = 0;
	int64_t wanted = -2, i = 0;

	if (index.n)
		str_i64(index, &wanted);
	if (json_type(list) == JSON_MAP && (wanted == 0 || wanted == -2)) {
		walk_value(f, list, path); /* a list of one, written without brackets */
		return;
	}
	if (json_type(list) != JSON_LIST)
		return;
	for (; f->n < VALUES && json_next(list, &at, NULL, &v); i++) {
		if (wanted == -2 || wanted == i)
			walk_value(f, v, path);
		if (wanted == i)
			return;
		last = v;
	}
	if (wanted == -1 && last.p)
		walk_value(f, last, path);
}

static struct str
as_list(struct found_values *f)
{
	static const char pad[JSON_PAD];
	size_t size = 2 + JSON_PAD, n = 0;
	char *p;

	for (size_t i = 0; i < f->n; i++)
		size += f->v[i].n + 1;
	p = arena_alloc(f->a, size);
	for (size_t i = 0; i < f->n; i++) {
		p[n++] = i ? ',' : '[';
		memcpy(p + n, f->v[i].p, f->v[i].n);
		n += f->v[i].n;
	}
	p[n++] = ']';
	memcpy(p + n, pad, JSON_PAD);
	return (struct str){p, n};
}

/* "a[].b" of an object {"a":{"b":1}}: a list of one, written without brackets. */
static struct str
find_plain(const struct leaves *l, struct arena *a, struct str before, struct str path)
{
	const struct leaf *leaf = leaves_find(l, CAT(a, before, STR("."), path));

	return leaf && str_chr(path, '[') == STR_NPOS ? leaf->raw : STR_NONE;
}

struct str
deep_find(const struct leaves *l, struct arena *a, struct str path)
{
	struct found_values *f;
	struct str before, index;
	const struct leaf *leaf;

	if (!cut_list(&path, &before, &index))
		return STR_NONE;
	leaf = leaves_find(l, before);
	if (leaf && !leaf->raw.p && path.n && (index.n == 0 || str_eq(index, STR("0"))))
		return find_plain(l, a, before, path);
	if (!leaf || json_type(leaf->raw) != JSON_LIST)
		return STR_NONE;
	f = arena_alloc(a, sizeof(*f));
	f->a = a;
	f->n = 0;
	walk_list(f, leaf->raw, index, path);
	return f->n == 0 ? STR_NONE : f->n == 1 ? f->v[0] : as_list(f);
}
