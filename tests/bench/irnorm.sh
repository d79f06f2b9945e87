#!/bin/sh
# irnorm: beside lognormalizer on the same sshd lines, with many formats, on JSON.
#   irnorm.sh BUILD [LOG [THOUSANDS]]: prints rows "name ratio bound".
set -eu

here=$(dirname "$0")
bin=$1/bin
log=${2:-$here/../../../shared/data/normalise/loghub-openssh/input.log}
n=$((${3:-200} * 1000))
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# --- sshd lines, full events with the original against fields alone; start-up taken off ---
if ! command -v lognormalizer >/dev/null; then
	echo "irnorm/lognormalizer: skipped, lognormalizer is not installed"
elif [ ! -r "$log" ]; then
	echo "irnorm/lognormalizer: skipped, no $log"
else
	once=$(wc -l <"$log")
	i=0
	while [ $((i * once)) -lt "$n" ]; do
		cat "$log"
		i=$((i + 1))
	done >"$tmp/sshd"
	peer="lognormalizer -r $here/sshd.rulebase -e json"
	"$here/ratio.py" -n 3 "ours0=$bin/irnorm /dev/null" "peer0=$peer </dev/null >/dev/null 2>&1" \
		"ours=$bin/irnorm $tmp/sshd >/dev/null" "peer=$peer <$tmp/sshd >/dev/null 2>&1" >"$tmp/out"
	awk '{ c[$1] = $2 } END { printf "irnorm/lognormalizer %.2f >=2\n",
		(c["peer"] - c["peer0"]) / (c["ours"] - c["ours0"]) }' "$tmp/out"
fi

# --- 300 formats against 10: what the lines cost, start-up taken off ---
"$here/formats.py" formats "$tmp/10" 10
"$here/formats.py" formats "$tmp/300" 300
"$here/formats.py" lines mixed "$n" >"$tmp/mixed"
"$here/ratio.py" -n 3 \
	"start10=IR_DATA=$tmp/10 $bin/irnorm /dev/null" \
	"start300=IR_DATA=$tmp/300 $bin/irnorm /dev/null" \
	"ten=IR_DATA=$tmp/10 $bin/irnorm $tmp/mixed >/dev/null" \
	"many=IR_DATA=$tmp/300 $bin/irnorm $tmp/mixed >/dev/null" >"$tmp/out"
awk '{ c[$1] = $2; w[$1] = $3 } END {
	printf "formats300/formats10 %.2f <=1.3\n", (c["many"] - c["start300"]) / (c["ten"] - c["start10"])
	printf "start300_ms %.0f <=50\n", 1000 * w["start300"] }' "$tmp/out"

# --- lines that no format knows, which get their template ---
"$here/formats.py" lines unknown "$n" >"$tmp/unknown"
"$here/ratio.py" -n 3 "start=$bin/irnorm /dev/null" "unknown=$bin/irnorm $tmp/unknown >/dev/null" >"$tmp/out"
awk -v n="$n" '{ c[$1] = $2 } END { printf "unknown_klines/s %.0f >=200\n", n / 1000 / (c["unknown"] - c["start"]) }' "$tmp/out"

# --- JSON sources, MB a second of CPU time ---
for kind in cloudtrail eve; do
	"$here/formats.py" lines $kind $((n / 4)) >"$tmp/json"
	"$here/ratio.py" -n 3 "start=$bin/irnorm /dev/null" "json=$bin/irnorm $tmp/json >/dev/null" >"$tmp/out"
	wc -c <"$tmp/json" | cat - "$tmp/out" | awk -v kind=$kind 'NR == 1 { size = $1; next } { c[$1] = $2 }
		END { printf "%s_MB/s %.0f >=150\n", kind, size / 1e6 / (c["json"] - c["start"]) }'
done

# --- two threads, by the clock: says nothing on a busy machine ---
"$here/ratio.py" -n 5 "one=$bin/irnorm $tmp/mixed >/dev/null" "two=$bin/irnorm -j 2 $tmp/mixed >/dev/null" \
	"start=$bin/irnorm /dev/null" >"$tmp/out"
awk '{ w[$1] = $3 } END {
	printf "jobs2/jobs1 %.2f >=1.6\n", (w["one"] - w["start"]) / (w["two"] - w["start"]) }' "$tmp/out"
"$here/ratio.py" -n 5 "start=$bin/irnorm /dev/null" | awk '{ printf "start_ms %.0f <=50\n", 1000 * $3 }'
