#!/usr/bin/env bats
# What irlearn promises.

bats_require_minimum_version 1.5.0

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir lenses
	cat >lenses/l.yaml <<'END'
model: m
title: t
version: 1
lenses:
  - name: program.parent
    title: Unusual Parent
    context: process.parent.name:lower
    value: process.name:lower
    say: '{value} under {context}'
END
}

# event N HOST PARENT CHILD: the Nth second of a day
event() {
	printf '{"@timestamp":"2026-11-24T%02d:%02d:%02dZ","event.id":"%032d","ir.kind":"event","host.name":"%s","process.parent.name":"%s","process.name":"%s"}\n' \
		$(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60)) "$1" "$2" "$3" "$4"
}

# N events of a quiet host, a second apart
quiet() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "{\"@timestamp\":\"2026-11-24T%02d:%02d:%02dZ\",\"event.id\":\"%032d\",\"ir.kind\":\"event\",\"host.name\":\"ws01\",\"process.parent.name\":\"explorer.exe\",\"process.name\":\"%s\"}\n", i / 3600, i / 60 % 60, i % 60, i, i % 3 ? "word.exe" : "mail.exe" }'
}

@test "what was never seen in its context is reported, in numbers" {
	quiet 2000 | "$BIN/irlearn" --lenses lenses --train >m
	event 3000 WS01 Explorer.EXE cmd.exe >in
	run --separate-stderr "$BIN/irlearn" --lenses lenses --model m --frozen --alpha 0.001 in
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 2 ]
	[ "${lines[0]}" = "$(cat in)" ]
	[ "$(jq -r '."rule.description"' <<<"${lines[1]}")" = 'cmd.exe under explorer.exe: 0 of 2000 on ws01, 0 of 2000 in all' ]
	[ "$(jq -c '[."ir.kind",."ir.alert.by",."rule.id",."ir.alert.events"[0],."process.name"]' <<<"${lines[1]}")" = '["alert","irlearn","irlearn.m.program.parent","00000000000000000000000000003000","cmd.exe"]' ]
}

@test "what is usual, and what nothing is known of, is not" {
	quiet 2000 | "$BIN/irlearn" --lenses lenses --train >m
	(event 3000 ws01 explorer.exe word.exe && event 3001 ws01 other.exe cmd.exe) >in
	run "$BIN/irlearn" --lenses lenses --model m --frozen --alpha 0.001 in
	[ "$output" = "$(cat in)" ]
}

@test "the same events give the same model, and models add up" {
	quiet 2000 >in
	"$BIN/irlearn" --lenses lenses --train in >m
	"$BIN/irlearn" --lenses lenses --train in | cmp - m
	"$BIN/irlearn" --lenses lenses --train --model m --model m </dev/null >twice
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value==null)|.n]|unique[0]' twice)" -eq 4000 ]
	[ "$(head -n 1 twice | jq .events)" -eq $((2 * $(head -n 1 m | jq .events))) ]
}

@test "what an alert names is not learned" {
	(
		quiet 2000
		event 2100 ws01 explorer.exe evil.exe
		printf '{"@timestamp":"2026-11-24T00:36:00Z","ir.kind":"alert","ir.severity":"high","ir.alert.id":"a","ir.alert.events":["%032d"]}\n' 2100
		event 2200 ws01 explorer.exe tool.exe
		printf '{"@timestamp":"2026-11-24T00:38:00Z","ir.kind":"alert","ir.severity":"low","ir.alert.id":"b","ir.alert.events":["%032d"]}\n' 2200
	) >in
	"$BIN/irlearn" --lenses lenses --train in >m
	run ! grep -q evil.exe m
	grep -q tool.exe m
	# of an incident, too
	(
		event 2100 ws01 explorer.exe evil.exe
		printf '{"@timestamp":"2026-11-24T00:36:00Z","ir.kind":"incident","ir.severity":"high","ir.incident.id":"i","ir.alerts":[{"id":"a","events":["%032d"]}]}\n' 2100
	) | "$BIN/irlearn" --lenses lenses --train >m
	run ! grep -q evil.exe m
}

@test "what is learned on the way waits first" {
	(
		quiet 2000
		event 3000 ws01 explorer.exe cmd.exe
		event 3060 ws01 explorer.exe cmd.exe
		event 9000 ws01 explorer.exe cmd.exe
	) >in
	"$BIN/irlearn" --lenses lenses --wait 10m --alpha 0.005 in >out
	[ "$(grep -c '"ir.alert.by":"irlearn"' out)" -eq 3 ]
	[ "$(grep '"ir.alert.by":"irlearn"' out | tail -n 1 | jq -r '."rule.description"')" = 'cmd.exe under explorer.exe: 2 of 2002 on ws01, 2 of 2002 in all' ]
}

@test "what turned out later is forgotten, to the byte" {
	quiet 2000 >in
	event 3000 ws01 explorer.exe evil.exe >bad
	"$BIN/irlearn" --lenses lenses --train in >clean
	cat in bad | "$BIN/irlearn" --lenses lenses --train >m
	grep -q evil.exe m
	"$BIN/irlearn" --lenses lenses --subtract --model m bad >after
	run ! grep -q evil.exe after
	diff <(grep -v '"format"\|"bin"\|"end"' clean) <(grep -v '"format"\|"bin"\|"end"' after)
}

@test "state is a model that goes on" {
	quiet 2000 >in
	event 3000 ws01 explorer.exe cmd.exe >new
	mkdir s
	"$BIN/irlearn" --lenses lenses -s s in >/dev/null
	"$BIN/irlearn" --lenses lenses -s s --alpha 0.001 new >out
	[ "$(wc -l <out)" -eq 2 ]
}

@test "a flood of made-up values stays within the bound and moves nothing else" {
	quiet 2000 >in
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "{\"@timestamp\":\"2026-11-24T02:00:00Z\",\"event.id\":\"f%031d\",\"ir.kind\":\"event\",\"host.name\":\"ws01\",\"process.parent.name\":\"flood.exe\",\"process.name\":\"x%dy\"}\n", i, i }' >flood
	cat in flood | "$BIN/irlearn" --lenses lenses --max-keys 100 --train --stats >m 2>stats
	[ "$(jq '."ir.stats.evicted"' stats)" -gt 0 ]
	[ "$(grep -c '"lens"' m)" -le 100 ]
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value=="word.exe" and .over==null).n][0]' m)" -eq 1333 ]
}

@test "forged fields and odd bytes do not make keys of others" {
	quiet 100 >in
	printf '{"@timestamp":"2026-11-24T00:30:00Z","event.id":"1","ir.kind":"event","host.name":"ws01","process.parent.name":"a\\u001fexplorer.exe","process.name":"b\\nm.program.parent"}\n' >>in
	"$BIN/irlearn" --lenses lenses --train in >m
	jq -e . m >/dev/null
	[ "$(jq -r 'select(.value=="b\nm.program.parent" and .over==null).context' m)" = $'a\x1fexplorer.exe' ]
}

@test "models and lenses that do not fit are refused" {
	quiet 100 | "$BIN/irlearn" --lenses lenses --train >m
	sed -i 's/Unusual/Odd/' lenses/l.yaml
	run "$BIN/irlearn" --lenses lenses --model m /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *'other lenses'* ]]
	sed -i 's/:lower/:lowr/' lenses/l.yaml
	run "$BIN/irlearn" --lenses lenses /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *'l.yaml:7:14: error: no such way'* ]]
	run "$BIN/irlearn" --train --frozen /dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irlearn" --alpha 2 /dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irlearn" --subtract /dev/null
	[ "$status" -eq 2 ]
}

@test "--merge adds up in whatever order, to the byte" {
	quiet 500 >a
	quiet 900 | sed 's/ws01/ws02/; s/mail.exe/chat.exe/' >b
	quiet 700 | sed 's/ws01/ws03/; s/2026-11-24/2026-11-25/' >c
	for m in a b c; do "$BIN/irlearn" --lenses lenses --max-keys 8 --train $m >$m.m; done
	"$BIN/irlearn" --lenses lenses --merge a.m b.m >ab
	"$BIN/irlearn" --lenses lenses --merge ab c.m >ab_c
	"$BIN/irlearn" --lenses lenses --merge b.m c.m >bc
	"$BIN/irlearn" --lenses lenses --merge bc a.m | cmp - ab_c
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value==null and .over==null)|.n]|unique[0]' ab_c)" -eq 2100 ]
	"$BIN/irlearn" --lenses lenses --dump ab_c | cmp - ab_c
}

@test "--card says of what and when, --forget forgets a host in all that is known" {
	(quiet 500 && quiet 500 | sed 's/ws01/ws02/') >in
	"$BIN/irlearn" --lenses lenses --train in >m
	"$BIN/irlearn" --lenses lenses --card m >card
	grep -q 'events learned: 1000, of about 2 hosts' card
	grep -q 'from 2026-11-24T00:00:00' card
	"$BIN/irlearn" --lenses lenses --forget ws02 m >after
	run ! grep -q ws02 after
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value==null and .over==null).n][0]' after)" -eq 500 ]
	run "$BIN/irlearn" --lenses lenses --forget nobody m
	[[ $output == *"knows nothing of 'nobody'"* ]]
}

@test "a model that is damaged, cut off or no model is refused" {
	quiet 500 | "$BIN/irlearn" --lenses lenses --train >m
	sed 's/"n":500/"n":501/' m >changed
	head -n -1 m >cut
	head -c 400 m >torn
	echo '{"a":1}' >other
	: >empty
	for f in changed cut torn other empty; do
		run --separate-stderr "$BIN/irlearn" --lenses lenses --model $f /dev/null
		[ "$status" -eq 2 ]
		[[ $stderr == "irlearn: "* ]]
		run --separate-stderr "$BIN/irlearn" --lenses lenses --merge m $f
		[ "$status" -eq 2 ]
		[ -z "$output" ]
	done
}

# model KIND SPAN: one lens of that kind
model() {
	mkdir -p "$1"
	cat >"$1/l.yaml" <<END
model: m
title: t
lenses:
  - name: $1
    kind: $1
    title: Too Much
    context: user.name:lower
    over: all
    say: '{context}'
END
	[ -z "${2-}" ] || echo "    span: $2" >>"$1/l.yaml"
	[ "$1" != distinct ] || echo "    value: source.ip" >>"$1/l.yaml"
}

# hourly USER N DAY HOURS PORTION: N events an hour from an hour on, of addresses 1 to PORTION
hourly() {
	awk -v u="$1" -v n="$2" -v d="$3" -v h="$4" -v p="${5-1}" 'BEGIN {
		for (i = 0; i < h; i++)
			for (k = 0; k < n + i % 3; k++)
				printf "{\"@timestamp\":\"2026-10-%02dT%02d:%02d:%02dZ\",\"event.id\":\"%s%d.%d.%d\",\"ir.kind\":\"event\",\"user.name\":\"%s\",\"source.ip\":\"192.0.2.%d\"}\n", d + int(i / 24), i % 24, k / 60, k % 60, u, d, i, k, u, 1 + k % p
	}'
}

@test "a rate is compared with the spans before, told once and when it doubles" {
	model rate 1h
	hourly bo 8 1 120 >in
	hourly bo 10 6 1 >same
	hourly bo 300 6 1 >burst
	"$BIN/irlearn" --lenses rate --train in >m
	"$BIN/irlearn" --lenses rate --model m --frozen same | cmp - same
	"$BIN/irlearn" --lenses rate --model m --frozen --explain burst >out
	n=$(grep -c '"ir.alert.by":"irlearn"' out)
	[ "$n" -ge 3 ]
	[ "$n" -le 8 ]
	grep '"ir.alert.by"' out | head -n 1 >first
	jq -r '."rule.description"' first | grep -Eqx 'bo: [0-9]+ in 1h; usual are (8.9|9)[0-9.]*, deviation [0-9.]+, in 119 spans'
	jq -r '."ir.why"[0].what' first | grep -q '; p = '
	[ "$(jq '."ir.learn.p" <= 0.0001' first)" = true ]
	# one of whom nothing is known is compared with the others
	"$BIN/irlearn" --lenses rate --model m --frozen <(sed 's/bo/eve/g' burst) | grep -q 'usual of others are'
}

@test "different values are counted, and a repeat is none" {
	model distinct 1h
	hourly bo 40 1 60 3 >in
	"$BIN/irlearn" --lenses distinct --train in >m
	hourly bo 200 6 1 3 >same
	hourly bo 200 6 1 200 >many
	"$BIN/irlearn" --lenses distinct --model m --frozen same | cmp - same
	"$BIN/irlearn" --lenses distinct --model m --frozen many >out
	grep '"ir.alert.by"' out | head -n 1 | jq -r '."rule.description"' | grep -Eq 'bo: [0-9]+ different in 1h; usual are 2.9'
}

@test "an hour of the week in which nothing ever was is told once" {
	model week
	# three weeks of office hours
	for day in 5 6 7 8 9 12 13 14 15 16 19 20 21 22 23; do
		hourly bo 3 $day 24 | grep -E 'T(0[89]|1[0-6]):'
	done >in
	"$BIN/irlearn" --lenses week --train in >m
	hourly bo 3 24 24 | grep T03: >night
	hourly bo 3 26 24 | grep T10: >day
	"$BIN/irlearn" --lenses week --model m --frozen --alpha 0.02 day | cmp - day
	"$BIN/irlearn" --lenses week --model m --frozen --alpha 0.02 night >out
	[ "$(grep -c '"ir.alert.by"' out)" -eq 1 ]
	grep '"ir.alert.by"' out | jq -r '."rule.description"' | grep -qx 'bo: Saturday, 03:00 UTC, is 0 of 135 hours that had any'
}

@test "half-space trees see an odd combination, the same in each run" {
	mkdir shape
	cat >shape/l.yaml <<-'END'
		model: m
		title: t
		lenses:
		  - name: shape
		    kind: shape
		    title: Odd
		    value: [process.command_line, source.bytes]
		    say: command
	END
	awk 'BEGIN { for (i = 0; i < 6000; i++) { big = i % 2; c = big ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "ab"; printf "{\"@timestamp\":\"2026-10-01T00:00:00Z\",\"event.id\":\"%d\",\"process.command_line\":\"%s%d\",\"source.bytes\":%d}\n", i, c, i % 7, (big ? 90000 : 20) + i % 5 } }' >in
	"$BIN/irlearn" --lenses shape --train in >m
	"$BIN/irlearn" --lenses shape --train in | cmp - m
	head -n 40 in >same
	"$BIN/irlearn" --lenses shape --model m --frozen --alpha 0.001 same | cmp - same
	sed 's/"source.bytes":2[0-9]*/"source.bytes":91000/' same | head -n 1 >odd
	"$BIN/irlearn" --lenses shape --model m --frozen --alpha 0.001 odd | grep -q '"rule.name":"Odd"'
}

@test "poison: a flood of one pair teaches no more than the bound, and a burst no rate" {
	quiet 2000 >in
	awk 'BEGIN { for (i = 0; i < 30000; i++) printf "{\"@timestamp\":\"2026-11-24T02:00:00Z\",\"event.id\":\"f%031d\",\"ir.kind\":\"event\",\"host.name\":\"ws01\",\"process.parent.name\":\"explorer.exe\",\"process.name\":\"evil.exe\"}\n", i }' >flood
	cat in flood | "$BIN/irlearn" --lenses lenses --teach 100 --train >m
	[ "$(jq -s '[.[]|select(.value=="evil.exe").n]|max' m)" -eq 100 ]
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value==null and .over==null).n][0]' m)" -le 300 ]
	grep -q '"capped":3' m
	"$BIN/irlearn" --card --lenses lenses m | grep -q 'taught enough in that hour: 3'
	# new values, too
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "{\"@timestamp\":\"2026-11-24T02:00:00Z\",\"event.id\":\"g%031d\",\"ir.kind\":\"event\",\"host.name\":\"ws01\",\"process.parent.name\":\"a\",\"process.name\":\"x%d\"}\n", i, i }' |
		"$BIN/irlearn" --lenses lenses --teach 100 --train >m
	[ "$(grep -c '"lens"' m)" -le 202 ]
	# five hours of a thousandfold rate, and the one that follows is still reported
	model rate 1h
	(hourly bo 8 1 120 && hourly bo 5000 6 5) | "$BIN/irlearn" --lenses rate --train >m
	hourly bo 1000 7 1 | "$BIN/irlearn" --lenses rate --model m --frozen | grep -q '"ir.alert.by":"irlearn"'
}

@test "poison: what a log says of ir. fields neither quarantines nor silences" {
	for i in 1 2 3; do
		printf '{"time":"2026-11-24T00:00:0%dZ","ir.kind":"alert","ir.severity":"high","ir.benign":[1],"ir.alert.events":["%032d"],"user":"bo"}\n' $i $i
	done | "$BIN/irnorm" >events
	run ! jq -e 'select(."ir.kind"=="alert" or ."ir.alert.events" or ."ir.benign" or ."ir.severity")' events
	(quiet 100 && cat events) | "$BIN/irlearn" --lenses lenses --train >m
	[ "$(jq -s '[.[]|select(.context=="explorer.exe" and .value==null and .over==null).n][0]' m)" -eq 100 ]
}

# logons HOST... : on the first days, at the hours in between, many a span
logons() {
	for i in $(seq 0 399); do
		printf '{"@timestamp":"%s","event.id":"%032d","ir.kind":"event","host.name":"h1","user.name":"%s","event.code":"4624"}\n' \
			"$(printf '2026-11-%02dT%02d:%02d:00Z' $((1 + i / 40)) $((8 + i / 5 % 8)) $((i % 5 * 10)))" "$i" "u$((i % 3))"
	done
}

@test "rates and weeks become what they were without an attack, to the byte" {
	mkdir r
	cat >r/m.yaml <<-'END'
		model: m
		title: m
		version: 1
		lenses:
		  - {name: rate, kind: rate, span: 10m, title: t, context: event.code, say: '{context}'}
		  - {name: week, kind: week, title: t, context: user.name, say: '{context}'}
		  - {name: many, kind: distinct, span: 1d, title: t, context: event.code, value: user.name, over: all, say: '{context}'}
	END
	logons >in
	# in spans and hours where there was something, where there was nothing, and of nobody known
	for t in 10T02:00:00 10T02:03:00 10T09:00:01 10T09:00:02 10T15:41:00 11T03:00:00; do
		for u in u1 evil; do
			printf '{"@timestamp":"2026-11-%sZ","event.id":"%s","ir.kind":"event","host.name":"h1","user.name":"%s","event.code":"4624"}\n' $t "$t$u" $u
			printf '{"@timestamp":"2026-11-%sZ","event.id":"x%s","ir.kind":"event","host.name":"h2","user.name":"%s","event.code":"1102"}\n' $t "$t$u" $u
		done
	done >bad
	"$BIN/irlearn" --lenses r --train in >clean
	sort in bad >both
	"$BIN/irlearn" --lenses r --train both >m
	run ! cmp -s clean m
	"$BIN/irlearn" --lenses r --subtract --model m bad >after
	# of the epochs those that count, of the recent spans those that no other pushed out
	known() { grep -v '"format"\|"bin"\|"end"\|"series":"m.many"' "$1" | jq -c 'if .epochs then .epochs |= .[:4] else . end | if .recent then .recent |= .[:60] else . end'; }
	diff <(known clean) <(known after)
	# in whatever order
	tac bad | "$BIN/irlearn" --lenses r --subtract --model m >other
	diff <(known clean) <(known other)
	[ "$(head -n 1 after | jq .stuck)" -eq 24 ]
	"$BIN/irlearn" --lenses r --card after | grep -q '^- not taken out.*: 24$'
	# a model is what was read, and one of before is read
	"$BIN/irlearn" --lenses r --merge m | cmp - m
	"$BIN/irlearn" --lenses r --merge after clean >a
	"$BIN/irlearn" --lenses r --merge clean after | cmp - a
}
