#include <stdio.h>

#include "json.h"
#include "target.h"
#include "wire.h"

static const char *const names[TARGET_MEMBERS] = {
    [TARGET_ACTION] = "action",
    [TARGET_ARGS] = "args",
    [TARGET_CIDR] = "cidr",
    [TARGET_DOMAIN] = "domain",
    [TARGET_EXE_SHA256] = "exe_sha256",
    [TARGET_FINGERPRINT] = "fingerprint",
    [TARGET_FROM] = "from",
    [TARGET_HOST] = "host",
    [TARGET_IP] = "ip",
    [TARGET_KIND] = "kind",
    [TARGET_NAME] = "name",
    [TARGET_PACKAGE] = "package",
    [TARGET_PATH] = "path",
    [TARGET_PID] = "pid",
    [TARGET_RATE] = "rate",
    [TARGET_SHA256] = "sha256",
    [TARGET_START] = "start",
    [TARGET_TO] = "to",
    [TARGET_UNIT] = "unit",
    [TARGET_USER] = "user",
    [TARGET_VERSION] = "version",
    [TARGET_WHAT] = "what",
};

static int
member_of(struct str name)
{
	for (int i = 0; i < TARGET_MEMBERS; i++)
		if (str_eq(name, str_of(names[i])))
			return i;
	return -1;
}

struct str
target_member(struct arena *m, enum target_member which, struct str text)
{
	struct target t = {0};

	return target_type(m, which, text, &t) ? t.text[which] : STR_NONE;
}

/* --- does it have the members of its form? --- */

static bool
has(const struct target *t, struct str name)
{
	int m = member_of(name);

	return m >= 0 && t->text[m].p;
}

/* Returns the word of the form that is not satisfied, or absent. */
static struct str
missing(const struct target *t, const char *form)
{
	struct str words = str_of(form);

	while (words.p) {
		struct str word = str_cut(&words, ' '), rest = word;
		size_t found = 0;

		if (str_ends(word, STR("?")))
			continue;
		while (rest.p)
			found += has(t, str_cut(&rest, '|'));
		if (found != 1)
			return word;
	}
	return STR_NONE;
}

static bool
in_form(const char *form, int member)
{
	struct str words = str_of(form);

	while (words.p) {
		struct str word = str_cut(&words, ' ');

		while (word.p) {
			struct str one = str_cut(&word, '|');

			if (str_ends(one, STR("?")))
				one.n--;
			if (member >= 0 && str_eq(one, str_of(names[member])))
				return true;
		}
	}
	return false;
}

/* --- reading --- */

static bool
read_member(struct arena *m, const char *form, struct str name, const struct node *value,
    struct target *t, struct err *e)
{
	int which = member_of(name);
	struct str text = node_text(value);
	char shown[64];

	snprintf(shown, sizeof(shown), STR_FMT, STR_ARG(str_sub(name, 0, 60)));
	if (!in_form(form, which)) {
		err_set(e, ERR_DATA, "the target has no use for '%s'", shown);
		return false;
	}
	if (which == TARGET_ARGS) {
		if (target_type_args(m, value, &t->text[which]))
			return true;
	} else if (text.p && value->type != NODE_BOOL &&
		   target_type(m, (enum target_member)which, text, t)) {
		return true;
	}
	err_set(e, ERR_DATA, "'" STR_FMT "' is no %s",
	    STR_ARG(str_sub(text.p ? text : STR(""), 0, 80)),
	    target_type_name((enum target_member)which));
	return false;
}

bool
target_read(struct arena *m, const char *form, const struct node *map, struct target *t,
    struct err *e)
{
	struct str gap;

	*t = (struct target){0};
	if (!map || map->type != NODE_MAP || map->n == 0) {
		err_set(e, ERR_DATA, "there is no target");
		return false;
	}
	for (size_t i = 0; i < map->n; i++)
		if (!read_member(m, form, map->keys[i].text, &map->kids[i], t, e))
			return false;
	gap = missing(t, form);
	if (gap.p) {
		err_set(e, ERR_DATA, "the target needs one '" STR_FMT "'", STR_ARG(gap));
		return false;
	}
	if (target_json(m, t).n > TARGET_MAX) {
		err_set(e, ERR_DATA, "the target is too long");
		return false;
	}
	return true;
}

/* --- printing --- */

struct str
target_json(struct arena *m, const struct target *t)
{
	struct buf b = buf_make(2 * TARGET_MAX);
	struct str s;

	for (int i = 0; i < TARGET_MEMBERS; i++) {
		struct node text = {.type = NODE_TEXT, .text = t->text[i]};

		if (!t->text[i].p)
			continue;
		buf_fmt(&b, "%s\"%s\":", b.n ? "," : "{", names[i]);
		if (i == TARGET_PID || i == TARGET_ARGS)
			buf_add(&b, t->text[i]);
		else
			node_write(&text, true, &b);
	}
	buf_ch(&b, '}');
	s = arena_copy(m, buf_str(&b));
	buf_free(&b);
	return s;
}

/* --- over the wire --- */

void
target_pack(const struct target *t, struct buf *b)
{
	uint8_t n = 0;

	for (int i = 0; i < TARGET_MEMBERS; i++)
		n += t->text[i].p != NULL;
	wire_put_u8(b, n);
	for (int i = 0; i < TARGET_MEMBERS; i++)
		if (t->text[i].p) {
			wire_put_u8(b, (uint8_t)i);
			wire_put_str(b, t->text[i]);
		}
}

static bool
unpack_args(struct arena *m, struct str text, struct target *t)
{
	struct str pad = {(const char[JSON_PAD]){0}, JSON_PAD}, json = CAT(m, text, pad);

	json.n = text.n;
	return json_valid(json, NULL) &&
	       target_type_args(m, node_json(m, json), &t->text[TARGET_ARGS]);
}

bool
target_unpack(struct arena *m, const char *form, struct str *in, struct target *t)
{
	uint8_t n, which;
	int last = -1;
	struct str text;

	*t = (struct target){0};
	if (!wire_u8(in, &n))
		return false;
	for (; n > 0; n--) {
		if (!wire_u8(in, &which) || which <= last || which >= TARGET_MEMBERS ||
		    !in_form(form, which) || !wire_str(in, TARGET_MAX, &text))
			return false;
		if (which == TARGET_ARGS ? !unpack_args(m, text, t)
					 : !target_type(m, which, text, t))
			return false;
		if (!str_eq(text, t->text[which]))
			return false;
		last = which;
	}
	return !missing(t, form).p && target_json(m, t).n <= TARGET_MAX;
}
