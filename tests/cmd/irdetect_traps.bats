#!/usr/bin/env bats
# Where readers of the Sigma specification stumble: what looks like one thing and means another.

bats_require_minimum_version 1.5.0

setup() {
	D=$BATS_TEST_TMPDIR
}

@test "escapes, chains, networks, references, conditions that are easily misread" {
	run python3 "$BATS_TEST_DIRNAME/../rules/table.py" "$BIN" <<-'EOF'
	sel: {f: '*'} ## {"f":""} ## {"f":0} ## !{"f":null} ## !{"f":[]}
	sel: {f: '?*'} ## {"f":"x"} ## !{"f":""} ## !{}
	sel: {f: '\\\\*'} ## {"f":"\\\\x"} ## !{"f":"\\x"}
	sel: {f|contains: '\\*x'} ## {"f":"a\\bbx"} ## !{"f":"a*x"}
	sel: {f|endswith: '\*'} ## {"f":"a*"} ## !{"f":"ab"}
	sel: {f|startswith: '\?x'} ## {"f":"?xy"} ## !{"f":"axy"}
	sel: {f: 'a?c'} ## {"f":"a😀c"} ## {"f":"a\nc"}
	sel: {f|contains: '?'} ## {"f":"x"} ## !{"f":""}
	sel: {f|contains: ''} ## {"f":"x"} ## {"f":""} ## !{}
	sel: {f|re|i: 'ä.'} ## {"f":"xÄ!"} ## !{"f":"Ä"}
	sel: {'|cased': [Evil]} ## {"f":"so Evil"} ## !{"f":"evil"}
	sel: {'|all': ['e*l', '4?2']} ## {"f":"evil","g":412} ## !{"f":"evil"}
	sel: [evil, {f: 1}] ## {"g":"evil"} ## {"f":1} ## !{"f":2}
	sel: [{f: [a, b]}, {g|contains|all: [x, y]}] ## {"f":"b"} ## {"g":"y-x"} ## !{"g":"x","f":"c"}
	sel: {f|contains|all: [x]} ## {"f":"axb"} ## !{"f":"b"}
	sel: {f|all|contains: [x, y]} ## {"f":"xy"} ## !{"f":"x"}
	sel: {f|windash|contains|all: ['-a', '/b']} ## {"f":"x -a -b"} ## {"f":"/a –b"} ## !{"f":"-a"}
	sel: {f|windash: 'plain'} ## {"f":"PLAIN"} ## !{"f":"-plain"}
	sel: {f|base64offset|contains: 'ü€'} ## {"f":"w7zigqw="} ## {"f":"eMO84oKs"}
	sel: {f|wide|base64offset|contains: '😀a'} ## {"f":"PdgA3mEA"}
	sel: {f|utf16be|base64offset|contains: 'id'} ## {"f":"AGkAZA=="}
	sel: {f|base64|startswith: ab} ## {"f":"YWI="} ## !{"f":"xYWI="}
	sel: {f|cidr: '2001:db8::/33'} ## {"f":"2001:db8:7fff::1"} ## !{"f":"2001:db8:8000::1"}
	sel: {f|cidr: 'fe80::/10'} ## {"f":"fe80::1"} ## {"f":["x","FEBF::2"]} ## !{"f":"fec0::1"}
	sel: {f|cidr: 192.0.2.9} ## {"f":"192.0.2.9"} ## !{"f":"192.0.2.8"}
	sel: {f|cidr|neq: 192.0.2.0/24} ## {"f":"198.51.100.1"} ## !{"f":"192.0.2.1"}
	sel: {f|fieldref|endswith: a.b} ## {"f":"xY","a":{"b":"y"}} ## !{"f":"xz","a":{"b":"y"}}
	sel: {f|fieldref: g} ## {"f":1,"g":"1"} ## {"f":["a","b"],"g":"b"} ## {"f":"a","g":["c","A"]}
	sel: {f|fieldref|cased: g} ## {"f":"A","g":"A"} ## !{"f":"A","g":"a"}
	sel: {f: []} ## {} ## {"f":null} ## !{"f":"x"}
	sel: {a.b.c|endswith: z} ## {"a":{"b":{"c":"xyz"}}} ## {"a.b":{"c":"z"}} ## {"a":{"b.c":"Z"}} ## !{"a":{"b":"z"}}
	sel: {f|lt: '5'} ## {"f":4} ## !{"f":6}
	sel: {f|gt: 0.5} ## {"f":"0.6"} ## !{"f":"0.4"}
	sel: {f|gte|all: [2, 4]} ## {"f":4} ## !{"f":3}
	sel: {f|neq|contains: a} ## {"f":"b"} ## {} ## !{"f":"bab"}
	sel: {f: yes} ## {"f":"yes"} ## !{"f":"no"}
	sel: {f: 010} ## {"f":"010"} ## !{"f":8}
	sel: {f: 1.50} ## {"f":"1.50"}
	sel_1: {f: 1}, filter_a: {g: 1}, filter_b: {h: 1} => sel_1 and not 1 of filter_* ## {"f":1} ## !{"f":1,"g":1} ## !{"f":1,"h":1}
	sel: {f: 1}, sel_x: {g: 1} => 1 of sel* ## {"f":1} ## {"g":1}
	sel: {f: 1}, other: {g: 1} => all of sel* ## {"f":1} ## !{"g":1}
	and1: {f: 1}, notx: {g: 1}, of_it: {h: 1} => and1 and not notx or of_it ## {"f":1} ## !{"f":1,"g":1} ## {"h":1}
	a: {f: 1}, b: {g: 1} => 1  of   them ## {"g":1}
	a: {f: 1}, b: {g: 1} => not not a ## {"f":1} ## !{"g":1}
	a: {f: 1}, b: {g: 1} => ((a)) and (not(b)) ## {"f":1} ## !{"f":1,"g":1}
	a-1: {f: 1}, b.2: {g: 1} => a-1 or b.2 ## {"f":1} ## {"g":1}
	a: {f: 1}, b: {g: 1} => All Of Them ## {"f":1,"g":1} ## !{"f":1}
	_a: {f: 1}, b: {g: 1} => 1 of _* or b ## {"f":1} ## {"g":1}
	sel: {f|re: '^.{2,3}$'} ## {"f":"abc"} ## {"f":"äöü"} ## !{"f":"abcd"}
	sel: {f|re: '(?i)MiMi(?!x)'} ## {"f":"amimi"} ## !{"f":"mimix"}
	sel: {f|contains: ['%appdata%', '100%']} ## {"f":"x %AppData% y"} ## {"f":"a 100% b"}
	sel: {f|contains: "it's \"quoted\""} ## {"f":"it's \"quoted\" text"}
	sel: {f|startswith: 'ſ'} ## {"f":"s"} ## {"f":"S"}
	sel: {f|endswith: 'k'} ## {"f":"10K"}
	EOF
	echo "$output"
	[ "$status" -eq 0 ]
}

# refuse WORDS: the rules on standard input are refused with these words
refuse() {
	cat >"$D/bad.yml"
	run "$BIN/irdetect" -r "$D/bad.yml" /dev/null
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"$1"* ]]
}

@test "a selection that would hold for all there is, is refused" {
	for sel in '{}' '[]' '[{}, {f: 1}]' '[{f: 1}, []]' 'null'; do
		refuse "empty selection" <<-EOF
		title: R
		id: 00000000-0000-4000-8000-000000000009
		logsource: {product: p}
		detection: {sel: $sel, condition: sel}
		EOF
	done
}

@test "documents of one rule, as they once were, are refused with the reason" {
	refuse "'action' is of rules as they once were" <<-'EOF'
	action: global
	title: G
	id: 00000000-0000-4000-8000-000000000009
	logsource: {product: p}
	---
	detection: {sel: {f: 1}, condition: sel}
	EOF
}

@test "what correlations cannot mean is refused, by rule" {
	while IFS='#' read -r corr why; do
		refuse "$why" <<-EOF
		title: C
		id: 00000000-0000-4000-8000-000000000002
		correlation: $corr
		EOF
	done <<-'EOF'
	{type: event_count, rules: [r], timespan: 5x, condition: {gte: 2}}#'timespan' must be
	{type: event_count, rules: [r], timespan: -5m, condition: {gte: 2}}#'timespan' must be
	{type: event_count, rules: [r], condition: {gte: 2}}#'timespan' must be
	{type: event_count, rules: [r], timespan: 5m}#no condition
	{type: sometimes, rules: [r], timespan: 5m, condition: {gte: 2}}#'sometimes'
	{type: event_count, rules: [nobody], timespan: 5m, condition: {gte: 2}}#'nobody'
	{type: value_count, rules: [r], timespan: 5m, condition: {gte: 2}}#needs a field
	{type: event_count, rules: [r], timespan: 5m, condition: {around: 2}}#'around'
	{type: event_count, rules: [r], timespan: 5m, condition: {gte: many}}#a number
	{type: event_count, rules: [], timespan: 5m, condition: {gte: 2}}#'rules' must name
	EOF
}
