#include "plan.h"
#include "sha256.h"
#include "when.h"
#include "wire.h"

#define ID_TEXT ((size_t)128) /* most bytes of an id or a name */

/* Members in canonical order, so that only the steps need sorting. */
static void
seal(const struct plan *p, const struct node *steps, char hash[PLAN_HASH])
{
	struct buf b = buf_make(SIZE_MAX);
	struct sha256 s;
	uint8_t sum[SHA256_SIZE];

	buf_add(&b, STR("{\"ir.incident.id\":"));
	buf_json(&b, p->incident);
	buf_fmt(&b, ",\"ir.incident.version\":%lld", (long long)p->version);
	if (p->by.p) {
		buf_add(&b, STR(",\"ir.plan.by\":"));
		buf_json(&b, p->by);
	}
	buf_add(&b, STR(",\"ir.plan.expires\":"));
	buf_json(&b, p->expires);
	buf_add(&b, STR(",\"ir.plan.id\":"));
	buf_json(&b, p->id);
	buf_add(&b, STR(",\"ir.plan.steps\":"));
	node_write(steps, true, &b);
	buf_ch(&b, '}');
	sha256_init(&s);
	sha256_add(&s, buf_str(&b));
	sha256_end(&s, sum);
	sha256_hex(sum, hash, PLAN_HASH - 1);
	buf_free(&b);
}

void
plan_hash(struct arena *m, const struct plan *p, struct str steps, char hash[PLAN_HASH])
{
	seal(p, node_json(m, steps), hash);
}

static bool
text(const struct node *record, const char *name, struct str *out, struct err *e)
{
	*out = node_text(node_path(record, str_of(name)));
	if (out->n > 0 && out->n <= ID_TEXT)
		return true;
	err_set(e, ERR_DATA, "plan without a usable '%s'", name);
	return false;
}

static void
read_approvals(struct arena *m, const struct node *list, struct plan *p)
{
	for (size_t i = 0; i < node_count(list) && p->n < PLAN_APPROVED; i++)
		p->n += approval_read(m, node_at(list, i), p->hash, &p->approved[p->n]);
}

bool
plan_read(struct arena *m, const struct node *record, struct plan *p, struct err *e)
{
	const struct node *version = node_path(record, STR("ir.incident.version"));
	const struct node *steps = node_path(record, STR("ir.plan.steps"));
	char hash[PLAN_HASH];

	*p = (struct plan){0};
	if (!text(record, "ir.plan.id", &p->id, e) ||
	    !text(record, "ir.incident.id", &p->incident, e) ||
	    !text(record, "ir.plan.hash", &p->hash, e) ||
	    !text(record, "ir.plan.expires", &p->expires, e))
		return false;
	p->by = node_text(node_path(record, STR("ir.plan.by")));
	if (p->by.p && !approval_name(p->by)) {
		err_set(e, ERR_DATA, "'ir.plan.by' is not the name of a person");
		return false;
	}
	if (!when_parse(p->expires, &p->expires_ns)) {
		err_set(e, ERR_DATA, "'ir.plan.expires' is no time in RFC 3339");
		return false;
	}
	if (version && !node_i64(version, &p->version)) {
		err_set(e, ERR_DATA, "'ir.incident.version' is no integer");
		return false;
	}
	if (!steps || steps->type != NODE_LIST || steps->n > PLAN_STEPS) {
		err_set(e, ERR_DATA, "'ir.plan.steps' is no list of at most %zu steps",
		    PLAN_STEPS);
		return false;
	}
	seal(p, steps, hash);
	p->sealed = str_eq(p->hash, str_of(hash));
	read_approvals(m, node_path(record, STR("ir.plan.approvals")), p);
	return true;
}

void
plan_pack(const struct plan *p, struct buf *b)
{
	wire_put_str(b, p->id);
	wire_put_str(b, p->incident);
	wire_put_str(b, p->by);
	wire_put_str(b, p->hash);
	wire_put_i64(b, p->version);
	wire_put_i64(b, p->expires_ns);
	wire_put_u8(b, p->sealed);
	wire_put_u8(b, (uint8_t)p->n);
	for (size_t i = 0; i < p->n; i++)
		approval_pack(&p->approved[i], b);
}

bool
plan_unpack(struct str *in, struct plan *p)
{
	uint8_t sealed, n;

	*p = (struct plan){0};
	if (!wire_str(in, ID_TEXT, &p->id) || !wire_str(in, ID_TEXT, &p->incident) ||
	    !wire_str(in, APPROVAL_NAME, &p->by) || !wire_str(in, ID_TEXT, &p->hash) ||
	    !wire_i64(in, &p->version) || !wire_i64(in, &p->expires_ns) ||
	    !wire_u8(in, &sealed) || sealed > 1 || !wire_u8(in, &n) || n > PLAN_APPROVED)
		return false;
	if (p->by.n == 0)
		p->by = STR_NONE;
	else if (!approval_name(p->by))
		return false;
	p->sealed = sealed;
	for (; p->n < n; p->n++)
		if (!approval_unpack(in, &p->approved[p->n]))
			return false;
	return true;
}
