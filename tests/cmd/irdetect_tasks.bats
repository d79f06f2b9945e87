#!/usr/bin/env bats
# What irdetect does with rules besides writing alerts.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	D=$(mktemp -d)
	mkdir "$D/new" "$D/old"
	rule "$D/new/a.yml" 1 "k: a" t1110.001
	rule "$D/new/b.yml" 2 "k: b" t1110
	rule "$D/old/a.yml" 1 "k|startswith: a" t1110.001
	printf '%s\n' '{"k":"a","n":1}' '{"k":"ab","n":2}' '{"k":"b","n":3}' '{"k":"c","n":4}' >"$D/log"
}

teardown() {
	rm -rf "$D"
}

# rule FILE NUMBER ITEM TECHNIQUE
rule() {
	cat >"$1" <<-EOF
	title: Rule $2
	id: 00000000-0000-4000-8000-00000000000$2
	status: test
	description: d
	logsource: {product: p}
	detection: {sel: {$3}, condition: sel}
	tags: [attack.credential-access, attack.$4]
	level: low
	EOF
}

@test "--diff: alerts gained and lost" {
	run "$BIN/irdetect" -r "$D/new" --diff "$D/old" "$D/log"
	[ "$status" -eq 0 ]
	[ "$(jq -r '"\(."ir.diff") \(."rule.name") \(.n)"' <<<"$output" | tr '\n' ';')" = "lost Rule 1 2;gained Rule 2 3;" ]
	run "$BIN/irdetect" -r "$D/new" --diff "$D/new" "$D/log"
	[ -z "$output" ]
	run "$BIN/irdetect" -r "$D/new" --diff "$D/none" "$D/log"
	[ "$status" -eq 2 ]
}

@test "--coverage: a layer of techniques, by rules and by logs" {
	run "$BIN/irdetect" -r "$D/new" --coverage /dev/null
	[ "$status" -eq 0 ]
	[ "$(jq -r '.domain, (.techniques[] | "\(.techniqueID) \(.score) \(.comment)")' <<<"$output" | tr '\n' ';')" = \
		"enterprise-attack;T1110.001 1 Rule 1;T1110 1 Rule 2;" ]
	sed -i 's/product: p/product: aws, service: cloudtrail/' "$D/new/b.yml"
	sed -i 's/{"k"/{"event.dataset":"x","k"/' "$D/log"
	run "$BIN/irdetect" -r "$D/new" --coverage "$D/log"
	[ "$(jq -r '.techniques[] | "\(.techniqueID) \(.score)"' <<<"$output" | tr '\n' ';')" = "T1110.001 1;T1110 0;" ]
}

@test "--profile: how often each rule was worked out, and matched" {
	run "$BIN/irdetect" -r "$D/new" -r "$D/old/../p.yml" --profile "$D/log"
	[ "$status" -eq 2 ]
	run "$BIN/irdetect" -r "$D/new" --profile "$D/log"
	[ "$status" -eq 0 ]
	[ "$(jq -r '"\(."rule.name") \(."ir.profile.tried") \(."ir.profile.matched")"' <<<"$output" | sort | tr '\n' ';')" = "Rule 1 1 1;Rule 2 1 1;" ]
	[ "$(jq -r '."ir.profile.ns" > 0' <<<"$output" | sort -u)" = true ]
}

@test "--check names what is doubtful" {
	run "$BIN/irdetect" -r "$D/new" --check
	[ "$status" -eq 1 ]
	[ "$(grep -c "no table knows the logsource 'p/-/-'" <<<"$output")" -eq 2 ]
	rule "$D/new/b.yml" 2 "k|re: '^.*(a+)+\$'" t9999
	sed -i 's/status: test/status: fine\ndate: yesterday/; s/credential-access/magic/; s/product: p/product: windows/' "$D/new/b.yml"
	run "$BIN/irdetect" -r "$D/new/b.yml" --check
	for w in "unknown technique 'attack.t9999'" "unknown tactic 'attack.magic'" "unknown status 'fine'" \
		"not 'yesterday'" "no '.*' at the start" "repeats what repeats itself"; do
		[[ $output == *"$w"* ]] || {
			echo "$w: $output"
			return 1
		}
	done
}

@test "--explain names selections, fields and values" {
	run bash -c "'$BIN/irdetect' --explain -r '$D/new' '$D/log' | head -n 1 | jq -c '.\"ir.why\"'"
	[[ $output == *'"sel"'*'"k"'*'"a"'* ]]
}

@test "--check names rules that nothing can fulfil" {
	n=0
	for d in '{s: {a: 1}, t: {a: 2}, condition: s and t}' '{s: {a: 1}, condition: s and not s}' \
		'{s: {a|gt: 5}, t: {a|lte: 5}, condition: s and t}' '{s: {a: null}, t: {a: x}, condition: all of them}' \
		'{s: {a|gte: 5, b: [1, 2]}, t: {a|lte: 5, b: 2}, condition: s and t}' '{s: {a: 1}, t: {a: 2}, condition: s or t}'; do
		n=$((n + 1))
		printf '%s\n' "title: T$n" "id: 00000000-0000-4000-8000-00000000000$n" 'status: test' 'description: d' \
			'level: low' 'tags: [attack.t1110]' 'logsource: {product: windows}' "detection: $d" >"$D/c$n.yml"
		run "$BIN/irdetect" --check -r "$D/c$n.yml"
		echo "$n: $output"
		if [ $n -le 4 ]; then
			[ "$status" -eq 1 ]
			[[ $output == *"'00000000-0000-4000-8000-00000000000$n': can never match"* ]]
		else
			[ "$status" -eq 0 ]
		fi
	done
	echo "[file:name = 'a' AND file:name = 'b']" >"$D/p.stix"
	run "$BIN/irdetect" --check -r "$D/p.stix"
	[[ $output == *"can never match"* ]]
	echo "[file:name = 'a' OR file:name = 'b']" >"$D/p.stix"
	run "$BIN/irdetect" --check -r "$D/p.stix"
	[ "$status" -eq 0 ]
}

@test "--cache keeps parsed rules where it is told, or nowhere, and -v says what it was good for" {
	export XDG_CACHE_HOME=$D/xdg
	mkdir "$D/rules" "$D/xdg"
	cp "$D"/new/* "$D/rules/" 2>/dev/null || cp "$D/new" "$D/rules/new.yml"
	touch -d '1 hour ago' "$D"/rules/*
	run "$BIN/irdetect" -v --cache "$D/kept" -r "$D/rules" --list
	[[ $output == *"cache '$D/kept/rules': 0 files known, "*" parsed"* ]]
	first=$(grep -v '^irdetect: ' <<<"$output")
	run "$BIN/irdetect" -v --cache "$D/kept" -r "$D/rules" --list
	[[ $output == *"cache '$D/kept/rules': "*" files known, 0 parsed"* ]]
	[ "$(grep -v '^irdetect: ' <<<"$output")" = "$first" ]
	[ "$(stat -c %a "$D/kept/rules")" = 600 ]
	run "$BIN/irdetect" -v --cache none -r "$D/rules" --list
	[[ $output != *"cache"* ]]
	[ ! -e "$D/xdg/ir" ]
	run "$BIN/irdetect" --cache /dev/null -r "$D/rules" --list
	[ "$status" -eq 0 ]
	[[ $output == *"warning: no cache in '/dev/null'"* ]]
}
