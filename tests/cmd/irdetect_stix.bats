#!/usr/bin/env bats
# Indicators of STIX as rules.

bats_require_minimum_version 1.5.0
BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
DATA=${IR_SHARED:-$BATS_TEST_DIRNAME/../../../shared/data}/respond/stix

setup() {
	D=$(mktemp -d)
}

teardown() {
	rm -rf "$D"
}

# indicator PATTERN [MEMBERS]: a bundle with one
indicator() {
	jq -nc --arg p "$1" "{type: \"bundle\", objects: [{type: \"indicator\", id: \"indicator--1\",
		name: \"One\", pattern_type: \"stix\", pattern: \$p, ${2-}}]}" >"$D/i.json"
}

# at SECOND MEMBERS: an event
at() {
	printf '{"@timestamp":"2026-01-01T00:00:%02dZ",%s}\n' "$1" "$2"
}

@test "a bundle's indicator becomes an alert with what the bundle says of it" {
	cat >"$D/b.json" <<-'EOF'
	{"type":"bundle","objects":[{"type":"identity","id":"identity--1","name":"Example CERT"},
	{"type":"indicator","id":"indicator--1","created_by_ref":"identity--1","modified":"2025-01-02T00:00:00Z",
	"name":"Control server","description":"seen","indicator_types":["malicious-activity"],"confidence":85,
	"pattern":"[ipv4-addr:value = '203.0.113.9']","pattern_type":"stix",
	"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"command-and-control"}]},
	{"type":"attack-pattern","id":"attack-pattern--1","name":"x","external_references":[
	{"source_name":"mitre-attack","external_id":"T1071.001"}]},
	{"type":"malware","id":"malware--1","name":"Example Bot"},
	{"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"malware--1"},
	{"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"attack-pattern--1"}]}
	EOF
	at 1 '"destination.ip":"203.0.113.9"' | "$BIN/irdetect" -r "$D/b.json" >"$D/out"
	jq -e '."rule.id" == "indicator--1" and ."rule.name" == "Control server" and ."rule.author" == "Example CERT"
		and ."ir.severity" == "high" and ."rule.category" == "malicious-activity"
		and ."threat.indicator.confidence" == "High" and ."threat.software.name" == "Example Bot"
		and ."threat.tactic.id" == "TA0011" and ."threat.technique.subtechnique.id" == "T1071.001"' "$D/out"
}

@test "an indicator is valid from and until event times" {
	indicator "[file:name = 'a']" 'valid_from: "2026-01-01T00:00:10Z", valid_until: "2026-01-01T00:00:20Z"'
	for s in 9 10 19 20; do at $s '"file.name":"a"'; done >"$D/log"
	run -0 "$BIN/irdetect" -r "$D/i.json" "$D/log"
	[ "$(jq -r '."@timestamp"' <<<"$output" | paste -sd' ')" = "2026-01-01T00:00:10Z 2026-01-01T00:00:19Z" ]
}

@test "revoked ones count no more, and newer versions take the place of older ones" {
	printf '[%s,%s,%s,%s]' '{"type":"indicator","id":"indicator--1","modified":"2025-01-01T00:00:00Z","pattern":"[file:name = '"'old'"']"}' \
		'{"type":"indicator","id":"indicator--1","modified":"2025-02-01T00:00:00Z","pattern":"[file:name = '"'new'"']"}' \
		'{"type":"indicator","id":"indicator--1","modified":"2025-01-15T00:00:00Z","pattern":"[file:name = '"'mid'"']"}' \
		'{"type":"indicator","id":"indicator--2","revoked":true,"pattern":"[file:name = '"'gone'"']"}' >"$D/l.json"
	for n in old mid new gone; do at 1 "\"file.name\":\"$n\""; done >"$D/log"
	run -0 "$BIN/irdetect" -r "$D/l.json" "$D/log"
	[ "$(jq -r '."file.name"' <<<"$output")" = new ]
}

@test "a file of patterns has one a paragraph, its title in a comment" {
	cat >"$D/f.stix" <<-'EOF'
	// Bad server
	[ipv4-addr:value ISSUBSET '198.51.100.0/28'
	 OR domain-name:value = 'bad.example.com']

	# Spelled out
	[process:command_line LIKE '%-enc %' AND process:name MATCHES '^pwsh']
	EOF
	{
		at 1 '"source.ip":"198.51.100.15"'
		at 2 '"source.ip":"198.51.100.16"'
		at 3 '"dns.question.name":"BAD.example.com"'
		at 4 '"process.name":"pwsh","process.parent.command_line":"x -enc y"'
		at 5 '"process.name":"pwsh","process.command_line":"pwsh -enc y"'
	} | "$BIN/irdetect" -r "$D/f.stix" >"$D/out"
	[ "$(jq -r '."rule.name"' "$D/out" | paste -sd,)" = "Bad server,Bad server,Spelled out" ]
	[ "$(jq -r '."@timestamp"[17:19]' "$D/out" | paste -sd,)" = 01,03,05 ]
}

@test "FOLLOWEDBY, WITHIN and REPEATS go by event time and name their members" {
	indicator "([process:name = 'a'] FOLLOWEDBY [network-traffic:dst_port = 4444] REPEATS 2 TIMES) WITHIN 10 SECONDS"
	{
		at 1 '"destination.port":4444,"n":0'
		at 2 '"process.name":"a","n":1'
		at 3 '"destination.port":4444,"n":2'
		at 11 '"destination.port":4444,"n":3'
		at 12 '"destination.port":4444,"n":4'
		at 13 '"destination.port":4444,"n":5'
	} >"$D/log"
	run -0 "$BIN/irdetect" --pass -r "$D/i.json" "$D/log"
	[ "$(jq -r 'select(."ir.kind" == "alert") | [.n, ."ir.alert.n", ."event.start"[17:19], ."event.end"[17:19]] | @csv' <<<"$output")" = '3,3,"02","11"' ]
	# the members are the events themselves
	ids=$(jq -r 'select(."ir.kind" == "alert") | ."ir.alert.events"[]' <<<"$output" | sort)
	[ "$ids" = "$(jq -r 'select(."ir.kind" != "alert" and (.n | IN(1, 2, 3))) | ."event.id" // empty' <<<"$output" | sort)" ]
}

@test "what is kept of a pattern outlives the program" {
	indicator "[file:name = 'a'] FOLLOWEDBY [file:name = 'b']"
	at 1 '"file.name":"a"' | "$BIN/irdetect" --state "$D/s" -r "$D/i.json"
	run -0 "$BIN/irdetect" --state "$D/s" -r "$D/i.json" < <(at 2 '"file.name":"b"')
	[ "$(jq '."ir.alert.n"' <<<"$output")" = 2 ]
}

@test "patterns that are none, and of other types, are refused with their place" {
	indicator "[file:size = ]"
	run -2 --separate-stderr "$BIN/irdetect" -r "$D/i.json" </dev/null
	[[ $stderr == *"i.json:1: error: rule 'indicator--1': column 14: a value was expected"* ]]
	indicator "rule r {}" 'pattern_type: "yara"'
	run -2 --separate-stderr "$BIN/irdetect" -r "$D/i.json" </dev/null
	[[ $stderr == *"patterns of type 'yara'"* ]]
	echo '{' >"$D/i.json"
	run -2 --separate-stderr "$BIN/irdetect" -r "$D/i.json" </dev/null
	[[ $stderr == *"not JSON"* ]]
}

@test "a Sigma rule within an indicator is one" {
	indicator 'title: T
logsource: {product: p}
detection: {s: {k: v}, condition: s}' 'pattern_type: "sigma"'
	run -0 "$BIN/irdetect" -r "$D/i.json" <<<'{"k":"v"}'
	[ "$(jq -r '."rule.name"' <<<"$output")" = T ]
}

@test "thousands of addresses cost little" {
	for i in $(seq 3000); do
		echo "[ipv4-addr:value = '203.0.$((i / 256)).$((i % 256))']"
		echo
	done >"$D/many.stix"
	at 1 '"source.ip":"203.0.10.1"' >"$D/log"
	run -0 "$BIN/irdetect" -r "$D/many.stix" "$D/log"
	[ "${#lines[@]}" = 1 ]
}

@test "patterns that others test with are taken and refused alike" {
	[ -d "$DATA" ] || skip "no ../shared/data"
	grep -hv -e '^#' -e '^$' "$DATA"/patterns_spec_examples_v2?.txt | sort -u >"$D/all"
	jq -r . "$DATA"/patterns_v2?_pass_cases.jsonl >>"$D/all"
	sed G "$D/all" >"$D/good.stix"
	run -0 --separate-stderr "$BIN/irdetect" -r "$D/good.stix" --list
	[ -z "$stderr" ]
	jq -r . "$DATA"/patterns_v21_fail_cases.jsonl | sed G >"$D/bad.stix"
	run -2 --separate-stderr "$BIN/irdetect" -r "$D/bad.stix" </dev/null
	[[ $stderr == *"no rule to use; 9 rejected"* ]]
}

@test "other JSON in a directory of rules is passed over, and an error when named" {
	mkdir "$D/r"
	indicator "[file:name = 'a']"
	mv "$D/i.json" "$D/r"
	echo '{"name":"layer","techniques":[]}' >"$D/r/layer.json"
	run -0 --separate-stderr "$BIN/irdetect" -r "$D/r" <<<'{"file.name":"a"}'
	[ "${#lines[@]}" -eq 1 ]
	[ -z "$stderr" ]
	run -2 "$BIN/irdetect" -r "$D/r/layer.json" </dev/null
	# cut off, it is still one that somebody wanted
	head -c 60 "$D/r/i.json" >"$D/r/cut.json"
	run -1 "$BIN/irdetect" -r "$D/r" <<<'{"file.name":"a"}'
	[[ $output == *cut.json* ]]
}
