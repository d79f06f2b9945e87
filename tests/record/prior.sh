#!/bin/sh
# prior.sh BIN: makes share/models/prior.rows.gz and prior.model anew, from made-up sites
# and the shipped rules alone, so that both may be shipped under this project's licence.
set -eu
here=$(dirname "$0")
out=$here/../../share/models
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for seed in 1 2 3 4 5 6; do
	"$here/alerts.sh" "$1" $seed 28 "$tmp/$seed"
	"$1/irscore" --rows --no-prior --weight 1 --now 2026-12-31T00:00:00Z \
		--verdicts "$tmp/$seed.verdicts" "$tmp/$seed.alerts"
done >"$tmp/rows"
# what says the same is kept a few times only; what is true is kept whole
"$here/thin.py" <"$tmp/rows" | gzip -n9 >"$out/prior.rows.gz"
"$1/irscore" --train --replay "$out/prior.rows.gz" --note "shipped prior: 6 made-up offices \
of tests/record/site.py, 28 days each, judged by the generator; alerts of the shipped rules. \
No outside data. Licence: as the project." </dev/null >"$tmp/model"
mv "$tmp/model" "$out/prior.model"
