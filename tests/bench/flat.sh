#!/bin/sh
# irnorm: every line of a long mixed input comes out, and memory stays as it was.
#   flat.sh BUILD [LINES]: a tenth of the lines, then all of them, through a pipe;
#   prints rows "name value bound".  10000000 lines take a few minutes.
set -eu

here=$(dirname "$0")
lines=${2:-1000000}

{
	"$here/flat.py" run "$1/bin/irnorm" $((lines / 10))
	"$here/flat.py" run "$1/bin/irnorm" "$lines"
} | awk -v lines="$lines" '{
	wrong += ($1 != $2 + $3) + ($4 != $2) + ($1 != (NR == 1 ? int(lines / 10) : lines))
	printf "irnorm_flat: %d in, %d out, %d rejected, %d written, peak %d MB, %s s\n", $1, $2, $3, $4, $5, $6
	peak[NR] = $5
} END {
	printf "irnorm_counts_wrong %d <=0\n", wrong
	printf "irnorm_peak_all/tenth %.2f <=1.1\n", peak[2] / peak[1]
}'
