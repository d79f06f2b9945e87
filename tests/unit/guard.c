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

static uint64_t seed = 20261124;

static unsigned
draw(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8)) & 1)
			return false;
	return true;
}

/* A protected address as somebody might write it: itself, or in one of the forms in IPv6. */
static void
disguise(const uint8_t *four, uint8_t six[16], unsigned form)
{
	memset(six, 0, 16);
	switch (form) {
	case 0: /* mapped */
		six[10] = six[11] = 0xff;
		memcpy(six + 12, four, 4);
		break;
	case 1: /* compatible */
		memcpy(six + 12, four, 4);
		break;
	case 2: /* NAT64 */
		memcpy(six, "\x00\x64\xff\x9b", 4);
		memcpy(six + 12, four, 4);
		break;
	case 3: /* 6to4 */
		memcpy(six, "\x20\x02", 2);
		memcpy(six + 2, four, 4);
		for (int i = 6; i < 16; i++)
			six[i] = (uint8_t)draw(256);
		break;
	default: /* Teredo: the client's address, inverted */
		memcpy(six, "\x20\x01\x00\x00", 4);
		for (int i = 4; i < 12; i++)
			six[i] = (uint8_t)draw(256);
		for (int i = 0; i < 4; i++)
			six[12 + i] = (uint8_t)~four[i];
	}
}

/* Some network around an address, as its canonical text reads back. */
static struct net
around(const uint8_t *b, uint8_t v)
{
	struct net n = {.ip.v = v, .bits = (uint8_t)draw(v == 4 ? 33 : 129)}, back = {0};
	char text[IP_MAX];
	size_t len;

	for (unsigned i = 0; i < n.bits; i++)
		n.ip.b[i / 8] |= b[i / 8] & (0x80 >> (i % 8));
	len = net_text(text, &n);
	T(net_parse((struct str){text, len}, &back) && back.bits == n.bits);
	return back;
}

static struct net
random_net(uint8_t v)
{
	uint8_t b[16];

	for (int i = 0; i < 16; i++)
		b[i] = (uint8_t)draw(256);
	return around(b, v);
}

/* 200,000 targets, half of them around a protected address in some form. */
static void
no_target_that_holds_a_protected_address_gets_through(void)
{
	struct guard *g = guard_new();
	struct net kept[40];
	size_t wrong = 0, refused = 0;

	for (int i = 0; i < 40; i++) {
		do
			kept[i] = random_net(i % 2 ? 6 : 4);
		while (kept[i].bits < 12);
		guard_add(g, &kept[i], GUARD_SITE, "kept");
	}
	for (int i = 0; i < 100000; i++) {
		const struct net *k = &kept[draw(40)];
		uint8_t inside[16], form[16];
		struct net target;

		for (unsigned bit = 0; bit < 128; bit++) {
			inside[bit / 8] = (uint8_t)(bit % 8 ? inside[bit / 8] : 0);
			inside[bit / 8] |= (uint8_t)((bit < k->bits ? k->ip.b[bit / 8]
								    : draw(256)) &
						     (0x80 >> (bit % 8)));
		}
		if (k->ip.v == 4 && draw(2)) {
			disguise(inside, form, draw(5));
			target = around(form, 6);
		} else {
			target = around(inside, k->ip.v);
		}
		wrong += !guard_check(g, &target);
		/* elsewhere: whatever holds the very address is refused, too */
		target = random_net(k->ip.v);
		refused += guard_check(g, &target) != NULL;
		wrong += same_bits(target.ip.b, inside, target.bits) &&
			 !guard_check(g, &target);
	}
	T(wrong == 0);
	T(refused < 100000);
	guard_free(g);
}

static void
names_are_protected_with_what_belongs_to_them(void)
{
	struct guard *g = guard_new();

	guard_name(g, TARGET_DOMAIN, STR("shop.example"), "ours");
	guard_name(g, TARGET_PATH, STR("/srv/shop"), "ours");
	guard_name(g, TARGET_USER, STR("ann"), "ours");
	T(guard_named(g, TARGET_DOMAIN, STR("www.shop.example")));
	T(guard_named(g, TARGET_DOMAIN, STR("example")));
	T(!guard_named(g, TARGET_DOMAIN, STR("ishop.example")));
	T(guard_named(g, TARGET_PATH, STR("/srv/shop/x")));
	T(guard_named(g, TARGET_PATH, STR("/srv")));
	T(!guard_named(g, TARGET_PATH, STR("/srv/shopping")));
	T(guard_named(g, TARGET_USER, STR("ann")));
	T(!guard_named(g, TARGET_HOST, STR("ann")));
	guard_free(g);
}

int
main(void)
{
	FACT(overlap_counts_in_both_directions_and_all_forms);
	FACT(the_firmest_entry_answers);
	FACT(special_nets_are_never_blocked);
	FACT(no_target_that_holds_a_protected_address_gets_through);
	FACT(names_are_protected_with_what_belongs_to_them);
	return TEST_END;
}
