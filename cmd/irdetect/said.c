/* A rule's own words, and the names of its tags. */
#include "buf.h"
#include "said.h"

#define SAID_MAX  ((size_t)4 << 20) /* bytes that a rule may say of itself */
#define LISTED    32
#define TECHNIQUE 5 /* bytes of "T1059" */

static const char *const names[SAIDS] = {"ir.kind", "event.kind", "ir.alert.by",
    "ir.severity", "rule.id", "rule.name", "rule.description", "rule.author",
    "rule.license", "rule.reference", "rule.version", "rule.falsepositives",
    "rule.category", "threat.indicator.confidence", "threat.software.name",
    "threat.group.name", "threat.tactic.id", "threat.tactic.name", "threat.technique.id",
    "threat.technique.name", "threat.technique.subtechnique.id",
    "threat.technique.subtechnique.name"};

/* Texts, each once. */
struct list {
	struct str v[LISTED];
	size_t n;
};

const char *
said_name(enum said_slot slot)
{
	return names[slot];
}

static void
list_add(struct list *l, struct str s)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i], s))
			return;
	if (s.p && l->n < LISTED)
		l->v[l->n++] = s;
}

static struct str
upper(struct arena *a, struct str s)
{
	struct str copy = arena_copy(a, s);
	char *p = (char *)(uintptr_t)copy.p; /* it was made here */

	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] -= 32;
	return copy;
}

static bool
is_technique(struct str tag)
{
	return tag.n >= TECHNIQUE && (tag.p[0] == 't' || tag.p[0] == 'T') &&
	       tag.p[1] >= '0' && tag.p[1] <= '9';
}

static void
read_tag(
    struct list said[SAIDS], struct arena *a, const struct tactics *ts, struct str tag)
{
	struct str id, name, whole, base, rest;

	if (!is_technique(tag)) {
		if (!tactics_tactic(ts, tag, &id, &name))
			return;
		list_add(&said[SAID_TACTIC_ID], id);
		list_add(&said[SAID_TACTIC_NAME], name);
		return;
	}
	rest = whole = upper(a, tag);
	base = str_cut(&rest, '.');
	list_add(&said[SAID_TECHNIQUE_ID], base);
	list_add(&said[SAID_TECHNIQUE_NAME], tactics_technique(ts, base));
	if (!rest.p)
		return;
	list_add(&said[SAID_SUB_ID], whole);
	list_add(&said[SAID_SUB_NAME], tactics_technique(ts, whole));
}

static void
read_tags(struct list said[SAIDS], struct arena *a, const struct tactics *ts,
    const struct node *tags)
{
	for (size_t i = 0; i < node_count(tags); i++) {
		struct str tag = node_text(node_at(tags, i));

		if (tag.p && str_starts(tag, STR("attack.")))
			read_tag(said, a, ts, str_from(tag, 7));
	}
}

static void
read_texts(struct list said[SAIDS], const struct node *doc)
{
	static const struct {
		enum said_slot slot;
		const char *key;
	} texts[] = {{SAID_NAME, "title"}, {SAID_DESCRIPTION, "description"},
	    {SAID_AUTHOR, "author"}, {SAID_LICENSE, "license"}, {SAID_VERSION, "date"},
	    {SAID_VERSION, "modified"}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str s = node_text(node_get(doc, str_of(texts[i].key)));

		said[texts[i].slot].n *= s.n == 0; /* the later one counts */
		if (s.n)
			list_add(&said[texts[i].slot], str_trim(s));
	}
}

static void
read_lists(struct list said[SAIDS], const struct node *doc)
{
	static const struct {
		enum said_slot slot;
		const char *key;
	} lists[] = {{SAID_REFERENCE, "references"}, {SAID_FALSE, "falsepositives"},
	    {SAID_CATEGORY, "category"}, {SAID_CONFIDENCE, "confidence"},
	    {SAID_SOFTWARE, "software"}, {SAID_GROUP, "groups"}};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct node *all = node_get(doc, str_of(lists[i].key));

		for (size_t k = 0; k < node_count(all); k++)
			list_add(&said[lists[i].slot], node_text(node_at(all, k)));
	}
}

/* One: a text; several: a list. */
static void
write_list(struct buf *b, const struct list *l)
{
	if (l->n > 1)
		buf_ch(b, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_ch(b, ',');
		buf_json(b, l->v[i]);
	}
	if (l->n > 1)
		buf_ch(b, ']');
}

void
said_render(struct said *out, struct arena *a, struct arena *scratch,
    const struct tactics *ts, const struct rule *r)
{
	struct list *said = arena_alloc(scratch, SAIDS * sizeof(*said));
	struct buf b = buf_make(SAID_MAX);
	size_t from[SAIDS], to[SAIDS];

	for (size_t i = 0; i < SAIDS; i++)
		said[i].n = 0;
	list_add(&said[SAID_KIND], STR("alert"));
	list_add(&said[SAID_EVENT_KIND], STR("alert"));
	list_add(&said[SAID_BY], STR("irdetect"));
	list_add(&said[SAID_SEVERITY], r->level);
	list_add(&said[SAID_ID], r->id);
	read_texts(said, r->doc);
	read_lists(said, r->doc);
	read_tags(said, scratch, ts, node_get(r->doc, STR("tags")));
	for (size_t i = 0; i < SAIDS; i++) {
		from[i] = to[i] = b.n;
		if (said[i].n == 0)
			continue;
		buf_add(&b, STR(",\""));
		buf_add(&b, str_of(names[i]));
		buf_add(&b, STR("\":"));
		from[i] = b.n;
		write_list(&b, &said[i]);
		to[i] = b.n;
	}
	out->all = arena_copy(a, buf_str(&b));
	for (size_t i = 0; i < SAIDS; i++)
		out->v[i] = from[i] < to[i] ? str_sub(out->all, from[i], to[i] - from[i])
					    : STR_NONE;
	buf_free(&b);
}
