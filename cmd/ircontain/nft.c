#include <stdlib.h>

#include "mem.h"
#include "nft.h"
#include "proc.h"
#include "span.h"

#define NFT     "/usr/sbin/nft"
#define OUT_MAX ((size_t)256 * 1024 * 1024)
#define PATIENT (60 * 1000) /* ms */

/* Nothing from it comes in, nothing to it goes out: no shell that calls home, no data. */
#define DROP(way)                        \
	"\t\tip " way " @block4 drop\n"  \
	"\t\tip " way " @net4 drop\n"    \
	"\t\tip6 " way " @block6 drop\n" \
	"\t\tip6 " way " @net6 drop\n"
#define CHAIN(hook, rules)     \
	"\tchain " hook " {\n" \
	"\t\ttype filter hook " hook " priority -10; policy accept;\n" rules "\t}\n"

static const char chains[] = CHAIN("input", DROP("saddr"))
    CHAIN("forward", DROP("saddr") DROP("daddr")) CHAIN("output", DROP("daddr")) "}";

/* Single addresses stand in sets that the kernel looks up by hash, networks in others. */
static const struct section {
	const char *name, *type, *flags;
} sections[] = {
    {"block4", "ipv4_addr", "timeout"},
    {"net4", "ipv4_addr", "interval,timeout"},
    {"block6", "ipv6_addr", "timeout"},
    {"net6", "ipv6_addr", "interval,timeout"},
};

#define SECTIONS (sizeof(sections) / sizeof(*sections))

static size_t
section_of(const struct net *n)
{
	return (n->ip.v == 4 ? 0 : 2) + (n->bits < (n->ip.v == 4 ? 32 : 128));
}

const char *
nft_set(const struct net *n)
{
	return sections[section_of(n)].name;
}

void
nft_free(struct nft *n)
{
	mem_free(n->v);
	*n = (struct nft){0};
}

void
nft_clear(struct nft *n)
{
	bool readable = n->readable;

	nft_free(n);
	n->readable = readable;
}

/* --- the ordered list --- */

static int
order(const struct net *a, const struct net *b)
{
	int c = (int)section_of(a) - (int)section_of(b);

	if (c == 0)
		c = memcmp(a->ip.b, b->ip.b, a->ip.v == 4 ? 4 : 16);
	return c ? c : a->bits - b->bits;
}

/* Where the network is, or belongs. */
static size_t
place(const struct nft *n, const struct net *net)
{
	size_t low = 0, high = n->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (order(&n->v[mid].net, net) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct nft_elem *
nft_find(const struct nft *n, const struct net *net)
{
	size_t i = place(n, net);

	return i < n->n && order(&n->v[i].net, net) == 0 ? &n->v[i] : NULL;
}

/* Networks do not overlap one another, so only the neighbours of its place can. */
const struct nft_elem *
nft_overlap(const struct nft *n, const struct net *net)
{
	const struct nft_elem *same = nft_find(n, net);
	struct net wide = *net;
	size_t i;

	if (same)
		return same;
	if (section_of(net) % 2 == 0)
		wide.bits--; /* where it would stand among the networks */
	i = place(n, &wide);
	if (i < n->n && section_of(&n->v[i].net) == section_of(&wide) &&
	    net_overlap(&n->v[i].net, net))
		return &n->v[i];
	if (i > 0 && section_of(&n->v[i - 1].net) == section_of(&wide) &&
	    net_overlap(&n->v[i - 1].net, net))
		return &n->v[i - 1];
	return NULL;
}

void
nft_append(struct nft *n, const struct nft_elem *e)
{
	n->v = mem_grow(n->v, &n->cap, n->n + 1, sizeof(*n->v));
	n->v[n->n++] = *e;
}

static int
compare(const void *a, const void *b)
{
	return order(
	    &((const struct nft_elem *)a)->net, &((const struct nft_elem *)b)->net);
}

void
nft_sort(struct nft *n)
{
	size_t kept = 0;

	if (n->n > 1)
		qsort(n->v, n->n, sizeof(*n->v), compare);
	for (size_t i = 0; i < n->n; i++)
		if (i == 0 || compare(&n->v[i], &n->v[kept - 1]) != 0)
			n->v[kept++] = n->v[i];
	n->n = kept;
}

size_t
nft_put(struct nft *n, const struct net *net, int64_t timeout_s)
{
	size_t i = place(n, net);

	if (i == n->n || order(&n->v[i].net, net) != 0) {
		n->v = mem_grow(n->v, &n->cap, n->n + 1, sizeof(*n->v));
		memmove(&n->v[i + 1], &n->v[i], (n->n - i) * sizeof(*n->v));
		n->n++;
	}
	n->v[i] = (struct nft_elem){*net, timeout_s, timeout_s};
	return i;
}

size_t
nft_drop(struct nft *n, const struct net *net)
{
	size_t i = place(n, net);

	if (i < n->n && order(&n->v[i].net, net) == 0) {
		memmove(&n->v[i], &n->v[i + 1], (n->n - i - 1) * sizeof(*n->v));
		n->n--;
	}
	return i;
}

static bool
run(struct arena *a, const char *const *argv, struct str in, struct proc_got *got,
    struct err *e)
{
	struct proc p = {.argv = argv, .in = in, .max = OUT_MAX, .timeout_ms = PATIENT};

	if (!proc_run(a, &p, got, e))
		return false;
	if (got->timed_out)
		err_set(e, ERR_SYS, "'%s' took more than a minute and was stopped", NFT);
	return !got->timed_out;
}

/* --- changing --- */

static void
elements(
    struct buf *b, const char *verb, size_t section, const struct nft_elem *e, size_t n)
{
	char text[IP_MAX];
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (section_of(&e[i].net) != section)
			continue;
		net_text(text, &e[i].net);
		if (!any)
			buf_fmt(
			    b, "%s element inet ir %s { ", verb, sections[section].name);
		buf_fmt(b, "%s%s", any ? ", " : "", text);
		if (e[i].timeout_s)
			buf_fmt(b, " timeout %llds", (long long)e[i].timeout_s);
		any = true;
	}
	if (any)
		buf_add(b, STR(" }\n"));
}

static void
add_table(struct buf *b)
{
	buf_add(b, STR("table inet ir {\n"));
	for (size_t i = 0; i < SECTIONS; i++)
		buf_fmt(b, "\tset %s { type %s; flags %s; }\n", sections[i].name,
		    sections[i].type, sections[i].flags);
	buf_fmt(b, "%s\n", chains);
}

void
nft_change(struct buf *b, const struct nft *n, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, bool fresh)
{
	if (fresh && n->present)
		buf_add(b, STR("delete table inet ir\n"));
	if (fresh || !n->present)
		add_table(b);
	for (size_t i = 0; i < dels; i++) {
		struct nft_elem one = {.net = del[i]};

		elements(b, "delete", section_of(&del[i]), &one, 1);
	}
	for (size_t i = 0; i < SECTIONS; i++)
		elements(b, "add", i, add, adds);
}

bool
nft_apply(struct str change, struct err *e)
{
	static const char *const argv[] = {NFT, "-f", "-", NULL};
	struct arena *a = arena_new();
	struct proc_got got;
	bool ok = run(a, argv, change, &got, e);

	if (ok && got.status != 0) {
		err_set(e, ERR_SYS, "'%s' refused the change: " STR_FMT, NFT,
		    STR_ARG(str_trim(str_sub(got.err, 0, 200))));
		ok = false;
	}
	arena_free(a);
	return ok;
}

/* --- text, one element a line --- */

#define BEFORE 4 /* lines of a set before its elements */
#define AROUND 6 /* ... and all that are none */

/* How many elements stand before the set's. */
static size_t
before(const struct nft *n, size_t section)
{
	size_t low = 0, high = n->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (section_of(&n->v[mid].net) < section)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t
chain_lines(void)
{
	size_t count = 1;

	for (const char *p = chains; *p; p++)
		count += *p == '\n';
	return count;
}

size_t
nft_lines(const struct nft *n)
{
	return n->present ? 1 + SECTIONS * AROUND + n->n + chain_lines() : 0;
}

size_t
nft_line_of(const struct nft *n, size_t i)
{
	return 1 + AROUND * section_of(&n->v[i].net) + BEFORE + i;
}

static struct str
element_line(struct arena *a, const struct nft_elem *e)
{
	char text[IP_MAX], span[SPAN_MAX];

	net_text(text, &e->net);
	if (!e->timeout_s)
		return arena_fmt(a, "\t\t\t%s", text);
	return arena_fmt(
	    a, "\t\t\t%s timeout %s", text, span_text(span, e->timeout_s * 1000));
}

static struct str
set_line(struct arena *a, const struct nft *n, size_t section, size_t i)
{
	const struct section *s = &sections[section];
	size_t first = before(n, section), count = before(n, section + 1) - first;

	switch (i) {
	case 0:
		return arena_fmt(a, "\tset %s {", s->name);
	case 1:
		return arena_fmt(a, "\t\ttype %s", s->type);
	case 2:
		return arena_fmt(a, "\t\tflags %s", s->flags);
	case 3:
		return STR("\t\telements = {");
	}
	if (i - BEFORE < count)
		return element_line(a, &n->v[first + i - BEFORE]);
	return i - BEFORE == count ? STR("\t\t}") : STR("\t}");
}

struct str
nft_line(struct arena *a, const struct nft *n, size_t i)
{
	struct str rest = str_of(chains), line = STR_NONE;

	if (i-- == 0)
		return STR("table inet ir {");
	for (size_t k = 0; k < SECTIONS; k++) {
		size_t count = AROUND + before(n, k + 1) - before(n, k);

		if (i < count)
			return set_line(a, n, k, i);
		i -= count;
	}
	for (size_t k = 0; k <= i && rest.p; k++)
		line = str_cut(&rest, '\n');
	return line;
}
