#include <endian.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "leaves.h"
#include "json.h"
#include "map.h"
#include "mem.h"

#define NAMES_MAX 8192 /* remembered from one object to the next */
#define PATH_MAX  256  /* an object at a longer path is a value */
#define NO_PARENT UINT32_MAX

/* From a parent and the spelling of a key, or from a whole path, to the name. */
struct leaf_slot {
	uint64_t hash;
	uint32_t parent; /* NO_PARENT: `key` is the path */
	struct str key;
	struct leaf_name *name; /* NULL: free */
	size_t next;            /* the slot that was asked for after this one */
};

void
leaves_free(struct leaves *l)
{
	mem_free(l->v);
	mem_free(l->slots);
	arena_free(l->kept);
}

/* --- names --- */

/* Keyed, since whoever writes the log chooses the keys. */
static uint64_t
hash_of(const struct leaves *l, uint32_t parent, struct str s)
{
	const uint64_t k = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t h = l->seed ^ ((uint64_t)parent << 32 | (s.n & UINT32_MAX)), v;

	for (; s.n >= 8; s = (struct str){s.p + 8, s.n - 8}) {
		memcpy(&v, s.p, 8);
		h = (h ^ v) * k;
		h ^= h >> 29;
	}
	h = (h ^ str_tail(s)) * k;
	return h ^ h >> 32;
}

static struct leaf_slot *
slot_of(const struct leaves *l, uint64_t hash, uint32_t parent, struct str key)
{
	size_t i = hash & (l->n_slots - 1);

	for (;; i = (i + 1) & (l->n_slots - 1)) {
		struct leaf_slot *s = &l->slots[i];

		if (!s->name ||
		    (s->hash == hash && s->parent == parent && s->key.n == key.n &&
			str_same(s->key.p, key.p, key.n)))
			return s;
	}
}

static void
grow(struct leaves *l)
{
	struct leaf_slot *old = l->slots;
	size_t n = l->n_slots;

	l->n_slots = n ? 2 * n : 1024;
	l->slots = mem_new(l->n_slots, sizeof(*l->slots));
	l->at = 0;
	for (size_t i = 0; i < n; i++) {
		if (!old[i].name)
			continue;
		old[i].next = 0;
		*slot_of(l, old[i].hash, old[i].parent, old[i].key) = old[i];
	}
	mem_free(old);
}

static void
keep(struct leaves *l, uint32_t parent, struct str key, struct leaf_name *name)
{
	uint64_t hash = hash_of(l, parent, key);

	if (2 * (l->used + 2) > l->n_slots)
		grow(l);
	*slot_of(l, hash, parent, key) = (struct leaf_slot){hash, parent, key, name, 0};
	l->used++;
}

/* The name of a path, made when it is new. */
static struct leaf_name *
named(struct leaves *l, struct str path, struct str key)
{
	struct leaf_slot *s = slot_of(l, hash_of(l, NO_PARENT, path), NO_PARENT, path);
	struct leaf_name *name;

	if (s->name)
		return s->name;
	name = arena_zero(l->kept, sizeof(*name));
	name->path = arena_copy(l->kept, path);
	name->key = str_eq(path, key) ? name->path : arena_copy(l->kept, key);
	name->id = (uint32_t)l->n_names++;
	keep(l, NO_PARENT, name->path, name);
	return name;
}

/* A key below a parent that was not met before: its whole path, and how that is spelled. */
static struct leaf_name *
new_child(
    struct leaves *l, struct arena *a, const struct leaf_name *parent, struct str in)
{
	struct str path = in, key = in;
	struct leaf_name *name;

	if (str_chr(in, '\\') != STR_NPOS) {
		path = json_text(a, (struct str){in.p - 1, in.n + 2});
		key = json_quote(a, path);
		key = str_sub(key, 1, key.n - 2);
	}
	if (parent) {
		path = CAT(a, parent->path, STR("."), path);
		key = CAT(a, parent->key, STR("."), key);
	}
	name = named(l, path, key);
	keep(l, parent ? parent->id : NO_PARENT - 1, arena_copy(l->kept, in), name);
	return name;
}

static struct leaf_name *
child(struct leaves *l, struct arena *a, const struct leaf_name *parent, struct str in)
{
	uint32_t id = parent ? parent->id : NO_PARENT - 1;
	struct leaf_slot *before = &l->slots[l->at], *s = &l->slots[before->next];

	/* objects of one kind have their keys in one order */
	if (!s->name || s->parent != id || s->key.n != in.n ||
	    !str_same(s->key.p, in.p, in.n)) {
		s = slot_of(l, hash_of(l, id, in), id, in);
		if (!s->name) {
			l->at = 0;
			return new_child(l, a, parent, in);
		}
		before->next = (size_t)(s - l->slots);
	}
	l->at = (size_t)(s - l->slots);
	return s->name;
}

/* --- leaves --- */

/* Everything below `path` is overruled, and so is the value there. */
static void
overrule(struct leaves *l, struct str path)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_starts(l->v[i].path, path) &&
		    (l->v[i].path.n == path.n || l->v[i].path.p[path.n] == '.'))
			l->v[i].raw = STR_NONE;
}

static void
add(struct leaves *l, struct leaf_name *name, struct str raw)
{
	if (name->round == l->round) {
		l->twice = true;
		overrule(l, name->path);
		l->v[name->leaf].raw = raw;
		return;
	}
	if (l->n == l->cap)
		l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	name->round = l->round;
	name->leaf = (uint32_t)l->n;
	l->v[l->n++] = (struct leaf){name->path, name->key, raw, name};
}

static bool
is_full(struct leaves *l)
{
	l->full = l->full || l->members == LEAVES_MAX;
	l->members++;
	return l->full;
}

void
leaves_add(struct leaves *l, struct str path, struct str key, struct str raw)
{
	if (!is_full(l))
		add(l, named(l, path, key), raw);
}

/* --- reading checked text --- */

static const char *
skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
		p++;
	return p;
}

#if defined(__SSE2__)

/* The next quote or backslash, sixteen bytes at a time. */
static inline const char *
special(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');

	for (;; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		int bits = _mm_movemask_epi8(
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));

		if (bits)
			return p + __builtin_ctz((unsigned)bits);
	}
}

#else

static inline const char *
special(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;

	for (;; p += 8) {
		uint64_t v, quote, slash, found;

		memcpy(&v, p, 8);
		v = le64toh(v);
		quote = v ^ ones * '"';
		slash = v ^ ones * '\\';
		found = (((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high;
		/* the lowest bit that is set is that of the first of the two */
		if (found)
			return p + __builtin_ctzll(found) / 8;
	}
}

#endif

/* Behind the string whose opening quote is at `p`. */
static inline const char *
skip_string(const char *p)
{
	for (p = special(p + 1); *p != '"';)
		p = special(p + 2);
	return p + 1;
}

/* Behind a list, or an object that is left as it is. */
static const char *
skip_nest(const char *p)
{
	size_t depth = 0;

	for (;;) {
		switch (*p) {
		case '"':
			p = skip_string(p);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return p + 1;
			break;
		default:
			break;
		}
		p++;
	}
}

static const char *
skip_value(const char *p)
{
	if (*p == '"')
		return skip_string(p);
	if (*p == '[' || *p == '{')
		return skip_nest(p);
	while (
	    *p != ',' && *p != '}' && *p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
		p++;
	return p;
}

/* From the opening brace to behind the closing one; as deep as json_valid() allows. */
static const char *
walk(struct leaves *l, struct arena *a, const struct leaf_name *parent, const char *p)
{
	p = skip_blanks(p + 1);
	while (*p != '}') {
		const char *from = p;
		struct leaf_name *name;

		p = skip_string(p);
		if (is_full(l))
			name = NULL;
		else
			name = child(
			    l, a, parent, (struct str){from + 1, (size_t)(p - from) - 2});
		p = skip_blanks(skip_blanks(p) + 1);
		from = p;
		if (name && *p == '{' && name->path.n <= PATH_MAX) {
			add(l, name, STR_NONE);
			p = walk(l, a, name, p);
		} else {
			p = skip_value(p);
			if (name)
				add(l, name, (struct str){from, (size_t)(p - from)});
		}
		p = skip_blanks(p);
		if (*p == ',')
			p = skip_blanks(p + 1);
	}
	return p + 1;
}

static void
forget(struct leaves *l)
{
	arena_free(l->kept);
	mem_free(l->slots);
	l->slots = NULL;
	l->n_slots = l->used = l->n_names = 0;
	l->round = 0;
	l->kept = arena_new();
	l->age++;
	l->seed = map_hash((struct str){(const char *)&l->age, sizeof(l->age)});
	grow(l);
}

/* An attacker's names are not kept for ever. */
void
leaves_age(struct leaves *l)
{
	if (l->n_slots == 0 || l->n_names > NAMES_MAX || l->round > UINT32_MAX / 2)
		forget(l);
}

void
leaves_start(struct leaves *l)
{
	if (l->n_slots == 0)
		forget(l);
	l->n = l->members = l->at = 0;
	l->twice = l->full = false;
	l->round++;
}

void
leaves_read(struct leaves *l, struct arena *a, struct str object)
{
	const char *p;

	leaves_start(l);
	p = object.n ? skip_blanks(object.p) : "";
	if (*p == '{')
		walk(l, a, NULL, p);
}

const struct leaf *
leaves_find(const struct leaves *l, struct str path)
{
	struct leaf_slot *s;

	if (l->n_slots == 0)
		return NULL;
	s = slot_of(l, hash_of(l, NO_PARENT, path), NO_PARENT, path);
	return s->name && s->name->round == l->round ? &l->v[s->name->leaf] : NULL;
}
