/* STIX patterns: what is one, and what holds. */
#include <stdlib.h>

#include "json.h"
#include "stixmap.h"
#include "test.h"
#include "when.h"

static bool
parses(const char *pattern, const char *why)
{
	struct err e = {0};
	struct stix *p = stix_parse(str_of(pattern), false, &e);
	bool ok = p ? !why : why && strstr(e.msg, why);

	if (!ok)
		printf("%s: %s\n", pattern, p ? "parsed" : e.msg);
	stix_free(p);
	return ok;
}

static void
tells_patterns_from_what_is_none(void)
{
	static const struct {
		const char *pattern, *why;
	} rows[] = {
	    {"[file:size != 10]", NULL},
	    {"[file:size <> -10]", NULL},
	    {"[file:size == +10.5]", NULL},
	    {"[a:b = .5]", NULL},
	    {"[a_b:c_d = true]", NULL},
	    {"[a:b NOT = 1 AND NOT EXISTS a:c OR EXISTS a:d]", NULL},
	    {"[a:b IN ()]", NULL},
	    {"[a:b NOT IN ('x', 1, 2.5, false, h'0aFF', b'YWI=', "
	     "t'2024-01-02T03:04:05Z')]",
		NULL},
	    {"[file:hashes.'SHA-256' LIKE 'a%' AND file:ext[*].list[0][-1].'a b' = 1]",
		NULL},
	    {"[a:b = 'it\\'s \\\\']", NULL},
	    {"[a:start = 1 AND a:in = 2 AND not:exists = 3]", NULL},
	    {"/* one */ [a:b = 1] // rest\n AND ([c:d = 2])", NULL},
	    {"\xC2\xA0[a:b = 1]\xE3\x80\x80", NULL},
	    {"[a:b = 1] and [a:b not in (1)]", NULL},
	    {"[a:b = 1] WITHIN 0.5 SECONDS REPEATS 2 TIMES START t'2024-01-02T03:04:05Z' "
	     "STOP t'2024-01-02T03:04:05.5Z'",
		NULL},
	    {"([a:b = 1] REPEATS 2 TIMES) REPEATS 2 TIMES", NULL},
	    {"([a:b = 1]) WITHIN 5 SECONDS WITHIN 6 SECONDS", NULL},
	    {"[file:hashes.MD5 = 'f00']", "column 20: not a hash"},
	    {"[file:hashes.'SHA-1' IN ('f00')]", "not a hash"},
	    {"", "column 1: '[' was expected"},
	    {"a:b = 1", "column 1: '['"},
	    {"[a:b = ]", "column 8: a value"},
	    {"[a.b = 1]", "column 3: ':'"},
	    {"[a:b = 1", "column 9: ']'"},
	    {"[a:b = 'x]", "column 8: a text that does not end"},
	    {"[a:b = 'x\\n']", "wrong escape"},
	    {"[a:b = \"x\"]", "column 8: an unexpected character"},
	    {"[a:b MATCHES /x/]", "unexpected character"},
	    {"[a:b MATCHES '(']", "column 14: "},
	    {"[a:b MATCHES 1]", "column 14: a text"},
	    {"[a:b LIKE 1]", "a text"},
	    {"[a:b ISSUBSET 'x']", "column 15: an address or a network"},
	    {"[a:b > true]", "no order"},
	    {"[a:b = 007]", "leading zero"},
	    {"[a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES", "same qualifier twice"},
	    {"[a:b = 1] REPEATS 0 TIMES", "positive"},
	    {"[a:b = 1] REPEATS 1.5 TIMES", "whole"},
	    {"[a:b = 1] WITHIN -5 SECONDS", "positive"},
	    {"[a:b = 1] WITHIN 5", "'SECONDS'"},
	    {"[a:b = 1] START t'2024-01-02T03:04:05Z' STOP t'2024-01-02T03:04:05Z'",
		"STOP is not after START"},
	    {"[a:b = t'2024-13-02T03:04:05Z']", "not a time"},
	    {"[a:b = t'2024-01-02 03:04:05Z']", "not a time"},
	    {"[a:b = h'abc']", "hexadecimal"},
	    {"[a:b = b'====']", "base64"},
	    {"[a:b = 1] [a:b = 2]", "column 11: the end"},
	    {"[a:b = 1] AND", "column 14: '['"},
	    {"[a:b[x] = 1]", "place in a list"},
	    {"[a:b. = 1]", "name of a property"},
	    {"[a:b = 1] /* x", "comment"},
	    {"[a:b = 1] REPEATS 1000 TIMES AND [a:b = 1] REPEATS 1000 TIMES",
		"too many observations"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		T(parses(rows[i].pattern, rows[i].why));
}

static void
joins_alternatives_into_one_observation(void)
{
	struct err e = {0};
	struct stix *p = stix_parse(STR("([a:b = 1] OR [a:c = 2]) OR [a:d = 3] OR [a:e = "
					"4] FOLLOWEDBY [a:f = 5]"),
	    false, &e);

	T(p && p->n_leaves == 2 && p->root->what == STIX_FOLLOWED && p->needs == 2);
	T(p && p->leaf[0]->join == STIX_OR && str_eq(p->leaf[0]->object, STR("a")));
	stix_free(p);
}

static void
bounds_depth_and_length(void)
{
	static char deep[9000], list[STIX_MAX + 100];
	size_t n = 0;

	memset(deep, '(', 4000);
	T(parses(deep, "nested too deeply"));
	while (n < STIX_MAX - 100)
		n += (size_t)snprintf(
		    list + n, 60, "%s[ipv4-addr:value = '192.0.2.1']", n ? " OR " : "");
	T(parses(list, NULL));
	memset(list, ' ', STIX_MAX + 50);
	T(parses(list, "too long"));
}

static struct stixmap map;
static struct arena *a;

static bool
holds(const char *pattern, const char *record)
{
	struct err e = {0};
	struct stix *p = stix_parse(str_of(pattern), true, &e);
	struct stixmap_record r = {&map, node_json(a, str_of(record)), a};
	struct stix_source src = stixmap_source(&r);
	bool yes;

	if (!p)
		printf("%s: %s\n", pattern, e.msg);
	yes = p && stix_holds(p, &src, 1704164645 * WHEN_S);
	stix_free(p);
	return yes;
}

static const char flow[] =
    "{\"source.ip\":\"192.0.2.7\",\"destination\":{\"ip\":\"2001:db8::1\",\"port\":443},"
    "\"network.transport\":\"tcp\",\"network.protocol\":\"tls\",\"url.domain\":\"Example."
    "com\","
    "\"file.hash.md5\":\"AB12ab12ab12ab12ab12ab12ab12ab12\",\"file.name\":\"a.exe\","
    "\"file.size\":\"1280\","
    "\"process.name\":\"b.exe\",\"process.hash.md5\":"
    "\"cd34cd34cd34cd34cd34cd34cd34cd34\",\"file.mime_type\":"
    "\"image/bmp\","
    "\"email.to.address\":[\"x@example.com\",\"y@example.com\"],\"user.privileged\":true,"
    "\"x-own\":{\"list\":[\"p\",\"q\"],\"body_hex\":\"ffd8\",\"body_bin\":\"YWI=\","
    "\"raw\":\"ab\","
    "\"at\":\"2024-01-02T03:04:05Z\",\"score\":7.5,\"text\":\"one\\ntwo\"}}";

static void
compares_as_the_specification_says(void)
{
	static const struct {
		const char *pattern;
		bool yes;
	} rows[] = {
	    {"[ipv4-addr:value = '192.0.2.7']", true},
	    {"[ipv4-addr:value = '192.0.2.7/32']", true},
	    {"[ipv4-addr:value = '192.0.2.8']", false},
	    {"[ipv4-addr:value != '192.0.2.7']", false}, /* the other one is no IPv4 */
	    {"[ipv4-addr:value ISSUBSET '192.0.2.0/24']", true},
	    {"[ipv4-addr:value NOT ISSUBSET '192.0.2.0/24']", false},
	    {"[ipv4-addr:value ISSUPERSET '192.0.2.7/32']", true},
	    {"[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", false},
	    {"[ipv6-addr:value = '2001:0db8:0000:0000:0000:0000:0000:0001']", true},
	    {"[network-traffic:dst_ref.value ISSUBSET '2001:db8::/32']", true},
	    {"[network-traffic:dst_port = 443]", true},
	    {"[network-traffic:dst_port >= 443 AND network-traffic:dst_port < 444]",
		true},
	    {"[network-traffic:dst_port > 443]", false},
	    {"[network-traffic:dst_port IN (80, 443)]", true},
	    {"[network-traffic:dst_port NOT IN (80, 443)]", false},
	    {"[network-traffic:protocols[*] = 'tls']", true},
	    {"[domain-name:value = 'EXAMPLE.com']", true},
	    {"[file:hashes.MD5 = 'ab12ab12ab12ab12ab12ab12ab12ab12']", true},
	    {"[file:hashes.MD5 = 'CD34cd34cd34cd34cd34cd34cd34cd34']", true},
	    {"[file:name = 'a.exe' AND file:hashes.MD5 = "
	     "'ab12ab12ab12ab12ab12ab12ab12ab12']",
		true},
	    {"[file:name = 'a.exe' AND file:hashes.MD5 = "
	     "'cd34cd34cd34cd34cd34cd34cd34cd34']",
		false},
	    {"[file:name = 'a.exe'] AND [file:hashes.MD5 = "
	     "'cd34cd34cd34cd34cd34cd34cd34cd34']",
		true},
	    {"[file:name = 'A.exe']", false},
	    {"[file:name LIKE '_.exe']", true},
	    {"[file:name LIKE 'a%']", true},
	    {"[file:name LIKE 'exe']", false},
	    {"[file:name MATCHES '^[ab]\\\\.']", true},
	    {"[file:size = 1280 OR file:size = 1]", true},
	    {"[file:size = '1280']", true},
	    {"[file:size > 1024.5]", true},
	    {"[file:name > 5]", false},
	    {"[file:name != 5]", true},
	    {"[EXISTS file:name AND NOT EXISTS file:accessed]", true},
	    {"[EXISTS file:accessed]", false},
	    {"[file:accessed != t'2024-01-02T03:04:05Z']", false}, /* not there */
	    {"[email-message:to_refs[*].value = 'Y@example.com']", true},
	    {"[user-account:is_privileged = true]", true},
	    {"[user-account:is_privileged != true]", false},
	    {"[x-own:list[0] = 'p']", true},
	    {"[x-own:list[1] = 'p']", false},
	    {"[x-own:list[-1] = 'q']", true},
	    {"[x-own:list[*] = 'q']", true},
	    {"[x-own:list[9] != 'q']", false},
	    {"[x-own:body_hex = h'FFD8']", true},
	    {"[x-own:body_bin = b'YWI=']", true},
	    {"[x-own:body_bin = h'6162']", true},
	    {"[x-own:raw = h'6162']", true},
	    {"[x-own:body_bin > h'6161' AND x-own:body_bin < h'616200']", true},
	    {"[x-own:at = t'2024-01-02T03:04:05.000Z']", true},
	    {"[x-own:at < t'2024-01-02T03:04:06Z']", true},
	    {"[x-own:at = '2024-01-02T03:04:05.00Z']", true},
	    {"[x-own:score > 7.0]", true},
	    {"[x-own:score > 8]", false},
	    {"[x-own:text MATCHES 'one.two']", true},
	    {"[x-ecs:user.privileged = true]", true},
	    {"[ipv4-addr:value = '192.0.2.7' AND domain-name:value = 'example.com']",
		true},
	    {"[ipv4-addr:value = '192.0.2.7' AND domain-name:value = 'example.org']",
		false},
	    {"[ipv4-addr:value = '192.0.2.7'] START t'2024-01-02T03:04:05Z' STOP "
	     "t'2024-01-02T03:04:06Z'",
		true},
	    {"[ipv4-addr:value = '192.0.2.7'] START t'2024-01-02T03:04:04Z' STOP "
	     "t'2024-01-02T03:04:05Z'",
		false},
	    {"x-own:score > 7 AND (x-own:raw = 'ab')", true},
	    {"(x-own:score > 8)", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (holds(rows[i].pattern, flow) != rows[i].yes) {
			printf("%s\n", rows[i].pattern);
			T(!"as wanted");
		}
}

int
main(void)
{
	struct err e = {0};

	setenv("IR_DATA", "share", 0);
	a = arena_new();
	T(stixmap_load(&map, a, &e));
	FACT(tells_patterns_from_what_is_none);
	FACT(joins_alternatives_into_one_observation);
	FACT(bounds_depth_and_length);
	FACT(compares_as_the_specification_says);
	arena_free(a);
	return TEST_END;
}
