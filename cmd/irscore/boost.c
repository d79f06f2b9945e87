#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>

#include "boost.h"
#include "mem.h"

#define ROUNDS   150
#define CONTRIBS 4 /* option of XGBoosterPredict(): SHAP values, the bias last */

/* Of its C interface, version 1: 0 is success. */
static struct {
	int (*matrix)(const size_t *from, const unsigned *columns, const float *values,
	    size_t n_from, size_t n, size_t n_columns, void **out);
	int (*matrix_free)(void *);
	int (*matrix_info)(void *, const char *field, const float *, uint64_t n);
	int (*make)(void *const *matrices, uint64_t n, void **out);
	int (*free)(void *);
	int (*set)(void *, const char *name, const char *value);
	int (*update)(void *, int round, void *matrix);
	int (*predict)(void *, void *matrix, int options, unsigned trees, int training,
	    uint64_t *n, const float **out);
	const char *(*why)(void);
	void *handle; /* loaded once, never unloaded */
} lib;

static bool
find(void *to, const char *name)
{
	return (*(void **)to = dlsym(lib.handle, name)) != NULL;
}

bool
boost_open(struct err *e)
{
	/* no thread of its own: the sandbox has none */
	setenv("OMP_NUM_THREADS", "1", 1);
	if (!lib.handle)
		lib.handle = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle) {
		err_set(e, ERR_SYS, "--challenge needs libxgboost: %s", dlerror());
		return false;
	}
	if (find(&lib.matrix, "XGDMatrixCreateFromCSREx") &&
	    find(&lib.matrix_free, "XGDMatrixFree") &&
	    find(&lib.matrix_info, "XGDMatrixSetFloatInfo") &&
	    find(&lib.make, "XGBoosterCreate") && find(&lib.free, "XGBoosterFree") &&
	    find(&lib.set, "XGBoosterSetParam") &&
	    find(&lib.update, "XGBoosterUpdateOneIter") &&
	    find(&lib.predict, "XGBoosterPredict") && find(&lib.why, "XGBGetLastError"))
		return true;
	err_set(e, ERR_SYS, "this libxgboost is not version 1");
	return false;
}

static void *
matrix(const struct solver_row *rows, size_t n, size_t features)
{
	size_t *from = mem_new(n + 1, sizeof(*from)), all = 0, at = 0;
	float *label = mem_new(n, sizeof(*label)), *ones;
	unsigned *columns;
	void *m = NULL;

	for (size_t i = 0; i < n; i++)
		all += rows[i].n;
	columns = mem_new(all + 1, sizeof(*columns));
	ones = mem_new(all + 1, sizeof(*ones));
	for (size_t i = 0; i < n; i++) {
		label[i] = rows[i].positive;
		for (size_t k = 0; k < rows[i].n; k++, at++) {
			columns[at] = rows[i].on[k];
			ones[at] = 1;
		}
		from[i + 1] = at;
	}
	if (lib.matrix(from, columns, ones, n + 1, all, features, &m) != 0)
		m = NULL;
	else
		lib.matrix_info(m, "label", label, n);
	mem_free(from);
	mem_free(columns);
	mem_free(ones);
	mem_free(label);
	return m;
}

static bool
grow(void *trees, void *of)
{
	static const char *const how[][2] = {{"objective", "binary:logistic"},
	    {"max_depth", "4"}, {"eta", "0.1"}, {"nthread", "1"}, {"seed", "1"},
	    {"tree_method", "exact"}, {"verbosity", "0"}};

	for (size_t i = 0; i < sizeof(how) / sizeof(*how); i++)
		if (lib.set(trees, how[i][0], how[i][1]) != 0)
			return false;
	for (int i = 0; i < ROUNDS; i++)
		if (lib.update(trees, i, of) != 0)
			return false;
	return true;
}

static bool
ask(void *trees, void *asked, size_t n, size_t features, double *p, double *shap)
{
	const float *out;
	uint64_t got;

	if (lib.predict(trees, asked, 0, 0, 0, &got, &out) != 0 || got != n)
		return false;
	for (size_t i = 0; i < n; i++)
		p[i] = (double)out[i];
	if (lib.predict(trees, asked, CONTRIBS, 0, 0, &got, &out) != 0 ||
	    got != n * (features + 1))
		return false;
	for (size_t k = 0; k < features; k++) {
		shap[k] = 0;
		for (size_t i = 0; i < n; i++)
			shap[k] += fabs((double)out[i * (features + 1) + k]) / (double)n;
	}
	return true;
}

bool
boost_try(const struct solver_row *rows, size_t n, const struct solver_row *asked,
    size_t n_asked, size_t features, double *p, double *shap, struct err *e)
{
	void *of = matrix(rows, n, features), *to = matrix(asked, n_asked, features),
	     *trees = NULL;
	bool ok = of && to && lib.make(&of, 1, &trees) == 0 && grow(trees, of) &&
		  ask(trees, to, n_asked, features, p, shap);

	if (!ok)
		err_set(e, ERR_SYS, "libxgboost: %.200s", lib.why());
	if (trees)
		lib.free(trees);
	if (of)
		lib.matrix_free(of);
	if (to)
		lib.matrix_free(to);
	return ok;
}
