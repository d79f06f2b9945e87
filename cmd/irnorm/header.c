#include "columns.h"
#include "json.h"
#include "mem.h"

static void
forget(struct header *h)
{
	arena_reset(h->a);
	h->n = 0;
	h->path = STR_NONE;
}

static struct header *
make(enum header_kind kind)
{
	struct header *h = mem_new(1, sizeof(*h));

	h->a = arena_new();
	h->kind = kind;
	return h;
}

void
header_free(struct header *h)
{
	if (!h)
		return;
	arena_free(h->a);
	mem_free(h);
}

static void
mark_set(struct mark *m, struct str s)
{
	m->n = s.n < MARK ? s.n : 0;
	memcpy(m->p, s.p, m->n);
}

/* --- names and types --- */

static enum shape
shape_of(struct str name)
{
	if (str_eq(name, STR("date")))
		return SHAPE_DATE;
	if (str_eq(name, STR("time")))
		return SHAPE_TIME;
	if (str_eq(name, STR("c-ip")) || str_eq(name, STR("s-ip")))
		return SHAPE_IP;
	if (str_eq(name, STR("sc-status")) || str_eq(name, STR("s-port")))
		return SHAPE_CODE;
	return SHAPE_TEXT;
}

static bool
add_column(struct header *h, struct str name)
{
	struct column *c = &h->v[h->n];
	struct str quoted;

	if (h->n == COLUMNS || name.n == 0 || name.n > NAME)
		return false;
	*c = (struct column){.name = arena_copy(h->a, name)};
	quoted = json_quote(h->a, name);
	c->key = str_sub(quoted, 1, quoted.n - 2);
	if (h->kind == HEADER_W3C)
		c->shape = shape_of(name);
	c->agent = h->sep == ' ' && str_eq(name, STR("cs(User-Agent)"));
	h->n++;
	return true;
}

/* Names that cannot be are no columns: rows are read as if there were no header. */
static void
name_columns(struct header *h, struct str names)
{
	h->n = 0;
	while (names.p) {
		struct str name = str_cut(&names, h->sep);

		if (name.n == 0 && h->sep == ' ')
			continue;
		if (!add_column(h, name)) {
			h->n = 0;
			return;
		}
	}
}

static void
type_columns(struct header *h, struct str types)
{
	static const struct {
		const char *name;
		enum shape shape;
	} known[] = {{"bool", SHAPE_BOOL}, {"count", SHAPE_NUMBER}, {"int", SHAPE_NUMBER},
	    {"double", SHAPE_NUMBER}, {"time", SHAPE_NUMBER}, {"interval", SHAPE_NUMBER},
	    {"port", SHAPE_NUMBER}};

	for (size_t i = 0; i < h->n && types.p; i++) {
		struct str type = str_cut(&types, h->sep);

		h->v[i].list = str_starts(type, STR("set[")) ||
			       str_starts(type, STR("vector["));
		if (h->v[i].list)
			type = str_sub(type, str_chr(type, '[') + 1,
			    type.n - str_chr(type, '[') - 2);
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			if (str_eq(type, str_of(known[k].name)))
				h->v[i].shape = known[k].shape;
	}
}

/* --- header lines --- */

/* "\x09", or the character itself */
static char
separator(struct str s)
{
	if (s.n == 4 && s.p[0] == '\\' && s.p[1] == 'x' && column_hex(s.p[2]) >= 0 &&
	    column_hex(s.p[3]) >= 0)
		return (char)(column_hex(s.p[2]) * 16 + column_hex(s.p[3]));
	return s.n == 1 ? s.p[0] : '\t';
}

static struct header *
renew(struct header **h, enum header_kind kind)
{
	if (!*h)
		*h = make(kind);
	if ((*h)->kind != kind)
		(*h)->date.n = 0;
	(*h)->kind = kind;
	return *h;
}

static enum header_kind
note_zeek(struct header **at, struct str line)
{
	struct header *h = *at;
	struct str name;

	if (str_starts(line, STR("#separator "))) {
		h = renew(at, HEADER_ZEEK);
		forget(h);
		h->sep = separator(str_from(line, 11));
		h->set_sep = ',';
		mark_set(&h->unset, STR("-"));
		mark_set(&h->empty, STR("(empty)"));
		return HEADER_ZEEK;
	}
	if (!h || h->kind != HEADER_ZEEK)
		return HEADER_NONE;
	name = str_cut(&line, h->sep);
	if (str_eq(name, STR("#fields")))
		name_columns(h, line);
	else if (str_eq(name, STR("#types")))
		type_columns(h, line);
	else if (str_eq(name, STR("#unset_field")))
		mark_set(&h->unset, line.p ? line : STR(""));
	else if (str_eq(name, STR("#empty_field")))
		mark_set(&h->empty, line.p ? line : STR(""));
	else if (str_eq(name, STR("#set_separator")))
		h->set_sep = line.n ? line.p[0] : ',';
	else if (str_eq(name, STR("#path")) && line.n && line.n <= NAME)
		h->path = json_quote(h->a, line);
	else if (str_eq(name, STR("#close")))
		forget(h);
	else if (!str_eq(name, STR("#open")))
		return HEADER_NONE;
	return HEADER_ZEEK;
}

/* Exchange and others name columns between commas. */
static void
note_columns(struct header *h, struct str names)
{
	forget(h);
	names = str_trim(names);
	h->sep = str_chr(names, ' ') == STR_NPOS && str_chr(names, ',') != STR_NPOS ? ','
		 : str_chr(names, '\t') != STR_NPOS                                 ? '\t'
										    : ' ';
	mark_set(&h->unset, STR("-"));
	h->empty.n = 0;
	name_columns(h, names);
}

static enum header_kind
note_w3c(struct header **at, struct str line)
{
	static const char *const other[] = {
	    "Software", "Version", "Start-Date", "End-Date", "Remark", "Log-type", NULL};
	struct str rest = str_from(line, 1), name = str_cut(&rest, ':');

	if (!rest.p)
		return HEADER_NONE;
	if (str_eq(name, STR("Fields"))) {
		note_columns(renew(at, HEADER_W3C), rest);
		return HEADER_W3C;
	}
	if (str_eq(name, STR("Date"))) {
		mark_set(&renew(at, HEADER_W3C)->date, str_sub(str_trim(rest), 0, 10));
		return HEADER_W3C;
	}
	for (size_t i = 0; other[i]; i++)
		if (str_eq(name, str_of(other[i])))
			return HEADER_W3C;
	return HEADER_NONE;
}

/* "version account-id srcaddr dstaddr ...": the first line of a file of VPC flows. */
static bool
is_flow(struct str line)
{
	if (!str_starts(line, STR("version ")) && !str_starts(line, STR("account-id ")) &&
	    !str_starts(line, STR("interface-id ")) && !str_starts(line, STR("srcaddr ")))
		return false;
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < 'a' || line.p[i] > 'z') && line.p[i] != '-' &&
		    line.p[i] != ' ')
			return false;
	return str_find(line, STR("srcaddr ")) != STR_NPOS &&
	       str_find(line, STR("dstaddr")) != STR_NPOS;
}

bool
header_like(struct str line)
{
	if (line.n == 0)
		return false;
	switch (line.p[0]) {
	case '#':
		return true;
	case 'v':
	case 'a':
	case 'i':
	case 's':
		return is_flow(line);
	default:
		return false;
	}
}

enum header_kind
header_note(struct header **h, struct str line)
{
	enum header_kind kind;

	if (line.n < 5 || !header_like(line))
		return HEADER_NONE;
	if (line.p[0] != '#') {
		note_columns(renew(h, HEADER_W3C), line);
		return HEADER_W3C;
	}
	kind = note_zeek(h, line);
	return kind != HEADER_NONE ? kind : note_w3c(h, line);
}

struct header *
header_of(struct str names)
{
	struct header *h = make(HEADER_W3C);

	note_columns(h, names);
	return h;
}
