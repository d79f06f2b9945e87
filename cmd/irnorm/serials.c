/* Records of one audit event come one after the other: the later ones know what the earlier said. */
#include "audit.h"
#include "lru.h"
#include "mem.h"

#define SERIALS 128  /* events of one input that are remembered */
#define LONGEST 4096 /* longer values are not */

static const char *const names[] = {"process.pid", "process.parent.pid", "process.name",
    "process.executable", "process.args", "process.command_line",
    "process.working_directory", "user.id", "user.name", "user.audit.id",
    "user.audit.name", "user.effective.id", "user.effective.name", "auditd.log.ses",
    "auditd.log.tty", "auditd.log.key", "auditd.log.syscall", "auditd.log.success",
    "host.architecture"};
#define NAMES (sizeof(names) / sizeof(*names))

struct said {
	struct str v[NAMES];
	bool raw[NAMES];
};

struct serials {
	struct lru *table; /* of struct said */
	int field[NAMES];
};

static void
forget(void *ctx, struct str key, void *value)
{
	struct said *said = value;

	(void)ctx;
	(void)key;
	for (size_t i = 0; i < NAMES; i++)
		mem_free((char *)said->v[i].p);
}

static struct serials *
serials_new(const struct norm *n)
{
	struct serials *s = mem_new(1, sizeof(*s));

	s->table = lru_new(SERIALS, sizeof(struct said), forget, NULL);
	for (size_t i = 0; i < NAMES; i++)
		s->field[i] = fields_find(n->fields, str_of(names[i]));
	return s;
}

void
serials_free(struct serials *s)
{
	if (!s)
		return;
	lru_free(s->table);
	mem_free(s);
}

static void
keep(struct said *said, size_t i, const struct cell *c)
{
	char *p = mem_new(c->v.n, 1);

	mem_free((char *)said->v[i].p);
	memcpy(p, c->v.p, c->v.n);
	said->v[i] = (struct str){p, c->v.n};
	said->raw[i] = c->raw;
}

static void
recall(struct norm *n, const struct said *said, size_t i, int field)
{
	struct str v = arena_copy(n->ev.a, said->v[i]);

	if (said->raw[i])
		event_raw(&n->ev, field, v, FROM_DECODER);
	else
		event_text(&n->ev, field, v, FROM_DECODER);
}

void
serials_carry(struct norm *n, struct str serial)
{
	struct serials **s = &n->origin->serials;
	struct str host = event_value(&n->ev, F_HOST_NAME);
	struct said *said;

	if (serial.n > 64 || host.n > 255)
		return;
	if (!*s)
		*s = serials_new(n);
	said = lru_put((*s)->table, CAT(n->ev.a, serial, STR(" "), host), NULL);
	for (size_t i = 0; i < NAMES; i++) {
		int field = (*s)->field[i];
		const struct cell *c = field >= 0 ? event_cell(&n->ev, field) : NULL;

		if (c && c->v.n <= LONGEST)
			keep(said, i, c);
		else if (!c && field >= 0 && said->v[i].p)
			recall(n, said, i, field);
	}
}
