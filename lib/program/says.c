#include "says.h"
#include "help.h"
#include "out.h"
#include "scan.h"
#include "selftest.h"

static struct help
help_of(const struct filter_run *run)
{
	const struct filter *f = run->f;

	return (struct help){f->name, f->summary, f->operands, f->examples, run->sets, 2};
}

void
says_usage(const struct filter_run *run, int fd)
{
	struct help h = help_of(run);

	help_short(&h, fd);
}

int
says_run(struct filter_run *run, struct err *e)
{
	struct help h = help_of(run);

	if (run->common.short_help)
		return help_short(&h, 1), 0;
	if (run->common.help)
		return help_long(&h, 1), 0;
	if (run->common.options)
		return help_options(&h, 1), 0;
	if (run->common.completion)
		return help_completion(&h, run->common.completion, 1) ? 0 : 2;
	if (run->common.version) {
		struct str s = CAT(run->arena, str_of(run->f->name),
		    STR(" " IR_VERSION "\n"), STR("scanner: "),
		    str_of(scan_variant_name()), STR("\nrecord schema: 1\n"));

		return out_write(1, s, e) ? 0 : 3;
	}
	if (run->common.self_test)
		return selftest_run(e) ? 0 : 3;
	return -1;
}
