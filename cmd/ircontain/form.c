#include <stdio.h>

#include "base64.h"
#include "form.h"
#include "json.h"
#include "sha256.h"
#include "target_type.h"

#define BODY_MAX ((size_t)256 * 1024)
#define TEXT_MAX ((size_t)16 * 1024)
#define DEPTH    16

/* --- holes --- */

bool
holes_add(struct holes *h, struct str name, struct str value, bool raw, bool secret)
{
	if (h->n == HOLES)
		return false;
	h->v[h->n++] = (struct hole){name, value, raw, secret};
	return true;
}

const struct hole *
holes_find(const struct holes *h, struct str name)
{
	for (size_t i = 0; i < h->n; i++)
		if (str_eq(h->v[i].name, name))
			return &h->v[i];
	return NULL;
}

/* Letters, digits and "._-:@", and no step up a path. */
static bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || strchr("._-:@", c)) ||
		    c == '\0')
			return false;
	}
	return s.n > 0 && s.n <= 200 && !str_eq(s, STR(".")) && !str_eq(s, STR(".."));
}

bool
form_type(struct arena *a, struct str type, struct str value, struct str *out)
{
	static const struct {
		const char *name;
		enum target_member as;
	} types[] = {{"ip", TARGET_IP}, {"cidr", TARGET_CIDR}, {"domain", TARGET_DOMAIN},
	    {"user", TARGET_USER}, {"host", TARGET_HOST}, {"text", TARGET_TO}};
	struct target t = {0};
	int64_t n;

	*out = value;
	if (!value.p)
		return false;
	if (str_eq(type, STR("id")))
		return is_id(value);
	if (str_eq(type, STR("int")))
		return str_i64(value, &n);
	if (str_eq(type, STR("bool")))
		return str_eq(value, STR("true")) || str_eq(value, STR("false"));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (str_eq(type, str_of(types[i].name))) {
			bool ok = target_type(a, types[i].as, value, &t);

			*out = t.text[types[i].as];
			return ok;
		}
	return false;
}

static bool
put_hole(struct buf *b, const struct hole *h, enum hole_as as)
{
	if (as == HOLE_SHOWN && h->secret) {
		buf_fmt(b, "{" STR_FMT "}", STR_ARG(h->name));
		return true;
	}
	for (size_t i = 0; i < h->value.n; i++) {
		unsigned char c = (unsigned char)h->value.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || (c && strchr("-._~", c));

		if (as == HOLE_HEADER && (c < 0x20 || c >= 0x7f))
			return false;
		if (as == HOLE_URL && !plain)
			buf_fmt(b, "%%%02X", c);
		else
			buf_ch(b, (char)c);
	}
	return true;
}

struct str
form_fill(struct arena *a, struct str form, const struct holes *holes, enum hole_as as,
    struct err *e)
{
	struct buf b = buf_make(TEXT_MAX);
	struct str out = STR_NONE;

	while (form.p && e->kind == ERR_NONE) {
		struct str name;
		const struct hole *h;
		bool open = str_chr(form, '{') != STR_NPOS;

		buf_add(&b, str_cut(&form, '{'));
		if (!open)
			break;
		name = str_cut(&form, '}');
		h = form.p ? holes_find(holes, name) : NULL;
		if (!h)
			err_set(e, ERR_DATA, "nothing fills the hole '" STR_FMT "'",
			    STR_ARG(str_sub(name, 0, 60)));
		else if (!put_hole(&b, h, as))
			err_set(e, ERR_DATA, "the value of '" STR_FMT "' fits no header",
			    STR_ARG(name));
	}
	if (b.full && e->kind == ERR_NONE)
		err_set(e, ERR_DATA, "a request is too long");
	if (e->kind == ERR_NONE)
		out = arena_copy(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* --- body --- */

/* The hole that a text is, whole; NULL: it is more or less than one. */
static const struct hole *
whole(struct str s, const struct holes *holes)
{
	if (s.n < 3 || s.p[0] != '{' || s.p[s.n - 1] != '}')
		return NULL;
	return holes_find(holes, str_sub(s, 1, s.n - 2));
}

static bool
write_value(struct arena *a, const struct node *n, const struct holes *holes,
    enum hole_as as, int depth, struct buf *b, struct err *e)
{
	const struct hole *h = n->type == NODE_TEXT ? whole(n->text, holes) : NULL;
	bool list = n->type == NODE_LIST;

	if (depth > DEPTH) {
		err_set(e, ERR_CONFIG, "a body is nested too deep");
	} else if (h && h->raw) {
		buf_add(b, h->value);
	} else if (n->type == NODE_TEXT) {
		struct str s = form_fill(a, n->text, holes, as, e);

		if (s.p)
			buf_json(b, s);
	} else if (list || n->type == NODE_MAP) {
		buf_ch(b, list ? '[' : '{');
		for (size_t i = 0; i < n->n && e->kind == ERR_NONE; i++) {
			buf_add(b, i ? STR(",") : STR(""));
			if (!list) {
				buf_json(b, n->keys[i].text);
				buf_ch(b, ':');
			}
			write_value(a, &n->kids[i], holes, as, depth + 1, b, e);
		}
		buf_ch(b, list ? ']' : '}');
	} else {
		node_write(n, true, b);
	}
	return e->kind == ERR_NONE;
}

struct str
form_body(struct arena *a, const struct node *n, const struct holes *holes,
    enum hole_as as, struct err *e)
{
	struct buf b = buf_make(BODY_MAX);
	struct str out = STR_NONE;

	if (n && write_value(a, n, holes, as, 0, &b, e)) {
		if (b.full)
			err_set(e, ERR_DATA, "a body is too long");
		else
			out = arena_copy(a, buf_str(&b));
	}
	buf_free(&b);
	return out;
}

/* --- signatures --- */

static void
hmac(struct str key, struct str text, uint8_t out[SHA256_SIZE])
{
	unsigned char pad[SHA256_BLOCK] = {0};
	struct sha256 s;

	if (key.n > sizeof(pad)) {
		sha256_init(&s);
		sha256_add(&s, key);
		sha256_end(&s, pad);
	} else if (key.n) {
		memcpy(pad, key.p, key.n);
	}
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	sha256_init(&s);
	sha256_add(&s, (struct str){(const char *)pad, sizeof(pad)});
	sha256_add(&s, text);
	sha256_end(&s, out);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha256_init(&s);
	sha256_add(&s, (struct str){(const char *)pad, sizeof(pad)});
	sha256_add(&s, (struct str){(const char *)out, SHA256_SIZE});
	sha256_end(&s, out);
}

/* What is signed: words of `over` with `join` between. */
static struct str
signed_text(struct arena *a, const struct node *sign, const struct http *q, struct str at,
    struct err *e)
{
	const struct node *over = node_get(sign, STR("over"));
	struct str join = node_text(node_get(sign, STR("join"))), out = STR("");

	for (size_t i = 0; i < node_count(over); i++) {
		struct str word = node_text(node_at(over, i)), part;

		if (str_eq(word, STR("method")))
			part = str_of(q->method);
		else if (str_eq(word, STR("url")))
			part = str_of(q->url);
		else if (str_eq(word, STR("time")))
			part = at;
		else if (str_eq(word, STR("body")))
			part = q->body.p ? q->body : STR("");
		else {
			err_set(
			    e, ERR_CONFIG, "sign: over is of method, url, time, body");
			return STR_NONE;
		}
		out = CAT(a, out, i == 0 ? STR("") : join.p ? join : STR("\n"), part);
	}
	return out;
}

static bool
add_header(struct http *q, const char *line, struct err *e)
{
	size_t n = 0;

	while (q->headers[n])
		n++;
	if (n == HTTP_HEADERS) {
		err_set(e, ERR_CONFIG, "too many headers");
		return false;
	}
	q->headers[n] = line;
	return true;
}

static bool
sign(struct arena *a, const struct node *n, const struct holes *holes, int64_t now_s,
    struct http *q, struct err *e)
{
	const struct hole *key = holes_find(holes, node_text(node_get(n, STR("secret"))));
	struct str header = node_text(node_get(n, STR("header"))), text;
	struct str time_header = node_text(node_get(n, STR("time-header")));
	struct str prefix = node_text(node_get(n, STR("prefix")));
	struct str at = arena_fmt(a, "%lld", (long long)now_s), value;
	uint8_t out[SHA256_SIZE];
	char hex[65];

	if (!key || !key->secret || !header.n) {
		err_set(e, ERR_CONFIG, "sign needs a secret and a header");
		return false;
	}
	text = signed_text(a, n, q, at, e);
	if (!text.p)
		return false;
	hmac(key->value, text, out);
	sha256_hex(out, hex, 64);
	value = str_eq(node_text(node_get(n, STR("as"))), STR("base64"))
		    ? base64(a, (struct str){(const char *)out, sizeof(out)})
		    : arena_copy(a, str_of(hex));
	if (time_header.n && !add_header(q, CAT(a, time_header, STR(": "), at).p, e))
		return false;
	return add_header(
	    q, CAT(a, header, STR(": "), prefix.p ? prefix : STR(""), value).p, e);
}

/* --- a request --- */

static bool
is_local(struct str host)
{
	return str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("[::1]")) ||
	       str_eq(host, STR("localhost"));
}

/* https to a declared host; http to this machine. */
static bool
may_go(struct arena *a, struct str url, const struct node *hosts,
    const struct holes *holes, struct err *e)
{
	bool tls = str_starts(url, STR("https://"));
	struct str rest = str_from(url, tls ? 8 : 7), host;

	if (!tls && !str_starts(url, STR("http://")))
		rest = STR("");
	host = str_sub(rest, 0, str_chr(rest, '/'));
	if (str_chr(rest, '/') == STR_NPOS || str_chr(host, '@') != STR_NPOS)
		host = STR("");
	for (size_t i = 0; host.n && i < node_count(hosts); i++) {
		struct str may = form_fill(
		    a, node_text(node_at(hosts, i)), holes, HOLE_PLAIN, e);
		struct str name = str_starts(host, STR("["))
				      ? str_sub(host, 0, str_chr(host, ']') + 1)
				      : str_sub(host, 0, str_chr(host, ':'));

		if (may.n && str_ieq(may, host) && (tls || is_local(name)))
			return true;
	}
	if (e->kind == ERR_NONE)
		err_set(e, ERR_CONFIG, "the URL goes to no host that is declared");
	return false;
}

static bool
read_headers(struct arena *a, const struct node *map, const struct holes *holes,
    struct http *q, struct err *e)
{
	for (size_t i = 0; map && i < map->n; i++) {
		struct str name = map->keys[i].text, value;

		value = form_fill(a, node_text(&map->kids[i]), holes, HOLE_HEADER, e);
		for (size_t k = 0; k < name.n; k++)
			if (name.p[k] <= 0x20 || name.p[k] == ':' || name.p[k] == 0x7f)
				value = STR_NONE;
		if (!value.p || name.n == 0) {
			if (e->kind == ERR_NONE)
				err_set(e, ERR_CONFIG, "a header is malformed");
			return false;
		}
		if (!add_header(q, CAT(a, name, STR(": "), value).p, e))
			return false;
	}
	return true;
}

static const char *
method_of(struct str s)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (str_eq(s, str_of(methods[i])))
			return methods[i];
	return NULL;
}

bool
form_request(struct arena *a, const struct node *n, const struct node *hosts,
    const struct holes *holes, int64_t now_s, struct http *q, struct err *e)
{
	const struct node *body = node_get(n, STR("body")), *s = node_get(n, STR("sign"));
	struct str url = form_fill(
	    a, node_text(node_get(n, STR("url"))), holes, HOLE_URL, e);

	*q = (struct http){.method = method_of(node_text(node_get(n, STR("method"))))};
	if (!url.p || !q->method) {
		if (e->kind == ERR_NONE)
			err_set(e, ERR_CONFIG, "a request needs a method and a url");
		return false;
	}
	q->url = url.p;
	if (!may_go(a, url, hosts, holes, e) ||
	    !read_headers(a, node_get(n, STR("headers")), holes, q, e))
		return false;
	if (body) {
		q->body = form_body(a, body, holes, HOLE_PLAIN, e);
		if (!q->body.p || !add_header(q, "Content-Type: application/json", e))
			return false;
	}
	return !s || sign(a, s, holes, now_s, q, e);
}

/* --- an answer --- */

struct str
form_value(struct arena *a, struct str body, struct str path)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, text = CAT(a, body, pad);
	const struct node *n;
	uint64_t i;

	text.n = body.n;
	if (!json_valid(text, NULL))
		return STR_NONE;
	n = node_json(a, text);
	while (n && path.p) {
		struct str step = str_cut(&path, '.');

		if (n->type == NODE_LIST)
			n = str_u64(step, &i) && i < n->n ? &n->kids[i] : NULL;
		else
			n = node_get(n, step);
	}
	return node_text(n);
}

bool
form_success(struct arena *a, const struct node *n, const struct http_got *got,
    const struct holes *holes, struct str *why)
{
	const struct node *status = node_get(n, STR("status"));
	const struct node *body = node_get(n, STR("body"));
	struct err e = {0};
	bool in = !status && got->status >= 200 && got->status < 300;
	int64_t one;

	for (size_t i = 0; i < node_count(status); i++)
		in |= node_i64(node_at(status, i), &one) && one == got->status;
	if (!in) {
		*why = arena_fmt(a, "the answer has status %ld", got->status);
		return false;
	}
	for (size_t i = 0; body && i < body->n; i++) {
		struct str want = form_fill(
		    a, node_text(&body->kids[i]), holes, HOLE_PLAIN, &e);

		if (want.p && str_eq(form_value(a, got->body, body->keys[i].text), want))
			continue;
		*why = arena_fmt(a, "the answer's '" STR_FMT "' is not as it should be",
		    STR_ARG(body->keys[i].text));
		return false;
	}
	return true;
}
