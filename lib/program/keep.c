#include <stdlib.h>

#include "keep.h"
#include "mem.h"
#include "out.h"
#include "state.h"
#include "trail.h"

#define TRAIL_LEAST ((uint64_t)32 * 1024 * 1024) /* a shorter journal is left alone */

struct keep {
	struct filter_run *run;
	struct state *state;
	uint64_t snap;       /* number of the last snapshot */
	uint64_t snap_bytes; /* its size */
	struct trail *trail; /* what changed since; NULL: the filter keeps none */
	struct buf changes;
};

/* --- writing --- */

/* A journal starts behind the state as it is. */
static void
begin_trail(struct keep *k)
{
	struct filter_run *run = k->run;

	if (!run->f->journal)
		return;
	if (!k->trail)
		k->trail = trail_new(run->common.state, k->snap);
	buf_reset(&k->changes);
	run->f->journal(run->state, &k->changes);
}

void
keep_save(struct keep *k, uint64_t number)
{
	struct filter_run *run;
	struct buf *b;

	if (!k || !k->run->f->save || k->run->fatal.kind != ERR_NONE)
		return;
	run = k->run;
	if (!number)
		number = k->snap + 1;
	/* never ahead of output; those that keep a journal write lines */
	if (!out_flush(run->out, &run->fatal) ||
	    !(b = state_begin(k->state, run->f->journal, &run->fatal)))
		return;
	run->f->save(run->state, b);
	state_save(k->state, number, &run->fatal);
	k->snap = number;
	k->snap_bytes = state_bytes(k->state);
	trail_close(k->trail);
	k->trail = NULL;
	begin_trail(k);
}

/* When the journal has become as much as the snapshot, a new one is cheaper to read. */
void
keep_changes(struct keep *k)
{
	struct filter_run *run;

	if (!k || !k->trail || k->run->fatal.kind != ERR_NONE)
		return;
	run = k->run;
	buf_reset(&k->changes);
	run->f->journal(run->state, &k->changes);
	if (k->changes.n)
		trail_add(k->trail, buf_str(&k->changes), &run->fatal);
	if (run->fatal.kind == ERR_NONE && trail_bytes(k->trail) > TRAIL_LEAST &&
	    trail_bytes(k->trail) > k->snap_bytes)
		keep_save(k, 0);
}

/* --- reading --- */

static bool
take(void *ctx, struct str bytes, struct err *e)
{
	struct filter_run *run = ((struct keep *)ctx)->run;

	((struct keep *)ctx)->snap_bytes += bytes.n;
	return !run->f->load || run->f->load(run->state, bytes, e);
}

static bool
said_where(
    const struct keep *k, const char *kind, uint64_t number, bool ok, struct err *e)
{
	if (!ok)
		err_at(e, "%s/%s.%llu", k->run->common.state, kind,
		    (unsigned long long)number);
	return ok;
}

/* What happened after the snapshot: one journal, or two if the newest snapshot is damaged. */
static bool
read_trails(struct keep *k, struct err *e)
{
	uint64_t snap_bytes = k->snap_bytes;

	for (uint64_t n = k->snap;; n = state_next_journal(k->state, n)) {
		if (!n && k->trail)
			break;
		trail_close(k->trail);
		k->trail = trail_new(k->run->common.state, n);
		k->snap = n;
		if (!said_where(k, "journal", n, trail_read(k->trail, take, k, e), e))
			return false;
	}
	k->snap_bytes = snap_bytes;
	return true;
}

/* Unless a snapshot was asked for by its number, what happened after it counts too. */
static bool
load(struct keep *k, uint64_t restore, struct err *e)
{
	const struct filter *f = k->run->f;

	k->snap = state_find(k->state, restore, e);
	if (e->kind != ERR_NONE)
		return false;
	if (k->snap && !said_where(k, "snap", k->snap,
			   state_read(k->state, k->snap, f->journal, take, k, e), e))
		return false;
	if (!f->journal)
		return true;
	if (restore)
		trail_prune(k->run->common.state, restore, true);
	else if (!read_trails(k, e))
		return false;
	begin_trail(k);
	return true;
}

bool
keep_open(struct keep **to, struct filter_run *run, struct err *e)
{
	const char *restore = getenv("IR_RESTORE");
	uint64_t number = 0;
	struct keep *k;

	if (!run->common.state)
		run->common.state = getenv("STATE_DIRECTORY");
	if (!run->common.state)
		return true;
	if (restore && !str_u64(str_of(restore), &number)) {
		err_set(e, ERR_CONFIG, "IR_RESTORE is not a number: '%s'", restore);
		return false;
	}
	k = *to = mem_new(1, sizeof(*k));
	k->run = run;
	k->changes = buf_make((size_t)1 << 32);
	k->state = state_open(run->common.state, e);
	return k->state && load(k, number, e);
}

void
keep_close(struct keep *k)
{
	if (!k)
		return;
	trail_close(k->trail);
	buf_free(&k->changes);
	state_close(k->state);
	mem_free(k);
}
