/*
 * irdetect - Sigma rules over a stream of events
 *
 * A record that a rule matches becomes an alert: its own bytes with what the
 * rule says added, one for each rule.  Correlations count and order matches in
 * event time.
 */
#include "detector.h"
#include "filter.h"

static const struct opt options[] = {
    OPT_FILES('r', "rules", "path", "rules of this file or directory; repeatable",
	struct settings, rules),
    OPT_FILES(0, "tables", "file", "more tables of logsources and fields",
	struct settings, tables),
    OPT_FILE(
	0, "lists", "file", "values of placeholders in rules", struct settings, lists),
    OPT_FILE(
	0, "site", "file", "what the owner knows of the site", struct settings, site),
    OPT_TEXT(0, "cache", "dir|none", "keep parsed rules there, or nowhere",
	struct settings, cache),
    OPT_FLAG(
	0, "pass", "write the events too, each before its alerts", struct settings, pass),
    OPT_COUNT('m', "max-keys", "count", "groups that correlations remember at most",
	struct settings, max_keys),
    OPT_FLAG(0, "strict-rules", "end if a rule cannot be used", struct settings, strict),
    OPT_FLAG(0, "check", "load the rules, say what is doubtful, and end", struct settings,
	check),
    OPT_FLAG(0, "list", "list the rules and end", struct settings, list),
    OPT_FILE(0, "test", "file", "try the rules on the cases of this file, and end",
	struct settings, test),
    OPT_FLAG(0, "coverage",
	"write a layer for the ATT&CK Navigator: what the rules could show in these logs",
	struct settings, coverage),
    OPT_FLAG(0, "profile", "write what each rule costs on these logs, dearest first",
	struct settings, profile),
    OPT_FILE(0, "diff", "path",
	"write the alerts that the rules of -r make and those of this path do not, or "
	"the other way",
	struct settings, diff),
    OPT_END};

static const struct settings defaults = {.max_keys = 100000};

static const char *const examples[] = {"irnorm /var/log/auth.log | irdetect",
    "irnorm access.log | irdetect --pass --explain",
    "irdetect -r /etc/ir/rules -r extra.yml < events.jsonl",
    "irdetect -r my-rules --check", NULL};

const struct filter irdetect = {
    .name = "irdetect",
    .summary = "find attacks in events by Sigma rules",
    .operands = "[file ...]",
    .examples = examples,
    .options = options,
    .defaults = &defaults,
    .set_size = sizeof(struct settings),
    .kinds = "event alert",
    .open = detector_open,
    .step = detector_step,
    .end = detector_end,
    .close = detector_close,
    .save = detector_save,
    .load = detector_load,
};

FILTER_MAIN(irdetect)
