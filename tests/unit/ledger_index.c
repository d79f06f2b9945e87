#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "ledger.h"
#include "ledger_index.h"
#include "test.h"
#include "when.h"

#define NOW   (INT64_C(1795503600) * WHEN_S)
#define DEEDS 1200 /* more than an index starts with */

static char dir[] = "/tmp/ledger.XXXXXX";

static const char *
path(const char *name)
{
	static char text[2][128];
	static int turn;

	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]), "%s/%s", dir, name);
	return text[turn];
}

static struct ledger *
open_(void)
{
	struct err e = {0};
	struct ledger *l = ledger_open(dir, true, &e);

	if (!l)
		fprintf(stderr, "%s\n", e.msg);
	return l;
}

static struct action
block(struct arena *a, size_t i)
{
	struct action step;
	struct net net;

	net_parse(arena_fmt(a, "20.%zu.%zu.7", i >> 8, i & 255), &net);
	action_for_net(a, &step, DO_BLOCK_IP, &net);
	return step;
}

static struct deed *
add(struct arena *a, struct ledger *l, size_t i, int64_t now)
{
	struct action step = block(a, i);
	struct deed d = {.what = DO_BLOCK_IP,
	    .ttl_s = 3600 + (int64_t)i,
	    .net = step.net,
	    .target = step.target,
	    .incident = STR("i1"),
	    .why = STR("w"),
	    .prior = STR("{\"a\":[1]}")};

	memcpy(d.key, step.key, sizeof(d.key));
	return ledger_intend(l, &d, now);
}

/* All that can be asked of a ledger, as text: with an index and without it is the same. */
static struct str
all_of(struct arena *a, struct ledger *l)
{
	struct buf b = buf_make((size_t)16 << 20);
	struct deed *d;
	struct str s;

	buf_fmt(&b, "%s %lld %zu %zu\n", ledger_head(l).p, (long long)ledger_last(l),
	    ledger_since(l, NOW + WHEN_S), ledger_count(l, DO_BLOCK_IP, NOW));
	for (size_t i = 0; i < DEEDS + 10; i++) {
		struct action step = block(a, i);

		d = ledger_live(l, step.key);
		buf_fmt(&b, "%zu %d\n", ledger_times(l, step.key, NOW), d != NULL);
	}
	for (size_t at = 0; (d = ledger_next(l, &at));)
		buf_fmt(&b,
		    "%s %s %s %d " STR_FMT " " STR_FMT " " STR_FMT "|" STR_FMT
		    " %lld %lld %lld %zu\n",
		    d->id, d->key, deed_state_name(d->state), d->net.bits,
		    STR_ARG(d->target), STR_ARG(d->prior), STR_ARG(d->incident),
		    STR_ARG(d->also), (long long)d->ttl_s, (long long)d->at_ns,
		    (long long)d->until_ns, d->nth);
	s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
fill(void)
{
	struct arena *a = arena_new();
	struct ledger *l = open_();
	struct err e = {0};

	T(l && ledger_doubt(l));
	for (size_t i = 0; i < DEEDS; i++) {
		struct deed *d = add(a, l, i, NOW);

		ledger_outcome(l, d, i % 7 ? DEED_APPLIED : DEED_FAILED, STR_NONE, NOW);
	}
	T(ledger_sync(l, &e));
	ledger_close(l);

	/* in parts, on what is there */
	l = open_();
	T(l && !ledger_doubt(l));
	for (size_t i = 1; i < 50; i += 7) {
		struct deed *d = ledger_live(l, block(a, i).key);

		T(d && d->state == DEED_APPLIED && str_eq(d->why, STR("w")));
		if (!d)
			continue;
		ledger_share(l, d, STR("i2"), NOW + 1);
		ledger_share(l, d, STR("i3"), NOW + 1);
		ledger_leave(l, d, i % 2 ? STR("i1") : STR("i2"), NOW + 1);
		ledger_extend(l, d, 7200, NOW + 1);
		if (i % 3 == 0) {
			ledger_outcome(l, d, DEED_UNDOING, STR_NONE, NOW + 1);
			ledger_outcome(l, d, DEED_UNDONE, STR_NONE, NOW + 1);
			add(a, l, i, NOW + 2 * WHEN_S);
		}
	}
	T(ledger_sync(l, &e));
	ledger_close(l);
	arena_free(a);
}

static void
with_it_and_without_it_the_ledger_says_the_same(void)
{
	struct arena *a = arena_new();
	struct ledger *l = open_();
	struct err e = {0};
	struct str with, without, reading;

	T(l && !ledger_doubt(l));
	with = all_of(a, l);
	ledger_close(l);
	unlink(path("index"));
	l = open_();
	T(l && ledger_doubt(l));
	without = all_of(a, l);
	ledger_close(l);
	l = ledger_open(dir, false, &e);
	reading = all_of(a, l);
	ledger_close(l);
	T(with.n > DEEDS * 100 && str_eq(with, without) && str_eq(with, reading));
	arena_free(a);
}

static void
a_ledger_that_was_touched_is_read_whole(void)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str was = file_read(a, path("ledger"), 64 << 20, &e), index;
	struct ledger *l;
	FILE *f;

	/* one byte of an old line, in place: the length and the last line are the same */
	f = fopen(path("ledger"), "r+");
	T(f && fseek(f, 300, SEEK_SET) == 0 && fputc('x', f) == 'x' && fclose(f) == 0);
	T(ledger_open(dir, true, &e) == NULL && e.kind == ERR_CONFIG);
	f = fopen(path("ledger"), "r+");
	T(f && fseek(f, 300, SEEK_SET) == 0 && fputc(was.p[300], f) >= 0 &&
	    fclose(f) == 0);
	e = (struct err){0};

	l = open_();
	T(l && ledger_doubt(l));
	ledger_close(l);
	index = file_read(a, path("index"), 64 << 20, &e);

	/* its tail cut off, and the index of before put beside it */
	T(truncate(path("ledger"),
	      (off_t)(str_rchr(str_sub(was, 0, was.n - 1), '\n') + 1)) == 0);
	T(file_replace(path("index"), index, &e));
	l = open_();
	T(l && strcmp(ledger_doubt(l), "the ledger is shorter than it was") == 0);
	ledger_close(l);
	f = fopen(path("ledger"), "w");
	T(f && fwrite(was.p, 1, was.n, f) == was.n && fclose(f) == 0);
	arena_free(a);
}

/* Whatever its bytes are: what is asked for is right, or nothing is said at all. */
static void
an_index_that_lies_is_found_out(void)
{
	struct arena *a = arena_new(), *m = arena_new();
	struct err e = {0};
	struct ledger *l = open_();
	struct str index, right;
	size_t wrong = 0, lied = 0;
	unsigned r = 1;

	ledger_close(l);
	index = file_read(a, path("index"), 64 << 20, &e);
	l = ledger_open(dir, false, &e);
	right = all_of(a, l);
	ledger_close(l);
	for (int i = 0; i < 25; i++) {
		char *copy = (char *)(uintptr_t)arena_copy(m, index).p;
		size_t n = index.n;

		/* bits of header, cells and slots; every fifth is cut short */
		for (int k = 0; k < 1 + i % 9; k++) {
			r = r * 1103515245 + 12345;
			copy[(i % 3 ? r >> 4 : r >> 23) % n] ^= (char)(1
								       << (r >> 16) % 8);
		}
		if (i % 5 == 4)
			n -= 1 + r % 5000;
		T(file_replace(path("index"), (struct str){copy, n}, &e));
		l = ledger_open(dir, true, &e);
		wrong += !l;
		if (l && ledger_doubt(l)) {
			lied++;
			wrong += !str_eq(all_of(m, l), right);
		} else if (l) {
			struct deed *d;

			/* what it hands out stands in the ledger like that */
			for (size_t at = 0; (d = ledger_next(l, &at));)
				wrong += memmem(right.p, right.n, d->id, 32) == NULL;
		}
		ledger_close(l);
		arena_reset(m);
	}
	T(wrong == 0);
	T(lied > 0);
	unlink(path("index"));
	arena_free(a);
	arena_free(m);
}

/* A deed that is in force is, though its slot says that it was taken back or ends now. */
static void
a_slot_is_held_against_its_lines(void)
{
	static const size_t at[] = {offsetof(struct slot, is),
	    offsetof(struct slot, until_ns), offsetof(struct slot, at_ns),
	    offsetof(struct slot, intent), offsetof(struct slot, state)};
	struct arena *a = arena_new();
	struct action step = block(a, 8);
	struct ledger *l = open_();
	struct err e = {0};
	struct str index;
	struct deed *d;
	uint8_t key[16];
	char *found;

	ledger_close(l);
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		index = file_read(a, path("index"), 64 << 20, &e);
		T(index_hex(str_of(step.key), key));
		found = memmem(index.p, index.n, key, sizeof(key));
		T(found);
		if (!found)
			break;
		found[at[i]] = (char)(i ? found[at[i]] + 1 : DEED_UNDONE);
		T(file_replace(path("index"), index, &e));
		l = open_();
		T(l && !ledger_doubt(l));
		d = ledger_live(l, step.key);
		T(d && d->state == DEED_APPLIED && d->ttl_s == 7200);
		T(ledger_doubt(l));
		ledger_close(l);
	}
	arena_free(a);
}

static void
one_that_others_could_write_is_not_believed(void)
{
	struct ledger *l = open_();

	ledger_close(l);
	T(chmod(path("index"), 0620) == 0);
	l = open_();
	T(l && strcmp(ledger_doubt(l), "others may write it") == 0);
	ledger_close(l);
	l = open_();
	T(l && !ledger_doubt(l));
	ledger_close(l);
	T(rename(path("index"), path("real")) == 0 &&
	    symlink(path("real"), path("index")) == 0);
	l = open_();
	T(l && ledger_doubt(l));
	ledger_close(l);
	unlink(path("real"));
}

int
main(void)
{
	if (!mkdtemp(dir))
		return 1;
	FACT(fill);
	FACT(with_it_and_without_it_the_ledger_says_the_same);
	FACT(a_ledger_that_was_touched_is_read_whole);
	FACT(an_index_that_lies_is_found_out);
	FACT(a_slot_is_held_against_its_lines);
	FACT(one_that_others_could_write_is_not_believed);
	unlink(path("ledger"));
	unlink(path("index"));
	unlink(path("lock"));
	rmdir(dir);
	return TEST_END;
}
