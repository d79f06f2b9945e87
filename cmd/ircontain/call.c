/*
 * call: a perimeter, a web firewall, a cloud, an identity provider, over HTTP as a
 * declaration says.
 *
 * The declaration (shipped, or the site's) has the requests with typed holes; the
 * site says in a file of its own which ones it uses, with what settings and where
 * the secrets lie.  What neither says cannot be called.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts.h"
#include "apex.h"
#include "contain.h"
#include "file.h"
#include "form.h"
#include "json.h"
#include "span.h"
#include "system.h"
#include "when.h"
#include "yaml.h"

#define ANSWER     ((size_t)1 << 20)
#define SECRET_MAX ((size_t)16 * 1024)
#define TIMEOUT_MS 15000
#define TRIES_MAX  5
#define NAP_US     200000

struct call {
	const struct node *doc, *site; /* the declaration; the site's word on it */
	struct holes holes;
	const char *ca;
	int64_t timeout_ms, tries, now_s;
};

static bool
wrong(struct err *e, struct str name, const char *what, struct str which)
{
	err_set(e, ERR_CONFIG, "call '" STR_FMT "': %s" STR_FMT, STR_ARG(name), what,
	    STR_ARG(which));
	return false;
}

/* --- reading what was declared --- */

static const struct node *
document(struct arena *a, const char *path, struct err *e)
{
	struct yaml_docs docs;

	if (!file_trusted(path, e) || !yaml_load(a, path, &docs, e))
		return NULL;
	if (docs.n == 1 && docs.v[0]->type == NODE_MAP)
		return docs.v[0];
	err_set(e, ERR_CONFIG, "'%s' is not one map", path);
	return NULL;
}

/* False and ERR_NONE: the site does not use it. */
static bool
find(struct batch *b, struct arena *a, struct str name, struct call *c, struct err *e)
{
	const char *path = ((const struct set *)(const void *)b->set)->calls;
	const struct node *all;
	struct str from;

	if (access(path, F_OK) != 0)
		return false;
	all = document(a, path, e);
	c->site = node_get(node_get(all, STR("calls")), name);
	if (!c->site)
		return false;
	from = arena_copy(a, node_text(node_get(c->site, STR("from"))));
	if (from.p && !rootfs_path(from))
		return wrong(e, name, "from is no absolute path", STR(""));
	if (!from.p)
		from = arena_fmt(
		    a, "%s/" STR_FMT ".yaml", file_data(a, "actions"), STR_ARG(name));
	c->doc = document(a, from.p, e);
	if (!c->doc)
		return false;
	return str_eq(node_text(node_get(c->doc, STR("action"))), name) ||
	       wrong(e, name, "it is not what is declared in ", from);
}

static bool
fill_settings(struct arena *a, struct str name, struct call *c, struct err *e)
{
	const struct node *types = node_get(c->doc, STR("settings"));
	const struct node *given = node_get(c->site, STR("set"));

	for (size_t i = 0; types && i < types->n; i++) {
		struct str key = types->keys[i].text, value;

		if (!form_type(a, node_text(&types->kids[i]),
			node_text(node_get(given, key)), &value) ||
		    !holes_add(&c->holes, key, value, false, false))
			return wrong(e, name, "a setting misses or is malformed: ", key);
	}
	return true;
}

/* Each is in a file of its own that only its owner may read. */
static bool
fill_secrets(struct arena *a, struct str name, struct call *c, struct err *e)
{
	const struct node *names = node_get(c->doc, STR("secrets"));
	const struct node *given = node_get(c->site, STR("secrets"));

	for (size_t i = 0; i < node_count(names); i++) {
		struct str key = node_text(node_at(names, i)), value;
		struct str path = arena_copy(a, node_text(node_get(given, key)));
		struct stat st;

		if (!path.p || !rootfs_path(path))
			return wrong(e, name, "no file is named for the secret ", key);
		if (!file_trusted(path.p, e))
			return false;
		if (stat(path.p, &st) == 0 && (st.st_mode & 077))
			return wrong(e, name, "others may read ", path);
		value = str_trim(file_read(a, path.p, SECRET_MAX, e));
		if (e->kind)
			return false;
		if (!value.n || !holes_add(&c->holes, key, value, false, true))
			return wrong(e, name, "there is no secret in ", path);
	}
	return true;
}

static bool
fill_args(
    struct arena *a, struct str name, struct str json, struct call *c, struct err *e)
{
	const struct node *types = node_get(c->doc, STR("args"));
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD};
	struct str text = CAT(a, json.p ? json : STR("{}"), pad);
	const struct node *given;

	text.n -= pad.n;
	given = json_valid(text, NULL) ? node_json(a, text) : NULL;
	for (size_t i = 0; given && i < given->n; i++)
		if (!node_get(types, given->keys[i].text)) {
			err_set(e, ERR_DATA, "the call has no use for '" STR_FMT "'",
			    STR_ARG(given->keys[i].text));
			return false;
		}
	for (size_t i = 0; types && i < types->n; i++) {
		struct str key = types->keys[i].text, type = node_text(&types->kids[i]);
		bool raw = str_eq(type, STR("int")) || str_eq(type, STR("bool"));
		struct str value;

		if (!form_type(a, type, node_text(node_get(given, key)), &value)) {
			err_set(e, ERR_DATA, "'" STR_FMT "' of the call is no " STR_FMT,
			    STR_ARG(key), STR_ARG(type));
			return false;
		}
		if (!holes_add(&c->holes, key, value, raw, false))
			return wrong(e, name, "too many holes", STR(""));
	}
	return true;
}

static struct str
plain(struct arena *a, struct str s)
{
	struct str out;

	return form_type(a, STR("text"), action_cut(s, 200), &out) ? out : STR("-");
}

static bool
terms(struct arena *a, struct str name, struct call *c, struct err *e)
{
	const struct node *timeout = node_get(c->doc, STR("timeout"));
	struct str ca = arena_copy(a, node_text(node_get(c->site, STR("ca"))));

	c->ca = ca.p;
	c->timeout_ms = TIMEOUT_MS;
	c->tries = 1;
	if (timeout && (!span_parse(node_text(timeout), &c->timeout_ms) ||
			   c->timeout_ms < 100 || c->timeout_ms > 120000))
		return wrong(e, name, "timeout is between 100ms and 2m", STR(""));
	if (node_get(c->doc, STR("tries")) &&
	    (!node_i64(node_get(c->doc, STR("tries")), &c->tries) || c->tries < 1 ||
		c->tries > TRIES_MAX))
		return wrong(e, name, "tries is between 1 and 5", STR(""));
	return true;
}

static bool
ready(struct batch *b, struct arena *a, const struct target *t, const char *key,
    struct str why, struct call *c, struct err *e)
{
	struct str name = t->text[TARGET_ACTION];

	*c = (struct call){.now_s = b->now / WHEN_S};
	return find(b, a, name, c, e) && terms(a, name, c, e) &&
	       fill_settings(a, name, c, e) && fill_secrets(a, name, c, e) &&
	       holes_add(&c->holes, STR("key"), str_of(key), false, false) &&
	       holes_add(&c->holes, STR("why"), plain(a, why), false, false) &&
	       fill_args(a, name, t->text[TARGET_ARGS], c, e);
}

/* --- what the answer gave, for verify and undo --- */

static const char *
kept_path(struct batch *b, struct arena *a, const struct deed *d, bool make)
{
	return hands_kept(&b->hands, a, d, 0, "kept.json", make);
}

static bool
keep(struct batch *b, struct job *j, const struct call *c, struct str body, struct err *e)
{
	const struct node *names = node_get(c->doc, STR("keep"));
	struct buf out = buf_make(ANSWER);
	bool ok = true;

	buf_ch(&out, '{');
	for (size_t i = 0; names && ok && i < names->n; i++) {
		struct str value = form_value(j->arena, body, node_text(&names->kids[i]));

		ok = form_type(j->arena, STR("text"), value, &value);
		if (!ok)
			err_set(e, ERR_DATA, "the answer has no '" STR_FMT "'",
			    STR_ARG(node_text(&names->kids[i])));
		buf_add(&out, i ? STR(",") : STR(""));
		buf_json(&out, names->keys[i].text);
		buf_ch(&out, ':');
		buf_json(&out, value);
	}
	buf_add(&out, STR("}\n"));
	ok = ok && file_replace(kept_path(b, j->arena, j->deed, true), buf_str(&out), e);
	buf_free(&out);
	return ok;
}

/* False: nothing was kept, so it is not known to have been done. */
static bool
recall(struct batch *b, const struct past *p, struct call *c, struct err *e)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, text;
	struct target t;
	const struct node *kept;

	if (!target_read(p->arena, action_verb(DO_CALL)->targets, p->target, &t, e) ||
	    !ready(b, p->arena, &t, p->deed->key, p->deed->why, c, e)) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_CONFIG, "the call is not declared any more");
		return false;
	}
	text = file_read(p->arena, kept_path(b, p->arena, p->deed, false), ANSWER, e);
	if (!text.p)
		return false;
	text = CAT(p->arena, text, pad);
	text.n -= pad.n;
	kept = json_valid(text, NULL) ? node_json(p->arena, text) : NULL;
	for (size_t i = 0; kept && i < kept->n; i++)
		if (!holes_add(&c->holes, kept->keys[i].text, node_text(&kept->kids[i]),
			false, false))
			return false;
	return kept != NULL;
}

/* --- over the wire --- */

/* May it be sent once more?  Only what surely was not carried out, or may be twice. */
static bool
again(const struct http *q, const struct http_got *got, bool answered)
{
	if (got->unsent || got->status == 429 || got->status == 503)
		return true;
	return strcmp(q->method, "POST") != 0 && strcmp(q->method, "PATCH") != 0 &&
	       (!answered || got->status >= 500);
}

static bool
send_(struct arena *a, const struct call *c, const char *which, struct http_got *got,
    struct err *e)
{
	const struct node *n = node_get(c->doc, str_of(which));
	struct http q;
	struct str why = STR_NONE;
	bool answered;

	if (!form_request(
		a, n, node_get(c->doc, STR("hosts")), &c->holes, c->now_s, &q, e))
		return false;
	q.ca = c->ca;
	q.timeout_ms = c->timeout_ms;
	q.max = ANSWER;
	for (int64_t i = 0;; i++) {
		*e = (struct err){0};
		answered = http_do(a, &q, got, e);
		if (answered &&
		    form_success(a, node_get(n, STR("success")), got, &c->holes, &why))
			return true;
		if (i + 1 >= c->tries || !again(&q, got, answered))
			break;
		usleep(NAP_US << i);
	}
	if (answered)
		err_set(e, ERR_SYS, STR_FMT, STR_ARG(why));
	err_at(e, "%s", which);
	return false;
}

/* --- looking --- */

/* Nothing that is protected goes out as an argument, whatever it is done to there. */
static bool
harmless_one(struct batch *b, struct job *j, struct str type, struct str value)
{
	struct net net = {0};
	const char *why = NULL;
	struct str apex = STR_NONE;
	struct err e = {0};

	if (net_parse(value, &net) &&
	    (str_eq(type, STR("ip")) || str_eq(type, STR("cidr")))) {
		struct net own = j->a.net;
		bool ok;

		j->a.net = net;
		ok = filter_harmless(b, j);
		if (ok)
			filter_ask(j);
		j->a.net = own;
		return ok;
	}
	if (str_eq(type, STR("user")))
		why = guard_named(b->guard, TARGET_USER, value);
	else if (str_eq(type, STR("host")))
		why = guard_named(b->guard, TARGET_HOST, value);
	else if (str_eq(type, STR("domain"))) {
		const struct apex *x = apex_load(j->arena, &b->hands.root, &e);

		why = guard_named(b->guard, TARGET_DOMAIN, value);
		apex = x ? apex_why(j->arena, x, value) : str_of(e.msg);
	}
	if (why || apex.p)
		job_refuse(j, "protected", STR_FMT " is protected: " STR_FMT,
		    STR_ARG(value), STR_ARG(why ? str_of(why) : apex));
	return !why && !apex.p;
}

static bool
harmless(struct batch *b, struct job *j, const struct call *c)
{
	const struct node *types = node_get(c->doc, STR("args"));

	for (size_t i = 0; types && i < types->n; i++) {
		const struct hole *h = holes_find(&c->holes, types->keys[i].text);

		if (h && !harmless_one(b, j, node_text(&types->kids[i]), h->value))
			return false;
	}
	return true;
}

static bool
show(struct job *j, const struct call *c, struct err *e)
{
	const struct node *n = node_get(c->doc, STR("request"));
	struct str body = form_body(
	    j->arena, node_get(n, STR("body")), &c->holes, HOLE_SHOWN, e);
	struct str url = form_fill(
	    j->arena, node_text(node_get(n, STR("url"))), &c->holes, HOLE_SHOWN, e);
	struct http q;

	/* as it would be sent, so that a plan fails where the act would */
	if (e->kind || !form_request(j->arena, n, node_get(c->doc, STR("hosts")),
			   &c->holes, c->now_s, &q, e))
		return false;
	j->change = arena_fmt(
	    j->arena, "%s " STR_FMT " " STR_FMT, q.method, STR_ARG(url), STR_ARG(body));
	j->prior = STR("{}");
	return true;
}

static void
look(struct batch *b, struct job *j)
{
	struct err e = {0};
	struct call c;

	if (!b->hands.root.machine) {
		job_refuse(j, "image", "calls are not for an image");
	} else if (!ready(b, j->arena, &j->a.to, j->a.key, j->a.why, &c, &e)) {
		if (e.kind == ERR_NONE)
			job_say(j, JOB_WAITING, "undeclared",
			    arena_fmt(j->arena,
				"the site does not use the call '" STR_FMT
				"': a person has to",
				STR_ARG(j->a.to.text[TARGET_ACTION])));
		else
			hands_fault(j, &e);
	} else if (j->deed && j->deed->state != DEED_APPLIED) {
		job_say(j, JOB_WAITING, "unsettled",
		    STR("whether an earlier call was carried out cannot be asked now"));
	} else if (j->deed) {
		job_already(j, "it was called");
	} else if (harmless(b, j, &c)) {
		if (!http_ready(&e) || !show(j, &c, &e))
			hands_fault(j, &e);
		if (!node_get(c.doc, STR("undo")))
			j->a.ttl_s = 0; /* nothing could end it */
	}
}

/* --- acting --- */

static bool
apply(struct batch *b, struct job *j, struct err *e)
{
	struct http_got got;
	struct call c;

	if (!ready(b, j->arena, &j->a.to, j->a.key, j->a.why, &c, e)) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_CONFIG, "the call is not declared any more");
		return false;
	}
	return send_(j->arena, &c, "request", &got, e) && keep(b, j, &c, got.body, e);
}

/* Without an answer that was kept nobody knows of it; its key keeps another try from counting twice. */
static int
holds(struct batch *b, const struct past *p)
{
	struct http_got got = {0};
	struct err e = {0};
	struct call c;

	if (access(kept_path(b, p->arena, p->deed, false), F_OK) != 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (!recall(b, p, &c, &e))
		return -1;
	if (!node_get(c.doc, STR("verify")))
		return 1;
	if (send_(p->arena, &c, "verify", &got, &e))
		return 1;
	return got.status == 0 || got.status >= 500 || got.status == 429 ? -1 : 0;
}

static bool
undo(struct batch *b, const struct past *p, struct err *e)
{
	const char *kept = kept_path(b, p->arena, p->deed, false);
	struct http_got got;
	struct call c;

	if (access(kept, F_OK) != 0)
		return true; /* there was no answer that said it was done */
	if (!recall(b, p, &c, e))
		return false;
	if (!node_get(c.doc, STR("undo"))) {
		err_set(e, ERR_DATA, "no undo is declared for this call");
		return false;
	}
	if (!send_(p->arena, &c, "undo", &got, e))
		return false;
	/* what cannot be asked is known by what was kept of it */
	if (!node_get(c.doc, STR("verify")) && unlink(kept) < 0) {
		err_sys(e, ERR_SYS, "cannot remove '%s'", kept);
		return false;
	}
	return true;
}

const struct actuator call_hands = {
    .what = DO_CALL,
    .far = true,
    .look = look,
    .apply = apply,
    .holds = holds,
    .undo = undo,
};
