#!/usr/bin/env bats
# Headers that network devices write.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
}

made() {
	printf '%s\n' "$1" | "$BIN/irnorm" --now=2026-11-24T12:00:00Z | jq -c "$2"
}

@test "what stands before %FAC-6-ID is the host" {
	want='["cisco_asa","fw1",null]'
	for head in 'Nov 24 07:37:25 fw1: ' 'Nov 24 07:37:25 fw1 : ' 'Nov 24 2026 07:37:25 fw1 '; do
		got=$(made "$head%ASA-6-302010: 5 in use, 6 most used" \
			'[."event.dataset", ."host.name", ."process.name"]')
		[ "$got" = "$want" ]
	done
	got=$(made '<134>WLC1: *t0: Nov 24 07:37:25.1: %APF-6-X: [SS]a.c:1 text' '[."host.name", ."process.name", .message]')
	[ "$got" = '["WLC1","t0","text"]' ]
}

@test "a facility and an address before the tag are neither host nor program" {
	[ "$(made 'Nov 24 07:37:25 <local0.info> h1 sshd[1]: x' '[."host.name", ."process.name"]')" = '["h1","sshd"]' ]
	[ "$(made 'Nov 24 07:37:25 h1 192.0.2.1 sshd[1]: x' '[."host.name", ."process.name"]')" = '["h1","sshd"]' ]
}

@test "a message that is JSON or structured data" {
	got=$(made '<14>1 2026-11-24T07:37:25Z h1 p 1 - [{"time":"2026-11-24T07:37:25Z","destaddr":"192.0.2.1","destport":80,"srcaddr":"192.0.2.2","action":"deny","session-state":"x"}]' \
		'[."event.dataset", ."source.ip"]')
	[ "$got" = '["pensando.dfw","192.0.2.2"]' ]
	got=$(made '<134>1 2026-11-24T07:37:25Z gw CheckPoint 1 - [action:"Drop"; src:"192.0.2.2"; loguid:"1"; ]' \
		'[."event.dataset", ."source.ip"]')
	[ "$got" = '["checkpoint.firewall","192.0.2.2"]' ]
}

@test "a line whose header was stripped is still the device's" {
	[ "$(made '%ASA-4-106021: Deny TCP reverse path check from 192.0.2.1 to 192.0.2.2 on interface out' '."event.dataset"')" = '"cisco_asa"' ]
}

@test "a user's name cannot pose as the type of a row" {
	row='1,2026/11/24 07:37:30,1,THREAT,url,1,2026/11/24 07:37:25,192.0.2.7,203.0.113.9,0.0.0.0,0.0.0.0,r,"a,TRAFFIC,end",,web-browsing,vsys1,i,o,e1,e2,f,2026/11/24 07:37:25,1,1,5000,80,0,0,0x0,tcp,alert,"x/,TRAFFIC,end",(9999),any,low,client-to-server'
	[ "$(made "$row" '[."event.action", ."source.ip", ."source.port"]')" = '["url_filtering","192.0.2.7",5000]' ]
}

@test "keys that a text holds do not replace those of the device" {
	got=$(made 'CEF:0|A|B|1|1|n|5|src=192.0.2.1 msg=hello src\=6.6.6.6 src=7.7.7.7 dst=192.0.2.2' '[."source.ip", ."destination.ip"]')
	[ "$got" = '["192.0.2.1","192.0.2.2"]' ]
}
