/* Reading commands. */
#include "openc2.h"
#include "json.h"
#include "openc2_pairs.h"
#include "openc2_target.h"
#include "wire.h"
#include "when.h"

#define TEXT     400                /* most bytes of a reason */
#define RULE_MAX (INT64_C(1) << 52) /* what a JSON number holds exactly */

bool
openc2_refuse(struct openc2 *c, int status, struct str text)
{
	/* nothing half read goes on */
	*c = (struct openc2){.reply = c->reply,
	    .message = c->message,
	    .request = c->request,
	    .from = c->from,
	    .status = status,
	    .text = action_cut(text, TEXT)};
	return false;
}

/* --- where it stands --- */

/* The command in a message: in `body`, under `openc2`, as a `request` in later versions. */
static const struct node *
in_message(const struct node *record)
{
	const struct node *o = node_get(node_get(record, STR("body")), STR("openc2"));
	const struct node *r = node_get(o, STR("request"));

	return r ? r : o;
}

static const struct node *
command_of(const struct node *record)
{
	const struct node *inner = in_message(record);

	return inner ? inner : record;
}

bool
openc2_is(const struct node *record)
{
	const struct node *c = command_of(record);

	if (node_get(record, STR("ir.kind")))
		return false;
	return in_message(record) || (c->type == NODE_MAP && node_get(c, STR("action")) &&
					 !node_get(c, STR("status")));
}

static struct str
name_of(const struct node *n)
{
	struct str s = node_text(n);

	return s.p ? action_cut(s, OPENC2_NAME) : STR("");
}

static void
read_head(const struct node *record, const struct node *command, struct openc2 *c)
{
	const struct node *head = node_get(record, STR("headers"));

	c->message = in_message(record) != NULL;
	c->request = name_of(node_get(head, STR("request_id")));
	c->from = name_of(node_get(head, STR("from")));
	if (c->request.n == 0)
		c->request = name_of(node_get(command, STR("command_id")));
}

/* --- arguments --- */

static bool
read_reply(const struct node *value, struct openc2 *c)
{
	static const char *const names[] = {"complete", "status", "ack", "none"};

	for (int i = 0; i < 4; i++)
		if (str_eq(node_text(value), str_of(names[i]))) {
			c->reply = (enum openc2_reply)i;
			return true;
		}
	return openc2_refuse(
	    c, 400, STR("response_requested is none, ack, status or complete"));
}

/* The profile's own: a packet that is dropped is dropped without a word, both ways. */
static bool
read_slpf(struct arena *m, const struct node *args, struct openc2 *c)
{
	for (size_t i = 0; args && i < args->n; i++) {
		struct str name = args->keys[i].text, v = node_text(&args->kids[i]);

		if (!(str_eq(name, STR("drop_process")) && str_eq(v, STR("none"))) &&
		    !(str_eq(name, STR("direction")) && str_eq(v, STR("both"))))
			return openc2_refuse(c, 501,
			    CAT(m, STR("slpf argument not done here: "),
				str_sub(name, 0, 60)));
	}
	return true;
}

static bool
read_moment(
    struct arena *m, struct str name, const struct node *v, int64_t *ms, struct openc2 *c)
{
	if (v->type == NODE_NUM && node_i64(v, ms) && *ms > 0)
		return true;
	return openc2_refuse(
	    c, 400, CAT(m, name, STR(" is a number of milliseconds above 0")));
}

static bool
read_arg(struct arena *m, struct str name, const struct node *v, struct openc2 *c)
{
	if (str_eq(name, STR("response_requested")))
		return true; /* read before all else */
	if (str_eq(name, STR("start_time")))
		return read_moment(m, name, v, &c->start_ms, c);
	if (str_eq(name, STR("stop_time")))
		return read_moment(m, name, v, &c->stop_ms, c);
	if (str_eq(name, STR("duration")))
		return read_moment(m, name, v, &c->duration_ms, c);
	if (str_eq(name, STR("slpf")))
		return read_slpf(m, v, c);
	if (str_eq(name, STR("x-ir")) && v->type == NODE_MAP)
		return true; /* read with the target */
	return openc2_refuse(
	    c, 501, CAT(m, STR("argument not known here: "), str_sub(name, 0, 60)));
}

static bool
read_args(struct arena *m, const struct node *args, struct openc2 *c)
{
	if (args && args->type != NODE_MAP)
		return openc2_refuse(c, 400, STR("args is no map"));
	for (size_t i = 0; args && i < args->n; i++)
		if (!read_arg(m, args->keys[i].text, &args->kids[i], c))
			return false;
	if (c->start_ms && c->stop_ms && c->duration_ms)
		return openc2_refuse(
		    c, 400, STR("of start_time, stop_time and duration at most two"));
	return true;
}

/* --- the actuator: which host is meant --- */

static bool
read_actuator(
    struct arena *m, const struct node *actuator, struct str *on, struct openc2 *c)
{
	const struct node *profile = actuator && actuator->n ? &actuator->kids[0] : NULL;
	struct str name;

	*on = STR("");
	if (!actuator)
		return true;
	if (actuator->type != NODE_MAP || actuator->n != 1 || profile->type != NODE_MAP)
		return openc2_refuse(c, 400, STR("actuator is a map with one profile"));
	name = actuator->keys[0].text;
	if (!str_eq(name, STR("slpf")) && !str_eq(name, STR("x-ir")))
		return openc2_refuse(
		    c, 404, CAT(m, STR("no actuator of profile "), str_sub(name, 0, 60)));
	for (size_t i = 0; i < profile->n; i++) {
		if (!str_eq(profile->keys[i].text, STR("hostname")))
			return openc2_refuse(c, 404,
			    CAT(m, STR("no actuator known by "),
				str_sub(profile->keys[i].text, 0, 60)));
		*on = target_member(m, TARGET_HOST, node_text(&profile->kids[i]));
		if (!on->p)
			return openc2_refuse(c, 400, STR("hostname is no host name"));
	}
	return true;
}

/* --- targets --- */

static bool
read_pair(struct arena *m, const struct openc2_pair *p, const struct node *t,
    const struct node *ext, struct str on, struct openc2 *c)
{
	struct buf b = buf_make(TARGET_MAX * 2);
	struct openc2_no why = {0};
	struct err e = {0};
	bool ok;

	buf_ch(&b, '{');
	ok = openc2_target(m, p, t, ext, &b, &why);
	if (!ok)
		openc2_refuse(c, why.status, why.text);
	if (ok && !openc2_pair_own(p))
		buf_ch(&b, '}');
	if (ok && b.full)
		ok = openc2_refuse(c, 400, STR("the target is too long"));
	else if (ok && !action_of(m, p->what, buf_str(&b), on, &c->a, &e))
		ok = openc2_refuse(c, 400, arena_copy(m, str_of(e.msg)));
	buf_free(&b);
	return ok;
}

/* --- targets that are not done to --- */

static bool
read_features(struct arena *m, const struct node *list, struct openc2 *c)
{
	static const char *const names[] = {
	    "versions", "profiles", "pairs", "rate_limit"};

	if (!list || list->type != NODE_LIST || list->n > 10)
		return openc2_refuse(
		    c, 400, STR("features is a list of at most 10 names"));
	c->sort = OPENC2_QUERY;
	for (size_t i = 0; i < list->n; i++) {
		struct str name = node_text(&list->kids[i]);
		unsigned bit = 0;

		for (int f = 0; f < 4; f++)
			bit |= str_eq(name, str_of(names[f])) ? 1U << f : 0;
		if (!bit || (c->features & bit))
			return openc2_refuse(c, 400,
			    CAT(m, STR("no feature, or twice: "), str_sub(name, 0, 60)));
		c->features |= bit;
	}
	return true;
}

static bool
is_id(struct str s)
{
	bool ok = s.n == ACTION_KEY - 1;

	for (size_t i = 0; i < s.n && ok; i++)
		ok = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
	return ok;
}

static bool
read_delete(const struct node *t, struct str name, struct openc2 *c)
{
	if (str_eq(name, STR("slpf:rule_number"))) {
		c->sort = OPENC2_RULE;
		return (node_i64(t, &c->rule) && c->rule > 0 && c->rule < RULE_MAX) ||
		       openc2_refuse(c, 400, STR("no rule number"));
	}
	c->sort = OPENC2_LIFT_ID;
	c->id = node_text(node_get(t, STR("id")));
	return is_id(c->id) || openc2_refuse(c, 400, STR("no id of an action"));
}

static bool
read_target(struct arena *m, const struct node *command, struct str on, struct openc2 *c)
{
	const struct node *target = node_get(command, STR("target"));
	struct str action = node_text(node_get(command, STR("action"))), name;
	const struct openc2_pair *p;
	const struct node *ext = node_get(node_get(command, STR("args")), STR("x-ir"));
	bool lift = false;

	if (!action.p || !target || target->type != NODE_MAP || target->n != 1)
		return openc2_refuse(
		    c, 400, STR("a command has an action and a target with one member"));
	name = target->keys[0].text;
	if (str_eq(action, STR("query")) && str_eq(name, STR("features")))
		return read_features(m, &target->kids[0], c);
	if (str_eq(action, STR("delete")) &&
	    (str_eq(name, STR("slpf:rule_number")) || str_eq(name, STR("x-ir:action"))))
		return read_delete(&target->kids[0], name, c);
	p = openc2_pair(action, name, &lift);
	if (!p)
		return openc2_refuse(c, 501,
		    CAT(m, STR("not done here: "), str_sub(action, 0, 60), STR(" "),
			str_sub(name, 0, 60)));
	c->sort = lift ? OPENC2_LIFT : OPENC2_DO;
	return read_pair(m, p, &target->kids[0], ext, on, c);
}

static bool
known_members(struct arena *m, const struct node *command, struct openc2 *c)
{
	static const char *const names[] = {
	    "action", "target", "args", "actuator", "profile", "command_id"};

	for (size_t i = 0; i < command->n; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof(names) / sizeof(*names) && !known; k++)
			known = str_eq(command->keys[i].text, str_of(names[k]));
		if (!known)
			return openc2_refuse(c, 400,
			    CAT(m, STR("no member of a command: "),
				str_sub(command->keys[i].text, 0, 60)));
	}
	return true;
}

void
openc2_read(struct arena *m, const struct node *record, struct openc2 *c)
{
	const struct node *command = command_of(record), *args, *asked;
	struct str on;

	*c = (struct openc2){.request = STR(""), .from = STR(""), .text = STR("")};
	read_head(record, command, c);
	args = node_get(command, STR("args"));
	asked = node_get(args, STR("response_requested"));
	if (command->type != NODE_MAP)
		openc2_refuse(c, 400, STR("a command is a map"));
	else if ((!asked || read_reply(asked, c)) && known_members(m, command, c) &&
		 read_args(m, args, c) &&
		 read_actuator(m, node_get(command, STR("actuator")), &on, c))
		read_target(m, command, on, c);
}

bool
openc2_terms(struct openc2 *c, int64_t now_ns)
{
	int64_t now_ms = now_ns / WHEN_MS, ms = c->duration_ms;

	if (c->start_ms > now_ms)
		return openc2_refuse(
		    c, 501, STR("start_time is to come: nothing is put off here"));
	if (c->stop_ms && c->duration_ms && c->stop_ms - c->duration_ms > now_ms)
		return openc2_refuse(
		    c, 501, STR("it would begin later: nothing is put off here"));
	if (c->start_ms && c->duration_ms)
		ms = c->duration_ms - (now_ms - c->start_ms);
	if (c->stop_ms)
		ms = c->stop_ms - now_ms;
	if ((c->stop_ms || c->duration_ms) && ms <= 0)
		return openc2_refuse(c, 400, STR("its time is over"));
	if (ms > ACTION_TTL_MAX * 1000)
		return openc2_refuse(c, 501, STR("nothing lasts longer than 30 days"));
	c->a.ttl_s = (ms + 999) / 1000;
	return true;
}

/* --- over the wire --- */

void
openc2_pack(const struct openc2 *c, struct buf *b)
{
	wire_put_u8(b, (uint8_t)c->sort);
	wire_put_u8(b, (uint8_t)c->reply);
	wire_put_u8(b, c->message);
	wire_put_u8(b, (uint8_t)c->features);
	wire_put_str(b, c->request);
	wire_put_str(b, c->from);
	wire_put_i64(b, c->start_ms);
	wire_put_i64(b, c->stop_ms);
	wire_put_i64(b, c->duration_ms);
	wire_put_i64(b, c->rule);
	wire_put_i64(b, c->status);
	wire_put_str(b, c->text);
	wire_put_str(b, c->id);
	if (c->sort == OPENC2_DO || c->sort == OPENC2_LIFT)
		action_pack(&c->a, b);
}

static bool
unpack_terms(struct str *in, struct openc2 *c)
{
	int64_t status;

	if (!wire_i64(in, &c->start_ms) || !wire_i64(in, &c->stop_ms) ||
	    !wire_i64(in, &c->duration_ms) || !wire_i64(in, &c->rule) ||
	    !wire_i64(in, &status))
		return false;
	c->status = (int)status;
	return c->start_ms >= 0 && c->stop_ms >= 0 && c->duration_ms >= 0 &&
	       c->rule >= 0 && c->rule < RULE_MAX && status >= 0 && status < 600;
}

bool
openc2_unpack(struct arena *m, struct str *in, struct openc2 *c)
{
	uint8_t sort, reply, message, features;

	*c = (struct openc2){0};
	if (!wire_u8(in, &sort) || !wire_u8(in, &reply) || !wire_u8(in, &message) ||
	    !wire_u8(in, &features) || sort >= OPENC2_SORTS || reply > OPENC2_SILENT ||
	    message > 1 || features > 15)
		return false;
	c->sort = (enum openc2_sort)sort;
	c->reply = (enum openc2_reply)reply;
	c->message = message;
	c->features = features;
	if (!wire_str(in, OPENC2_NAME, &c->request) ||
	    !wire_str(in, OPENC2_NAME, &c->from) || !unpack_terms(in, c) ||
	    !wire_str(in, TEXT, &c->text) || !wire_str(in, ACTION_KEY - 1, &c->id))
		return false;
	if (sort == OPENC2_LIFT_ID && !is_id(c->id))
		return false;
	return (sort != OPENC2_DO && sort != OPENC2_LIFT) || action_unpack(m, in, &c->a);
}
