#include <string.h>

#include "mem.h"
#include "recent.h"

void
recent_reset(struct recent *r)
{
	mem_free(r->v);
	*r = (struct recent){0};
}

void
recent_add(struct recent *r, size_t max, const struct recent_span *s)
{
	size_t i = 0;

	while (i < r->n && r->v[i].at > s->at)
		i++;
	if (i < r->n && r->v[i].at == s->at) {
		r->v[i].n += s->n;
		r->v[i].taught += s->taught;
		r->v[i].pooled += s->pooled;
		return;
	}
	if (r->n == max) {
		r->cut = true;
		if (i == max)
			return;
		r->n--;
	}
	r->v = mem_grow(r->v, &r->cap, r->n + 1, sizeof(*r->v));
	memmove(&r->v[i + 1], &r->v[i], (r->n - i) * sizeof(*r->v));
	r->v[i] = *s;
	r->n++;
}

struct recent_span *
recent_at(const struct recent *r, int64_t at)
{
	for (size_t i = 0; i < r->n && r->v[i].at >= at; i++)
		if (r->v[i].at == at)
			return &r->v[i];
	return NULL;
}

void
recent_drop(struct recent *r, struct recent_span *s)
{
	size_t i = (size_t)(s - r->v);

	r->n--;
	memmove(&r->v[i], &r->v[i + 1], (r->n - i) * sizeof(*r->v));
}
