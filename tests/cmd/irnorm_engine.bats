#!/usr/bin/env bats
# What irnorm adds to what formats say, and how it works.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

field() {
	jq -c ".\"$1\""
}

@test "a flow has its Community ID, whichever side speaks" {
	ecs='"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event"'
	{
		echo "{$ecs,\"source.address\":\"128.232.110.120:34855\",\"destination.ip\":\"66.35.250.204\",\"destination.port\":80,\"network.transport\":\"TCP\"}"
		echo "{$ecs,\"source.ip\":\"66.35.250.204\",\"source.port\":80,\"destination.ip\":\"128.232.110.120\",\"destination.port\":34855,\"network.iana_number\":6}"
		echo "{$ecs,\"source.ip\":\"192.168.0.89\",\"destination.ip\":\"192.168.0.1\",\"network.iana_number\":\"1\",\"icmp.type\":8,\"icmp.code\":0}"
		echo "{$ecs,\"source.ip\":\"192.168.0.1\",\"destination.ip\":\"192.168.0.89\",\"network.transport\":\"icmp\",\"icmp.type\":0,\"icmp.code\":0}"
		echo "{$ecs,\"source.ip\":\"192.168.0.1\",\"destination.ip\":\"192.168.0.89\",\"network.transport\":\"tcp\",\"source.port\":1}"
	} | "$BIN/irnorm" >out
	[ "$(field network.community_id <out | tr '\n' ' ')" = '"1:LQU9qZlK+B5F3KDmev6m5PMibrg=" "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=" null ' ]
	[ "$(field network.transport <out | tr '\n' ' ')" = '"tcp" "tcp" "icmp" "icmp" "tcp" ' ]
	[ "$(sed -n 1p out | field source.port)" = 34855 ]
}

@test "what a line implies is added, what it says stays" {
	cat >in <<-'EOF'
		{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","url.original":"https://bob:pw@example.com:8443/a/b.php?x=1#top","url.domain":"said","source.mac":"00:00:5e:00:53:23","file.hash.md5":"D41D8CD98F00B204E9800998ECF8427E"}
		{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","event.start":"2026-11-24T07:00:00Z","event.end":"2026-11-24T07:00:01.5Z","process.command_line":"\"C:\\My Files\\x.exe\" -a \"b c\"","process.executable":"C:\\My Files\\x.exe","source.bytes":5,"destination.bytes":7}
	EOF
	"$BIN/irnorm" in >out
	sed -n 1p out | jq -e '."url.scheme" == "https" and ."url.username" == "bob" and ."url.domain" == "said" and
		."url.port" == 8443 and ."url.path" == "/a/b.php" and ."url.extension" == "php" and ."url.query" == "x=1" and
		."url.fragment" == "top" and ."source.mac" == "00-00-5E-00-53-23" and
		."related.hash" == ["d41d8cd98f00b204e9800998ecf8427e"]'
	sed -n 2p out | jq -e '."event.duration" == 1500000000 and ."process.name" == "x.exe" and
		."process.args" == ["C:\\My Files\\x.exe", "-a", "b c"] and ."network.bytes" == 12'
}

# format NAME PRIORITY PATTERN: one over whole lines
format() {
	printf '%s\n' "format: $1" "priority: $2" 'over: none' 'rules:' "  - {id: r, match: '$3'}" \
		'samples:' "  - {line: 'zzz one two three', want: {}}" >"d/$1.yaml"
}

@test "of formats that fit, the one of higher priority wins, then the first" {
	mkdir d
	format a 40 'zzz {a.x:word} two {a.y:word}'
	format b 60 '{_:word} one two {b.x}'
	format c 60 'zzz {c.x:word} two three'
	format e 70 'zzz one two four'
	echo 'zzz one two three' >in
	[ "$("$BIN/irnorm" -F d in | field event.dataset)" = '"b"' ]
	[ "$("$BIN/irnorm" -F d --only a --only c in | field event.dataset)" = '"c"' ]
	[ "$("$BIN/irnorm" -F d --only a in | field event.dataset)" = '"a"' ]
}

@test "of hundreds of rules the first that fits wins, by whatever it starts" {
	mkdir d
	{
		printf '%s\n' 'format: many' 'over: none' 'rules:'
		for i in $(seq 300); do
			echo "  - {id: r$i, match: '%MSG-$i: {many.n$i:word} did [not ]end'}"
		done
		echo "  - {id: last, match: '%MSG-{_:int}: {many.rest}'}"
		printf '%s\n' 'samples:' "  - {line: '%MSG-7: a did end', want: {many.n7: a}}" \
			"  - {line: '%MSG-300: a did not end', want: {many.n300: a}}" \
			"  - {line: '%MSG-301: a did end', want: {many.rest: a did end}}"
	} >d/many.yaml
	run "$BIN/irnorm" -F d --check
	[[ $output == *" 0 wrong" ]]
}
