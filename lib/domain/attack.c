#include "arena.h"
#include "attack.h"
#include "file.h"
#include "map.h"
#include "mem.h"

#define TABLE_MAX ((size_t)1024 * 1024)

struct attack {
	struct arena *a;
	struct map *by_id;
};

static bool
is_id(struct str s)
{
	if ((s.n != 5 && s.n != 9) || s.p[0] != 'T')
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (i == 5 ? s.p[i] != '.' : (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return true;
}

static bool
read_line(struct attack *t, struct str line)
{
	struct technique *new = arena_alloc(t->a, sizeof(*new));

	new->id = str_cut(&line, '\t');
	new->tactic = str_cut(&line, '\t');
	new->class = str_cut(&line, '\t');
	new->phrase = str_cut(&line, '\t');
	new->name = str_cut(&line, '\t');
	if (!is_id(new->id) || !attack_stage(new->tactic) || !new->class.n ||
	    !new->phrase.n || !new->name.n || line.p)
		return false;
	*map_put(t->by_id, new->id) = new;
	return true;
}

struct attack *
attack_parse(struct str text, const char *name, struct err *e)
{
	struct attack *t = mem_new(1, sizeof(*t));
	struct str rest;

	t->a = arena_new();
	t->by_id = map_new();
	rest = arena_copy(t->a, text);
	for (int n = 1; rest.n; n++) {
		struct str line = str_cut(&rest, '\n');

		if (line.n == 0 || line.p[0] == '#' || read_line(t, line))
			continue;
		err_set(e, ERR_CONFIG,
		    "%s:%d: id, tactic, class, phrase and name are wanted, with tabs "
		    "between",
		    name, n);
		attack_free(t);
		return NULL;
	}
	return t;
}

struct attack *
attack_load(struct err *e)
{
	struct arena *a = arena_new();
	struct str path = CAT(a, str_of(file_data(a, "attack")), STR("/techniques.tsv"));
	struct str text = file_read(a, path.p, TABLE_MAX, e);
	struct attack *t = NULL;

	if (text.p)
		t = attack_parse(text, path.p, e);
	else
		e->kind = ERR_CONFIG;
	arena_free(a);
	return t;
}

void
attack_free(struct attack *t)
{
	if (!t)
		return;
	map_free(t->by_id);
	arena_free(t->a);
	mem_free(t);
}

const struct technique *
attack_find(const struct attack *t, struct str id)
{
	const struct technique *found = map_get(t->by_id, id);

	if (!found && id.n > 5 && id.p[5] == '.')
		found = map_get(t->by_id, str_sub(id, 0, 5));
	return found;
}

unsigned
attack_stage(struct str tactic)
{
	static const char *const order[] = {"reconnaissance", "resource-development",
	    "initial-access", "execution", "persistence", "privilege-escalation",
	    "defense-evasion", "credential-access", "discovery", "lateral-movement",
	    "collection", "command-and-control", "exfiltration", "impact"};

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (str_eq(tactic, str_of(order[i])))
			return i + 1;
	return 0;
}
