/* Lists and cases. */
#include "report.h"
#include "detector.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "out.h"

#define CASES_MAX ((size_t)64 << 20)

static void
put(struct buf *b, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_ch(b, b->n && b->p[b->n - 1] != '\n' ? ',' : '{');
	buf_json(b, str_of(name));
	buf_ch(b, ':');
	buf_json(b, value);
}

void
report_list(const struct ruleset *rules)
{
	static const char *const kinds[] = {"rule", "correlation", "filter", "pattern"};
	struct buf b = buf_make((size_t)256 << 20);
	struct err e = {0};

	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const struct rule *r = ruleset_at(rules, i);

		if (r->bad || r->whole)
			continue;
		put(&b, "rule.id", r->id);
		put(&b, "rule.name", r->title);
		put(&b, "ir.severity", r->level);
		put(&b, "kind", str_of(kinds[r->kind]));
		put(&b, "product", r->ls.product);
		put(&b, "category", r->ls.category);
		put(&b, "service", r->ls.service);
		put(&b, "file", str_of(r->file));
		buf_add(&b, STR("}\n"));
	}
	if (!out_write(1, buf_str(&b), &e))
		log_err(&e);
	buf_free(&b);
}

/* --- test --- */

struct tally_of {
	struct str rule;
	uint64_t n;
	struct arena *a;
};

static void
sink(void *ctx, struct str record)
{
	struct tally_of *t = ctx;
	struct str id = json_text(t->a, json_get(t->a, record, STR("rule.id")));

	t->n += str_eq(id, t->rule);
}

static bool
run_case(const struct node *one, int argc, char **argv, uint64_t *n, struct err *e)
{
	const struct node *events = node_get(one, STR("events"));
	struct tally_of t = {node_text(node_get(one, STR("rule"))), 0, arena_new()};
	struct filter_run *run = filter_new(&irdetect, argc, argv, sink, &t, e);

	for (size_t i = 0; run && i < node_count(events); i++) {
		struct buf b = buf_make((size_t)16 << 20);
		size_t len;

		node_write(node_at(events, i), false, &b);
		len = b.n;
		for (size_t k = 0; k < JSON_PAD; k++)
			buf_ch(&b, 0);
		filter_feed(run, str_sub(buf_str(&b), 0, len));
		buf_free(&b);
	}
	if (run)
		filter_end(run);
	filter_free(run);
	*n = t.n;
	arena_free(t.a);
	return run != NULL;
}

int
report_test(const char *path, int argc, char **argv)
{
	struct arena *a = arena_new();
	struct err e = {0};
	struct str all = file_read(a, path, CASES_MAX, &e);
	size_t ok = 0, bad = 0;
	int line = 0, status = 0;

	for (struct str rest = all; rest.p && status < ERR_CONFIG;) {
		struct str text = str_trim(str_cut(&rest, '\n'));
		struct str padded = CAT(
		    a, text, (struct str){(char[JSON_PAD]){0}, JSON_PAD});
		const struct node *one;
		uint64_t n = 0;
		int64_t want = -1;

		line++;
		if (text.n == 0)
			continue;
		text.p = padded.p;
		one = json_valid(text, NULL) ? node_json(a, text) : NULL;
		if (!one || !node_i64(node_get(one, STR("fires")), &want)) {
			log_error(
			    "%s:%d: a case must be {\"rule\":,\"fires\":,\"events\":}",
			    path, line);
			status = ERR_CONFIG;
		} else if (!run_case(one, argc, argv, &n, &e)) {
			log_err(&e);
			status = ERR_CONFIG;
		} else if (n != (uint64_t)want) {
			log_error("%s:%d: rule '" STR_FMT "' fired %llu times, not %lld",
			    path, line, STR_ARG(node_text(node_get(one, STR("rule")))),
			    (unsigned long long)n, (long long)want);
			bad++;
		} else {
			ok++;
		}
	}
	if (!all.p)
		log_err(&e);
	log_info("%zu cases passed, %zu failed", ok, bad);
	arena_free(a);
	return !all.p ? ERR_CONFIG : status ? status : bad ? ERR_DATA : 0;
}
