#include "book.h"

#include "compile.h"
#include "file.h"
#include "json.h"
#include "yaml.h"

static const struct node *
tree_of(struct str text, const char *path, struct playbook_ear *ear)
{
	struct yaml_docs docs = {0};
	struct json_fault fault;
	struct str t = str_trim(text);
	bool json = t.n && (t.p[0] == '{' || t.p[0] == '[');
	struct err e = {0};
	char pad[JSON_PAD];

	if (json) {
		memset(pad, ' ', sizeof(pad));
		t.p = CAT(ear->arena, t, (struct str){pad, sizeof(pad)}).p;
	}
	if (json && !json_valid(t, &fault)) {
		playbook_say(ear, true, "syntax", NULL, "no JSON: byte %zu: %s",
		    fault.at + 1, json_why_text(fault.why));
		return NULL;
	}
	/* by the reader of YAML, which knows the lines */
	if (yaml_parse(ear->arena, text, path, &docs, &e) && docs.n == 1)
		return docs.v[0];
	if (json)
		return node_json(ear->arena, t);
	playbook_say(ear, true, "syntax", NULL, "%s",
	    e.msg[0] ? e.msg : "there is not one document in it");
	return NULL;
}

bool
book_load(
    const char *path, struct playbook *p, struct str *json, struct playbook_ear *ear)
{
	struct err e = {0};
	struct str text = file_read(ear->arena, path, PLAYBOOK_MAX, &e);

	*json = STR_NONE;
	if (text.p)
		return book_read(text, path, p, json, ear);
	playbook_say(ear, true, "file", NULL, "%s", e.msg);
	return false;
}

bool
book_read(struct str text, const char *path, struct playbook *p, struct str *json,
    struct playbook_ear *ear)
{
	struct err e = {0};
	const struct node *root;

	*json = STR_NONE;
	root = tree_of(text, path, ear);
	if (!root)
		return false;
	if (compile_wanted(root)) {
		*json = compile(ear->arena, root, path, &e);
		if (!json->p) {
			playbook_say(ear, true, "schema", NULL, "%s", e.msg);
			return false;
		}
		root = node_json(ear->arena, *json);
	} else {
		struct buf b = buf_make(PLAYBOOK_MAX * 2);

		node_write(root, false, &b);
		*json = arena_copy(ear->arena, buf_str(&b));
		buf_free(&b);
	}
	return playbook_read(root, p, ear);
}
