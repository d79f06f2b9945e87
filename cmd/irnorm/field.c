#include "field.h"
#include "arena.h"
#include "buf.h"
#include "map.h"
#include "mem.h"

#define MAX 8192

/* The ECS fields whose values are related; formats need not name them first. */
static const struct {
	const char *name;
	enum field_related related;
} related[] = {
    {"source.ip", RELATED_IP},
    {"destination.ip", RELATED_IP},
    {"client.ip", RELATED_IP},
    {"server.ip", RELATED_IP},
    {"source.nat.ip", RELATED_IP},
    {"destination.nat.ip", RELATED_IP},
    {"host.ip", RELATED_IP},
    {"observer.ip", RELATED_IP},
    {"dns.resolved_ip", RELATED_IP},
    {"user.name", RELATED_USER},
    {"user.effective.name", RELATED_USER},
    {"user.target.name", RELATED_USER},
    {"user.changes.name", RELATED_USER},
    {"source.user.name", RELATED_USER},
    {"destination.user.name", RELATED_USER},
    {"client.user.name", RELATED_USER},
    {"server.user.name", RELATED_USER},
    {"process.user.name", RELATED_USER},
    {"process.real_user.name", RELATED_USER},
    {"process.parent.user.name", RELATED_USER},
    {"host.name", RELATED_HOSTS},
    {"host.hostname", RELATED_HOSTS},
    {"host.domain", RELATED_HOSTS},
    {"observer.hostname", RELATED_HOSTS},
    {"source.domain", RELATED_HOSTS},
    {"destination.domain", RELATED_HOSTS},
    {"client.domain", RELATED_HOSTS},
    {"server.domain", RELATED_HOSTS},
    {"dns.question.name", RELATED_HOSTS},
    {"tls.client.ja3", RELATED_HASH},
    {"tls.server.ja3s", RELATED_HASH},
};

/* file.hash.*, process.hash.*, process.parent.pe.imphash ... */
static bool
is_hash(struct str name)
{
	static const char *const of[] = {"file.", "process.", "process.parent.", "dll.",
	    "email.attachments.file.", "threat.indicator.file."};

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		struct str head = str_of(of[i]), rest;

		if (!str_starts(name, head))
			continue;
		rest = str_from(name, head.n);
		if (str_starts(rest, STR("hash.")) || str_eq(rest, STR("pe.imphash")))
			return true;
	}
	return false;
}

static enum field_related
related_of(struct str name)
{
	for (size_t i = 0; i < sizeof(related) / sizeof(*related); i++)
		if (str_eq(name, str_of(related[i].name)))
			return related[i].related;
	return is_hash(name) ? RELATED_HASH : RELATED_NONE;
}

static const struct {
	int first, last; /* of the known ones */
	unsigned role;
} ranges[] = {
    {F_SOURCE_ADDRESS, F_DESTINATION_NAT_PORT, ROLE_SIDE},
    {F_SOURCE_BYTES, F_ICMP_CODE, ROLE_NETWORK},
    {F_URL_ORIGINAL, F_URL_FRAGMENT, ROLE_URL},
    {F_FILE_PATH, F_FILE_EXTENSION, ROLE_FILE},
    {F_EXECUTABLE, F_PARENT_ARGS, ROLE_PROCESS},
    {F_PROCESS_NAME, F_PROCESS_NAME, ROLE_ENGINE},
    {F_HOST_NAME, F_HOST_HOSTNAME, ROLE_HOST},
    {F_USER_NAME, F_USER_EMAIL, ROLE_USER},
    {F_START, F_DURATION, ROLE_SPAN},
    {F_STATUS, F_STATUS, ROLE_STATUS},
    {F_PROCESS_PID, F_PROCESS_PID, ROLE_ENGINE},
    {F_REPEAT, F_OBSERVED, ROLE_ENGINE},
    {F_LEVEL, F_MESSAGE, ROLE_ENGINE},
};

static unsigned
roles_of(int id, struct str name)
{
	static const int first[] = {F_SOURCE_ADDRESS, F_DESTINATION_ADDRESS,
	    F_CLIENT_ADDRESS, F_SERVER_ADDRESS, F_SOURCE_NAT_ADDRESS,
	    F_DESTINATION_NAT_ADDRESS};
	unsigned roles = 0;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (id >= ranges[i].first && id <= ranges[i].last)
			roles |= ranges[i].role;
	for (int i = 0; i < 6; i++)
		if (id >= first[i] && id < first[i] + (i < 4 ? 4 : 3))
			roles |= (unsigned)ROLE_SIDE_1 << i;
	if (str_ends(name, STR(".mac")))
		roles |= ROLE_MAC;
	if (is_hash(name))
		roles |= ROLE_HASH;
	if (str_ends(name, STR("icmp.type")) || str_ends(name, STR("icmp_type")))
		roles |= ROLE_ICMP_TYPE;
	if (str_ends(name, STR("icmp.code")) || str_ends(name, STR("icmp_code")))
		roles |= ROLE_ICMP_CODE;
	return roles;
}

struct fields *
fields_new(void)
{
	static const char *const known[] = {
#define FIELD_NAME(id, name) name,
	    FIELD_KNOWN(FIELD_NAME)
#undef FIELD_NAME
	};
	struct fields *f = mem_new(1, sizeof(*f));

	f->numbers = map_new();
	f->names = arena_new();
	for (size_t i = 0; i < F_KNOWN; i++)
		fields_add(f, str_of(known[i]));
	for (size_t i = 0; i < sizeof(related) / sizeof(*related); i++)
		fields_add(f, str_of(related[i].name));
	return f;
}

void
fields_free(struct fields *f)
{
	if (!f)
		return;
	map_free(f->numbers);
	arena_free(f->names);
	mem_free(f->v);
	mem_free(f);
}

int
fields_find(const struct fields *f, struct str name)
{
	uintptr_t at = (uintptr_t)map_get(f->numbers, name);

	return (int)at - 1;
}

int
fields_add(struct fields *f, struct str name)
{
	int id = fields_find(f, name);
	struct buf quoted;
	struct field *new;

	if (id >= 0)
		return id;
	if (f->n == MAX)
		return -1;
	f->v = mem_grow(f->v, &f->cap, f->n + 1, sizeof(*f->v));
	new = &f->v[f->n];
	quoted = buf_make(64 + 8 * name.n);
	buf_ch(&quoted, ',');
	buf_json(&quoted, name);
	buf_ch(&quoted, ':');
	new->name = arena_copy(f->names, name);
	new->key.n = quoted.n;
	new->key.p = memcpy(
	    arena_zero(f->names, quoted.n + FIELD_PAD), quoted.p, quoted.n);
	new->related = related_of(name);
	new->roles = roles_of((int)f->n, name);
	new->scratch = name.n > 0 && name.p[0] == '_';
	new->silent = new->scratch || f->n == F_TAGS || f->n == F_TIME ||
		      f->n == F_EVENT_ID;
	buf_free(&quoted);
	*map_put(f->numbers, name) = (void *)(uintptr_t)(f->n + 1);
	return (int)f->n++;
}

size_t
fields_count(const struct fields *f)
{
	return f->n;
}
