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

# What several threads might get wrong: years, guesses, headers, audit records, unknown lines.
many_lines() {
	for i in $(seq 1500); do
		echo "Dec 31 23:59:$((i % 60 / 10))$((i % 10)) h sshd[$i]: Invalid user u$i from 192.0.2.7 port $i"
		[ $((i % 700)) -ne 0 ] || echo "Jan  1 00:00:01 h sshd[$i]: Invalid user u$i from 192.0.2.7"
		[ $((i % 400)) -ne 0 ] || printf '%s\n' '#Fields: date time c-ip sc-status' '2026-11-24 07:00:00 192.0.2.1 200'
		[ $((i % 90)) -ne 0 ] || echo "2026-11-24 07:00:$((i % 60 / 10))$((i % 10)) 192.0.2.$((i % 256)) 200"
		[ $((i % 50)) -ne 0 ] || echo "nobody knows thing $i of $((i * 7))"
		[ $((i % 33)) -ne 0 ] || echo '192.0.2.1 - - [24/Nov/2026:07:00:00 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5.0"'
		[ $((i % 77)) -ne 0 ] || printf 'no time and no end \377\n'
		[ $((i % 70)) -ne 0 ] || echo '{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","source.ip":"192.0.2.1","source":{"ip":"192.0.2.2"}}'
	done
	for i in $(seq 300); do
		echo "type=SYSCALL msg=audit(1700000000.123:$((i / 2))): arch=c000003e syscall=59 success=yes exit=0 pid=$i uid=0 exe=\"/bin/x$i\""
		echo "type=EXECVE msg=audit(1700000000.123:$((i / 2))): argc=2 a0=\"x\" a1=\"$i\""
	done
}

@test "with several threads the events are the same, byte for byte" {
	printf 'year: 2025\ntimezone: {h: "+02:00"}\n' >site.yaml
	many_lines >one
	many_lines | sed -n '200,900p;1400,$p' >two
	"$BIN/irnorm" $now one two >want
	"$BIN/irnorm" $now --site site.yaml one two >want.site
	[ "$(wc -l <want)" -gt 3000 ]
	for j in 2 5; do
		"$BIN/irnorm" $now -j $j one two >got
		cmp want got
		"$BIN/irnorm" $now -j $j --site site.yaml one two >got
		cmp want.site got
	done
	"$BIN/irnorm" -j 2 --stats one two 2>counts >/dev/null
	grep -q "ir.stats.passed\":$(wc -l <want)," counts
}

@test "with several threads an event leaves as soon as input is quiet" {
	mkfifo pipe
	(echo 'Nov 24 07:37:25 h sshd[1]: Server listening on :: port 22.'; sleep 3) >pipe &
	"$BIN/irnorm" -j 2 <pipe | { timeout 2 head -n 1; } >first || true
	[ "$(field event.dataset <first)" = '"sshd"' ]
	wait
}

@test "formats are kept parsed, and the files have the last word" {
	export XDG_CACHE_HOME=$PWD/cache
	mkdir d cache
	format a 40 'zzz {a.x:word} two {a.y:word}'
	echo 'zzz one two three' >in
	[ "$("$BIN/irnorm" -F d in | field a.x)" = '"one"' ]
	[ "$(stat -c %a cache/ir/formats)" = 600 ]
	[ "$("$BIN/irnorm" -F d in | field a.x)" = '"one"' ]
	format a 40 'zzz {b.x:word} two {b.y:word}'
	[ "$("$BIN/irnorm" -F d in | field b.x)" = '"one"' ]
	# an error has its place, kept or not
	sed -i 's/^rules/rulez/' d/a.yaml
	run "$BIN/irnorm" -F d in
	[[ $output == *"d/a.yaml:4:1: error: unknown key 'rulez'"* ]]
	run "$BIN/irnorm" -F d in
	[[ $output == *"d/a.yaml:4:1: error: unknown key 'rulez'"* ]]
}

@test "a broken cache, or one that others can write, is not read" {
	export XDG_CACHE_HOME=$PWD/cache
	mkdir d cache
	format a 40 'zzz {a.x:word} two {a.y:word}'
	echo 'zzz one two three' >in
	"$BIN/irnorm" $now -F d in >want
	cp cache/ir/formats good
	for damage in 's/zzz {a.x/zzz {q.x/' 's/^/x/' '$s/$/y/' 's/parsed 0/parsed 9/'; do
		cp good cache/ir/formats
		sed -i "$damage" cache/ir/formats
		"$BIN/irnorm" $now -F d in | cmp - want
	done
	cp good cache/ir/formats
	chmod 0666 cache/ir/formats
	"$BIN/irnorm" $now -F d in | cmp - want
	for n in 0 10 100 5000 100000; do
		head -c $n cache/ir/formats >cut
		rm -f cache/ir/formats
		cp cut cache/ir/formats
		"$BIN/irnorm" $now -F d in | cmp - want
	done
	rm -r cache/ir
	ln -s /etc/passwd cache/ir
	"$BIN/irnorm" $now -F d in | cmp - want
}

@test "a line kept by the host and by the syslog server is recognised as one" {
	{
		echo 'Nov 24 07:37:25 web1 sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
		echo '2026-11-24T09:37:25.123456+02:00 WEB1.example.com sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
		echo '<38>1 2026-11-24T07:37:25Z web1 sshd 42 - - Invalid user bob from 192.0.2.7 port 4711'
		echo '<38>Nov 24 07:37:25 web1 sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
		echo 'Nov 24 07:37:26 web1 sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
		echo 'Nov 24 07:37:25 web2 sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
		echo 'Nov 24 07:37:25 web1 sshd[42]: Invalid user bob from 192.0.2.8 port 4711'
	} | "$BIN/irnorm" $now >out
	[ "$(head -n 4 out | field ir.source.line | sort -u | wc -l)" -eq 1 ]
	[ "$(field ir.source.line <out | sort -u | wc -l)" -eq 4 ]
	[ "$(field event.id <out | sort -u | wc -l)" -eq 7 ]
}
