#!/bin/sh
# Validated scan with five look-ups against simdjson's DOM, line by line.
set -eu

build=${1:-build/release}
out=$build/bench
data=../shared/data/detect/windows-events.jsonl.gz

[ -f "$data" ] || {
	echo "scan: skip: no $data"
	exit 0
}
mkdir -p "$out"
"${CXX:-c++}" -O2 -c -o "$out/simdjson.o" tests/bench/simdjson.cc 2>/dev/null || {
	echo "scan: skip: no libsimdjson-dev"
	exit 0
}
"${CC:-cc}" -O2 -std=c11 -D_GNU_SOURCE -iquote lib/base -iquote lib/record \
	-o "$out/scan" tests/bench/scan.c "$out/simdjson.o" "$build/libir.a" \
	-lsimdjson -lstdc++ -lm
gzip -dc "$data" >"$out/events.jsonl"
for variant in avx512 avx2 sse2 scalar; do
	# shellcheck disable=SC2046
	set -- $(IR_SIMD=$variant "$out/scan" "$out/events.jsonl" 7)
	[ "$2" = "$variant" ] || continue
	ratio=$1
	shift
	echo "scan-$variant $ratio (>= 1.3 for the best one): $*"
done
rm -f "$out/events.jsonl"
