#include "action.h"
#include "test.h"

/* Verb, target, the canonical form of it (NULL: refused). */
static const struct {
	const char *verb, *target, *want;
} rows[] = {
    {"block-ip", "{\"ip\":\"2001:DB8::7\"}", "{\"ip\":\"2001:db8::7\"}"},
    {"block-ip", "{\"cidr\":\"203.0.113.9/24\"}", "{\"cidr\":\"203.0.113.0/24\"}"},
    {"block-ip", "{\"cidr\":\"203.0.113.9/32\"}", "{\"ip\":\"203.0.113.9\"}"},
    {"block-ip", "{\"ip\":\"203.0.113.9\",\"cidr\":\"203.0.113.9\"}", NULL},
    {"rate-limit", "{\"rate\":\"10/second\",\"ip\":\"203.0.113.9\"}",
	"{\"ip\":\"203.0.113.9\",\"rate\":\"10/second\"}"},
    {"rate-limit", "{\"ip\":\"203.0.113.9\"}", NULL},
    {"rate-limit", "{\"ip\":\"203.0.113.9\",\"rate\":\"10/second burst 5\"}", NULL},
    {"rate-limit", "{\"ip\":\"203.0.113.9\",\"rate\":\"0/second\"}", NULL},
    {"block-domain", "{\"domain\":\"Bad.Example.COM\"}",
	"{\"domain\":\"bad.example.com\"}"},
    {"block-domain", "{\"domain\":\"com\"}", NULL},
    {"block-domain", "{\"domain\":\"a..example\"}", NULL},
    {"block-domain", "{\"domain\":\"203.0.113.9\"}", NULL},
    {"block-domain", "{\"domain\":\"a.example.\"}", "{\"domain\":\"a.example\"}"},
    {"block-domain", "{\"domain\":\"a b.example\"}", NULL},
    {"block-domain", "{\"domain\":\"-a.example\"}", NULL},
    {"isolate-host", "{\"host\":\"Web01\"}", "{\"host\":\"web01\"}"},
    {"isolate-host", "{\"host\":\"-w\"}", NULL},
    {"kill-process", "{\"pid\":\"42\",\"start\":\"2026-11-24T08:00:00+01:00\"}",
	"{\"pid\":42,\"start\":\"2026-11-24T07:00:00.000Z\"}"},
    {"kill-process", "{\"pid\":0}", NULL},
    {"kill-process", "{\"pid\":-1}", NULL},
    {"kill-process", "{\"pid\":4.5}", NULL},
    {"kill-process", "{\"start\":\"2026-11-24T07:00:00Z\"}", NULL},
    {"quarantine-file", "{\"path\":\"/tmp/a b\\n\"}", "{\"path\":\"/tmp/a b\\n\"}"},
    {"quarantine-file", "{\"path\":\"tmp/a\"}", NULL},
    {"quarantine-file", "{\"path\":\"/tmp/../etc\"}", NULL},
    {"quarantine-file", "{\"path\":\"/tmp//a\"}", NULL},
    {"quarantine-file", "{\"path\":\"/tmp/\"}", NULL},
    {"quarantine-file", "{\"path\":\"/\"}", NULL},
    {"quarantine-file", "{\"path\":\"/a\\u0000b\"}", NULL},
    {"quarantine-file", "{\"path\":\"/a\",\"sha256\":\"00\"}", NULL},
    {"revoke-keys", "{\"user\":\"ann\",\"fingerprint\":\"MD5:00\"}", NULL},
    {"lock-account", "{\"user\":\"ws01$\"}", "{\"user\":\"ws01$\"}"},
    {"lock-account", "{\"user\":\"$\"}", NULL},
    {"lock-account", "{\"user\":\"-rf\"}", NULL},
    {"disable-service", "{\"unit\":\"cron\"}", "{\"unit\":\"cron.service\"}"},
    {"disable-service", "{\"unit\":\"x;reboot\"}", NULL},
    {"patch-package", "{\"package\":\"openssl\",\"version\":\"3.0.11-1~deb12u2\"}",
	"{\"package\":\"openssl\",\"version\":\"3.0.11-1~deb12u2\"}"},
    {"patch-package", "{\"package\":\"-o\",\"version\":\"1\"}", NULL},
    {"remove-persistence", "{\"kind\":\"cron\",\"path\":\"/etc/cron.d/x\"}",
	"{\"kind\":\"cron\",\"path\":\"/etc/cron.d/x\"}"},
    {"remove-persistence", "{\"kind\":\"cron\"}", NULL},
    {"remove-persistence", "{\"kind\":\"cron\",\"path\":\"/a\",\"user\":\"ann\"}", NULL},
    {"call", "{\"action\":\"waf-deny\",\"args\":{\"b\":true,\"a\":1}}",
	"{\"action\":\"waf-deny\",\"args\":{\"a\":1,\"b\":true}}"},
    {"call", "{\"action\":\"waf-deny\",\"args\":{\"a\":[1]}}", NULL},
    {"call", "{\"action\":\"../x\"}", NULL},
    {"notify", "{\"to\":\"the owner of web01\"}", "{\"to\":\"the owner of web01\"}"},
    {"notify", "{\"to\":\"a\\nb\"}", NULL},
};

static void
each_kind_has_one_form(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct action one, two;
		struct err e = {0};
		struct buf b = buf_make(8192);
		enum action_do what = action_find(str_of(rows[i].verb));
		bool ok = action_of(a, what, str_of(rows[i].target), STR_NONE, &one, &e);
		struct str in;

		if (ok != (rows[i].want != NULL) ||
		    (ok && !str_eq(one.target, str_of(rows[i].want))))
			fprintf(stderr, "%s: " STR_FMT " %s\n", rows[i].target,
			    STR_ARG(one.target), e.msg);
		T(ok == (rows[i].want != NULL));
		T(ok || e.kind == ERR_DATA);
		if (ok) {
			T(str_eq(one.target, str_of(rows[i].want)));
			action_pack(&one, &b);
			in = buf_str(&b);
			T(action_unpack(a, &in, &two) && in.n == 0);
			T(strcmp(one.key, two.key) == 0);
		}
		buf_free(&b);
	}
	arena_free(a);
}

int
main(void)
{
	FACT(each_kind_has_one_form);
	return TEST_END;
}
