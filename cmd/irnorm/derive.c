#include "derive.h"
#include "convert.h"
#include "ip.h"
#include "json.h"
#include "when.h"

void
derive_text(struct event *ev, int field, struct str v)
{
	if (!event_cell(ev, field))
		event_text(ev, field, v, FROM_ENGINE);
}

void
derive_raw(struct event *ev, int field, struct str v)
{
	if (!event_cell(ev, field))
		event_raw(ev, field, v, FROM_ENGINE);
}

void
derive_copy(struct event *ev, int from, int to)
{
	const struct cell *c = event_cell(ev, from);

	if (!c || event_cell(ev, to))
		return;
	if (c->raw)
		event_raw(ev, to, c->v, FROM_ENGINE);
	else
		event_text(ev, to, c->v, FROM_ENGINE);
}

/* --- the ends of a connection --- */

struct side {
	int address, ip, domain, port;
};

static const struct side sides[] = {
    {F_SOURCE_ADDRESS, F_SOURCE_IP, F_SOURCE_DOMAIN, F_SOURCE_PORT},
    {F_DESTINATION_ADDRESS, F_DESTINATION_IP, F_DESTINATION_DOMAIN, F_DESTINATION_PORT},
    {F_CLIENT_ADDRESS, F_CLIENT_IP, F_CLIENT_DOMAIN, F_CLIENT_PORT},
    {F_SERVER_ADDRESS, F_SERVER_IP, F_SERVER_DOMAIN, F_SERVER_PORT},
    {F_SOURCE_NAT_ADDRESS, F_SOURCE_NAT_IP, -1, F_SOURCE_NAT_PORT},
    {F_DESTINATION_NAT_ADDRESS, F_DESTINATION_NAT_IP, -1, F_DESTINATION_NAT_PORT},
};
#define SIDES (sizeof(sides) / sizeof(*sides))

/* "192.0.2.1:80", "[2001:db8::1]:80", "example.com:80": the part before the port. */
static struct str
cut_port(struct str a, struct str *port)
{
	size_t colon = str_rchr(a, ':');
	uint64_t v;

	*port = STR_NONE;
	if (colon == STR_NPOS || colon == 0 ||
	    (str_chr(a, ':') != colon && a.p[colon - 1] != ']') ||
	    !str_u64(str_from(a, colon + 1), &v) || v > 65535)
		return a;
	*port = str_from(a, colon + 1);
	return str_sub(a, 0, colon);
}

/* An address is an IP address, or the name of a host. */
static void
split_address(struct event *ev, const struct side *s, struct str a)
{
	struct str port, out;
	bool raw;

	if (event_cell(ev, s->ip))
		return;
	if (!convert(ev->a, CONVERT_IP, a, &out, &raw)) {
		a = cut_port(a, &port);
		if (port.p && convert(ev->a, CONVERT_INT, port, &port, &raw)) {
			derive_raw(ev, s->port, port);
			if (str_starts(a, STR("[")) && str_ends(a, STR("]")))
				a = str_sub(a, 1, a.n - 2);
			event_text(ev, s->address, a, FROM_ENGINE);
		}
		if (!convert(ev->a, CONVERT_IP, a, &out, &raw)) {
			if (s->domain >= 0)
				derive_text(ev, s->domain, a);
			return;
		}
	}
	event_text(ev, s->ip, out, FROM_ENGINE);
}

static void
derive_sides(struct event *ev, unsigned roles)
{
	for (size_t i = 0; i < SIDES; i++) {
		const struct side *s = &sides[i];
		struct str a;

		if (!(roles & (unsigned)ROLE_SIDE_1 << i))
			continue;
		a = event_value(ev, s->address);
		if (a.p)
			split_address(ev, s, a);
		if (s->domain < 0) { /* no field of ECS */
			event_unset(ev, s->address);
			continue;
		}
		derive_copy(ev, s->ip, s->address);
		derive_copy(ev, s->domain, s->address);
	}
}

/* --- spelling --- */

static void
respell(struct event *ev, int field, enum convert how)
{
	struct str v = event_value(ev, field), out, all = STR("["), item;
	size_t at = 0;
	bool raw;

	if (v.p) {
		if (convert(ev->a, how, v, &out, &raw) && !str_eq(v, out))
			event_text(ev, field, out, ev->cells[field].from);
		return;
	}
	v = event_get(ev, field);
	if (json_type(v) != JSON_LIST)
		return;
	while (json_next(v, &at, NULL, &item)) {
		struct str text = json_text(ev->a, item);

		if (text.p && convert(ev->a, how, text, &out, &raw))
			item = json_quote(ev->a, out);
		all = CAT(ev->a, all, all.n > 1 ? STR(",") : STR(""), item);
	}
	event_raw(ev, field, CAT(ev->a, all, STR("]")), ev->cells[field].from);
}

static void
derive_spelling(struct event *ev)
{
	for (size_t i = 0, n = ev->n; i < n; i++) {
		unsigned roles = ev->cells[ev->set[i]].roles;

		if (!event_cell(ev, ev->set[i]))
			continue;
		if (roles & ROLE_MAC)
			respell(ev, ev->set[i], CONVERT_MAC);
		else if (roles & ROLE_HASH)
			respell(ev, ev->set[i], CONVERT_LOWER);
	}
}

/* --- files and processes --- */

static void
derive_file(struct event *ev)
{
	struct str path = event_value(ev, F_FILE_PATH), name;
	size_t dot;

	if (path.p) {
		name = str_base(path);
		if (name.n < path.n)
			derive_text(ev, F_FILE_NAME, name);
		if (name.n && name.n < path.n)
			derive_text(
			    ev, F_FILE_DIRECTORY, str_sub(path, 0, path.n - name.n - 1));
	}
	name = event_value(ev, F_FILE_NAME);
	dot = str_rchr(name, '.');
	if (dot != STR_NPOS && dot > 0)
		derive_text(ev, F_FILE_EXTENSION, str_from(name, dot + 1));
}

/* One word of a command line: blanks inside double quotes are part of it. */
static struct str
next_arg(struct event *ev, struct str *rest)
{
	char *p = arena_alloc(ev->a, rest->n + 1);
	size_t n = 0, i = 0;
	bool quoted = false;

	for (; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == '\\' && i + 1 < rest->n && rest->p[i + 1] == '"') {
			p[n++] = '"';
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if ((c == ' ' || c == '\t') && !quoted) {
			break;
		} else {
			p[n++] = c;
		}
	}
	*rest = str_trim(str_from(*rest, i));
	return (struct str){p, n};
}

#define ARGS 128 /* of one command line */

static void
derive_args(struct event *ev, int line, int args)
{
	struct str rest = str_trim(event_value(ev, line)), all = STR("["), arg;

	if (rest.n == 0 || rest.n > 4096 || event_cell(ev, args))
		return;
	for (size_t i = 0; i < ARGS && rest.n; i++) {
		arg = next_arg(ev, &rest);
		all = CAT(ev->a, all, i ? STR(",") : STR(""), json_quote(ev->a, arg));
	}
	if (rest.n == 0)
		event_raw(ev, args, CAT(ev->a, all, STR("]")), FROM_ENGINE);
}

static void
derive_process(struct event *ev)
{
	struct str path = event_value(ev, F_EXECUTABLE);

	if (path.p)
		derive_text(ev, F_PROCESS_NAME, str_base(path));
	path = event_value(ev, F_PARENT_EXECUTABLE);
	if (path.p)
		derive_text(ev, F_PARENT_NAME, str_base(path));
	derive_args(ev, F_COMMAND_LINE, F_ARGS);
	derive_args(ev, F_PARENT_COMMAND_LINE, F_PARENT_ARGS);
}

/* --- the rest --- */

/* name@domain, when nothing else names the user */
static void
derive_user(struct event *ev)
{
	struct str mail = event_value(ev, F_USER_EMAIL);
	size_t at = str_rchr(mail, '@');

	if (at == STR_NPOS || at == 0 || at + 1 == mail.n)
		return;
	derive_text(ev, F_USER_NAME, str_sub(mail, 0, at));
	derive_text(ev, F_USER_DOMAIN, str_from(mail, at + 1));
}

static void
derive_span(struct event *ev)
{
	struct str start = event_value(ev, F_START), end = event_value(ev, F_END);
	int64_t from, to;

	if (!start.p || !end.p || event_cell(ev, F_DURATION) ||
	    !when_parse(start, &from) || !when_parse(end, &to) || to < from)
		return;
	event_raw(ev, F_DURATION, arena_u64(ev->a, (uint64_t)(to - from)), FROM_ENGINE);
}

static void
derive_outcome(struct event *ev)
{
	struct str status = event_value(ev, F_STATUS);

	if (status.n == 3)
		derive_raw(ev, F_OUTCOME,
		    status.p[0] >= '4' ? STR("\"failure\"") : STR("\"success\""));
}

void
event_derive(struct event *ev)
{
	unsigned roles = ev->roles;

	if (roles & (ROLE_MAC | ROLE_HASH))
		derive_spelling(ev);
	if (roles & ROLE_SIDE)
		derive_sides(ev, roles);
	if (roles & (ROLE_SIDE | ROLE_NETWORK))
		derive_network(ev, roles);
	if (roles & ROLE_URL)
		derive_url(ev);
	if (roles & ROLE_FILE)
		derive_file(ev);
	if (roles & ROLE_PROCESS)
		derive_process(ev);
	if (roles & ROLE_USER)
		derive_user(ev);
	if (roles & ROLE_SPAN)
		derive_span(ev);
	if (roles & ROLE_STATUS)
		derive_outcome(ev);
	if (roles & ROLE_HOST) {
		derive_copy(ev, F_HOST_HOSTNAME, F_HOST_NAME);
		derive_copy(ev, F_HOST_NAME, F_HOST_HOSTNAME);
	}
	derive_related(ev);
}
