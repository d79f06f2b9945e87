#include "attack.h"
#include "test.h"

static struct err e;

static void
knows_the_shipped_techniques(void)
{
	struct attack *t = attack_load(&e);
	const struct technique *k;

	T(t);
	if (!t) {
		fprintf(stderr, "%s\n", e.msg);
		return;
	}
	k = attack_find(t, STR("T1110.001"));
	T(k && str_eq(k->class, STR("bruteforce")) &&
	    str_eq(k->name, STR("Password Guessing")));
	k = attack_find(t, STR("T1190.099"));
	T(k && str_eq(k->id, STR("T1190")));
	T(!attack_find(t, STR("T9999")) && !attack_find(t, STR("")) &&
	    !attack_find(t, STR_NONE));
	attack_free(t);
}

static void
says_which_line_is_wrong(void)
{
	static const char *const rows[] = {"# words\nT1110 credential-access", "x\ny",
	    "T1110\tguessing\tweb\tdid\tName", "T111\timpact\tweb\tdid\tName",
	    "T1110\timpact\tweb\tdid\tName\tmore"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		T(!attack_parse(str_of(rows[i]), "f", &e));
		T(e.kind == ERR_CONFIG && strncmp(e.msg, i ? "f:1:" : "f:2:", 4) == 0);
	}
}

static void
orders_the_tactics(void)
{
	T(attack_stage(STR("initial-access")) < attack_stage(STR("execution")));
	T(attack_stage(STR("exfiltration")) < attack_stage(STR("impact")));
	T(attack_stage(STR("magic")) == 0);
}

int
main(void)
{
	FACT(knows_the_shipped_techniques);
	FACT(says_which_line_is_wrong);
	FACT(orders_the_tactics);
	return TEST_END;
}
