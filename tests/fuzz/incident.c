/* Incidents from anywhere, as playbooks see them: entities of a kind, or none. */
#include <assert.h>
#include <stdint.h>

#include "facts.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const char *const sets[] = {"attacker_ip", "attacker_domain",
	    "victim_host", "compromised_host", "struck_host", "known_source",
	    "target_account", "acting_account", "taken_account", "created_account",
	    "planted_file", "planted_job", "planted_key", "stolen_key", "malware_process",
	    "tool_url", "bad_mail", "weak_package", "touched_path"};
	static const char *const values[] = {
	    "success", "class", "severity", "score", "foothold", "from_inside", "benign"};
	struct arena *a = arena_new();
	struct str raw = CAT(a, (struct str){(const char *)p, n},
	    (struct str){(const char[JSON_PAD]){0}, JSON_PAD});
	struct facts f;

	raw.n = n;
	if (json_valid(raw, NULL) && facts_read(a, node_json(a, raw), NULL, &f)) {
		for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
			const struct node *e;

			assert(facts_is_set(str_of(sets[i])));
			for (size_t at = 0; (e = facts_each(&f, str_of(sets[i]), &at));)
				assert(node_text(node_get(e, STR("value"))).n > 0);
		}
		for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
			facts_value(&f, str_of(values[i]));
	}
	arena_free(a);
	return 0;
}
