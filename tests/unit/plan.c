#include "plan.h"
#include "test.h"

static struct node *
parse(struct arena *a, const char *text)
{
	return node_json(a, str_of(text));
}

static void
the_hash_is_that_of_the_canonical_form(void)
{
	/* sha256 of {"ir.incident.id":"i","ir.incident.version":2,"ir.plan.expires":"E",
	 * "ir.plan.id":"p","ir.plan.steps":[{"a":1,"b":"x"}]} without the line break */
	static const char want[] =
	    "1f514d8d3af751930a67523ce640846f1abd58812362d67015c5c2f56ce4b8d8";
	struct arena *a = arena_new();
	struct plan p = {
	    .id = STR("p"), .incident = STR("i"), .expires = STR("E"), .version = 2};
	char hash[PLAN_HASH];

	plan_hash(a, &p, STR("[ {\"b\" : \"x\", \"a\":1} ]"), hash);
	T(strcmp(hash, want) == 0);
	p.version = 3;
	plan_hash(a, &p, STR("[{\"b\":\"x\",\"a\":1}]"), hash);
	T(strcmp(hash, want) != 0);
	arena_free(a);
}

static void
a_step_reads_back_as_written(void)
{
	struct arena *a = arena_new();
	struct action step, back;
	struct net net;
	struct err e = {0};
	struct buf b = buf_make(4096), wire = buf_make(4096);
	struct str in;

	T(net_parse(STR("203.0.113.0/25"), &net));
	action_for_net(a, &step, DO_BLOCK_IP, &net);
	step.ttl_s = 60;
	step.why = STR("a \"reason\"");
	step.observed = true;
	action_write(&step, &b);
	T(action_read(a, node_json(a, buf_str(&b)), &back, &e));
	T(strcmp(back.key, step.key) == 0 && back.observed && back.ttl_s == 60);
	T(str_eq(back.target, STR("{\"cidr\":\"203.0.113.0/25\"}")));

	action_pack(&back, &wire);
	in = buf_str(&wire);
	T(action_unpack(a, &in, &step) && in.n == 0);
	T(strcmp(step.key, back.key) == 0 && str_eq(step.why, STR("a \"reason\"")));
	for (size_t n = 0; n < wire.n; n++) {
		in = str_sub(buf_str(&wire), 0, n);
		T(!action_unpack(a, &in, &step));
	}
	buf_free(&b);
	buf_free(&wire);
	arena_free(a);
}

static void
steps_that_are_wrong_are_refused(void)
{
	static const char *const rows[] = {
	    "{}",
	    "{\"do\":\"block-ip\"}",
	    "{\"do\":\"block-ip\",\"target\":{}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\",\"cidr\":\"203.0."
	    "113.0/24\"}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.0/24\"}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"0203.0.113.7\"}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7 \"}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":[\"203.0.113.7\"]}}",
	    "{\"do\":\"block-ip\",\"target\":{\"user\":\"x\"}}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"},\"ttl\":0}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"},\"ttl\":99999999}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"},\"ttl\":\"x\"}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"},\"approval\":"
	    "\"nobody\"}",
	    "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"},\"key\":\"00\"}",
	    "{\"do\":\"reboot\",\"target\":{\"host\":\"x\"}}",
	    "{\"do\":\"lock-account\",\"target\":{\"user\":\"a b\"}}",
	    "{\"do\":\"lock-account\",\"target\":{\"user\":\"-rf\"}}",
	};
	struct arena *a = arena_new();
	struct action step;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = {0};

		T(!action_read(a, parse(a, rows[i]), &step, &e) && e.kind == ERR_DATA);
	}
	arena_free(a);
}

static void
what_is_left_out_is_the_careful_choice(void)
{
	struct arena *a = arena_new();
	struct action step;
	struct err e = {0};

	T(action_read(a,
	    parse(a, "{\"do\":\"block-ip\",\"target\":{\"ip\":\"203.0.113.7\"}}"), &step,
	    &e));
	T(!step.observed && step.approvals == 1 && step.risk == RISK_LOW);
	T(action_read(a,
	    parse(a, "{\"do\":\"isolate-host\",\"target\":{\"host\":\"db1\"},"
		     "\"risk\":\"low\"}"),
	    &step, &e));
	T(step.risk == RISK_LOW && action_gravity(&step) == RISK_HIGH);
	arena_free(a);
}

int
main(void)
{
	FACT(the_hash_is_that_of_the_canonical_form);
	FACT(a_step_reads_back_as_written);
	FACT(steps_that_are_wrong_are_refused);
	FACT(what_is_left_out_is_the_careful_choice);
	return TEST_END;
}
