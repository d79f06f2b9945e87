/*
 * openc2 - commands of the Open Command and Control language, v1.0 (OASIS).
 *
 * What comes in becomes a typed action, by the same parsers as a step of a plan,
 * or a refusal with the status that the language has for it.  A command that asks
 * for more or for less than an action of ours is not bent until it fits: it is
 * answered with 501.  Pairs of action and target: ir-action(5); the profile
 * `slpf` for addresses, `x-ir` for what the language has no words for.
 */
#ifndef OPENC2_H
#define OPENC2_H

#include "action.h"

enum openc2_sort {
	OPENC2_REFUSED, /* malformed, unknown or not for us: `status` and `text` */
	OPENC2_DO,      /* do `a` */
	OPENC2_LIFT,    /* take `a` back, whoever did it */
	OPENC2_LIFT_ID, /* take back the action that `id` names */
	OPENC2_RULE,    /* ... that `rule` numbers */
	OPENC2_QUERY,   /* say what is understood: `features` */
	OPENC2_SORTS,
};

/* args.response_requested */
enum openc2_reply { OPENC2_COMPLETE, OPENC2_STATUS, OPENC2_ACK, OPENC2_SILENT };

enum openc2_feature {
	OPENC2_VERSIONS = 1,
	OPENC2_PROFILES = 2,
	OPENC2_PAIRS = 4,
	OPENC2_RATE = 8,
};

#define OPENC2_NAME 256 /* most bytes of a request id, of a sender */

struct openc2 {
	enum openc2_sort sort;
	enum openc2_reply reply;
	bool message; /* it came as a message with headers: the answer is one, too */
	struct str request, from;
	struct action a; /* its ttl_s is set by openc2_terms() */
	struct str id;
	int64_t rule;
	unsigned features;
	int64_t start_ms, stop_ms, duration_ms; /* args; 0: not given */
	int status;
	struct str text;
};

/* Is a record a command, or a message with one? */
bool openc2_is(const struct node *record);

/* Read one; what it holds is borrowed from the node or in the arena. */
void openc2_read(struct arena *, const struct node *record, struct openc2 *);

/* Make a refusal of it.  Returns false. */
bool openc2_refuse(struct openc2 *, int status, struct str text);

/* How long it lasts, now that the time is known.  False: refused. */
bool openc2_terms(struct openc2 *, int64_t now_ns);

/* An action as a command, for another consumer. */
void openc2_write(const struct action *, struct buf *);

/*
 * An answer: `results` is a raw JSON map, or absent.  Nothing is written where
 * none was asked for.
 */
void openc2_answer(const struct openc2 *, int status, struct str text, struct str results,
    int64_t now_ns, struct buf *);

/* As results of a query: what is understood for the verbs for which `ours` says yes. */
void openc2_features(unsigned features, bool (*ours)(const void *, enum action_do),
    const void *ctx, size_t per_minute, struct buf *);

/* A number by which the profile slpf names a rule: of an action's id. */
int64_t openc2_rule(const char *id);

/* Over the wire; unpack believes nothing. */
void openc2_pack(const struct openc2 *, struct buf *);
bool openc2_unpack(struct arena *, struct str *in, struct openc2 *);

#endif
