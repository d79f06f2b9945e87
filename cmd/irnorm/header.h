/*
 * header - columns that an earlier line of the same input has named.
 *
 *   #Fields: date time s-ip cs-method     W3C extended: IIS, ProxySG, CloudFront, Exchange
 *   #fields<TAB>ts<TAB>uid<TAB>...        Zeek, with #separator, #types, #unset_field, #path
 *   version account-id srcaddr dstaddr    VPC flow logs of AWS
 *
 * A row becomes an object whose members are the columns, so what reads the JSON
 * spelling of a log reads its rows too.  A row must have exactly the columns that
 * were named, and dates, addresses and states must look like what they are: text that a
 * client chose cannot move into the next column.
 */
#ifndef HEADER_H
#define HEADER_H

#include "leaves.h"

struct header;

enum header_kind { HEADER_NONE, HEADER_W3C, HEADER_ZEEK };

void header_free(struct header *);

/* May it be one?  Rows never are. */
bool header_like(struct str line);

/*
 * Is it a line of a header?  It is remembered in `*h`, which is made when there
 * is need for it; columns named anew replace those of before.
 */
enum header_kind header_note(struct header **h, struct str line);

/* A W3C header of these names, in order, for logs that come without. */
struct header *header_of(struct str names);

/*
 * The members of a row, and two more: `_path` as #path said it, and `date-time` of a
 * W3C row with `date` and `time`.  False: the line is no such row.  `h` may be NULL.
 */
bool header_row(const struct header *h, struct str line, struct arena *, struct leaves *);

/* What a line has of what rows need, counted once for many headers. */
struct header_look {
	size_t blanks, tabs, quotes;
};
struct header_look header_look(struct str line);

/* False: the line is no row of this header.  True: header_row() will tell. */
bool header_may(const struct header *, const struct header_look *);

#endif
