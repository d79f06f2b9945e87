/*
 * evtx_xml - the binary XML of one event, written as text.
 */
#ifndef EVTX_XML_H
#define EVTX_XML_H

#include "buf.h"
#include "str.h"

/* A chunk as far as it is there, of which [at, end) is the XML.  False: it is damaged. */
bool evtx_xml(struct str chunk, size_t at, size_t end, struct buf *out);

/* A value of a type of the format, escaped; false: no such type, or cut off. */
bool evtx_value(struct str value, unsigned type, struct buf *out);

#endif
