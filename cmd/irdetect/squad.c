#include "squad.h"
#include "mem.h"
#include "need.h"

void
squad_add(struct squad *s, uint32_t rule, const struct expr *cond)
{
	s->posts = mem_grow(s->posts, &s->posts_cap, s->n_posts + 1, sizeof(*s->posts));
	s->posts[s->n_posts++] = (struct post){rule, cond};
}

struct mustering {
	struct squad *squad;
	struct atoms *atoms;
	uint32_t rule;
};

static void
add_field(struct squad *s, int field)
{
	if (field == VIEWS_ALL) {
		s->n_words++;
		return;
	}
	for (size_t i = 0; i < s->n_fields; i++)
		if (s->fields[i] == field)
			return;
	s->fields = mem_grow(
	    s->fields, &s->fields_cap, s->n_fields + 1, sizeof(*s->fields));
	s->fields[s->n_fields++] = field;
}

static void
add_call(void *ctx, uint32_t atom)
{
	struct mustering *m = ctx;
	struct squad *s = m->squad;

	s->calls = mem_grow(s->calls, &s->calls_cap, s->n_calls + 1, sizeof(*s->calls));
	s->calls[s->n_calls++] = (struct call){m->rule, atom};
	add_field(s, atoms_at(m->atoms, atom)->field);
}

void
squad_muster(struct squad *s, struct atoms *atoms)
{
	struct mustering m = {s, atoms, 0};

	for (size_t i = 0; i < s->n_posts; i++) {
		m.rule = s->posts[i].rule;
		if (need_atoms(atoms, s->posts[i].cond, add_call, &m))
			continue;
		s->always = mem_grow(
		    s->always, &s->always_cap, s->n_always + 1, sizeof(*s->always));
		s->always[s->n_always++] = m.rule;
	}
	mem_free(s->posts);
	s->posts = NULL;
	s->n_posts = s->posts_cap = 0;
}

void
squad_clear(struct squad *s)
{
	mem_free(s->calls);
	mem_free(s->fields);
	mem_free(s->always);
	mem_free(s->posts);
}
