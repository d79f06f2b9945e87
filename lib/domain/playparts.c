/* Agents, targets and commands: see playlint.h. */
#include "base64.h"
#include "ip.h"
#include "playlint.h"

struct lint {
	const struct playbook *p;
	struct playbook_ear *ear;
};

/* --- agents and targets --- */

static bool
is_mail(struct str m)
{
	size_t at = str_rchr(m, '@');
	bool ok = at != STR_NPOS && at > 0 && at + 1 < m.n && m.n < 255;

	for (size_t k = 0; k < m.n; k++)
		ok &= (unsigned char)m.p[k] > ' ' && !strchr("`;,<>()[]\\\"", m.p[k]);
	return ok;
}

static void
contact(struct lint *l, const struct node *def)
{
	const struct node *mails = node_path(def, STR("contact.email"));

	for (size_t i = 0; mails && mails->type == NODE_MAP && i < mails->n; i++) {
		struct str m = node_text(&mails->kids[i]);

		if (!is_mail(m))
			playbook_say(l->ear, true, "schema", &mails->kids[i],
			    "'" STR_FMT "' is no mail address", STR_ARG(playlint_cut(m)));
	}
}

static const char *const kinds[] = {"group", "individual", "location", "organization",
    "sector", "http-api", "linux", "net-address", "security-category", "ssh"};

static bool
kind_known(struct str type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_eq(type, str_of(kinds[i])))
			return true;
	return false;
}

static void
kind(struct lint *l, const struct node *def, struct str id)
{
	struct str type = node_text(node_get(def, STR("type")));
	bool named = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		named |= str_starts(id, CAT(l->ear->arena, str_of(kinds[i]), STR("--")));
	if (!playbook_id(id))
		playbook_say(l->ear, true, "schema", def,
		    "'" STR_FMT "' is not the id of an agent or target (TYPE--UUID)",
		    STR_ARG(playlint_cut(id)));
	if (!type.p || (named && !str_starts(id, CAT(l->ear->arena, type, STR("--")))))
		playbook_say(l->ear, true, "schema", def,
		    "'" STR_FMT "' is of type '" STR_FMT "'; its id says otherwise",
		    STR_ARG(playlint_cut(id)), STR_ARG(playlint_cut(type)));
	else if (!kind_known(type))
		playbook_say(l->ear, false, "schema", def,
		    "'" STR_FMT "' is of type '" STR_FMT "', which CACAO does not have",
		    STR_ARG(playlint_cut(id)), STR_ARG(playlint_cut(type)));
}

static bool
address_ok(struct str how, struct str s)
{
	struct str name;
	struct net net;
	size_t at = 0;
	bool valued;

	if (s.n == 0 || playbook_names(s, &at, &name, &valued))
		return true;
	if (str_eq(how, STR("ipv4")) || str_eq(how, STR("ipv6")))
		return net_parse(s, &net) && net.ip.v == (how.p[3] == '4' ? 4 : 6);
	return true;
}

static void
address(struct lint *l, const struct node *def, struct str id)
{
	static const char *const need[] = {"http-api", "linux", "net-address", "ssh"};
	const struct node *all = node_get(def, STR("address"));
	struct str type = node_text(node_get(def, STR("type")));

	for (size_t i = 0; !all && i < sizeof(need) / sizeof(*need); i++)
		if (str_eq(type, str_of(need[i])))
			playbook_say(l->ear, false, "schema", def,
			    "'" STR_FMT "' has no address", STR_ARG(playlint_cut(id)));
	for (size_t i = 0; all && all->type == NODE_MAP && i < all->n; i++)
		for (size_t k = 0; k < node_count(&all->kids[i]); k++) {
			struct str s = node_text(node_at(&all->kids[i], k));

			if (!address_ok(all->keys[i].text, s))
				playbook_say(l->ear, true, "schema", &all->kids[i],
				    "'" STR_FMT "': '" STR_FMT "' is no " STR_FMT
				    " address",
				    STR_ARG(playlint_cut(id)), STR_ARG(playlint_cut(s)),
				    STR_ARG(playlint_cut(all->keys[i].text)));
		}
}

static void
definitions(struct lint *l, const char *list)
{
	const struct node *defs = node_get(l->p->root, str_of(list));

	if (defs && defs->type != NODE_MAP)
		playbook_say(
		    l->ear, true, "schema", defs, "'%s' is not an object of ids", list);
	for (size_t i = 0; defs && defs->type == NODE_MAP && i < defs->n; i++) {
		const struct node *def = &defs->kids[i];
		struct str id = defs->keys[i].text;

		if (!node_text(node_get(def, STR("name"))).p)
			playbook_say(l->ear, false, "schema", def,
			    "'" STR_FMT "' has no name", STR_ARG(playlint_cut(id)));
		kind(l, def, id);
		address(l, def, id);
		contact(l, def);
	}
}

static void
refers(struct lint *l, const struct playbook_step *s, const struct node *id)
{
	struct str name = node_text(id);

	if (id && !node_get(node_get(l->p->root, STR("agent_definitions")), name) &&
	    !node_get(node_get(l->p->root, STR("target_definitions")), name))
		playbook_say(l->ear, true, "reference", id,
		    "step '" STR_FMT "' names '" STR_FMT
		    "', which is not defined; add it to agent_definitions or "
		    "target_definitions",
		    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(name)));
}

/* --- commands --- */

static void
command_says(struct lint *l, const struct playbook_step *s, const struct node *c,
    bool error, const char *what)
{
	playbook_say(l->ear, error, "schema", c, "step '" STR_FMT "': %s",
	    STR_ARG(playlint_cut(s->id)), what);
}

/* "METHOD path": the first line of a request, or a URL. */
static bool
is_request(struct str s)
{
	struct str rest = s, word = str_cut(&rest, ' ');

	if (str_starts(s, STR("http://")) || str_starts(s, STR("https://")))
		return true;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return word.n > 2 && str_trim(rest).n > 0;
}

static void
encoded(struct lint *l, const struct playbook_step *s, const struct node *c)
{
	static const char *const members[] = {"command", "content"};

	for (size_t i = 0; i < 2; i++) {
		const struct node *plain = node_get(c, str_of(members[i]));
		const struct node *b64 = node_get(
		    c, CAT(l->ear->arena, str_of(members[i]), STR("_b64")));
		bool text = b64 && b64->type == NODE_TEXT;

		if (plain && plain->type != NODE_TEXT)
			command_says(l, s, plain, true, "a command that is not a text");
		if (b64 && (!text || !base64_bytes(l->ear->arena, b64->text).p))
			command_says(l, s, b64, true,
			    "what should be base64 is not; encode it, or say "
			    "'command'");
		if (b64 && plain)
			command_says(l, s, c, true,
			    "a command stands plain and in base64; leave one out");
	}
}

static void
one_command(struct lint *l, const struct playbook_step *s, const struct node *c)
{
	static const char *const known[] = {"manual", "bash", "caldera-cmd", "elastic",
	    "http-api", "jupyter", "kestrel", "openc2-http", "powershell", "sigma", "ssh",
	    "yara", "ir-action"};
	struct str type = node_text(node_get(c, STR("type")));
	struct str text = node_text(node_get(c, STR("command")));
	bool ok = !type.p;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		ok |= str_eq(type, str_of(known[i]));
	if (!ok)
		playbook_say(l->ear, false, "schema", c,
		    "step '" STR_FMT "': a command of type '" STR_FMT
		    "', which CACAO does not have, is for a person",
		    STR_ARG(playlint_cut(s->id)), STR_ARG(playlint_cut(type)));
	if (text.n &&
	    (str_eq(type, STR("http-api")) || str_eq(type, STR("openc2-http"))) &&
	    !is_request(text))
		command_says(l, s, c, false,
		    "the command does not begin with a method and a path "
		    "('GET /path HTTP/1.1')");
	encoded(l, s, c);
}

void
playlint_parts(const struct playbook *p, struct playbook_ear *ear)
{
	struct lint l = {p, ear};

	definitions(&l, "agent_definitions");
	definitions(&l, "target_definitions");
	for (size_t i = 0; i < p->n; i++) {
		const struct playbook_step *s = &p->step[i];
		const struct node *targets = node_get(s->node, STR("targets"));
		const struct node *list = node_get(s->node, STR("commands"));

		refers(&l, s, node_get(s->node, STR("agent")));
		for (size_t k = 0; k < node_count(targets); k++)
			refers(&l, s, node_at(targets, k));
		if (s->type != PLAYBOOK_ACTION)
			continue;
		if (!node_get(s->node, STR("agent")))
			playbook_say(ear, false, "schema", s->node,
			    "step '" STR_FMT "' has no agent: nobody is named to do it",
			    STR_ARG(playlint_cut(s->id)));
		for (size_t k = 0; k < node_count(list); k++)
			one_command(&l, s, node_at(list, k));
	}
}
