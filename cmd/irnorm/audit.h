/*
 * audit - the records of the Linux audit system.
 *
 * "type=SYSCALL msg=audit(1700000000.123:42): key=value ..." becomes fields by
 * the map of a format.  What the kernel could not trust it writes as hexadecimal
 * digits without quotes; those are decoded, and nothing inside them can pose as
 * another pair.  Of equal keys the first holds.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "norm.h"

/*
 * Take a record from behind its "type=", or several of one serial, a line each: then
 * the first to say something holds.  `under` is the prefix of keys that the format does not map.  In a
 * record about an account a key is first looked up as "account.KEY" (in one about
 * group accounts as "group.KEY", in one that changes users as "target.KEY").
 */
void norm_audit(struct norm *, const struct format *, struct str under, struct str text);

/* Is it hexadecimal digits as the kernel writes them?  Their bytes. */
bool audit_is_hex(struct str);
struct str audit_unhex(struct arena *, struct str);

/*
 * What the bytes of a struct sockaddr say; texts are constants or in the arena, those
 * that its family does not have are absent.  False: too short, too long or no hexadecimal.
 */
struct audit_socket {
	struct str family, path, ip, port;
};
bool audit_socket(struct arena *, struct str hex, struct audit_socket *);

/* The words of a command line stand between NULs; keystrokes show control characters. */
struct str audit_readable(struct arena *, struct str key, struct str bytes);

/* The name of a record type by its number: 1300 is SYSCALL; absent if unknown. */
struct str audit_name(struct str number);

/* And back; 0 if unknown. */
unsigned audit_number(struct str name);

/* Whom the keys of a record of this type are about: "account.", or empty. */
struct str audit_role(struct str type);

/* Is it one of the list (NULL at the end)? */
bool audit_one_of(struct str, const char *const *list);

/* The name of a system call of an architecture (0xc000003e: x86-64); absent if unknown. */
struct str audit_call(uint32_t arch, uint64_t number);

/* --- what the records of one event say together --- */

/* A table of the last events of an input; bounded. */
void serials_free(struct serials *);

/* Give the event what earlier records of the same serial said, and remember what it says. */
void serials_carry(struct norm *, struct str serial);

#endif
