#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
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


setup() {
	mute=$BATS_TEST_TMPDIR/mute.yaml
	muted=$BATS_TEST_TMPDIR/muted.json
}

@test "a silence mutes what it matches until it expires, and says whose it is" {
	cat >"$mute" <<-'Y'
		silences:
		  - name: own scanner
		    match: {source.ip: 192.0.2.0/24, rule.id: "scan*"}
		    author: kim
		    reason: weekly scan
		    expires: 2026-11-24T07:01:00Z
	Y
	run --separate-stderr bash -c "$(declare -f alert); (alert 0 a1 x scan-1; alert 1 a2 y other; alert 70 a3 z scan-2) | '$BIN/irdedupe' --mute '$mute' --muted '$muted' --stats"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = "$(alert 1 a2 y other)" ]
	[ "${lines[1]}" = "$(alert 70 a3 z scan-2)" ]
	[[ $stderr == *'"silence":1'* ]]
	[ "$(wc -l <"$muted")" -eq 1 ]
	grep -q '"ir.kind":"muted".*"ir.alert.id":"a1".*"ir.mute.by":"silence","ir.mute.rule":"own scanner","ir.mute.author":"kim","ir.mute.reason":"weekly scan","ir.mute.until":"2026-11-24T07:01:00.000Z"' "$muted"
}

@test "a silence without author, reason, expiry or fields is refused with its place" {
	for missing in author reason expires match; do
		printf 'silences:\n  - name: n\n    match: {rule.id: r}\n    author: kim\n    reason: why\n    expires: 2027-01-01T00:00:00Z\n' |
			grep -v "$missing:" >"$mute"
		run --separate-stderr "$BIN/irdedupe" --mute "$mute" --check
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ $stderr == *mute.yaml:2:* ]]
	done
	printf 'silence: []\n' >"$mute"
	run "$BIN/irdedupe" --mute "$mute" --check
	[ "$status" -eq 2 ]
	[[ $output == *"'silences' is meant, not 'silence'"* ]]
}

@test "nothing but a rule that says so mutes what is critical" {
	printf 'silences:\n  - {match: {rule.id: r}, author: kim, reason: why, expires: 2027-01-01T00:00:00Z}\n' >"$mute"
	a='{"ir.kind":"alert","ir.severity":"critical","@timestamp":"2026-11-24T07:00:00Z","rule.id":"r","ir.alert.id":"a"}'
	run bash -c "echo '$a' | '$BIN/irdedupe' --mute '$mute'"
	[ "$output" = "$a" ]
	sed -i 's/author/critical: true, author/' "$mute"
	run bash -c "echo '$a' | '$BIN/irdedupe' --mute '$mute'"
	[ -z "$output" ]
}

@test "a window comes again in its own zone, over midnight" {
	cat >"$mute" <<-'Y'
		windows:
		  - {match: {host.name: h}, days: [mon], hours: 22:00-08:30, zone: "+01:00", reason: patches}
	Y
	# 07:29:59 UTC is 08:29:59 there, on the Tuesday after
	run bash -c "$(declare -f alert); (alert 1799 a1 x; alert 1800 a2 y) | '$BIN/irdedupe' --mute '$mute'"
	[ "$output" = "$(alert 1800 a2 y)" ]
}

@test "a parent mutes its children for a span, where the fields are equal" {
	cat >"$mute" <<-'Y'
		inhibit:
		  - name: host down
		    source: {rule.id: down}
		    target: {rule.id: [r, "no-*"]}
		    equal: [host.name]
		    span: 1m
	Y
	run bash -c "$(declare -f alert); (alert 0 a0 x; alert 1 p x down; alert 2 a1 y; alert 3 a2 z no-reply; alert 4 a3 z other; alert 4 a4 z | sed s/:.h./:\\\"g\\\"/; alert 90 a5 z) | '$BIN/irdedupe' -k ir.alert.id --mute '$mute' --muted '$muted' | grep -o '\"ir.alert.id\":\"[a-z0-9]*' | cut -d: -f2 | tr -d '\"\n'"
	[ "$output" = a0pa3a4a5 ]
	[ "$(grep -c '"ir.mute.by":"parent","ir.mute.rule":"host down","ir.mute.of":"p"' "$muted")" -eq 2 ]
}

@test "a parent is known after a restart" {
	printf 'inhibit:\n  - {source: {rule.id: down}, target: {rule.id: r}, equal: [host.name]}\n' >"$mute"
	alert 0 p x down | "$BIN/irdedupe" --mute "$mute" -s "$BATS_TEST_TMPDIR/state" >/dev/null
	run bash -c "$(declare -f alert); alert 5 a1 y | '$BIN/irdedupe' --mute '$mute' -s '$BATS_TEST_TMPDIR/state'"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run bash -c "$(declare -f alert); alert 6 a2 y | '$BIN/irdedupe' -s '$BATS_TEST_TMPDIR/state'"
	[ "$output" = "$(alert 6 a2 y)" ]
}

@test "a verdict with a scope mutes to the byte, and a later one ends it" {
	v='{"ir.kind":"verdict","ir.verdict.is":"benign_positive","ir.alert.id":"old","rule.id":"r","source.ip":"192.0.2.1","ir.verdict.scope":["source.ip","rule.id"],"ir.verdict.by":"kim","ir.verdict.reason":"ours","ir.verdict.until":"2026-11-24T07:01:00Z"}'
	echo "$v" >"$BATS_TEST_TMPDIR/v"
	run bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y rr; alert 70 a3 z) | '$BIN/irdedupe' --verdicts '$BATS_TEST_TMPDIR/v' --muted '$muted'"
	[ "${#lines[@]}" -eq 2 ]
	grep -q '"ir.mute.by":"verdict","ir.mute.rule":"old","ir.mute.author":"kim"' "$muted"
	echo "${v/benign/true}" >>"$BATS_TEST_TMPDIR/v"
	run bash -c "$(declare -f alert); alert 0 a1 x | '$BIN/irdedupe' --verdicts '$BATS_TEST_TMPDIR/v'"
	[ "$output" = "$(alert 0 a1 x)" ]
	echo "${v/\"ir.verdict.by\":\"kim\",/}" >"$BATS_TEST_TMPDIR/v"
	run "$BIN/irdedupe" --verdicts "$BATS_TEST_TMPDIR/v" --check
	[ "$status" -eq 2 ]
}

@test "--explain lists what was folded, and the counts balance" {
	run --separate-stderr bash -c "$(declare -f alert); (alert 0 a1 x; alert 1 a2 y; alert 1 a3 y) | '$BIN/irdedupe' --explain --stats"
	[ "$(grep -c '"ir.kind":"muted".*"ir.mute.by":"fold","ir.mute.of":"a1"' <<<"$output")" -eq 1 ]
	[ "$(grep -c '"ir.mute.by":"echo"' <<<"$output")" -eq 1 ]
	[[ $stderr == *'"ir.stats.in":3'*'"ir.stats.passed":1'*'"ir.stats.used":2'* ]]
}

@test "--check lists the rules and their state at --now" {
	printf 'silences:\n  - {name: old, match: {rule.id: r}, author: kim, reason: why, expires: 2026-01-01T00:00:00Z}\ninhibit:\n  - {source: {rule.id: a}, target: {rule.id: b}, equal: [host.name]}\n' >"$mute"
	run "$BIN/irdedupe" --mute "$mute" --check --now 2026-11-24T00:00:00Z
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "$(printf 'silence\t"old"\texpired\tuntil 2026-01-01T00:00:00.000Z')" ]
	[ "${lines[1]}" = "$(printf 'inhibit\t"inhibit 1"\tactive\tspan 1h')" ]
}
