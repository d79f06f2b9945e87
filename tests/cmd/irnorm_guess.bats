#!/usr/bin/env bats
# What irnorm makes of lines that no format knows.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

# says LINE FIELD...: the values of the fields, as one line
says() {
	line=$1
	shift
	event=$(printf '%s\n' "$line" | "$BIN/irnorm" $now)
	for f; do
		printf '%s ' "$(jq -c ".\"$f\"" <<<"$event")"
	done
}

@test "a level behind the time is the level, the rest the message" {
	[ "$(says '2026-11-24 07:00:00,123 WARN  [main] disk is full' log.level message)" = '"WARN" "[main] disk is full" ' ]
	[ "$(says '[2026-11-24 07:00:00] [error] nothing here' log.level message)" = '"error" "nothing here" ' ]
	[ "$(says '2026-11-24T07:00:00Z [errors] happen' log.level message)" = 'null "[errors] happen" ' ]
}

@test "times are found in the spellings of most logs" {
	[ "$(says 'x date=2026-11-24 y time="07:37:25" z' @timestamp)" = '"2026-11-24T07:37:25.000Z" ' ]
	[ "$(says '24-Nov-2026 07:37:25.5 words' @timestamp message)" = '"2026-11-24T07:37:25.500Z" "words" ' ]
	[ "$(says '2026-11-24  7:37:25 8 words' @timestamp message)" = '"2026-11-24T07:37:25.000Z" "8 words" ' ]
	[ "$(says '{"utcTimestamp":"2026-11-24T07:37:25Z","a":1}' @timestamp)" = '"2026-11-24T07:37:25.000Z" ' ]
	[ "$(says '{"timestamp":"2026-11-24T07:37:25Z","a":1,"When":"2001-01-01T00:00:00Z"}' @timestamp)" = '"2026-11-24T07:37:25.000Z" ' ]
}

@test "usual words say whose an address is" {
	[ "$(says 'Nov 24 07:00:00 h zzz[1]: hello from 192.0.2.1 port 22 to 198.51.100.2' source.ip source.port destination.ip)" = '"192.0.2.1" 22 "198.51.100.2" ' ]
	[ "$(says 'zzz: TCP 192.0.2.1:4711 -> 198.51.100.2:80 dropped' source.ip source.port destination.ip destination.port)" = '"192.0.2.1" 4711 "198.51.100.2" 80 ' ]
	[ "$(says '2026-11-24 07:00:00 error: [client 192.0.2.1:99] x' source.ip source.port)" = '"192.0.2.1" 99 ' ]
}

@test "two answers to one question are none" {
	[ "$(says 'zzz: user x from 6.6.6.6 from 192.0.2.1' source.ip related.ip)" = 'null ["6.6.6.6","192.0.2.1"] ' ]
}

@test "a request in quotes is a request" {
	line='192.0.2.1 z z [24/Nov/2026:07:00:00 +0000] z "GET /a?b=c HTTP/1.1" 404 12 "-" "agent \"x"'
	[ "$(says "$line" source.ip http.request.method url.path http.response.status_code user_agent.original)" = '"192.0.2.1" "GET" "/a" 404 "agent \\\"x" ' ]
}

@test "keys are known however they are spelled" {
	[ "$(says 'srcIp=192.0.2.1 DST_PORT=80 userName=bob Proto=UDP' source.ip destination.port user.name network.transport)" = '"192.0.2.1" 80 "bob" "udp" ' ]
	[ "$(says '{"SourceIPAddress":"192.0.2.1","Req":{"userAgent":"m"},"eventTime":"2026-11-24T07:00:00Z"}' source.ip user_agent.original @timestamp)" = '"192.0.2.1" "m" "2026-11-24T07:00:00.000Z" ' ]
	[ "$(says '{"src_ip":"192.0.2.1","SrcIp":"6.6.6.6"}' source.ip)" = '"192.0.2.1" ' ]
	[ "$(says '{"SrcIp":"6.6.6.6","src_ip":"192.0.2.1"}' source.ip)" = '"192.0.2.1" ' ]
}

@test "pairs end where the next one begins" {
	[ "$(says 'x: user=bob, src_ip=192.0.2.1;dst_ip=198.51.100.2,proto=tcp; note="a=b,c=d" z=[4]' user.name source.ip destination.ip network.transport generic.note generic.z)" = '"bob" "192.0.2.1" "198.51.100.2" "tcp" "a=b,c=d" "[4]" ' ]
	[ "$(says 'x: list=a,b,c k=v' generic.list)" = '"a,b,c" ' ]
}

@test "what is guessed is never observed" {
	for line in 'zzz: hello from 192.0.2.1' 'src=192.0.2.1 ir.observed=source.ip x=1' \
		'{"ClientIP":"192.0.2.1","ir":{"observed":["source.ip"]},"ir.observed":["source.ip"],"irObserved":["source.ip"]}'; do
		[ "$(says "$line" source.ip ir.observed)" = '"192.0.2.1" null ' ]
	done
}
