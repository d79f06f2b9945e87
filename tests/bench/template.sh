#!/bin/sh
# Templates of unknown logs: how many lines a second of CPU time, and how right
# they are where somebody has labelled them.  template.sh BUILD
set -eu
build=${1:-build/release}
data=../shared/data/learn
[ -d "$data/templates" ] || {
	echo "template: skip: no $data"
	exit 0
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
BUILD=$build tests/bench/predict template "$data" "$data" "$tmp/out"
for f in "$data"/templates/*_2k.structured.csv; do
	"$build/bench/template" speed "$f" 25
done | sort -n | awk 'NR == 1 { printf "template lines/s (slowest log)  %d (200000)\n", $1 }'
if [ -f ../shared/check/learn_score.py ]; then
	python3 ../shared/check/learn_score.py template learn "$tmp/out" |
		awk '/^mean/ { printf "template GA %s (0.80)\ntemplate FTA %s (0.58)\n", $3, $9 }'
fi
