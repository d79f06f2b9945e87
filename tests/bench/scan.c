/*
 * Validated scan with five look-ups against simdjson's DOM with the same ones,
 * both called line by line, in turn, on lines that lie in memory.
 *
 *   scan FILE [ROUNDS]    prints the median of the ratios of CPU time
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "scan.h"

int simdjson_line(const char *, size_t, const char *const *, size_t);
const char *simdjson_kernel(void);

static const char *const names[] = {
    "EventID", "Channel", "Computer", "Image", "CommandLine"};

#define NAMES (sizeof(names) / sizeof(*names))

struct text {
	char *p;
	size_t n;
	struct str *lines;
	size_t count;
};

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool
load(const char *path, struct text *t)
{
	FILE *f = fopen(path, "rb");
	long n;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
		return false;
	rewind(f);
	t->p = calloc((size_t)n + JSON_PAD, 1);
	t->n = fread(t->p, 1, (size_t)n, f);
	t->lines = calloc((size_t)n / 2 + 1, sizeof(*t->lines));
	fclose(f);
	for (struct str rest = {t->p, t->n}; rest.n > 0;) {
		struct str line = str_cut(&rest, '\n');

		if (line.n)
			t->lines[t->count++] = line;
	}
	return t->count > 0;
}

static int
ours(const struct paths *paths, const struct text *t)
{
	struct found found[NAMES];
	struct scanned got;
	int sum = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!scan_record(paths, t->lines[i], found, &got, NULL))
			return -1;
		for (size_t k = 0; k < NAMES; k++)
			sum += found[k].raw.p != NULL;
	}
	return sum;
}

static int
theirs(const struct text *t)
{
	int sum = 0;

	for (size_t i = 0; i < t->count; i++)
		sum += simdjson_line(t->lines[i].p, t->lines[i].n, names, NAMES);
	return sum;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	struct paths *paths = paths_new();
	struct text t = {0};
	double ratio[101], we[101], they[101], mb;
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 9;

	if (argc < 2 || !load(argv[1], &t) || rounds < 1 || rounds > 101)
		return fprintf(stderr, "usage: scan FILE [ROUNDS]\n"), 2;
	for (size_t i = 0; i < NAMES; i++)
		paths_add(paths, str_of(names[i]));
	if (ours(paths, &t) != theirs(&t))
		return fprintf(stderr, "scan: the two do not find the same\n"), 1;
	for (int i = 0; i < rounds; i++) {
		double a = cpu(), b, c;

		ours(paths, &t);
		b = cpu();
		theirs(&t);
		c = cpu();
		ratio[i] = (c - b) / (b - a);
		we[i] = b - a;
		they[i] = c - b;
	}
	qsort(ratio, (size_t)rounds, sizeof(*ratio), ascending);
	qsort(we, (size_t)rounds, sizeof(*we), ascending);
	qsort(they, (size_t)rounds, sizeof(*they), ascending);
	mb = (double)t.n * 1e-6;
	printf("%.2f %s %.0f MB/s, simdjson %s %.0f MB/s\n", ratio[rounds / 2],
	    scan_variant_name(), mb / we[rounds / 2], simdjson_kernel(),
	    mb / they[rounds / 2]);
	paths_free(paths);
	free(t.lines);
	free(t.p);
	return 0;
}
