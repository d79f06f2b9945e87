#!/bin/sh
# alerts.sh BIN SEED DAYS NAME [--without FAMILY]: what the shipped rules say of a made-up
# site.  Writes NAME.alerts, and NAME.verdicts as somebody who knows would give them.
set -eu
here=$(dirname "$0")
bin=$1 name=$4
logs=$name.logs
rm -rf "$logs"
"$here/site.py" "$2" "$3" "$logs" "${5-}" "${6-}"
find "$logs" -type f | LC_ALL=C sort >"$name.files"
# shellcheck disable=SC2046
"$bin/irnorm" --merge --hosts "$logs" --now 2026-12-31T00:00:00Z $(cat "$name.files") |
	"$bin/irdetect" --now 2026-12-31T00:00:00Z >"$name.alerts"
jq -c --rawfile bad "$logs.bad" '
	INDEX($bad | split("\n")[]; .) as $bad | inputs
	| select(."ir.kind" == "alert")
	| {"ir.kind": "verdict", "ir.alert.id": ."ir.alert.id",
	   "ir.verdict.is": (if $bad[."event.original"] then "true_positive" else "false_positive" end)}
	' -n "$name.alerts" >"$name.verdicts"
rm -rf "$logs" "$logs.bad" "$name.files"
