#!/bin/sh
# scenarios BUILD: made-up attacks and calm days through ir triage, against their truth.
set -eu
build=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for seed in 1 2; do
	/usr/bin/python3 tests/bench/scenarios/make.py "$tmp/$seed" --seed $seed
	/usr/bin/python3 tests/bench/scenarios/score.py "$build/bin" "$tmp/$seed"
done
