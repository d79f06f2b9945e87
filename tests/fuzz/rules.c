/* A rule file and an event: reading ends, and what was read can be asked of the event. */
#include <stdlib.h>

#include "ruleset.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char event[] =
    "{\"a\":\"x*y\",\"b\":[\"1\",\"\\u00c4b\"],\"c\":5,\"d\":null,"
    "\"Channel\":\"System\",\"ip\":\"192.0.2.7\"}";

static void
compare(const struct paths *paths, struct views *views, struct atoms *atoms,
    struct sources *sources, struct rule *r)
{
	static char line[sizeof(event) + JSON_PAD];
	struct arena *a = arena_new();
	struct rec *rec = rec_new(paths, a);
	struct json_fault fault;
	const uint32_t *buckets;

	memcpy(line, event, sizeof(event));
	if (!rec_scan(rec, str_of(line), &fault))
		abort();
	views_start(views, rec);
	atoms_start(atoms);
	sources_find(sources, &buckets);
	if (r->cond)
		atoms_hold(atoms, r->cond);
	rec_free(rec);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct paths *paths = paths_new();
	struct views *views = views_new(paths);
	struct atoms *atoms = atoms_new(views);
	struct sources *sources = sources_new(views, atoms);
	struct arena *a = arena_new();
	struct sigma_ctx ctx = {a, atoms, sources, NULL};
	struct yaml_docs docs;
	struct err e = {0};

	if (size < 65536 &&
	    yaml_parse(a, (struct str){(const char *)data, size}, "f", &docs, &e))
		for (size_t i = 0; i < docs.n && i < 16; i++) {
			struct rule r;

			if (sigma_read(&ctx, docs.v[i], "f", &r, &e) &&
			    r.kind == SIGMA_RULE)
				compare(paths, views, atoms, sources, &r);
		}
	arena_free(a);
	sources_free(sources);
	atoms_free(atoms);
	views_free(views);
	paths_free(paths);
	return 0;
}
