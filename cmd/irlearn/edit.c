#include "common.h"
#include "edit.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "tome.h"

#define MODEL_MAX ((size_t)4 * 1024 * 1024 * 1024)

static bool
load_one(struct habit *h, const char *path, struct err *e)
{
	struct arena *a = arena_new();
	struct str text = STR_NONE;
	bool ok;

	if (file_trusted(path, e))
		text = file_read(a, path, MODEL_MAX, e);
	/* a snapshot is a model behind a line of its own */
	if (str_starts(text, STR("irstate 1 ")))
		str_cut(&text, '\n');
	ok = e->kind == ERR_NONE && text.p && tome_read(h, text, path, e);
	if (!ok && e->kind == ERR_NONE)
		err_set(e, ERR_CONFIG, "%s: nothing in it", path);
	arena_free(a);
	return ok;
}

bool
edit_load(struct habit *h, const struct opt_list *models, struct err *e)
{
	for (size_t i = 0; i < models->n; i++)
		if (!load_one(h, models->v[i], e))
			return false;
	return true;
}

static void
print(const struct irlearn_set *s, struct habit *h, struct err *e)
{
	struct buf b = buf_make((size_t)1 << 32);

	if (s->forget && !tome_forget(h, str_of(s->forget)))
		log_warn("the model knows nothing of '%s'", s->forget);
	if (s->card)
		tome_card(h, &b);
	else
		tome_write(h, &b);
	if (b.full)
		err_set(e, ERR_SYS, "a model of more than 4 GiB");
	else
		out_write(1, buf_str(&b), e);
	buf_free(&b);
}

static int
edit(const struct irlearn_set *s, const struct opt_list *operands)
{
	/* what was counted one by one stays so: nothing depends on the order */
	struct habit_set set = {.max = UINT32_MAX, .alpha = 1};
	struct arena *a = arena_new();
	struct paths *paths = paths_new();
	struct lenses lenses = {0};
	struct habit *h = NULL;
	struct err e = {0};

	if (s->merge + s->dump + s->card + !!s->forget + s->train + s->subtract +
		s->frozen >
	    1)
		err_set(&e, ERR_CONFIG,
		    "--merge, --dump, --card and --forget exclude each other, and what "
		    "learns");
	else if (!operands->n && !s->models.n)
		err_set(&e, ERR_CONFIG, "no model is given");
	else if (lenses_load(&lenses, paths,
		     s->lenses ? s->lenses : file_data(a, "models"), &e)) {
		h = habit_new(&lenses, &set);
		if (edit_load(h, &s->models, &e) && edit_load(h, operands, &e))
			print(s, h, &e);
	}
	if (e.kind != ERR_NONE)
		log_err(&e);
	habit_free(h);
	if (lenses.a)
		lenses_free(&lenses);
	paths_free(paths);
	arena_free(a);
	return (int)e.kind;
}

int
edit_main(const struct opt *own, int argc, char **argv)
{
	struct irlearn_set set = {0};
	struct common common = common_defaults;
	struct opt_set sets[] = {{own, &set}, {common_options(true), &common}};
	struct opt_list operands = {0};
	struct err e = {0};
	int status = -1;

	if (opt_parse(sets, 2, argc, argv, &operands, &e) && !common.help &&
	    !common.short_help && !common.options && !common.completion &&
	    !common.version && (set.merge || set.dump || set.card || set.forget)) {
		log_start("irlearn");
		status = edit(&set, &operands);
		log_end();
	}
	opt_free(sets, 2);
	mem_free(operands.v);
	return status;
}
