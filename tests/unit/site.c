#include "site.h"
#include "test.h"
#include "when.h"

static struct err e;

static struct ip
addr(const char *text)
{
	struct ip ip = {0};

	T(ip_parse(str_of(text), &ip));
	return ip;
}

static unsigned
roles(const struct site *s, const char *text)
{
	struct ip ip = addr(text);

	return site_roles(s, &ip);
}

static const char json[] =
    "{\"monitoring\":[\"192.0.2.5\"],\"backup_server\":\"192.0.2.6\","
    "\"admin_workstations\":[\"192.0.2.96/"
    "27\"],\"home_addresses\":{\"heidi\":\"198.18.77.5\"},"
    "\"office_nat\":[\"198.18.90.9\"],\"cdn_proxies\":[],\"authorised_pentest\":null,"
    "\"hosts\":{\"ssh01\":\"198.51.100.22\",\"fw01\":\"203.0.113.1 / 198.51.100.1 / "
    "192.0.2.1\"},"
    "\"timezone\":{\"ssh01\":\"UTC\",\"fw*\":\"Europe/Berlin\"},\"year\":2026}";

static const char yaml[] =
    "networks:\n"
    "  inside: [192.0.2.0/24, 2001:db8::/32]\n"
    "hosts:\n"
    "  Mon01: 192.0.2.5\n"
    "monitoring: mon01\n"
    "protect: 203.0.113.53\n"
    "timezone: +01:00\n"
    "clock_skew: {ssh*: +90s, ssh02: -2m}\n"
    "critical: {hosts: [db01], users: [root]}\n"
    "change_windows:\n"
    "  - {who: bob, from_address: 192.0.2.102, host: web*, what: upgrade,\n"
    "     start: 2026-11-24T06:00:00Z, end: 2026-11-24T08:00:00Z}\n";

static void
knows_the_roles_of_addresses(void)
{
	struct site *s = site_parse(str_of(json), "site", &e);

	T(s);
	if (!s)
		return;
	T(roles(s, "192.0.2.5") == SITE_MONITORING);
	T(roles(s, "192.0.2.6") == SITE_BACKUP);
	T(roles(s, "192.0.2.101") == SITE_ADMIN);
	T(roles(s, "198.18.77.5") == SITE_HOME);
	T(roles(s, "198.51.100.1") == SITE_HOST);
	T(roles(s, "::ffff:192.0.2.5") == SITE_MONITORING);
	T(roles(s, "203.0.113.66") == 0);
	T(site_year(s) == 2026);
	site_free(s);
}

static void
knows_hosts_and_people(void)
{
	struct site *s = site_parse(str_of(json), "site", &e);
	struct ip fw = addr("192.0.2.1"), home = addr("198.18.77.5"),
		  none = addr("192.0.2.9");
	int zone = -1;

	T(s);
	if (!s)
		return;
	T(str_eq(site_host_of(s, &fw), STR("fw01")));
	T(!site_host_of(s, &none).p);
	T(site_has_host(s, STR("SSH01")) && !site_has_host(s, STR("ssh02")));
	T(site_home(s, STR("heidi"), &home) && !site_home(s, STR("bob"), &home));
	T(site_zone(s, STR("fw01"), 1782864000 * WHEN_S, &zone) && zone == 7200);
	T(site_zone(s, STR("ssh01"), 0, &zone) && zone == 0);
	T(!site_zone(s, STR("web01"), 0, &zone));
	site_free(s);
}

static void
reads_yaml_and_names_for_addresses(void)
{
	struct site *s = site_parse(str_of(yaml), "site", &e);
	struct ip bob = addr("192.0.2.102");
	int64_t in, out;
	int zone = 0;

	T(s);
	if (!s) {
		fprintf(stderr, "%s\n", e.msg);
		return;
	}
	T(when_parse(STR("2026-11-24T07:00:00Z"), &in));
	T(when_parse(STR("2026-11-24T09:00:00Z"), &out));
	T(roles(s, "192.0.2.5") == (SITE_INSIDE | SITE_HOST | SITE_MONITORING));
	T(roles(s, "2001:db8:1::1") == SITE_INSIDE);
	T(roles(s, "203.0.113.53") == SITE_PROTECT);
	T(site_critical(s, STR("DB01")) && site_critical(s, STR("root")));
	T(!site_critical(s, STR("web01")));
	T(site_zone(s, STR("anything"), 0, &zone) && zone == 3600);
	T(site_skew(s, STR("ssh01")) == 90000);
	T(site_skew(s, STR("ssh02")) == -120000);
	T(site_skew(s, STR("web01")) == 0);
	T(str_eq(site_change(s, STR("bob"), &bob, STR("web01"), in), STR("upgrade")));
	T(!site_change(s, STR("bob"), &bob, STR("web01"), out).p);
	T(!site_change(s, STR("eve"), &bob, STR("web01"), in).p);
	T(!site_change(s, STR("bob"), NULL, STR("web01"), in).p);
	T(!site_change(s, STR("bob"), &bob, STR_NONE, in).p);
	site_free(s);
}

static void
walks_networks_by_role(void)
{
	struct site *s = site_parse(str_of(json), "site", &e);
	struct net net;
	unsigned role, n = 0;

	T(s);
	if (!s)
		return;
	for (size_t at = 0; site_next(s, SITE_HOST, &at, &net, &role); n++)
		T(role == SITE_HOST && net.bits == 32);
	T(n == 4);
	site_free(s);
}

static void
says_where_a_file_is_wrong(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
	    {"monitorin: 192.0.2.5",
		"f:1:1: unknown key 'monitorin'; did you mean 'monitoring'?"},
	    {"colour: red", "f:1:1: unknown key 'colour'"},
	    {"year: 2026\nprotect: [192.0.2.300]",
		"f:2:11: not an address or network: '192.0.2.300'"},
	    {"hosts: [a, b]", "f:1:8: names with their values are wanted under 'hosts'"},
	    {"year: soon", "f:1:7: not a year: 'soon'"},
	    {"change_windows: [{whom: bob}]",
		"f:1:19: unknown key 'whom'; did you mean 'who'?"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		T(!site_parse(str_of(rows[i].text), "f", &e));
		T(e.kind == ERR_CONFIG);
		if (strcmp(e.msg, rows[i].why) != 0) {
			fprintf(stderr, "%s\n", e.msg);
			T(!"the message");
		}
	}
	T(!site_parse(STR("timezone: Nowhere/At_all"), "f", &e));
	T(!site_parse(STR("clock_skew: {h: soon}"), "f", &e));
	T(strstr(e.msg, "not a skew"));
	T(!site_parse(STR("clock_skew: +9000d"), "f", &e));
}

static void
knows_groups_and_how_many_of_them(void)
{
	struct site *s = site_parse(
	    STR("groups:\n  web: [web1, WEB2, web3]\n"
		"  one: {members: [web2, ann], most: 0}\n  none: []\n"),
	    "f", &e);
	const struct site_group *g;
	size_t at = 0;

	T(s && (g = site_group_next(s, STR("Web2"), &at)));
	T(str_eq(site_group_name(g), STR("web")) && site_group_most(g) == 2);
	T(site_group_has(g, STR("web1")) && !site_group_has(g, STR("ann")));
	T((g = site_group_next(s, STR("web2"), &at)) && site_group_most(g) == 0);
	T(!site_group_next(s, STR("web2"), &at));
	site_free(s);
	for (size_t i = 0; i < 4; i++) {
		static const char *const wrong[] = {"groups: [a]",
		    "groups: {g: {member: [a]}}", "groups: {g: {members: [a], most: -1}}",
		    "groups: {g: [{a: b}]}"};

		T(!site_parse(str_of(wrong[i]), "f", &e) && e.kind == ERR_CONFIG);
	}
}

static void
is_empty_without_a_file(void)
{
	struct site *s = site_parse(STR(""), "f", &e);
	struct ip ip = addr("192.0.2.5");

	T(s && site_roles(s, &ip) == 0);
	site_free(s);
	T(!site_load("/nowhere/site.yaml", &e));
	T(e.kind == ERR_CONFIG);
}

int
main(void)
{
	FACT(knows_the_roles_of_addresses);
	FACT(knows_hosts_and_people);
	FACT(reads_yaml_and_names_for_addresses);
	FACT(walks_networks_by_role);
	FACT(says_where_a_file_is_wrong);
	FACT(knows_groups_and_how_many_of_them);
	FACT(is_empty_without_a_file);
	return TEST_END;
}
