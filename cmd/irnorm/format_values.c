/* What all parts of the compiler of formats use: faults with their place, lists, constants. */
#include <stdarg.h>
#include <stdio.h>

#include "format.h"
#include "mem.h"
#include "opt.h"

bool
load_fault(struct load *l, const struct node *at, const char *fmt, ...)
{
	char why[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (at && at->line > 0)
		err_set(
		    l->e, ERR_CONFIG, "%s:%d:%d: %s", l->path, at->line, at->col, why);
	else
		err_set(l->e, ERR_CONFIG, "%s: %s", l->path, why);
	return false;
}

bool
load_known(struct load *l, const struct node *map, const char *const *names)
{
	size_t n = 0;

	if (map->type != NODE_MAP)
		return load_fault(l, map, "a map was expected here");
	while (names[n])
		n++;
	for (size_t i = 0; i < map->n; i++) {
		struct str key = map->keys[i].text;
		const char *near;
		size_t k = 0;

		while (k < n && !str_eq(key, str_of(names[k])))
			k++;
		if (k < n)
			continue;
		near = opt_nearest(key, names, n);
		return load_fault(l, &map->keys[i], "unknown key '" STR_FMT "'%s%s%s",
		    STR_ARG(str_sub(key, 0, 40)), near ? "; did you mean '" : "",
		    near ? near : "", near ? "'?" : "");
	}
	return true;
}

bool
load_texts(struct load *l, const struct node *list, struct str **v, size_t *n)
{
	*n = node_count(list);
	*v = arena_zero(l->formats->a, *n * sizeof(**v));
	for (size_t i = 0; i < *n; i++) {
		(*v)[i] = node_text(node_at(list, i));
		if (!(*v)[i].p || (*v)[i].n == 0)
			return load_fault(
			    l, node_at(list, i), "a text was expected here");
	}
	return true;
}

static bool
is_list_field(struct str name)
{
	return str_eq(name, STR("event.category")) || str_eq(name, STR("event.type")) ||
	       str_eq(name, STR("ir.observed")) || str_starts(name, STR("related."));
}

/* A constant as JSON.  Numbers stay numbers; fields that ECS has as lists become lists. */
static struct str
constant_json(struct load *l, struct str name, const struct node *value)
{
	struct buf b = buf_make(64 * 1024);
	bool wrap = is_list_field(name) && value->type != NODE_LIST;
	struct str s;

	if (wrap)
		buf_ch(&b, '[');
	node_write(value, false, &b);
	if (wrap)
		buf_ch(&b, ']');
	s = arena_copy(l->formats->a, buf_str(&b));
	buf_free(&b);
	return s;
}

bool
load_constants(struct load *l, const struct node *map, struct constants *c)
{
	struct constant *v;

	if (!map)
		return true;
	if (map->type != NODE_MAP)
		return load_fault(l, map, "a map of fields and values was expected here");
	v = arena_zero(l->formats->a, (c->n + map->n) * sizeof(*v));
	if (c->n)
		memcpy(v, c->v, c->n * sizeof(*v));
	c->v = v;
	for (size_t i = 0; i < map->n; i++) {
		struct str name = map->keys[i].text;
		int field;
		size_t k = 0;

		if (str_eq(name, STR("copy")) || str_eq(name, STR("compose")))
			continue;
		field = fields_add(l->formats->fields, name);
		if (field < 0)
			return load_fault(l, &map->keys[i], "too many fields");
		if (field == F_TIME || field == F_TAGS || field == F_EVENT_ID)
			return load_fault(
			    l, &map->keys[i], "this field cannot be a constant");
		while (k < c->n && v[k].field != field)
			k++;
		v[k] = (struct constant){field, constant_json(l, name, &map->kids[i])};
		c->n += k == c->n;
	}
	return load_copies(l, map, c);
}
