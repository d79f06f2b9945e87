#!/bin/sh
# irdetect beside jq reading the same events, with 10, 300 and all Windows rules; the lanes on
# which another engine publishes its speed; the start.
# usage: irdetect.sh BUILD
set -eu
here=$(dirname "$0")
bin=${1:-build/release}/bin/irdetect
data=$here/../../../shared/data/detect
[ -e "$data/windows-events.jsonl.gz" ] || { echo "irdetect: skip, no shared data"; exit 0; }
[ -x "$bin" ] || { echo "irdetect: no $bin"; exit 2; }
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
XDG_CACHE_HOME=$t/cache
export XDG_CACHE_HOME
tar -xzf "$data/sigma-rules.tar.gz" -C "$t"
gzip -dc "$data/windows-events.jsonl.gz" >"$t/events"

# The Windows rules by id: the same ones wherever they are unpacked.
find "$t/rules/windows" -name '*.yml' -exec grep -H '^id:' {} + |
	sed 's/^\([^:]*\):id: *\([0-9a-f-]*\).*/\2 \1/' | LC_ALL=C sort | cut -d' ' -f2 >"$t/list"
for every in 240 8 1; do
	mkdir "$t/$every"
	awk -v n="$every" 'NR % n == 0' "$t/list" | xargs -I{} cp {} "$t/$every/"
done
set -- "jq=jq -c . $t/events >/dev/null"
for every in 240 8 1; do
	set -- "$@" "start$every=$bin -r $t/$every /dev/null" \
		"run$every=$bin -r $t/$every $t/events >/dev/null"
done
"$here/ratio.py" -n 5 "$@" >"$t/out"
awk '{ c[$1] = $2 } END {
	for (i = split("240 8 1", every, " "); i; i--) {
		e = every[i]
		cost[e] = c["run" e] - c["start" e]
		printf "irdetect: every %d. rule, start %.3f s, events %.3f s, jq/events %.2f\n",
			e, c["start" e], cost[e], c["jq"] / cost[e]
	}
	printf "irdetect/jq %.2f >=5\n", c["jq"] / cost[1]
	printf "irdetect/rules %.2f <=1.5\n", cost[1] / cost[8] }' "$t/out"

# All of rules/, no logsource given; events a second beside what is published.
for lane in structured_windows sysmon_file_event raw_windows cisco_syslog; do
	gzip -dc "$data/lanes/$lane.ndjson.gz" >"$t/lane"
	for _ in 1 2 3 4 5 6 7 8 9 10; do cat "$t/lane"; done >"$t/$lane"
done
"$here/ratio.py" -n 3 "start=$bin -r $t/rules /dev/null" \
	"structured_windows=$bin -r $t/rules $t/structured_windows >/dev/null" \
	"sysmon_file_event=$bin -r $t/rules $t/sysmon_file_event >/dev/null" \
	"raw_windows=$bin -r $t/rules $t/raw_windows >/dev/null" \
	"cisco_syslog=$bin -r $t/rules $t/cisco_syslog >/dev/null" >"$t/out"
lines=$(wc -l <"$t/raw_windows")
awk -v n="$lines" '
	BEGIN { peer["structured_windows"] = 19358; peer["sysmon_file_event"] = 26836
		peer["raw_windows"] = 33884; peer["cisco_syslog"] = 66434 }
	$1 == "start" { start = $2; printf "irdetect/start %.3f <=0.060\n", start; next }
	{ speed = n / ($2 - start)
	  printf "irdetect/%s %.2f >=3 (%.0f events/s)\n", $1, speed / peer[$1], speed }' "$t/out"

# Peak memory: all Windows rules over the events, and a million groups of which 100,000 are kept.
awk 'BEGIN { for (i = 0; i < 1000000; i++)
	printf "{\"@timestamp\":\"2026-11-24T%02d:%02d:%02d.000Z\",\"product\":\"p\",\"a\":\"x\",\"k\":\"key-%d\"}\n",
		int(i / 3600) % 24, int(i / 60) % 60, i % 60, i }' >"$t/keys"
cat >"$t/keys.yml" <<'EOF'
{title: one, id: one, logsource: {product: p}, detection: {s: {a: x}, condition: s}}
---
title: many
id: many
correlation: {type: event_count, rules: [one], group-by: [k], timespan: 1d, condition: {gte: 5}}
EOF
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}
echo "irdetect/memory $(peak "$bin" -r "$t/1" "$t/events") <=130 (MiB, all Windows rules)"
echo "irdetect/keys $(peak "$bin" -r "$t/keys.yml" "$t/keys") <=130 (MiB, a million groups)"
