#include "buf.h"
#include "jqkeys.h"

/* Can a word end a term, so that '[' behind it looks into it? */
static bool
ends_term(const struct jqlex *w)
{
	static const char *const keywords[] = {"as", "if", "then", "else", "elif", "and",
	    "or", "reduce", "foreach", "try", "catch", "label", "import", "include",
	    "def", "__loc__"};

	if (w->kind == JQLEX_OP)
		return w->op == JQLEX_REC || w->op == '.' || w->op == ')' ||
		       w->op == ']' || w->op == '}' || w->op == '?';
	for (size_t i = 0;
	     w->kind == JQLEX_WORD && i < sizeof(keywords) / sizeof(*keywords); i++)
		if (str_eq(w->text, str_of(keywords[i])))
			return false;
	return w->kind != JQLEX_IN && w->kind != JQLEX_PIECE && w->kind != JQLEX_QUOTE;
}

/* Every part of a dotted key, each with `before` and `after` around it. */
static void
parts(struct buf *out, struct str key, const char *before, const char *after)
{
	while (key.p) {
		buf_add(out, str_of(before));
		buf_json(out, str_cut(&key, '.'));
		buf_add(out, str_of(key.p ? after : *after == ']' ? "]" : ""));
	}
}

/* has("a.b"): is the field there, however deep? */
static void
has(struct buf *out, struct str key)
{
	size_t open = 0;

	for (buf_ch(out, '('); key.p; open++) {
		struct str part = str_cut(&key, '.');

		buf_add(out, STR("has("));
		buf_json(out, part);
		buf_ch(out, ')');
		if (!key.p)
			break;
		buf_add(out, STR(" and (."));
		buf_ch(out, '[');
		buf_json(out, part);
		buf_add(out, STR("] | type == \"object\" and "));
	}
	for (; open > 0; open--)
		buf_ch(out, ')');
	buf_ch(out, ')');
}

static bool
is_op(const struct jqlex *w, int op)
{
	return w->kind == JQLEX_OP && w->op == op;
}

/* Write the word `w[0]` anew if it is a dotted key; returns how many words that took. */
static size_t
open_key(struct buf *out, const struct jqlex *all, const struct jqlex *w)
{
	bool opt;

	if (w->kind == JQLEX_STR && str_chr(w->text, '.') != STR_NPOS && w > all &&
	    is_op(w - 1, '.')) {
		/* the '.' before it is written already */
		struct str key = w->text;

		opt = is_op(w + 1, '?');
		buf_json(out, str_cut(&key, '.'));
		buf_add(out, opt ? STR("?") : STR(""));
		parts(out, key, ".", opt ? "?" : "");
		return 1;
	}
	if (w->kind == JQLEX_STR && str_chr(w->text, '.') != STR_NPOS && w->key &&
	    (is_op(w + 1, ',') || is_op(w + 1, '}'))) {
		buf_json(out, w->text);
		buf_ch(out, ':');
		parts(out, w->text, ".", "");
		return 1;
	}
	if (is_op(w, '[') && w > all && ends_term(w - 1) && w[1].kind == JQLEX_STR &&
	    is_op(w + 2, ']') && str_chr(w[1].text, '.') != STR_NPOS) {
		opt = is_op(w + 3, '?');
		parts(out, w[1].text, "[", opt ? "]?" : "]");
		return 3;
	}
	if (w->kind == JQLEX_WORD && !w->key && str_eq(w->text, STR("has")) &&
	    is_op(w + 1, '(') && w[2].kind == JQLEX_STR && is_op(w + 3, ')') &&
	    str_chr(w[2].text, '.') != STR_NPOS) {
		has(out, w[2].text);
		return 4;
	}
	return 0;
}

struct str
jqkeys_opened(struct arena *a, struct str expr, const struct jqlex *all)
{
	struct buf out = buf_make((size_t)JQLEX_MAX * 32);
	const char *done = expr.p;
	struct str got;

	for (const struct jqlex *w = all; w->kind != JQLEX_END;) {
		size_t n;

		buf_add(&out, (struct str){done, (size_t)(w->src.p - done)});
		done = w->src.p;
		n = open_key(&out, all, w);
		w += n ? n : 1;
		if (n)
			done = w[-1].src.p + w[-1].src.n;
	}
	buf_add(&out, (struct str){done, (size_t)(expr.p + expr.n - done)});
	got = arena_copy(a, buf_str(&out));
	buf_free(&out);
	return got;
}
