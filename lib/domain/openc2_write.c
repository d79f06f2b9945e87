/* Writing commands and answers. */
#include "openc2.h"
#include "openc2_pairs.h"
#include "when.h"

#define RULE_DIGITS 13 /* hex digits of an id: 52 bits */

int64_t
openc2_rule(const char *id)
{
	int64_t n = 0;

	for (int i = 0; i < RULE_DIGITS && id[i]; i++)
		n = n * 16 + (id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
	return n;
}

/* --- commands --- */

static void
text(struct buf *b, const char *name, struct str s)
{
	if (!s.p)
		return;
	buf_fmt(b, "%s\"%s\":", b->n && b->p[b->n - 1] == '{' ? "" : ",", name);
	buf_json(b, s);
}

static void
write_target(const struct openc2_pair *p, const struct action *a, struct buf *b)
{
	const struct str *to = a->to.text;

	if (openc2_pair_own(p)) {
		buf_add(b, a->target);
	} else if (p->v) {
		buf_json(b, to[TARGET_IP].p ? to[TARGET_IP] : to[TARGET_CIDR]);
	} else if (to[TARGET_DOMAIN].p) {
		buf_json(b, to[TARGET_DOMAIN]);
	} else {
		const char *hash = to[TARGET_PID].p ? "executable\":{\"hashes" : "hashes";
		struct str sum = to[to[TARGET_PID].p ? TARGET_EXE_SHA256 : TARGET_SHA256];

		buf_ch(b, '{');
		text(b, "hostname", to[TARGET_HOST]);
		text(b, "path", to[TARGET_PATH]);
		if (to[TARGET_PID].p)
			buf_fmt(b, "\"pid\":" STR_FMT, STR_ARG(to[TARGET_PID]));
		if (sum.p) {
			buf_fmt(b, ",\"%s\":{", hash);
			text(b, "sha256", sum);
			buf_add(b, to[TARGET_PID].p ? STR("}}") : STR("}"));
		}
		buf_ch(b, '}');
	}
}

/* What the language has no place for. */
static void
write_own(const struct openc2_pair *p, const struct action *a, struct buf *b)
{
	const struct str *to = a->to.text;

	if (openc2_pair_own(p) ||
	    (!to[TARGET_RATE].p && !to[TARGET_START].p && !to[TARGET_FROM].p))
		return;
	buf_add(b, b->p[b->n - 1] == '{' ? STR("\"x-ir\":{") : STR(",\"x-ir\":{"));
	text(b, "from", to[TARGET_FROM]);
	text(b, "rate", to[TARGET_RATE]);
	text(b, "start", to[TARGET_START]);
	buf_ch(b, '}');
}

void
openc2_write(const struct action *a, struct buf *b)
{
	const struct openc2_pair *p = openc2_pair_of(a->what, a->net.ip.v);

	if (!p)
		return;
	buf_fmt(b, "{\"action\":\"%s\",\"target\":{\"%s\":", p->action, p->target);
	write_target(p, a, b);
	buf_add(b, STR("},\"args\":{"));
	if (a->ttl_s)
		buf_fmt(b, "\"duration\":%lld", (long long)a->ttl_s * 1000);
	write_own(p, a, b);
	buf_ch(b, '}');
	if (a->on.n) {
		buf_fmt(b, ",\"actuator\":{\"%s\":{\"hostname\":",
		    a->what == DO_BLOCK_IP ? "slpf" : "x-ir");
		buf_json(b, a->on);
		buf_add(b, STR("}}"));
	}
	buf_fmt(b, ",\"command_id\":\"%s\"}", a->key);
}

/* --- answers --- */

static void
response(int status, struct str words, struct str results, struct buf *b)
{
	buf_fmt(b, "{\"status\":%d", status);
	if (words.n) {
		buf_add(b, STR(",\"status_text\":"));
		buf_json(b, words);
	}
	if (results.n) {
		buf_add(b, STR(",\"results\":"));
		buf_add(b, results);
	}
	buf_ch(b, '}');
}

void
openc2_answer(const struct openc2 *c, int status, struct str words, struct str results,
    int64_t now_ns, struct buf *b)
{
	if (c->reply == OPENC2_SILENT)
		return;
	if (c->reply == OPENC2_ACK && status == 200) {
		status = 102;
		results = STR_NONE;
	}
	if (!c->message) {
		response(status, words, results, b);
		return;
	}
	buf_fmt(b, "{\"headers\":{\"created\":%lld", (long long)(now_ns / WHEN_MS));
	text(b, "request_id", c->request);
	if (c->from.n) {
		buf_add(b, STR(",\"to\":["));
		buf_json(b, c->from);
		buf_ch(b, ']');
	}
	buf_add(b, STR("},\"body\":{\"openc2\":{\"response\":"));
	response(status, words, results, b);
	buf_add(b, STR("}}}"));
}

/* "deny":["ipv4_net","ipv6_net"]: each action once, with its targets. */
static void
pairs(bool (*ours)(const void *, enum action_do), const void *ctx, struct buf *b)
{
	static const char *const actions[] = {"allow", "contain", "copy", "create",
	    "delete", "deny", "restore", "set", "start", "stop", "update"};

	buf_add(b, STR("\"pairs\":{\"query\":[\"features\"]"));
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		bool any = str_eq(str_of(actions[i]), STR("delete"));

		if (any)
			buf_add(
			    b, STR(",\"delete\":[\"slpf:rule_number\",\"x-ir:action\""));
		for (const struct openc2_pair *p = openc2_pairs; p->action; p++) {
			bool does = str_eq(str_of(p->action), str_of(actions[i])) ||
				    str_eq(str_of(p->undo), str_of(actions[i]));

			if (!does || !ours(ctx, p->what))
				continue;
			if (!any)
				buf_fmt(b, ",\"%s\":[", actions[i]);
			buf_fmt(b, "%s\"%s\"", any ? "," : "", p->target);
			any = true;
		}
		if (any)
			buf_ch(b, ']');
	}
	buf_ch(b, '}');
}

void
openc2_features(unsigned features, bool (*ours)(const void *, enum action_do),
    const void *ctx, size_t per_minute, struct buf *b)
{
	if (!features)
		return;
	buf_ch(b, '{');
	if (features & OPENC2_VERSIONS)
		buf_add(b, STR("\"versions\":[\"1.0\"]"));
	if (features & OPENC2_PROFILES)
		buf_fmt(b, "%s\"profiles\":[\"slpf\",\"x-ir\"]", b->n > 1 ? "," : "");
	if (features & OPENC2_PAIRS) {
		if (b->n > 1)
			buf_ch(b, ',');
		pairs(ours, ctx, b);
	}
	if (features & OPENC2_RATE)
		buf_fmt(b, "%s\"rate_limit\":%zu", b->n > 1 ? "," : "", per_minute);
	buf_ch(b, '}');
}
