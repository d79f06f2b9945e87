/* Formats that are asked before the one that the line before had. */
#include "format.h"
#include "mem.h"

static void
add(struct format *f, const struct format *rival)
{
	size_t n = 0, cap;

	while (f->rivals && f->rivals[n])
		n++;
	cap = f->rivals ? n + 1 : 0;
	f->rivals = mem_grow(f->rivals, &cap, n + 2, sizeof(struct format *));
	f->rivals[n] = rival;
}

static struct format *
find(const struct formats *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i]->name, name))
			return f->v[i];
	return NULL;
}

void
formats_link(struct formats *f)
{
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->v[i]->n_before; k++) {
			struct format *other = find(f, f->v[i]->before[k]);

			if (other)
				add(other, f->v[i]);
		}
}
