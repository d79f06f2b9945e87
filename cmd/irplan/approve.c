/* A person's signed yes to a plan, and the key to give it with. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "approvers.h"
#include "base64.h"
#include "common.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "out.h"
#include "plan.h"
#include "tool.h"
#include "when.h"

#define PLAN_MAX ((size_t)64 << 20)
#define KEY_HEAD "irutils secret key ed25519:"
#define KEY_MAX  ((size_t)256)

/* Who: as said, else whoever is logged in. */
static struct str
actor(const struct settings *set, struct err *e)
{
	static const char *const from[] = {"SUDO_USER", "LOGNAME", "USER"};
	struct str name = str_of(set->actor);

	for (size_t i = 0; !name.p && i < sizeof(from) / sizeof(*from); i++)
		name = str_of(getenv(from[i]));
	if (!name.p || !approval_name(name)) {
		err_set(e, ERR_CONFIG,
		    "--actor has to be a name of at most %zu letters, digits and . _ @ -",
		    APPROVAL_NAME);
		return STR_NONE;
	}
	return name;
}

static bool
say(const struct buf *b, struct err *e)
{
	return out_write(1, buf_str(b), e);
}

/* --- keys --- */

static bool
keep(const char *path, struct str line, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok;

	if (fd < 0) {
		err_sys(e, ERR_CONFIG, "cannot create '%s'", path);
		return false;
	}
	ok = out_write(fd, line, e);
	if (ok && fsync(fd) < 0) {
		err_sys(e, ERR_SYS, "cannot sync '%s'", path);
		ok = false;
	}
	close(fd);
	if (!ok)
		unlink(path);
	return ok;
}

static bool
make_key(const struct settings *set, struct arena *a, struct err *e)
{
	struct approver who = {
	    .name = actor(set, e), .risks = 1U << RISK_LOW | 1U << RISK_MEDIUM};
	uint8_t key[ED25519_KEY];
	struct buf b = buf_make(4096);
	bool ok = who.name.p;

	if (ok && (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key) ||
		      !ed25519_public(key, who.key))) {
		err_set(e, ERR_SYS, "cannot make a key");
		ok = false;
	}
	if (ok)
		ok = keep(set->keygen,
		    CAT(a, STR(KEY_HEAD),
			base64(a, (struct str){(const char *)key, sizeof(key)}),
			STR("\n")),
		    e);
	ed25519_wipe(key, sizeof(key));
	if (ok) {
		approvers_line(a, &who, &b);
		ok = say(&b, e);
	}
	buf_free(&b);
	return ok;
}

int
approve_keygen(const struct settings *set)
{
	struct arena *a = arena_new();
	struct err e = {0};

	if (!make_key(set, a, &e))
		log_err(&e);
	arena_free(a);
	return (int)e.kind;
}

/* Only what nobody else could have read. */
static bool
load_key(const char *path, struct arena *a, uint8_t key[ED25519_KEY], struct err *e)
{
	struct str text, bytes = STR_NONE;
	struct stat st;

	if (!path) {
		err_set(e, ERR_CONFIG, "--approve needs a --key (irplan --keygen)");
		return false;
	}
	if (stat(path, &st) == 0 && (st.st_mode & 077)) {
		err_set(e, ERR_CONFIG, "'%s' can be read by others; chmod 600 it", path);
		return false;
	}
	text = str_trim(file_read(a, path, KEY_MAX, e));
	if (e->kind != ERR_NONE)
		return false;
	if (str_starts(text, STR(KEY_HEAD)))
		bytes = base64_bytes(a, str_from(text, sizeof(KEY_HEAD) - 1));
	if (bytes.n != ED25519_KEY) {
		err_set(e, ERR_CONFIG, "'%s' is not a key of irplan --keygen", path);
		return false;
	}
	memcpy(key, bytes.p, ED25519_KEY);
	return true;
}

/* --- the plan --- */

static struct str
read_input(const char *path, struct arena *a, struct err *e)
{
	return file_read(a, strcmp(path, "-") == 0 ? "/dev/stdin" : path, PLAN_MAX, e);
}

/* The one plan of a file, whole; other records are passed over. */
static bool
only_plan(const char *path, struct arena *a, struct plan *p, struct err *e)
{
	struct str rest = read_input(path, a, e);
	size_t found = 0;

	while (rest.p && e->kind == ERR_NONE) {
		struct str line = str_trim(str_cut(&rest, '\n')), copy;
		const struct node *n;

		if (line.n == 0)
			continue;
		copy = CAT(a, line, (struct str){(const char[JSON_PAD]){0}, JSON_PAD});
		copy.n = line.n;
		n = json_valid(copy, NULL) ? node_json(a, copy) : NULL;
		if (!n)
			err_set(e, ERR_DATA, "'%s' has a line that is no JSON", path);
		else if (str_eq(node_text(node_path(n, STR("ir.kind"))), STR("plan"))) {
			found++;
			plan_read(a, n, p, e);
		}
	}
	if (e->kind == ERR_NONE && found != 1)
		err_set(e, ERR_DATA, "'%s' holds %zu plans; one is approved at a time",
		    path, found);
	return e->kind == ERR_NONE;
}

/* May anybody say yes to it? */
static bool
open_to_approval(const struct plan *p, int64_t now_ns, struct err *e)
{
	if (!p->sealed)
		err_set(e, ERR_DATA,
		    "the plan is not the one that was made: its hash is wrong");
	else if (p->expires_ns <= now_ns)
		err_set(e, ERR_DATA, "the plan has expired; make a new one");
	return e->kind == ERR_NONE;
}

static void
record(struct arena *a, const struct plan *p, const struct approval *yes, struct buf *b)
{
	char at[WHEN_MAX];

	when_text(at, yes->at_ns);
	buf_fmt(b, "{\"ir.kind\":\"approval\",\"@timestamp\":\"%s\",\"ir.plan.id\":", at);
	buf_json(b, p->id);
	buf_fmt(b, ",\"ir.plan.hash\":\"%s\",\"ir.incident.id\":", yes->hash);
	buf_json(b, p->incident);
	buf_add(b, STR(",\"ir.plan.approvals\":["));
	approval_write(a, yes, b);
	buf_add(b, STR("]}\n"));
}

static bool
sign(const struct settings *set, const struct common *common, struct arena *a,
    struct err *e)
{
	struct approval yes = {.by = actor(set, e), .why = str_of(set->reason)};
	uint8_t key[ED25519_KEY];
	struct buf b = buf_make(64 * 1024);
	struct timespec t;
	struct plan p;
	bool ok;

	clock_gettime(CLOCK_REALTIME, &t);
	yes.at_ns = common->now != INT64_MIN
			? common->now
			: ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000) * WHEN_MS;
	yes.until_ns = yes.at_ns + set->expires_ms * WHEN_MS;
	if (e->kind == ERR_NONE && (yes.why.n == 0 || yes.why.n > ACTION_TEXT))
		err_set(e, ERR_CONFIG, "--approve needs a --reason of at most %d bytes",
		    ACTION_TEXT);
	if (e->kind == ERR_NONE &&
	    (set->expires_ms < 1000 || set->expires_ms > APPROVAL_MAX_S * 1000))
		err_set(e, ERR_CONFIG, "--expires must be between 1s and 1d");
	ok = e->kind == ERR_NONE && load_key(set->key, a, key, e) &&
	     only_plan(set->approve, a, &p, e) && open_to_approval(&p, yes.at_ns, e);
	if (ok) {
		memcpy(yes.hash, p.hash.p, p.hash.n); /* sealed, so it is one */
		ok = approval_sign(&yes, key);
		if (!ok)
			err_set(e, ERR_SYS, "cannot sign");
	}
	ed25519_wipe(key, sizeof(key));
	if (ok) {
		record(a, &p, &yes, &b);
		ok = say(&b, e);
	}
	buf_free(&b);
	return ok;
}

int
approve_plan(const struct settings *set, const struct common *common)
{
	struct arena *a = arena_new();
	struct err e = {0};

	if (!sign(set, common, a, &e))
		log_err(&e);
	arena_free(a);
	return (int)e.kind;
}
