#!/usr/bin/env bats
# What irdetect promises.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
TOP=$BATS_TEST_DIRNAME/../..

setup() {
	D=$(mktemp -d)
	cat >"$D/fail.yml" <<-'EOF'
	title: Failure
	name: fail
	id: 00000000-0000-4000-8000-000000000001
	logsource: {category: authentication}
	detection: {sel: {event.outcome: failure}, condition: sel}
	level: low
	---
	title: Many
	id: 00000000-0000-4000-8000-000000000002
	correlation: {type: event_count, rules: [fail], group-by: [source.ip], timespan: 1m, condition: {gte: 3}}
	tags: [attack.credential-access, attack.t1110.001]
	level: high
	EOF
}

teardown() {
	rm -rf "$D"
}

# event SECOND [ADDRESS]
event() {
	printf '{"@timestamp":"2026-11-24T07:%02d:%02dZ","event.id":"e%s","event.category":["authentication"],"event.outcome":"failure","source.ip":"%s","n":9007199254740993}\n' \
		$(($1 / 60)) $(($1 % 60)) "$1" "${2:-192.0.2.1}"
}

# does ITEM match the record?  Each row: yes|no, item, record.
try() {
	printf 'title: t\nid: t\nlogsource: {product: p}\ndetection:\n  sel: {%s}\n  condition: sel\n' "$2" >"$D/t.yml"
	run bash -c "printf '%s\n' '$3' | '$BIN/irdetect' -r '$D/t.yml'"
	[ "$status" -eq 0 ]
	if [ "$1" = yes ]; then [ "${#lines[@]}" -eq 1 ]; else [ "${#lines[@]}" -eq 0 ]; fi || {
		echo "$2 with $3: $output"
		return 1
	}
}

@test "modifiers do what the specification says" {
	try yes "f: abc" '{"f":"ABC"}'
	try no "f: abc" '{"f":"abcd"}'
	try yes "f: 5" '{"f":"5"}'
	try yes "f: '5'" '{"f":5}'
	try yes "f: 'true'" '{"f":true}'
	try yes "f|contains|all: [a, b]" '{"f":"xbya"}'
	try no "f|contains|all: [a, b]" '{"f":"xa"}'
	try yes "f|startswith: ab" '{"f":"ABx"}'
	try yes "f|endswith: ab" '{"f":["q","xAB"]}'
	try yes "f|re: '^a.c$'" '{"f":"abc"}'
	try no "f|re: '^a.c$'" '{"f":"ABC"}'
	try yes "f|re|i: '^a.c$'" '{"f":"ABC"}'
	try no "f|re: 'a.c'" '{"f":"a\nc"}'
	try yes "f|re|s: 'a.c'" '{"f":"a\nc"}'
	try yes "f|re|m: '^c'" '{"f":"a\nc"}'
	try yes "f|cidr: 192.0.2.0/24" '{"f":"192.0.2.77"}'
	try no "f|cidr: 192.0.2.0/24" '{"f":"none"}'
	try yes "f|cidr: '2001:db8::/32'" '{"f":"2001:db8::1"}'
	try yes "f|cased: aB" '{"f":"aB"}'
	try no "f|cased: aB" '{"f":"ab"}'
	try yes "f|contains|cased: aB" '{"f":"xaBx"}'
	try no "f|contains|cased: aB" '{"f":"xabx"}'
	try yes "f|exists: true" '{"f":null}'
	try no "f|exists: true" '{"g":1}'
	try yes "f|exists: false" '{"g":1}'
	try yes "f: null" '{"g":1}'
	try yes "f: null" '{"f":null}'
	try no "f: null" '{"f":""}'
	try yes "f: ''" '{"f":""}'
	try no "f: ''" '{"g":1}'
	try yes "f|neq: a" '{"f":"b"}'
	try yes "f|neq: a" '{"g":"b"}'
	try no "f|neq: [a, b]" '{"f":"B"}'
	try yes "f|lt: 5" '{"f":"-4.5"}'
	try no "f|lt: 5" '{"f":"x"}'
	try yes "f|gte: 5" '{"f":5}'
	try yes "f|fieldref: g" '{"f":"A","g":"a"}'
	try no "f|fieldref: g" '{"f":"A","g":"b"}'
	try yes "f|fieldref|startswith: g" '{"f":"abc","g":"A"}'
	try yes "f|windash|contains: ' -x'" '{"f":"p /x"}'
	try yes "f|contains|windash: ' -x'" '{"f":"p –x"}'
	try yes "f|base64: foobar" '{"f":"Zm9vYmFy"}'
	try yes "f|base64offset|contains: foobar" '{"f":"eGZvb2Jhcg=="}'
	try yes "f|wide|base64offset|contains: ab" '{"f":"YQBiAA=="}'
	try yes "f|utf16|base64: ab" '{"f":"//5hAGIA"}'
	try yes "f|hour: 7" '{"f":"2026-11-24T07:00:00Z"}'
	try yes "f|week: 48" '{"f":"2026-11-24T07:00:00Z"}'
	try yes "a.b: x" '{"a":{"b":"x"}}'
}

@test "keywords are looked for in every value" {
	printf 'title: t\nid: t\nlogsource: {product: p}\ndetection:\n  keywords: {"|all": [one, tw?]}\n  condition: keywords\n' >"$D/t.yml"
	run bash -c "printf '%s\n' '{\"a\":\"xONEx\",\"b\":{\"c\":[\"two\"]}}' '{\"a\":\"one\"}' | '$BIN/irdetect' -r '$D/t.yml'"
	[ "${#lines[@]}" -eq 1 ]
}

@test "a rule that cannot be used is named, and the others load" {
	printf 'title: t\nid: bad-one\nlogsource: {product: p}\ndetection:\n  sel: {f|frobnicate: 1}\n  condition: sel\n' >"$D/bad.yml"
	run "$BIN/irdetect" -v -r "$D" </dev/null
	[ "$status" -eq 1 ]
	[[ $output == *"bad.yml:5: error: rule 'bad-one': selection 'sel': 'f|frobnicate': unknown modifier 'frobnicate'"* ]]
	[[ $output == *"2 rules loaded, 1 rejected"* ]]
	run "$BIN/irdetect" --strict-rules -r "$D" </dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irdetect" -r "$D/bad.yml" </dev/null
	[ "$status" -eq 2 ]
}

@test "correlations in a circle, placeholders without values: errors" {
	cat >"$D/c.yml" <<-'EOF'
	{title: a, id: a, correlation: {type: temporal, rules: [b], timespan: 1m}}
	---
	{title: b, id: b, correlation: {type: temporal, rules: [a], timespan: 1m}}
	---
	{title: e, id: e, logsource: {product: p}, detection: {s: {f|expand: '%x%'}, condition: s}}
	EOF
	run "$BIN/irdetect" -r "$D" </dev/null
	[ "$status" -eq 1 ]
	[[ $output == *"circle"* ]]
	[[ $output == *"no values for the placeholder '%x%'"* ]]
	printf 'x: [one]\n' >"$D/lists"
	run bash -c "echo '{\"f\":\"one\"}' | '$BIN/irdetect' -r '$D/c.yml' --lists '$D/lists'"
	[[ $output == *'"rule.id":"e"'* ]]
}

@test "a correlation fires when true, at each doubling, and anew after quiet" {
	run bash -c "$(declare -f event); (for i in 1 2 3 4 5 6 7 200 201 202; do event \$i; done) | '$BIN/irdetect' -r '$D'"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == *'"n":9007199254740993'*'"ir.severity":"high"'*'"threat.technique.id":"T1110"'*'"ir.alert.events":["e1","e2","e3"]'*'"ir.alert.n":3,"event.start":"2026-11-24T07:00:01.000Z","event.end":"2026-11-24T07:00:03.000Z","ir.alert.group":[{"field":"source.ip","value":"192.0.2.1"}]}' ]]
	[[ ${lines[1]} == *'"ir.alert.n":6'* ]]
	[[ ${lines[2]} == *'"ir.alert.n":3'*'07:03:20'* ]]
}

@test "--pass writes the events, each before its alerts; --explain says why" {
	printf 'title: t\nid: t\nlogsource: {category: authentication}\ndetection: {sel: {event.outcome: failure}, condition: sel}\n' >"$D/t.yml"
	run bash -c "$(declare -f event); (event 1; echo '{\"x\":1}') | '$BIN/irdetect' -r '$D/t.yml' --pass --explain"
	[ "${#lines[@]}" -eq 3 ]
	[ "${lines[0]}" = "$(event 1)" ]
	[[ ${lines[1]} == *'"ir.why":[{"by":"irdetect","what":"sel","field":"event.outcome","value":"failure"}]}' ]]
	[ "${lines[2]}" = '{"x":1}' ]
}

@test "alerts of irdetect pass, those of irnorm are looked at" {
	printf 'title: t\nid: t\nlogsource: {product: p}\ndetection: {sel: {f: x}, condition: sel}\n' >"$D/t.yml"
	a='{"ir.kind":"alert","ir.alert.by":"irdetect","f":"x"}'
	b='{"ir.kind":"alert","event.id":"e","rule.name":"theirs","f":"x"}'
	run bash -c "printf '%s\n' '$a' '$b' | '$BIN/irdetect' -r '$D/t.yml'"
	[ "${lines[0]}" = "$a" ]
	[ "${lines[1]}" = "$b" ]
	[[ ${lines[2]} == *'"rule.name":"t"'*'"ir.alert.of":"e"'* ]]
	[ "${#lines[@]}" -eq 3 ]
}

@test "the site file lowers what is expected, and says so" {
	printf 'monitoring: [192.0.2.1]\ncdn_proxies: [192.0.2.9]\n' >"$D/site"
	run bash -c "$(declare -f event); (for i in 1 2 3; do event \$i; done; for i in 4 5 6; do event \$i 192.0.2.9; done) | '$BIN/irdetect' -r '$D/fail.yml' --site '$D/site'"
	[[ ${lines[0]} == *'"ir.severity":"informational"'*'"ir.benign":[{"field":"source.ip","list":"site","class":"monitoring"}]'* ]]
	[[ ${lines[1]} == *'"ir.severity":"high"'*'"class":"cdn_proxies"'* ]]
}

@test "windows are kept in --state" {
	run bash -c "$(declare -f event); (event 1; event 2) | '$BIN/irdetect' -r '$D/fail.yml' --state '$D/state'; event 3 | '$BIN/irdetect' -r '$D/fail.yml' --state '$D/state'"
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"ir.alert.events":["e1","e2","e3"]'* ]]
}

@test "a line that two logs keep counts once" {
	e='{"@timestamp":"2026-11-24T07:00:00Z","event.category":["authentication"],"event.outcome":"failure","source.ip":"192.0.2.1","event.original":"same"}'
	run bash -c "printf '%s\n' '$e' '$e' '$e' | '$BIN/irdetect' -r '$D/fail.yml'"
	[ -z "$output" ]
}

@test "groups are bounded and what is forgotten is counted" {
	run bash -c "$(declare -f event); (for i in \$(seq 1 40); do event \$i 192.0.2.\$i; done) | '$BIN/irdetect' -r '$D/fail.yml' -m 10 --stats"
	[[ $output == *'"ir.stats.evicted":30'* ]]
}

@test "a flood of distinct groups costs no more than the bound" {
	seq 1 100000 | awk '{ printf "{\"@timestamp\":\"2026-11-24T07:00:00Z\",\"event.category\":[\"authentication\"],\"event.outcome\":\"failure\",\"source.ip\":\"2001:db8::%x\"}\n", $1 }' >"$D/flood"
	run "$BIN/irdetect" -r "$D/fail.yml" -m 1000 --stats "$D/flood"
	[[ $output == *'"ir.stats.evicted":99000'* ]]
}

@test "the shipped rules are valid, and do what their cases say" {
	run "$BIN/irdetect" --check
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run "$BIN/irdetect" --test "$TOP/tests/rules/more.jsonl"
	echo "$output"
	[ "$status" -eq 0 ]
	run "$BIN/irdetect" --test "$TOP/tests/rules/starter.jsonl"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "every shipped rule has a case that it fires on, and one that it does not" {
	"$BIN/irdetect" --list | jq -r '."rule.id"' | sort >"$D/all"
	for want in '. > 0' '. == 0'; do
		(jq -r "select(.fires | $want) | .rule" "$TOP"/tests/rules/*.jsonl
		python3 "$TOP/tests/rules/raw.py" --list "$TOP"/tests/rules/raw/*.txt |
			grep "^$([ "$want" = '. > 0' ] && echo + || echo -) " | cut -c3-) | sort -u >"$D/have"
		run comm -23 "$D/all" "$D/have"
		[ -z "$output" ]
	done
}

# Rules that only correlations speak for are tried without those.
@test "rules that others speak for do by themselves what their cases say" {
	"$BIN/irdetect" --list >"$D/list"
	for id in $(jq -r .rule "$TOP/tests/rules/alone.jsonl" | sort -u); do
		file=$(jq -r --arg id "$id" 'select(."rule.id" == $id) | .file' "$D/list")
		grep "$id" "$TOP/tests/rules/alone.jsonl" >"$D/cases"
		set -- -r "$file"
		for name in $(sed -n '/^ *rules:/,/^ *group-by:/s/^ *- //p' "$file"); do
			set -- "$@" -r "$(grep -rlx "name: $name" "$TOP/share/rules")"
		done
		run "$BIN/irdetect" "$@" --test "$D/cases"
		echo "$file: $output"
		[ "$status" -eq 0 ]
	done
}

@test "regression cases of the public rules" {
	s=$TOP/../shared
	[ -e "$s/check/detect_score.py" ] || skip "no shared data"
	run python3 "$s/check/detect_score.py" "$s/data/detect" --only cases -- "$BIN/irdetect" -r '{rules}'
	[ "$status" -eq 0 ]
}
