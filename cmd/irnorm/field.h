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
#define FIELD_KNOWN(X)                                \
	X(TIME, "@timestamp")                         \
	X(EVENT_ID, "event.id")                       \
	X(KIND, "ir.kind")                            \
	X(DATASET, "event.dataset")                   \
	X(EVENT_KIND, "event.kind")                   \
	X(HOST_NAME, "host.name")                     \
	X(HOST_HOSTNAME, "host.hostname")             \
	X(PROCESS_NAME, "process.name")               \
	X(PROCESS_PID, "process.pid")                 \
	X(SOURCE_ADDRESS, "source.address")           \
	X(SOURCE_IP, "source.ip")                     \
	X(SOURCE_DOMAIN, "source.domain")             \
	X(DESTINATION_ADDRESS, "destination.address") \
	X(DESTINATION_IP, "destination.ip")           \
	X(DESTINATION_DOMAIN, "destination.domain")   \
	X(CLIENT_ADDRESS, "client.address")           \
	X(CLIENT_IP, "client.ip")                     \
	X(CLIENT_DOMAIN, "client.domain")             \
	X(SERVER_ADDRESS, "server.address")           \
	X(SERVER_IP, "server.ip")                     \
	X(SERVER_DOMAIN, "server.domain")             \
	X(NETWORK_TYPE, "network.type")               \
	X(URL_ORIGINAL, "url.original")               \
	X(URL_PATH, "url.path")                       \
	X(URL_QUERY, "url.query")                     \
	X(URL_SCHEME, "url.scheme")                   \
	X(URL_DOMAIN, "url.domain")                   \
	X(STATUS, "http.response.status_code")        \
	X(OUTCOME, "event.outcome")                   \
	X(REPEAT, "ir.repeat")                        \
	X(OBSERVED, "ir.observed")                    \
	X(TIME_FIXED, "ir.time.fixed")                \
	X(SOURCE_ID, "ir.source.id")                  \
	X(SOURCE_ORIGINAL, "ir.source.original")      \
	X(PRIORITY, "log.syslog.priority")            \
	X(FACILITY, "log.syslog.facility.code")       \
	X(SEVERITY, "log.syslog.severity.code")       \
	X(MSGID, "log.syslog.msgid")                  \
	X(STRUCTURED, "log.syslog.structured_data")   \
	X(LEVEL, "log.level")                         \
	X(MESSAGE, "message")                         \
	X(ERROR, "error.message")                     \
	X(REL_IP, "related.ip")                       \
	X(REL_USER, "related.user")                   \
	X(REL_HOSTS, "related.hosts")                 \
	X(REL_HASH, "related.hash")                   \
	X(TAGS, "tags")                               \
	X(ORIGINAL, "event.original")                 \
	X(BYTES, "ir.original.bytes")                 \
	X(SHA256, "ir.original.sha256")               \
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

struct field {
	struct str name;
	struct str key; /* ,"name": */
	enum field_related related;
};

struct fields;

/* The known ones are there from the start, numbered as above. */
struct fields *fields_new(void);
void fields_free(struct fields *);

/* The number of a name; a new one is added.  -1 when there are too many. */
int fields_add(struct fields *, struct str name);

/* The number of a name, or -1. */
int fields_find(const struct fields *, struct str name);

const struct field *fields_get(const struct fields *, int id);
size_t fields_count(const struct fields *);

#endif
