#!/bin/sh
# Alerts that irscore scores in a CPU second, half a million of them in bursts on 50 hosts.
# triage.sh BUILD: prints rows "name figure bound".
set -eu
b=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
awk 'BEGIN { for (i = 0; i < 500000; i++) {
	t = 1700000000 + int(i / 6)
	printf "{\"@timestamp\":\"%s\",\"ir.kind\":\"alert\",\"ir.alert.id\":\"%032x\",\"rule.id\":\"rule-%d\",\"host.name\":\"host%d\",\"ir.severity\":\"medium\",\"event.dataset\":\"d%d\"}\n",
		strftime("%Y-%m-%dT%H:%M:%SZ", t, 1), i, (i * 7919) % 60, (i * 104729) % 50, i % 7 } }' >"$tmp/alerts"
awk 'NR % 500 == 0 { split($0, f, "\""); printf "{\"ir.kind\":\"verdict\",\"ir.alert.id\":\"%s\",\"ir.verdict.is\":\"%s_positive\"}\n", f[12], NR % 3000 ? "false" : "true" }' "$tmp/alerts" >"$tmp/verdicts"
"$b/bin/irscore" --train --verdicts "$tmp/verdicts" "$tmp/alerts" >"$tmp/model"
"$(dirname "$0")/ratio.py" -n 3 "score=$b/bin/irscore --model $tmp/model $tmp/alerts >/dev/null" >"$tmp/got"
awk '{ printf "irscore-alerts/s %d >=100000\n", 500000 / $2 }' "$tmp/got"

# Made anew of 100,000 rows, the shipped ones over and over; and again, which must be the same.
gzip -dc share/models/prior.rows.gz | sed 's/"w":[0-9]*/"w":1/' >"$tmp/rows"
while [ "$(wc -l <"$tmp/rows")" -lt 100000 ]; do
	cat "$tmp/rows" "$tmp/rows" >"$tmp/more"
	head -n 100000 "$tmp/more" >"$tmp/rows"
done
"$(dirname "$0")/ratio.py" -n 1 "refit=$b/bin/irscore --train --replay $tmp/rows </dev/null >$tmp/one" >"$tmp/got"
awk '{ printf "irscore-refit-100000-rows-seconds %.2f <=5\n", $2 }' "$tmp/got"
"$b/bin/irscore" --train --replay "$tmp/rows" </dev/null | cmp -s - "$tmp/one" && same=1 || same=0
echo "irscore-refit-same-bytes $same >=1"
"$(dirname "$0")/analyst.py" "$b/bin" 8 | grep -v '^#'
