#!/bin/sh
# What one more stage costs: against `cat`, against jq, in latency, at start-up.
# stage.sh BUILD [DATA]: prints rows "name ratio bound".
set -eu
b=$1
here=$(dirname "$0")
data=${2-$here/../../../shared/data/detect/windows-events.jsonl.gz}
if [ ! -r "$data" ]; then
	echo "stage: skipped, no data"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
case $data in
*.gz) gzip -dc "$data" >"$tmp/data" && data=$tmp/data ;;
esac

# shellcheck disable=SC2046
${CC:-cc} -O2 -std=c11 -D_GNU_SOURCE $(printf -- '-I%s ' "$here"/../../lib/*/) -o "$tmp/three" \
	"$here/three.c" "$b/libir.a" -l:libz.a -l:libzstd.a -l:liblzma.a -l:libcrypto.a -lm -ldl -lpthread
${CC:-cc} -O2 -std=c11 -D_GNU_SOURCE -o "$tmp/latency" "$here/latency.c"
echo 'int main(void) { return 0; }' >"$tmp/empty.c"
${CC:-cc} -O2 -o "$tmp/empty" "$tmp/empty.c"

# One `cat` costs so little that a short run measures noise, so: what four more
# stages cost on a long input, once two are there.
for _ in 1 2 3 4 5 6 7 8; do cat "$data"; done >"$tmp/long"
t=$tmp/three
"$here/ratio.py" -n 11 \
	"cat2=cat $tmp/long | cat | cat >/dev/null" \
	"cat6=cat $tmp/long | cat | cat | cat | cat | cat | cat >/dev/null" \
	"own2=cat $tmp/long | $t | $t >/dev/null" \
	"own6=cat $tmp/long | $t | $t | $t | $t | $t | $t >/dev/null" >"$tmp/stage"
head -n 3000 "$data" >"$tmp/part"
add='.["ir.one"]=12|.["ir.two"]="medium"|.["ir.three"]=["a","b"]'
"$here/ratio.py" -n 3 \
	"one=cat $tmp/part | cat >/dev/null" \
	"jq=cat $tmp/part | jq -c '$add' | cat >/dev/null" \
	"stage=cat $tmp/part | $tmp/three | cat >/dev/null" >"$tmp/jq"
awk '{ c[$1] = $2 } END { printf "stage/cat %.2f <=5\n", (c["own6"] - c["own2"]) / (c["cat6"] - c["cat2"]) }' "$tmp/stage"
awk '{ c[$1] = $2 } END { printf "jq/stage %.1f >=25\n", (c["jq"] - c["one"]) / (c["stage"] - c["one"]) }' "$tmp/jq"

cats=$("$tmp/latency" 'cat | cat | cat | cat')
ours=$("$tmp/latency" "$tmp/three | $tmp/three | $tmp/three | $tmp/three")
awk -v a="$ours" -v b="$cats" 'BEGIN { printf "latency4/cat4 %.2f <=1.5\n", a / b }'

# shellcheck disable=SC2016
loop='i=0; while [ $i -lt 500 ]; do'
# shellcheck disable=SC2016
end='</dev/null >/dev/null; i=$((i+1)); done'
"$here/ratio.py" -n 5 \
	"empty=$loop $tmp/empty $end" \
	"filter=$loop $b/bin/irdedupe $end" >"$tmp/start"
awk '{ c[$1] = $2 } END { printf "start/empty %.2f <=1.7\n", c["filter"] / c["empty"] }' "$tmp/start"
