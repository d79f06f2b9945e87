/*
 * sighting - an alert or a logon as ircorr sees it: who, where, what, when.
 *
 * Texts are borrowed from the record.
 */
#ifndef SIGHTING_H
#define SIGHTING_H

#include "filter.h"
#include "severity.h"
#include "site.h"

#define SIGHT_TECHNIQUES 16
#define SIGHT_EVENTS     20 /* member events that are looked at */

enum logon { LOGON_NONE, LOGON_OK, LOGON_FAILED };

struct sighting {
	bool alert;           /* else a plain event */
	struct str id, event; /* ir.alert.id, event.id */
	struct str rule, name;
	enum severity severity;
	int64_t ns, start;  /* start: of the first member */
	uint64_t n;         /* occurrences it stands for */
	struct str fold_of; /* present: a fold */
	struct str src;     /* canonical; absent for local acts */
	struct ip src_ip;
	unsigned src_roles; /* enum site_role */
	bool observed;      /* the address was seen by the reporter itself */
	struct str dst;
	struct ip dst_ip;
	struct str host, user;
	struct str as;      /* the user whose rights were taken */
	struct str created; /* an account made by the act */
	struct str dataset, path, file, message;
	enum logon logon;
	int64_t status; /* of HTTP; 0: none */
	bool by_user;   /* a correlation grouped by user and not by source */
	struct str techniques[SIGHT_TECHNIQUES];
	size_t techniques_n;
	struct str events[SIGHT_EVENTS];
	size_t events_n;
	uint64_t events_all;
	bool expected;         /* the site lowered it: noise that its owner makes */
	double p;              /* ir.score.p; negative: not said */
	double score;          /* ir.score.value; negative: not said */
	int criticality;       /* of the asset, 1 to 5; 0: not said */
	struct str org;        /* organization.name */
	struct str name_asked; /* a domain that it deals with */
	struct str hash;       /* of the file or program, SHA-256 */
	struct str process,
	    parent;         /* ids of the process and of the one that started it */
	struct str session; /* of the logon, on that host */
};

struct sights; /* the slots */

struct sights *sights_new(struct filter_run *);
void sights_free(struct sights *);

/* False: it has no time. */
bool sights_read(const struct sights *, struct filter_run *, struct rec *,
    const struct site *, struct sighting *);

/* Has it a technique of that base id ("T1110")? */
bool sighting_is(const struct sighting *, const char *base);

#endif
