/* Bundles and pattern files. */
#include "indicator.h"
#include "file.h"
#include "json.h"
#include "map.h"
#include "severity.h"
#include "sha256.h"
#include "when.h"

#define FILE_MAX  ((size_t)256 << 20)
#define TAGS_MAX  32
#define WORDS_MAX 32

struct bundle {
	struct arena *a;
	const struct node *all; /* the list of objects */
	struct map *by_id;
	struct map *said; /* id of an indicator to struct linked */
	void (*each)(void *ctx, const struct indicator *);
	void *ctx;
};

/* Words, each once. */
struct words {
	struct str v[WORDS_MAX];
	size_t n;
};

/* What relationships say an indicator indicates. */
struct linked {
	struct words tags, software, groups;
};

static void
add_word(struct words *w, struct str s)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->v[i], s))
			return;
	if (s.n && w->n < WORDS_MAX)
		w->v[w->n++] = s;
}

static struct str
lower(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
	return (struct str){out, s.n};
}

/* --- making a rule --- */

static void
put(struct arena *a, struct node *doc, const char *key, const struct node *value)
{
	if (!doc->keys) {
		doc->type = NODE_MAP;
		doc->keys = arena_zero(a, 24 * sizeof(*doc->keys));
		doc->kids = arena_zero(a, 24 * sizeof(*doc->kids));
	}
	if (doc->n == 24)
		return;
	doc->keys[doc->n] = (struct node){.type = NODE_TEXT, .text = str_of(key)};
	doc->kids[doc->n++] = *value;
}

static void
put_text(struct arena *a, struct node *doc, const char *key, struct str s)
{
	if (s.n)
		put(a, doc, key, &(struct node){.type = NODE_TEXT, .text = s});
}

static void
put_words(struct arena *a, struct node *doc, const char *key, const struct words *w)
{
	struct node list = {.type = NODE_LIST, .n = w->n};

	list.kids = arena_zero(a, (w->n + 1) * sizeof(*list.kids));
	for (size_t i = 0; i < w->n; i++)
		list.kids[i] = (struct node){.type = NODE_TEXT, .text = w->v[i]};
	if (w->n)
		put(a, doc, key, &list);
}

static void
add_all(struct words *w, const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++)
		add_word(w, node_text(node_at(list, i)));
}

/* Phases of the kill chain in ATT&CK's words. */
static struct str
tactic_of(struct str chain, struct str phase)
{
	static const char *const lockheed[][2] = {{"reconnaissance", "reconnaissance"},
	    {"weaponization", "resource-development"}, {"delivery", "initial-access"},
	    {"exploitation", "execution"}, {"installation", "persistence"},
	    {"command-and-control", "command-and-control"},
	    {"actions-on-objectives", "impact"}, {"actions-on-objective", "impact"}};

	if (str_eq(chain, STR("mitre-attack")))
		return phase;
	for (size_t i = 0; i < sizeof(lockheed) / sizeof(lockheed[0]); i++)
		if (str_eq(chain, STR("lockheed-martin-cyber-kill-chain")) &&
		    str_ieq(phase, str_of(lockheed[i][0])))
			return str_of(lockheed[i][1]);
	return STR_NONE;
}

static void
add_phases(struct arena *a, struct words *tags, const struct node *o)
{
	const struct node *phases = node_get(o, STR("kill_chain_phases"));

	for (size_t i = 0; i < node_count(phases); i++) {
		const struct node *one = node_at(phases, i);
		struct str t = tactic_of(node_text(node_get(one, STR("kill_chain_name"))),
		    node_text(node_get(one, STR("phase_name"))));

		if (t.n)
			add_word(tags, CAT(a, STR("attack."), lower(a, t)));
	}
}

/* Techniques that references name, and their addresses. */
static void
add_references(
    struct arena *a, struct words *tags, struct words *urls, const struct node *o)
{
	const struct node *refs = node_get(o, STR("external_references"));

	for (size_t i = 0; i < node_count(refs); i++) {
		const struct node *one = node_at(refs, i);
		struct str id = node_text(node_get(one, STR("external_id")));

		if (str_eq(node_text(node_get(one, STR("source_name"))),
			STR("mitre-attack")) &&
		    id.n > 4 && id.p[0] == 'T')
			add_word(tags, CAT(a, STR("attack."), lower(a, id)));
		if (urls)
			add_word(urls, node_text(node_get(one, STR("url"))));
	}
}

static bool
has_type(const struct node *o, const char *type)
{
	const struct node *lists[2] = {
	    node_get(o, STR("indicator_types")), node_get(o, STR("labels"))};

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < node_count(lists[k]); i++)
			if (str_eq(node_text(node_at(lists[k], i)), str_of(type)))
				return true;
	return false;
}

/* How bad it is if it is so, and less where the maker is not sure. */
static struct str
level_of(const struct node *o)
{
	enum severity n = SEV_MEDIUM;
	int64_t sure;

	if (has_type(o, "benign"))
		n = SEV_INFO;
	else if (has_type(o, "malicious-activity") || has_type(o, "compromised"))
		n = SEV_HIGH;
	else if (has_type(o, "anonymization"))
		n = SEV_LOW;
	if (node_i64(node_get(o, STR("confidence")), &sure) && sure < 30 && n > SEV_LOW)
		n--;
	return severity_name(n);
}

/* STIX's own scale of confidence. */
static struct str
confidence_of(const struct node *o)
{
	int64_t n;

	if (!node_i64(node_get(o, STR("confidence")), &n) || n < 0 || n > 100)
		return STR_NONE;
	return n == 0   ? STR("None")
	       : n < 30 ? STR("Low")
	       : n < 70 ? STR("Medium")
			: STR("High");
}

static struct node *
make_doc(struct bundle *b, const struct node *o, struct str pattern)
{
	struct arena *a = b->a;
	struct node *doc = arena_zero(a, sizeof(*doc));
	struct words tags = {0}, urls = {0}, labels = {0};
	struct str title = node_text(node_get(o, STR("name")));
	struct str author = node_text(node_get(o, STR("created_by_ref")));
	const struct node *maker = map_get(b->by_id, author);
	const struct linked *l = map_get(b->said, node_text(node_get(o, STR("id"))));

	add_phases(a, &tags, o);
	add_references(a, &tags, &urls, o);
	for (size_t i = 0; l && i < l->tags.n; i++)
		add_word(&tags, l->tags.v[i]);
	add_all(&labels, node_get(o, STR("indicator_types")));
	add_all(&labels, node_get(o, STR("labels")));
	put_text(a, doc, "title", title.n ? title : str_sub(pattern, 0, 200));
	put_text(a, doc, "id", node_text(node_get(o, STR("id"))));
	put_text(a, doc, "description", node_text(node_get(o, STR("description"))));
	put_text(
	    a, doc, "author", maker ? node_text(node_get(maker, STR("name"))) : author);
	put_text(a, doc, "date", node_text(node_get(o, STR("modified"))));
	put_text(a, doc, "level", level_of(o));
	put_text(a, doc, "confidence", confidence_of(o));
	put_words(a, doc, "tags", &tags);
	put_words(a, doc, "references", &urls);
	put_words(a, doc, "category", &labels);
	if (l) {
		put_words(a, doc, "software", &l->software);
		put_words(a, doc, "groups", &l->groups);
	}
	return doc;
}

/* --- bundles --- */

/* "indicates": a technique, a tool, or somebody. */
static void
note_relation(struct bundle *b, const struct node *o)
{
	struct str from = node_text(node_get(o, STR("source_ref")));
	const struct node *to = map_get(
	    b->by_id, node_text(node_get(o, STR("target_ref"))));
	struct str type = node_text(node_get(to, STR("type")));
	struct str name = node_text(node_get(to, STR("name")));
	void **at;
	struct linked *l;

	if (!from.p || !to ||
	    !str_eq(node_text(node_get(o, STR("relationship_type"))), STR("indicates")))
		return;
	at = map_put(b->said, from);
	if (!*at)
		*at = arena_zero(b->a, sizeof(*l));
	l = *at;
	if (str_eq(type, STR("malware")) || str_eq(type, STR("tool")))
		add_word(&l->software, name);
	else if (str_eq(type, STR("intrusion-set")) ||
		 str_eq(type, STR("threat-actor")) || str_eq(type, STR("campaign")))
		add_word(&l->groups, name);
	add_phases(b->a, &l->tags, to);
	add_references(b->a, &l->tags, NULL, to);
}

static void
tell(struct bundle *b, const struct node *o)
{
	struct indicator in = {.pattern = node_text(node_get(o, STR("pattern"))),
	    .type = node_text(node_get(o, STR("pattern_type"))),
	    .modified = node_text(node_get(o, STR("modified")))};

	if (node_true(node_get(o, STR("revoked"))) || !in.pattern.p)
		return;
	in.type = in.type.p ? in.type : STR("stix"); /* of STIX 2.0 */
	in.doc = make_doc(b, o, in.pattern);
	in.line = in.doc->line = 1;
	if (!when_parse(node_text(node_get(o, STR("valid_from"))), &in.from))
		in.from = INT64_MIN;
	if (!when_parse(node_text(node_get(o, STR("valid_until"))), &in.until))
		in.until = INT64_MAX;
	b->each(b->ctx, &in);
}

static bool
is_type(const struct node *o, const char *type)
{
	return str_eq(node_text(node_get(o, STR("type"))), str_of(type));
}

static void
read_objects(struct bundle *b)
{
	for (size_t i = 0; i < node_count(b->all); i++) {
		const struct node *o = node_at(b->all, i);
		struct str id = node_text(node_get(o, STR("id")));

		if (id.n)
			*map_put(b->by_id, id) = (void *)(uintptr_t)o;
	}
	for (size_t i = 0; i < node_count(b->all); i++)
		if (is_type(node_at(b->all, i), "relationship"))
			note_relation(b, node_at(b->all, i));
	for (size_t i = 0; i < node_count(b->all); i++)
		if (is_type(node_at(b->all, i), "indicator"))
			tell(b, node_at(b->all, i));
}

static bool
read_json(struct bundle *b, const char *path, struct str text, struct err *e)
{
	char *copy = arena_zero(b->a, text.n + JSON_PAD);
	struct json_fault fault;
	const struct node *root, *objects;

	memcpy(copy, text.p, text.n);
	text.p = copy;
	if (!json_valid(text, &fault)) {
		err_set(e, ERR_DATA, "%s: not JSON: %s at byte %zu", path,
		    json_why_text(fault.why), fault.at + 1);
		return false;
	}
	root = node_json(b->a, text);
	objects = node_get(root, STR("objects"));
	b->all = objects ? objects : root;
	if (!node_text(node_get(node_at(b->all, 0), STR("type"))).p &&
	    !is_type(root, "bundle")) {
		err_set(e, ERR_DATA, "%s: no object of STIX", path);
		return false;
	}
	read_objects(b);
	return true;
}

/* --- files of patterns --- */

static bool
is_comment(struct str line)
{
	return str_starts(line, STR("//")) || str_starts(line, STR("#"));
}

static void
tell_text(struct bundle *b, struct str pattern, struct str title, int line)
{
	struct indicator in = {.pattern = str_trim(pattern),
	    .type = STR("stix"),
	    .from = INT64_MIN,
	    .until = INT64_MAX,
	    .line = line};
	struct node *doc = arena_zero(b->a, sizeof(*doc));
	char id[33];

	if (in.pattern.n == 0)
		return;
	sha256_id(id, 1, &in.pattern);
	put_text(b->a, doc, "title", title.n ? title : str_sub(in.pattern, 0, 200));
	put_text(b->a, doc, "id", arena_copy(b->a, str_of(id)));
	doc->line = line;
	in.doc = doc;
	b->each(b->ctx, &in);
}

/* A paragraph is a pattern. */
static void
read_text(struct bundle *b, struct str text)
{
	struct str title = STR_NONE, pattern = STR("");
	int n = 0, first = 1;

	for (struct str rest = text; rest.p;) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		n++;
		if (line.n == 0) {
			tell_text(b, pattern, title, first);
			pattern = STR("");
			title = STR_NONE;
		} else if (pattern.n == 0 && is_comment(line)) {
			line = str_trim(str_from(line, line.p[0] == '/' ? 2 : 1));
			title = title.p ? title : line;
		} else if (pattern.n == 0) {
			first = n;
			pattern = line;
		} else {
			pattern.n = (size_t)(line.p + line.n - pattern.p);
		}
	}
	tell_text(b, pattern, title, first);
}

bool
indicator_read(struct arena *a, const char *path, bool text,
    void (*each)(void *ctx, const struct indicator *), void *ctx, struct err *e)
{
	struct bundle b = {.a = a, .each = each, .ctx = ctx};
	struct str s = file_read(a, path, text ? (size_t)1 << 20 : FILE_MAX, e);
	bool ok = s.p != NULL;

	b.by_id = map_new();
	b.said = map_new();
	if (ok && text)
		read_text(&b, s);
	else if (ok)
		ok = read_json(&b, path, s, e);
	map_free(b.by_id);
	map_free(b.said);
	return ok;
}

bool
indicator_likely(const char *path)
{
	struct arena *a = arena_new();
	struct err e;
	struct str s = file_read(a, path, FILE_MAX, &e);
	bool likely = !s.p || str_find(s, STR("\"bundle\"")) != STR_NPOS ||
		      str_find(s, STR("\"indicator\"")) != STR_NPOS;

	arena_free(a);
	return likely;
}
