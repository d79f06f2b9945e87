/*
 * template - the template of each row of a CSV file, from its column Content.
 *
 *   template answer FILE.csv     {"template": "..."} for each row
 *   template speed FILE.csv N    lines a second of CPU time, read N times
 *
 * To answer, it reads the rows twice: it learns, then it tells what it has learnt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arena.h"
#include "buf.h"
#include "mem.h"
#include "template.h"

#define MAX 50000

static struct str
whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = buf_make((size_t)1 << 30);
	size_t n;
	char *p;

	if (!f)
		exit(2);
	while ((p = buf_room(&b, 65536)) && (n = fread(p, 1, 65536, f)))
		b.n += n;
	fclose(f);
	return buf_str(&b); /* until the end */
}

/* The next field of a row (RFC 4180), unquoted; `*ends`: it is the row's last. */
static struct str
field(struct arena *a, struct str *rest, bool *ends)
{
	char *out = arena_alloc(a, rest->n + 1);
	size_t n = 0, i = 0;
	bool quoted = false;

	for (; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == '"' && quoted && i + 1 < rest->n && rest->p[i + 1] == '"')
			out[n++] = rest->p[i++];
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ',' || c == '\n'))
			break;
		else
			out[n++] = c;
	}
	*ends = i >= rest->n || rest->p[i] == '\n';
	*rest = str_from(*rest, i + 1);
	while (n && out[n - 1] == '\r')
		n--;
	return (struct str){out, n};
}

struct rows {
	struct str *v;
	size_t n, cap;
};

static struct rows
read_rows(const char *path)
{
	struct rows r = {0};
	struct str rest = whole(path), s;
	struct arena *scratch = arena_new(), *kept = arena_new();
	size_t column = 0;
	bool ends = false;

	for (size_t i = 0; rest.n && !ends; i++)
		if (str_eq(field(scratch, &rest, &ends), STR("Content")))
			column = i;
	while (rest.n) {
		arena_reset(scratch);
		ends = false;
		for (size_t i = 0; !ends; i++) {
			s = field(scratch, &rest, &ends);
			if (i != column)
				continue;
			r.v = mem_grow(r.v, &r.cap, r.n + 1, sizeof(*r.v));
			r.v[r.n++] = arena_copy(kept, s);
		}
	}
	arena_free(scratch);
	return r;
}

static void
answer(const struct rows *r)
{
	struct templates *t = templates_new(MAX);
	struct buf b = buf_make(1024 * 1024);

	for (size_t i = 0; i < r->n; i++)
		templates_note(t, r->v[i]);
	for (size_t i = 0; i < r->n; i++) {
		const struct template *p = templates_find(t, r->v[i]);

		buf_reset(&b);
		buf_add(&b, STR("{\"template\":"));
		buf_json(&b, p ? template_text(p) : STR(""));
		buf_add(&b, STR("}\n"));
		fwrite(b.p, 1, b.n, stdout);
	}
	buf_free(&b);
	templates_free(t);
}

static void
speed(const struct rows *r, long times)
{
	struct templates *t = templates_new(MAX);
	clock_t begun = clock();

	for (long k = 0; k < times; k++)
		for (size_t i = 0; i < r->n; i++)
			templates_note(t, r->v[i]);
	printf("%.0f\n", (double)r->n * (double)times * CLOCKS_PER_SEC /
			     (double)(clock() - begun + 1));
	templates_free(t);
}

int
main(int argc, char **argv)
{
	struct rows r;

	if (argc < 3)
		return 2;
	r = read_rows(argv[2]);
	if (strcmp(argv[1], "answer") == 0)
		answer(&r);
	else
		speed(&r, argc > 3 ? strtol(argv[3], NULL, 10) : 1);
	mem_free(r.v);
	return fflush(stdout) ? 3 : 0;
}
