/*
 * xml - an XML document as the values of an object, by dotted paths.
 *
 *   <Event><System><EventID Qualifiers='0'>7</EventID></System>
 *     <EventData><Data Name='User'>bob</Data><Data>x</Data></EventData></Event>
 *
 *   Event.System.EventID: "7"           Event.System.EventID.Qualifiers: "0"
 *   Event.EventData.User: "bob"         Event.EventData.param2: "x"
 *
 * Prefixes of namespaces and their declarations are left out, as are comments and
 * processing instructions.  An element that stands again among its siblings has its number
 * behind its name ("row.2").  There are no document types, hence no entities but those of
 * XML itself, and nothing outside the text is ever read.
 */
#ifndef XML_H
#define XML_H

#include "leaves.h"

/*
 * False: it is no such document, or one beyond the limits; `leaves` then means nothing.
 * Of several documents the first is read, and `*more` says so.
 */
bool xml_read(struct str text, struct arena *, struct leaves *, bool *more);

#endif
