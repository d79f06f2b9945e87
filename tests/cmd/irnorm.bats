#!/usr/bin/env bats
# What irnorm promises beyond what every filter does.

bats_require_minimum_version 1.5.0

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

field() {
	jq -c ".\"$1\""
}

@test "the samples of all shipped formats hold" {
	run "$BIN/irnorm" --check
	[ "$status" -eq 0 ]
	[[ $output == *" 0 wrong" ]]
}

@test "every line leaves, whatever it is" {
	printf 'x\n\377\376\n{"a":\n\001\002\n[1]\n{"a":1}\n' >in
	"$BIN/irnorm" $now in >out
	[ "$(wc -l <out)" -eq 6 ]
	jq -e . out >/dev/null
}

@test "bytes that are not UTF-8 are kept" {
	printf 'a\377b\n' | "$BIN/irnorm" $now >out
	[ "$(jq -r '."ir.original.base64"' out | base64 -d | od -An -tx1)" = " 61 ff 62" ]
	[ "$(jq -r '."event.original"' out)" = "a$(printf '\357\277\275')b" ]
}

@test "an over-long line keeps its head, length and hash" {
	head -c 2000000 /dev/zero | tr '\0' x >in
	echo >>in
	echo 'Nov 24 07:37:25 h sshd[1]: Server listening on :: port 22.' >>in
	"$BIN/irnorm" $now in >out
	[ "$(sed -n 1p out | field ir.original.bytes)" -eq 2000000 ]
	want=$(head -c 2000000 in | sha256sum | cut -d' ' -f1)
	[ "$(sed -n 1p out | field ir.original.sha256)" = "\"$want\"" ]
	[ "$(sed -n 2p out | field event.dataset)" = '"sshd"' ]
}

@test "ids do not depend on name or packing" {
	printf 'one\ntwo\n' >a
	cp a b
	gzip -k b
	"$BIN/irnorm" $now a | field event.id >1
	"$BIN/irnorm" $now b.gz | field event.id >2
	"$BIN/irnorm" $now <a | field event.id >3
	cmp 1 2
	cmp 1 3
	[ "$(sort -u 1 | wc -l)" -eq 2 ]
}

@test "an id is the hash of source, offset and bytes" {
	printf 'one\ntwo\n' >a
	source=$(printf one | sha256sum | cut -d' ' -f1)
	want=$(printf '%s\0004\000two' "$source" | sha256sum | cut -c1-32)
	[ "$("$BIN/irnorm" $now a | sed -n 2p | field event.id)" = "\"$want\"" ]
}

@test "fields below ir. in the input are not believed" {
	echo '{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","source.ip":"192.0.2.1","ir.observed":["source.ip"],"ir":{"kind":"alert"}}' >in
	"$BIN/irnorm" in >out
	[ "$(field ir.observed <out)" = null ]
	[ "$(field ir.kind <out)" = '"event"' ]
}

@test "the year and the zone come from the site file" {
	printf 'year: 2025\ntimezone: {h: "+02:00"}\n' >site.yaml
	echo 'Nov 24 07:37:25 h sshd[1]: Server listening on :: port 22.' >in
	"$BIN/irnorm" --site site.yaml in >out
	[ "$(field @timestamp <out)" = '"2025-11-24T05:37:25.000Z"' ]
	[ "$(field tags <out)" = null ]
	[ "$(field ir.time.fixed <out)" = '["year","zone"]' ]
}

@test "a clock that the site file says is wrong is put right" {
	printf 'year: 2026\ntimezone: UTC\nclock_skew: {"h*": +90s}\n' >site.yaml
	{
		echo 'Nov 24 07:37:25 h1 sshd[1]: Server listening on :: port 22.'
		echo '  no time here'
		echo '<86>1 2026-11-24T07:00:00Z h2 sshd 1 - - Server listening on :: port 22.'
		echo 'Nov 24 07:37:25 k sshd[1]: Server listening on :: port 22.'
	} >in
	"$BIN/irnorm" --site site.yaml in >out
	[ "$(field @timestamp <out | tr '\n' ' ')" = '"2026-11-24T07:35:55.000Z" "2026-11-24T07:35:55.000Z" "2026-11-24T06:58:30.000Z" "2026-11-24T07:37:25.000Z" ' ]
	[ "$(field ir.time.fixed <out | tr '\n' ' ')" = '["year","zone","skew"] ["missing"] ["skew"] ["year","zone"] ' ]
	[ "$(field ir.time.skew <out | tr '\n' ' ')" = '90000 null 90000 null ' ]
}

@test "without a site file the year is the last that fits" {
	printf 'Dec 31 23:59:59 h x[1]: a\nJan  1 00:00:01 h x[1]: b\n' >in
	"$BIN/irnorm" $now in | field @timestamp >out
	[ "$(sed -n 1p out)" = '"2025-12-31T23:59:59.000Z"' ]
	[ "$(sed -n 2p out)" = '"2026-01-01T00:00:01.000Z"' ]
}

@test "the address of a proxy is not an observed client" {
	echo 'cdn_proxies: [203.0.113.240]' >site.yaml
	printf '%s - - [24/Nov/2026:07:37:33 +0000] "GET / HTTP/1.1" 200 71 "-" "M" "6.6.6.6"\n' \
		203.0.113.240 192.0.2.1 >in
	"$BIN/irnorm" --site site.yaml in | field ir.observed >out
	[ "$(cat out)" = "$(printf 'null\n["source.ip"]')" ]
}

@test "files below --hosts belong to the host of that name" {
	mkdir -p logs/web01/nginx
	echo '192.0.2.1 - - [24/Nov/2026:07:37:33 +0000] "GET / HTTP/1.1" 200 71 "-" "M"' >logs/web01/nginx/access.log
	"$BIN/irnorm" --hosts logs logs/web01/nginx/access.log >out
	[ "$(field host.name <out)" = '"web01"' ]
	[ "$("$BIN/irnorm" --host gw <logs/web01/nginx/access.log | field host.name)" = '"gw"' ]
}

@test "--merge writes in order of time" {
	printf '2026-11-24T07:00:0%d+00:00 h x[1]: a\n' 1 3 5 >a
	printf '2026-11-24T07:00:0%d+00:00 h x[1]: a\n' 2 4 >b
	"$BIN/irnorm" --merge a b | field @timestamp >out
	[ "$(wc -l <out)" -eq 5 ]
	sort -c out
}

@test "a format of the user is used, and errors in it have their place" {
	mkdir f
	cat >f/door.yaml <<'END'
format: door
over: syslog
when: {process.name: [doord]}
rules:
  - id: opened
    match: 'opened for {user.name} at {source.address:addr}'
samples:
  - line: 'Nov 24 07:37:25 h doord[4]: opened for bob at 192.0.2.7'
    want: {user.name: bob, source.ip: 192.0.2.7}
END
	run "$BIN/irnorm" --check -F f
	[ "$status" -eq 0 ]
	sed -i 's/match:/mach:/' f/door.yaml
	run "$BIN/irnorm" -F f /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"door.yaml:6:5: error: unknown key 'mach'; did you mean 'match'?"* ]]
}

@test "a hostile regular expression meets its limit, and the line still leaves" {
	mkdir f
	cat >f/slow.yaml <<'END'
format: slow
over: none
rules:
  - {id: slow, need: 'aaaa', regex: '^(a+)+(b|c)\1$'}
samples:
  - {line: aaaab, want: {event.dataset: generic}}
END
	head -c 5000 /dev/zero | tr '\0' a >in
	timeout 5 "$BIN/irnorm" $now -F f in >out
	[ "$(wc -l <out)" -eq 1 ]
	[[ $(field tags <out) == *_norm_limit* ]]
}

@test "--explain-line names the rule and the origin of each field" {
	run "$BIN/irnorm" --explain-line 'Nov 24 07:37:25 h sshd[1]: Invalid user bob from 192.0.2.1 port 1'
	[ "$status" -eq 0 ]
	[[ $output == *"sshd/invalid"*matches* ]]
	[[ $output == *"pattern"*"user.name"*bob* ]]
}

@test "an unknown format gets a suggestion" {
	run "$BIN/irnorm" --format sshdd /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'sshd'?"* ]]
}

@test "columns that a header named" {
	printf '%s\n' '#Fields: date time c-ip sc-status x' '2026-11-24 07:00:00 192.0.2.1 200 y' 'other text' >f
	run -0 "$BIN/irnorm" f
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[1]} == *'"@timestamp":"2026-11-24T07:00:00.000Z"'*'"source.ip":"192.0.2.1"'* ]]
	[[ ${lines[2]} != *source.ip* ]]
}

@test "lookups by several fields, copies and composed texts" {
	mkdir f
	cat >f/t.yaml <<'END'
format: t
over: json
priority: 90
keys: [a, b]
map: {a: _a, b: t.b, 'rows[].ip': source.ip:ip, 'rows[0].n': t.first}
copy: {t.b: [t.c, message]}
compose: {event.reason: ['{_a} by {t.who}', '{_a} at {t.b}']}
groups: {late: {t.row: late, copy: {t.b: user.name}}}
lookup:
  - from: [_a, t.b]
    table:
      '1/*': {t.row: any one}
      '1/x*': {t.row: glob}
      1/x: {t.row: exact}
      '*/z': [late, {t.more: true}]
    absent: {t.row: none}
samples:
  - line: '{"a":1,"b":"x","rows":[{"ip":"192.0.2.1","n":1},{"ip":"192.0.2.2"}]}'
    want: {t.row: exact, t.c: x, message: x, _a: null, event.reason: 1 at x, source.ip: ["192.0.2.1","192.0.2.2"], t.first: '1', user.name: null}
  - line: '{"a":1,"b":"xy"}'
    want: {t.row: glob}
  - line: '{"a":1,"b":"y"}'
    want: {t.row: any one}
  - line: '{"a":3,"b":"z","message":"m","who":"w"}'
    want: {t.row: late, t.more: true, user.name: z, t.c: z, message: z, event.reason: 3 by w}
END
	run "$BIN/irnorm" --check -F f
	echo "$output"
	[ "$status" -eq 0 ]
	mkdir g
	wrong() {
		sed "s/$1/$2/" f/t.yaml >g/t.yaml
		run "$BIN/irnorm" -F g /dev/null
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"t.yaml:$3: error: $4"* ]]
	}
	wrong 'rows.0.' 'rows[0' 5:49 "a path into a list is 'list[].key'"
	wrong 'message]' 'message:txt]' 6:19 "unknown type 'txt'; did you mean 'text'?"
	wrong '{_a} by' '{_a by' 7:26 "'{' without a field and '}' behind it"
	wrong 't.b]$' 't.b, a, b, c]' 10:11 "'from' names one to 4 fields"
}

@test "objects are told by the values of their members" {
	mkdir -p ir/formats
	cat >ir/formats/x.yaml <<-'END'
		format: shop.paid
		over: json
		keys: [at]
		where: {what.kind: ['paid*'], tags: [web], 'of[].n': [y]}
		map: {at: '@timestamp:time'}
		samples:
		  - line: '{"at":"2026-11-24T07:00:00Z","what":{"kind":"paid\u002dup"},"tags":["a","web"],"of":[{"n":"x"},{"n":"y"}]}'
		    want: {event.dataset: shop.paid}
	END
	run "$BIN/irnorm" --check ir/formats
	[ "$status" -eq 0 ]
	echo '{"at":"2026-11-24T07:00:00Z","what":{"kind":"unpaid"},"tags":["web"],"of":{"n":"y"}}' >in
	echo '{"at":"2026-11-24T07:00:00Z","what":{"kind":"paid"},"tags":[],"of":{"n":"y"}}' >>in
	echo '{"at":"2026-11-24T07:00:00Z","what":{"kind":"paid"},"tags":["web"],"of":[{"n":"z"}]}' >>in
	[ "$("$BIN/irnorm" $now in | field event.dataset | sort -u)" = '"json"' ]
	echo '{"at":"2026-11-24T07:00:00Z","what":{"kind":"paid"},"tags":["web"],"of":{"n":"y"}}' >in
	[ "$("$BIN/irnorm" $now in | field event.dataset)" = '"shop.paid"' ]
}

@test "a line that wraps records is the event of the first" {
	r='{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","user.name":'
	printf '%s\n' "{\"Records\":[$r\"a\"},$r\"b\"},$r\"c\"}]}" "[$r\"d\"}]" \
		"{\"detail-type\":\"x\",\"detail\":$r\"e\"}}" \
		"{\"time\":\"2026-11-24T08:00:00Z\",\"items\":[$r\"f\"}]}" >in
	"$BIN/irnorm" $now in >out
	[ "$(field user.name <out | tr '\n' ' ')" = '"a" "d" "e" null ' ]
	[ "$(field ir.records <out | tr '\n' ' ')" = '3 null null null ' ]
	[ "$(head -1 out | field tags)" = '["_first_record"]' ]
}

@test "lists of names and values become members" {
	mkdir -p f
	cat >f/p.yaml <<-'END'
		format: pp
		over: json
		priority: 90
		keys: [kk]
		map: {kk: _k:raw, p.a: user.name, p.n: 'pp.num:int', p.l: pp.l}
		decode:
		  - {pairs: {of: _k, name: name, value: [value, intValue, multi], as: p, lower: true}}
		samples:
		  - line: '{"kk":[{"name":"A","value":"bob"},{"name":"n","intValue":5},{"name":"l","multi":["x","y"]},{"name":"@timestamp","value":"\u0001q"},{"name":"z","value":null},3]}'
		    want: {user.name: bob, pp.num: 5, pp.l: [x, y], pp.p.@timestamp: "\u0001q", pp.p.z: null}
	END
	run "$BIN/irnorm" --check -F f
	echo "$output"
	[ "$status" -eq 0 ]
	sed -i 's/of: _k, //' f/p.yaml
	run "$BIN/irnorm" --check -F f
	[ "$status" -eq 2 ]
	[[ $output == *"p.yaml:7:13: error: pairs are 'of' a field"* ]]
}

@test "a wrapped line is the line, and the wrapper adds what it lacks" {
	line='<38>Nov 24 07:37:25 web sshd[42]: Invalid user bob from 192.0.2.7 port 4711'
	jq -nc --arg m "$line" '{message: $m, "@timestamp": "2026-11-01T00:00:00Z", source: {ip: "6.6.6.6"}, cloud: {region: "r"}, agent: {id: "a"}, ir: {kind: "alert"}}' |
		"$BIN/irnorm" $now >out
	jq -e '."source.ip" == "192.0.2.7" and ."@timestamp" == "2026-11-24T07:37:25.000Z" and
		."cloud.region" == "r" and ."ir.kind" == "event" and ."event.category" != null' out
	[ "$(grep -o '"ir.kind"' out | wc -l)" -eq 1 ]
	# wrappers inside wrappers end somewhere
	m=$line
	for _ in 1 2 3 4 5 6; do m=$(jq -nc --arg m "$m" '{message: $m}'); done
	echo "$m" | "$BIN/irnorm" $now >out
	jq -e '."source.ip" == null and ."event.dataset" == "json"' out
}

@test "a log has one format whatever carries it" {
	mkdir f
	cat >f/r.yaml <<'END'
format: door.xml
over: xml
keys: [Door.Id]
rename: {Door.Id: door.id, 'Door.Sub.*.*': 'door.*'}
samples:
  - line: "<Door><Id>4</Id><Sub><x><Who>bob &amp; al</Who></x></Sub></Door>"
    want: {event.dataset: door, door.id: '4', user.name: bob & al}
  - line: '<13>Nov 24 07:37:25 h d: <Door><Id>4</Id></Door>'
    want: {event.dataset: door, door.id: '4', host.name: h}
  - line: '<Door><Id>4</Id></Door><Door><Id>5</Id></Door>'
    want: {door.id: '4', tags: [_time_guessed, _first_record]}
---
format: door
over: json
keys: [door.id]
map: {door.id: door.id, door.Who: user.name}
samples:
  - line: '{"door":{"id":"4","Who":"bob"}}'
    want: {event.dataset: door, door.id: '4', user.name: bob}
END
	run "$BIN/irnorm" --check -F f
	echo "$output"
	[ "$status" -eq 0 ]
	sed -i "s/'door.\*'/door/" f/r.yaml
	run "$BIN/irnorm" -F f /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"r.yaml:4:28: error: names are"* ]]
}

@test "a special format is asked even among lines of a general one" {
	cat >f <<'END'
[Tue Nov 24 07:37:30.711327 2026] [core:error] [pid 3:tid 4] [client 203.0.113.4:5000] AH00036: x
[Tue Nov 24 07:37:31.009964 2026] [:error] [pid 3:tid 4] [client 203.0.113.4:5000] [client 203.0.113.4] ModSecurity: Warning. x
END
	run "$BIN/irnorm" f
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *'"event.dataset":"apache.error"'* ]]
	[[ ${lines[1]} == *'"event.dataset":"modsecurity"'* ]]
}

@test "severities of makers have scales, and a table wins over one" {
	mkdir f
	cat >f/d.yaml <<'END'
format: det
over: json
keys: [det.sev]
map: {det.sev: _s}
lookup:
  - {from: _s, scale: words, table: {Odd: {ir.severity: low}, High: {ir.severity: critical}}}
samples:
  - line: '{"det":{"sev":"MODERATE"}}'
    want: {ir.severity: medium}
  - line: '{"det":{"sev":"High"}}'
    want: {ir.severity: critical}
  - line: '{"det":{"sev":"Odd"}}'
    want: {ir.severity: low}
END
	run "$BIN/irnorm" --check -F f
	[ "$status" -eq 0 ]
	sed -i 's/scale: words/scale: wrods/' f/d.yaml
	run "$BIN/irnorm" --check -F f
	[ "$status" -eq 2 ]
	[[ $output == *"d.yaml:6:"*"no scale 'wrods'"* ]]
}

@test "an object behind a word is read if the word names its product" {
	o='{"uuid":"u","eventType":"user.session.start","published":"2026-11-24T07:00:00Z","outcome":{"result":"SUCCESS"},"actor":{"id":"1"}}'
	printf '%s\n' "okta $o" "okta: $o" "body $o" >in
	[ "$("$BIN/irnorm" $now in | field event.dataset | head -2 | sort -u)" = '"okta.system"' ]
	[ "$("$BIN/irnorm" $now in | sed -n 3p | field event.action)" = null ]
}

@test "binary event logs of Windows are read as XML" {
	log=$BATS_TEST_DIRNAME/../fuzz/corpus/evtx/three
	"$BIN/irnorm" $now "$log" >a
	[ "$(wc -l <a)" -eq 3 ]
	jq -se 'map(."user.name") == ["bob & <al>\n\"😀", "eve", "x"]' a
	jq -se 'all(."event.action" == "logon-failed" and ."host.name" == "dc1.example.com" and
		."winlog.event_data.param4" == "b" and (."event.original" | startswith("<Event ")))' a
	cat "$log" | "$BIN/irnorm" $now | cmp - a
	# a damaged event still counts
	{
		head -c 6000 "$log"
		head -c 200 /dev/zero | tr '\0' '\377'
		tail -c +6201 "$log"
	} | "$BIN/irnorm" $now >c
	[ "$(wc -l <c)" -eq 3 ]
	[ "$(sed -n 1p c)" = "$(sed -n 1p a)" ]
}

@test "a blank line is a line: as many come out as went in" {
	printf '\n%s\n  \n\r\n%s\n' "$(sed -n 1p "$BATS_TEST_DIRNAME/../../examples/logs/auth.log")" x >in
	"$BIN/irnorm" --stats in >out 2>err
	[ "$(wc -l <out)" -eq 5 ]
	[ "$(jq '."ir.stats.in" == ."ir.stats.passed"' err)" = true ]
	[ "$(sed -n 1p out | jq -c '[."event.original",."event.dataset",(.tags|index("_norm_error"))]')" = '["","generic",null]' ]
	[ "$(sed -n 3p out | jq -r '."event.original"')" = '  ' ]
}
