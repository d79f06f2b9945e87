/* Manifests of backups: paths below the tree with their hashes, or refused. */
#include <assert.h>
#include <stdint.h>

#include "../../cmd/irremedy/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();
	struct manifest m = {0};
	struct err e = {0};
	struct str path;
	size_t at = 0;

	if (manifest_read(
		&m, a, (struct str){(const char *)p, n}, STR("/var/www/html"), &e)) {
		assert(m.n > 0);
		while (map_next(m.of, &at, &path, NULL))
			assert(
			    path.n == 0 || path.p[0] != '/'); /* none: the path itself */
	} else {
		assert(e.kind == ERR_DATA && e.msg[0]);
	}
	manifest_free(&m);
	arena_free(a);
	return 0;
}
