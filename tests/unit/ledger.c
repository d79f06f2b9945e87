#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "ledger.h"
#include "test.h"
#include "when.h"

#define NOW (INT64_C(1795503600) * WHEN_S)

static char dir[] = "/tmp/ledger.XXXXXX";

static const char *
path(const char *name)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s/%s", dir, name);
	return text;
}

static struct ledger *
open_(bool write)
{
	struct err e = {0};
	struct ledger *l = ledger_open(dir, write, &e);

	if (!l)
		fprintf(stderr, "%s\n", e.msg);
	return l;
}

static struct deed
deed(struct arena *a, const char *net)
{
	struct action step;
	struct deed d = {.what = DO_BLOCK_IP, .ttl_s = 3600, .why = STR("x\"\n\033")};

	net_parse(str_of(net), &d.net);
	action_for_net(a, &step, DO_BLOCK_IP, &d.net);
	d.target = step.target;
	d.prior = STR("{\"a\":1}");
	memcpy(d.key, step.key, sizeof(d.key));
	d.incident = STR("i1");
	return d;
}

static void
what_was_written_is_read_back(void)
{
	struct arena *a = arena_new();
	struct ledger *l = open_(true);
	struct deed one = deed(a, "203.0.113.7"), two = deed(a, "2001:db8::/48"), *d;
	struct err e = {0};

	d = ledger_intend(l, &one, NOW);
	ledger_outcome(l, d, DEED_APPLIED, STR_NONE, NOW);
	ledger_intend(l, &two, NOW + WHEN_S);
	ledger_remark(l, "protect", one.target, STR("uid 0"), STR("why"), NOW + WHEN_S);
	T(ledger_sync(l, &e));
	ledger_close(l);

	l = open_(false);
	d = ledger_live(l, one.key);
	T(d && d->state == DEED_APPLIED && d->until_ns == NOW + 3600 * WHEN_S);
	T(d && str_eq(d->incident, STR("i1")) && str_eq(d->why, STR("x\"\n\033")));
	d = ledger_live(l, two.key);
	T(d && d->state == DEED_INTENT && d->net.bits == 48);
	T(d && str_eq(d->target, two.target) && str_eq(d->prior, STR("{\"a\":1}")));
	T(ledger_since(l, NOW + 1) == 1);
	T(ledger_last(l) == NOW + WHEN_S);
	ledger_close(l);
	arena_free(a);
}

static void
one_writer_at_a_time(void)
{
	struct ledger *l = open_(true);
	struct err e = {0};

	T(ledger_open(dir, true, &e) == NULL && e.kind == ERR_LATER);
	ledger_close(l);
}

/* Cut at every byte of the last two lines: what is left reads, and is closed for good. */
static void
a_line_cut_short_stays_and_is_closed(void)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str was = file_read(a, path("ledger"), 1 << 20, &e);
	size_t bad = 0;

	for (size_t n = was.n - 400; n <= was.n; n++) {
		FILE *f = fopen(path("ledger"), "w");
		struct ledger *l;
		bool whole = was.p[n - 1] == '\n';
		struct str now;

		fwrite(was.p, 1, n, f);
		fclose(f);
		l = open_(true);
		bad += !l || ledger_torn(l) == whole || !ledger_sync(l, &e);
		ledger_close(l);
		now = file_read(a, path("ledger"), 1 << 20, &e);
		bad += !str_starts(now, str_sub(was, 0, n)) || (now.n > n) == whole;
		l = open_(true);
		bad += !l || ledger_torn(l);
		ledger_close(l);
	}
	T(bad == 0);
	file_replace(path("ledger"), was, &e);
	arena_free(a);
}

/* Every byte that is changed is seen; in the last line by its hash, in the records. */
static void
a_change_is_seen(void)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str was = file_read(a, path("ledger"), 1 << 20, &e);
	size_t missed = 0, last = str_rchr(str_sub(was, 0, was.n - 1), '\n');
	char head[65];
	struct ledger *first = open_(false);

	memcpy(head, ledger_head(first).p, sizeof(head));
	ledger_close(first);

	for (size_t i = 0; i < was.n; i += 3) {
		char *copy = (char *)(uintptr_t)arena_copy(a, was).p;
		FILE *f = fopen(path("ledger"), "w");
		struct ledger *l;

		copy[i] ^= 1;
		fwrite(copy, 1, was.n, f);
		fclose(f);
		l = ledger_open(dir, false, &e);
		missed += l && (i <= last || str_eq(ledger_head(l), str_of(head))) &&
			  i + 1 < was.n;
		ledger_close(l);
	}
	T(missed == 0);
	arena_free(a);
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	FACT(what_was_written_is_read_back);
	FACT(one_writer_at_a_time);
	FACT(a_line_cut_short_stays_and_is_closed);
	FACT(a_change_is_seen);
	unlink(path("ledger"));
	unlink(path("index"));
	unlink(path("lock"));
	rmdir(dir);
	return TEST_END;
}
