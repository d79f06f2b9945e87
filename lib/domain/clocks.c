#include "arena.h"
#include "clocks.h"
#include "mem.h"
#include "span.h"
#include "zone.h"

struct clock {
	struct str host; /* a name or pattern */
	struct zone *zone;
	int64_t skew_ms;
};

struct clock_list {
	struct clock *v;
	size_t n, cap;
};

struct clocks {
	struct arena *a;
	struct clock_list zones, skews;
};

struct clocks *
clocks_new(void)
{
	struct clocks *c = mem_new(1, sizeof(*c));

	c->a = arena_new();
	return c;
}

void
clocks_free(struct clocks *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->zones.n; i++)
		zone_free(c->zones.v[i].zone);
	mem_free(c->zones.v);
	mem_free(c->skews.v);
	arena_free(c->a);
	mem_free(c);
}

static void
add(struct clock_list *l, struct clock clock)
{
	l->v = mem_grow(l->v, &l->cap, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = clock;
}

bool
clocks_add_zone(struct clocks *c, struct str host, struct str name, struct err *e)
{
	struct zone *zone = zone_load(name, e);

	if (zone)
		add(&c->zones,
		    (struct clock){.host = arena_copy(c->a, host), .zone = zone});
	return zone != NULL;
}

bool
clocks_add_skew(struct clocks *c, struct str host, struct str span, struct err *e)
{
	bool sign = span.n && (span.p[0] == '+' || span.p[0] == '-');
	struct str length = sign ? str_from(span, 1) : span;
	int64_t ms;

	if (!span_parse(length, &ms) || ms < 0 || ms > CLOCKS_SKEW_MAX) {
		err_set(e, ERR_CONFIG,
		    "not a skew such as +90s or -2m, of at most 366 days: '" STR_FMT "'",
		    STR_ARG(span));
		return false;
	}
	if (sign && span.p[0] == '-')
		ms = -ms;
	add(&c->skews, (struct clock){.host = arena_copy(c->a, host), .skew_ms = ms});
	return true;
}

static const struct clock *
find(const struct clock_list *l, struct str host)
{
	const struct clock *found = NULL;

	for (size_t i = 0; i < l->n && !(found && str_ieq(found->host, host)); i++)
		if (str_ieq(l->v[i].host, host) ||
		    (!found && str_glob(l->v[i].host, host)))
			found = &l->v[i];
	return found;
}

bool
clocks_zone(const struct clocks *c, struct str host, int64_t ns, int *seconds)
{
	const struct clock *found = find(&c->zones, host);

	if (found)
		*seconds = zone_offset(found->zone, ns);
	return found != NULL;
}

int64_t
clocks_skew(const struct clocks *c, struct str host)
{
	const struct clock *found = find(&c->skews, host);

	return found ? found->skew_ms : 0;
}
