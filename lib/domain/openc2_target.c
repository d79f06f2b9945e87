/* Each kind of target has its own shape in the language. */
#include "openc2_target.h"

static bool
no(struct openc2_no *c, int status, struct str text)
{
	*c = (struct openc2_no){status, text};
	return false;
}

static void
put(struct buf *b, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_add(b, b->n > 1 ? STR(",\"") : STR("\""));
	buf_add(b, str_of(name));
	buf_add(b, STR("\":"));
	buf_json(b, value);
}

/* A map of which only these members are there; `names` with a space between. */
static bool
only(struct arena *m, const struct node *map, const char *names, struct openc2_no *c)
{
	if (!map || map->type != NODE_MAP)
		return no(c, 400, STR("the target is no map"));
	for (size_t i = 0; i < map->n; i++) {
		struct str words = str_of(names), name = map->keys[i].text;
		bool known = false;

		while (words.p && !known)
			known = str_eq(str_cut(&words, ' '), name);
		if (!known)
			return no(c, 501,
			    CAT(m, STR("not looked at, so not done: "),
				str_sub(name, 0, 60)));
	}
	return true;
}

static bool
net_target(struct arena *m, const struct node *t, int v, const struct node *ext,
    struct buf *b, struct openc2_no *c)
{
	struct str rate = node_text(node_get(ext, STR("rate")));
	char text[IP_MAX];
	struct net net;

	(void)m;
	if (!t || t->type != NODE_TEXT || !net_parse(t->text, &net) || net.ip.v != v)
		return no(c, 400, STR("no network of that version in canonical form"));
	net_text(text, &net);
	put(b, net_one(&net) ? "ip" : "cidr", str_of(text));
	put(b, "rate", rate);
	return true;
}

static bool
file_target(struct arena *m, const struct node *t, const struct node *ext, struct buf *b,
    struct openc2_no *c)
{
	const struct node *hashes = node_get(t, STR("hashes"));
	struct str path = node_text(node_get(t, STR("path")));
	struct str name = node_text(node_get(t, STR("name")));

	if (!only(m, t, "name path hashes", c) ||
	    (hashes && !only(m, hashes, "sha256", c)))
		return false;
	if (!path.p)
		return no(c, 501, STR("a file is found by its path only"));
	if (name.p && !str_ends(path, CAT(m, STR("/"), name)))
		path = CAT(m, path, STR("/"), name);
	put(b, "path", path);
	put(b, "sha256", node_text(node_get(hashes, STR("sha256"))));
	put(b, "from", node_text(node_get(ext, STR("from"))));
	return true;
}

static bool
process_target(struct arena *m, const struct node *t, const struct node *ext,
    struct buf *b, struct openc2_no *c)
{
	const struct node *exe = node_get(t, STR("executable"));
	const struct node *hashes = node_get(exe, STR("hashes"));
	const struct node *pid = node_get(t, STR("pid"));

	if (!only(m, t, "pid executable", c) || (exe && !only(m, exe, "hashes", c)) ||
	    (hashes && !only(m, hashes, "sha256", c)))
		return false;
	if (!pid || pid->type != NODE_NUM)
		return no(c, 501, STR("a process is found by its pid only"));
	put(b, "pid", pid->text);
	put(b, "start", node_text(node_get(ext, STR("start"))));
	put(b, "exe_sha256", node_text(node_get(hashes, STR("sha256"))));
	return true;
}

bool
openc2_target(struct arena *m, const struct openc2_pair *p, const struct node *t,
    const struct node *ext, struct buf *b, struct openc2_no *c)
{
	if (openc2_pair_own(p)) {
		b->n = 0;
		node_write(t, false, b);
		return true;
	}
	if (p->v)
		return net_target(m, t, p->v, ext, b, c);
	if (str_eq(str_of(p->target), STR("file")))
		return file_target(m, t, ext, b, c);
	if (str_eq(str_of(p->target), STR("process")))
		return process_target(m, t, ext, b, c);
	if (str_eq(str_of(p->target), STR("device"))) {
		if (!only(m, t, "hostname", c))
			return false;
		put(b, "host", node_text(node_get(t, STR("hostname"))));
		return true;
	}
	put(b, "domain", node_text(t));
	return true;
}
