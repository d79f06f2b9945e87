/*
 * Any bytes are a playbook or are named faulty; one without a fault is one in its compiled
 * form, too, and a walk through it ends.
 */
#include <stdlib.h>

#include "book.h"
#include "facts.h"
#include "json.h"
#include "traverse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char incident[] =
    "{\"ir.kind\":\"incident\",\"ir.incident.id\":\"i\",\"ir.incident.class\":\"web\","
    "\"ir.severity\":\"high\",\"ir.success\":\"yes\",\"ir.entities\":[{\"type\":\"ip\","
    "\"value\":\"203.0.113.7\",\"role\":\"attacker\"},{\"type\":\"host\",\"value\":\"h\","
    "\"role\":\"victim\",\"held\":true}]}";

static void
count(void *ctx, const struct playbook_fault *f)
{
	*(size_t *)ctx += f->error;
	if (!f->kind || f->text.n == 0)
		abort();
}

static void
nothing(void *ctx, const struct playbook_step *s)
{
	(void)ctx;
	(void)s;
}

static void
walk(struct arena *a, const struct playbook *p)
{
	static char line[sizeof(incident) + JSON_PAD];
	struct facts f;
	struct traverse w = {.p = p, .facts = &f, .act = nothing};

	memcpy(line, incident, sizeof(incident));
	if (!facts_read(a, node_json(a, str_of(line)), NULL, &f))
		abort();
	f.playbook = node_get(p->root, STR("playbook_variables"));
	traverse_all(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = arena_copy(a, (struct str){(const char *)data, size});
	struct playbook p, again;
	struct str json, unused;
	size_t errors = 0;
	struct playbook_ear ear = {count, &errors, a, 0};
	bool ok = size <= 65536 && book_read(text, "f", &p, &json, &ear);

	if (ok)
		playbook_check(&p, &ear);
	if (ear.errors != errors || (!ok && size <= 65536 && errors == 0))
		abort();
	if (ok)
		walk(a, &p);
	if (ok && errors == 0 &&
	    (!book_read(json, "g", &again, &unused, &ear) || ear.errors ||
		again.n != p.n))
		abort();
	arena_free(a);
	return 0;
}
