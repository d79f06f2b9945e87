/* What can be said of text that no format knows. */
#include "guess.h"
#include "ip.h"
#include "json.h"
#include "norm.h"

#define ADDRESSES 16

static bool
is_address(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F') || c == '.' || c == ':';
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "192.0.2.1", "192.0.2.1:80" and "192.0.2.1." all hold the same address. */
static bool
read_address(struct norm *n, struct str run, struct str *out)
{
	bool raw;
	size_t colon;

	while (run.n && (run.p[run.n - 1] == '.' || run.p[run.n - 1] == ':') &&
	       !str_ends(run, STR("::")))
		run.n--;
	if (run.n < 3)
		return false;
	if (convert(n->ev.a, CONVERT_IP, run, out, &raw))
		return true;
	colon = str_chr(run, ':');
	return colon != STR_NPOS &&
	       convert(n->ev.a, CONVERT_IP, str_sub(run, 0, colon), out, &raw);
}

/* Addresses that are mentioned: related, but nobody says whose they are. */
static void
find_addresses(struct norm *n, struct str text)
{
	struct str list = STR("["), out;
	size_t i = 0, found = 0;

	while (i < text.n && found < ADDRESSES) {
		size_t end = i;

		while (end < text.n && is_address(text.p[end]))
			end++;
		/* nor the ends of a range or the name of a net */
		if (end - i >= 3 &&
		    (end == text.n || !(is_alnum(text.p[end]) || text.p[end] == '/' ||
					  text.p[end] == '-')) &&
		    (i == 0 || text.p[i - 1] != '-') &&
		    (i == 0 || !is_alnum(text.p[i - 1])) &&
		    read_address(n, str_sub(text, i, end - i), &out)) {
			list = CAT(n->ev.a, list, found ? STR(",\"") : STR("\""), out,
			    STR("\""));
			found++;
		}
		/* a run that is part of a word ends with the word */
		while (end < text.n && is_alnum(text.p[end]))
			end++;
		i = end > i ? end : i + 1;
	}
	if (found)
		event_raw(&n->ev, F_REL_IP, CAT(n->ev.a, list, STR("]")), FROM_ENGINE);
}

/* A stamp at the start of a text, in a spelling that can be nothing else. */
static bool
scan_stamp(struct str *rest, struct when *w)
{
	static const int forms[] = {STAMP_ANY, STAMP_SNORT, STAMP_DMY, STAMP_SHORT};
	struct str from = *rest;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		*rest = from;
		if (stamp_scan(forms[i], rest, w))
			return true;
	}
	return false;
}

/* "date=2026-11-24 time=07:37:25", quoted or not. */
static void
find_date(struct norm *n, struct str text)
{
	static const struct str keys[] = {{"date=", 5}, {"time=", 5}};
	struct str part[2];

	for (size_t i = 0; i < 2; i++) {
		size_t at = str_find(text, keys[i]), end = 0;

		if (at == STR_NPOS || (at > 0 && is_alnum(text.p[at - 1])))
			return;
		part[i] = str_from(text, at + keys[i].n);
		if (str_starts(part[i], STR("\"")))
			part[i] = str_from(part[i], 1);
		while (
		    end < part[i].n && end < 32 && !memchr(" ,;\"\t", part[i].p[end], 5))
			end++;
		part[i].n = end;
	}
	norm_time(n, CAT(n->ev.a, part[0], STR(" "), part[1]));
}

/* Where the time stamp ends that begins the text, behind a bracket perhaps; else 0. */
static size_t
find_time(struct norm *n, struct str text)
{
	struct str rest;
	struct when w;

	if (n->has_when || n->has_ns)
		return 0;
	for (size_t i = 0; i < text.n && i < 256; i++) {
		if (i > 0 && is_alnum(text.p[i - 1]))
			continue;
		rest = str_from(text, i);
		if (!scan_stamp(&rest, &w))
			continue;
		n->when = w;
		n->has_when = true;
		n->stamp = str_sub(text, i, text.n - rest.n - i);
		return i == 0 || (i == 1 && text.p[0] == '[') ? text.n - rest.n : 0;
	}
	find_date(n, text);
	return 0;
}

/* Two or more key=value are pairs, not an accident. */
static bool
has_pairs(struct str text)
{
	size_t n = 0;

	for (size_t i = 1; i < text.n && n < 2; i++)
		n += text.p[i] == '=' && is_alnum(text.p[i - 1]);
	return n >= 2;
}

void
norm_generic(struct norm *n, struct str text, bool pairs)
{
	struct event *ev = &n->ev;
	size_t time;

	if (!text.p)
		text = STR("");
	if (!event_cell(ev, F_KIND)) {
		event_raw(ev, F_KIND, STR("\"event\""), FROM_CONSTANT);
		event_raw(ev, F_EVENT_KIND, STR("\"event\""), FROM_CONSTANT);
	}
	if (!ev->constants.p && !event_cell(ev, F_DATASET))
		event_raw(ev, F_DATASET,
		    ev->tags & TAG_PARTIAL ? STR("\"syslog\"") : STR("\"generic\""),
		    FROM_CONSTANT);
	time = find_time(n, text);
	find_addresses(n, text);
	guess_text(n, time ? str_from(text, time) : text);
	if (time && !event_cell(ev, F_MESSAGE))
		event_text(ev, F_MESSAGE, guess_head(n, text, time), FROM_ENGINE);
	if (pairs) {
		if (!event_cell(ev, F_MESSAGE))
			event_text(ev, F_MESSAGE, text, FROM_ENGINE);
		if (n->generic_map && text.p[0] != '<' && has_pairs(text))
			norm_pairs(n, n->generic_map, STR("generic"), text);
	}
}
