#!/usr/bin/env bats
# What ircorr promises.

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

@test "a known user who mistypes is not an attacker who got in" {
	out=$( (logon 0 success heidi 192.0.2.50; guesses heidi 192.0.2.50; logon 20 success heidi 192.0.2.50) | incidents)
	[[ $out == *'"ir.success":"no"'* ]]
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
