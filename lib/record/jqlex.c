#include "jqlex.h"
#include "buf.h"
#include "json.h"

struct lexer {
	struct arena *a;
	struct str expr;
	size_t at;
	struct jqlex *v;
	size_t n, cap;
	char open[JQLEX_DEPTH]; /* ( [ { or " for an interpolation */
	size_t open_at[JQLEX_DEPTH];
	size_t depth;
	struct err *e;
};

static const char operators[][4] = {"?//", "//=", "==", "!=", "<=", ">=", "//",
    "|=", "+=", "-=", "*=", "/=", "%=", "..", ""};
static const int operator_codes[] = {JQLEX_ELSE_AS, JQLEX_ASSIGN, JQLEX_EQ, JQLEX_NE,
    JQLEX_LE, JQLEX_GE, JQLEX_ALT, JQLEX_ASSIGN, JQLEX_ASSIGN, JQLEX_ASSIGN, JQLEX_ASSIGN,
    JQLEX_ASSIGN, JQLEX_ASSIGN, JQLEX_REC};

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The byte `ahead` of here, NUL behind the end. */
static char
peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->expr.n ? l->expr.p[l->at + ahead] : '\0';
}

size_t
jqlex_column(struct str expr, const char *at)
{
	size_t n = 1;

	for (const char *p = expr.p; p < at && p < expr.p + expr.n; p++)
		n += (*p & 0xc0) != 0x80;
	return n;
}

static bool
bad(struct lexer *l, size_t at, const char *what)
{
	err_set(l->e, ERR_CONFIG, "%s at column %zu", what,
	    jqlex_column(l->expr, l->expr.p + at));
	return false;
}

/* A word from `from` up to here. */
static struct jqlex *
add(struct lexer *l, enum jqlex_kind kind, size_t from)
{
	struct jqlex *w;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 32;

		w = arena_zero(l->a, cap * sizeof(*w));
		if (l->n)
			memcpy(w, l->v, l->n * sizeof(*w));
		l->v = w;
		l->cap = cap;
	}
	w = &l->v[l->n++];
	*w = (struct jqlex){.kind = kind, .src = str_sub(l->expr, from, l->at - from)};
	w->text = w->src;
	return w;
}

/* Does an object construction's key start behind the last word? */
static bool
key_here(const struct lexer *l)
{
	const struct jqlex *last = l->n ? &l->v[l->n - 1] : NULL;

	return last && l->depth && l->open[l->depth - 1] == '{' &&
	       last->kind == JQLEX_OP && (last->op == '{' || last->op == ',');
}

static bool
push(struct lexer *l, char c, size_t at)
{
	if (l->depth == JQLEX_DEPTH)
		return bad(l, at, "the expression is nested too deeply");
	l->open_at[l->depth] = at;
	l->open[l->depth++] = c;
	return true;
}

/* The four hex digits `ahead` of here, or -1. */
static int
hex4(const struct lexer *l, size_t ahead)
{
	int v = 0;

	for (size_t i = 0; i < 4; i++) {
		char c = peek(l, ahead + i), low = (char)(c | 32);

		if (digit(c))
			v = v * 16 + (c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v * 16 + (low - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* Length of the escape that starts here, a surrogate pair being one; 0 if it is bad. */
static size_t
escape(const struct lexer *l)
{
	int high, low;

	if (peek(l, 1) == '\0' || !strchr("\"\\/bfnrtu", peek(l, 1)))
		return 0;
	if (peek(l, 1) != 'u')
		return 2;
	high = hex4(l, 2);
	if (high < 0xd800 || high > 0xdfff)
		return high < 0 ? 0 : 6;
	low = peek(l, 6) == '\\' && peek(l, 7) == 'u' ? hex4(l, 8) : -1;
	return high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

/* The text of a string up to its end or to an interpolation, decoded. */
static bool
piece(struct lexer *l, struct str *text)
{
	struct buf quoted = buf_make(JQLEX_MAX * 2);
	size_t from = l->at;
	bool escapes = false;

	while (l->at < l->expr.n && peek(l, 0) != '"') {
		size_t n = buf_utf8(str_from(l->expr, l->at));

		if (peek(l, 0) == '\\' && peek(l, 1) == '(')
			break;
		if (peek(l, 0) == '\\') {
			escapes = true;
			n = escape(l);
		}
		if (n == 0)
			return bad(
			    l, l->at, peek(l, 0) == '\\' ? "bad escape" : "bad UTF-8");
		l->at += n;
	}
	*text = str_sub(l->expr, from, l->at - from);
	if (!escapes)
		return true;
	buf_ch(&quoted, '"');
	buf_add(&quoted, *text);
	buf_ch(&quoted, '"');
	*text = arena_copy(l->a, json_text(l->a, buf_str(&quoted)));
	buf_free(&quoted);
	return true;
}

/* The rest of a string, up to its end or to an interpolation; `from` is where it began. */
static bool
more_string(struct lexer *l, size_t from, bool first)
{
	bool key = first && key_here(l);
	size_t start = l->at;
	struct jqlex *w;
	struct str text;

	if (!piece(l, &text))
		return false;
	if (l->at == l->expr.n)
		return bad(l, from, "a string is not closed; it starts");
	if (first && peek(l, 0) == '"') {
		l->at++;
		w = add(l, JQLEX_STR, from);
		w->text = text;
		w->key = key;
		return true;
	}
	if (first) {
		add(l, JQLEX_QUOTE, from)->key = key;
		l->v[l->n - 1].src.n = 1;
	}
	add(l, JQLEX_PIECE, start)->text = text;
	start = l->at;
	if (peek(l, 0) == '"') {
		l->at++;
		add(l, JQLEX_UNQUOTE, start);
		return true;
	}
	l->at += 2;
	add(l, JQLEX_IN, start);
	return push(l, '"', start);
}

static bool
closing(struct lexer *l, char c)
{
	char open = c == ')' ? '(' : c == ']' ? '[' : '{';
	char top = l->depth ? l->open[l->depth - 1] : '\0';
	size_t from = l->at++;

	if (c == ')' && top == '"') {
		l->depth--;
		add(l, JQLEX_OUT, from);
		return more_string(l, l->open_at[l->depth], false);
	}
	if (top != open) {
		err_set(l->e, ERR_CONFIG, "'%c' without '%c' at column %zu", c, open,
		    jqlex_column(l->expr, l->expr.p + from));
		return false;
	}
	l->depth--;
	add(l, JQLEX_OP, from)->op = c;
	return true;
}

static bool
operator(struct lexer *l)
{
	size_t from = l->at;

	for (size_t i = 0; operators[i][0]; i++) {
		struct str op = str_of(operators[i]);

		if (str_starts(str_from(l->expr, from), op)) {
			l->at += op.n;
			add(l, JQLEX_OP, from)->op = operator_codes[i];
			return true;
		}
	}
	if (!strchr(".?=;,:|+-*/%$<>()[]{}", peek(l, 0)))
		return bad(l, from, "a character that jq does not know");
	if (strchr(")]}", peek(l, 0)))
		return closing(l, peek(l, 0));
	l->at++;
	add(l, JQLEX_OP, from)->op = l->expr.p[from];
	return !strchr("([{", l->expr.p[from]) || push(l, l->expr.p[from], from);
}

/* Digits, fraction and exponent, as jq reads them: 5. and .5 are numbers. */
static void
number(struct lexer *l)
{
	size_t n;

	while (digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.')
		for (l->at++; digit(peek(l, 0));)
			l->at++;
	n = peek(l, 1) == '+' || peek(l, 1) == '-' ? 2 : 1;
	if ((peek(l, 0) | 32) == 'e' && digit(peek(l, n)))
		for (l->at += n; digit(peek(l, 0));)
			l->at++;
}

static void
name(struct lexer *l, bool modules)
{
	while (letter(peek(l, 0)) || digit(peek(l, 0)) ||
	       (modules && peek(l, 0) == ':' && peek(l, 1) == ':' && letter(peek(l, 2))))
		l->at += peek(l, 0) == ':' ? 2 : 1;
}

static bool
word(struct lexer *l)
{
	size_t from = l->at;
	char c = peek(l, 0);

	if (c == '"') {
		l->at++;
		return more_string(l, from, true);
	}
	if (digit(c) || (c == '.' && digit(peek(l, 1)))) {
		number(l);
		add(l, JQLEX_NUM, from);
	} else if (c == '.' && letter(peek(l, 1))) {
		l->at++;
		name(l, false);
		add(l, JQLEX_FIELD, from)->text = str_sub(
		    l->expr, from + 1, l->at - from - 1);
	} else if (letter(c)) {
		bool key = key_here(l);

		name(l, true);
		add(l, JQLEX_WORD, from)->key = key;
	} else if (c == '@' && (letter(peek(l, 1)) || digit(peek(l, 1)))) {
		l->at++;
		name(l, false);
		add(l, JQLEX_FORMAT, from);
	} else {
		return operator(l);
	}
	return true;
}

struct jqlex *
jqlex_words(struct arena *a, struct str expr, struct err *e)
{
	struct lexer l = {.a = a, .expr = expr, .e = e};

	if (expr.n > JQLEX_MAX) {
		err_set(
		    e, ERR_CONFIG, "the expression is longer than %d bytes", JQLEX_MAX);
		return NULL;
	}
	while (l.at < expr.n) {
		char c = peek(&l, 0);

		if (c == '#')
			while (l.at < expr.n && peek(&l, 0) != '\n')
				l.at++;
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			l.at++;
		else if (!word(&l))
			return NULL;
	}
	if (l.depth) {
		err_set(e, ERR_CONFIG, "'%s' at column %zu is not closed",
		    l.open[l.depth - 1] == '"' ? "\\("
					       : (char[2]){l.open[l.depth - 1], 0},
		    jqlex_column(expr, expr.p + l.open_at[l.depth - 1]));
		return NULL;
	}
	if (l.n == 0) {
		err_set(
		    e, ERR_CONFIG, "the expression is empty; '.' is the whole record");
		return NULL;
	}
	add(&l, JQLEX_END, expr.n);
	return l.v;
}

/* --- what may not stand there --- */

static const char *const reaching[][2] = {
    {"env", "reads the environment"},
    {"input", "takes records out of the stream"},
    {"inputs", "takes records out of the stream"},
    {"debug", "writes to standard error"},
    {"stderr", "writes to standard error"},
    {"halt", "ends the program"},
    {"halt_error", "ends the program"},
    {"input_filename", "is not known here"},
    {"input_line_number", "is not known here"},
    {"get_search_list", "tells of this machine"},
    {"get_jq_origin", "tells of this machine"},
    {"get_prog_origin", "tells of this machine"},
    {"modulemeta", "loads a module"},
    {"import", "loads a module"},
    {"include", "loads a module"},
    {"now", "depends on when it runs"},
    {"localtime", "depends on the time zone of this machine"},
    {"strflocaltime", "depends on the time zone of this machine"},
    {"$ENV", "reads the environment"},
    {"$__loc__", "is not known here"},
    {"$__prog_args", "is not known here"},
    {NULL, NULL},
};

bool
jqlex_allowed(struct str expr, const struct jqlex *w, struct err *e)
{
	bool variable = false;

	for (; w->kind != JQLEX_END; w++) {
		/* {env: 1} and {env} name a member, {$ENV} a variable */
		for (size_t i = 0; w->kind == JQLEX_WORD && !w->key && reaching[i][0];
		     i++) {
			const char *name = reaching[i][0];

			if ((*name == '$') != variable ||
			    !str_eq(w->text, str_of(name + variable)))
				continue;
			err_set(e, ERR_CONFIG, "'%s' at column %zu is refused: it %s",
			    name, jqlex_column(expr, w[-(int)variable].src.p),
			    reaching[i][1]);
			return false;
		}
		variable = w->kind == JQLEX_OP && w->op == '$';
	}
	return true;
}
