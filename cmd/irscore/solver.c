#include <dlfcn.h>

#include <linear.h>

#include "mem.h"
#include "solver.h"

#define STOP 0.01 /* liblinear's own: when the gradient has shrunk to a hundredth */

static struct {
	__typeof__(train) *train;
	__typeof__(free_and_destroy_model) *free;
	__typeof__(set_print_string_function) *print;
	void *handle; /* loaded once, never unloaded */
} lib;

static void
quiet(const char *text)
{
	(void)text;
}

bool
solver_open(struct err *e)
{
	if (!lib.handle)
		lib.handle = dlopen("liblinear.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle) {
		err_set(e, ERR_SYS, "training needs liblinear: %s", dlerror());
		return false;
	}
	*(void **)&lib.train = dlsym(lib.handle, "train");
	*(void **)&lib.free = dlsym(lib.handle, "free_and_destroy_model");
	*(void **)&lib.print = dlsym(lib.handle, "set_print_string_function");
	if (lib.train && lib.free && lib.print)
		return true;
	err_set(e, ERR_SYS, "this liblinear is not version 2");
	return false;
}

/* All rows in one block, each ended by a feature of number -1, the bias before it. */
static struct feature_node *
fill(struct problem *p, const struct solver_row *rows)
{
	size_t nodes = 0, at = 0;
	struct feature_node *all;

	for (int i = 0; i < p->l; i++)
		nodes += rows[i].n + 2;
	all = mem_new(nodes, sizeof(*all));
	for (int i = 0; i < p->l; i++) {
		p->x[i] = all + at;
		p->y[i] = rows[i].positive ? 1 : -1;
		for (size_t k = 0; k < rows[i].n; k++)
			all[at++] = (struct feature_node){(int)rows[i].on[k] + 1, 1};
		all[at++] = (struct feature_node){p->n, p->bias};
		all[at++] = (struct feature_node){-1, 0};
	}
	return all;
}

void
solver_train(
    const struct solver_row *rows, size_t n, size_t features, double cost, double *w)
{
	struct problem p = {.l = (int)n, .n = (int)features + 1, .bias = 1};
	struct parameter how = {.solver_type = L2R_LR, .eps = STOP, .C = cost};
	struct feature_node *all;
	struct model *m;

	p.y = mem_new(n, sizeof(*p.y));
	p.x = mem_new(n, sizeof(*p.x));
	all = fill(&p, rows);
	lib.print(quiet);
	m = lib.train(&p, &how);
	/* a sum above 0 speaks for the kind that came first */
	for (size_t i = 0; i <= features; i++)
		w[i] = m->label[0] == 1 ? m->w[i] : -m->w[i];
	lib.free(&m);
	mem_free(all);
	mem_free(p.x);
	mem_free(p.y);
}
