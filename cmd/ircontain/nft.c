#include <stdio.h>

#include "json.h"
#include "mem.h"
#include "nft.h"
#include "proc.h"
#include "span.h"

#define NFT     "/usr/sbin/nft"
#define OUT_MAX ((size_t)256 * 1024 * 1024)
#define PATIENT (60 * 1000) /* ms */

static const char table[] = "table inet ir {\n"
			    "\tset block4 { type ipv4_addr; flags interval,timeout; }\n"
			    "\tset block6 { type ipv6_addr; flags interval,timeout; }\n"
			    "\tchain input {\n"
			    "\t\ttype filter hook input priority -10; policy accept;\n"
			    "\t\tip saddr @block4 drop\n"
			    "\t\tip6 saddr @block6 drop\n"
			    "\t}\n"
			    "\tchain forward {\n"
			    "\t\ttype filter hook forward priority -10; policy accept;\n"
			    "\t\tip saddr @block4 drop\n"
			    "\t\tip6 saddr @block6 drop\n"
			    "\t}\n"
			    "}\n";

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
	int c = a->ip.v - b->ip.v;

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

/* Elements do not overlap one another, so only the neighbours of its place can. */
const struct nft_elem *
nft_overlap(const struct nft *n, const struct net *net)
{
	size_t i = place(n, net);

	if (i < n->n && n->v[i].net.ip.v == net->ip.v && net_overlap(&n->v[i].net, net))
		return &n->v[i];
	if (i > 0 && n->v[i - 1].net.ip.v == net->ip.v &&
	    net_overlap(&n->v[i - 1].net, net))
		return &n->v[i - 1];
	return NULL;
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

/* --- reading --- */

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

/* "192.0.2.7", or {"prefix":{"addr":"192.0.2.0","len":24}} */
static bool
read_net(struct arena *a, struct str val, struct net *net)
{
	struct str prefix = STR_NONE;
	int64_t len;

	if (json_type(val) == JSON_TEXT)
		return net_parse(json_text(a, val), net);
	if (json_type(val) == JSON_MAP)
		prefix = json_get(a, val, STR("prefix"));
	if (!prefix.p || !json_i64(json_get(a, prefix, STR("len")), &len))
		return false;
	return net_parse(
	    arena_fmt(a, STR_FMT "/%lld",
		STR_ARG(json_text(a, json_get(a, prefix, STR("addr")))), (long long)len),
	    net);
}

/* Elements that we cannot have made (ranges) only make the table not `whole`. */
static void
read_set(struct arena *a, struct nft *n, struct str set)
{
	struct str list = json_get(a, set, STR("elem")), item;

	if (json_type(list) != JSON_LIST)
		return;
	for (size_t at = 0; json_next(list, &at, NULL, &item);) {
		struct str elem = json_type(item) == JSON_MAP
				      ? json_get(a, item, STR("elem"))
				      : STR_NONE;
		struct str val = elem.p ? json_get(a, elem, STR("val")) : item;
		int64_t timeout = 0, expires = 0;
		struct net net;
		size_t i;

		if (!read_net(a, val, &net)) {
			n->whole = false;
			continue;
		}
		if (elem.p) {
			json_i64(json_get(a, elem, STR("timeout")), &timeout);
			json_i64(json_get(a, elem, STR("expires")), &expires);
		}
		i = nft_put(n, &net, timeout);
		n->v[i].expires_s = expires;
	}
}

static void
read_table(struct arena *a, struct nft *n, struct str json)
{
	struct str list = json_get(a, json, STR("nftables")), item;
	int sets = 0, chains = 0, rules = 0;

	n->whole = true;
	for (size_t at = 0; json_next(list, &at, NULL, &item);) {
		struct str set = json_get(a, item, STR("set"));
		struct str chain = json_get(a, item, STR("chain"));

		n->present |= json_get(a, item, STR("table")).p != NULL;
		rules += json_get(a, item, STR("rule")).p != NULL;
		sets += set.p != NULL;
		chains += chain.p && json_get(a, chain, STR("hook")).p;
		if (set.p)
			read_set(a, n, set);
	}
	n->whole &= sets == 2 && chains == 2 && rules == 4;
}

bool
nft_read(struct nft *n, struct err *e)
{
	static const char *const argv[] = {
	    NFT, "-j", "list", "table", "inet", "ir", NULL};
	struct arena *a = arena_new();
	struct proc_got got;
	struct str json;
	bool ok;

	nft_free(n);
	ok = run(a, argv, STR(""), &got, e);
	if (ok && got.status == 0) {
		json = CAT(a, got.out, (struct str){(const char[JSON_PAD]){0}, JSON_PAD});
		json = str_trim(str_sub(json, 0, got.out.n));
		ok = json_valid(json, NULL);
		if (!ok)
			err_set(e, ERR_SYS, "'%s -j' printed no JSON", NFT);
		n->readable = ok;
		if (ok)
			read_table(a, n, json);
	} else if (ok &&
		   str_find(got.err, STR("No such file or directory")) != STR_NPOS) {
		n->readable = true;
	} else if (ok && str_find(got.err, STR("not permitted")) == STR_NPOS &&
		   str_find(got.err, STR("must be root")) == STR_NPOS) {
		err_set(e, ERR_SYS, "'%s' failed: " STR_FMT, NFT,
		    STR_ARG(str_sub(got.err, 0, 200)));
		ok = false;
	}
	arena_free(a);
	return ok;
}

/* --- changing --- */

static void
elements(struct buf *b, const char *verb, uint8_t v, const struct nft_elem *e, size_t n)
{
	char text[IP_MAX];
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (e[i].net.ip.v != v)
			continue;
		net_text(text, &e[i].net);
		if (!any)
			buf_fmt(b, "%s element inet ir block%d { ", verb, v);
		buf_fmt(b, "%s%s", any ? ", " : "", text);
		if (e[i].timeout_s)
			buf_fmt(b, " timeout %llds", (long long)e[i].timeout_s);
		any = true;
	}
	if (any)
		buf_add(b, STR(" }\n"));
}

void
nft_change(struct buf *b, const struct nft *n, const struct nft_elem *add, size_t adds,
    const struct net *del, size_t dels, bool fresh)
{
	if (fresh && n->present)
		buf_add(b, STR("delete table inet ir\n"));
	if (fresh || !n->present)
		buf_add(b, str_of(table));
	for (size_t i = 0; i < dels; i++) {
		struct nft_elem one = {.net = del[i]};

		elements(b, "delete", del[i].ip.v, &one, 1);
	}
	elements(b, "add", 4, add, adds);
	elements(b, "add", 6, add, adds);
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

static const char *const before4[] = {"table inet ir {", "\tset block4 {",
    "\t\ttype ipv4_addr", "\t\tflags interval,timeout", "\t\telements = {"};
static const char *const between[] = {"\t\t}", "\t}", "\tset block6 {",
    "\t\ttype ipv6_addr", "\t\tflags interval,timeout", "\t\telements = {"};
static const char *const after6[] = {"\t\t}", "\t}", "\tchain input {",
    "\t\ttype filter hook input priority -10; policy accept;",
    "\t\tip saddr @block4 drop", "\t\tip6 saddr @block6 drop", "\t}", "\tchain forward {",
    "\t\ttype filter hook forward priority -10; policy accept;",
    "\t\tip saddr @block4 drop", "\t\tip6 saddr @block6 drop", "\t}", "}"};

#define N(a) (sizeof(a) / sizeof(*(a)))

static size_t
fours(const struct nft *n)
{
	struct net six = {.ip.v = 6};

	return place(n, &six);
}

size_t
nft_lines(const struct nft *n)
{
	return n->present ? N(before4) + N(between) + N(after6) + n->n : 0;
}

size_t
nft_line_of(const struct nft *n, size_t i)
{
	return N(before4) + i + (i < fours(n) ? 0 : N(between));
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

struct str
nft_line(struct arena *a, const struct nft *n, size_t i)
{
	size_t four = fours(n);

	if (i < N(before4))
		return str_of(before4[i]);
	i -= N(before4);
	if (i < four)
		return element_line(a, &n->v[i]);
	i -= four;
	if (i < N(between))
		return str_of(between[i]);
	i -= N(between);
	if (i < n->n - four)
		return element_line(a, &n->v[four + i]);
	i -= n->n - four;
	return i < N(after6) ? str_of(after6[i]) : STR_NONE;
}
