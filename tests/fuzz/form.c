/* Declarations of requests, and what fills them: typed, or refused; no header twice. */
#include <assert.h>
#include <stdint.h>

#include "form.h"
#include "http.h"
#include "json.h"
#include "yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
typed(struct arena *a, struct str value)
{
	static const char *const types[] = {
	    "ip", "cidr", "domain", "user", "host", "id", "text", "int", "bool", "?"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct str out = STR_NONE, back = STR_NONE;

		if (!form_type(a, str_of(types[i]), value, &out))
			continue;
		/* what is canonical stays so */
		assert(form_type(a, str_of(types[i]), out, &back) && str_eq(out, back));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = {(const char *)p, n}, value = str_cut(&in, '\n'), s;
	struct arena *a = arena_new();
	struct holes h = {.n = 0};
	struct http x = {0};
	struct yaml_docs docs = {0};
	struct err e = {0};

	typed(a, value);
	holes_add(&h, STR("x"), value, false, false);
	holes_add(&h, STR("t"), value, false, true);
	s = form_fill(a, STR("https://example.com/{x}"), &h, HOLE_URL, &e);
	for (size_t i = 0; s.p && i < s.n; i++)
		assert((unsigned char)s.p[i] > ' ' && (unsigned char)s.p[i] < 0x7f);
	s = form_fill(a, STR("{x}"), &h, HOLE_HEADER, &e);
	for (size_t i = 0; s.p && i < s.n; i++)
		assert((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f);
	if (in.p && yaml_parse(a, in, "form", &docs, &e) && docs.n > 0) {
		const struct node *d = docs.v[0];

		s = form_body(a, node_get(d, STR("body")), &h, HOLE_PLAIN, &e);
		if (s.p) {
			struct str raw = CAT(
			    a, s, (struct str){(const char[JSON_PAD]){0}, JSON_PAD});

			raw.n = s.n;
			assert(json_valid(raw, NULL));
		}
		form_request(a, d, node_get(d, STR("hosts")), &h, 1, &x, &e);
	}
	if (in.p)
		form_value(a, in, STR("result.0.id"));
	arena_free(a);
	return 0;
}
