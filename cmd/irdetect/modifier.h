/*
 * modifier - the words behind a field's name: `|wide|base64offset|contains`.
 *
 * Read once for an item: some say how the item as a whole is compared, the others, in
 * their order, what is made of each of its values.
 */
#ifndef MODIFIER_H
#define MODIFIER_H

#include "atom.h"

#define MODIFIER_CHANGES 16 /* that one item may ask for; keywords get one more */

/* What an item's values are compared as. */
enum form {
	FORM_TEXT,
	FORM_BYTES,
	FORM_REGEX,
	FORM_CIDR,
	FORM_NUMBER,
	FORM_TIME,
	FORM_FIELD
};

/* What is made of a value. */
enum change {
	CHANGE_CONTAINS,
	CHANGE_STARTSWITH,
	CHANGE_ENDSWITH,
	CHANGE_WINDASH,
	CHANGE_EXPAND,
	CHANGE_BASE64,
	CHANGE_BASE64OFFSET,
	CHANGE_WIDE,
	CHANGE_UTF16LE,
	CHANGE_UTF16BE,
	CHANGE_UTF16,
	CHANGES
};

struct modifiers {
	enum form form;
	bool all, not, cased, exists;
	bool alone; /* there is one word and no more */
	unsigned flags;
	enum atom_op compare; /* ATOM_TIME: no order was asked for */
	enum atom_unit unit;
	enum change changes[MODIFIER_CHANGES + 1];
	size_t n;
};

/* Read "contains|all".  False: ERR_DATA says which word is unknown or does not fit. */
bool modifiers_read(struct modifiers *, struct str words, struct err *);

bool modifiers_has(const struct modifiers *, enum change);
const char *modifiers_name(enum change);

#endif
