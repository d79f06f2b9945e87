#!/usr/bin/env bats
# What irdedupe keeps when it is killed, and how much that takes.

bats_require_minimum_version 1.5.0

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# alerts FROM TO [DAY]: one each second, of 20 rules
alerts() {
	awk -v a="$1" -v b="$2" -v d="${3:-24}" 'BEGIN { for (i = a; i < b; i++) printf "{\"@timestamp\":\"2026-11-%02dT%02d:%02d:%02dZ\",\"ir.kind\":\"alert\",\"ir.alert.id\":\"a%d\",\"rule.id\":\"r%d\",\"host.name\":\"h\",\"note\":\"\\\"%d\"}\n", d, i / 3600, i / 60 % 60, i % 60, i, i % 20, i }'
}

# How many records the outputs stand for
total() {
	jq -s 'map(if ."ir.fold.of" then ."ir.fold.n" else 1 end) | add // 0' "$@"
}

# wait_for FILE BYTES: until the file has grown beyond
wait_for() {
	for _ in $(seq 500); do
		[ "$(cat "$1" 2>/dev/null | wc -c)" -gt "$2" ] && return
		sleep 0.01
	done
	return 1
}

# start OUT: reads from the descriptor 8, its id is in $pid
start() {
	rm -f pipe
	mkfifo pipe
	"$BIN/irdedupe" -s st -w 1h <pipe >"$1" 2>err &
	pid=$!
	exec 8>pipe
}

@test "kill -9 loses nothing that was read to the end of what was there" {
	start one
	alerts 0 100 >&8
	wait_for st/journal.0 5000
	kill -9 $pid
	wait $pid || :
	exec 8>&-
	[ "$(wc -l <one)" -eq 20 ]
	[ ! -e st/snap.1 ]
	alerts 100 200 | "$BIN/irdedupe" -s st -w 1h >two
	[ ! -s two ]
	alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >three
	[ "$(total one two three)" -eq 220 ]
	[ "$(jq -r 'select(."ir.fold.of")|."ir.fold.of"' three | sort -u | wc -l)" -eq 20 ]
	[ "$(jq -c 'select(."ir.fold.of"=="a3")|[."ir.fold.n",."ir.alert.id",.note]' three)" = '[9,"a183","\"183"]' ]
}

@test "killed at whatever instant, at most what was not yet passed is lost" {
	RANDOM=7
	for round in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf st
		acked=0 sent=0 size=0
		start one
		(sleep "0.0$((RANDOM % 10))$((RANDOM % 10))" && kill -9 $pid) 2>/dev/null &
		killer=$!
		trap '' PIPE
		while kill -0 $pid 2>/dev/null && [ $sent -lt 2000 ]; do
			alerts $sent $((sent + 10)) >&8 2>/dev/null || break
			sent=$((sent + 10))
			wait_for st/journal.0 "$size" 2>/dev/null || break
			size=$(cat st/journal.0 | wc -c)
			acked=$sent
			kill -0 $pid 2>/dev/null || break
		done
		wait $killer $pid 2>/dev/null || :
		exec 8>&-
		alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >two 2>err
		n=$(($(total one two) - 20))
		echo "round $round: sent $sent, journaled $acked, counted $n"
		# what was written before the kill may be there in part
		[ "$n" -ge $((acked - 10)) ]
		[ "$n" -le "$sent" ]
	done
}

@test "a torn last line is reported and not used; what stands before it is" {
	start one
	alerts 0 40 >&8
	wait_for st/journal.0 2000
	kill -9 $pid
	wait $pid || :
	exec 8>&-
	cp -r st whole
	printf '0123456789abcdef {"key":"x","of":' >>st/journal.0
	alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >two 2>err
	grep -q "journal.0': the last 33 bytes are torn and are not used" err
	[ "$(total one two)" -eq 60 ]
	# a line that was changed ends what counts
	rm -r st && cp -r whole st
	sed -i '12s/a/b/' st/journal.0
	alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >two 2>err
	grep -q 'are torn and are not used' err
	# it goes on behind what was good
	rm -r st && cp -r whole st
	printf 'torn' >>st/journal.0
	start three
	alerts 40 60 >&8
	wait_for st/journal.0 "$(cat whole/journal.0 | wc -c)"
	sleep 0.1
	kill -9 $pid
	wait $pid || :
	exec 8>&-
	alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >two 2>err
	run ! grep -q torn err
	[ "$(total one two three)" -eq 80 ]
}

@test "parents are in the journal, and a snapshot that is damaged is made up for" {
	cat >mute <<-'Y'
		inhibit:
		  - source: {rule.id: r0}
		    target: {rule.id: r5}
		    equal: [host.name]
	Y
	mkfifo pipe
	"$BIN/irdedupe" -s st --mute mute <pipe >one &
	pid=$!
	exec 8>pipe
	alerts 0 1 >&8
	wait_for st/journal.0 100
	kill -9 $pid
	wait $pid || :
	exec 8>&-
	alerts 5 6 | "$BIN/irdedupe" -s st --mute mute >two
	[ ! -s two ]
	# two snapshots with their journals
	rm -rf st
	alerts 0 20 | "$BIN/irdedupe" -s st -w 1h >one
	start two
	alerts 20 40 >&8
	wait_for st/journal.1 2000
	sleep 0.1
	kill -9 $pid
	wait $pid || :
	exec 8>&-
	alerts 40 60 | "$BIN/irdedupe" -s st -w 1h >three
	[ -e st/snap.2 ]
	sed -i '3s/a/b/' st/snap.2
	alerts 0 20 25 | "$BIN/irdedupe" -s st -w 1h >four 2>err
	grep -q 'snap.2. is damaged' err
	[ "$(total one two four)" -eq 80 ]
}

@test "a journal that outgrew its snapshot becomes one" {
	alerts 0 60000 | awk -v n="$(printf '%0700d' 0)" '{ sub(/"host.name":"h"/, "\"host.name\":\"h" NR % 9000 "\",\"x\":\"" n "\""); print }' |
		"$BIN/irdedupe" -s st -w 20h >out
	[ -e st/snap.2 ]
	[ "$(cat st/journal.* 2>/dev/null | wc -c)" -lt 40000000 ]
}

@test "more than may be held leaves early, counted, and nothing is lost" {
	for i in $(seq 1 40); do
		printf '{"@timestamp":"2026-11-24T08:00:%02dZ","ir.kind":"alert","ir.alert.id":"%032x","rule.id":"r%d","message":"%0200d"}\n' \
			"$i" "$i" $((i % 4)) "$i"
	done >in
	"$BIN/irdedupe" --max-held 800 --stats <in >out 2>stats
	[ "$(jq -s 'map(."ir.fold.n" // 1) | add' out)" -eq 40 ]
	[ "$(jq -s 'map(select(."ir.fold.n")) | length' out)" -gt 4 ]
	[ "$(jq '."ir.stats.evicted"' stats)" -gt 0 ]
	# with room enough the four are told of once each
	"$BIN/irdedupe" <in | jq -s 'map(select(."ir.fold.n")) | length' | grep -qx 4
}

@test "ids of every kind come back from a state as they were" {
	for id in 00112233445566778899aabbccddeeff 00112233445566778899AABBCCDDEEFF a ''; do
		rm -rf st
		printf '{"@timestamp":"2026-11-24T08:00:00Z","ir.kind":"alert","ir.alert.id":"%s","rule.id":"r"}\n' "$id" |
			"$BIN/irdedupe" -s st >/dev/null
		printf '{"@timestamp":"2026-11-24T08:00:0%dZ","ir.kind":"alert","ir.alert.id":"x%d","rule.id":"r"}\n' 1 1 2 2 |
			"$BIN/irdedupe" -s st >/dev/null
		[ "$("$BIN/irdedupe" -s st -w 1s <<<'{"@timestamp":"2026-11-24T09:00:00Z","ir.kind":"alert","rule.id":"q"}' |
			jq -r 'select(."ir.fold.n") | ."ir.fold.of"')" = "$id" ] || [ -z "$id" ]
	done
}
