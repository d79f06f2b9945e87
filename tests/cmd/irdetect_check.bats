#!/usr/bin/env bats
# What irdetect --check doubts of rules.

bats_require_minimum_version 1.5.0

setup() {
	D=$BATS_TEST_TMPDIR
}

# rule DETECTION [LOGSOURCE [OTHER...]]: the file with one rule; OTHER replaces lines by key
rule() {
	cat >"$D/r.yml" <<-EOF
	title: A rule
	id: 6c9259bc-13b9-4599-bcfd-d1312e64c069
	status: test
	description: For a test.
	date: 2026-11-24
	level: low
	tags: [attack.execution, attack.t1059.004]
	logsource: {${2:-product: windows, category: process_creation}}
	detection: {$1}
	EOF
	shift
	[ $# -eq 0 ] || shift
	for line; do
		sed -i "/^${line%%:*}:/d" "$D/r.yml"
		echo "$line" >>"$D/r.yml"
	done
}

# doubts WORDS: --check says so, by file, line and id, and ends with 1; no words: it says nothing
doubts() {
	run "$BIN/irdetect" -r "$D/r.yml" --check
	echo "$output"
	if [ -z "$1" ]; then
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		return
	fi
	[ "$status" -eq 1 ]
	[[ $output == *"r.yml:1: warning: rule '"*"$1"* ]]
}

@test "nothing is said of a good rule" {
	rule "sel: {Image|endswith: '\\sh.exe', CommandLine|contains: x}, condition: sel"
	doubts
	rule "sel: {process.command_line|contains: x, User: root}, condition: sel" "product: linux, category: process_creation"
	doubts
	rule "sel: {made.up.field: x, UnheardOf: y}, condition: sel" "product: okta, service: okta"
	doubts
	rule "sel: [some, keywords], condition: sel"
	doubts
}

@test "names of fields that no event has, with the nearest that one has" {
	rule "sel: {Comandline|contains: x}, condition: sel"
	doubts "no event is known to have field 'Comandline' of windows/process_creation/-; did you mean 'CommandLine'?"
	rule "sel: {commandline|contains: x}, condition: sel"
	doubts "did you mean 'CommandLine'?"
	rule "sel: [{Image: a}, {OrignalFileName: x}], condition: sel"
	doubts "did you mean 'OriginalFileName'?"
	rule "sel: {process.comand_line: x}, condition: sel" "product: linux, category: process_creation"
	doubts "did you mean 'process.command_line'?"
	rule "sel: {c-uri-qery: x}, condition: sel" "category: webserver"
	doubts "did you mean 'c-uri-query'?"
	# where all names are known, those that are nowhere near are doubted, too
	rule "sel: {QueryName: x}, condition: sel"
	doubts "no event is known to have field 'QueryName' of windows/process_creation/-"
	# of another logsource it is a good name
	rule "sel: {QueryName: x}, condition: sel" "product: windows, category: dns_query"
	doubts
}

@test "each name is doubted once" {
	rule "a: {Comandline: x}, b: {Comandline: y}, condition: a or b"
	run "$BIN/irdetect" -r "$D/r.yml" --check
	[ "$(grep -c Comandline <<<"$output")" -eq 1 ]
}

@test "tables of the user know more names" {
	rule "sel: {Mood: x}, condition: sel"
	doubts "'Mood'"
	printf 'fields:\n- for: {product: windows}\n  names: [Mood]\n' >"$D/t.yml"
	run "$BIN/irdetect" --tables "$D/t.yml" -r "$D/r.yml" --check
	[ "$status" -eq 0 ]
}

@test "logsources that no table knows" {
	rule "sel: {f: x}, condition: sel" "product: windoze"
	doubts "no table knows the logsource"
}

@test "what can never match" {
	for d in "a: {Image: x}, condition: a and not a" \
		"a: {Image: x}, b: {Image: y}, condition: a and b" \
		"a: {Image: x}, b: {Image|contains: y}, condition: a and b" \
		"a: {Image: x.exe}, b: {Image|endswith: .exe}, condition: a and not b" \
		"a: {Image|contains: x}, b: {Image|exists: true}, condition: a and not b" \
		"a: {Image: null}, b: {Image|contains: y}, condition: a and b" \
		"a: {ProcessId|gt: 5}, b: {ProcessId|lt: 3}, condition: a and b"; do
		rule "$d"
		doubts "can never match"
	done
	for d in "a: {Image: x}, b: {Image|contains: x}, condition: a and b" \
		"a: {Image: x}, b: {Image: y}, condition: a or b" \
		"a: {Image|contains: x}, b: {Image: x}, condition: a and not b" \
		"a: {ProcessId|gt: 5}, b: {ProcessId|lt: 30}, condition: a and b"; do
		rule "$d"
		doubts
	done
}

@test "expressions that cost more than they need" {
	rule "a: {Image|re: '.*evil'}, condition: a"
	doubts "needs no '.*' at the start"
	rule "a: {Image|re: 'evil(x+)+y'}, condition: a"
	doubts "repeats what repeats itself"
	rule "a: {Image|re: '\\d+[a-z]*'}, condition: a"
	doubts "has no two letters that could be searched for"
	rule "a: {Image|re: '[0-9]{4}evil\\.exe'}, condition: a"
	doubts
	rule "a: {Image|re: '(cmd|sh)\\.exe$'}, condition: a"
	doubts
}

@test "ids, dates, levels, states and tags" {
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "id: 6c9259bc-13b9-4599-bcfd-d1312e64c06x"
	doubts "the id is not a UUID"
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "date: 2026-13-24"
	doubts "a date is YYYY-MM-DD, not '2026-13-24'"
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "modified: 2026/11/24"
	doubts "a date is YYYY-MM-DD"
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "status: new"
	doubts "unknown status 'new'"
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "tags: [attack.t9999]"
	doubts "unknown technique 'attack.t9999'"
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "tags: [attack.magic]"
	doubts "unknown tactic 'attack.magic'"
	rule "a: {Image: x}, b: {Image: y}, condition: a"
	doubts "the condition does not use selection 'b'"
}

@test "object paths of STIX that no record has" {
	echo "[file:name = 'a.exe']" >"$D/p.stix"
	run "$BIN/irdetect" -r "$D/p.stix" --check
	[ "$status" -eq 0 ]
	echo "[file:nome = 'a.exe' AND file:name = 'b']" >"$D/p.stix"
	run -1 "$BIN/irdetect" -r "$D/p.stix" --check
	[[ $output == *"no table knows the object path 'file:nome'"* ]]
	echo "[x-our-own:thing = 'a']" >"$D/p.stix"
	run "$BIN/irdetect" -r "$D/p.stix" --check
	[ "$status" -eq 0 ]
}

@test "what cannot be used is an error and ends with 2; doubts are JSON on request" {
	rule "a: {Image|sounds: x}, condition: a"
	run -2 "$BIN/irdetect" -r "$D/r.yml" --check
	[[ $output == *"error"*"unknown modifier 'sounds'"* ]]
	rule "a: {Image: x}, condition: a" "product: windows, category: process_creation" "level: severe"
	run -2 "$BIN/irdetect" -r "$D/r.yml" --check
	[[ $output == *"unknown level 'severe'"* ]]
	rule "a: {Image: x}, condition: a"
	cp "$D/r.yml" "$D/s.yml"
	run -1 "$BIN/irdetect" -r "$D/r.yml" -r "$D/s.yml" --check
	[[ $output == *"is taken by"*r.yml* ]]
	printf 'title: C\nid: 6c9259bc-13b9-4599-bcfd-d1312e64c070\ncorrelation: {type: temporal, rules: [nobody], timespan: 1m}\n' >"$D/r.yml"
	run -2 "$BIN/irdetect" -r "$D/r.yml" --check
	[[ $output == *"no usable rule 'nobody'"* ]]
	rule "a: {Comandline: x}, condition: a"
	run -1 "$BIN/irdetect" -r "$D/r.yml" --check --log-format=json
	jq -e '."log.level" == "warning" and (.message | test("Comandline"))' <<<"$output"
}

@test "an unknown modifier is told with the nearest there is" {
	for pair in contain:contains startwith:startswith end_with:endswith base64offest:base64offset RE: gte1:gte nosuchthing:; do
		rule "sel: {CommandLine|${pair%:*}: x}, condition: sel"
		run "$BIN/irdetect" -r "$D/r.yml" --check
		[ "$status" -eq 2 ]
		near="; did you mean '${pair#*:}'?"
		[ -n "${pair#*:}" ] || near=
		[[ $output == *"unknown modifier '${pair%:*}'$near"* ]]
	done
	rule "sel: {CommandLine$(printf '|contains%.0s' {1..17}): x}, condition: sel"
	run "$BIN/irdetect" -r "$D/r.yml" --check
	[[ $output == *"more than 16"* ]]
}

@test "a logsource that no table knows is told with the nearest there is" {
	rule "sel: {CommandLine: x}, condition: sel" "product: windows, category: proces_creation"
	doubts "no table knows the logsource 'windows/proces_creation/-'; did you mean category 'process_creation'?"
	rule "sel: {CommandLine: x}, condition: sel" "product: window, service: security"
	doubts "did you mean product 'windows'?"
	rule "sel: {CommandLine: x}, condition: sel" "product: nobody_knows_it"
	doubts "no table knows the logsource 'nobody_knows_it/-/-'"
}
