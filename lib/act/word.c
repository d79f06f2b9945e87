#include "word.h"

static const struct {
	const char *kind, *member;
	enum action_do what;
} kinds[] = {
    {"user:", "user", DO_LOCK_ACCOUNT},
    {"host:", "host", DO_ISOLATE_HOST},
    {"domain:", "domain", DO_BLOCK_DOMAIN},
    {"unit:", "unit", DO_DISABLE_SERVICE},
    {"path:", "path", DO_QUARANTINE_FILE},
    {"pid:", "pid", DO_STOP_PROCESS},
};

bool
word_action(struct arena *m, struct str word, struct action *a, struct err *e)
{
	struct net net;

	if (net_parse(word, &net)) {
		action_for_net(m, a, DO_BLOCK_IP, &net);
		return true;
	}
	if (str_starts(word, STR("/")))
		word = CAT(m, STR("path:"), word);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct str head = str_of(kinds[i].kind);
		struct buf b = buf_make(TARGET_MAX * 2);
		bool ok;

		if (!str_starts(word, head)) {
			buf_free(&b);
			continue;
		}
		buf_fmt(&b, "{\"%s\":", kinds[i].member);
		buf_json(&b, str_from(word, head.n));
		buf_ch(&b, '}');
		ok = action_of(m, kinds[i].what, buf_str(&b), STR(""), a, e);
		buf_free(&b);
		return ok;
	}
	err_set(e, ERR_DATA,
	    "'" STR_FMT "' is no address or network in canonical form, nor kind:value",
	    STR_ARG(str_sub(word, 0, 80)));
	return false;
}
