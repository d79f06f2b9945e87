/*
 * latency PIPELINE: how long a record takes through a shell pipeline that is idle.
 * Writes one line, waits for it to come out, many times; prints the median in us.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N 2000

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	static const char line[] =
	    "{\"@timestamp\":\"2026-11-24T06:05:01.000Z\",\"a\":1}\n";
	static double us[N];
	int in[2], out[2];
	char got[4096];

	if (argc != 2 || pipe(in) < 0 || pipe(out) < 0)
		return 2;
	if (fork() == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl("/bin/sh", "sh", "-c", argv[1], (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	for (int i = -100; i < N; i++) {
		double start = now_us();
		ssize_t n = 0;

		if (write(in[1], line, sizeof(line) - 1) < 0)
			return 3;
		while (n == 0 || got[n - 1] != '\n') {
			ssize_t k = read(out[0], got + n, sizeof(got) - (size_t)n);

			if (k <= 0)
				return 3;
			n += k;
		}
		if (i >= 0)
			us[i] = now_us() - start;
		usleep(200);
	}
	close(in[1]);
	wait(NULL);
	qsort(us, N, sizeof(us[0]), by_size);
	printf("%.1f\n", us[N / 2]);
	return 0;
}
