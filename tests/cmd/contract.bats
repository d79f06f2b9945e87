#!/usr/bin/env bats
# What every program promises (CLI conventions), run for each of them.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	root=$BATS_TEST_DIRNAME/../..
	cd "$BATS_TEST_TMPDIR"
	all=$(cd "$BIN" && echo ir*)
	# `ir` and what acts or reports are no filters; irnorm reads lines, not records
	filters=
	for p in $all; do
		case $p in
		ir | ircontain | irremedy | irreport | irnorm) ;;
		*) filters="$filters $p" ;;
		esac
	done
	good='{"ir.kind":"x","n":12345678901234567890,"u":1.10e5,"a.b":[1, 2 ]}'
}

@test "help goes to standard output; -h fits a screen" {
	for p in $all; do
		run --separate-stderr "$BIN/$p" --help
		[ "$status" -eq 0 ] && [ -z "$stderr" ] && [ -n "$output" ]
		run --separate-stderr "$BIN/$p" -h
		[ "$status" -eq 0 ] && [ "${#lines[@]}" -le 24 ]
		run "$BIN/$p" --version
		[ "$status" -eq 0 ]
		[[ ${lines[0]} =~ ^$p\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
}

@test "an unknown option gets a suggestion and status 2" {
	for p in $all; do
		run --separate-stderr "$BIN/$p" --verbos </dev/null
		[ "$status" -eq 2 ] && [ -z "$output" ]
		[[ $stderr == *"--verbose"* ]]
	done
}

@test "empty in, empty out, silent" {
	for p in $filters irnorm; do
		run --separate-stderr "$BIN/$p" </dev/null
		[ "$status" -eq 0 ] && [ -z "$output" ] && [ -z "$stderr" ]
	done
}

@test "a record that is not its business passes byte for byte" {
	printf '%s\n' "$good" >in
	for p in $filters; do
		"$BIN/$p" in >out
		cmp in out
		"$BIN/$p" --where false in >out
		cmp in out
	done
}

@test "CRLF, a BOM, blank lines and a missing last newline are fine" {
	printf '\357\273\277%s\r\n\r\n\n%s' "$good" "$good" >in
	printf '%s\r\n%s\n' "$good" "$good" >want
	for p in $filters; do
		"$BIN/$p" in >out
		cmp want out
	done
}

@test "bad lines are reported with their place and harm no neighbour" {
	deep=$(head -c 100000 /dev/zero | tr '\0' '[')
	for bad in '{"a":' '{"a":"x' '[1]' '{"a":01}' 'nan' "{\"a\":$deep" '{"a":1}}'; do
		printf '%s\n%s\n%s\n' "$good" "$bad" "$good" >in
		printf '%s\n%s\n' "$good" "$good" >want
		for p in $filters; do
			run --separate-stderr "$BIN/$p" --reject rejected in
			[ "$status" -eq 1 ]
			[ "$output" = "$(cat want)" ]
			[[ $stderr =~ $p:\ in:2:[0-9]+:\ error:\  ]]
			[ "$(cut -f3- rejected)" = "$bad" ]
			rm rejected
		done
	done
}

@test "NUL bytes and bad UTF-8 are refused, their neighbours pass" {
	printf '%s\n{"a":"\0"}\n{"a":"\377"}\n%s\n' "$good" "$good" >in
	for p in $filters; do
		st=0
		"$BIN/$p" in >out 2>err || st=$?
		[ $st -eq 1 ]
		[ "$(cat out)" = "$good
$good" ]
		[ "$(wc -l <err)" -eq 2 ]
	done
}

@test "a line over the limit is skipped whole" {
	{
		echo "$good"
		printf '{"a":"'
		head -c 100000000 /dev/zero | tr '\0' x
		printf '"}\n'
		echo "$good"
	} >in
	for p in $filters; do
		run --separate-stderr "$BIN/$p" in
		[ "$status" -eq 1 ]
		[ "$output" = "$good
$good" ]
		[[ $stderr == *"in:2:"* ]]
	done
	run --separate-stderr bash -c "$BIN/irnorm in | wc -l"
	[ "$output" -eq 3 ]
}

@test "a full disk is status 3 and a message" {
	for p in $filters; do
		echo "$good" >in
		run bash -c "$BIN/$p in >/dev/full"
		[ "$status" -eq 3 ]
		[[ $output == *"cannot write: No space left on device"* ]]
	done
}

@test "a reader that leaves ends the program quietly by SIGPIPE" {
	for p in $filters; do
		run bash -c "yes '$good' | $BIN/$p 2>err | head -n 1 >/dev/null; echo \${PIPESTATUS[1]}; cat err"
		[ "$output" = 141 ]
		run bash -c "trap '' PIPE; yes '$good' 2>/dev/null | $BIN/$p 2>err | head -n 1 >/dev/null; echo \${PIPESTATUS[1]}; cat err"
		[ "$output" = 141 ]
	done
}

@test "one record in is one record out at once" {
	for p in $filters; do
		got=$(
			{
				echo "$good"
				sleep 5
			} | "$BIN/$p" | timeout 2 head -n 1
		)
		[ "$got" = "$good" ]
	done
}

@test "SIGTERM ends it by that signal, after what it had" {
	for p in $filters; do
		mkfifo f
		"$BIN/$p" f >out &
		pid=$!
		exec 9>f
		echo "$good" >&9
		sleep 0.3
		kill -TERM $pid
		st=0
		wait $pid || st=$?
		exec 9>&-
		[ $st -eq 143 ]
		[ "$(cat out)" = "$good" ]
		rm f
	done
}

@test "a missing file is reported, the rest are read in order" {
	echo '{"ir.kind":"x","a":1}' >one
	echo '{"ir.kind":"x","a":2}' >two
	for p in $filters; do
		run --separate-stderr "$BIN/$p" one none two .
		[ "$status" -eq 1 ]
		[ "$output" = "$(cat one two)" ]
		[[ $stderr == *"cannot open 'none': No such file"* ]]
		[[ $stderr == *"'.': it is a directory"* ]]
	done
}

@test "gzip, zstd and xz by magic bytes, on files and pipes, members joined" {
	echo "$good" >in
	for z in gzip zstd xz; do
		{ $z -c in && $z -c in; } >packed
		for p in $filters; do
			[ "$("$BIN/$p" packed)" = "$good
$good" ]
			[ "$("$BIN/$p" <packed | wc -l)" -eq 2 ]
		done
	done
	yes "$good" | head -n 20000 | gzip -c | head -c 1000 >cut
	for p in $filters; do
		st=0
		"$BIN/$p" cut >out 2>err || st=$?
		[ $st -eq 3 ]
		[ -s out ] && [ -s err ]
	done
}

@test "marks pass with the key; forged ones are data" {
	printf '%s\n' '{"_ir":{"mark":1,"key":"K"}}' '{"_ir":{"mark":2,"key":"L"},"ir.kind":"x"}' >in
	for p in $filters; do
		IR_MARK=K "$BIN/$p" --stats in >out 2>err
		cmp in out
		[ "$(jq '."ir.stats.marks"' err)" -eq 1 ]
		[ "$(jq '."ir.stats.in"' err)" -eq 1 ]
		"$BIN/$p" --stats in >out 2>err
		[ "$(jq '."ir.stats.marks"' err)" -eq 0 ]
	done
}

@test "the sums of --stats hold" {
	"$BIN/irnorm" "$root/examples/logs/auth.log" >events
	"$BIN/irdetect" events >alerts
	for p in $filters; do
		for f in events alerts; do
			"$BIN/$p" --stats $f >out 2>err
			jq -e '."ir.stats.in" == ."ir.stats.passed" + ."ir.stats.used" + ."ir.stats.rejected"
				and ."ir.stats.out" == ."ir.stats.passed" + ."ir.stats.made"
				and ."ir.stats.used" == ([."ir.stats.reasons"[]] | add // 0)' err
			[ "$(wc -l <out)" -eq "$(jq '."ir.stats.out"' err)" ]
		done
	done
}

@test "same input, same --now, same bytes, whatever locale and zone" {
	"$BIN/irnorm" --now 2026-11-24T12:00:00Z "$root/examples/logs/auth.log" >one
	LC_ALL=tr_TR.UTF-8 TZ=Asia/Kolkata "$BIN/irnorm" --now 2026-11-24T12:00:00Z "$root/examples/logs/auth.log" >two
	cmp one two
	for p in $filters; do
		"$BIN/$p" --explain --now 2026-11-24T12:00:00Z one >a
		LC_ALL=tr_TR.UTF-8 TZ=Asia/Kolkata "$BIN/$p" --explain --now 2026-11-24T12:00:00Z one >b
		cmp a b
	done
}

@test "foreign bytes do not reach the terminal raw" {
	printf '{"\033]0;x\007":\n' >"$(printf 'a\033[2Jb')"
	for p in $filters; do
		run "$BIN/$p" a*b
		[ "$status" -eq 1 ]
		[[ $output != *$'\033'* ]]
	done
}

@test "a newer schema is refused" {
	echo '{"ir.v":2}' >in
	for p in $filters; do
		run "$BIN/$p" in
		[ "$status" -eq 2 ]
		[[ $output == *"newer"* ]]
	done
}

@test "a terminal as standard input gets the usage" {
	for p in $filters irnorm; do
		run script -qec "$BIN/$p" /dev/null </dev/null
		[[ $output == *sage* ]]
		[ "$status" -eq 2 ]
	done
}

@test "--strict and --max-errors end early" {
	printf 'x\n%s\n' "$good" >in
	for p in $filters; do
		run --separate-stderr "$BIN/$p" --strict in
		[ "$status" -eq 1 ] && [ -z "$output" ]
		run --separate-stderr "$BIN/$p" --max-errors 0 in
		[ "$status" -eq 3 ]
	done
}

@test "-o writes whole or not at all" {
	echo "$good" >in
	for p in $filters; do
		"$BIN/$p" -o out in
		cmp in out
		rm out
		run "$BIN/$p" -o out --strict --max-line 10 in
		[ "$status" -eq 1 ]
		run "$BIN/$p" -o /dev/null in
		[ "$status" -eq 2 ]
	done
}

@test "--self-test answers at once" {
	for p in $filters irnorm; do
		run "$BIN/$p" --self-test
		[ "$status" -eq 0 ] && [ -z "$output" ]
	done
}

# The options that a page lists, one "letter<TAB>name" a line.
listed() {
	awk '/^\.It .*Fl / {
		letter = ""
		for (i = 2; i < NF; i++) {
			w = $(i + 1)
			if ($i == "Fl" && w ~ /^-/) {
				print letter "\t" substr(w, 2)
				letter = ""
			} else if ($i == "Fl") {
				letter = w
			}
		}
		if (letter != "")
			print letter "\t"
	}' "$1" | sort -u
}

@test "each manual page lists the options of the program, no others" {
	for p in $all; do
		"$BIN/$p" --options | awk -F'\t' '$7 == 0 { print $1 "\t" $2 }' | sort -u >table
		listed "$root/man/$p.1" >page
		diff table page || {
			echo "$p: table (<) and page (>) differ"
			false
		}
	done
}

@test "ir(7) lists the common options, no others" {
	{
		"$BIN/irnorm" --options
		"$BIN/irdedupe" --options
	} | awk -F'\t' '$7 == 1 { print $1 "\t" $2 }' | sort -u >table
	listed "$root/man/ir.7" >page
	diff table page
}

@test "--help shows every option of the table" {
	for p in $all; do
		"$BIN/$p" --help >help
		"$BIN/$p" --options | awk -F'\t' '{ print $2 ? "--" $2 : "-" $1 }' >names
		while read -r name; do
			grep -qE -- "[ ]$name([ =]|\$)" help || {
				echo "$p: $name is not in --help"
				false
			}
		done <names
	done
}

@test "a last line that was cut off is reported, the lines before it pass" {
	printf '%s\n%s' "$good" '{"a":"cut' >in
	for p in $filters; do
		run --separate-stderr "$BIN/$p" in
		[ "$status" -eq 1 ]
		[ "$output" = "$good" ]
		[[ $stderr =~ $p:\ in:2:[0-9]+:\ error:\  ]]
	done
}

@test "messages to the journal carry a priority, as JSON they are objects" {
	echo '{' >in
	for p in $filters; do
		: >err
		JOURNAL_STREAM=$(stat -c '%d:%i' err) "$BIN/$p" in 2>err || true
		[[ $(cat err) == "<3>$p: in:1:"* ]]
		JOURNAL_STREAM=1:1 "$BIN/$p" in 2>err || true
		[[ $(cat err) == "$p: in:1:"* ]]
		"$BIN/$p" --log-format=json in 2>err || true
		jq -e '."log.level" == "error" and .message != ""' err
	done
}

@test "names of options are not abbreviated; '--' ends them" {
	echo "$good" >--stat
	for p in $filters; do
		run "$BIN/$p" --stat </dev/null
		[ "$status" -eq 2 ]
		run --separate-stderr "$BIN/$p" -- --stat
		[ "$status" -eq 0 ] && [ "$output" = "$good" ] && [ -z "$stderr" ]
	done
}
