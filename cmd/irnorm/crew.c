#include <pthread.h>

#include "audit.h"
#include "crew.h"
#include "json.h"
#include "mem.h"

#define PART_BYTES  ((size_t)256 * 1024)
#define PART_LINES  2048
#define FIRST_LINES 64 /* of an input, for which all others wait */
#define LINE_MAX_   ((size_t)64 * 1024 * 1024)
#define AHEAD       4 /* parts a thread that may wait to leave */

struct part_line {
	size_t at, n; /* in the text */
	uint64_t offset, long_bytes;
	uint8_t hash[SHA256_SIZE];
	size_t end; /* of its event */
	bool is_unknown;
	size_t unknown_at, unknown_n;
};

enum part_state { PART_FREE, PART_FULL, PART_TAKEN, PART_DONE };

struct part {
	enum part_state state;
	struct origin *input;
	struct origin from, to; /* what was known, what was known afterwards */
	char source[65];
	int64_t now;
	struct buf text; /* the lines, JSON_PAD bytes behind each */
	struct part_line *v;
	size_t n, cap;
	struct buf out, unknown;
};

struct crew {
	struct norm *norm;
	struct arena *a;
	crew_event *event;
	void *ctx;

	pthread_t *threads;
	size_t n_threads, jobs;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	bool stop, paused;

	struct part *parts; /* a ring */
	size_t n_parts;
	size_t head, tail; /* numbers of the oldest and of the one being filled */
	size_t next;       /* of the first that nobody has taken */
};

struct worker {
	struct crew *crew;
	struct norm *norm;
};

static struct part *
part_at(struct crew *c, size_t number)
{
	return &c->parts[number % c->n_parts];
}

/* --- doing a part --- */

static void
run_part(struct part *p, struct norm *n, struct arena *a, struct origin *o)
{
	struct norm_line l = {.source = p->source, .now = p->now};
	int64_t ns;

	buf_reset(&p->out);
	buf_reset(&p->unknown);
	for (size_t i = 0; i < p->n && !o->tied; i++) {
		struct part_line *x = &p->v[i];

		l.text = (struct str){p->text.p + x->at, x->n};
		l.offset = x->offset;
		l.long_bytes = x->long_bytes;
		l.hash = x->hash;
		norm_event_later(n, o, &l, a, &p->out, &ns);
		if (norm_full(n))
			norm_settle(n, &p->out);
		x->end = p->out.n;
		x->unknown_at = p->unknown.n;
		x->unknown_n = n->unknown.n;
		x->is_unknown = n->unknown.p != NULL;
		buf_add(&p->unknown, n->unknown);
		arena_reset(a);
		o->tied = o->tied || (o->frozen && o->serials);
	}
	norm_settle(n, &p->out);
}

/* What a part may start with: no more than its input's memory of earlier lines. */
static void
run_ahead(struct part *p, struct norm *n, struct arena *a)
{
	p->to = p->from;
	p->to.frozen = true;
	p->to.tied = false;
	p->to.serials = NULL;
	p->to.first = NULL;
	p->to.stamp_n = p->to.stamp_host_n = p->to.time_n = 0;
	p->to.stamps.used_year = p->to.stamps.set_year = false;
	p->to.stamps.used_last = p->to.stamps.set_last = false;
	run_part(p, n, a, &p->to);
	serials_free(p->to.serials);
	p->to.serials = NULL;
}

/* Would the first format that was found have been found from what is known now? */
static bool
same_guess(struct crew *c, const struct part *p)
{
	const struct origin *was = &p->from, *is = p->input;
	struct str text = p->to.first_text, all = buf_str(&p->text);

	if (was->last == is->last || (!p->to.first && was->last && is->last))
		return true;
	if (!was->last || !is->last || text.p < all.p || text.p + text.n > all.p + all.n)
		return false;
	return norm_bare(c->norm, is, text) == p->to.first;
}

/* Did it matter that something else is known by now? */
static bool
holds(struct crew *c, const struct part *p)
{
	const struct origin *was = &p->from, *is = p->input;
	const struct stamps *used = &p->to.stamps;

	return !p->to.tied && was->headers == is->headers &&
	       was->history == is->history && same_guess(c, p) &&
	       (!used->used_year || (was->stamps.year == is->stamps.year &&
					was->stamps.mon == is->stamps.mon)) &&
	       (!used->used_last ||
		   (was->stamps.has_last == is->stamps.has_last &&
		       (!is->stamps.has_last || was->stamps.last == is->stamps.last)));
}

/* Note for the input what its lines have said. */
static void
settle(struct part *p)
{
	const struct stamps *s = &p->to.stamps;
	struct origin *o = p->input;

	o->history = p->to.history;
	if (p->to.first)
		o->last = p->to.last;
	if (s->set_year) {
		o->stamps.year = s->year;
		o->stamps.mon = s->mon;
	}
	if (s->set_last) {
		o->stamps.last = s->last;
		o->stamps.has_last = true;
		/* the memory of one stamp is of an earlier line */
		o->stamp_n = 0;
	}
}

/* --- threads --- */

/* The oldest part that nobody has taken; the lock is held. */
static struct part *
take(struct crew *c)
{
	struct part *p;

	while (!c->paused && c->next != c->tail) {
		p = part_at(c, c->next++);
		if (p->state == PART_FULL) {
			p->state = PART_TAKEN;
			return p;
		}
	}
	return NULL;
}

static void
done(struct crew *c, struct part *p)
{
	pthread_mutex_lock(&c->lock);
	p->state = PART_DONE;
	pthread_cond_signal(&c->done);
	pthread_mutex_unlock(&c->lock);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;
	struct crew *c = w->crew;
	struct arena *a = arena_new();
	struct part *p = NULL;

	for (;;) {
		pthread_mutex_lock(&c->lock);
		while (!c->stop && !(p = take(c)))
			pthread_cond_wait(&c->work, &c->lock);
		pthread_mutex_unlock(&c->lock);
		if (!p)
			break;
		run_ahead(p, w->norm, a);
		done(c, p);
		p = NULL;
	}
	arena_free(a);
	norm_free(w->norm);
	mem_free(w);
	return NULL;
}

static bool
start(struct crew *c)
{
	c->threads = mem_new(c->jobs, sizeof(*c->threads));
	while (c->n_threads + 1 < c->jobs) {
		struct worker *w = mem_new(1, sizeof(*w));

		w->crew = c;
		w->norm = norm_clone(c->norm);
		if (pthread_create(&c->threads[c->n_threads], NULL, work, w) != 0) {
			norm_free(w->norm);
			mem_free(w);
			break;
		}
		c->n_threads++;
	}
	return c->n_threads > 0;
}

/* Wait until no other thread works: what they share is going to change. */
static void
pause_others(struct crew *c, bool paused)
{
	pthread_mutex_lock(&c->lock);
	c->paused = paused;
	for (size_t i = c->head; paused && i != c->tail; i++)
		while (part_at(c, i)->state == PART_TAKEN)
			pthread_cond_wait(&c->done, &c->lock);
	if (!paused)
		pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
}

static void
run_again(struct crew *c, struct part *p)
{
	p->input->tied = false;
	pause_others(c, true);
	run_part(p, c->norm, c->a, p->input);
	pause_others(c, false);
	p->input->in_order = p->input->serials != NULL;
}

/* --- leaving --- */

static void
leave(struct crew *c, struct part *p)
{
	size_t from = 0;

	if (!holds(c, p))
		run_again(c, p);
	else
		settle(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct part_line *x = &p->v[i];
		struct str unknown = str_sub(
		    buf_str(&p->unknown), x->unknown_at, x->unknown_n);

		c->event(c->ctx, str_sub(buf_str(&p->out), from, x->end - from),
		    x->is_unknown ? unknown : STR_NONE);
		from = x->end;
	}
	p->state = PART_FREE;
	c->head++;
}

/* The oldest part leaves; while it is not done, this thread does another. */
static void
leave_oldest(struct crew *c)
{
	struct part *oldest = part_at(c, c->head), *p;

	pthread_mutex_lock(&c->lock);
	while (oldest->state != PART_DONE) {
		p = take(c);
		if (!p) {
			pthread_cond_wait(&c->done, &c->lock);
			continue;
		}
		pthread_mutex_unlock(&c->lock);
		run_ahead(p, c->norm, c->a);
		pthread_mutex_lock(&c->lock);
		p->state = PART_DONE;
	}
	pthread_mutex_unlock(&c->lock);
	leave(c, oldest);
}

/* Hand the part that is being filled to whoever is free. */
static void
hand_on(struct crew *c)
{
	struct part *p = part_at(c, c->tail);

	if (p->n == 0)
		return;
	p->from = *p->input;
	p->to.tied = p->input->in_order;
	pthread_mutex_lock(&c->lock);
	p->state = p->input->in_order ? PART_DONE : PART_FULL;
	c->tail++;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	if (c->tail - c->head == c->n_parts)
		leave_oldest(c);
	p = part_at(c, c->tail);
	p->n = 0;
	buf_reset(&p->text);
}

/* --- --- */

struct crew *
crew_new(struct norm *n, size_t jobs, crew_event *event, void *ctx)
{
	struct crew *c = mem_new(1, sizeof(*c));

	c->norm = n;
	c->a = arena_new();
	c->event = event;
	c->ctx = ctx;
	c->jobs = jobs;
	c->n_parts = jobs * AHEAD;
	c->parts = mem_new(c->n_parts, sizeof(*c->parts));
	for (size_t i = 0; i < c->n_parts; i++) {
		c->parts[i].text = buf_make(LINE_MAX_);
		c->parts[i].out = buf_make((size_t)1 << 32);
		c->parts[i].unknown = buf_make(LINE_MAX_);
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->done, NULL);
	return c;
}

void
crew_free(struct crew *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	for (size_t i = 0; i < c->n_parts; i++) {
		buf_free(&c->parts[i].text);
		buf_free(&c->parts[i].out);
		buf_free(&c->parts[i].unknown);
		mem_free(c->parts[i].v);
	}
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->done);
	mem_free(c->threads);
	mem_free(c->parts);
	arena_free(c->a);
	mem_free(c);
}

bool
crew_line(struct crew *c, struct origin *o, const struct norm_line *l)
{
	static const char pad[JSON_PAD];
	struct part *p = part_at(c, c->tail);
	struct part_line *x;

	if (!c->threads && !start(c))
		return false;
	if (p->n && (p->input != o || p->n == PART_LINES || p->text.n > PART_BYTES)) {
		hand_on(c);
		p = part_at(c, c->tail);
	} else if (p->n == FIRST_LINES && !o->begun_with) {
		/* they tell what the others of the input are like */
		crew_drain(c);
		o->begun_with = true;
		p = part_at(c, c->tail);
	}
	if (p->n == 0) {
		p->input = o;
		memcpy(p->source, l->source, sizeof(p->source));
		p->now = l->now;
	}
	p->v = mem_grow(p->v, &p->cap, p->n + 1, sizeof(*p->v));
	x = &p->v[p->n++];
	*x = (struct part_line){.at = p->text.n,
	    .n = l->text.n,
	    .offset = l->offset,
	    .long_bytes = l->long_bytes};
	if (l->long_bytes)
		memcpy(x->hash, l->hash, sizeof(x->hash));
	buf_add(&p->text, l->text);
	buf_add(&p->text, (struct str){pad, sizeof(pad)});
	return true;
}

void
crew_drain(struct crew *c)
{
	hand_on(c);
	while (c->head != c->tail)
		leave_oldest(c);
}
