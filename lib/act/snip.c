#include "snip.h"

static bool
has(struct str text, struct str line)
{
	while (text.n)
		if (str_eq(str_cut(&text, '\n'), line))
			return true;
	return false;
}

/* The snip of this file with that line; `back`: which it stands in the place of. */
static const struct snip *
find(const struct snips *s, struct str path, struct str line, bool back)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].path, path) &&
		    str_eq(back ? s->v[i].now : s->v[i].text, line))
			return &s->v[i];
	return NULL;
}

static void
add(struct buf *out, struct str line, bool last)
{
	buf_add(out, line);
	if (!last)
		buf_ch(out, '\n');
}

static void
cut(struct buf *out, const struct snips *s, struct str path, struct str text)
{
	const struct snip *hit;
	struct str line;

	while (text.n) {
		line = str_cut(&text, '\n');
		hit = find(s, path, line, false);
		if (!hit || hit->now.p)
			add(out, hit ? hit->now : line, !text.p);
	}
}

/* Those that left nothing behind go before the line whose number they had. */
static void
paste(struct buf *out, const struct snips *s, struct str path, struct str text)
{
	const struct snip *hit;
	struct str rest = text, line;
	size_t at = 0;

	for (int64_t nth = 0; rest.n || at < s->n; nth++) {
		while (at < s->n && (!str_eq(s->v[at].path, path) || s->v[at].now.p ||
					has(text, s->v[at].text)))
			at++;
		if (at < s->n && (s->v[at].nth <= nth || rest.n == 0)) {
			if (out->n && out->p[out->n - 1] != '\n')
				buf_ch(out, '\n');
			add(out, s->v[at].text, s->v[at].bare && rest.n == 0);
			at++;
			continue;
		}
		if (rest.n == 0)
			break;
		line = str_cut(&rest, '\n');
		hit = find(s, path, line, true);
		add(out, hit ? hit->text : line, !rest.p);
	}
}

/* What was changed by somebody else meanwhile cannot be put back. */
static bool
all_back(const struct snips *s, struct str path, struct str text, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].path, path) && !has(text, s->v[i].text)) {
			err_set(e, ERR_DATA,
			    "'" STR_FMT "' was changed since: '" STR_FMT
			    "' is not there any more",
			    STR_ARG(path), STR_ARG(str_sub(s->v[i].now, 0, 200)));
			return false;
		}
	return true;
}

static bool
change(const struct rootfs *r, struct arena *a, const struct snips *s, bool back,
    struct err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		struct str path = s->v[i].path, text;
		struct buf out;
		bool ok;

		if (i > 0 && str_eq(path, s->v[i - 1].path))
			continue;
		text = rootfs_read(r, a, path.p, SNIP_BYTES, NULL, e);
		if (e->kind)
			return false;
		out = buf_make(2 * SNIP_BYTES);
		(back ? paste : cut)(&out, s, path, text.p ? text : STR(""));
		ok = (!back || all_back(s, path, buf_str(&out), e)) &&
		     (str_eq(buf_str(&out), text) ||
			 rootfs_replace(r, path.p, buf_str(&out), 0600, NULL, e));
		buf_free(&out);
		if (!ok)
			return false;
	}
	return true;
}

bool
snips_take(const struct rootfs *r, struct arena *a, const struct snips *s, struct err *e)
{
	return change(r, a, s, false, e);
}

bool
snips_give(const struct rootfs *r, struct arena *a, const struct snips *s, struct err *e)
{
	return change(r, a, s, true, e);
}

int
snips_out(const struct rootfs *r, struct arena *a, const struct snips *s)
{
	struct err e = {0};

	for (size_t i = 0; i < s->n; i++) {
		struct str text = rootfs_read(r, a, s->v[i].path.p, SNIP_BYTES, NULL, &e);

		if (e.kind)
			return -1;
		if (has(text, s->v[i].text))
			return 0;
	}
	return 1;
}

void
snips_write(const struct snips *s, struct buf *b)
{
	buf_ch(b, '[');
	for (size_t i = 0; i < s->n; i++) {
		buf_add(b, i ? STR(",{\"path\":") : STR("{\"path\":"));
		buf_json(b, s->v[i].path);
		buf_fmt(b, ",\"nth\":%lld,\"text\":", (long long)s->v[i].nth);
		buf_json(b, s->v[i].text);
		if (s->v[i].bare)
			buf_add(b, STR(",\"bare\":true"));
		if (s->v[i].now.p) {
			buf_add(b, STR(",\"now\":"));
			buf_json(b, s->v[i].now);
		}
		buf_ch(b, '}');
	}
	buf_ch(b, ']');
}

bool
snips_read(struct arena *a, const struct node *list, struct snips *s)
{
	s->n = 0;
	for (size_t i = 0; i < node_count(list) && i < SNIPS_MAX; i++) {
		const struct node *at = node_at(list, i);
		struct snip *one = &s->v[s->n];

		one->path = arena_copy(a, node_text(node_get(at, STR("path"))));
		one->text = node_text(node_get(at, STR("text")));
		one->now = node_text(node_get(at, STR("now")));
		one->bare = node_true(node_get(at, STR("bare")));
		if (!rootfs_path(one->path) || !one->text.p ||
		    !node_i64(node_get(at, STR("nth")), &one->nth))
			return false;
		s->n++;
	}
	return s->n > 0;
}
