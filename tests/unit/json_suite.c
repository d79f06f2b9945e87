/*
 * The collections of good (y_) and bad (n_) JSON in ../shared/data/json, through
 * each variant; what is one line and one object also as a record.
 */
#include <dirent.h>
#include <stdlib.h>

#include "mem.h"
#include "scan.h"
#include "test.h"

#define DIR_OF_DATA "../shared/data/json"
#define MAX         (1 << 20)

static char *room;
static int files;

static bool
load(const char *path, struct str *text)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return false;
	n = fread(room, 1, MAX, f);
	fclose(f);
	memset(room + n, '"', JSON_PAD);
	*text = (struct str){room, n};
	return true;
}

static void
check(const char *path, char kind)
{
	static const char *const variants[] = {"scalar", "sse2", "avx2", "avx512"};
	struct paths *paths = paths_new();
	struct scanned got;
	struct finds none = {0};
	struct str text;

	if (!load(path, &text))
		return;
	files++;
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		bool valid;

		if (!scan_variant(variants[i]))
			continue;
		valid = json_valid(text, NULL);
		if (kind != 'i')
			T(valid == (kind == 'y'));
		if (kind != 'i' && valid != (kind == 'y'))
			fprintf(stderr, "  %s: %s\n", variants[i], path);
		if (str_chr(text, '\n') == STR_NPOS &&
		    str_starts(str_trim(text), STR("{")))
			T(scan_record(paths, text, &none, &got, NULL) == valid);
	}
	paths_free(paths);
}

static void
visit(const char *dir, int depth)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[1024];
		struct str name = str_of(e->d_name);

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (str_ends(name, STR(".json")) && name.n > 2 && e->d_name[1] == '_')
			check(path, e->d_name[0]);
		else if (e->d_type == DT_DIR && depth < 4)
			visit(path, depth + 1);
	}
	if (d)
		closedir(d);
}

int
main(void)
{
	room = mem_new(MAX + JSON_PAD, 1);
	visit(DIR_OF_DATA, 0);
	if (files == 0)
		printf("skip: no %s\n", DIR_OF_DATA);
	mem_free(room);
	return TEST_END;
}
