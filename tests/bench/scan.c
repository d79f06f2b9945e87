/*
 * Validated scan with five look-ups against simdjson's DOM with the same ones,
 * both called line by line.  As in a filter, lines come by the block of 256 KiB
 * that was just copied; the two take turns on each block, and who goes first.
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
#define BLOCK ((size_t)256 * 1024)

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
ours(const struct paths *paths, const struct str *line, size_t n)
{
	struct found found[NAMES] = {0};
	uint32_t hit[NAMES];
	struct finds finds = {.v = found, .hit = hit};
	struct scanned got;
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (!scan_record(paths, line[i], &finds, &got, NULL))
			return -1;
		for (size_t k = 0; k < NAMES; k++)
			sum += found[k].raw.p != NULL;
	}
	return sum;
}

static int
theirs(const struct str *line, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += simdjson_line(line[i].p, line[i].n, names, NAMES);
	return sum;
}

/* Copies lines from `*at` on into the block, as read(2) would; returns how many. */
static size_t
block(const struct text *t, size_t *at, char *room, struct str *lines)
{
	size_t n = 0, used = 0;

	for (; *at < t->count && used + t->lines[*at].n + 1 <= BLOCK; ++*at) {
		lines[n].p = memcpy(room + used, t->lines[*at].p, t->lines[*at].n);
		lines[n++].n = t->lines[*at].n;
		used += t->lines[*at].n;
		room[used++] = '\n';
	}
	return n;
}

struct times {
	double ours, theirs;
};

/* All lines once through both.  False: they do not find the same. */
static bool
measure(const struct paths *paths, const struct text *t, struct times *sum)
{
	static char room[BLOCK + JSON_PAD];
	static struct str lines[BLOCK / 2];
	size_t at = 0, n;

	*sum = (struct times){0};
	for (int turn = 0; (n = block(t, &at, room, lines)) > 0; turn++) {
		double a = cpu(), b, c;
		int first = turn & 1 ? ours(paths, lines, n) : theirs(lines, n), second;

		b = cpu();
		second = turn & 1 ? theirs(lines, n) : ours(paths, lines, n);
		c = cpu();
		sum->ours += turn & 1 ? b - a : c - b;
		sum->theirs += turn & 1 ? c - b : b - a;
		if (first != second || first < 0)
			return false;
	}
	return at == t->count;
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
	for (int i = 0; i < rounds; i++) {
		struct times sum;

		if (!measure(paths, &t, &sum))
			return fprintf(stderr, "scan: the two do not find the same\n"), 1;
		ratio[i] = sum.theirs / sum.ours;
		we[i] = sum.ours;
		they[i] = sum.theirs;
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
