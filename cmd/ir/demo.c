#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "spool.h"
#include "stages.h"
#include "triage.h"

/* The logs are of that morning; with an older clock they would lie in the future. */
#define NOW "2026-11-24T12:00:00Z"

struct demo {
	struct arena *a;
	const char *logs, *site;
	char *dir;   /* new, for the report and the state of the plan */
	int records; /* what `ir triage --json` prints */
};

static const char *
find_logs(struct arena *a)
{
	const char *logs = file_data(a, "examples/logs");
	struct stat st;

	return stat(logs, &st) == 0
		   ? logs
		   : arena_fmt(a, "%s/../../../examples/logs", file_programs(a)).p;
}

static bool
make_places(struct demo *d, struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	d->dir = mem_text(
	    arena_fmt(d->a, "%s/ir-demo.XXXXXX", tmp && *tmp ? tmp : "/tmp"));
	d->records = memfd_create("records", MFD_CLOEXEC);
	if (mkdtemp(d->dir) && d->records >= 0)
		return true;
	err_sys(e, ERR_SYS, "cannot make '%s'", d->dir);
	return false;
}

/* One program over the records; its refusals (1) are part of what is shown. */
static int
show(struct demo *d, const struct stage *s, struct err *e)
{
	int status;

	if (!stages_path(d->a, s->argv[0]))
		return 0;
	lseek(d->records, 0, SEEK_SET);
	fflush(stdout);
	status = stages_run(d->a, s, 1, d->records, 1, e);
	return status < 0 ? ERR_SYS : status == 1 ? 0 : status;
}

static int
show_all(struct demo *d, struct err *e)
{
	const char *report = arena_fmt(d->a, "%s/report.html", d->dir).p;
	const struct stage change = {.argv = {"ircontain", "--format", "text", "--now",
					 NOW, "--site", d->site, "--state", d->dir}};
	const struct stage html = {
	    .argv = {"irreport", "--format", "html", "--title", "What happened on web01",
		"--now", NOW, "-o", report}};
	int status;

	puts("\nWhat would contain it, planned and not applied:\n");
	status = show(d, &change, e);
	if (status == 0)
		status = show(d, &html, e);
	if (status == 0)
		printf("\nThe same as a report to read: %s\n", report);
	return status;
}

int
demo_run(void)
{
	struct demo d = {.a = arena_new(), .records = -1};
	struct triage t = {.now = NOW};
	struct opt_list places = {0};
	struct err e = {0};
	int status, fd;

	d.logs = find_logs(d.a);
	t.site = d.site = arena_fmt(d.a, "%s/../site.yaml", d.logs).p;
	opt_list_add(&places, d.logs);
	printf("The shipped logs of web01, a server that was attacked while it was "
	       "recorded:\n  ir triage --site %s %s\n\n",
	    d.site, d.logs);
	fflush(stdout);
	fd = triage_records(&t, &places, &status);
	if (fd >= 0 && spool_text(fd, 1, false, &e) && make_places(&d, &e) &&
	    spool_json(fd, d.records, &e))
		status = show_all(&d, &e);
	if (e.kind != ERR_NONE) {
		log_err(&e);
		status = (int)e.kind;
	}
	if (fd >= 0)
		close(fd);
	if (d.records >= 0)
		close(d.records);
	mem_free(d.dir);
	mem_free(places.v);
	arena_free(d.a);
	return status;
}
