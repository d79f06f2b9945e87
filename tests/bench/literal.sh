#!/bin/sh
# The search for literals of all Windows rules beside Hyperscan or Vectorscan, whichever is there.
set -eu

build=${1:-build/release}
out=$build/bench
data=../shared/data/detect

[ -f "$data/windows-events.jsonl.gz" ] || {
	echo "literal: skip: no $data"
	exit 0
}
mkdir -p "$out"
make -s "$build/libcmd.a" "$build/libir.a"
# shellcheck disable=SC2046
"${CC:-cc}" -O2 -std=c11 -D_GNU_SOURCE -I/usr/include/hs -iquote cmd/irdetect \
	$(printf -- '-iquote %s ' lib/*/) -o "$out/literal" tests/bench/literal.c "$build/libcmd.a" \
	"$build/libir.a" -lhs -lyaml -lpcre2-8 -lz -lzstd -llzma -lseccomp -lcrypto -lm -lpthread \
	2>"$out/literal.err" || {
	echo "literal: skip: no libhyperscan-dev, no libvectorscan-dev"
	exit 0
}
tar -xzf "$data/sigma-rules.tar.gz" -C "$out" rules/windows
gzip -dc "$data/windows-events.jsonl.gz" >"$out/literal.events"
"$out/literal" "$out/rules/windows" "$out/literal.events" 3 share/sigma/fields.yaml \
	share/sigma/logsources.yaml | sed 's/^/literal-/; s/:/ (theirs\/own):/'
rm -rf "$out/rules" "$out/literal.events"
