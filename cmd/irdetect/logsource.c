/* Tables of logsources and fields. */
#include "fieldmap.h"
#include "fold.h"
#include "item.h"
#include "logsource.h"
#include "map.h"
#include "mem.h"
#include "recall.h"
#include "yaml.h"

#define FACTS_MAX 65535

/* One way in which an event shows what it is. */
struct mark {
	struct expr *rest; /* what else must hold, or NULL */
	uint32_t facts[3];
	size_t n;
	struct mark *next; /* of the same value */
};

/* A field whose value tells sources apart, and the marks by value. */
struct teller {
	int field;
	struct map *by_value;
	struct mark *any;
};

struct bucket {
	uint32_t facts[3];
	size_t n;
	bool known;
};

struct sources {
	struct arena *a;
	struct views *views;
	struct atoms *atoms;
	struct map *facts; /* "product:windows" to number + 1 */
	uint64_t *seen;    /* of each fact: the last record that showed it */
	bool *told;        /* of each fact: some mark shows it */
	size_t seen_cap, told_cap;
	uint32_t *shown; /* facts that the record in hand shows */
	size_t n_shown, shown_cap;
	uint64_t at;
	struct teller *tellers;
	size_t n_tellers, tellers_cap;
	struct map *bucket_ids, *field_ids;
	struct bucket *buckets;
	size_t n_buckets, buckets_cap;
	uint32_t *found;
	size_t found_cap;
	struct recall *recall; /* buckets found, by what was shown */
	struct fieldmap *fields;
	int claims[3];       /* fields in which an event may name its logsource */
	struct arena *a_rec; /* of one record */
};

static const char *const kinds[] = {"product", "category", "service"};

struct sources *
sources_new(struct views *views, struct atoms *atoms)
{
	struct sources *s = mem_new(1, sizeof(*s));

	s->a = arena_new();
	s->views = views;
	s->atoms = atoms;
	s->facts = map_new();
	s->a_rec = arena_new();
	for (size_t i = 0; i < 3; i++)
		s->claims[i] = views_field(
		    views, str_of(kinds[i]), (struct str[]){str_of(kinds[i])}, 1);
	s->bucket_ids = map_new();
	s->field_ids = map_new();
	s->recall = recall_new();
	s->fields = fieldmap_new();
	s->shown = mem_grow(NULL, &s->shown_cap, 1, sizeof(*s->shown));
	return s;
}

void
sources_free(struct sources *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_tellers; i++)
		map_free(s->tellers[i].by_value);
	map_free(s->facts);
	map_free(s->bucket_ids);
	map_free(s->field_ids);
	mem_free(s->seen);
	mem_free(s->told);
	mem_free(s->tellers);
	mem_free(s->buckets);
	mem_free(s->found);
	mem_free(s->shown);
	fieldmap_free(s->fields);
	recall_free(s->recall);
	arena_free(s->a);
	arena_free(s->a_rec);
	mem_free(s);
}

static uint32_t
fact(struct sources *s, const char *kind, struct str value)
{
	void **id = map_put(
	    s->facts, CAT(s->a, str_of(kind), STR(":"), fold(s->a, value)));
	size_t n = map_count(s->facts);

	if (!*id) {
		*id = (void *)(uintptr_t)n;
		s->seen = mem_grow(s->seen, &s->seen_cap, n, sizeof(*s->seen));
		s->told = mem_grow(s->told, &s->told_cap, n, sizeof(*s->told));
		s->shown = mem_grow(s->shown, &s->shown_cap, n + 1, sizeof(*s->shown));
	}
	return (uint32_t)((uintptr_t)*id - 1);
}

static size_t
facts_of(struct sources *s, const struct logsource *ls, uint32_t out[3])
{
	size_t n = 0;

	if (ls->product.p)
		out[n++] = fact(s, "product", ls->product);
	if (ls->category.p)
		out[n++] = fact(s, "category", ls->category);
	if (ls->service.p)
		out[n++] = fact(s, "service", ls->service);
	return n;
}

bool
sources_names(const struct sources *s, const struct logsource *ls,
    void (*each)(void *ctx, struct str name), void *ctx)
{
	return fieldmap_names(s->fields, ls, each, ctx);
}

static int
find_field(struct sources *s, const struct logsource *ls, struct str name)
{
	struct str *places;
	size_t n = fieldmap_places(s->fields, s->a, ls, name, &places);

	return views_field(s->views, name, places, n);
}

/* Rules of one logsource name the same few fields over and over. */
int
sources_field(struct sources *s, const struct logsource *ls, struct str name)
{
	struct str key = CAT(s->a_rec, sources_text(s->a_rec, ls), STR("\n"), name);
	void **id = map_put(s->field_ids, key);

	arena_reset(s->a_rec);
	if (!*id)
		*id = (void *)((uintptr_t)find_field(s, ls, name) + 1);
	return (int)((uintptr_t)*id - 1);
}

size_t
sources_bucket(struct sources *s, const struct logsource *ls)
{
	struct str key = sources_text(s->a, ls);
	void **id = map_put(s->bucket_ids, fold(s->a, key));
	struct bucket *b;

	if (*id)
		return (uintptr_t)*id - 1;
	s->buckets = mem_grow(s->buckets, &s->buckets_cap, s->n_buckets + 1, sizeof(*b));
	s->found = mem_grow(s->found, &s->found_cap, s->n_buckets + 1, sizeof(*s->found));
	b = &s->buckets[s->n_buckets++];
	*id = (void *)(uintptr_t)s->n_buckets;
	b->n = facts_of(s, ls, b->facts);
	b->known = true;
	for (size_t i = 0; i < b->n; i++)
		b->known &= s->told[b->facts[i]];
	return s->n_buckets - 1;
}

size_t
sources_buckets(const struct sources *s)
{
	return s->n_buckets;
}

bool
sources_known(const struct sources *s, size_t bucket)
{
	return s->buckets[bucket].known;
}

const char *
sources_kind(size_t kind)
{
	return kinds[kind];
}

void
sources_told(const struct sources *s, size_t kind,
    void (*each)(void *ctx, struct str value), void *ctx)
{
	struct str key, start = str_of(kinds[kind]);
	void *id;

	for (size_t i = 0; map_next(s->facts, &i, &key, &id);)
		if (s->told[(uintptr_t)id - 1] && str_starts(key, start) &&
		    key.p[start.n] == ':')
			each(ctx, str_from(key, start.n + 1));
}

struct str
sources_text(struct arena *a, const struct logsource *ls)
{
	struct str none = STR("-");

	return CAT(a, ls->product.p ? ls->product : none, STR("/"),
	    ls->category.p ? ls->category : none, STR("/"),
	    ls->service.p ? ls->service : none);
}

/* --- reading the tables --- */

struct field_ctx {
	struct sources *s;
	struct logsource ls;
	bool raw; /* names are those of the record itself */
};

static int
table_field(void *ctx, struct str name)
{
	struct field_ctx *f = ctx;

	if (f->raw)
		return views_field(f->s->views, name, &name, 1);
	return sources_field(f->s, &f->ls, name);
}

static struct teller *
teller_of(struct sources *s, int field)
{
	struct teller *t;

	for (size_t i = 0; i < s->n_tellers; i++)
		if (s->tellers[i].field == field)
			return &s->tellers[i];
	s->tellers = mem_grow(s->tellers, &s->tellers_cap, s->n_tellers + 1, sizeof(*t));
	t = &s->tellers[s->n_tellers++];
	t->field = field;
	t->by_value = map_new();
	return t;
}

/* A map of fields: the first tells sources apart, the others must hold as well. */
static bool
add_when(struct sources *s, const struct logsource *ls, bool raw, const struct node *when,
    struct err *e)
{
	struct field_ctx ctx = {s, *ls, raw};
	struct item_ctx items = {s->a, s->atoms, table_field, &ctx, NULL};
	struct node rest = *when;
	struct teller *t;
	struct mark m = {0};

	if (when->type != NODE_MAP || when->n == 0) {
		err_set(e, ERR_CONFIG, "'when' must be a list of maps");
		return false;
	}
	rest.n--;
	rest.keys++;
	rest.kids++;
	if (rest.n && !(m.rest = item_selection(&items, &rest, e))) {
		e->kind = ERR_CONFIG;
		return false;
	}
	m.n = facts_of(s, ls, m.facts);
	for (size_t i = 0; i < m.n; i++)
		s->told[m.facts[i]] = true;
	t = teller_of(s, table_field(&ctx, when->keys[0].text));
	for (size_t i = 0; i < node_count(&when->kids[0]); i++) {
		struct str value = node_text(node_at(&when->kids[0], i));
		struct mark *copy = arena_alloc(s->a, sizeof(*copy));
		void **head;

		*copy = m;
		head = str_eq(value, STR("*")) ? (void **)&t->any
					       : map_put(t->by_value, fold(s->a, value));
		copy->next = *head;
		*head = copy;
	}
	return true;
}

static bool
read_sources(struct sources *s, const struct node *list, struct err *e)
{
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *one = node_at(list, i),
				  *when = node_get(one, STR("when"));
		const struct node *is = node_get(one, STR("is"));
		bool raw = node_true(node_get(one, STR("raw")));

		if (node_count(when) == 0 || node_count(is) == 0) {
			err_set(e, ERR_CONFIG, "a source needs 'is' and 'when'");
			err_at(e, "%d", one->line);
			return false;
		}
		for (size_t w = 0; w < node_count(when); w++)
			for (size_t k = 0; k < node_count(is); k++) {
				struct logsource ls = logsource_read(node_at(is, k));

				if (!add_when(s, &ls, raw, node_at(when, w), e)) {
					err_at(e, "%d", one->line);
					return false;
				}
			}
	}
	return true;
}

bool
sources_read(struct sources *s, const struct node *doc, struct err *e)
{
	const struct node *fields = node_get(doc, STR("fields"));

	for (size_t i = 0; i < node_count(fields); i++)
		if (!fieldmap_add(s->fields, node_at(fields, i), e))
			return false;
	map_free(s->field_ids); /* found by other tables */
	s->field_ids = map_new();
	return read_sources(s, node_get(doc, STR("sources")), e);
}

bool
sources_load(struct sources *s, struct cache *cache, const char *path, struct err *e)
{
	struct yaml_docs docs;

	if (!cache_load(cache, s->a, path, &docs, e))
		return false;
	for (size_t i = 0; i < docs.n; i++)
		if (!sources_read(s, docs.v[i], e)) {
			err_at(e, "%s", path);
			return false;
		}
	return true;
}

/* --- one record --- */

static void
show(struct sources *s, uint32_t f)
{
	if (s->seen[f] == s->at)
		return;
	s->seen[f] = s->at;
	s->shown[s->n_shown++] = f;
}

static bool
note_marks(struct sources *s, const struct mark *m)
{
	bool any = false;

	for (; m; m = m->next) {
		if (m->rest && !atoms_hold(s->atoms, m->rest))
			continue;
		for (size_t i = 0; i < m->n; i++)
			show(s, m->facts[i]);
		any = true;
	}
	return any;
}

/* Note all that the record shows; false: no table knows it. */
static bool
note_facts(struct sources *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n_tellers; i++) {
		const struct teller *t = &s->tellers[i];
		const struct view *v = views_get(s->views, t->field);

		if (t->any && v->n)
			any |= note_marks(s, t->any);
		for (size_t k = 0; k < v->n; k++)
			any |= note_marks(
			    s, map_get(t->by_value, views_low(s->views, &v->v[k])));
	}
	return any;
}

/* An event that no table knows may say itself what it is. */
static bool
note_claims(struct sources *s)
{
	bool any = false;

	for (size_t i = 0; i < 3; i++) {
		const struct view *v = views_get(s->views, s->claims[i]);

		for (size_t k = 0; k < v->n; k++) {
			uintptr_t id = (uintptr_t)map_get(
			    s->facts, CAT(s->a_rec, str_of(kinds[i]), STR(":"),
					  views_low(s->views, &v->v[k])));

			if (id) {
				show(s, (uint32_t)(id - 1));
				any = true;
			}
		}
	}
	arena_reset(s->a_rec);
	return any;
}

/* The buckets of what is shown; of a record that no table knows those, too, that none does. */
static size_t
gather(struct sources *s, bool known)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_buckets; i++) {
		const struct bucket *b = &s->buckets[i];
		bool shown = true;

		for (size_t k = 0; shown && k < b->n; k++)
			shown = s->seen[b->facts[k]] == s->at;
		if (shown || (!b->known && !known))
			s->found[n++] = (uint32_t)i;
	}
	return n;
}

size_t
sources_find(struct sources *s, const uint32_t **out)
{
	size_t n;
	bool known;

	s->at++;
	s->n_shown = 0;
	known = note_facts(s) || note_claims(s);
	s->shown[s->n_shown] = known;
	*out = recall_get(s->recall, s->shown, s->n_shown + 1, &n);
	if (*out)
		return n;
	n = gather(s, known);
	recall_put(s->recall, s->shown, s->n_shown + 1, s->found, n);
	*out = s->found;
	return n;
}
