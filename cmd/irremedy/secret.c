#include <stdlib.h>
#include <sys/stat.h>

#include "file.h"
#include "rootfs.h"
#include "secret.h"
#include "yaml.h"

#define SEARCH_FILES 20000
#define SEARCH_FILE  ((size_t)4 << 20)
#define SEARCH_BYTES ((size_t)256 << 20)
#define LEAST        8 /* bytes of a value that is worth a search */

/* --- reading the declaration --- */

static bool
wrong(const struct node *n, struct str name, const char *what, struct err *e)
{
	err_set(e, ERR_CONFIG, "line %d: secret '" STR_FMT "': %s", n ? n->line : 0,
	    STR_ARG(name), what);
	return false;
}

static bool
read_run(struct arena *a, const struct node *n, struct str name, struct secret_run *run,
    struct err *e)
{
	*run = (struct secret_run){0};
	if (!n)
		return true;
	if (n->type != NODE_LIST || n->n == 0 || n->n > SECRET_WORDS)
		return wrong(n, name, "a program is a list of words", e);
	for (size_t i = 0; i < n->n; i++) {
		struct str word = node_text(&n->kids[i]);

		if (!word.p || memchr(word.p, '\0', word.n))
			return wrong(n, name, "a program is a list of words", e);
		run->v[i] = arena_copy(a, word).p;
	}
	return run->v[0][0] == '/' ||
	       wrong(n, name, "a program is named by its absolute path", e);
}

static bool
read_places(struct arena *a, const struct node *in, struct secret *s, struct err *e)
{
	if (node_count(in) > SECRET_PLACES)
		return wrong(in, s->name, "too many files", e);
	for (size_t i = 0; i < node_count(in); i++) {
		const struct node *at = node_at(in, i);
		struct secret_place *p = &s->in[s->n++];

		p->path = arena_copy(a, node_text(node_get(at, STR("path"))));
		p->key = node_text(node_get(at, STR("key")));
		if (!rootfs_path(p->path))
			return wrong(in, s->name, "a file needs an absolute path", e);
	}
	return true;
}

static bool
read_search(struct arena *a, const struct node *list, struct secret *s, struct err *e)
{
	for (size_t i = 0; i < node_count(list) && i < SECRET_PLACES; i++) {
		struct str dir = arena_copy(a, node_text(node_at(list, i)));

		if (!rootfs_path(dir))
			return wrong(list, s->name, "search wants absolute paths", e);
		s->search[s->n_search++] = dir.p;
	}
	return true;
}

static bool
known(const struct node *map, struct str name, struct err *e)
{
	static const char *const keys[] = {
	    "about", "new", "issue", "in", "reload", "verify", "revoke", "search"};

	for (size_t i = 0; i < map->n; i++) {
		bool hit = false;

		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
			hit |= str_eq(map->keys[i].text, str_of(keys[k]));
		if (!hit)
			return wrong(&map->keys[i], name, "unknown key", e);
	}
	return true;
}

static bool
read_secret(struct arena *a, const struct node *n, struct secret *s, struct err *e)
{
	const struct node *fresh = node_get(n, STR("new"));

	if (n->type != NODE_MAP || !known(n, s->name, e))
		return n->type == NODE_MAP ? false : wrong(n, s->name, "no map", e);
	s->about = node_text(node_get(n, STR("about")));
	s->file = arena_copy(a, node_text(node_get(fresh, STR("file"))));
	if (!read_run(a, node_get(fresh, STR("run")), s->name, &s->make, e) ||
	    !read_run(a, node_get(n, STR("issue")), s->name, &s->issue, e) ||
	    !read_run(a, node_get(n, STR("reload")), s->name, &s->reload, e) ||
	    !read_run(a, node_get(n, STR("verify")), s->name, &s->verify, e) ||
	    !read_run(a, node_get(n, STR("revoke")), s->name, &s->revoke, e) ||
	    !read_places(a, node_get(n, STR("in")), s, e) ||
	    !read_search(a, node_get(n, STR("search")), s, e))
		return false;
	if (!s->file.p == !s->make.v[0] || (s->file.p && !rootfs_path(s->file)))
		return wrong(n, s->name, "new needs one of file and run", e);
	if (!s->verify.v[0])
		return wrong(n, s->name, "verify is missing: who would know?", e);
	return s->n > 0 || s->issue.v[0] ||
	       wrong(n, s->name, "neither in nor issue: nothing would change", e);
}

bool
secret_find(
    struct arena *a, const char *path, struct str name, struct secret *s, struct err *e)
{
	struct yaml_docs docs;
	const struct node *all, *n;

	*s = (struct secret){.name = name};
	if (!file_trusted(path, e) || !yaml_load(a, path, &docs, e))
		return false;
	all = docs.n == 1 ? node_get(docs.v[0], STR("secrets")) : NULL;
	n = node_get(all, name);
	if (!all)
		err_set(e, ERR_CONFIG, "'%s' has no map 'secrets'", path);
	if (!n)
		return false;
	if (read_secret(a, n, s, e))
		return true;
	err_at(e, "%s", path);
	return false;
}

/* --- values in texts --- */

bool
secret_sound(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n >= LEAST && s.n <= SECRET_MAX;
}

/* What stands behind a key that begins a line, bare or in quotes (JSON); else absent. */
static struct str
behind(struct str s, struct str key)
{
	bool quoted = s.n && s.p[0] == '"';

	s = str_from(s, quoted);
	if (!str_starts(s, key))
		return STR_NONE;
	s = str_from(s, key.n);
	if (quoted && (s.n == 0 || s.p[0] != '"'))
		return STR_NONE;
	s = str_trim(str_from(s, quoted));
	return s.n && (s.p[0] == '=' || s.p[0] == ':') ? str_trim(str_from(s, 1))
						       : STR_NONE;
}

/* The value of a line "key = value", "key: 'value'", "export key=value"; else absent. */
static struct str
of_line(struct str line, struct str key)
{
	struct str s = str_trim(line), v;
	char quote;

	if (str_starts(s, STR("export ")))
		s = str_trim(str_from(s, 7));
	s = behind(s, key);
	quote = s.n ? s.p[0] : '\0';
	v = quote == '"' && str_ends(s, STR(",")) ? str_sub(s, 0, s.n - 1) : s;
	if (v.n >= 2 && (quote == '"' || quote == '\'') && v.p[v.n - 1] == quote)
		s = str_sub(v, 1, v.n - 2);
	return s;
}

struct str
secret_in(struct str text, struct str key)
{
	struct str found = STR_NONE, line, value;

	if (!key.p)
		return str_ends(text, STR("\n")) ? str_sub(text, 0, text.n - 1) : text;
	while (text.n) {
		line = str_cut(&text, '\n');
		value = of_line(line, key);
		if (value.p && found.p)
			return STR_NONE;
		if (value.p)
			found = value;
	}
	return found;
}

/* Within quotes or bare, as the old one stood: no character may mean something there. */
static bool
fits(struct str fresh, char before)
{
	const char *bad = before == '\'' ? "'" : before == '"' ? "\"\\$`" : NULL;

	for (size_t i = 0; i < fresh.n; i++) {
		char c = fresh.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("_./+=@%-", c);

		if (bad ? strchr(bad, c) != NULL : !plain)
			return false;
	}
	return true;
}

struct str
secret_with(struct arena *a, struct str text, struct str key, struct str fresh)
{
	struct str old = secret_in(text, key);
	size_t at = old.p ? (size_t)(old.p - text.p) : 0;

	if (!old.p || (key.p && !fits(fresh, at ? text.p[at - 1] : '\0')))
		return STR_NONE;
	return CAT(a, str_sub(text, 0, at), fresh, str_from(text, at + old.n));
}

/* --- where else --- */

struct hunt {
	const struct secret *secret;
	struct arena *arena, *texts;
	struct str value, first;
	size_t n, files, bytes;
};

static bool
hunt_in(void *ctx, const char *path)
{
	struct hunt *h = ctx;
	struct err ignored = {0};
	struct str text;
	bool declared = false;

	if (++h->files > SEARCH_FILES || h->bytes > SEARCH_BYTES)
		return false;
	for (size_t i = 0; i < h->secret->n; i++)
		declared |= str_eq(h->secret->in[i].path, str_of(path));
	text = declared ? STR_NONE : file_read(h->texts, path, SEARCH_FILE, &ignored);
	h->bytes += text.n;
	if (text.p && str_find(text, h->value) != STR_NPOS && h->n++ == 0)
		h->first = arena_copy(h->arena, str_of(path));
	arena_reset(h->texts);
	return true;
}

size_t
secret_elsewhere(
    struct arena *a, const struct secret *s, struct str value, struct str *first)
{
	struct hunt h = {.secret = s, .arena = a, .value = value};

	if (value.n < LEAST)
		return 0;
	h.texts = arena_new();
	for (size_t i = 0; i < s->n_search; i++) {
		struct err ignored = {0};

		file_walk(s->search[i], NULL, hunt_in, &h, &ignored);
	}
	arena_free(h.texts);
	*first = h.first;
	return h.n;
}
