/*
 * help - what a program says of itself: -h, --help, completions, --options.
 */
#ifndef HELP_H
#define HELP_H

#include "opt.h"

struct help {
	const char *name;
	const char *summary;         /* one line, lower case */
	const char *operands;        /* "[file ...]" or "" */
	const char *const *examples; /* shell lines, NULL-terminated; at most five */
	const struct opt_set *sets;  /* the first is the program's own */
	size_t n;
};

/* Usage, examples and the program's own options: at most 24 lines.  To `fd`. */
void help_short(const struct help *, int fd);

/* Everything, in groups. */
void help_long(const struct help *, int fd);

/*
 * One line an option: letter TAB name TAB type TAB argument TAB help TAB group
 * TAB number of its set.
 */
void help_options(const struct help *, int fd);

/* `shell` is bash, zsh or fish; false if it is none of them. */
bool help_completion(const struct help *, const char *shell, int fd);

#endif
