/*
 * field - the names that events have, as small numbers.
 *
 * Formats name fields when they are compiled; an event then holds values by
 * number, and the spelling as JSON is made once.
 */
#ifndef FIELD_H
#define FIELD_H

#include "str.h"

/* Fields that the engine itself reads or writes. */
#define FIELD_KNOWN(X)                                        \
	X(TIME, "@timestamp")                                 \
	X(EVENT_ID, "event.id")                               \
	X(KIND, "ir.kind")                                    \
	X(DATASET, "event.dataset")                           \
	X(EVENT_KIND, "event.kind")                           \
	X(HOST_NAME, "host.name")                             \
	X(HOST_HOSTNAME, "host.hostname")                     \
	X(PROCESS_NAME, "process.name")                       \
	X(PROCESS_PID, "process.pid")                         \
	X(SOURCE_ADDRESS, "source.address")                   \
	X(SOURCE_IP, "source.ip")                             \
	X(SOURCE_DOMAIN, "source.domain")                     \
	X(SOURCE_PORT, "source.port")                         \
	X(DESTINATION_ADDRESS, "destination.address")         \
	X(DESTINATION_IP, "destination.ip")                   \
	X(DESTINATION_DOMAIN, "destination.domain")           \
	X(DESTINATION_PORT, "destination.port")               \
	X(CLIENT_ADDRESS, "client.address")                   \
	X(CLIENT_IP, "client.ip")                             \
	X(CLIENT_DOMAIN, "client.domain")                     \
	X(CLIENT_PORT, "client.port")                         \
	X(SERVER_ADDRESS, "server.address")                   \
	X(SERVER_IP, "server.ip")                             \
	X(SERVER_DOMAIN, "server.domain")                     \
	X(SERVER_PORT, "server.port")                         \
	X(SOURCE_NAT_ADDRESS, "source.nat.address")           \
	X(SOURCE_NAT_IP, "source.nat.ip")                     \
	X(SOURCE_NAT_PORT, "source.nat.port")                 \
	X(DESTINATION_NAT_ADDRESS, "destination.nat.address") \
	X(DESTINATION_NAT_IP, "destination.nat.ip")           \
	X(DESTINATION_NAT_PORT, "destination.nat.port")       \
	X(SOURCE_BYTES, "source.bytes")                       \
	X(DESTINATION_BYTES, "destination.bytes")             \
	X(SOURCE_PACKETS, "source.packets")                   \
	X(DESTINATION_PACKETS, "destination.packets")         \
	X(NETWORK_BYTES, "network.bytes")                     \
	X(NETWORK_PACKETS, "network.packets")                 \
	X(NETWORK_TYPE, "network.type")                       \
	X(TRANSPORT, "network.transport")                     \
	X(IANA, "network.iana_number")                        \
	X(COMMUNITY, "network.community_id")                  \
	X(ICMP_TYPE, "icmp.type")                             \
	X(ICMP_CODE, "icmp.code")                             \
	X(URL_ORIGINAL, "url.original")                       \
	X(URL_FULL, "url.full")                               \
	X(URL_SCHEME, "url.scheme")                           \
	X(URL_USERNAME, "url.username")                       \
	X(URL_DOMAIN, "url.domain")                           \
	X(URL_PORT, "url.port")                               \
	X(URL_PATH, "url.path")                               \
	X(URL_EXTENSION, "url.extension")                     \
	X(URL_QUERY, "url.query")                             \
	X(URL_FRAGMENT, "url.fragment")                       \
	X(FILE_PATH, "file.path")                             \
	X(FILE_DIRECTORY, "file.directory")                   \
	X(FILE_NAME, "file.name")                             \
	X(FILE_EXTENSION, "file.extension")                   \
	X(EXECUTABLE, "process.executable")                   \
	X(COMMAND_LINE, "process.command_line")               \
	X(ARGS, "process.args")                               \
	X(PARENT_NAME, "process.parent.name")                 \
	X(PARENT_EXECUTABLE, "process.parent.executable")     \
	X(PARENT_COMMAND_LINE, "process.parent.command_line") \
	X(PARENT_ARGS, "process.parent.args")                 \
	X(USER_NAME, "user.name")                             \
	X(USER_DOMAIN, "user.domain")                         \
	X(USER_EMAIL, "user.email")                           \
	X(START, "event.start")                               \
	X(END, "event.end")                                   \
	X(DURATION, "event.duration")                         \
	X(STATUS, "http.response.status_code")                \
	X(OUTCOME, "event.outcome")                           \
	X(RECORDS, "ir.records")                              \
	X(REPEAT, "ir.repeat")                                \
	X(OBSERVED, "ir.observed")                            \
	X(TIME_FIXED, "ir.time.fixed")                        \
	X(TIME_SKEW, "ir.time.skew")                          \
	X(SOURCE_ID, "ir.source.id")                          \
	X(SOURCE_LINE, "ir.source.line")                      \
	X(SOURCE_ORIGINAL, "ir.source.original")              \
	X(PRIORITY, "log.syslog.priority")                    \
	X(FACILITY, "log.syslog.facility.code")               \
	X(SEVERITY, "log.syslog.severity.code")               \
	X(MSGID, "log.syslog.msgid")                          \
	X(STRUCTURED, "log.syslog.structured_data")           \
	X(LEVEL, "log.level")                                 \
	X(MESSAGE, "message")                                 \
	X(ERROR, "error.message")                             \
	X(REL_IP, "related.ip")                               \
	X(REL_USER, "related.user")                           \
	X(REL_HOSTS, "related.hosts")                         \
	X(REL_HASH, "related.hash")                           \
	X(TAGS, "tags")                                       \
	X(ORIGINAL, "event.original")                         \
	X(BYTES, "ir.original.bytes")                         \
	X(SHA256, "ir.original.sha256")                       \
	X(BASE64, "ir.original.base64")

enum field_known {
#define FIELD_ENUM(id, name) F_##id,
	FIELD_KNOWN(FIELD_ENUM)
#undef FIELD_ENUM
	    F_KNOWN
};

/* Which list of related values a field's value belongs to. */
enum field_related {
	RELATED_NONE,
	RELATED_IP,
	RELATED_USER,
	RELATED_HOSTS,
	RELATED_HASH,
	RELATED_KINDS
};

/* What the engine makes of a field's value; most fields have none of these. */
enum field_role {
	ROLE_SIDE = 1, /* an address, name or port of one of the two ends */
	ROLE_NETWORK = 2,
	ROLE_ICMP_TYPE = 4,
	ROLE_ICMP_CODE = 8,
	ROLE_URL = 16,
	ROLE_MAC = 32,
	ROLE_HASH = 64,
	ROLE_FILE = 128,
	ROLE_PROCESS = 256,
	ROLE_HOST = 512,
	ROLE_USER = 1024,
	ROLE_SPAN = 2048,
	ROLE_STATUS = 4096,
	ROLE_ENGINE = 8192,  /* read or taken back in another place */
	ROLE_SIDE_1 = 16384, /* of the first end in derive.c, and so on */
};

#define FIELD_PAD 32

struct field {
	struct str name;
	struct str key; /* ,"name": and FIELD_PAD bytes that can be read */
	enum field_related related;
	unsigned roles;
	bool scratch; /* "_name": for formats only, never written */
	bool silent;  /* scratch, or written by another hand */
};

/* To be read through the functions below. */
struct fields {
	struct field *v;
	size_t n, cap;
	struct map *numbers; /* name to number + 1 */
	struct arena *names;
};

/* The known ones are there from the start, numbered as above. */
struct fields *fields_new(void);
void fields_free(struct fields *);

/* The number of a name; a new one is added.  -1 when there are too many. */
int fields_add(struct fields *, struct str name);

/* The number of a name, or -1. */
int fields_find(const struct fields *, struct str name);

static inline const struct field *
fields_get(const struct fields *f, int id)
{
	return &f->v[id];
}

size_t fields_count(const struct fields *);

#endif
