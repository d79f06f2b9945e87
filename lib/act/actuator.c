#include "actuator.h"

int
actuator_holds(const struct actuator *hands, struct batch *b, const struct deed *d)
{
	struct arena *a = arena_new();
	struct past p = past_of(a, d);
	int in = hands->holds(b, &p);

	arena_free(a);
	return in;
}

bool
actuator_undo(
    const struct actuator *hands, struct batch *b, const struct deed *d, struct err *e)
{
	struct arena *a = arena_new();
	struct past p = past_of(a, d);
	bool ok = hands->undo(b, &p, e);

	arena_free(a);
	return ok;
}
