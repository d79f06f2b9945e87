#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tool.h"

#include "book.h"
#include "common.h"
#include "escape.h"
#include "json.h"
#include "lines.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "rings.h"
#include "shelf.h"
#include "traverse.h"

#define LINE_MAX_ ((size_t)16 << 20)

struct tool {
	const struct settings *set;
	struct arena *a;
	struct buf out;
	struct shelf *shelf; /* playbooks that one that is walked may call */
	struct rings *rings; /* the playbooks that are checked */
	const char *path;
	int status;
};

bool
tool_wanted(int argc, char **argv)
{
	static const char *const modes[] = {
	    "--lint", "--compile", "--graph", "--simulate", "--approve", "--keygen"};

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		for (size_t k = 0; k < sizeof(modes) / sizeof(*modes); k++) {
			size_t n = strlen(modes[k]);

			if (strncmp(argv[i], modes[k], n) == 0 &&
			    (argv[i][n] == 0 || argv[i][n] == '='))
				return true;
		}
	return false;
}

static void
fault(void *ctx, const struct playbook_fault *f)
{
	const struct tool *t = ctx;
	const char *level = f->error ? "error" : "warning";
	char line[16] = "";

	if (f->line)
		snprintf(line, sizeof(line), ":%d", f->line);
	if (t->set->lint) {
		struct buf *b = &((struct tool *)ctx)->out;

		escape_text(b, str_of(t->path));
		buf_fmt(b, "%s: %s: %s: ", line, level, f->kind);
		escape_text(b, f->text);
		buf_ch(b, '\n');
	} else if (f->error) {
		log_error("%s%s: %s: " STR_FMT, t->path, line, f->kind, STR_ARG(f->text));
	}
}

/* --- simulate --- */

#define CALLS 4 /* playbooks that call one another */

struct told {
	struct tool *t;
	struct facts *facts;
	size_t n;
	unsigned depth;
};

static void
step_line(struct tool *t, const struct playbook_step *s)
{
	struct str name = s->name.p ? s->name : s->id;

	buf_fmt(&t->out, "  %-16s ", playbook_type_name(s->type));
	escape_text(&t->out, name);
}

static void
trace(void *ctx, const struct playbook_step *s, const char *way, struct str why)
{
	struct told *told = ctx;

	step_line(told->t, s);
	buf_fmt(&told->t->out, " -> %s", way);
	if (why.p) {
		buf_add(&told->t->out, STR(": "));
		escape_text(&told->t->out, why);
	}
	buf_ch(&told->t->out, '\n');
}

static void would(void *ctx, const struct playbook_step *);

static bool
go_through(struct told *told, const struct playbook *p)
{
	const struct node *before = told->facts->playbook;
	struct traverse w = {
	    .p = p, .facts = told->facts, .ctx = told, .act = would, .trace = trace};
	bool ended;

	told->depth++;
	told->facts->playbook = node_get(p->root, STR("playbook_variables"));
	ended = traverse_all(&w);
	told->facts->playbook = before;
	told->depth--;
	return ended;
}

/* Another playbook, if it is at hand. */
static void
call(struct told *told, const struct playbook_step *s)
{
	struct tool *t = told->t;
	struct str id = node_text(node_get(s->node, STR("playbook_id")));
	const struct book *b = t->shelf && id.p ? shelf_find(t->shelf, id) : NULL;

	step_line(t, s);
	buf_add(&t->out, b ? STR(": ") : STR(": a playbook that is not here: "));
	escape_text(&t->out, b ? b->name : id);
	buf_ch(&t->out, '\n');
	if (b && told->depth < CALLS)
		go_through(told, &b->p);
}

/* The targets that an action step would have, and where each comes from. */
static void
would(void *ctx, const struct playbook_step *s)
{
	struct told *told = ctx;
	struct tool *t = told->t;
	struct facts *f = told->facts;
	const struct node *list = node_get(s->node, STR("commands"));

	if (s->type == PLAYBOOK_CALL) {
		call(told, s);
		return;
	}
	told->n++;
	step_line(t, s);
	for (size_t i = 0; i < node_count(list); i++) {
		struct str c = node_text(node_get(node_at(list, i), STR("command"))),
			   name;
		const struct node *e;
		size_t at = 0, k = 0, n = 0;
		bool valued;

		buf_add(&t->out, STR(": would do: "));
		escape_text(
		    &t->out, c.p ? str_sub(c, 0, 200) : STR("what is encoded in it"));
		while (c.p && playbook_names(c, &at, &name, &valued)) {
			name = str_sub(name, 2, name.n - 4);
			for (k = 0; (e = facts_each(f, name, &k)); n++) {
				buf_add(&t->out, STR("\n      "));
				escape_text(
				    &t->out, node_text(node_get(e, STR("value"))));
				buf_add(&t->out, STR(" ("));
				escape_text(&t->out, node_text(node_get(e, STR("prov"))));
				buf_ch(&t->out, ')');
			}
			if (facts_is_set(name) && n == 0)
				buf_add(&t->out,
				    STR("\n      nothing: the incident has none"));
		}
	}
	buf_ch(&t->out, '\n');
}

static void
simulate_one(struct tool *t, const struct playbook *p, struct str line)
{
	struct json_fault bad;
	struct facts f;
	struct told told = {t, &f, 0, 0};
	char pad[JSON_PAD] = "";
	struct str raw = CAT(t->a, line, (struct str){pad, sizeof(pad)});

	raw.n = line.n;
	if (!json_valid(raw, &bad)) {
		log_error("%s: no JSON", t->path);
		t->status = 1;
		return;
	}
	if (!facts_read(t->a, node_json(t->a, raw), NULL, &f))
		return;
	buf_add(&t->out, STR("incident "));
	escape_text(&t->out, f.id);
	buf_add(&t->out, STR(", playbook "));
	escape_text(&t->out, p->name);
	buf_ch(&t->out, '\n');
	if (!go_through(&told, p)) {
		log_error("%s: the playbook goes on for too long", t->set->simulate);
		t->status = 1;
	}
	buf_fmt(&t->out, "  %zu actions; nothing was changed\n", told.n);
}

static void
simulate_file(struct tool *t, const struct playbook *p, const char *path)
{
	int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	struct lines *in;
	struct str line;
	struct err e = {0};
	enum lines_got got;

	t->path = path;
	if (fd < 0) {
		err_sys(&e, ERR_SYS, "cannot open '%s'", path);
		log_err(&e);
		t->status = 3;
		return;
	}
	in = lines_new(fd, LINE_MAX_);
	while ((got = lines_next(in, &line, &e)) == LINES_LINE || got == LINES_LONG)
		if (got == LINES_LINE && str_trim(line).n)
			simulate_one(t, p, str_trim(line));
	if (got != LINES_EOF) {
		log_err(&e);
		t->status = 3;
	}
	lines_free(in);
	if (fd > 0)
		close(fd);
}

/* --- one file --- */

static void
one(struct tool *t, const char *path)
{
	struct playbook_ear ear = {fault, t, t->a, 0};
	struct playbook p;
	struct str json;
	bool ok;

	t->path = path;
	ok = book_load(path, &p, &json, &ear);
	if (ok && t->set->lint) {
		playbook_check(&p, &ear);
		rings_add(t->rings, &p, str_of(path));
	}
	if (ear.errors)
		t->status = 1;
	if (!ok)
		return;
	if (t->set->lint && ear.errors == 0) {
		escape_text(&t->out, str_of(path));
		buf_add(&t->out, STR(": ok\n"));
	} else if (t->set->graph) {
		graph_write(&p, strcmp(t->set->graph, "mermaid") == 0, &t->out);
	} else if (t->set->compile && ear.errors == 0) {
		buf_add(&t->out, json);
		buf_ch(&t->out, '\n');
	}
}

static void
ring(void *ctx, struct str path, struct str id, struct str by)
{
	struct tool *t = ctx;

	escape_text(&t->out, path);
	buf_add(&t->out, STR(": error: loop: playbook '"));
	escape_text(&t->out, str_sub(id, 0, 90));
	buf_add(&t->out, STR("' calls '"));
	escape_text(&t->out, str_sub(by, 0, 90));
	buf_add(&t->out, STR("', which leads back to it\n"));
	t->status = 1;
}

static void
each(struct tool *t, const struct opt_list *files)
{
	t->rings = rings_new();
	for (size_t i = 0; i < files->n; i++)
		one(t, files->v[i]);
	rings_each(t->rings, ring, t);
	rings_free(t->rings);
}

static void
simulate(struct tool *t, const struct opt_list *files)
{
	struct playbook_ear ear = {fault, t, t->a, 0};
	struct playbook p;
	struct str json;
	struct err e = {0};

	t->path = t->set->simulate;
	if (!book_load(t->set->simulate, &p, &json, &ear) || ear.errors) {
		t->status = 2;
		return;
	}
	t->shelf = shelf_new();
	if (!shelf_load_own(t->shelf, &e))
		log_err(&e);
	for (size_t i = 0; i < files->n; i++)
		simulate_file(t, &p, files->v[i]);
	if (files->n == 0)
		simulate_file(t, &p, "-");
	shelf_free(t->shelf);
}

static int
run(struct tool *t, const struct opt_list *files)
{
	struct err e = {0};

	t->a = arena_new();
	t->out = buf_make(SIZE_MAX);
	if (t->set->simulate)
		simulate(t, files);
	else if (files->n == 0) {
		log_error("no playbook is named");
		t->status = 2;
	} else {
		each(t, files);
	}
	if (!out_write(1, buf_str(&t->out), &e)) {
		log_err(&e);
		t->status = 3;
	}
	buf_free(&t->out);
	arena_free(t->a);
	return t->status;
}

int
tool_main(const struct opt *table, const struct settings *defaults, int argc, char **argv)
{
	struct settings set = *defaults;
	struct common common = common_defaults;
	struct opt_set sets[] = {{table, &set}, {common_options(true), &common}};
	struct opt_list files = {0};
	struct tool t = {.set = &set};
	struct err e = {0};
	int status = 2;

	log_start("irplan");
	if (!opt_parse(sets, 2, argc, argv, &files, &e)) {
		log_err(&e);
	} else {
		log_set(common.verbose, common.quiet, LOG_TEXT);
		if (set.keygen)
			status = approve_keygen(&set);
		else if (set.approve)
			status = approve_plan(&set, &common);
		else
			status = run(&t, &files);
	}
	opt_free(sets, 2);
	mem_free(files.v);
	log_end();
	return status;
}
