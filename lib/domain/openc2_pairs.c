#include "openc2_pairs.h"

const struct openc2_pair openc2_pairs[] = {
    {"deny", "ipv4_net", DO_BLOCK_IP, "allow", 4},
    {"deny", "ipv6_net", DO_BLOCK_IP, "allow", 6},
    {"set", "ipv4_net", DO_RATE_LIMIT, "delete", 4},
    {"set", "ipv6_net", DO_RATE_LIMIT, "delete", 6},
    {"deny", "domain_name", DO_BLOCK_DOMAIN, "allow", 0},
    {"contain", "device", DO_ISOLATE_HOST, "allow", 0},
    {"contain", "file", DO_QUARANTINE_FILE, "allow", 0},
    {"stop", "process", DO_STOP_PROCESS, "start", 0},
    {"delete", "process", DO_KILL_PROCESS, NULL, 0},
    {"restore", "file", DO_RESTORE_PATH, "delete", 0},
    {"deny", "x-ir:account", DO_LOCK_ACCOUNT, "allow", 0},
    {"update", "x-ir:account", DO_EXPIRE_PASSWORD, "restore", 0},
    {"delete", "x-ir:account", DO_REMOVE_ACCOUNT, NULL, 0},
    {"stop", "x-ir:sessions", DO_REVOKE_SESSIONS, NULL, 0},
    {"deny", "x-ir:key", DO_REVOKE_KEYS, "allow", 0},
    {"stop", "x-ir:service", DO_DISABLE_SERVICE, "start", 0},
    {"copy", "x-ir:evidence", DO_COLLECT_EVIDENCE, NULL, 0},
    {"start", "x-ir:call", DO_CALL, NULL, 0},
    {"update", "x-ir:package", DO_PATCH_PACKAGE, "restore", 0},
    {"delete", "x-ir:persistence", DO_REMOVE_PERSISTENCE, "restore", 0},
    {"update", "x-ir:secret", DO_ROTATE_SECRET, NULL, 0},
    {"create", "x-ir:notice", DO_NOTIFY, NULL, 0},
    {NULL, NULL, DO_NONE, NULL, 0},
};

const struct openc2_pair *
openc2_pair(struct str action, struct str target, bool *lift)
{
	for (const struct openc2_pair *p = openc2_pairs; p->action; p++) {
		if (!str_eq(target, str_of(p->target)))
			continue;
		*lift = str_eq(action, str_of(p->undo));
		if (*lift || str_eq(action, str_of(p->action)))
			return p;
	}
	return NULL;
}

const struct openc2_pair *
openc2_pair_of(enum action_do what, int v)
{
	for (const struct openc2_pair *p = openc2_pairs; p->action; p++)
		if (p->what == what && p->v == v)
			return p;
	return NULL;
}

bool
openc2_pair_own(const struct openc2_pair *p)
{
	return str_starts(str_of(p->target), STR("x-ir:"));
}
