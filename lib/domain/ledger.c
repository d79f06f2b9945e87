#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "json.h"
#include "ledger.h"
#include "map.h"
#include "mem.h"
#include "out.h"
#include "sha256.h"
#include "when.h"

#define NAME       "ledger"
#define LEDGER_MAX ((size_t)1 << 30)
#define LINE_MAX_  ((size_t)128 * 1024)
#define HASH       64             /* hex digits */
#define SHARED     ((size_t)4096) /* most bytes of the names of incidents that share a deed */
#define PRIOR_MAX  ((size_t)64 * 1024)
#define RECOVERED  "recovered"

struct ledger {
	char *path;
	int fd, lock;
	struct deed **v;
	size_t n, cap;
	struct map *by_id, *by_key; /* deeds */
	struct arena *texts;
	struct buf pending;
	char head[HASH + 1]; /* hash of the last line */
	uint64_t seq;
	int64_t last_ns;
	struct str torn; /* the line before, if it was cut short; while reading */
	bool gap, no_lf; /* the last line is cut short; ... it has no end */
	bool closed;     /* it was, and `recovered` was written */
};

static const char *const ops[] = {
    [DEED_INTENT] = "intent",
    [DEED_APPLIED] = "applied",
    [DEED_FAILED] = "failed",
    [DEED_UNDOING] = "undo",
    [DEED_UNDONE] = "undone",
    [DEED_EXPIRED] = "expired",
};

const char *
deed_state_name(enum deed_state s)
{
	return ops[s];
}

bool
deed_live(const struct deed *d)
{
	return d->state == DEED_INTENT || d->state == DEED_APPLIED ||
	       d->state == DEED_UNDOING;
}

/* --- in memory --- */

static struct deed *
remember(struct ledger *l, const struct deed *d)
{
	struct deed *mine = mem_new(1, sizeof(*mine));

	*mine = *d;
	mine->target = arena_copy(l->texts, d->target);
	mine->on = arena_copy(l->texts, d->on);
	mine->prior = arena_copy(l->texts, d->prior);
	mine->nth = l->n;
	mine->plan = arena_copy(l->texts, d->plan);
	mine->incident = arena_copy(l->texts, d->incident);
	mine->by = arena_copy(l->texts, d->by);
	mine->why = arena_copy(l->texts, d->why);
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(struct deed *));
	l->v[l->n++] = mine;
	*map_put(l->by_id, str_of(mine->id)) = mine;
	*map_put(l->by_key, str_of(mine->key)) = mine;
	return mine;
}

struct deed *
ledger_live(struct ledger *l, const char key[ACTION_KEY])
{
	struct deed *d = map_get(l->by_key, str_of(key));

	return d && deed_live(d) ? d : NULL;
}

struct deed *
ledger_next(struct ledger *l, size_t *at)
{
	return *at < l->n ? l->v[(*at)++] : NULL;
}

size_t
ledger_since(const struct ledger *l, int64_t from_ns)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i]->at_ns >= from_ns;
	return n;
}

struct str
ledger_head(const struct ledger *l)
{
	return str_of(l->head);
}

bool
ledger_torn(const struct ledger *l)
{
	return l->closed;
}

bool
deed_over(const struct deed *d, int64_t now_ns)
{
	return d->ttl_s > 0 && d->until_ns <= now_ns;
}

int64_t
ledger_last(const struct ledger *l)
{
	return l->last_ns;
}

/* --- writing --- */

static void
text(struct buf *b, const char *name, struct str s)
{
	if (s.n == 0)
		return;
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, s);
}

static void
hash_of(struct str line, char out[HASH + 1])
{
	struct sha256 s;
	uint8_t sum[SHA256_SIZE];

	sha256_init(&s);
	sha256_add(&s, line);
	sha256_end(&s, sum);
	sha256_hex(sum, out, HASH);
}

static void
begin(struct ledger *l, struct buf *b, const char *op, int64_t now_ns)
{
	char at[WHEN_MAX];

	when_text(at, now_ns);
	*b = buf_make(LINE_MAX_);
	buf_fmt(b, "{\"seq\":%llu,\"prev\":\"%s\",\"at\":\"%s\",\"op\":\"%s\"",
	    (unsigned long long)++l->seq, l->head, at, op);
	l->last_ns = now_ns;
}

static void
end(struct ledger *l, struct buf *b)
{
	buf_ch(b, '}');
	assert(!b->full);
	hash_of(buf_str(b), l->head);
	buf_ch(b, '\n');
	buf_add(&l->pending, buf_str(b));
	buf_free(b);
}

struct deed *
ledger_intend(struct ledger *l, const struct deed *d, int64_t now_ns)
{
	struct deed new = *d;
	char until[WHEN_MAX], at[WHEN_MAX], n[24];
	struct buf b;

	when_text(at, now_ns);
	snprintf(n, sizeof(n), "%llu", (unsigned long long)l->seq);
	sha256_id(new.id, 4,
	    (struct str[]){STR("action"), str_of(d->key), str_of(at), str_of(n)});
	new.state = DEED_INTENT;
	new.at_ns = now_ns;
	new.until_ns = d->ttl_s ? now_ns + d->ttl_s *WHEN_S : INT64_MAX;
	when_text(until, new.until_ns);
	begin(l, &b, ops[DEED_INTENT], now_ns);
	buf_fmt(&b, ",\"id\":\"%s\",\"key\":\"%s\",\"do\":\"%s\",\"target\":" STR_FMT,
	    new.id, new.key, action_verb(d->what)->name, STR_ARG(d->target));
	text(&b, "on", d->on);
	if (d->ttl_s)
		buf_fmt(&b, ",\"ttl\":%lld,\"until\":\"%s\"", (long long)d->ttl_s, until);
	if (d->prior.n > 0 && d->prior.n <= PRIOR_MAX) {
		buf_add(&b, STR(",\"prior\":"));
		buf_add(&b, d->prior);
	}
	text(&b, "plan", d->plan);
	text(&b, "incident", d->incident);
	text(&b, "by", d->by);
	text(&b, "why", d->why);
	if (action_verb(d->what)->undo)
		text(&b, "undo", str_of(action_verb(d->what)->undo));
	end(l, &b);
	return remember(l, &new);
}

void
ledger_outcome(struct ledger *l, struct deed *d, enum deed_state state, struct str reason,
    int64_t now_ns)
{
	struct buf b;

	begin(l, &b, ops[state], now_ns);
	text(&b, "id", str_of(d->id));
	text(&b, "reason", action_cut(reason, ACTION_TEXT));
	end(l, &b);
	d->state = state;
}

/* --- deeds that several incidents want --- */

static bool
in_words(struct str words, struct str w)
{
	while (words.p)
		if (str_eq(str_cut(&words, ' '), w))
			return true;
	return false;
}

bool
deed_wanted_by(const struct deed *d, struct str incident)
{
	return incident.n > 0 &&
	       (str_eq(d->incident, incident) || in_words(d->also, incident));
}

static void
share(struct ledger *l, struct deed *d, struct str incident)
{
	if (d->also.n + incident.n < SHARED)
		d->also = d->also.n ? CAT(l->texts, d->also, STR(" "), incident)
				    : arena_copy(l->texts, incident);
}

static void
leave(struct ledger *l, struct deed *d, struct str incident)
{
	struct str rest = d->also, kept = STR("");

	if (str_eq(d->incident, incident)) {
		d->incident = str_cut(&rest, ' ');
		d->also = rest.p ? rest : STR("");
		return;
	}
	while (rest.p) {
		struct str w = str_cut(&rest, ' ');

		if (!str_eq(w, incident))
			kept = kept.n ? CAT(l->texts, kept, STR(" "), w) : w;
	}
	d->also = kept;
}

static void
note_incident(
    struct ledger *l, struct deed *d, const char *op, struct str incident, int64_t now_ns)
{
	struct buf b;

	begin(l, &b, op, now_ns);
	text(&b, "id", str_of(d->id));
	text(&b, "incident", incident);
	end(l, &b);
}

void
ledger_share(struct ledger *l, struct deed *d, struct str incident, int64_t now_ns)
{
	if (incident.n == 0 || str_chr(incident, ' ') != STR_NPOS ||
	    deed_wanted_by(d, incident))
		return;
	note_incident(l, d, "shared", incident, now_ns);
	share(l, d, incident);
}

bool
ledger_leave(struct ledger *l, struct deed *d, struct str incident, int64_t now_ns)
{
	if (d->also.n == 0 || !deed_wanted_by(d, incident))
		return false;
	note_incident(l, d, "left", incident, now_ns);
	leave(l, d, incident);
	return true;
}

void
ledger_remark(struct ledger *l, const char *what, struct str target, struct str by,
    struct str reason, int64_t now_ns)
{
	struct buf b;

	begin(l, &b, "remark", now_ns);
	text(&b, "what", str_of(what));
	if (target.n > 0) {
		buf_add(&b, STR(",\"target\":"));
		buf_add(&b, target);
	}
	text(&b, "by", by);
	text(&b, "why", action_cut(reason, ACTION_TEXT));
	end(l, &b);
}

bool
ledger_sync(struct ledger *l, struct err *e)
{
	bool ok = !l->pending.full;

	if (l->pending.n == 0 && ok)
		return true;
	if (!ok)
		err_set(e, ERR_SYS, "too much for one write to '%s'", l->path);
	ok = ok && out_write(l->fd, buf_str(&l->pending), e);
	if (ok && fsync(l->fd) < 0) {
		err_sys(e, ERR_SYS, "cannot sync");
		ok = false;
	}
	if (!ok)
		err_at(e, "%s", l->path);
	buf_reset(&l->pending);
	return ok;
}

/* --- reading --- */

static bool
read_terms(const struct ledger *l, const struct node *line, struct deed *d)
{
	const struct node *ttl = node_get(line, STR("ttl"));
	struct str until = node_text(node_get(line, STR("until")));

	d->at_ns = l->last_ns;
	d->until_ns = INT64_MAX;
	return !ttl || (node_i64(ttl, &d->ttl_s) && d->ttl_s > 0 && until.p &&
			   when_parse(until, &d->until_ns));
}

/* As it stands in the line, so that it is written back to the byte. */
static struct str
member_json(struct arena *a, const struct node *line, struct str name)
{
	const struct node *n = node_get(line, name);
	struct buf b = buf_make(PRIOR_MAX + 1);
	struct str s = STR_NONE;

	if (n)
		node_write(n, true, &b);
	if (n && !b.full)
		s = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static bool
read_intent(struct ledger *l, struct arena *m, const struct node *line)
{
	struct str id = node_text(node_get(line, STR("id")));
	struct str key = node_text(node_get(line, STR("key")));
	struct str verb = node_text(node_get(line, STR("do")));
	const struct node *target = node_get(line, STR("target"));
	struct deed d = {.state = DEED_INTENT};
	struct str net = node_text(node_get(target, STR("ip")));

	d.what = verb.p ? action_find(verb) : DO_NONE;
	if (id.n != 32 || key.n != 32 || !target || target->type != NODE_MAP ||
	    d.what == DO_NONE || !read_terms(l, line, &d))
		return false;
	if (!net.p)
		net = node_text(node_get(target, STR("cidr")));
	if (net.p && !net_parse(net, &d.net))
		return false;
	memcpy(d.id, id.p, id.n);
	memcpy(d.key, key.p, key.n);
	d.target = member_json(m, line, STR("target"));
	d.prior = member_json(m, line, STR("prior"));
	d.on = node_text(node_get(line, STR("on")));
	d.plan = node_text(node_get(line, STR("plan")));
	d.incident = node_text(node_get(line, STR("incident")));
	d.by = node_text(node_get(line, STR("by")));
	d.why = node_text(node_get(line, STR("why")));
	return remember(l, &d);
}

static bool
read_op(struct ledger *l, struct arena *m, const struct node *line)
{
	struct str op = node_text(node_get(line, STR("op")));
	struct str at = node_text(node_get(line, STR("at")));
	struct str id = node_text(node_get(line, STR("id")));
	struct deed *d;

	if (!op.p || !at.p || !when_parse(at, &l->last_ns))
		return false;
	if (str_eq(op, STR("remark")) || str_eq(op, STR(RECOVERED)))
		return true;
	if (str_eq(op, str_of(ops[DEED_INTENT])))
		return read_intent(l, m, line);
	d = id.p ? map_get(l->by_id, id) : NULL;
	if (d && (str_eq(op, STR("shared")) || str_eq(op, STR("left")))) {
		struct str incident = node_text(node_get(line, STR("incident")));

		if (incident.n > 0)
			(op.p[0] == 's' ? share : leave)(l, d, incident);
		return incident.n > 0;
	}
	for (int s = DEED_APPLIED; d && s <= DEED_EXPIRED; s++)
		if (str_eq(op, str_of(ops[s]))) {
			d->state = (enum deed_state)s;
			return true;
		}
	return false;
}

/* Has it the next number? */
static bool
next(const struct ledger *l, const struct node *line)
{
	const struct node *seq = node_get(line, STR("seq"));
	int64_t n;

	return seq && node_i64(seq, &n) && n == (int64_t)l->seq + 1;
}

/* ... and the hash of the one before? */
static bool
chained(const struct ledger *l, const struct node *line, const char *head)
{
	return next(l, line) &&
	       str_eq(node_text(node_get(line, STR("prev"))), str_of(head));
}

/* The line after one that was cut short must close it. */
static bool
closes(struct ledger *l, const struct node *line)
{
	char head[HASH + 1];

	hash_of(l->torn, head);
	return str_eq(node_text(node_get(line, STR("op"))), STR(RECOVERED)) &&
	       chained(l, line, head);
}

static bool
read_line(struct ledger *l, struct arena *a, struct str line)
{
	struct str copy = arena_fmt(a, STR_FMT "%*s", STR_ARG(line), JSON_PAD, "");
	struct node *node = NULL;
	bool ok;

	copy.n -= JSON_PAD;
	if (json_valid(copy, NULL))
		node = node_json(a, copy);
	if (l->torn.p) {
		ok = node && closes(l, node) && read_op(l, a, node);
		l->torn = STR_NONE;
	} else if (!node || !next(l, node)) {
		l->torn = line;
		return true;
	} else if (!chained(l, node, l->head)) {
		return false; /* the one before is not what it was */
	} else {
		ok = read_op(l, a, node);
	}
	l->seq++;
	hash_of(line, l->head);
	return ok;
}

/* Whole lines, and perhaps a last one that a crash cut short. */
static bool
read_all(struct ledger *l, struct str text_, struct err *e)
{
	struct arena *a = arena_new();
	struct str rest = text_;
	unsigned long long n = 0;
	bool ok = true;

	while (ok && rest.n > 0) {
		size_t lf = str_chr(rest, '\n');
		struct str line = str_sub(rest, 0, lf);

		n++;
		rest = lf == STR_NPOS ? STR("") : str_from(rest, lf + 1);
		arena_reset(a);
		l->no_lf = lf == STR_NPOS;
		n -= !(ok = read_line(l, a, line));
	}
	/* one that is whole and wrong was not cut short but changed */
	if (ok && l->torn.p && !l->no_lf && str_ends(l->torn, STR("}")))
		ok = false;
	if (!ok)
		err_set(e, ERR_CONFIG, "%s:%llu: line is damaged or was changed", l->path,
		    n ? n : 1);
	l->gap = l->torn.p || l->no_lf;
	if (l->torn.p)
		hash_of(l->torn, l->head);
	l->torn = STR_NONE;
	arena_free(a);
	return ok;
}

/* Behind what was cut short: a line of its own, and one that says so. */
static void
close_gap(struct ledger *l, int64_t now_ns)
{
	struct buf b;

	if (!l->gap)
		return;
	if (l->no_lf)
		buf_ch(&l->pending, '\n');
	begin(l, &b, RECOVERED, now_ns);
	end(l, &b);
	l->gap = false;
	l->closed = true;
}

/* --- opening --- */

static bool
make_dir(const char *dir, struct err *e)
{
	char path[4096];
	size_t n = strlen(dir);

	if (n >= sizeof(path)) {
		err_set(e, ERR_CONFIG, "name of the state directory is too long");
		return false;
	}
	memcpy(path, dir, n + 1);
	for (size_t i = 1; i <= n; i++)
		if (path[i] == '/' || path[i] == '\0') {
			path[i] = '\0';
			if (mkdir(path, 0700) < 0 && errno != EEXIST) {
				err_sys(e, ERR_CONFIG, "cannot make '%s'", path);
				return false;
			}
			path[i] = dir[i];
		}
	return true;
}

static bool
take_lock(struct ledger *l, const char *dir, struct err *e)
{
	struct arena *a = arena_new();
	const char *path = arena_fmt(a, "%s/lock", dir).p;

	l->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock < 0)
		err_sys(e, ERR_CONFIG, "cannot open '%s'", path);
	else if (flock(l->lock, LOCK_EX | LOCK_NB) < 0)
		err_set(e, ERR_LATER, "'%s' is held by another run; try again", path);
	arena_free(a);
	return e->kind == ERR_NONE;
}

static bool
load(struct ledger *l, struct err *e)
{
	struct arena *a = arena_new();
	struct str bytes;
	bool ok;

	ok = file_trusted(l->path, e);
	bytes = ok ? file_read(a, l->path, LEDGER_MAX, e) : STR_NONE;
	ok = ok && bytes.p && read_all(l, bytes, e);
	arena_free(a);
	return ok;
}

struct ledger *
ledger_open(const char *dir, bool write, struct err *e)
{
	struct ledger *l = mem_new(1, sizeof(*l));

	*l = (struct ledger){.fd = -1,
	    .lock = -1,
	    .by_id = map_new(),
	    .by_key = map_new(),
	    .texts = arena_new(),
	    .pending = buf_make(LEDGER_MAX),
	    .last_ns = INT64_MIN};
	memset(l->head, '0', HASH);
	l->path = mem_new(strlen(dir) + sizeof("/" NAME), 1);
	memcpy(l->path, dir, strlen(dir));
	memcpy(l->path + strlen(dir), "/" NAME, sizeof("/" NAME));
	if (write) {
		if (!make_dir(dir, e) || !take_lock(l, dir, e))
			goto fail;
		l->fd = open(
		    l->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (l->fd < 0) {
			err_sys(e, ERR_CONFIG, "cannot open '%s'", l->path);
			goto fail;
		}
	} else if (access(l->path, R_OK) < 0 && errno == ENOENT) {
		return l;
	}
	if (!load(l, e))
		goto fail;
	if (write)
		close_gap(l, l->last_ns == INT64_MIN ? 0 : l->last_ns);
	return l;
fail:
	ledger_close(l);
	return NULL;
}

void
ledger_close(struct ledger *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->v[i]);
	mem_free(l->v);
	map_free(l->by_id);
	map_free(l->by_key);
	arena_free(l->texts);
	buf_free(&l->pending);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock >= 0)
		close(l->lock);
	mem_free(l->path);
	mem_free(l);
}
