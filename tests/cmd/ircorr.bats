#!/usr/bin/env bats
# What ircorr promises.

bats_require_minimum_version 1.5.0

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	SITE=$(mktemp)
	echo '{"monitoring":"192.0.2.5","home_addresses":{"heidi":"192.0.2.77"},"office_nat":"192.0.2.9"}' >"$SITE"
}

teardown() {
	rm -f "$SITE"
}

N=0
# logon SECOND OUTCOME USER SOURCE
logon() {
	N=$((N + 1))
	printf '{"@timestamp":"2026-11-24T07:%02d:%02dZ","event.id":"%032d","event.category":["authentication"],"event.outcome":"%s","user.name":"%s","source.ip":"%s","host.name":"ssh01","event.dataset":"sshd"}\n' \
		$(($1 / 60)) $(($1 % 60)) $N "$2" "$3" "$4"
}

# alert SECOND SEVERITY TECHNIQUE MORE
alert() {
	N=$((N + 1))
	printf '{"@timestamp":"2026-11-24T07:%02d:%02dZ","event.id":"%032d","ir.kind":"alert","ir.alert.id":"a%d","rule.id":"r-%s","rule.name":"Rule %s","ir.severity":"%s","threat.technique.id":"%s","host.name":"ssh01",%s}\n' \
		$(($1 / 60)) $(($1 % 60)) $N $N "$3" "$3" "$2" "$3" "$4"
}

guesses() {
	for i in 1 2 3 4 5 6; do logon $i failure "$1" "$2"; done
	alert 7 medium T1110 '"source.ip":"'"$2"'","user.name":"'"$1"'"'
}

# The last version of each incident.
incidents() {
	"$BIN/ircorr" --site "$SITE" "$@" | grep '"ir.kind":"incident"' |
		awk '{ match($0, /"ir.incident.id":"[0-9a-f]*"/); id = substr($0, RSTART, RLENGTH)
			if (!(id in last)) order[++n] = id; last[id] = $0 }
			END { for (i = 1; i <= n; i++) print last[order[i]] }'
}

@test "failed guessing is a medium incident that did not work" {
	out=$(guesses root 203.0.113.66 | incidents)
	[[ $out == *'"ir.incident.class":"bruteforce"'*'"ir.severity":"medium","ir.success":"no"'*'"source.ip":"203.0.113.66"'* ]]
}

@test "an accepted logon after guessing is the foothold" {
	out=$( (guesses ivan 203.0.113.66; logon 20 success ivan 203.0.113.66) | incidents)
	[[ $out == *'"ir.severity":"high","ir.success":"yes"'* ]]
	[[ $out == *'"event":"00000000000000000000000000000008"'* ]]
	[[ $out == *'"T1078"'* ]]
}

@test "a machine of the owner's that fails to log on is one thing to tell of, and no attack" {
	failed() {
		alert "$1" informational T1110 '"event.category":["authentication"],"event.outcome":"failure","source.ip":"'"$2"'","user.name":"nagios"'
	}
	out=$( (failed 1 192.0.2.5; failed 2 192.0.2.5; failed 3 203.0.113.5) | incidents)
	[ "$(wc -l <<<"$out")" -eq 1 ]
	[[ $out == *'"ir.severity":"informational","ir.success":"no"'*'"ir.incident.alerts":2'*'192.0.2.5'* ]]
}

@test "a known user who mistypes is not an attacker who got in" {
	out=$( (logon 0 success heidi 192.0.2.50; guesses heidi 192.0.2.50; logon 20 success heidi 192.0.2.50) | incidents)
	[[ $out == *'"ir.success":"no"'* ]]
}

@test "a few slow failures of one account before the logon are typing errors" {
	typing() { for i in 1 2 3 4 5 6 7 8; do logon $((5 * i)) failure "$1" 203.0.113.40; done; }
	after() { alert 41 low T1110 '"source.ip":"203.0.113.40","user.name":"olga"'; logon 45 success olga 203.0.113.40
		alert 46 high T1078 '"source.ip":"203.0.113.40","user.name":"olga","event.category":["authentication"],"event.outcome":"success"'; }
	out=$( (typing olga; after) | incidents)
	[[ $out == *'"ir.severity":"low","ir.success":"no"'* ]]
	out=$( (typing ivan; typing olga; after) | incidents)
	[[ $out == *'"ir.success":"yes"'* ]]
}

@test "a shell logon from where its owner never was opens an incident, and what is done then makes it grave" {
	echo '{"home_addresses":{"heidi":"192.0.2.77"},"admin_workstations":"192.0.2.96/27"}' >"$SITE"
	from() { alert "$1" informational T1078 '"source.ip":"'"$2"'","user.name":"olga","event.dataset":"sshd","event.category":["authentication"],"event.outcome":"success"'; }
	out=$( (from 1 192.0.2.101; from 2 192.0.2.201) | incidents)
	[ -z "$out" ]
	out=$( (from 1 192.0.2.101; from 20 203.0.113.8) | incidents)
	[[ $out == *'"ir.severity":"medium","ir.success":"yes"'*'203.0.113.8'* ]]
	out=$( (from 20 203.0.113.8; alert 40 medium T1003.008 '"user.name":"olga"'; alert 50 medium T1098 '"user.name":"olga"') | incidents)
	[ "$(wc -l <<<"$out")" -eq 1 ]
	[[ $out == *'"ir.severity":"high","ir.success":"yes"'*'"event":"00000000000000000000000000000001"'* ]]
	out=$( (from 20 192.0.2.101; alert 40 medium T1003.008 '"user.name":"olga"') | incidents)
	[[ $out == *'"ir.severity":"medium","ir.success":"unknown"'* ]]
}

@test "addresses that go through lists of accounts of one service are one attack" {
	spray() { for i in 1 2 3; do logon $(($2 + i)) failure "$i.$2" "$1"; done
		alert $(($2 + 4)) medium T1110.003 '"source.ip":"'"$1"'","event.dataset":"sshd"'; }
	out=$( (spray 203.0.113.11 1; spray 203.0.113.12 10; spray 203.0.113.13 20) | incidents)
	[ "$(wc -l <<<"$out")" -eq 1 ]
	[[ $out == *'203.0.113.11'*'203.0.113.12'*'203.0.113.13'* ]]
}

@test "who sprays beside one that is in already is another; beside a crowd, one of it" {
	spray() { for i in 1 2 3; do logon $(($2 + i)) failure "$i.$2" "$1"; done
		alert $(($2 + 4)) medium T1110.003 '"source.ip":"'"$1"'","event.dataset":"sshd"'; }
	out=$( (spray 203.0.113.11 1; logon 8 success 3.1 203.0.113.11; spray 203.0.113.12 10) | incidents)
	[ "$(wc -l <<<"$out")" -eq 2 ]
	out=$( (spray 203.0.113.11 1; spray 203.0.113.12 10; spray 203.0.113.13 20
		logon 28 success 3.20 203.0.113.13; spray 203.0.113.14 30) | incidents)
	[ "$(wc -l <<<"$out")" -eq 1 ]
}

@test "what the account does afterwards joins; what others do elsewhere does not" {
	run bash -c "$(declare -f logon alert guesses); N=0
		(guesses ivan 203.0.113.66; logon 20 success ivan 203.0.113.66
		alert 30 medium T1003.008 '\"user.name\":\"ivan\"'
		alert 40 medium T1110 '\"source.ip\":\"203.0.113.99\"') | '$BIN/ircorr' --site '$SITE' | grep '\"ir.kind\":\"alert\"'"
	[ "${#lines[@]}" -eq 3 ]
	id() { sed 's/.*"ir.incident.id":"\([0-9a-f]*\)".*/\1/' <<<"$1"; }
	[ "$(id "${lines[0]}")" = "$(id "${lines[1]}")" ]
	[ "$(id "${lines[0]}")" != "$(id "${lines[2]}")" ]
}

@test "the account used from a second address makes that an attacker's" {
	out=$( (guesses ivan 203.0.113.66; logon 20 success ivan 203.0.113.66; logon 30 success ivan 203.0.113.67) | incidents)
	[[ $out == *'"source.ip":["203.0.113.66","203.0.113.67"]'* ]]
}

@test "monitoring that fails is low, an office opens no high incident" {
	out=$(guesses nagios 192.0.2.5 | incidents)
	[[ $out == *'"ir.severity":"low"'* ]]
	out=$( (guesses bob 192.0.2.9; logon 20 success bob 192.0.2.9) | incidents)
	[[ $out == *'"ir.severity":"low","ir.success":"no"'* ]]
}

@test "informational alerts open nothing and pass untouched" {
	a=$(alert 0 informational T1078 '"source.ip":"203.0.113.66"')
	[ "$("$BIN/ircorr" --site "$SITE" <<<"$a")" = "$a" ]
}

@test "after the window a new incident begins" {
	n=$( (alert 0 medium T1110 '"source.ip":"203.0.113.66"'; N=9; alert 1200 medium T1110 '"source.ip":"203.0.113.66"') | incidents -w 10m | wc -l)
	[ "$n" -eq 2 ]
}

@test "a fold adds its count and opens nothing" {
	out=$( (alert 0 medium T1110 '"source.ip":"203.0.113.66"'; alert 9 medium T1110 '"source.ip":"203.0.113.66","ir.fold.of":"a1","ir.fold.n":41') | incidents)
	[[ $out == *'"ir.incident.alerts":42'* ]]
}

@test "the same occurrence told twice counts once" {
	m='"source.ip":"203.0.113.66","message":"Failed password"'
	out=$( (alert 0 medium T1110 "$m"; alert 0 medium T1110 "$m") | incidents)
	[[ $out == *'"ir.incident.alerts":1,'* ]]
}

# process SECOND GUID EXE PARENT-GUID PARENT-EXE: a program starts
process() {
	printf '{"@timestamp":"2026-11-24T07:00:%02dZ","ir.kind":"event","event.id":"e%s","host.name":"ws01","event.category":["process"],"event.type":["start"],"process.entity_id":"%s","process.executable":"%s","process.parent.entity_id":"%s","process.parent.executable":"%s","user.name":"nora"}\n' \
		"$1" "$1" "$2" "$3" "$4" "$5"
}

wrote() {
	printf '{"@timestamp":"2026-11-24T07:00:%02dZ","ir.kind":"event","event.id":"e%s","host.name":"ws01","event.category":["file"],"event.type":["creation"],"process.entity_id":"%s","process.executable":"%s","file.path":"%s"}\n' \
		"$1" "$1" "$2" "$3" "$4"
}

injects() {
	printf '{"@timestamp":"2026-11-24T07:00:%02dZ","ir.kind":"event","event.id":"e%s","host.name":"ws01","event.code":"8","process.entity_id":"%s","process.executable":"%s","winlog.event_data.TargetProcessGuid":"%s"}\n' \
		"$1" "$1" "$2" "$3" "$4"
}

of_process() {
	alert "$1" high T1003 "\"process.entity_id\":\"$2\",\"host.name\":\"ws01\""
}

@test "the root cause is the first process, and the file that it came from" {
	out=$( (
		wrote 1 B 'C:\\browser.exe' 'C:\\Users\\nora\\Invoice.exe'
		process 2 M 'C:\\users\\nora\\invoice.exe' X 'C:\\Windows\\explorer.exe'
		process 3 C 'C:\\Windows\\cmd.exe' M 'C:\\users\\nora\\invoice.exe'
		of_process 9 C
	) | incidents)
	[ "$(jq -c '."ir.cause"|[.event,.file_event,.process.entity_id,.path,.gaps,.conf]' <<<"$out")" = '["e2","e1","M",["e2","e3"],null,0.90]' ] ||
		[ "$(jq -c '."ir.cause"|[.event,.file_event,.process.entity_id,.path,.gaps,.conf]' <<<"$out")" = '["e2","e1","M",["e2","e3"],null,0.9]' ]
	[[ $(jq -r '."ir.cause".weakness' <<<"$out") == 'a file that browser.exe had written was run by nora' ]]
}

@test "the way back leads through injections, a service is nobody's cause" {
	out=$( (
		process 1 S 'C:\\Windows\\System32\\svchost.exe' V 'C:\\Windows\\services.exe'
		process 2 M 'C:\\m.exe' X 'C:\\Windows\\explorer.exe'
		injects 3 M 'C:\\m.exe' S
		of_process 9 S
	) | incidents)
	[ "$(jq -c '."ir.cause"|[.process.entity_id,.path]' <<<"$out")" = '["M",["e2","e3","e1"]]' ]
	out=$( (
		process 2 M 'C:\\m.exe' S 'C:\\Windows\\System32\\svchost.exe'
		process 1 S 'C:\\Windows\\System32\\svchost.exe' V 'C:\\Windows\\services.exe'
		of_process 9 M
	) | incidents)
	[ "$(jq -c '."ir.cause".process.entity_id' <<<"$out")" = '"M"' ]
}

@test "what was not seen is a gap, and lowers the confidence" {
	out=$( (
		process 3 C 'C:\\Windows\\cmd.exe' M 'C:\\m.exe'
		wrote 4 M 'C:\\m.exe' 'C:\\x'
		of_process 9 C
	) | incidents)
	[ "$(jq -c '."ir.cause"|[.process.entity_id,.event,.conf]' <<<"$out")" = '["M",null,0.63]' ]
	[[ $(jq -r '."ir.cause".gaps[0]' <<<"$out") == 'the start of 1 process was not seen' ]]
}

@test "processes that are each other's parents end the walk" {
	out=$( (
		process 1 A 'C:\\a.exe' B 'C:\\b.exe'
		process 2 B 'C:\\b.exe' A 'C:\\a.exe'
		of_process 9 A
	) | incidents)
	[ "$(jq -c '."ir.cause".path|length' <<<"$out")" -le 32 ]
}

# holds SECOND GUID EXE RIGHTS GUID: a process opens another one
holds() {
	printf '{"@timestamp":"2026-11-24T07:00:%02dZ","ir.kind":"event","event.id":"e%s","host.name":"ws01","event.code":"10","process.entity_id":"%s","process.executable":"%s","winlog.event_data.GrantedAccess":"%s","winlog.event_data.TargetProcessGUID":"%s"}\n' \
		"$1" "$1" "$2" "$3" "$4" "$5"
}

@test "who held all rights to a process whose start was lost started it" {
	out=$( (
		process 1 M 'C:\\m.exe' X 'C:\\Windows\\explorer.exe'
		holds 2 V 'C:\\Windows\\csrss.exe' 0x1fffff C
		holds 3 M 'C:\\m.exe' 0x1fffff C
		of_process 9 C
	) | incidents)
	[ "$(jq -c '."ir.cause"|[.process.entity_id,.path,.conf]' <<<"$out")" = '["M",["e1","e3"],0.63]' ]
}

@test "a handle that could inject leads back where the injection was lost" {
	out=$( (
		process 1 M 'C:\\m.exe' X 'C:\\Windows\\explorer.exe'
		process 2 S 'C:\\Windows\\svchost.exe' V 'C:\\Windows\\services.exe'
		holds 3 M 'C:\\m.exe' 0x1478 T
		holds 4 M 'C:\\m.exe' 0x147a S
		of_process 9 S
	) | incidents)
	[ "$(jq -c '."ir.cause"|[.process.entity_id,.path,.conf]' <<<"$out")" = '["M",["e1","e4","e2"],0.63]' ]
}

@test "what many share links little: a made-up office against its truth" {
	run "$BATS_TEST_DIRNAME/../bench/linkage.py" "$BIN" 2
	awk '{ f[$2] = $8 } END { exit !(f["log"] >= 0.97 && f["log"] > f["none"] + 0.04) }' <<<"$output"
}

@test "what triage does not let through opens nothing, but goes on" {
	sensor() { alert "$1" medium T1071 '"rule.id":"dns","host.name":"h1","ir.score.p":'"$2"; }
	run bash -c "$(declare -f alert sensor); N=0; (sensor 1 0.01; sensor 2 0.6; sensor 3 0.01) |
		'$BIN/ircorr' --site '$SITE' --gate 0.25 | grep '\"ir.kind\":\"alert\"' | grep -c ir.incident.id"
	[ "$output" = 2 ]
	run "$BIN/ircorr" --gate 2 </dev/null
	[ "$status" -eq 2 ]
}

@test "a run that ends and goes on is one run, wherever it is cut" {
	"$BATS_TEST_DIRNAME/../bench/linkage.py" - 4 >"$BATS_TEST_TMPDIR/stream"
	cd "$BATS_TEST_TMPDIR"
	"$BIN/ircorr" --now 2026-11-26T00:00:00Z --explain -s whole <stream >want
	RANDOM=7
	for i in 1 2 3 4 5; do
		n=$((RANDOM % 600 + 50)) m=$((RANDOM % 300 + 1))
		head -n $n stream | "$BIN/ircorr" --now 2026-11-26T00:00:00Z --explain -s s$i >got
		tail -n +$((n + 1)) stream | head -n $m | "$BIN/ircorr" --now 2026-11-26T00:00:00Z --explain -s s$i >>got
		tail -n +$((n + m + 1)) stream | "$BIN/ircorr" --now 2026-11-26T00:00:00Z --explain -s s$i >>got
		cmp want got
	done
	[ "$(ls s1 | grep -c snap)" -eq 2 ]
}

@test "a state that is damaged or of another program is refused and stays" {
	cd "$BATS_TEST_TMPDIR"
	guesses root 203.0.113.66 | "$BIN/ircorr" -s st >/dev/null
	cp -r st good
	printf x >>st/snap.1
	run "$BIN/ircorr" -s st </dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"no usable snapshot in 'st'"* ]]
	[ "$(ls st | grep -c snap)" -eq 1 ]
	guesses root 203.0.113.66 | "$BIN/irdedupe" -s other >/dev/null
	cp other/snap.1 good/snap.1
	run "$BIN/ircorr" -s good </dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"another version or program"* ]]
}

# two attackers, and an alert that makes them one; then what a third day brings
merging() {
	guesses ivan 203.0.113.66
	logon 20 success ivan 203.0.113.66
	guesses olga 203.0.113.99
	alert 40 medium T1021 '"source.ip":"203.0.113.99","user.name":"ivan"'
}

@test "a merge is told, undone by hand, and stays undone" {
	cd "$BATS_TEST_TMPDIR"
	merging | "$BIN/ircorr" --site "$SITE" -s st >out
	[ "$(jq -r 'select(."event.action" == "incident-merged") | ."ir.incident.id"' out | wc -l)" -eq 1 ]
	id=$(jq -r '."ir.incident.merged" // empty' out)
	into=$(jq -r 'select(."event.action" == "incident-merged") | ."ir.incident.id"' out)
	"$BIN/ircorr" --site "$SITE" -s st --unmerge "$id" </dev/null >split
	[ "$(jq -r '."event.action" // empty' split)" = incident-split ]
	[ "$(jq -r 'select(."ir.incident.state" == "split") | ."ir.incident.id", ."ir.incident.from"' split | paste -sd' ')" = "$id $into" ]
	[ "$(jq -r 'select(."ir.kind" == "incident") | ."source.ip"' split | sort | paste -sd' ')" = '203.0.113.66 203.0.113.99' ]
	N=50
	alert 50 medium T1021 '"source.ip":"203.0.113.99","user.name":"ivan"' | "$BIN/ircorr" --site "$SITE" -s st >after
	run ! grep -q incident-merged after
	grep -q "ir.incident.id" after
	run "$BIN/ircorr" --site "$SITE" -s st --unmerge "$id" </dev/null
	[ "$status" -eq 1 ]
	[[ $output == *"the state knows of none"* ]]
}

@test "an incident without alerts for long is closed, and one stamp of the future closes none" {
	late() { N=$2$1; alert "$1" medium T1110 '"source.ip":"203.0.113.'"$2"'"' | sed "s/2026-11-24/2026-11-$3/"; }
	out=$( (late 0 1 24; for i in 2 3 4 5; do late 0 $i 26; done) | "$BIN/ircorr" --now 2026-12-01T00:00:00Z -w 10h | jq -r 'select(."ir.incident.state" == "closed") | ."source.ip"')
	[ "$out" = 203.0.113.1 ]
	out=$( (late 0 1 24; late 0 2 30; late 1 1 24) | "$BIN/ircorr" --now 2026-12-01T00:00:00Z -w 10h | jq -r 'select(."ir.kind" == "incident") | ."ir.incident.state"' | sort -u | paste -sd' ')
	[ "$out" = 'open quiet' ]
}

@test "what a failed attack wanted to do is called tried" {
	out=$( (alert 0 medium T1190 '"source.ip":"203.0.113.66"'; alert 1 medium T1059.004 '"source.ip":"203.0.113.66"') | incidents)
	[[ $out == *'"ir.incident.method":"203.0.113.66 attacked a public application ['*'; then tried Unix Shell ['*'all of it failed."'* ]]
}

# The points made again from the record, by the man page.
points='def part($n): ([."ir.score.parts"[] | select(.name == $n) | .points] + [0])[0];
	def least($a; $b): if $a < $b then $a else $b end;
	([."ir.alerts"[] | {rule, score}] | group_by(.rule) | map(map(.score) | max) | sort | reverse) as $best
	| ([."ir.entities"[] | select(.held)] | length) as $held
	| ([."ir.attack"[]?.tactic] | unique | length) as $tactics
	| ({low: 5, medium: 20, high: 35, critical: 45}[."ir.severity"] // 0) == part("severity")
	and (($best[0] // 0) / 4 | floor) == part("best-alert")
	and (($best[1] // 0) / 8 | floor) == part("second-rule")
	and (($best[2] // 0) / 16 | floor) == part("third-rule")
	and ({yes: 10, no: -5, unknown: 0}[."ir.success"]) == part("success")
	and least(10; if $tactics > 1 then 2 * ($tactics - 1) else 0 end) == part("stages")
	and least(6; if $held > 0 then 2 * ($held | log2 | floor) else 0 end) == part("breadth")
	and ([."ir.score.parts"[].points] | add) == ."ir.score.value"'

@test "the score is a sum that can be made again from the record" {
	guessed() {
		guesses root 203.0.113.66
		alert 10 medium T1110 '"source.ip":"203.0.113.66","ir.asset.criticality":5'
		logon 12 success root 203.0.113.66
		alert 14 high T1136.001 '"user.name":"root"'
	}
	guessed | incidents >"$BATS_TEST_TMPDIR/in"
	[ "$(jq -s 'length > 0' "$BATS_TEST_TMPDIR/in")" = true ]
	[ "$(jq "$points" "$BATS_TEST_TMPDIR/in" | sort -u)" = true ]
	[ "$(jq -s 'last | ."ir.score.parts"[] | select(.name == "asset") | .points' "$BATS_TEST_TMPDIR/in")" = 8 ]
}

@test "what worked scores above what failed, and that above what is the owner's own" {
	value() { incidents "$@" | jq -s 'last | ."ir.score.value"'; }
	failed=$(guesses root 203.0.113.66 | value)
	worked=$( (guesses root 203.0.113.66; logon 12 success root 203.0.113.66) | value)
	own=$(guesses root 192.0.2.5 | value)
	[ "$worked" -gt "$failed" ]
	[ "$failed" -gt "$own" ]
}

# story [NAME]: a guessed logon, and what its session and processes did.
story() {
	guesses root 203.0.113.66
	logon 12 success root 203.0.113.66
	alert 14 high T1136.001 '"user.name":"root","process.entity_id":"p1","file.path":"/tmp/x"'
	alert 15 high T1053.003 '"user.name":"root","process.entity_id":"p2","process.parent.entity_id":"p1","process.executable":"/tmp/x"'
}

# Strings that would be markup somewhere.
hostile() {
	story | jq -c 'if ."ir.kind" == "alert" then ."rule.name" = "\"];\nclick n0_0 \"javascript:x\" %%{init:{}}%% <img src=x> `b` & \\N $$x$$ \u001b]0;t\u0007 \u202e end\n}" else . end'
}

graph() {
	"$BIN/ircorr" --site "$SITE" --graph "$@"
}

@test "a graph in DOT has roles, steps, reasons and the root cause" {
	out=$(story | graph dot)
	[[ $out == 'digraph incidents {'*'}' ]]
	[[ $out == *'203.0.113.66\nip, attacker'* && $out == *'Root cause: password guessing'* ]]
	[[ $out == *'[label="process", '* && $out == *'[label="its file", '* && $out == *'[label="root cause", '* ]]
	[[ $out == *'T1136.001'* && $out == *'ssh01\nhost, victim, held by the attacker'* ]]
	[ "$(story | "$BIN/ircorr" --site "$SITE" | graph dot)" = "$out" ]
	[ -z "$(graph dot </dev/null)" ]
}

@test "foreign text is no markup of DOT" {
	out=$(hostile | graph dot)
	# quotes and backslashes only where the writer puts them, and nothing that moves a terminal
	run ! grep -q "$(printf '[\033\007]')" <<<"$out"
	run ! grep -q $'\xe2\x80\xae' <<<"$out"
	run ! grep -Evq '^(digraph incidents \{|	*(graph|node|edge) \[.*\];|	subgraph cluster_[0-9]+ \{|	*label="([^"\\]|\\.)*";|	*n[0-9]+_[0-9a-z]+( -> n[0-9]+_[0-9]+)? \[([a-z]+=([a-z0-9]+|"([^"\\]|\\.)*")(, )?)*\];|	*\})$' <<<"$out"
	if command -v dot >/dev/null; then dot -Tsvg -o /dev/null <<<"$out"; fi
}

@test "foreign text is no markup of Mermaid" {
	out=$(hostile | graph mermaid)
	text='"[^]["<>`;%{}|$&\\]*(<br>|#[0-9]+;|[^]["<>`;%{}|$&\\])*"'
	run ! grep -Evq '^(flowchart TB|	classDef [a-z]+ [a-z0-9:#,-]+|	subgraph i[0-9]+\['"$text"'\]|	end|		n[0-9]+_[0-9a-z]+(\(|\[/?)'"$text"'(\)|/?\]):::[a-z]+|		n[0-9]+_[0-9]+ (-->|==>|-\.->)\|"[a-z ]+"\| n[0-9]+_[0-9]+)$' <<<"$out"
	run ! grep -q 'click n0_0 "\|%%\|<img' <<<"$out"
	[[ $out == *':::root'* && $out == *':::cause'* && $out == *'==>|"process"|'* ]]
}

@test "an Attack Flow keeps the rules of STIX" {
	hostile | graph attack-flow >"$BATS_TEST_TMPDIR/flow"
	jq -e '.type == "bundle" and (.id | test("^bundle--"))
		and ([.objects[] | .spec_version == "2.1"
			and .type == (.id | split("--")[0])
			and (.id | test("--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))] | all)
		and ([.objects[].id] | length == (unique | length))
		and ([.objects[] | select(.type | startswith("attack-"))
			| .extensions["extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4"].extension_type == "new-sdo"
			and .created <= .modified] | all)
		and ([.objects[] | select(.type == "attack-flow") | .name and .scope == "incident" and (.start_refs | length) == 1] == [true])
		and ([.objects[] | select(.type == "attack-action")
			| (.technique_id | test("^T[0-9]{4}")) and (.tactic_id | test("^TA00[0-9]{2}$"))] | all)
		and ([.objects[] | select(.type == "attack-condition") | .description] == ["Root cause: the password of root could be guessed over sshd"])' "$BATS_TEST_TMPDIR/flow"
	# every reference leads to an object of the bundle, and every action is reached
	jq -e '([.objects[].id]) as $ids
		| ([.objects[] | to_entries[] | select(.key | test("_refs?$")) | .value] | flatten) as $refs
		| ($refs - $ids == []) and ([.objects[] | select(.type == "attack-action") | .id] - $refs == [])' "$BATS_TEST_TMPDIR/flow"
	# where no cause is known, nothing leads to one
	guesses root 203.0.113.66 | graph attack-flow | jq -e "([.objects[].id]) as \$ids | [.objects[] | .effect_refs // [] | .[]] - \$ids == []"
	[ "$(hostile | graph attack-flow)" = "$(cat "$BATS_TEST_TMPDIR/flow")" ]
}

@test "a graph of very much is bounded and says what it left out" {
	many() {
		guesses root 203.0.113.66
		for i in $(seq 8 58); do
			N=$i
			alert "$i" medium T1110 '"source.ip":"203.0.113.66","user.name":"u'"$i"'"' | sed "s/r-T1110/r-$i/"
		done
	}
	out=$(many | graph dot)
	[[ $out == *' left out"]'* ]]
	[ "$(grep -c 'shape=box' <<<"$out")" -eq 40 ]
}

@test "the root cause names the weakness, what would have stopped it, and why" {
	out=$(story | incidents | jq -c '."ir.cause"')
	[[ $out == *'"technique":"T1110.001","cwe":"CWE-307","control":"a limit on failed logons'* ]]
	[[ $out == *'"why":["at least five logons'* && $out == *'"gaps":["no record of processes on ssh01"]'* ]]
	spray() {
		story
		alert 20 medium T1110.003 '"source.ip":"203.0.113.66"'
	}
	[ "$(spray | incidents | jq -r '."ir.cause".cwe')" = CWE-521 ]
}

@test "what rules name tells which weakness of an application it was" {
	attack() {
		alert 1 high T1190 '"source.ip":"203.0.113.66","http.response.status_code":200' | sed 's/Rule T1190/Path Traversal/'
		N=1
		alert 2 high T1190 '"source.ip":"203.0.113.66","http.response.status_code":200' | sed 's/Rule T1190/Sql Injection/; s/r-T/s-T/'
		N=2
		alert 3 high T1505.003 '"source.ip":"203.0.113.66","http.response.status_code":200'
	}
	out=$(attack | incidents | jq -c '."ir.cause"')
	[[ $out == *'"weakness":"an application on ssh01 hands input from requests to a database"'*'"cwe":"CWE-89"'* ]]
	[[ $out == *'"alternatives":["it opens paths that requests name (CWE-22)"]'* ]]
}

@test "a host that was silent is a gap" {
	quiet() {
		guesses root 203.0.113.66
		logon 12 success root 203.0.113.66
		alert 14 high T1136.001 '"source.ip":"203.0.113.66","user.name":"root"' | sed 's/T07:00:14/T09:30:14/'
	}
	out=$(quiet | incidents -w 4h | jq -c '."ir.cause".gaps')
	[[ $out == *'nothing was recorded of ssh01 from 2026-11-24T07:00:12Z to 2026-11-24T09:30:14Z'* ]]
}
