#!/usr/bin/env bats
# What irdedupe promises.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

# alert SECOND ID MESSAGE [RULE]
alert() {
	printf '{"ir.kind":"alert","@timestamp":"2026-11-24T07:%02d:%02dZ","rule.id":"%s","source.ip":"192.0.2.1","ir.alert.id":"%s","host.name":"h","message":"%s"}\n' \
		$(($1 / 60)) $(($1 % 60)) "${4:-r}" "$2" "$3"
}

@test "the first passes untouched, the repeats leave as one" {
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y; alert 2 a3 z) | '$BIN/irdedupe'"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = "$(alert 0 a1 x)" ]
	[[ ${lines[1]} == *'"ir.alert.id":"a3"'*'"ir.fold.of":"a1","ir.fold.n":2,"event.start":"2026-11-24T07:00:00.000Z","event.end":"2026-11-24T07:00:02.000Z"}' ]]
}

@test "a span ends by the key's own record, and a new one begins" {
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y; alert 100 a3 z) | '$BIN/irdedupe' -w 1m"
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[1]} == *'"ir.fold.of":"a1"'* ]]
	[ "${lines[2]}" = "$(alert 100 a3 z)" ]
}

@test "another key's time only says when the held record leaves" {
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y; alert 100 b1 z s; alert 30 a3 w) | '$BIN/irdedupe' -w 1m"
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[1]} == *'"ir.fold.of":"a1","ir.fold.n":1'* ]]
	[[ ${lines[3]} == *'"ir.fold.of":"a1","ir.fold.n":1'* ]]
}

@test "one occurrence told twice counts once" {
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 0 a2 x) | '$BIN/irdedupe'"
	[ "${#lines[@]}" -eq 1 ]
}

@test "events pass without -k and fold with it" {
	e='{"@timestamp":"2026-11-24T07:00:00Z","user.name":"bob","event.id":"1"}'
	run bash -c "printf '%s\n%s\n' '$e' '$e' | '$BIN/irdedupe'"
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[1]}" = "$e" ]
	run bash -c "printf '%s\n%s\n' '$e' '$e' | '$BIN/irdedupe' -k user.name"
	[[ ${lines[1]} == *'"ir.fold.of":"1"'* ]]
}

@test "what a forgotten key held leaves, and --stats says so" {
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y; alert 2 b1 z s) | '$BIN/irdedupe' -m 1 --stats"
	[[ $output == *'"ir.fold.of":"a1"'* ]]
	[[ $output == *'"ir.stats.evicted":1'* ]]
}

@test "state carries a span over a restart" {
	dir=$(mktemp -d)
	alert 0 a1 x | "$BIN/irdedupe" -s "$dir" >/dev/null
	run bash -c "$(declare -f alert); alert 5 a2 y | '$BIN/irdedupe' -s '$dir'"
	[ -z "$output" ]
	run bash -c "$(declare -f alert); alert 900 a3 z | '$BIN/irdedupe' -s '$dir'"
	[[ ${lines[0]} == *'"ir.fold.of":"a1","ir.fold.n":1'* ]]
	rm -r "$dir"
}
