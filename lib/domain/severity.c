#include "severity.h"

static const char *const words[] = {"informational", "low", "medium", "high", "critical"};

struct str
severity_name(enum severity s)
{
	return str_of(words[s]);
}

int
severity_rank(struct str word)
{
	for (int i = SEV_INFO; i <= SEV_CRITICAL; i++)
		if (str_eq(word, str_of(words[i])))
			return i;
	return -1;
}

bool
severity_of(struct str word, enum severity *s)
{
	int rank = severity_rank(word);

	if (rank >= 0)
		*s = (enum severity)rank;
	return rank >= 0;
}
