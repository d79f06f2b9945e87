#include "guard.h"
#include "test.h"

static struct net
net(const char *s)
{
	struct net n = {0};

	T(net_parse(str_of(s), &n));
	return n;
}

static void
overlap_counts_in_both_directions_and_all_forms(void)
{
	static const struct {
		const char *a, *b;
		bool yes;
	} rows[] = {
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.0/24", "192.0.2.77", true},
	    {"192.0.2.77", "192.0.2.0/24", true},
	    {"192.0.3.0/24", "192.0.2.77", false},
	    {"0.0.0.0/0", "192.0.2.77", true},
	    {"::ffff:192.0.2.1", "192.0.2.1", true},
	    {"::ffff:192.0.2.2", "192.0.2.1", false},
	    {"::ffff:0:0/96", "192.0.2.1", true},
	    {"::192.0.2.1", "192.0.2.1", true},
	    {"2002:c000:201::1", "192.0.2.1", true},
	    {"2002:c000:201::/48", "192.0.2.1", true},
	    {"2002:c000:202::/48", "192.0.2.1", false},
	    {"2002::/16", "192.0.2.1", true},
	    {"2000::/3", "192.0.2.1", true},
	    {"64:ff9b::c000:201", "192.0.2.1", true},
	    {"64:ff9b::/64", "192.0.2.1", true},
	    {"64:ff9b::c000:202", "192.0.2.1", false},
	    /* Teredo: the client's address in the last 32 bits, flipped */
	    {"2001:0:53aa:64c:0:0:3fff:fdfe", "192.0.2.1", true},
	    {"2001:0:53aa:64c:0:0:3fff:fdfd", "192.0.2.1", false},
	    {"2001::/16", "192.0.2.1", true},
	    {"::/0", "192.0.2.1", true},
	    {"2001:db8::/32", "192.0.2.1", false},
	    {"2001:db8::/32", "2001:db8::1", true},
	    {"::ffff:192.0.2.1", "2002:c000:201::1", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct net a = net(rows[i].a), b = net(rows[i].b);

		if (guard_overlap(&a, &b) != rows[i].yes)
			fprintf(stderr, "%s and %s\n", rows[i].a, rows[i].b);
		T(guard_overlap(&a, &b) == rows[i].yes);
		T(guard_overlap(&b, &a) == rows[i].yes);
	}
}

static void
the_firmest_entry_answers(void)
{
	struct guard *g = guard_new();
	struct net a = net("203.0.113.0/24"), own = net("203.0.113.9");

	T(!guard_check(g, &a));
	guard_add(g, &a, GUARD_SITE, "office");
	T(guard_yields(guard_check(g, &own)));
	guard_add(g, &own, GUARD_MACHINE, "own address");
	T(guard_check(g, &a)->from == GUARD_MACHINE);
	T(!guard_yields(guard_check(g, &a)));
	guard_free(g);
}

static void
special_nets_are_never_blocked(void)
{
	static const char *const nets[] = {"127.0.0.1", "0.0.0.0", "169.254.169.254",
	    "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "ff02::1",
	    "fd00:ec2::254", "::ffff:127.0.0.1", "2002:7f00:1::"};
	static const char *const fine[] = {"192.0.2.1", "198.51.100.1", "203.0.113.1",
	    "2001:db8::1", "10.0.0.1", "8.8.8.8"};
	struct guard *g = guard_new();

	for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
		struct net n = net(nets[i]);

		T(guard_check(g, &n) != NULL);
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		struct net n = net(fine[i]);

		T(guard_check(g, &n) == NULL);
	}
	guard_free(g);
}

int
main(void)
{
	FACT(overlap_counts_in_both_directions_and_all_forms);
	FACT(the_firmest_entry_answers);
	FACT(special_nets_are_never_blocked);
	return TEST_END;
}
