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
	[[ $output == *"203.0.113.66 and one other address on web01: it worked"* ]]
	"$root/tests/install" --remove "$BIN/.." "$to" /usr
	[ "$(find "$to" -type f | sort)" = "$before" ]
}

@test "every program has its page and completions" {
	to="$BATS_TEST_TMPDIR/with blank"
	"$root/tests/install" "$BIN/.." "$to" /opt/ir
	for p in "$BIN"/ir*; do
		n=$(basename "$p")
		cmp "$p" "$to/opt/ir/bin/$n"
		[ -s "$to/opt/ir/share/man/man1/$n.1" ]
		[ -s "$to/opt/ir/share/bash-completion/completions/$n" ]
	done
	[ -z "$(find "$to" -type f -perm /022)" ]
	"$root/tests/install" --remove "$BIN/.." "$to" /opt/ir
	[ -z "$(ls -A "$to/opt/ir")" ]
}

@test "units of systemd start what was installed, wherever that is" {
	to=$BATS_TEST_TMPDIR/units
	for prefix in /usr '/opt/a&b|c'; do
		"$root/tests/install" "$BIN/.." "$to" "$prefix"
		dir=$to$prefix/lib/systemd/system
		[ "$(ls "$dir" | xargs)" = "ir-expire.service ir-expire.timer ir-recover.service" ]
		grep -h '^ExecStart=' "$dir"/* | sed 's/^ExecStart=//; s/ .*//' | sort -u >"$BATS_TEST_TMPDIR/programs"
		[ -s "$BATS_TEST_TMPDIR/programs" ]
		while read -r p; do
			[ "${p%/*}" = "$prefix/bin" ]
			[ -x "$to$p" ]
		done <"$BATS_TEST_TMPDIR/programs"
		"$root/tests/install" --remove "$BIN/.." "$to" "$prefix"
		[ ! -e "$dir" ]
	done
}

@test "uninstalling leaves what was there before" {
	to=$BATS_TEST_TMPDIR/root
	mkdir -p "$to/usr/bin" "$to/usr/share/man/man1" "$to/usr/share/ir"
	echo mine | tee "$to/usr/bin/other" "$to/usr/share/man/man1/other.1" >"$to/usr/share/ir/mine.yml"
	cp -a "$to" "$BATS_TEST_TMPDIR/before"
	"$root/tests/install" "$BIN/.." "$to" /usr
	"$root/tests/install" --remove "$BIN/.." "$to" /usr
	diff -r "$BATS_TEST_TMPDIR/before" "$to"
}
