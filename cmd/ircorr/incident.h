/*
 * incident - what is known of one attack, within bounds.
 *
 * Holds at most INCIDENT_MAX members, entities and techniques, and of event ids
 * the first and the last ones; counts are always the true ones.
 */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "buf.h"
#include "sighting.h"

#define INCIDENT_MAX 200
#define ID_MAX       64 /* longest id that is kept */
#define IDS_FIRST    10
#define IDS_LAST     10

/* Ids of events: the first ten and the last ten. */
struct ids {
	char (*v)[ID_MAX + 1];
	size_t cap;
	uint64_t kept; /* ever added */
};

void ids_add(struct ids *, struct str id);
size_t ids_count(const struct ids *);            /* how many are kept */
struct str ids_at(const struct ids *, size_t i); /* in order */

struct member {
	struct str id, rule, name;
	enum severity severity;
	uint8_t score; /* the highest */
	uint64_t n;
	int64_t first, last;
	struct ids events;
};

enum entity_type { ENT_IP, ENT_HOST, ENT_USER, ENT_URL, ENT_FILE };
enum entity_role {
	ROLE_UNKNOWN,
	ROLE_WITNESS,
	ROLE_VICTIM,
	ROLE_TOOL,
	ROLE_PIVOT,
	ROLE_ATTACKER
};
enum entity_prov { PROV_CLAIMED, PROV_DERIVED, PROV_OBSERVED };

struct entity {
	enum entity_type type;
	struct str value;
	struct str host; /* of a user: where; else empty */
	enum entity_role role;
	enum entity_prov prov;
	bool held; /* a host or account that the attacker has got into */
	int64_t first, last;
	uint64_t n;
};

struct act { /* a technique, as used here */
	struct str technique, tactic;
	struct ids events;
	int64_t first;
	unsigned conf; /* percent */
};

enum success { SUCCESS_NO, SUCCESS_UNKNOWN, SUCCESS_YES };
enum state { STATE_OPEN, STATE_QUIET, STATE_CLOSED, STATE_MERGED, STATE_SPLIT };

struct cause {
	char event[ID_MAX + 1]; /* the first foothold; empty: none known */
	int64_t ns;
	struct str vector, weakness;
	unsigned conf;
};

/* Where the processes of its alerts come from. */
struct root {
	struct str members; /* of ir.cause, as JSON without braces; empty: not known */
	int64_t ns;
};

struct incident {
	char id[33], into[33]; /* into: what it was merged into, or split off from */
	struct str before; /* of a merged one: the other as it was, from shelf_save() */
	uint64_t version;  /* as last written; 0: not yet */
	enum state state;
	int64_t first, last;
	int64_t reach;       /* the last alert that triage let through: its window */
	uint64_t n;          /* alerts, folded ones included */
	enum severity top;   /* of its alerts */
	bool expected;       /* nobody but the owner's own machines */
	bool shared;         /* only from addresses that many share */
	bool office;         /* ... and these are offices, not proxies */
	bool familiar;       /* its one source gets in more often than it fails */
	bool exploited;      /* an exploit's effect was seen */
	uint8_t criticality; /* of its assets, the highest; 0: not said */
	struct cause cause;
	struct root root;
	struct member *members;
	size_t members_n, members_cap;
	struct entity *entities;
	size_t entities_n, entities_cap;
	struct act *acts;
	size_t acts_n, acts_cap;
	uint64_t written; /* a hash of what makes a new version worth writing */
	uint64_t written_n;
	bool changed; /* since written */
};

/* `first` is the id of its first alert. */
struct incident *incident_new(struct str first);
void incident_free(struct incident *);

/* Where its processes come from; the earliest of several counts. */
void incident_root(struct incident *, struct str members, int64_t ns);

/*
 * Note an alert's occurrence; a fold adds to the member that it stands for.  One that
 * triage did not let `passed` moves no window.
 */
void incident_member(struct incident *, const struct sighting *, bool passed);

/*
 * Note an entity; role and provenance only ever grow stronger.  NULL: there is
 * no room for more.
 */
struct entity *incident_entity(struct incident *, enum entity_type, struct str value,
    struct str host, enum entity_role, enum entity_prov, int64_t ns);

struct entity *incident_find(
    const struct incident *, enum entity_type, struct str value, struct str host);

void incident_act(struct incident *, struct str technique, struct str tactic,
    struct str event, int64_t ns, unsigned conf);

/* Take over one of another incident. */
void incident_take_member(struct incident *, const struct member *);
void incident_take_entity(struct incident *, const struct entity *);

/* Has it an act of that base id? */
bool incident_did(const struct incident *, const char *base);

/* Take over all that `other` knows. */
void incident_merge(struct incident *, const struct incident *other);

/* A copy that lives as long as the process table that holds it; free with mem_free(). */
struct str keep_text(struct str);
void drop_text(struct str *);

#endif
