#!/usr/bin/env bats
# What ir triage makes of whole scenarios: logs of several hosts with an attack in them, or none.

bats_require_minimum_version 1.5.0

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
MAKE=$BATS_TEST_DIRNAME/../bench/scenarios

@test "spraying, a stolen password, traversal and moves from host to host are found whole, a typing error is none" {
	"$MAKE/make.py" "$BATS_TEST_TMPDIR/s" quick
	run "$MAKE/score.py" "$BIN" "$BATS_TEST_TMPDIR/s"
	[ "$status" -eq 0 ]
	[[ $output == *"attacks 4 found 1.00 recall "*" success 1.00 technique "*"foothold 1.00 "*"wrong 0 calm 1 high 0" ]]
}

@test "the same seed writes the same scenario" {
	"$MAKE/make.py" "$BATS_TEST_TMPDIR/a" --seed 3 stolen-password
	"$MAKE/make.py" "$BATS_TEST_TMPDIR/b" --seed 3 stolen-password
	diff -r "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
}
