#include "judge.h"

static bool
did_tactic(const struct incident *in, const char *tactic)
{
	for (size_t i = 0; i < in->acts_n; i++)
		if (str_eq(in->acts[i].tactic, str_of(tactic)))
			return true;
	return false;
}

struct str
judge_class(const struct incident *in, const struct attack *t)
{
	/* what was done to the owner first, then how they came in, then the rest */
	static const char *const order[] = {"ransomware", "exfil", "bruteforce", "web",
	    "phishing", "dos", "lateral", "insider", "malware", "account", "vuln",
	    "policy", "other"};
	size_t best = sizeof(order) / sizeof(order[0]) - 1;

	for (size_t i = 0; i < in->acts_n; i++) {
		const struct technique *k = attack_find(t, in->acts[i].technique);
		size_t n = 0;

		while (k && n < best && !str_eq(k->class, str_of(order[n])))
			n++;
		best = k ? n : best;
	}
	return str_of(order[best]);
}

bool
judge_sourced(const struct incident *in)
{
	for (size_t i = 0; i < in->entities_n; i++)
		if (in->entities[i].type == ENT_IP)
			return true;
	return false;
}

enum success
judge_success(const struct incident *in, const struct attack *t)
{
	static const char *const trying[] = {"bruteforce", "web", "dos"};
	struct str class = judge_class(in, t);

	if (in->cause.event[0] || in->exploited)
		return SUCCESS_YES;
	if ((in->expected && judge_sourced(in)) || in->familiar)
		return SUCCESS_NO;
	if (in->top >= SEV_MEDIUM &&
	    (did_tactic(in, "impact") || did_tactic(in, "exfiltration")))
		return SUCCESS_YES;
	for (size_t i = 0; i < sizeof(trying) / sizeof(trying[0]); i++)
		if (str_eq(class, str_of(trying[i])))
			return SUCCESS_NO;
	return did_tactic(in, "reconnaissance") ? SUCCESS_NO : SUCCESS_UNKNOWN;
}

/* How many stages of an attack behind the first access. */
static unsigned
stages(const struct incident *in)
{
	unsigned seen = 0, n = 0;

	for (size_t i = 0; i < in->acts_n; i++) {
		unsigned s = attack_stage(in->acts[i].tactic);

		if (s > attack_stage(STR("initial-access")) && !(seen >> s & 1)) {
			seen |= 1u << s;
			n++;
		}
	}
	return n;
}

enum severity
judge_severity(const struct incident *in, const struct attack *t)
{
	enum success success = judge_success(in, t);
	enum severity s = in->top;
	bool known = judge_sourced(in);

	/* the owner's machines, people who mistype, an office of them */
	if ((known && in->expected) ||
	    (success != SUCCESS_YES && (in->familiar || (known && in->office))))
		return s < SEV_LOW ? s : SEV_LOW;
	/* a logon where its owner never was, and no harm yet */
	if (success == SUCCESS_YES && s < SEV_MEDIUM)
		return SEV_MEDIUM;
	if ((in->cause.event[0] || in->exploited) && s < SEV_HIGH)
		s = SEV_HIGH;
	if (success == SUCCESS_YES && stages(in) >= 4)
		s = SEV_CRITICAL;
	/* it failed, or its source is a crowd: nothing that must be acted on tonight */
	if ((success == SUCCESS_NO || (known && in->shared)) && s == SEV_HIGH &&
	    !in->cause.event[0])
		s = SEV_MEDIUM;
	return s;
}

/* Exact while there are few, then by quarters: a scan of a network is no news each time. */
static uint64_t
coarse(uint64_t n)
{
	unsigned shift = 0;

	while (n >> shift >= 8)
		shift++;
	return n >> shift << shift;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	return (h ^ v) * 0x100000001b3u;
}

uint64_t
judge_print(const struct incident *in, const struct attack *t)
{
	uint64_t h = 0xcbf29ce484222325u, hosts = 0, users = 0;

	for (size_t i = 0; i < in->entities_n; i++) {
		hosts += in->entities[i].type == ENT_HOST ||
			 in->entities[i].type == ENT_IP;
		users += in->entities[i].type == ENT_USER;
	}
	h = mix(h, (uint64_t)judge_severity(in, t));
	h = mix(h, (uint64_t)judge_success(in, t));
	h = mix(h, (uint64_t)in->state);
	h = mix(h, in->acts_n);
	h = mix(h, coarse(hosts));
	h = mix(h, coarse(users));
	for (const char *p = in->cause.event; *p; p++)
		h = mix(h, (unsigned char)*p);
	return h;
}
