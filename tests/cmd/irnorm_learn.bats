#!/usr/bin/env bats
# What irnorm does with lines that no format knows.

bats_require_minimum_version 1.5.0

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

field() {
	jq -r ".\"$1\""
}

# Two kinds of lines, by syslog and bare.
lines() {
	for i in 1 2 3; do
		echo "Nov 24 07:37:2$i h doord[7]: badge $i$i opened door (north) for user x$i from 192.0.2.$i"
		echo "2026-11-24 07:00:0$i,123 INFO it's [done]: {took} $i ms, tag=\"a b$i\" in /var/spool/$i"
	done
}

@test "an unknown line has its template, a known one has none" {
	lines | "$BIN/irnorm" $now >out
	[ "$(tail -n 2 out | head -n 1 | field ir.template.text)" = "badge <*> opened door (north) for user <*> from <*>" ]
	echo 'Nov 24 07:37:25 h sshd[1]: Server listening on :: port 22.' | "$BIN/irnorm" $now >known
	[ "$(field ir.template.id <known)" = null ]
	jq -e . out >/dev/null
}

@test "the id of a template is the same in every run" {
	lines | "$BIN/irnorm" $now | field ir.template.id | sort -u >1
	{ echo "something else $RANDOM"; lines; } | "$BIN/irnorm" $now | field ir.template.id | sort -u >2
	[ "$(comm -23 1 2 | wc -l)" -eq 0 ]
	want=$(printf 'hello <*>' | sha256sum | cut -c1-32)
	[ "$(echo hello 7 | "$BIN/irnorm" $now | field ir.template.id)" = "$want" ]
}

@test "drafts pass the check and know what they were learnt from" {
	lines | "$BIN/irnorm" $now --learn >draft.yaml
	mkdir d && mv draft.yaml d/
	run "$BIN/irnorm" --check -F d
	[ "$status" -eq 0 ]
	[[ $output == *" 0 wrong" ]]
	lines | "$BIN/irnorm" $now -F d >out
	run ! grep -q _norm_ out
	[ "$(head -n 1 out | field source.ip)" = 192.0.2.1 ]
	[ "$(head -n 1 out | field event.dataset)" = draft_doord ]
	[ "$(sed -n 2p out | field '@timestamp')" = 2026-11-24T07:00:01.123Z ]
}

@test "a line that comes once makes no draft" {
	echo 'Nov 24 07:37:21 h doord[7]: only once' | "$BIN/irnorm" $now --learn >out
	[ ! -s out ]
}

@test "names and lines of an attacker do not leave their place in a draft" {
	mkdir d
	for i in 1 2; do
		printf "Nov 24 07:37:21 h x']: y[7]: it's: [a] \\\\ {b} # %s\n" "$i"
		printf "Nov 24 07:37:21 h evil: word \001 bell %s\n" "$i"
		printf "Nov 24 07:37:21 h evil: bad \377 byte %s\n" "$i"
		printf "free \"text\": - %%d 'q' {x} | > & * %s here\n" "$i"
	done >in
	"$BIN/irnorm" $now --learn in >d/draft.yaml
	run "$BIN/irnorm" --check -F d
	[ "$status" -eq 0 ]
}

@test "memory does not grow with the number of templates" {
	seq 200000 | awk '{ n = $1; s = ""; for (i = 0; i < 6; i++) { s = s sprintf("%c", 97 + n % 26); n = int(n / 26) } print s, "went", s }' >in
	# a sanitizer reserves more than any limit; its run looks for other things
	limit=400000
	(ulimit -v $limit && "$BIN/irnorm" --version) >/dev/null 2>&1 || limit=unlimited
	(ulimit -v $limit && "$BIN/irnorm" $now --stats in >out 2>err)
	[ "$(wc -l <out)" -eq 200000 ]
}
