#!/usr/bin/env bats
# --where, through a filter: which records are worked on, and that the others pass.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	bats_require_minimum_version 1.5.0
	flat='{"ir.kind":"alert","@timestamp":"2026-11-24T07:00:00Z","source.ip":"192.0.2.7","event.id":"1","n":9007199254740993}'
	nested=' { "ir" : {"kind":"alert"}, "@timestamp":"2026-11-24T07:00:01Z", "event" : {"id":"1"}, "source" : {"ip":"192.0.2.7"} } '
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n%s\n%s\n' "$flat" "$nested" '{"ir.kind":"alert","@timestamp":"2026-11-24T07:00:02Z","source.ip":"198.51.100.9","event.id":"1"}' >in
}

@test "records that are not selected pass with their bytes" {
	"$BIN/irdedupe" -k event.id --where false <in >out
	cmp in out
	"$BIN/irdedupe" -k event.id --where '.source.ip | test("^203\\.")' <in >out
	cmp in out
}

@test "flat and nested spellings are selected alike, native and through libjq" {
	for e in '.source.ip == "192.0.2.7"' '."source.ip" == "192.0.2.7"' \
		'.source.ip | test("^192\\.0\\.2\\.")' '[..|strings] | index("192.0.2.7")'; do
		run --separate-stderr "$BIN/irdedupe" -k event.id --where "$e" --stats in
		[ "$status" -eq 0 ]
		[[ $output == *"$flat"* ]]
		[[ $output != *"$nested"* ]]
		[[ $output == *198.51.100.9* ]]
	done
}

@test "an expression that reaches out or is none ends with 2 and its column" {
	run "$BIN/irdedupe" --where '.a == env.HOME' in
	[ "$status" -eq 2 ]
	[[ $output == *"'env' at column 7 is refused"* ]]
	run "$BIN/irdedupe" --where '.a == == 1' in
	[ "$status" -eq 2 ]
	[[ $output == *"at column 7"* ]]
	run "$BIN/irdedupe" --where '.a | nosuch(1)' in
	[ "$status" -eq 2 ]
	[[ $output == *"nosuch/1 is not defined at column 6"* ]]
}

@test "~/.jq means nothing to it" {
	echo 'def hidden: true;' >.jq
	HOME=$PWD run "$BIN/irdedupe" --where 'hidden' in
	[ "$status" -eq 2 ]
}
