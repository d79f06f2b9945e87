#include "rings.h"

#include "mem.h"

struct ring {
	struct str id, path;
	struct str *calls;
	size_t n;
};

struct rings {
	struct arena *texts;
	struct ring *books;
	size_t n, cap;
};

struct rings *
rings_new(void)
{
	struct rings *r = mem_new(1, sizeof(*r));

	r->texts = arena_new();
	return r;
}

void
rings_free(struct rings *r)
{
	if (!r)
		return;
	arena_free(r->texts);
	mem_free(r->books);
	mem_free(r);
}

void
rings_add(struct rings *r, const struct playbook *p, struct str path)
{
	struct ring *b;

	r->books = mem_grow(r->books, &r->cap, r->n + 1, sizeof(*r->books));
	b = &r->books[r->n++];
	*b = (struct ring){
	    .id = arena_copy(r->texts, p->id), .path = arena_copy(r->texts, path)};
	b->calls = arena_alloc(r->texts, (p->n + 1) * sizeof(*b->calls));
	for (size_t i = 0; i < p->n; i++) {
		struct str called = node_text(
		    node_get(p->step[i].node, STR("playbook_id")));

		/* a playbook that calls itself is said with its step */
		if (p->step[i].type == PLAYBOOK_CALL && called.n &&
		    !str_eq(called, p->id))
			b->calls[b->n++] = arena_copy(r->texts, called);
	}
}

static const struct ring *
book(const struct rings *r, struct str id)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->books[i].id, id))
			return &r->books[i];
	return NULL;
}

/* Does a way through calls lead from one to an id? */
static bool
reaches(const struct rings *r, const struct ring *from, struct str id)
{
	const struct ring **todo = mem_new(r->n + 1, sizeof(*todo));
	bool *seen = mem_new(r->n + 1, sizeof(*seen)), found = false;
	size_t n = 0;

	todo[n++] = from;
	seen[from - r->books] = true;
	while (n > 0 && !found) {
		const struct ring *b = todo[--n];

		for (size_t i = 0; i < b->n; i++) {
			const struct ring *to = book(r, b->calls[i]);

			found |= str_eq(b->calls[i], id);
			if (to && !seen[to - r->books]) {
				seen[to - r->books] = true;
				todo[n++] = to;
			}
		}
	}
	mem_free(todo);
	mem_free(seen);
	return found;
}

void
rings_each(const struct rings *r,
    void (*say)(void *ctx, struct str path, struct str id, struct str by), void *ctx)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct ring *b = &r->books[i];

		for (size_t k = 0; k < b->n; k++) {
			const struct ring *to = book(r, b->calls[k]);

			if (to && reaches(r, to, b->id)) {
				say(ctx, b->path, b->id, to->id);
				break;
			}
		}
	}
}
