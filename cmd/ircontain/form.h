/*
 * form - a request over HTTP as it is declared, with typed holes to be filled.
 *
 * A hole is "{name}".  Values are parsed by their type first; in a URL they are
 * percent-encoded, in a header they must be printable, in the body they are values
 * of JSON.  Text is never pasted into text that somebody will parse.
 */
#ifndef FORM_H
#define FORM_H

#include "http.h"
#include "node.h"

#define HOLES 64

enum hole_as {
	HOLE_PLAIN, /* as it is; of a JSON string or a message */
	HOLE_SHOWN, /* secrets stay "{name}" */
	HOLE_URL,
	HOLE_HEADER,
};

struct hole {
	struct str name, value;
	bool raw;    /* the value is a number or boolean of JSON */
	bool secret; /* never shown */
};

struct holes {
	struct hole v[HOLES];
	size_t n;
};

/* Add one; false: there are too many. */
bool holes_add(struct holes *, struct str name, struct str value, bool raw, bool secret);
const struct hole *holes_find(const struct holes *, struct str name);

/*
 * Is it a value of a type: ip, cidr, domain, user, host, id, text, int, bool?  Gives
 * its canonical form.  False: it is not.
 */
bool form_type(struct arena *, struct str type, struct str value, struct str *out);

/* A text with its holes filled.  Absent: a hole has no value or may not stand there. */
struct str form_fill(
    struct arena *, struct str form, const struct holes *, enum hole_as, struct err *);

/* A tree as JSON with its holes filled; an absent tree gives an absent text. */
struct str form_body(struct arena *, const struct node *, const struct holes *,
    enum hole_as, struct err *);

/*
 * A request of a declaration: method, url, headers, body, sign.  `hosts` are those
 * that it may go to; `now_s` is for signatures.  False: ERR_CONFIG or ERR_DATA.
 */
bool form_request(struct arena *, const struct node *, const struct node *hosts,
    const struct holes *, int64_t now_s, struct http *, struct err *);

/* Is it the answer that was hoped for (success: status, body)? */
bool form_success(struct arena *, const struct node *, const struct http_got *,
    const struct holes *, struct str *why);

/* The value at a path of an answer, "result.0.id"; absent: none. */
struct str form_value(struct arena *, struct str body, struct str path);

#endif
