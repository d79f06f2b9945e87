/* What some fields of an event say about others. */
#include "convert.h"
#include "event.h"
#include "ip.h"
#include "json.h"

struct side {
	int address, ip, domain;
};

static const struct side sides[] = {
    {F_SOURCE_ADDRESS, F_SOURCE_IP, F_SOURCE_DOMAIN},
    {F_DESTINATION_ADDRESS, F_DESTINATION_IP, F_DESTINATION_DOMAIN},
    {F_CLIENT_ADDRESS, F_CLIENT_IP, F_CLIENT_DOMAIN},
    {F_SERVER_ADDRESS, F_SERVER_IP, F_SERVER_DOMAIN},
};
#define SIDES (sizeof(sides) / sizeof(*sides))

/* An address is an IP address, or the name of a host. */
static void
derive_sides(struct event *ev)
{
	for (size_t i = 0; i < SIDES; i++) {
		struct str a = event_value(ev, sides[i].address), out;
		bool raw;

		if (!a.p || event_cell(ev, sides[i].ip))
			continue;
		if (convert(ev->a, CONVERT_IP, a, &out, &raw))
			event_text(ev, sides[i].ip, out, FROM_ENGINE);
		else if (!event_cell(ev, sides[i].domain))
			event_text(ev, sides[i].domain, a, FROM_ENGINE);
	}
}

static void
derive_network(struct event *ev)
{
	struct str ip = event_value(ev, F_SOURCE_IP);

	if (event_cell(ev, F_NETWORK_TYPE))
		return;
	if (!ip.p)
		ip = event_value(ev, F_DESTINATION_IP);
	if (ip.p)
		event_raw(ev, F_NETWORK_TYPE,
		    str_chr(ip, ':') == STR_NPOS ? STR("\"ipv4\"") : STR("\"ipv6\""),
		    FROM_ENGINE);
}

/* Parts of the URL as it was written; nothing is decoded, so nothing is lost. */
static void
derive_url(struct event *ev)
{
	struct str url = event_value(ev, F_URL_ORIGINAL), rest = url;
	size_t at;

	if (!url.p)
		return;
	at = str_find(url, STR("://"));
	if (at != STR_NPOS && at > 0 && at < 12 && url.p[0] != '/') {
		size_t path = str_chr(str_from(url, at + 3), '/');
		struct str host = str_sub(url, at + 3, path);

		rest = path == STR_NPOS ? STR("") : str_from(url, at + 3 + path);
		if (!event_cell(ev, F_URL_SCHEME))
			event_text(ev, F_URL_SCHEME, str_sub(url, 0, at), FROM_ENGINE);
		if (!event_cell(ev, F_URL_DOMAIN) && host.n &&
		    str_chr(host, '@') == STR_NPOS && host.p[0] != '[')
			event_text(ev, F_URL_DOMAIN, str_sub(host, 0, str_chr(host, ':')),
			    FROM_ENGINE);
	} else if (url.p[0] != '/' && url.p[0] != '*') {
		return; /* "example.com:443" of a CONNECT, or garbage */
	}
	rest = str_sub(rest, 0, str_chr(rest, '#'));
	at = str_chr(rest, '?');
	if (!event_cell(ev, F_URL_PATH))
		event_text(ev, F_URL_PATH, str_sub(rest, 0, at), FROM_ENGINE);
	if (at != STR_NPOS && !event_cell(ev, F_URL_QUERY))
		event_text(ev, F_URL_QUERY, str_from(rest, at + 1), FROM_ENGINE);
}

static void
derive_outcome(struct event *ev)
{
	struct str status = event_get(ev, F_STATUS);

	if (status.n != 3 || event_cell(ev, F_OUTCOME))
		return;
	event_raw(ev, F_OUTCOME,
	    status.p[0] >= '4' ? STR("\"failure\"") : STR("\"success\""), FROM_ENGINE);
}

static void
derive_host(struct event *ev)
{
	static const int two[] = {F_HOST_HOSTNAME, F_HOST_NAME};

	for (size_t i = 0; i < 2; i++) {
		const struct cell *c = event_cell(ev, two[i]);

		if (!c || event_cell(ev, two[1 - i]))
			continue;
		if (c->raw)
			event_raw(ev, two[1 - i], c->v, FROM_ENGINE);
		else
			event_text(ev, two[1 - i], c->v, FROM_ENGINE);
	}
}

/* --- related.* --- */

/* Elements are JSON without quotes; what needs escapes is escaped when it is added. */
static void
list_add(struct event *ev, struct event_list *l, struct str v, bool raw)
{
	if (!raw && !event_is_clean(v)) {
		v = json_quote(ev->a, v);
		raw = true;
	}
	if (raw)
		v = str_sub(v, 1, v.n - 2);
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i], v))
			return;
	if (v.n && l->n < EVENT_LIST)
		l->v[l->n++] = v;
}

static void
list_value(struct event *ev, struct event_list *l, const struct cell *c)
{
	struct str v;
	size_t at = 0;

	if (!c->raw || json_type(c->v) == JSON_TEXT) {
		list_add(ev, l, c->v, c->raw);
		return;
	}
	if (json_type(c->v) != JSON_LIST)
		return;
	while (json_next(c->v, &at, NULL, &v))
		if (json_type(v) == JSON_TEXT)
			list_add(ev, l, v, true);
}

static void
list_set(struct event *ev, const struct event_list *l, int field)
{
	size_t size = 2, n = 0;
	char *p;

	if (l->n == 0)
		return;
	for (size_t i = 0; i < l->n; i++)
		size += l->v[i].n + 3;
	p = arena_alloc(ev->a, size);
	for (size_t i = 0; i < l->n; i++) {
		p[n++] = i ? ',' : '[';
		p[n++] = '"';
		memcpy(p + n, l->v[i].p, l->v[i].n);
		n += l->v[i].n;
		p[n++] = '"';
	}
	p[n++] = ']';
	event_raw(ev, field, (struct str){p, n}, FROM_ENGINE);
}

static void
derive_related(struct event *ev)
{
	static const int target[RELATED_KINDS] = {
	    [RELATED_IP] = F_REL_IP,
	    [RELATED_USER] = F_REL_USER,
	    [RELATED_HOSTS] = F_REL_HOSTS,
	    [RELATED_HASH] = F_REL_HASH,
	};
	size_t n = ev->n;

	for (size_t i = RELATED_IP; i < RELATED_KINDS; i++) {
		const struct cell *own = event_cell(ev, target[i]);

		ev->related[i].n = 0;
		if (own)
			list_value(ev, &ev->related[i], own);
	}
	for (size_t i = 0; i < n; i++) {
		enum field_related r = fields_get(ev->fields, ev->set[i])->related;
		const struct cell *c = &ev->cells[ev->set[i]];

		if (r != RELATED_NONE && c->v.p)
			list_value(ev, &ev->related[r], c);
	}
	for (size_t i = RELATED_IP; i < RELATED_KINDS; i++)
		list_set(ev, &ev->related[i], target[i]);
}

void
event_derive(struct event *ev)
{
	derive_sides(ev);
	derive_network(ev);
	derive_url(ev);
	derive_outcome(ev);
	derive_host(ev);
	derive_related(ev);
}
