#include "audit.h"
#include "json.h"

#define KEYS 192 /* of one record */

struct record {
	struct norm *n;
	const struct format *f;
	struct str under;
	struct str type;
	struct str role; /* prefix of keys: "account.", or empty */
	bool execve;
	bool joined, more; /* of several records one, and not the first */
	uint32_t arch;
	struct str ip, port; /* of a socket address */
	struct str seen[KEYS];
	size_t n_seen;
	struct str args[EVENT_LIST * 4]; /* of EXECVE */
	size_t n_args;
};

/* --- values --- */

/* Keys whose values somebody may have chosen: bare digits are hexadecimal. */
static bool
may_be_hex(const struct record *r, struct str key)
{
	static const char *const keys[] = {"exe", "comm", "cmd", "cwd", "path", "dir",
	    "name", "proctitle", "data", "acct", "grp", "new_group", "key", "file",
	    "watch", "vm", "ocomm", "device", "cgroup", "sw", "root_dir", "unit",
	    "old-chardev", "new-chardev", "old-disk", "new-disk", "old-fs", "new-fs",
	    "old-net", "new-net", "old-rng", "new-rng", "invalid_context", "apparmor",
	    "operation", "profile", "info", "requested_mask", "denied_mask", "reason",
	    "ruser", "user", "old", "new"};

	if (r->execve && key.n > 1 && key.p[0] == 'a' && key.p[1] >= '0' &&
	    key.p[1] <= '9')
		return true;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (str_eq(key, str_of(keys[i])))
			return true;
	return false;
}

static bool
is_nothing(struct str v)
{
	return v.n == 0 || str_eq(v, STR("?")) || str_eq(v, STR("(null)")) ||
	       str_eq(v, STR("unset"));
}

/* --- pairs --- */

static bool
first_time(struct record *r, struct str key)
{
	for (size_t i = 0; i < r->n_seen; i++)
		if (str_eq(r->seen[i], key))
			return false;
	if (r->n_seen == KEYS)
		return false;
	r->seen[r->n_seen++] = key;
	return true;
}

static void
say(struct record *r, struct str key, struct str value)
{
	struct str own = r->role.n ? CAT(r->n->ev.a, r->role, key) : key;

	if (is_nothing(value))
		return;
	if (r->more)
		norm_pair_new(r->n, r->f, r->under, own, key, value);
	else
		norm_pair(r->n, r->f, r->under, own, key, value);
}

/* uid=bob, as ausearch -i writes it, is what UID="bob" says. */
static struct str
name_key(struct arena *a, struct str key, struct str value)
{
	static const char *const ids[] = {"auid", "uid", "gid", "euid", "egid", "suid",
	    "sgid", "fsuid", "fsgid", "ouid", "ogid"};
	uint64_t v;
	char *p;

	if (key.n > 5 || !str_ends(key, STR("id")) || str_u64(value, &v))
		return key;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (str_eq(key, str_of(ids[i]))) {
			p = arena_alloc(a, key.n);
			for (size_t k = 0; k < key.n; k++)
				p[k] = (char)(key.p[k] - ('a' - 'A'));
			return (struct str){p, key.n};
		}
	return key;
}

/* --- socket addresses --- */

static void
say_socket(struct record *r, struct str hex)
{
	struct audit_socket s;

	if (!audit_socket(r->n->ev.a, hex, &s))
		return;
	if (s.path.p)
		say(r, STR("sockaddr.path"), s.path);
	say(r, STR("sockaddr.family"), s.family);
	if (!s.ip.p)
		return;
	r->ip = s.ip;
	r->port = s.port;
	say(r, STR("sockaddr.ip"), s.ip);
	say(r, STR("sockaddr.port"), s.port);
}

/* --- system calls: their number depends on the architecture --- */

static void
read_arch(struct record *r, struct str v)
{
	uint64_t arch = 0;

	for (size_t i = 0; i < v.n && v.n == 8; i++) {
		char c = v.p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
					       : -1;

		if (d < 0)
			return;
		arch = arch << 4 | (unsigned)d;
	}
	r->arch = (uint32_t)arch;
}

/* A number becomes a name, where there is one; what was a name is told apart. */
static struct str
name_call(struct record *r, struct str *v)
{
	struct str name;
	uint64_t number;

	if (!str_u64(*v, &number))
		return STR("syscall.name");
	name = audit_call(r->arch, number);
	if (name.p) {
		say(r, STR("syscall.number"), *v);
		*v = name;
	}
	/* the records of an event together say what was done */
	return name.p && r->joined ? STR("syscall.name") : STR("syscall");
}

/* --- one pair --- */

/* A command in one piece: its words, as they were joined by blanks. */
static void
split_args(struct record *r, struct str cmd)
{
	while (cmd.n && r->n_args < sizeof(r->args) / sizeof(*r->args)) {
		struct str word = str_cut(&cmd, ' ');

		if (word.n)
			r->args[r->n_args++] = word;
	}
}

static void
take_pair(struct record *r, struct str key, struct str v, bool quoted)
{
	struct arena *a = r->n->ev.a;

	if (!quoted && audit_is_hex(v) && may_be_hex(r, key))
		v = audit_readable(a, key, audit_unhex(a, v));
	if (r->execve && key.n > 1 && key.p[0] == 'a' && key.p[1] >= '0' &&
	    key.p[1] <= '9') {
		if (!str_ends(key, STR("_len")) &&
		    r->n_args < sizeof(r->args) / sizeof(*r->args))
			r->args[r->n_args++] = v;
		return;
	}
	key = name_key(a, key, v);
	if (!first_time(r, key))
		return;
	if (str_eq(key, STR("syscall")))
		key = name_call(r, &v);
	if (str_eq(key, STR("arch")))
		read_arch(r, v);
	if (str_eq(key, STR("saddr")))
		say_socket(r, v);
	if (str_eq(key, STR("cmd")))
		split_args(r, v);
	say(r, key, v);
}

/* The value at the start of the rest: "...", '...' (with pairs inside) or a word. */
static struct str
next_value(struct str *rest, char *quote)
{
	struct str s = *rest, v;
	size_t n = 0;

	*quote = '\0';
	if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
		n = str_chr(str_from(s, 1), s.p[0]);
		/* an older daemon's message may hold apostrophes: to the last one */
		if (n != STR_NPOS && s.p[0] == '\'')
			n = str_rchr(str_sub(s, 0, str_chr(s, '\x1d')), '\'') - 1;
		if (n != STR_NPOS) {
			*quote = s.p[0];
			*rest = str_from(s, n + 2);
			return str_sub(s, 1, n);
		}
		n = 0;
	}
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\x1d')
		n++;
	v = str_sub(s, 0, n);
	*rest = str_from(s, n);
	return v;
}

/* Words without a value: "old auid=1 new auid=2", "avc:  denied  { read } for". */
static struct str
take_word(struct record *r, struct str word, struct str *rest)
{
	size_t end;

	if (str_eq(word, STR("old")) || str_eq(word, STR("new")))
		return word;
	if (str_eq(word, STR("denied")) || str_eq(word, STR("granted"))) {
		if (first_time(r, STR("seresult")))
			say(r, STR("seresult"), word);
	} else if (str_eq(word, STR("{"))) {
		end = str_chr(*rest, '}');
		if (end != STR_NPOS && first_time(r, STR("seperms")))
			say(r, STR("seperms"), str_trim(str_sub(*rest, 0, end)));
		if (end != STR_NPOS)
			*rest = str_from(*rest, end + 1);
	}
	return STR_NONE;
}

static bool
is_key(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-' || c == '[' ||
			c == ']'))
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

/*
 * "op=adding group to /etc/gshadow id=1": the value goes on up to the word before
 * the next pair.  Only what the service writes without quotes is read so.
 */
static struct str
widen(struct str v, struct str *rest)
{
	struct str s = *rest;
	size_t end = 0;

	while (end < s.n && s.p[end] == ' ') {
		size_t from = end, eq;

		while (from < s.n && s.p[from] == ' ')
			from++;
		for (end = from; end < s.n && s.p[end] != ' '; end++)
			;
		eq = str_chr(str_sub(s, from, end - from), '=');
		if (eq != STR_NPOS || from == s.n) {
			end = from;
			break;
		}
	}
	while (end > 0 && s.p[end - 1] == ' ')
		end--;
	v.n = (size_t)(s.p + end - v.p);
	*rest = str_from(s, end);
	return v;
}

static void
take_pairs(struct record *r, struct str s, bool inner)
{
	struct str old = STR_NONE;

	for (size_t i = 0; s.n && i < 4096; i++) {
		struct str key = s, v;
		size_t n = 0;
		char quote;

		while (s.n && (s.p[0] == ' ' || s.p[0] == '\x1d' || s.p[0] == ','))
			s = str_from(s, 1);
		key = s;
		while (n < s.n && s.p[n] != ' ' && s.p[n] != '=' && s.p[n] != '\x1d')
			n++;
		key.n = n;
		s = str_from(s, n);
		if (!s.n || s.p[0] != '=') {
			old = take_word(r, key, &s);
			continue;
		}
		s = str_from(s, 1);
		v = next_value(&s, &quote);
		if (str_starts(v, STR("{")) && str_eq(key, STR("SADDR"))) {
			s = str_from(s, str_chr(s, '}') + 1);
			continue; /* saddr= said it */
		}
		if (inner && str_eq(key, STR("op")) && !quote)
			v = widen(v, &s);
		if (quote == '\'' && str_eq(key, STR("msg")) && !inner) {
			take_pairs(r, v, true);
			continue;
		}
		if (old.n)
			key = CAT(r->n->ev.a, old, STR("-"), key);
		if (is_key(key))
			take_pair(r, key, v, quote != '\0');
		old = STR_NONE;
	}
}

/* --- a record --- */

static void
say_args(struct record *r)
{
	struct event *ev = &r->n->ev;
	struct buf list, line;

	if (r->n_args == 0)
		return;
	list = buf_make((size_t)4 * 1024 * 1024);
	line = buf_make((size_t)4 * 1024 * 1024);
	for (size_t i = 0; i < r->n_args; i++) {
		buf_ch(&list, i ? ',' : '[');
		buf_json(&list, r->args[i]);
		if (i)
			buf_ch(&line, ' ');
		buf_add(&line, r->args[i]);
	}
	buf_ch(&list, ']');
	if (!list.full)
		norm_pair_raw(r->n, r->f, STR("args"), arena_copy(ev->a, buf_str(&list)));
	if (r->execve)
		say(r, STR("command_line"), arena_copy(ev->a, buf_str(&line)));
	buf_free(&list);
	buf_free(&line);
}

/* "NAME [msg=]audit(time:serial):" */
static void
take_head(struct record *r, struct str *s, struct str *serial)
{
	struct str rest = *s, stamp, name;
	size_t end;

	r->type = str_sub(rest, 0, str_chr(rest, ' '));
	rest = str_from(rest, r->type.n);
	name = audit_name(r->type);
	if (name.p)
		r->type = name;
	say(r, STR("type"), r->type);
	rest = str_trim(rest);
	if (str_starts(rest, STR("msg=audit(")))
		rest = str_from(rest, 4);
	end = str_chr(rest, ')');
	if (str_starts(rest, STR("audit(")) && end != STR_NPOS) {
		*serial = stamp = str_sub(rest, 6, end - 6);
		rest = str_from(rest, end + 1);
		end = str_rchr(stamp, ':');
		say(r, STR("serial"),
		    end == STR_NPOS ? STR("") : str_from(stamp, end + 1));
		norm_time(r->n, str_sub(stamp, 0, end));
		if (str_starts(rest, STR(":")))
			rest = str_from(rest, 1);
	}
	*s = rest;
}

/* The event's first record said what was done to the socket: who is at its other end. */
static void
say_peer(struct record *r)
{
	static const char *const out[] = {
	    "connect", "sendto", "sendmsg", "sendmmsg", NULL};
	static const char *const in[] = {
	    "accept", "accept4", "recvfrom", "recvmsg", "recvmmsg", NULL};
	int call = fields_find(r->n->fields, STR("auditd.log.syscall"));
	struct str name = call >= 0 ? event_value(&r->n->ev, call) : STR_NONE;

	if (audit_one_of(name, out)) {
		say(r, STR("connect.ip"), r->ip);
		say(r, STR("connect.port"), r->port);
	} else if (audit_one_of(name, in)) {
		say(r, STR("accept.ip"), r->ip);
		say(r, STR("accept.port"), r->port);
	}
}

static void
one_record(struct record *r, struct str text, struct str *serial)
{
	take_head(r, &text, serial);
	r->role = audit_role(r->type);
	r->execve = str_eq(r->type, STR("EXECVE"));
	/* the directory that a file lies in says less than the file */
	if (r->joined && str_eq(r->type, STR("PATH")) &&
	    str_find(text, STR("nametype=PARENT")) != STR_NPOS)
		return;
	take_pairs(r, text, false);
	say_args(r);
}

void
norm_audit(struct norm *n, const struct format *f, struct str under, struct str text)
{
	struct str serial = STR_NONE, rest = text, argv0 = STR_NONE;
	struct record r = {.n = n, .f = f, .under = under};
	bool joined = str_chr(text, '\n') != STR_NPOS;
	int exe = fields_find(n->fields, STR("process.executable"));

	while (rest.n) {
		struct str one = str_cut(&rest, '\n');
		struct str ip = r.ip, port = r.port;
		bool more = one.p != text.p;
		size_t at = more ? str_find(one, STR("type=")) : STR_NPOS;

		r = (struct record){.n = n,
		    .f = f,
		    .under = under,
		    .joined = joined,
		    .more = more,
		    .ip = ip,
		    .port = port};
		one_record(&r, at == STR_NPOS ? one : str_from(one, at + 5), &serial);
		if (r.execve && r.n_args)
			argv0 = r.args[0];
	}
	r.more = false;
	r.role = STR("");
	if (serial.n && !joined)
		serials_carry(n, serial);
	if (r.ip.n)
		say_peer(&r);
	/* the kernel's name of the program, else what it was called */
	if (argv0.n && exe >= 0 && !event_cell(&n->ev, exe))
		say(&r, STR("argv0"), argv0);
}
