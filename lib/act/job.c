#include <stdarg.h>
#include <stdio.h>

#include "job.h"

static const char *const statuses[] = {
    [JOB_PLANNED] = "planned",
    [JOB_WAITING] = "waiting",
    [JOB_REFUSED] = "refused",
    [JOB_STOPPED] = "stopped",
    [JOB_APPLIED] = "applied",
    [JOB_ALREADY] = "already",
    [JOB_FAILED] = "failed",
    [JOB_UNDONE] = "undone",
    [JOB_EXPIRED] = "expired",
};

const char *
job_status_name(enum job_status s)
{
	return statuses[s];
}

void
job_say(struct job *j, enum job_status status, const char *code, struct str text)
{
	j->status = status;
	j->code = code;
	j->text = text;
}

void
job_refuse(struct job *j, const char *code, const char *fmt, ...)
{
	char text[ACTION_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	job_say(j, JOB_REFUSED, code, arena_copy(j->arena, str_of(text)));
}

void
job_already(struct job *j, const char *fmt, ...)
{
	char text[ACTION_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	job_say(j, JOB_ALREADY, j->lift ? "not-in-force" : "in-force",
	    arena_copy(j->arena, str_of(text)));
}

void
job_ask(struct job *j, unsigned n, const char *why)
{
	if (n <= j->approvals)
		return;
	j->approvals = n;
	j->approvals_why = why;
}
