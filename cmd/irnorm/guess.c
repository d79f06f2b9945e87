#include "guess.h"
#include "lexeme.h"

#define WORDS 96

/* --- fields --- */

static void
set(struct norm *n, const char *field, struct str v, bool raw)
{
	int f = fields_find(n->fields, str_of(field));

	if (f < 0 || event_cell(&n->ev, f))
		return;
	if (raw)
		event_raw(&n->ev, f, v, FROM_ENGINE);
	else
		event_text(&n->ev, f, v, FROM_ENGINE);
}

/* --- the head --- */

bool
guess_is_level(struct str s)
{
	static const char *const levels[] = {"trace", "debug", "info", "information",
	    "notice", "warn", "warning", "error", "err", "severe", "crit", "critical",
	    "fatal", "alert", "emerg", "emergency", "panic", "verbose", NULL};

	if (s.n < 3 || s.n > 11)
		return false;
	for (const char *const *l = levels; *l; l++)
		if ((s.p[0] | 32) == **l && str_ieq(s, str_of(*l)))
			return true;
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What may stand between the parts of a head. */
static struct str
behind_marks(struct str s)
{
	while (
	    s.n && (s.p[0] == ']' || s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ':' ||
		       s.p[0] == '-' || s.p[0] == '|' || s.p[0] == ','))
		s = str_from(s, 1);
	return s;
}

struct str
guess_head(struct norm *n, struct str text, size_t at)
{
	struct str rest = behind_marks(str_from(text, at)), word = rest;
	bool bracket = word.n &&
		       (word.p[0] == '[' || word.p[0] == '<' || word.p[0] == '(');
	size_t end = 0;
	char close;

	if (bracket)
		word = str_from(word, 1);
	while (end < word.n && is_letter(word.p[end]))
		end++;
	close = end < word.n ? word.p[end] : ' ';
	if (!guess_is_level(str_sub(word, 0, end)))
		return rest;
	if (bracket ? close != ']' && close != '>' && close != ')'
		    : close != ' ' && close != ':' && close != '\t' && close != '|')
		return rest;
	set(n, "log.level", str_sub(word, 0, end), false);
	return behind_marks(str_from(word, end + 1));
}

/* --- the request --- */

static bool
is_method(struct str s)
{
	static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "DELETE",
	    "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", NULL};

	for (const char *const *m = methods; *m; m++)
		if (str_eq(s, str_of(*m)))
			return true;
	return false;
}

static struct str
quoted(struct str *rest)
{
	struct str s;
	size_t end = 1;

	if (!str_starts(*rest, STR("\"")))
		return STR_NONE;
	while (end < rest->n && rest->p[end] != '"')
		end += rest->p[end] == '\\' ? 2 : 1;
	if (end >= rest->n)
		return STR_NONE;
	s = str_sub(*rest, 1, end - 1);
	*rest = behind_marks(str_from(*rest, end + 1));
	return s;
}

static bool
is_number(struct str s)
{
	uint64_t v;

	return s.n < 16 && str_u64(s, &v) && (s.n == 1 || s.p[0] != '0');
}

/* ' 200 512 "referrer" "agent"', as in the logs of web servers. */
static void
after_request(struct norm *n, struct str rest)
{
	struct str status = str_cut(&rest, ' '), bytes, referrer, agent;

	if (status.n != 3 || !is_number(status))
		return;
	set(n, "http.response.status_code", status, true);
	if (!rest.p)
		return;
	bytes = str_cut(&rest, ' ');
	if (is_number(bytes))
		set(n, "http.response.body.bytes", bytes, true);
	if (!rest.p || (bytes.n && bytes.p[0] == '"'))
		return;
	referrer = quoted(&rest);
	agent = quoted(&rest);
	if (referrer.n && !str_eq(referrer, STR("-")))
		set(n, "http.request.referrer", referrer, false);
	if (agent.n && !str_eq(agent, STR("-")))
		set(n, "user_agent.original", agent, false);
}

/* "GET /x HTTP/1.1", the first one that is quoted. */
static void
guess_request(struct norm *n, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		struct str rest = str_from(text, i), line, method, url;
		size_t end;

		if (text.p[i] != '"')
			continue;
		line = quoted(&rest);
		method = str_cut(&line, ' ');
		end = line.p ? str_find(line, STR(" HTTP/")) : STR_NPOS;
		if (!line.p || !is_method(method) || end == STR_NPOS || end == 0)
			continue;
		url = str_sub(line, 0, end);
		set(n, "http.request.method", method, false);
		set(n, "url.original", url, false);
		set(n, "http.version", str_from(line, end + 6), false);
		set(n, "event.category", STR("[\"web\"]"), true);
		after_request(n, rest);
		return;
	}
}

/* --- the ends of a flow --- */

struct side {
	struct str address, port;
	bool several; /* different ones */
};

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80" without its brackets */
static bool
read_side(struct norm *n, struct str s, struct side *out)
{
	size_t colon = str_rchr(s, ':');
	bool raw;

	*out = (struct side){0};
	if (convert(n->ev.a, CONVERT_IP, s, &out->address, &raw))
		return true;
	if (colon == STR_NPOS ||
	    !convert(n->ev.a, CONVERT_IP, str_sub(s, 0, colon), &out->address, &raw))
		return false;
	out->port = str_from(s, colon + 1);
	return true;
}

static void
note_side(struct side *side, const struct side *found)
{
	if (!side->address.p)
		*side = *found;
	else if (!str_eq(side->address, found->address))
		side->several = true;
	else if (!side->port.p)
		side->port = found->port;
}

static bool
is_word(const struct lexeme *v, const char *const *words)
{
	for (; *words; words++)
		if (str_ieq(v->text, str_of(*words)))
			return true;
	return false;
}

/* " port 22" behind an address. */
static void
port_behind(const struct lexeme *v, size_t n, size_t i, struct side *s)
{
	if (i + 2 < n && str_ieq(v[i + 1].text, STR("port")) && is_number(v[i + 2].text))
		s->port = v[i + 2].text;
}

/* The word that says what an address is: marks between them do not count. */
static const struct lexeme *
word_before(const struct lexeme *v, size_t i)
{
	for (size_t k = 0; i > 0 && k < 3; k++)
		if (v[--i].kind != LEX_MARK || str_eq(v[i].text, STR("->")))
			return &v[i];
	return NULL;
}

static void
put_side(struct norm *n, const struct side *s, int address, int port)
{
	if (!s->address.p || s->several || event_cell(&n->ev, address))
		return;
	event_text(&n->ev, address, s->address, FROM_ENGINE);
	if (is_number(s->port) && s->port.n < 6 && !event_cell(&n->ev, port))
		event_raw(&n->ev, port, s->port, FROM_ENGINE);
}

static void
guess_sides(struct norm *n, struct str text)
{
	static const char *const from[] = {
	    "from", "client", "src", "rhost", "peer", NULL};
	static const char *const to[] = {"to", "dst", "->", NULL};
	struct lexeme v[WORDS];
	size_t words = lexeme_read(text, v, WORDS);
	struct side source = {0}, destination = {0}, found;

	for (size_t i = 0; i < words; i++) {
		const struct lexeme *before = word_before(v, i);

		if (v[i].kind != LEX_IP || !read_side(n, v[i].text, &found))
			continue;
		port_behind(v, words, i, &found);
		if (before && is_word(before, from))
			note_side(&source, &found);
		else if (before && is_word(before, to))
			note_side(&destination, &found);
		else if (i + 1 < words && str_eq(v[i + 1].text, STR("->")))
			note_side(&source, &found);
		else if (i == 0 && !(n->ev.tags & TAG_PARTIAL))
			note_side(&source, &found);
	}
	put_side(n, &source, F_SOURCE_ADDRESS, F_SOURCE_PORT);
	put_side(n, &destination, F_DESTINATION_ADDRESS, F_DESTINATION_PORT);
}

void
guess_text(struct norm *n, struct str text)
{
	guess_request(n, text);
	if (event_cell(&n->ev, F_REL_IP)) /* else there is no address */
		guess_sides(n, text);
}
