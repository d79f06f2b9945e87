/*
 * demo - triage of the shipped logs, the change that would contain it, a report.
 */
#ifndef DEMO_H
#define DEMO_H

/* Changes nothing but a new directory below $TMPDIR.  Returns the exit status. */
int demo_run(void);

#endif
