/* Any bytes are a pattern that can be held against a record, or an error. */
#include <stdlib.h>

#include "stix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
objects(void *ctx, struct str object)
{
	(void)ctx;
	return object.n % 3;
}

/* The text behind the first LF is what every property holds. */
static bool
value(void *ctx, const struct stix_path *p, size_t i, size_t *at, struct str *out)
{
	(void)i;
	*out = p->n % 2 ? *(struct str *)ctx : p->key;
	return (*at)++ == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size}, text = str_cut(&rest, '\n');
	struct str held = rest.p ? rest : STR("192.0.2.1");
	struct stix_source src = {&held, objects, value};
	struct err e = {0};
	struct stix *p = stix_parse(text, size % 2, &e);

	if (!p && e.kind == ERR_NONE)
		abort();
	if (p && (p->n_leaves == 0 || p->needs == 0))
		abort();
	if (p)
		stix_holds(p, &src, 0);
	stix_free(p);
	return 0;
}
