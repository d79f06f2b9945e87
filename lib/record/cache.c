#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "file.h"
#include "map.h"
#include "mem.h"
#include "sha256.h"

#define CACHE_MAX ((size_t)64 * 1024 * 1024)
#define DEPTH_MAX 80
#define MAGIC     "irutils parsed " IR_VERSION " 2\n"
#define START     (sizeof(MAGIC) - 1 + SUM_SIZE)
#define SUM_SIZE  8
#define QUIET_NS  (2 * INT64_C(1000000000))

enum kind { DOCS = 'D', STAT = 'S' };

/* What tells a file from what it was before. */
struct key {
	uint64_t dev, ino, size;
	int64_t modified, changed; /* in ns since 1970 */
};

/*
 * The file: MAGIC, a sum of all that follows, and entries.  DOCS, the hash of a YAML
 * file, four bytes of length, and its documents; or STAT, a key, and the hash of the
 * file that had it.  A node: its type, line, column; of a scalar the text and a NUL; else
 * the count and the members, of a map key, value, key ...  Numbers have seven bits a
 * byte, the last one without the eighth.
 */
struct cache {
	struct arena *a;
	char *path;
	struct str bytes;    /* as read */
	struct map *entries; /* hash, and key, to struct str */
	struct buf fresh;    /* entries to be added */
	int64_t now;         /* when it was opened */
	struct str trusted;  /* the directory that was last found to be ours */
	size_t known, parsed;
};

/* --- where --- */

static bool
make_dir(const char *path)
{
	struct stat st;

	mkdir(path, 0700);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static const char *
cache_dir(struct arena *a, const char *dir)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (dir)
		return strcmp(dir, "none") != 0 && make_dir(dir) ? dir : NULL;
	if (!base || base[0] != '/') {
		if (geteuid() == 0)
			base = "/var/cache";
		else if (home && home[0] == '/')
			base = CAT(a, str_of(home), STR("/.cache")).p;
		else
			return NULL;
	}
	dir = CAT(a, str_of(base), STR("/ir")).p;
	mkdir(base, 0700);
	return make_dir(dir) ? dir : NULL;
}

/* --- reading --- */

static bool
get_number(struct str *in, size_t *n)
{
	*n = 0;
	for (unsigned shift = 0; in->n && shift < 35; shift += 7) {
		unsigned char c = (unsigned char)in->p[0];

		*in = str_from(*in, 1);
		*n |= (size_t)(c & 127) << shift;
		if (c < 128)
			return true;
	}
	return false;
}

static bool get_node(struct str *in, struct arena *a, struct node *node, int depth);

static bool
get_members(struct str *in, struct arena *a, struct node *node, int depth)
{
	if (node->n > in->n || depth == DEPTH_MAX)
		return false;
	node->kids = arena_alloc(a, node->n * sizeof(*node->kids));
	if (node->type == NODE_MAP)
		node->keys = arena_alloc(a, node->n * sizeof(*node->keys));
	for (size_t i = 0; i < node->n; i++) {
		if (node->type == NODE_MAP &&
		    (!get_node(in, a, &node->keys[i], depth + 1) ||
			node->keys[i].type >= NODE_LIST))
			return false;
		if (!get_node(in, a, &node->kids[i], depth + 1))
			return false;
	}
	return true;
}

static bool
get_node(struct str *in, struct arena *a, struct node *node, int depth)
{
	size_t type, line, col, n;

	if (!get_number(in, &type) || type > NODE_MAP || !get_number(in, &line) ||
	    !get_number(in, &col) || !get_number(in, &n))
		return false;
	*node = (struct node){
	    .type = (enum node_type)type, .line = (int)line, .col = (int)col};
	if (type >= NODE_LIST) {
		node->n = n;
		return get_members(in, a, node, depth);
	}
	if (n >= in->n || in->p[n] != '\0')
		return false;
	node->text = str_sub(*in, 0, n);
	*in = str_from(*in, n + 1);
	return true;
}

static bool
get_docs(struct str in, struct arena *a, struct yaml_docs *docs)
{
	if (!get_number(&in, &docs->n) || docs->n > in.n)
		return false;
	docs->v = arena_alloc(a, (docs->n + 1) * sizeof(*docs->v));
	for (size_t i = 0; i < docs->n; i++) {
		docs->v[i] = arena_alloc(a, sizeof(struct node));
		if (!get_node(&in, a, docs->v[i], 0))
			return false;
	}
	return in.n == 0;
}

static uint32_t
get_length(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return n;
}

/* Damage by chance changes it. */
static uint64_t
sum_of(struct str s)
{
	uint64_t h = s.n, w;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		h = (h ^ w) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 29;
	}
	h = (h ^ str_tail(s)) * UINT64_C(0xD6E8FEB86659FD93);
	return h ^ h >> 32;
}

static bool
is_whole(struct str bytes)
{
	uint64_t sum;

	if (!str_starts(bytes, STR(MAGIC)) || bytes.n < START)
		return false;
	memcpy(&sum, bytes.p + sizeof(MAGIC) - 1, SUM_SIZE);
	return sum == sum_of(str_from(bytes, START));
}

static bool
read_docs(struct cache *c, struct str *in)
{
	struct str hash = str_sub(*in, 0, SHA256_SIZE), *entry;
	size_t n;

	if (in->n < SHA256_SIZE + 4)
		return false;
	n = get_length(in->p + SHA256_SIZE);
	*in = str_from(*in, SHA256_SIZE + 4);
	if (n > in->n)
		return false;
	entry = arena_alloc(c->a, sizeof(*entry));
	*entry = str_sub(*in, 0, n);
	*map_put(c->entries, hash) = entry;
	*in = str_from(*in, n);
	return true;
}

static bool
read_stat(struct cache *c, struct str *in)
{
	void *entry;

	if (in->n < sizeof(struct key) + SHA256_SIZE)
		return false;
	entry = map_get(c->entries, str_sub(*in, sizeof(struct key), SHA256_SIZE));
	if (entry)
		*map_put(c->entries, str_sub(*in, 0, sizeof(struct key))) = entry;
	*in = str_from(*in, sizeof(struct key) + SHA256_SIZE);
	return true;
}

static void
read_entries(struct cache *c)
{
	struct str in;
	bool ok = is_whole(c->bytes);

	if (!ok)
		c->bytes = STR("");
	in = str_from(c->bytes, ok ? START : 0);
	while (ok && in.n) {
		char kind = in.p[0];

		in = str_from(in, 1);
		ok = kind == DOCS ? read_docs(c, &in) : kind == STAT && read_stat(c, &in);
	}
}

/* --- writing --- */

static void
put_number(struct buf *b, size_t n)
{
	for (; n >= 128; n >>= 7)
		buf_ch(b, (char)(n | 128));
	buf_ch(b, (char)n);
}

/* As deep as the YAML reader allows. */
static void
put_node(struct buf *b, const struct node *node)
{
	put_number(b, node->type);
	put_number(b, node->line > 0 ? (size_t)node->line : 0);
	put_number(b, node->col > 0 ? (size_t)node->col : 0);
	if (node->type < NODE_LIST) {
		put_number(b, node->text.n);
		buf_add(b, node->text);
		buf_ch(b, '\0');
		return;
	}
	put_number(b, node->n);
	for (size_t i = 0; i < node->n; i++) {
		if (node->type == NODE_MAP)
			put_node(b, &node->keys[i]);
		put_node(b, &node->kids[i]);
	}
}

static void
put_entry(struct cache *c, const uint8_t hash[SHA256_SIZE], const struct yaml_docs *docs)
{
	struct buf *b = &c->fresh;
	size_t at;
	uint32_t n;

	buf_ch(b, DOCS);
	buf_add(b, (struct str){(const char *)hash, SHA256_SIZE});
	buf_add(b, (struct str){"\0\0\0", 4});
	at = b->n;
	put_number(b, docs->n);
	for (size_t i = 0; i < docs->n; i++)
		put_node(b, docs->v[i]);
	if (b->full)
		return;
	n = (uint32_t)(b->n - at);
	memcpy(b->p + at - 4, &n, sizeof(n));
}

/* A file that was left alone for a while: it need not be read again. */
static void
put_stat(struct cache *c, const struct key *k, const uint8_t hash[SHA256_SIZE])
{
	if (c->now - k->modified < QUIET_NS || c->now - k->changed < QUIET_NS)
		return;
	buf_ch(&c->fresh, STAT);
	buf_add(&c->fresh, (struct str){(const char *)k, sizeof(*k)});
	buf_add(&c->fresh, (struct str){(const char *)hash, SHA256_SIZE});
}

/* --- --- */

static int64_t
ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct cache *
cache_open(struct arena *a, const char *at, const char *name)
{
	struct cache *c = mem_new(1, sizeof(*c));
	struct timespec now;
	const char *dir;

	clock_gettime(CLOCK_REALTIME, &now);
	c->now = ns_of(now);
	c->a = a;
	c->entries = map_new();
	c->fresh = buf_make(CACHE_MAX / 2);
	dir = cache_dir(c->a, at);
	if (!dir) {
		cache_close(c);
		return NULL;
	}
	c->path = mem_text(CAT(c->a, str_of(dir), STR("/"), str_of(name)));
	c->bytes = file_read_own(c->a, c->path, CACHE_MAX);
	read_entries(c);
	return c;
}

/* As file_trusted(), which asks about a directory for each of its files. */
static bool
is_trusted(struct cache *c, const char *path, const struct stat *st, struct err *e)
{
	struct str whole = str_of(path);
	size_t slash = str_rchr(whole, '/');
	struct str dir = slash == STR_NPOS ? STR(".") : str_sub(whole, 0, slash + 1);
	struct stat dir_st;

	if (!file_ours(path, st, e))
		return false;
	if (str_eq(dir, c->trusted))
		return true;
	dir = arena_copy(c->a, dir);
	if (stat(dir.p, &dir_st) != 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	if (!file_ours(dir.p, &dir_st, e))
		return false;
	c->trusted = dir;
	return true;
}

static bool
look_up(struct cache *c, struct str key, struct arena *a, struct yaml_docs *docs)
{
	const struct str *entry = map_get(c->entries, key);
	bool known = entry && get_docs(*entry, a, docs);

	c->known += known;
	return known;
}

bool
cache_load(struct cache *c, struct arena *a, const char *path, struct yaml_docs *docs,
    struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct key key = {0};
	struct sha256 s;
	struct stat st;
	struct str text;

	if (!c)
		return file_trusted(path, e) && yaml_load(a, path, docs, e);
	if (stat(path, &st) != 0) {
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
		return false;
	}
	if (!is_trusted(c, path, &st, e))
		return false;
	key = (struct key){(uint64_t)st.st_dev, (uint64_t)st.st_ino, (uint64_t)st.st_size,
	    ns_of(st.st_mtim), ns_of(st.st_ctim)};
	if (S_ISREG(st.st_mode) &&
	    look_up(c, (struct str){(const char *)&key, sizeof(key)}, a, docs))
		return true;
	text = file_read(a, path, YAML_MAX, e);
	if (!text.p)
		return false;
	sha256_init(&s);
	sha256_add(&s, text);
	sha256_end(&s, hash);
	if (!look_up(c, (struct str){(const char *)hash, SHA256_SIZE}, a, docs)) {
		c->parsed++;
		if (!yaml_parse(a, text, path, docs, e))
			return false;
		put_entry(c, hash, docs);
	}
	put_stat(c, &key, hash);
	return true;
}

struct cache_use
cache_used(const struct cache *c)
{
	return c ? (struct cache_use){c->path, c->known, c->parsed}
		 : (struct cache_use){NULL, 0, 0};
}

/* What is there stays, unless it has become too much. */
static void
write_fresh(struct cache *c)
{
	struct buf b = buf_make(CACHE_MAX);
	uint64_t sum;
	struct err e;

	buf_add(&b, STR(MAGIC));
	buf_add(&b, (struct str){(const char[SUM_SIZE]){0}, SUM_SIZE});
	if (c->bytes.n > START && c->bytes.n < CACHE_MAX / 4)
		buf_add(&b, str_from(c->bytes, START));
	buf_add(&b, buf_str(&c->fresh));
	sum = b.full ? 0 : sum_of(str_from(buf_str(&b), START));
	if (!b.full)
		memcpy(b.p + sizeof(MAGIC) - 1, &sum, SUM_SIZE);
	if (!b.full)
		file_replace(c->path, buf_str(&b), &e);
	buf_free(&b);
}

void
cache_close(struct cache *c)
{
	if (!c)
		return;
	if (c->path && c->fresh.n && !c->fresh.full)
		write_fresh(c);
	buf_free(&c->fresh);
	map_free(c->entries);
	mem_free(c->path);
	mem_free(c);
}
