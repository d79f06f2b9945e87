#include "caps.h"
#include "groups.h"
#include "when.h"

#define HOUR     (INT64_C(3600) * WHEN_S)
#define DAY      (24 * HOUR)
#define TTL_MOST (INT64_C(7) * 86400) /* seconds, before the jitter */
#define LOOP     3                    /* times an hour that the same is done again */

/* Verbs that hurt more than a block: at most so many an hour, where nobody says otherwise. */
static const size_t classes[DO_MAX] = {
    [DO_ISOLATE_HOST] = 2,
    [DO_REMOVE_ACCOUNT] = 2,
    [DO_RESTORE_PATH] = 2,
    [DO_LOCK_ACCOUNT] = 5,
    [DO_EXPIRE_PASSWORD] = 10,
    [DO_REVOKE_SESSIONS] = 5,
    [DO_REVOKE_KEYS] = 5,
    [DO_DISABLE_SERVICE] = 5,
    [DO_BLOCK_DOMAIN] = 20,
    [DO_KILL_PROCESS] = 20,
    [DO_STOP_PROCESS] = 20,
    [DO_QUARANTINE_FILE] = 20,
};

/* "isolate-host=3" */
static bool
parse(struct str s, enum action_do *what, size_t *count)
{
	struct str verb = str_cut(&s, '=');
	uint64_t n;

	*what = action_find(verb);
	if (*what == DO_NONE || !s.p || !str_u64(s, &n))
		return false;
	*count = (size_t)n;
	return true;
}

bool
caps_valid(const struct opt_list *list, struct err *e)
{
	enum action_do what;
	size_t n;

	for (size_t i = 0; i < list->n; i++)
		if (!parse(str_of(list->v[i]), &what, &n)) {
			err_set(e, ERR_CONFIG, "'%s' for --max-class is no verb=count",
			    list->v[i]);
			return false;
		}
	return true;
}

static size_t
class_cap(const struct batch *b, enum action_do what)
{
	size_t cap = classes[what] ? classes[what] : SIZE_MAX, n;
	enum action_do which;

	for (size_t i = 0; i < b->set->max_class.n; i++)
		if (parse(str_of(b->set->max_class.v[i]), &which, &n) && which == what)
			cap = n;
	return cap;
}

/* Hosts that may be cut off at a time: 5 % of those that the site file names, two at least. */
static size_t
fleet_share(const struct batch *b)
{
	size_t hosts = 0;
	struct net net;
	unsigned role;

	for (size_t at = 0; site_next(b->site, SITE_HOST, &at, &net, &role);)
		hosts++;
	return hosts / 20 > 2 ? hosts / 20 : 2;
}

static bool
wait_(struct job *j, const char *code, struct str why)
{
	job_say(j, JOB_WAITING, code, why);
	return false;
}

static bool
class_room(struct batch *b, struct job *j)
{
	enum action_do what = j->a.what;
	size_t cap = class_cap(b, what);

	if (cap != SIZE_MAX &&
	    ledger_count(b->ledger, what, b->now - HOUR) + b->classes[what] >= cap)
		return wait_(j, "cap",
		    arena_fmt(b->arena,
			"more than %zu of its kind in an hour (--max-class)", cap));
	if (what == DO_ISOLATE_HOST &&
	    ledger_in_force(b->ledger, what, b->now) + b->classes[what] >= fleet_share(b))
		return wait_(j, "cap",
		    arena_fmt(b->arena, "more than %zu hosts would be cut off at a time",
			fleet_share(b)));
	return true;
}

/*
 * So many at once as half of an hour's, a run's at least; then as fast as an hour's share comes.
 * The bucket is counted in time: what one action costs, and what is left.
 */
static int64_t
price(const struct batch *b)
{
	return b->set->max_hour
		   ? HOUR / (int64_t)(b->set->max_hour < (size_t)HOUR ? b->set->max_hour
								      : (size_t)HOUR)
		   : HOUR;
}

size_t
caps_burst(const struct batch *b)
{
	size_t hour = b->set->max_hour, most = hour / 2;

	if (most < b->set->max_actions)
		most = b->set->max_actions;
	if (b->set->max_burst)
		most = b->set->max_burst;
	return most < hour ? most : hour;
}

void
caps_begin(struct batch *b)
{
	int64_t each = price(b);

	b->hour = ledger_since(b->ledger, b->now - HOUR);
	b->bucket = ledger_bucket(b->ledger, each * (int64_t)caps_burst(b), each, b->now);
}

bool
caps_room(struct batch *b, struct job *j)
{
	if (b->accepted >= b->set->max_actions)
		return wait_(j, "cap",
		    arena_fmt(b->arena,
			"more than %zu actions in one run (--max-actions)",
			b->set->max_actions));
	if (b->hour >= b->set->max_hour)
		return wait_(j, "cap",
		    arena_fmt(b->arena,
			"more than %zu actions in an hour (--max-per-hour)",
			b->set->max_hour));
	if (b->bucket < price(b))
		return wait_(j, "cap",
		    arena_fmt(b->arena,
			"more than %zu actions at once; the next in %lld s (--max-burst)",
			caps_burst(b), (long long)((price(b) - b->bucket) / WHEN_S + 1)));
	if (!class_room(b, j) || !groups_room(b, j))
		return false;
	if (!j->by_hand && ledger_times(b->ledger, j->a.key, b->now - HOUR) >= LOOP)
		return wait_(j, "loop",
		    arena_fmt(b->arena,
			"done %d times within an hour: does it cause itself?", LOOP));
	return true;
}

void
caps_count(struct batch *b, const struct job *j)
{
	b->accepted++;
	b->hour++;
	b->bucket -= price(b);
	b->classes[j->a.what]++;
}

int64_t
caps_ttl_s(struct batch *b, const struct action *a)
{
	size_t before = ledger_times(b->ledger, a->key, b->now - 30 * DAY);
	int64_t ttl = b->set->ttl_ms / 1000, part = 0;

	while (before-- > 0 && ttl < TTL_MOST)
		ttl *= 2;
	if (ttl > TTL_MOST)
		ttl = TTL_MOST;
	for (int i = 0; i < 4; i++)
		part = part * 16 +
		       (a->key[i] <= '9' ? a->key[i] - '0' : a->key[i] - 'a' + 10);
	return ttl + ttl * (part * 200 / 65535 - 100) / 1000;
}
