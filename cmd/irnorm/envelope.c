#include "envelope.h"
#include "spell.h"
#include "ip.h"

#define TAG_LONGEST 64

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str
skip_blanks(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

static struct str
next_word(struct str *s)
{
	struct str w = *s;
	size_t n = 0;

	while (n < s->n && !is_blank(s->p[n]))
		n++;
	w.n = n;
	*s = str_from(*s, n);
	return w;
}

/* <38>, at most 191 */
static bool
read_priority(struct str *s, struct envelope *env)
{
	size_t end = str_chr(str_sub(*s, 0, 5), '>');
	uint64_t v;

	if (end == STR_NPOS || !str_u64(str_sub(*s, 1, end - 1), &v) || v > 191)
		return false;
	env->priority = str_sub(*s, 1, end - 1);
	*s = str_from(*s, end + 1);
	return true;
}

static struct str
not_nil(struct str w)
{
	return str_eq(w, STR("-")) ? STR_NONE : w;
}

/* [id a="b"][id2] ..., quotes and brackets inside values escaped */
static bool
read_structured(struct str *s, struct envelope *env)
{
	size_t i = 0;

	if (str_starts(*s, STR("-")) && (s->n == 1 || s->p[1] == ' ')) {
		*s = str_from(*s, 1);
		return true;
	}
	while (i < s->n && s->p[i] == '[') {
		bool quoted = false;

		for (i++; i < s->n && (quoted || s->p[i] != ']'); i++) {
			if (quoted && s->p[i] == '\\')
				i++;
			else if (s->p[i] == '"')
				quoted = !quoted;
		}
		if (i++ >= s->n)
			return false;
	}
	env->structured = str_sub(*s, 0, i);
	*s = str_from(*s, i);
	return i > 0;
}

static bool
read_5424(struct str s, struct envelope *env)
{
	struct str w = next_word(&s), rest;

	rest = w;
	if (!str_eq(w, STR("-"))) {
		if (!when_scan_iso(&rest, &env->when) || rest.n)
			return false;
		env->stamp = w;
		env->has_when = true;
	}
	s = skip_blanks(s);
	env->host = not_nil(next_word(&s));
	s = skip_blanks(s);
	if (str_starts(s, STR("{\""))) {
		/* an object at once, the rest of the header left out */
		env->body = s;
		return true;
	}
	env->program = not_nil(next_word(&s));
	s = skip_blanks(s);
	env->pid = not_nil(next_word(&s));
	s = skip_blanks(s);
	env->msgid = not_nil(next_word(&s));
	s = skip_blanks(s);
	/* "[{": a message of JSON, its structured data left out */
	if (s.n && !str_starts(s, STR("[{")) && !read_structured(&s, env))
		return false;
	s = skip_blanks(s);
	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_from(s, 3);
	/* a message that is all structured data (Junos, Check Point) */
	env->body = s.n ? s : env->structured;
	return true;
}

static bool
in_tag(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/' ||
	       c == '@' || c == '+' || c == '(' || c == ')';
}

/* Behind "name[1]": " (com.apple.x[21556])" of macOS, "(info)" of Kerberos. */
static size_t
read_sub(struct str s, struct envelope *env)
{
	size_t end = str_chr(s, ')');
	size_t start = str_starts(s, STR(" (")) ? 2 : 1;

	if (s.n <= start || s.p[start - 1] != '(' || end == STR_NPOS || end > TAG_LONGEST)
		return 0;
	env->sub = str_sub(s, start, end - start);
	return end + 1;
}

/* "[123]" at the start; its length, or 0. */
static size_t
read_pid(struct str s, struct str *pid)
{
	size_t end = str_chr(str_sub(s, 0, 24), ']');
	uint64_t v;

	if (!str_starts(s, STR("[")) || end == STR_NPOS)
		return 0;
	*pid = str_sub(s, 1, end - 1);
	return str_u64(*pid, &v) ? end + 1 : 0;
}

/* May the blank stand in the name: is what follows it a version ("syslogd 1.4.1")? */
static bool
is_version(struct str word)
{
	size_t i = 0;

	while (i < word.n && ((word.p[i] >= '0' && word.p[i] <= '9') || word.p[i] == '.'))
		i++;
	return i == word.n && str_chr(word, '.') != STR_NPOS;
}

/*
 * "name[pid]: ", "name: ", "name(sub)[pid]: "; a name may hold one blank if a pid
 * follows, or before a version.
 */
static bool
read_tag(struct str *s, struct envelope *env)
{
	struct str name = *s, pid = STR_NONE;
	size_t i = 0, len, paren;
	size_t blank = 0;
	bool sub = false;

	/* gdm writes "gdm-password][42]:", polkit "polkitd(authority=local)[42]:" */
	while (i < s->n && i < TAG_LONGEST &&
	       (in_tag(s->p[i]) || (s->p[i] == '=' && sub) ||
		   (s->p[i] == ' ' && i > 0 && !blank) ||
		   (i > 0 && str_starts(str_from(*s, i), STR("]["))))) {
		sub = sub || s->p[i] == '(';
		if (s->p[i] == ' ')
			blank = i;
		i++;
	}
	if (i == 0 || i == s->n || (s->p[i] != ':' && s->p[i] != '['))
		return false;
	name.n = i;
	if (s->p[i] == '[') {
		len = read_pid(str_from(*s, i), &pid);
		if (len == 0)
			return false;
		i += len;
		i += read_sub(str_from(*s, i), env);
	}
	/* behind a pid, some leave the colon out */
	if (pid.p && i < s->n && is_blank(s->p[i]))
		i--;
	else if (i >= s->n || s->p[i] != ':' || (i + 1 < s->n && !is_blank(s->p[i + 1])))
		return false;
	if (blank && !pid.p && !is_version(str_from(name, blank + 1)))
		return false;
	paren = str_chr(name, '(');
	if (paren != STR_NPOS && paren > 0 && name.p[name.n - 1] == ')') {
		env->sub = str_sub(name, paren + 1, name.n - paren - 2);
		name.n = paren;
	}
	if (str_ends(name, STR("]")))
		name.n--;
	env->program = name;
	env->pid = pid;
	*s = str_from(*s, i + 1);
	return true;
}

/* "user.info", which some small systems write before the tag */
static bool
is_facility(struct str w)
{
	static const char *const levels[] = {"emerg", "alert", "crit", "err", "warn",
	    "warning", "notice", "info", "debug", "error"};
	size_t dot = str_chr(w, '.');

	for (size_t i = 0; dot != STR_NPOS && i < sizeof(levels) / sizeof(*levels); i++)
		if (str_eq(str_from(w, dot + 1), str_of(levels[i])))
			return true;
	return false;
}

/* "ns1.example.com 192.0.2.1 named[7]: ...": the address of the host named before. */
static bool
is_address(struct str word)
{
	struct ip ip;

	return ip_parse(word, &ip);
}

static bool
is_tag(struct str s)
{
	struct envelope tag = {0};

	return read_tag(&s, &tag);
}

/* "1700000000.250000" of journalctl -o short-unix */
static bool
read_unix(struct str *s, struct when *w)
{
	struct str word = str_sub(*s, 0, str_chr(*s, ' '));
	int64_t ns;

	if (word.n != 17 || word.p[10] != '.' || !when_epoch(word, &ns))
		return false;
	when_split(ns, w);
	w->has_zone = true;
	w->digits = 6;
	*s = str_from(*s, word.n);
	return true;
}

/* "Tue 2026-11-24 07:37:25 CET" of journalctl -o short-full */
static bool
read_full(struct str *s, struct when *w)
{
	struct str rest = str_from(*s, 4);

	if (s->n < 24 || s->p[3] != ' ' || rest.p[0] < '0' || rest.p[0] > '9' ||
	    !spell_zoned(&rest, w))
		return false;
	*s = rest;
	return true;
}

static bool
read_stamp(struct str *s, struct envelope *env)
{
	struct str rest = *s;
	char c = s->n ? s->p[0] : ' ';

	if (c >= '0' && c <= '9')
		env->has_when = when_scan_iso(&rest, &env->when) ||
				read_unix(&rest, &env->when);
	else if (c >= 'A' && c <= 'Z')
		env->has_when = when_scan_bsd(&rest, &env->when) ||
				read_full(&rest, &env->when);
	if (!env->has_when)
		return false;
	if (rest.n && !is_blank(rest.p[0]) && rest.p[0] != ':')
		return false;
	env->stamp = str_sub(*s, 0, s->n - rest.n);
	if (rest.n && rest.p[0] == ':') /* Cisco and the like */
		rest = str_from(rest, 1);
	*s = skip_blanks(rest);
	return true;
}

/* "fw1: %ASA-6-302013: ..." and "fw1 : %ASA-...": what stands in front is the host. */
static void
read_device(struct str *s, struct envelope *env)
{
	struct str body = skip_blanks(*s);

	if (!env->program.p && str_starts(body, STR(": ")))
		body = skip_blanks(str_from(body, 1));
	/* "*task: time: %APF-6-..." of wireless controllers */
	if (!str_starts(body, STR("%")) &&
	    !(str_starts(body, STR("*")) && str_find(body, STR(": %")) != STR_NPOS))
		return;
	if (!env->host.p && env->program.p && !env->pid.p) {
		env->host = env->program;
		env->program = STR_NONE;
	}
	*s = body;
}

/* --- the line before --- */

#define PID_LONGEST 9

/* What is behind "host sshd[42]: ", when that and the text behind it are of the plainest. */
static struct str
plain_body(struct str s, size_t pid)
{
	size_t i = pid;

	while (i < s.n && i - pid < PID_LONGEST && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == pid || s.n - i < 4 || memcmp(s.p + i, "]: ", 3) != 0 ||
	    !(s.p[i + 3] >= 'A' && s.p[i + 3] <= 'z'))
		return STR_NONE;
	return str_from(s, i + 3);
}

/* `s` starts behind the time.  False: it is not as in the line before. */
static bool
recall(const struct envelope_last *last, struct str s, struct envelope *env)
{
	struct str body;

	if (last->n == 0 || s.n < last->n || !str_same(s.p, last->lead, last->n))
		return false;
	body = plain_body(s, last->n);
	if (!body.p)
		return false;
	env->host = str_sub(s, last->host.at, last->host.n);
	env->program = str_sub(s, last->program.at, last->program.n);
	if (last->sub.n)
		env->sub = str_sub(s, last->sub.at, last->sub.n);
	env->pid = str_sub(s, last->n, (size_t)(body.p - s.p) - last->n - 3);
	env->body = body;
	return true;
}

static void
keep(struct envelope_last *last, struct str s, const struct envelope *env)
{
	size_t n = env->pid.p ? (size_t)(env->pid.p - s.p) : 0;

	last->n = 0;
	if (n == 0 || n > sizeof(last->lead) || !env->host.n || !env->program.n ||
	    (env->sub.p && (env->sub.n == 0 || env->sub.p > env->pid.p)) ||
	    plain_body(s, n).p != env->body.p)
		return;
	memcpy(last->lead, s.p, n);
	last->n = n;
	last->host.at = (unsigned char)(env->host.p - s.p);
	last->host.n = (unsigned char)env->host.n;
	last->program.at = (unsigned char)(env->program.p - s.p);
	last->program.n = (unsigned char)env->program.n;
	last->sub.at = (unsigned char)(env->sub.p ? env->sub.p - s.p : 0);
	last->sub.n = (unsigned char)env->sub.n;
}

/* "In(14)": the severity and facility that ESXi writes behind the time. */
static bool
is_esxi(struct str w)
{
	uint64_t v;

	return w.n >= 5 && w.n <= 7 && w.p[2] == '(' && w.p[w.n - 1] == ')' &&
	       str_u64(str_sub(w, 3, w.n - 4), &v);
}

static bool
read_3164(struct str s, struct envelope *env, struct envelope_last *last)
{
	struct str rest, word, header;

	if (!read_stamp(&s, env))
		return false;
	if (recall(last, s, env))
		return true;
	header = rest = s;
	word = next_word(&rest);
	if ((str_starts(word, STR("<")) && str_ends(word, STR(">"))) || is_esxi(word)) {
		/* "<local0.info>" */
		s = rest = skip_blanks(rest);
		word = next_word(&rest);
	}
	/* a host, unless the tag, or a row of columns, follows the time at once */
	if (word.n && word.p[word.n - 1] != ':' && word.p[0] != '[' && word.p[0] != '{' &&
	    str_chr(word, ',') == STR_NPOS) {
		env->host = word;
		s = skip_blanks(rest);
		rest = s;
		word = next_word(&rest);
		if (is_facility(word) || (is_address(word) && is_tag(skip_blanks(rest))))
			s = skip_blanks(rest);
	}
	read_tag(&s, env);
	read_device(&s, env);
	env->body = skip_blanks(s);
	keep(last, header, env);
	return true;
}

bool
envelope_read(struct str line, struct envelope *env, struct envelope_last *last)
{
	struct str s = line;

	*env = (struct envelope){0};
	if (s.n && s.p[0] == '<' && !read_priority(&s, env))
		return false;
	if (env->priority.p && s.n > 2 && s.p[0] == '1' && s.p[1] == ' ' &&
	    read_5424(skip_blanks(str_from(s, 2)), env))
		return true;
	s = skip_blanks(s);
	if (read_3164(s, env, last))
		return true;
	if (read_tag(&s, env) && (env->pid.p || env->priority.p)) {
		read_device(&s, env);
		env->body = skip_blanks(s);
		return true;
	}
	env->body = s;
	return env->priority.p != NULL;
}
