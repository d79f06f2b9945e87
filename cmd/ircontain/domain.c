/*
 * block-domain: the site's resolvers do not answer for it any more.
 *
 * All domains of a batch go into each resolver's file at once; if a file cannot be
 * written or a resolver does not take it, all files are put back.
 */
#include <unistd.h>

#include "apex.h"
#include "contain.h"
#include "proc.h"
#include "sinks.h"
#include "system.h"

#define SAID      ((size_t)64 * 1024)
#define RELOAD_MS 30000
#define ASK_MS    300
#define ASK_TIMES 8

/* What is read once a batch. */
struct resolvers {
	struct sinks sinks;
	bool declared, silent; /* silent: the resolver that is asked did not answer */
	struct apex *apex;
};

static struct resolvers *
resolvers_of(struct batch *b, struct err *e)
{
	const struct set *set = (const struct set *)(const void *)b->set;
	struct resolvers *r = b->mine[DO_BLOCK_DOMAIN];

	if (r)
		return r;
	r = arena_zero(b->arena, sizeof(*r));
	r->declared = sinks_load(b->arena, set->resolvers, &r->sinks, e);
	if (e->kind || !(r->apex = apex_load(b->arena, &b->hands.root, e)))
		return NULL;
	b->mine[DO_BLOCK_DOMAIN] = r;
	return r;
}

static void
end(struct batch *b)
{
	b->mine[DO_BLOCK_DOMAIN] = NULL;
}

static struct str
text_of(struct batch *b, struct arena *a, const struct sink *s, struct err *e)
{
	struct str text = rootfs_read(&b->hands.root, a, s->path.p, SINK_BYTES, NULL, e);

	if (!text.p && e->kind == ERR_NONE && s->kind->needed)
		err_set(e, ERR_DATA, "there is no '%s'; make it first", s->path.p);
	if (text.p && !fence_sound(&s->kind->fence, text, e))
		err_at(e, "%s", s->path.p);
	return text.p ? text : STR("");
}

/* --- looking --- */

static void
note(struct job *j, const struct sinks *s)
{
	struct buf kept = buf_make(SAID), change = buf_make(SAID), diff = buf_make(SAID);
	struct str domain = j->a.to.text[TARGET_DOMAIN], line;

	buf_add(&kept, STR("{\"sinks\":["));
	buf_add(&change, STR("no answers for "));
	buf_add(&change, domain);
	for (size_t i = 0; i < s->n; i++) {
		const struct sink *k = &s->v[i];

		buf_fmt(
		    &kept, "%s{\"kind\":\"%s\",\"path\":", i ? "," : "", k->kind->name);
		buf_json(&kept, k->path);
		buf_ch(&kept, '}');
		buf_fmt(&change, "%s %s (%s)", i ? "," : ":", k->path.p, k->kind->name);
		buf_fmt(&diff, "--- a%s\n+++ b%s\n", k->path.p, k->path.p);
		for (size_t n = 0; (line = sink_line(j->arena, k->kind, domain, n)).p;
		     n++)
			buf_fmt(&diff, "+" STR_FMT "\n", STR_ARG(line));
	}
	buf_add(&kept, STR("]}"));
	j->prior = arena_copy(j->arena, buf_str(&kept));
	j->change = arena_copy(j->arena, buf_str(&change));
	j->diff = arena_copy(j->arena, buf_str(&diff));
	buf_free(&kept);
	buf_free(&change);
	buf_free(&diff);
}

static bool
ready(struct batch *b, struct job *j, struct resolvers **r)
{
	const struct set *set = (const struct set *)(const void *)b->set;
	struct str why;
	struct err e = {0};

	*r = resolvers_of(b, &e);
	if (!*r) {
		job_say(j, JOB_FAILED, "look", arena_copy(j->arena, str_of(e.msg)));
		return false;
	}
	why = apex_why(j->arena, (*r)->apex, j->a.to.text[TARGET_DOMAIN]);
	if (why.p)
		job_refuse(j, "protected", STR_FMT, STR_ARG(why));
	else if (!(*r)->declared)
		job_say(j, JOB_WAITING, "undeclared",
		    arena_fmt(j->arena, "'%s' names no resolver: a person has to",
			set->resolvers));
	return !why.p && (*r)->declared;
}

static void
look(struct batch *b, struct job *j)
{
	struct str domain = j->a.to.text[TARGET_DOMAIN];
	struct resolvers *r;
	struct err e = {0};
	bool in = true;

	if (!ready(b, j, &r))
		return;
	for (size_t i = 0; i < r->sinks.n; i++) {
		const struct sink *s = &r->sinks.v[i];
		struct str text = text_of(b, j->arena, s, &e);

		if (e.kind) {
			hands_fault(j, &e);
			return;
		}
		in = in && sink_has(j->arena, s->kind, text, domain);
	}
	if (in)
		job_already(j, "no resolver answers for it");
	else
		note(j, &r->sinks);
}

/* --- acting --- */

/* The sinks that a deed was given to; those that are declared know how to reload. */
static size_t
recall(const struct past *p, struct sink v[SINKS_MAX])
{
	const struct node *list = node_get(p->prior, STR("sinks"));
	size_t n = 0;

	for (size_t i = 0; i < node_count(list) && n < SINKS_MAX; i++) {
		const struct node *at = node_at(list, i);

		v[n] = (struct sink){
		    .kind = sink_kind(node_text(node_get(at, STR("kind")))),
		    .path = arena_copy(p->arena, node_text(node_get(at, STR("path"))))};
		if (v[n].kind && rootfs_path(v[n].path))
			n++;
	}
	return n;
}

/* A file on its way from one text to another. */
struct edit {
	struct sink sink;
	struct str was, now;
	bool there; /* it was there before */
};

struct edits {
	struct edit v[SINKS_MAX * 2];
	size_t n;
};

static struct edit *
edit_of(struct batch *b, struct edits *all, const struct sink *s, struct err *e)
{
	struct resolvers *r = resolvers_of(b, e);
	struct edit *x;

	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->v[i].sink.path, s->path))
			return &all->v[i];
	if (!r || all->n == SINKS_MAX * 2)
		return NULL;
	x = &all->v[all->n];
	x->sink = *s;
	for (size_t i = 0; i < r->sinks.n; i++)
		if (str_eq(r->sinks.v[i].path, s->path))
			x->sink = r->sinks.v[i];
	x->was = x->now = text_of(b, b->arena, s, e);
	x->there = x->was.n > 0;
	if (e->kind)
		return NULL;
	all->n++;
	return x;
}

static bool
gather(struct batch *b, struct edits *all, struct err *e)
{
	for (size_t i = 0; i < b->n; i++) {
		struct job *j = &b->jobs[i];
		struct sink v[SINKS_MAX];
		struct past p;
		size_t n;

		if (j->status != JOB_PLANNED || j->a.what != DO_BLOCK_DOMAIN || !j->deed)
			continue;
		p = past_of(b->arena, j->deed);
		n = recall(&p, v);
		if (n == 0)
			return past_silent(e, "which resolvers");
		for (size_t k = 0; k < n; k++) {
			struct edit *x = edit_of(b, all, &v[k], e);

			if (!x)
				return false;
			x->now = sink_with(b->arena, x->sink.kind, x->now,
			    j->a.to.text[TARGET_DOMAIN], !j->lift);
		}
	}
	return true;
}

static bool
write_one(struct batch *b, const struct edit *x, struct str text, struct err *e)
{
	/* a file that was ours alone goes with its last line */
	if (text.n == 0 && !x->sink.kind->needed)
		return rootfs_remove(&b->hands.root, x->sink.path.p, e);
	return rootfs_replace(&b->hands.root, x->sink.path.p, text, 0644, NULL, e);
}

static bool
reload(struct batch *b, const struct sink *s, struct err *e)
{
	struct proc x = {.argv = s->reload, .max = SAID, .timeout_ms = RELOAD_MS};
	struct proc_got got;

	return !s->reload[0] || !b->hands.root.machine || proc_ok(b->arena, &x, &got, e);
}

/* A resolver may need a moment to read its file. */
static int
probe(struct batch *b, struct resolvers *r, struct str domain)
{
	int said = -1;

	if (!b->hands.root.machine || r->silent || !r->sinks.probe.v)
		return -1;
	for (int i = 0; i < ASK_TIMES && said != 1; i++) {
		if (i)
			usleep(100000);
		said = sink_ask(&r->sinks, domain, ASK_MS);
		if (said < 0) {
			r->silent = true;
			return -1;
		}
	}
	return said;
}

/* Is there one that answers questions?  Names of /etc/hosts do not come from a resolver. */
static bool
asked(const struct sink *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!str_eq(str_of(v[i].kind->name), STR("hosts")))
			return true;
	return false;
}

/* Does the one that is asked block what it was told to?  Who does not answer is believed. */
static bool
works(struct batch *b, struct resolvers *r, struct err *e)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct job *j = &b->jobs[i];
		struct str domain = j->a.to.text[TARGET_DOMAIN];

		if (j->status != JOB_PLANNED || j->a.what != DO_BLOCK_DOMAIN || j->lift ||
		    probe(b, r, domain) != 0)
			continue;
		err_set(e, ERR_SYS, "the resolver still answers for " STR_FMT,
		    STR_ARG(domain));
		return false;
	}
	return true;
}

static bool
commit(struct batch *b, struct err *e)
{
	struct edits *all = arena_zero(b->arena, sizeof(*all));
	struct resolvers *r = resolvers_of(b, e);
	bool ok = r && gather(b, all, e);
	size_t done = 0;

	for (; ok && done < all->n; done++) {
		const struct edit *x = &all->v[done];

		ok = str_eq(x->was, x->now) ||
		     (write_one(b, x, x->now, e) && reload(b, &x->sink, e));
	}
	ok = ok && (!asked(r->sinks.v, r->sinks.n) || works(b, r, e));
	for (size_t i = done; !ok && i-- > 0;) {
		struct err ignored = {0};

		if (!str_eq(all->v[i].was, all->v[i].now) &&
		    write_one(b, &all->v[i], all->v[i].was, &ignored))
			reload(b, &all->v[i].sink, &ignored);
	}
	return ok;
}

static int
holds(struct batch *b, const struct past *p)
{
	struct str domain = past_target(p, "domain");
	struct err e = {0};
	struct resolvers *r = resolvers_of(b, &e);
	struct sink v[SINKS_MAX];
	size_t n = recall(p, v), in = 0;

	if (!r || n == 0 || !domain.p)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct str text = text_of(b, p->arena, &v[i], &e);

		if (e.kind)
			return -1;
		in += sink_has(p->arena, v[i].kind, text, domain);
	}
	return in == n && (!asked(v, n) || probe(b, r, domain) != 0);
}

const struct actuator domain_hands = {
    .what = DO_BLOCK_DOMAIN,
    .end = end,
    .look = look,
    .commit = commit,
    .holds = holds,
};
