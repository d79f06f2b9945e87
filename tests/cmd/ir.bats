#!/usr/bin/env bats

setup() {
	bats_require_minimum_version 1.5.0
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	root=$BATS_TEST_DIRNAME/../..
	unset IR_DATA
	cd "$BATS_TEST_TMPDIR"
	export TMPDIR=$BATS_TEST_TMPDIR
}

@test "alone it shows what there is" {
	run "$BIN/ir"
	[ "$status" -eq 0 ]
	[[ $output == *"ir triage"* ]]
}

@test "the demo finds the attack that is in the logs" {
	TMPDIR=$PWD run --separate-stderr "$BIN/ir" demo
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *203.0.113.66* ]]
	[[ $output == *"203.0.113.66 and one other address on web01: it worked"* ]]
	# and the report whose path it prints is there
	report=$(printf '%s\n' "$output" | sed -n 's/.*report to read: //p')
	[[ $report == "$PWD"/ir-demo.* ]]
	grep -q 'on web01: it worked' "$report"
}

@test "triage as records is JSON and deterministic" {
	"$BIN/ir" triage --json --now 2026-11-24T12:00:00Z --site "$root/examples/site.yaml" "$root/examples/logs" >a
	"$BIN/ir" triage --json --now 2026-11-24T12:00:00Z --site "$root/examples/site.yaml" "$root/examples/logs" >b
	cmp a b
	jq -e . a >/dev/null
	[ "$(jq -r 'select(."ir.kind" == "alert") | ."source.ip"' a | grep -c 203.0.113.66)" -gt 3 ]
	# what alerts cite is there
	jq -r 'select(."ir.kind" == "alert") | ."ir.alert.events"[]' a | sort -u >cited
	jq -r '."event.id"' a | sort -u >there
	[ -z "$(comm -23 cited there)" ]
}

@test "with a model, what is not normal is an alert, too; nothing is learned" {
	awk 'BEGIN { for (i = 0; i < 30000; i++) printf "Nov 24 07:%02d:%02d web01 sshd[%d]: Accepted publickey for backup from 198.51.100.7 port %d ssh2\n", i / 600, i / 10 % 60, i, 1024 + i }' >usual.log
	"$BIN/irnorm" --now 2026-11-24T12:00:00Z usual.log | "$BIN/irlearn" --train >normal.model
	echo 'Nov 24 08:10:00 web01 sshd[9]: Accepted publickey for backup from 203.0.113.77 port 99 ssh2' >odd.log
	"$BIN/ir" triage --json --now 2026-11-24T12:00:00Z --model normal.model odd.log >with
	grep -q '"rule.id":"irlearn.linux.user.source"' with
	"$BIN/ir" triage --json --now 2026-11-24T12:00:00Z odd.log >without
	run ! grep -q '"irlearn' without
	cp normal.model before
	mkdir -p state/ir && cp normal.model state/ir
	XDG_STATE_HOME=$PWD/state "$BIN/ir" triage --json --now 2026-11-24T12:00:00Z odd.log | cmp - with
	cmp before state/ir/normal.model
}

@test "packed files and directories are read, binary ones are not" {
	mkdir -p logs/web01
	gzip -c "$root/examples/logs/auth.log" >logs/web01/auth.log.1.gz
	printf 'a\0b' >logs/web01/wtmp
	run "$BIN/ir" triage logs
	[ "$status" -eq 0 ]
	[[ $output == *203.0.113.66* ]]
	run "$BIN/ir" triage -v logs
	[[ $output == *"wtmp: "*"not text"* ]]
}

@test "hostile text cannot reach the terminal" {
	printf 'Nov 24 07:37:25 h sshd[1]: Failed password for invalid user a\033]0;x\007 from 203.0.113.9 port 1 ssh2\n%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 >x.log
	run "$BIN/ir" triage x.log
	[ "$status" -eq 0 ]
	[[ $output != *$'\033'* ]]
}

@test "an unknown word gets a suggestion" {
	run "$BIN/ir" detct
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'detect'"* ]]
}

@test "a program can be run through it" {
	run "$BIN/ir" dedupe --version
	[ "$status" -eq 0 ]
	[[ $output == irdedupe* ]]
}

@test "nothing to read is a usage error" {
	run "$BIN/ir" triage
	[ "$status" -eq 2 ]
	run "$BIN/ir" triage /nonexistent
	[ "$status" -eq 2 ]
}

@test "an incident is shown with its plan, and only planned: nothing acts" {
	run "$BIN/ir" triage --site "$root/examples/site.yaml" "$root/examples/logs"
	[ "$status" -eq 0 ]
	[[ $output == *"plan: block-ip 203.0.113.66 for "*"undo: unblock-ip"* ]]
	[[ $output != *"block-ip 192.0.2."* ]]
}

@test "the attacks of the livefire sets are found and nobody else is blocked" {
	data=$root/../shared
	[ -d "$data/data/livefire" ] || skip "no livefire data"
	run "$data/check/livefire_score.py" "$data/data/livefire" -- "$BIN/ir" triage --json --site '{site}' '{dir}'
	[ "$status" -eq 0 ]
	[[ $output == *"found=5 "*"wrong=0 protected=0"*"benign_high=0 benign_blocks=0"* ]]
}
