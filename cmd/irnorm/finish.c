/* Time, id, provenance, and out. */
#include <inttypes.h>

#include "base64.h"
#include "guess.h"
#include "ids.h"
#include "ip.h"
#include "json.h"
#include "norm.h"

/* --- time --- */

static bool
same(struct str a, const char *kept, size_t n)
{
	return a.n == n && str_same(a.p, kept, n);
}

/* Equal stamps of one host are the same moment: asked once. */
static bool
moment(struct norm *n, struct origin *o, int64_t now, int64_t *ns, unsigned *fixed)
{
	struct str host = event_value(&n->ev, F_HOST_NAME), s = n->stamp;

	if (s.n && same(s, o->stamp, o->stamp_n) &&
	    same(host, o->stamp_host, o->stamp_host_n)) {
		*ns = o->stamp_ns;
		*fixed = o->stamp_fixed;
		return true;
	}
	if (!stamp_moment(&o->stamps, n->site, &n->when, host, now, ns, fixed))
		return false;
	if (s.n <= sizeof(o->stamp) && host.n <= sizeof(o->stamp_host)) {
		memcpy(o->stamp, s.p ? s.p : "", s.n);
		memcpy(o->stamp_host, host.p ? host.p : "", host.n);
		o->stamp_n = s.n;
		o->stamp_host_n = host.n;
		o->stamp_ns = *ns;
		o->stamp_fixed = *fixed;
	}
	return true;
}

#define SAID(list)                     \
	{                              \
		list, sizeof(list) - 1 \
	}

static void
say_fixed(struct norm *n, unsigned fixed)
{
	static const struct str said[] = {
	    [STAMP_YEAR] = SAID("[\"year\"]"),
	    [STAMP_ZONE] = SAID("[\"zone\"]"),
	    [STAMP_YEAR | STAMP_ZONE] = SAID("[\"year\",\"zone\"]"),
	    [STAMP_MISSING] = SAID("[\"missing\"]"),
	    [STAMP_SKEW] = SAID("[\"skew\"]"),
	    [STAMP_SKEW | STAMP_YEAR] = SAID("[\"year\",\"skew\"]"),
	    [STAMP_SKEW | STAMP_ZONE] = SAID("[\"zone\",\"skew\"]"),
	    [STAMP_SKEW | STAMP_YEAR | STAMP_ZONE] = SAID("[\"year\",\"zone\",\"skew\"]"),
	};

	if (fixed & STAMP_GUESSED)
		n->ev.tags |= TAG_TIME;
	fixed &= ~(unsigned)STAMP_GUESSED;
	if (fixed < sizeof(said) / sizeof(*said))
		event_raw(&n->ev, F_TIME_FIXED, said[fixed], FROM_ENGINE);
}

/* What the site file says of the clock of this host; the correction is written down. */
static void
unskew(struct norm *n, int64_t *ns, unsigned *fixed)
{
	struct str host = event_value(&n->ev, F_HOST_NAME);
	int64_t ms = n->site ? site_skew(n->site, host) : 0, right;

	if (ms == 0 || __builtin_sub_overflow(*ns, ms * WHEN_MS, &right))
		return;
	*ns = right;
	*fixed |= STAMP_SKEW;
	event_raw(&n->ev, F_TIME_SKEW, arena_fmt(n->ev.a, "%" PRId64, ms), FROM_ENGINE);
}

#define DAY (86400 * WHEN_S)

static void
two_digits(char *to, unsigned v)
{
	to[0] = (char)('0' + v / 10);
	to[1] = (char)('0' + v % 10);
}

/* The next line is of the same day, mostly, and of a whole second: the clock goes on. */
static bool
same_day(struct origin *o, int64_t ns)
{
	uint64_t in_day = (uint64_t)ns - o->time_day;
	unsigned s = (unsigned)(in_day / WHEN_S);

	if (o->time_n == 0 || in_day >= DAY || in_day % WHEN_S || o->time_ns % WHEN_S)
		return false;
	two_digits(o->time + 11, s / 3600);
	two_digits(o->time + 14, s / 60 % 60);
	two_digits(o->time + 17, s % 60);
	return true;
}

static struct str
time_text(struct origin *o, int64_t ns)
{
	if (o->time_n && o->time_ns == ns)
		return (struct str){o->time, o->time_n};
	if (!same_day(o, ns)) {
		o->time_n = when_text(o->time, ns);
		o->time_day = (uint64_t)ns - (uint64_t)((ns % DAY + DAY) % DAY);
	}
	o->time_ns = ns;
	return (struct str){o->time, o->time_n};
}

static int64_t
set_time(struct norm *n, struct origin *o, int64_t now)
{
	unsigned fixed = 0;
	int64_t ns = n->ns;

	if (n->has_ns || (n->has_when && moment(n, o, now, &ns, &fixed))) {
		unskew(n, &ns, &fixed);
		stamp_last(&o->stamps, ns);
	} else {
		ns = stamp_missing(&o->stamps, now, &fixed);
		fixed &= STAMP_MISSING | STAMP_GUESSED;
	}
	say_fixed(n, fixed);
	return ns;
}

/* --- id --- */

/* A decimal number between NUL bytes, to end at `end`; returns where it starts. */
static char *
number(char *end, uint64_t v)
{
	*--end = '\0';
	end = str_digits(end, v);
	*--end = '\0';
	return end;
}

static inline size_t
add(char *to, size_t at, struct str s)
{
	buf_copy(to + at, s.p, s.n);
	return at + s.n;
}

/* As sha256_id() of source, offset and line; the part for the source is done once. */
static struct sha256_text
id_text(struct norm *n, struct origin *o, const struct norm_line *l)
{
	char digits[24], *end = digits + sizeof(digits), *at = number(end, l->offset);
	size_t head;

	if (!str_same(o->source, l->source, 64)) {
		memcpy(o->source, l->source, 64);
		sha256_init(&o->begun);
		sha256_add(&o->begun, (struct str){o->source, 64});
	}
	head = (size_t)(end - at);
	end = ids_room(n->ids, head + l->text.n);
	buf_copy(end, at, head);
	return (struct sha256_text){&o->begun, end, add(end, head, l->text)};
}

/* The first name of a host, as the host itself writes it; one host writes many lines. */
static struct str
short_name(struct norm *n, struct str host)
{
	struct norm_host *last = &n->host;
	struct str name = host;
	struct ip ip;
	bool raw;

	if (host.n == last->text_n && str_same(host.p, last->text, host.n))
		return (struct str){last->name, last->name_n};
	if (!ip_parse(host, &ip))
		name = str_sub(host, 0, str_chr(host, '.'));
	convert(n->ev.a, CONVERT_LOWER, name, &name, &raw);
	if (host.n > sizeof(last->text) || name.n > sizeof(last->name))
		return name;
	memcpy(last->text, host.p, host.n);
	memcpy(last->name, name.p, name.n);
	last->text_n = host.n;
	last->level = guess_is_level(host);
	last->name_n = name.n;
	return name;
}

#define SENT_MAX 1024 /* of host, program and pid */

/*
 * What a line keeps when syslog hands it on: who said what, and the second, of
 * which another spelling may have lost the zone.  Absent: no such line.
 */
static struct sha256_text
sent_text(struct norm *n, int64_t ns)
{
	struct str host = n->sent.host.p ? n->sent.host
					 : event_value(&n->ev, F_HOST_NAME);
	struct str program = n->sent.program, body = n->sent.body;
	int64_t second = (ns / WHEN_S % 900 + 900) % 900;
	char digits[16] = {0}, *end = digits + sizeof(digits) / 2;
	char *at = number(end, (uint64_t)second);
	size_t head;
	char *p;

	if (!body.n || !program.n || !host.n ||
	    host.n + program.n + n->sent.pid.n > SENT_MAX - 16)
		return (struct sha256_text){0};
	host = short_name(n, host);
	p = ids_room(
	    n->ids, host.n + program.n + n->sent.pid.n + 2 + sizeof(digits) + body.n);
	head = add(p, 0, host);
	p[head++] = '\0';
	head = add(p, head, program);
	p[head++] = '\0';
	head = add(p, head, n->sent.pid);
	memcpy(p + head, at, sizeof(digits) / 2); /* of which so many count: */
	head += (size_t)(end - at);
	return (struct sha256_text){NULL, p, add(p, head, body)};
}

/* --- provenance --- */

static bool
is_proxy(const struct norm *n, struct str text)
{
	struct ip ip;

	return n->proxies && ip_parse(text, &ip) &&
	       (site_roles(n->site, &ip) & SITE_PROXY);
}

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80" */
static bool
read_peer(struct str s, struct ip *ip)
{
	if (ip_parse(s, ip))
		return true;
	if (!s.p)
		return false;
	s = str_sub(s, 0, str_rchr(s, ':'));
	if (str_starts(s, STR("[")) && str_ends(s, STR("]")))
		s = str_sub(s, 1, s.n - 2);
	return ip_parse(s, ip);
}

/* "source.ip=x.peer": the address that a service gives is that of its peer. */
static bool
is_same(const struct norm *n, int field, int other)
{
	struct ip x, y;

	return other >= 0 && ip_parse(event_value(&n->ev, field), &x) &&
	       read_peer(event_value(&n->ev, other), &y) && x.v == y.v &&
	       memcmp(x.b, y.b, x.v == 4 ? 4 : 16) == 0;
}

/* The names in a list; one that a format made is read once. */
static const struct observed *
read_observed(struct norm *n, struct str all)
{
	struct observed *o = &n->observed[((uintptr_t)all.p >> 4) % OBSERVED_LISTS];
	struct str v;
	size_t at = 0;

	if (str_eq(o->list, all) && o->list.p == all.p)
		return o;
	*o = (struct observed){.list = all};
	while (o->n < OBSERVED_MAX && json_next(all, &at, NULL, &v)) {
		struct str peer = json_text(n->ev.a, v), name = str_cut(&peer, '=');

		o->v[o->n++] = (struct observed_name){
		    .field = fields_find(n->fields, name),
		    .peer = peer.p ? fields_find(n->fields, peer) : -1,
		    .has_peer = peer.p != NULL,
		    .is_ip = str_ends(name, STR(".ip"))};
	}
	return o;
}

/* Of what the format calls observed: what is there, and no address of a proxy. */
static void
set_observed(struct norm *n)
{
	struct str all = event_get(&n->ev, F_OBSERVED), kept = STR("[");
	const struct observed *o;
	bool same = true, is[OBSERVED_MAX];

	if (!all.p)
		return;
	o = read_observed(n, all);
	for (size_t i = 0; i < o->n; i++) {
		const struct observed_name *x = &o->v[i];

		is[i] = x->field >= 0 && event_cell(&n->ev, x->field) &&
			(!x->has_peer || is_same(n, x->field, x->peer)) &&
			!(x->is_ip && is_proxy(n, event_value(&n->ev, x->field)));
		same = same && is[i] && !x->has_peer;
	}
	if (same && o->n)
		return;
	for (size_t i = 0; i < o->n; i++)
		if (is[i])
			kept = CAT(n->ev.a, kept, kept.n > 1 ? STR(",\"") : STR("\""),
			    fields_get(n->fields, o->v[i].field)->name, STR("\""));
	if (kept.n == 1)
		event_unset(&n->ev, F_OBSERVED);
	else
		event_raw(&n->ev, F_OBSERVED, CAT(n->ev.a, kept, STR("]")), FROM_ENGINE);
}

/* --- the bytes --- */

static bool
is_utf8(struct str s)
{
	size_t len;

	for (; (s = str_from(s, str_ascii(s))).n; s = str_from(s, len))
		if ((len = buf_utf8(s)) == 0)
			return false;
	return true;
}

static void
say_bytes(struct norm *n, const struct norm_line *l)
{
	struct event *ev = &n->ev;
	char hex[65];

	if (l->long_bytes) {
		ev->tags |= TAG_TRUNCATED;
		event_raw(ev, F_BYTES,
		    arena_fmt(ev->a, "%llu", (unsigned long long)l->long_bytes),
		    FROM_ENGINE);
		sha256_hex(l->hash, hex, 64);
		event_text(
		    ev, F_SHA256, arena_copy(ev->a, (struct str){hex, 64}), FROM_ENGINE);
	} else if (!ev->clean && !is_utf8(ev->line)) {
		event_text(ev, F_BASE64, base64(ev->a, ev->line), FROM_ENGINE);
	}
}

void
norm_finish(struct norm *n, struct origin *o, const struct norm_line *l, struct buf *out,
    int64_t *ns)
{
	static const char blank[IDS_DIGITS + 2] = "\"                                \"";
	struct event_places at;
	struct sha256_text id, sent;

	event_derive(&n->ev);
	*ns = set_time(n, o, l->now);
	id = id_text(n, o, l);
	sent = sent_text(n, *ns);
	if (sent.p)
		event_raw(&n->ev, F_SOURCE_LINE, (struct str){blank, sizeof(blank)},
		    FROM_ENGINE);
	set_observed(n);
	say_bytes(n, l);
	event_write(&n->ev, time_text(o, *ns), out, &at);
	if (at.id != STR_NPOS)
		ids_add(n->ids, &id, at.id);
	if (sent.p && at.sent != STR_NPOS)
		ids_add(n->ids, &sent, at.sent);
	n->sent_at = sent.p ? at.sent : STR_NPOS;
}

void
norm_settle(struct norm *n, struct buf *out)
{
	ids_settle(n->ids, out);
}

bool
norm_full(const struct norm *n)
{
	return ids_full(n->ids);
}
