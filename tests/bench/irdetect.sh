#!/bin/sh
# irdetect against jq reading the same events, with 10, 300 and all Windows rules.
# usage: irdetect.sh BIN
set -eu
bin=${1:-build/bin}
data=../shared/data/detect
[ -e "$data/windows-events.jsonl.gz" ] || { echo "irdetect: skip, no shared data"; exit 0; }
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
tar -xzf "$data/sigma-rules.tar.gz" -C "$t"
gzip -dc "$data/windows-events.jsonl.gz" >"$t/events"
find "$t/rules/windows" -name '*.yml' | LC_ALL=C sort >"$t/list"

# cpu COMMAND...: user and system seconds
cpu() {
	( TIMEFORMAT='%U %S'; export TIMEFORMAT
	  bash -c 'time "$@" >/dev/null 2>&1' bash "$@" ) 2>&1 | awk '{ print $1 + $2 }'
}

base=$(cpu jq -c . "$t/events")
for every in 240 8 1; do
	rm -rf "$t/some"
	mkdir "$t/some"
	awk -v n="$every" 'NR % n == 0' "$t/list" | xargs -I{} cp {} "$t/some/"
	start=$(cpu "$bin/irdetect" -r "$t/some" /dev/null)
	all=$(cpu "$bin/irdetect" -r "$t/some" "$t/events")
	find "$t/some" -type f | wc -l | awk -v b="$base" -v s="$start" -v a="$all" \
	    '{ printf "irdetect: %d rules, start %.2f s, events %.2f s, %.1f times as fast as jq\n", $1, s, a - s, b / (a - s) }'
done

# The lanes on which another engine publishes its speed: all of rules/, no logsource given.
start=$(cpu "$bin/irdetect" -r "$t/rules" /dev/null)
for lane in structured_windows sysmon_file_event raw_windows cisco_syslog; do
	gzip -dc "$data/lanes/$lane.ndjson.gz" >"$t/lane"
	for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$t/lane"; done >"$t/ten"
	all=$(cpu "$bin/irdetect" -r "$t/rules" "$t/ten")
	wc -l <"$t/ten" | awk -v l="$lane" -v s="$start" -v a="$all" \
	    '{ printf "irdetect: lane %s, %.0f events/s\n", l, $1 / (a - s) }'
done
echo "irdetect: 3,141 rules, start $start s"
