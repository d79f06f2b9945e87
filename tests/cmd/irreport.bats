#!/usr/bin/env bats
# What irreport promises.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	case_=$BATS_TEST_DIRNAME/../golden/irreport
	now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR"
}

@test "nothing in, a report that says so" {
	run --separate-stderr "$BIN/irreport" --now $now </dev/null
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	[[ $output == *"no incident"* ]]
}

@test "the last version of an incident counts, whatever the order" {
	printf '%s\n' '{"ir.kind":"incident","ir.incident.id":"a","ir.version":2,"ir.incident.title":"second"}' \
		'{"ir.kind":"incident","ir.incident.id":"a","ir.version":1,"ir.incident.title":"first"}' >in
	run "$BIN/irreport" in
	[[ $output == *second* ]] && [[ $output != *first* ]]
}

@test "a merged incident is told where it went; one that went nowhere is told itself" {
	printf '%s\n' '{"ir.kind":"incident","ir.incident.id":"a","ir.version":1,"ir.incident.title":"stays"}' \
		'{"ir.kind":"incident","ir.incident.id":"b","ir.version":2,"ir.incident.title":"gone","ir.incident.state":"merged","ir.incident.into":"a"}' \
		'{"ir.kind":"incident","ir.incident.id":"c","ir.version":2,"ir.incident.title":"lost","ir.incident.state":"merged","ir.incident.into":"z"}' \
		'{"ir.kind":"plan","ir.plan.id":"p","ir.incident.id":"b","ir.plan.steps":[{"do":"block-ip","target":{"ip":"203.0.113.5"}}]}' >in
	run "$BIN/irreport" in
	[[ $output == *stays* ]] && [[ $output != *gone* ]] && [[ $output == *lost* ]]
	[[ $output == *203.0.113.5* ]]
}

@test "worst first" {
	printf '%s\n' '{"ir.kind":"incident","ir.incident.id":"a","ir.severity":"low","ir.incident.title":"little"}' \
		'{"ir.kind":"incident","ir.incident.id":"b","ir.severity":"critical","ir.incident.title":"terrible"}' >in
	"$BIN/irreport" in | grep '^## ' >heads
	[ "$(head -n 1 heads)" = '## terrible \(critical\)' ]
}

@test "the same records and the same time give the same bytes" {
	"$BIN/irreport" --format html --now $now "$case_/html/in" >a
	"$BIN/irreport" --format html --now $now "$case_/html/in" >b
	cmp a b
	SOURCE_DATE_EPOCH=1795521600 "$BIN/irreport" --format html "$case_/html/in" >c
	cmp a c
}

@test "HTML has no script, no reference outside, and every link inside leads somewhere" {
	for c in html hostile; do
		"$BIN/irreport" --format html "$case_/$c/in" >r.html
		run ! grep -iE '<script|<img|<link|<iframe|<object| on[a-z]+=[^&]*>|@import|url\(' r.html
		run ! grep -oE '(href|src)="[^#][^"]*"' r.html
		grep -oE 'href="#[^"]*"' r.html | sort -u | cut -d'#' -f2 | tr -d '"' | while read -r id; do
			grep -q "id=\"$id\"" r.html
		done
	done
}

@test "no control byte and no bidirectional mark reaches the reader" {
	for f in md html; do
		"$BIN/irreport" --format $f "$case_/hostile/in" >r
		! LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]' r
		! LC_ALL=C grep -P '\xe2\x80[\xaa-\xae]' r
	done
}

@test "-o writes whole or not at all" {
	"$BIN/irreport" -o r.md "$case_/markdown/in"
	[ -s r.md ]
	run "$BIN/irreport" -o missing/r.md "$case_/markdown/in"
	[ "$status" -eq 2 ] && [ ! -e missing ]
}

@test "a bad line is reported and the rest told" {
	{ cat "$case_/markdown/in"; echo 'no record'; } >in
	run --separate-stderr "$BIN/irreport" in
	[ "$status" -eq 1 ] && [[ $stderr == *in:32:* ]] && [[ $output == *"## "* ]]
}

@test "what --where leaves out is not in the report" {
	run --separate-stderr "$BIN/irreport" --where false "$case_/markdown/in"
	[ "$status" -eq 0 ] && [[ $output == *"no incident"* ]]
}

@test "a full disk is status 3" {
	run sh -c '"$1/irreport" "$2" >/dev/full' sh "$BIN" "$case_/markdown/in"
	[ "$status" -eq 3 ]
}
