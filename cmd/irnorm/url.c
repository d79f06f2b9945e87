/* Parts of a URL as it was written; nothing is decoded, so nothing is lost. */
#include "convert.h"
#include "derive.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, digits, '+', '-', '.' before "://". */
static size_t
scheme_of(struct str url)
{
	size_t n = str_find(str_sub(url, 0, 24), STR("://"));

	if (n == STR_NPOS || n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!is_letter(url.p[i]) &&
		    (i == 0 || !(url.p[i] >= '+' && url.p[i] <= '9')))
			return 0;
	return n;
}

/* "example.com", but no "index.php" of a relative path. */
static bool
is_domain(struct str host)
{
	static const char *const files[] = {
	    "php", "asp", "aspx", "jsp", "htm", "html", "cgi", "pl", "js", "css"};
	size_t dot = str_rchr(host, '.');
	struct str top = str_from(host, dot == STR_NPOS ? host.n : dot + 1);

	if (dot == STR_NPOS || dot == 0 || top.n < 2)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
		if (i > dot && !is_letter(c))
			return false;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (str_ieq(top, str_of(files[i])))
			return false;
	return true;
}

/* [user[:password]@]host[:port]; the password stays where it is. */
static void
read_authority(struct event *ev, struct str s)
{
	size_t at = str_rchr(s, '@'), end;
	struct str port = STR_NONE, host;
	bool raw;

	if (at != STR_NPOS) {
		struct str user = str_sub(s, 0, at);

		derive_text(ev, F_URL_USERNAME, str_sub(user, 0, str_chr(user, ':')));
		s = str_from(s, at + 1);
	}
	end = s.n && s.p[0] == '[' ? str_chr(s, ']') + 1 : str_chr(s, ':');
	host = str_sub(s, 0, end);
	if (end < s.n && s.p[end] == ':')
		port = str_from(s, end + 1);
	derive_text(ev, F_URL_DOMAIN, host);
	if (port.n && port.n <= 5 && convert(ev->a, CONVERT_INT, port, &port, &raw))
		derive_raw(ev, F_URL_PORT, port);
}

static void
read_path(struct event *ev, struct str path)
{
	struct str last = str_from(path, str_rchr(path, '/') + 1);
	size_t dot = str_rchr(last, '.');

	derive_text(ev, F_URL_PATH, path);
	if (dot != STR_NPOS && dot + 1 < last.n && last.n - dot <= 16)
		derive_text(ev, F_URL_EXTENSION, str_from(last, dot + 1));
}

static void
read_rest(struct event *ev, struct str rest)
{
	size_t hash = str_chr(rest, '#'), mark;

	if (hash != STR_NPOS) {
		derive_text(ev, F_URL_FRAGMENT, str_from(rest, hash + 1));
		rest = str_sub(rest, 0, hash);
	}
	mark = str_chr(rest, '?');
	if (mark != STR_NPOS) {
		derive_text(ev, F_URL_QUERY, str_from(rest, mark + 1));
		rest = str_sub(rest, 0, mark);
	}
	if (rest.n)
		read_path(ev, rest);
}

/* Where the authority ends. */
static size_t
authority_end(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#')
		n++;
	return n;
}

void
derive_url(struct event *ev)
{
	struct str url = event_value(ev, F_URL_ORIGINAL);
	size_t scheme, end;

	if (!url.p)
		url = event_value(ev, F_URL_FULL);
	if (url.n == 0)
		return;
	scheme = scheme_of(url);
	if (scheme) {
		derive_text(ev, F_URL_SCHEME, str_sub(url, 0, scheme));
		derive_copy(ev, F_URL_ORIGINAL, F_URL_FULL);
		url = str_from(url, scheme + 3);
		end = authority_end(url);
		read_authority(ev, str_sub(url, 0, end));
		read_rest(ev, str_from(url, end));
	} else if (url.p[0] == '/') {
		read_rest(ev, url);
	} else {
		/* "example.com:443" of a CONNECT, "example.com/path", or garbage */
		end = authority_end(url);
		if (!is_domain(str_sub(url, 0, str_chr(str_sub(url, 0, end), ':'))))
			return;
		read_authority(ev, str_sub(url, 0, end));
		read_rest(ev, str_from(url, end));
	}
}
