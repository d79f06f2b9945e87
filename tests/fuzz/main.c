/* Runs a fuzz target over the files of its corpus, without a fuzzing engine. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		long n;
		uint8_t *p;

		if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
			return perror(argv[i]), 1;
		rewind(f);
		/* exactly as long as the input: an overrun is seen */
		p = malloc(n ? (size_t)n : 1);
		if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
			return perror(argv[i]), 1;
		fclose(f);
		LLVMFuzzerTestOneInput(p, (size_t)n);
		free(p);
	}
	printf("ok %d inputs\n", argc - 1);
	return 0;
}
