#include "account.h"
#include "cause.h"
#include "flaw.h"
#include "when.h"

#define GAPS         8 /* hosts whose silence is told */
#define ALTERNATIVES 3
#define PATH         6 /* events before the foothold */

static void
text(struct buf *b, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_add(b, b->p[b->n - 1] == '{' ? STR("\"") : STR(",\""));
	buf_add(b, str_of(key));
	buf_add(b, STR("\":"));
	buf_json(b, value);
}

/* The next element of a list that `n` elements have come before. */
static void
item(struct buf *b, const char *key, size_t *n, struct str value)
{
	if ((*n)++ == 0) {
		buf_add(b, STR(",\""));
		buf_add(b, str_of(key));
		buf_add(b, STR("\":["));
	} else
		buf_ch(b, ',');
	buf_json(b, value);
}

static void
shut(struct buf *b, size_t n)
{
	if (n)
		buf_ch(b, ']');
}

static void
confidence(struct buf *b, unsigned percent)
{
	buf_add(b, STR(",\"conf\":"));
	buf_u64(b, percent / 100);
	buf_ch(b, '.');
	buf_ch(b, (char)('0' + percent / 10 % 10));
	buf_ch(b, (char)('0' + percent % 10));
}

static void
named(struct buf *b, const struct flaw *f)
{
	text(b, "technique", str_of(f->technique));
	text(b, "cwe", str_of(f->cwe));
	text(b, "control", str_of(f->control));
}

/* --- what is not known --- */

static void
gap(struct buf *b, size_t *n, const char *what, struct str host, const struct covered *h)
{
	char text[1024], at[WHEN_MAX];
	size_t size = 0;
	const struct str says[] = {str_of(what), STR(" "), host};

	for (size_t i = 0; i < 3; i++) {
		memcpy(text + size, says[i].p, says[i].n);
		size += says[i].n;
	}
	for (int i = 0; h && i < 2; i++) {
		when_text(at, i ? h->to : h->from);
		memcpy(text + size, i ? " to " : " from ", i ? 4 : 6);
		size += i ? 4 : 6;
		memcpy(text + size, at, 19);
		text[size + 19] = 'Z';
		size += 20;
	}
	item(b, "gaps", n, (struct str){text, size});
}

/* What hosts that were attacked did not tell. */
static void
silences(const struct incident *in, const struct cover *cover, struct buf *b, size_t *n)
{
	for (size_t i = 0, told = 0; i < in->entities_n && told < GAPS; i++) {
		const struct entity *e = &in->entities[i];
		const struct covered *h;

		if (e->type != ENT_HOST || e->role < ROLE_VICTIM || e->value.n > 255)
			continue;
		h = cover_of(cover, e->value);
		if (!h)
			continue;
		told++;
		if (!h->process)
			gap(b, n, "no record of processes on", e->value, NULL);
		if (!h->logon)
			gap(b, n, "no record of logons on", e->value, NULL);
		if (h->to > in->first && h->from < in->last)
			gap(b, n, "nothing was recorded of", e->value, h);
	}
}

static void
gaps(const struct incident *in, const struct cover *cover, struct buf *b)
{
	size_t n = 0;

	if (!in->cause.event[0])
		item(b, "gaps", &n, STR("no first foothold is in these records"));
	silences(in, cover, b, &n);
	shut(b, n);
}

/* --- how it came about --- */

/* The events of the earliest alert that came before the foothold, and the foothold. */
static void
path(const struct incident *in, struct buf *b)
{
	const struct member *first = NULL;
	struct str event = str_of(in->cause.event);
	size_t n = 0;

	for (size_t i = 0; i < in->members_n; i++)
		if (!first || in->members[i].first < first->first)
			first = &in->members[i];
	for (size_t i = 0; first && i < ids_count(&first->events) && n < PATH; i++)
		if (!str_eq(ids_at(&first->events, i), event) &&
		    (!event.n || first->first <= in->cause.ns))
			item(b, "path", &n, ids_at(&first->events, i));
	if (event.n)
		item(b, "path", &n, event);
	shut(b, n);
}

static void
logon(const struct incident *in, const struct cover *cover, struct buf *b)
{
	bool guessing = str_eq(in->cause.vector, STR("password guessing"));
	size_t n = 0;

	text(b, "weakness", in->cause.weakness);
	named(b, flaw_of_logon(in, guessing));
	text(b, "event", str_of(in->cause.event));
	path(in, b);
	confidence(b, in->cause.conf);
	item(b, "why", &n,
	    in->cause.conf >= 90
		? STR("at least five logons of that source had failed before it")
		: STR("that source had done other things of an attack before it"));
	item(b, "why", &n, STR("the user was not known at that address"));
	shut(b, n);
	gaps(in, cover, b);
	n = 0;
	if (!guessing)
		item(b, "alternatives", &n,
		    STR("the password was guessed or taken where these records do not "
			"reach"));
	item(b, "alternatives", &n,
	    guessing ? STR("the user mistyped, and works from a new address")
		     : STR("the user works from a new address"));
	shut(b, n);
}

/* "an application on web01" and what it does. */
static void
exploit(const struct incident *in, const struct cover *cover, struct buf *b)
{
	const struct flaw *f = flaw_of_web(in, 0), *plain = flaw_of_application();
	struct str end = str_of(plain->does), all = in->cause.weakness;
	struct buf say = buf_make(2048);
	size_t n = 0;

	if (f && str_ends(all, end)) {
		buf_add(&say, str_sub(all, 0, all.n - end.n));
		buf_add(&say, str_of(f->does));
	} else
		buf_add(&say, all);
	text(b, "weakness", buf_str(&say));
	buf_free(&say);
	named(b, f ? f : plain);
	text(b, "event", str_of(in->cause.event));
	path(in, b);
	confidence(b, in->cause.conf);
	item(b, "why", &n, STR("this is the first request of the attack on it"));
	item(b, "why", &n,
	    STR("a web shell, or a shell, a job or a download on the host followed"));
	if (f)
		item(b, "why", &n,
		    STR("the name of a rule that matched says what kind it is"));
	shut(b, n);
	gaps(in, cover, b);
	n = 0;
	for (size_t i = 1; i <= ALTERNATIVES && (f = flaw_of_web(in, i)); i++) {
		struct buf other = buf_make(512);

		buf_fmt(&other, "it %s (%s)", f->does, f->cwe);
		item(b, "alternatives", &n, buf_str(&other));
		buf_free(&other);
	}
	shut(b, n);
}

/* No foothold: what was tried first. */
static void
tried(const struct incident *in, const struct attack *t, const struct cover *cover,
    struct buf *b)
{
	uint8_t order[INCIDENT_MAX];
	const struct technique *k = NULL;

	if (account_order(in, order))
		k = attack_find(t, in->acts[order[0]].technique);
	text(b, "vector", k ? k->phrase : STR("unknown"));
	path(in, b);
	confidence(b, 0);
	gaps(in, cover, b);
}

void
cause_write(const struct incident *in, const struct attack *t, const struct cover *cover,
    struct buf *b)
{
	buf_add(b, STR(",\"ir.cause\":{"));
	/* a logon that was got says how somebody came in; a process, only where he began */
	if (in->cause.event[0]) {
		text(b, "vector", in->cause.vector);
		(in->exploited && str_starts(in->cause.vector, STR("exploit"))
			? exploit
			: logon)(in, cover, b);
	} else if (in->root.members.n)
		buf_add(b, in->root.members);
	else
		tried(in, t, cover, b);
	buf_ch(b, '}');
}
