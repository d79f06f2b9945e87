#!/usr/bin/env bats

setup() {
	bats_require_minimum_version 1.5.0
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	root=$BATS_TEST_DIRNAME/../..
}

@test "what is installed works from there and goes away whole" {
	to=$BATS_TEST_TMPDIR/root
	mkdir -p "$to/usr/share"
	before=$(find "$to" -type f | sort)
	"$root/tests/install" "$BIN/.." "$to" /usr
	[ -x "$to/usr/bin/irnorm" ]
	[ -e "$to/usr/share/man/man1/irnorm.1" ]
	[ -e "$to/usr/share/bash-completion/completions/irdetect" ]
	[ -e "$to/usr/share/zsh/site-functions/_irdetect" ]
	[ -e "$to/usr/share/fish/vendor_completions.d/irdetect.fish" ]
	unset IR_DATA
	run --separate-stderr "$to/usr/bin/ir" demo
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"203.0.113.66 on web01: it worked"* ]]
	"$root/tests/install" --remove "$BIN/.." "$to" /usr
	[ "$(find "$to" -type f | sort)" = "$before" ]
}

@test "the completions are those of the option tables" {
	"$root/tests/completions" --check "$BIN/.."
}
