#include "cmdline.h"

#include "base64.h"
#include "sha256.h"

#define WORDS     256
#define LINE_MAX_ ((size_t)8192)

struct words {
	struct str v[WORDS];
	size_t n;
};

static bool
parts(char c)
{
	return c <= ' ' || strchr("'\"`;|&()<", c);
}

/* Words as a shell within the shell would see them; ">" and ">>" are one ">". */
static void
split(struct str s, struct words *w)
{
	size_t at = 0;

	while (at < s.n && w->n < WORDS) {
		size_t from = at;

		if (s.p[at] == '>') {
			while (at < s.n && s.p[at] == '>')
				at++;
			w->v[w->n++] = STR(">");
			continue;
		}
		while (at < s.n && s.p[at] != '>' && !parts(s.p[at]))
			at++;
		if (at > from)
			w->v[w->n++] = str_sub(s, from, at - from);
		else
			at++;
	}
}

static struct str
last_part(struct str path)
{
	size_t i = str_rchr(path, '/');

	return i == STR_NPOS ? path : str_from(path, i + 1);
}

static bool
is_one_of(struct str s, const char *words)
{
	struct str all = str_of(words);

	while (all.p)
		if (str_eq(str_cut(&all, ' '), s))
			return true;
	return false;
}

/* The last absolute path among the words behind `at`, up to the next command. */
static struct str
last_path(const struct words *w, size_t at)
{
	struct str path = STR_NONE;

	for (; at < w->n && !str_eq(w->v[at], STR(">")); at++)
		if (w->v[at].p[0] == '/')
			path = w->v[at];
	return path;
}

static struct str
fingerprint(struct arena *a, struct str blob)
{
	struct str bytes = blob.n <= 4096 ? base64_bytes(a, blob) : STR_NONE, text;
	struct sha256 s;
	uint8_t sum[SHA256_SIZE];

	if (bytes.n < 20)
		return STR_NONE;
	sha256_init(&s);
	sha256_add(&s, bytes);
	sha256_end(&s, sum);
	text = base64(a, (struct str){(const char *)sum, sizeof(sum)});
	return CAT(a, STR("SHA256:"), str_sub(text, 0, 43));
}

static struct str
option(const struct words *w, size_t at, const char *names)
{
	for (; at + 1 < w->n; at++)
		if (is_one_of(w->v[at], names))
			return w->v[at + 1];
	return STR_NONE;
}

/* A name that is the last word: "useradd -m -s /bin/bash NAME". */
static struct str
last_word(const struct words *w, size_t at)
{
	struct str word = STR_NONE;

	for (at++; at < w->n && !str_eq(w->v[at], STR(">")); at++)
		word = w->v[at];
	return word.n && word.p[0] != '-' && word.p[0] != '/' ? word : STR_NONE;
}

void
cmdline_read(struct arena *a, struct str line,
    void (*found)(void *ctx, enum cmdline_kind, struct str), void *ctx)
{
	struct words *w = arena_zero(a, sizeof(*w));
	struct str s;

	split(str_sub(line, 0, LINE_MAX_), w);
	for (size_t i = 0; i < w->n; i++) {
		struct str word = last_part(w->v[i]);
		struct str next = i + 1 < w->n ? w->v[i + 1] : STR("");

		if (str_eq(word, STR(">")) && next.n && next.p[0] == '/')
			found(ctx, CMDLINE_FILE, next);
		else if (is_one_of(word, "tee cp mv install ln dd chmod touch") &&
			 (s = last_path(w, i + 1)).p)
			found(ctx, CMDLINE_FILE, s);
		else if (is_one_of(word, "curl wget") &&
			 (s = option(w, i, "-o -O --output --output-document")).n &&
			 s.p[0] == '/')
			found(ctx, CMDLINE_FILE, s);
		else if (is_one_of(word, "useradd adduser") && (s = last_word(w, i)).p)
			found(ctx, CMDLINE_ACCOUNT, s);
		else if (str_eq(word, STR("systemctl")) && option(w, i, "enable").p &&
			 (s = last_word(w, i)).p)
			found(ctx, CMDLINE_UNIT, s);
		else if (str_eq(word, STR("crontab")) && !is_one_of(next, "-l -r"))
			found(ctx, CMDLINE_CRONTAB, option(w, i, "-u"));
		else if ((str_starts(word, STR("ssh-")) ||
			     str_starts(word, STR("ecdsa-sha2-")) ||
			     str_starts(word, STR("sk-"))) &&
			 (s = fingerprint(a, next)).p)
			found(ctx, CMDLINE_KEY, s);
	}
}
