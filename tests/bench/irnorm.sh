#!/bin/sh
# irnorm beside lognormalizer on the same sshd lines: lines a second of CPU time.
#   tests/bench/irnorm.sh [BIN [LOG [MILLIONS]]]
set -eu

here=$(dirname "$0")
bin=${1:-$here/../../build/bin}
log=${2:-$here/../../../shared/data/normalise/loghub-openssh/input.log}
lines=$((${3:-1} * 1000000))
command -v lognormalizer >/dev/null || { echo "skip: lognormalizer is not installed"; exit 0; }
[ -r "$log" ] || { echo "skip: no $log"; exit 0; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
once=$(wc -l <"$log")
i=0
while [ $((i * once)) -lt "$lines" ]; do
	cat "$log"
	i=$((i + 1))
done >"$tmp/in"
n=$(wc -l <"$tmp/in")

# the better of two runs each, in turn
for turn in 1 2; do
	/usr/bin/time -o "$tmp/a$turn" -f '%U %S' "$bin/irnorm" "$tmp/in" >/dev/null
	/usr/bin/time -o "$tmp/b$turn" -f '%U %S' \
		lognormalizer -r "$here/sshd.rulebase" -e json <"$tmp/in" >/dev/null 2>&1
done
parsed=$(lognormalizer -r "$here/sshd.rulebase" -e json <"$log" 2>/dev/null | grep -vc unparsed-data)
awk -v n="$n" -v parsed="$parsed" -v once="$once" '
	{ t = $1 + $2; k = FILENAME ~ /\/a[12]$/; if (!(k in best) || t < best[k]) best[k] = t }
	END {
		printf "irnorm         %9d lines/s of CPU time\n", n / best[1]
		printf "lognormalizer  %9d lines/s of CPU time, %.1f %% of the lines parsed\n",
		    n / best[0], 100 * parsed / once
		printf "ratio          %.2f\n", best[0] / best[1]
	}' "$tmp"/a1 "$tmp"/a2 "$tmp"/b1 "$tmp"/b2
