#!/usr/bin/env bats
# The completions in the tree are what the option tables give, and they work.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	root=$BATS_TEST_DIRNAME/../..
}

# What bash offers after the words given.
offers() {
	bash --norc -c '
		compopt() { :; }
		source "$1" && shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"_$1"
		printf "%s\n" "${COMPREPLY[@]}"' - "$root/completions/bash/$1" "$@"
}

@test "the files in the tree are up to date" {
	"$root/tests/completions" --check "$BIN/.."
}

@test "bash completes options, choices and values behind '='" {
	[ "$(offers irdedupe --wi)" = --window= ]
	[ "$(offers irdedupe --log-format = j)" = json ]
	[ "$(offers irdedupe --log-format t)" = text ]
	cd "$root"
	[ "$(offers irdedupe --state tes)" = tests ]
	[ "$(offers irdedupe LIC)" = LICENSE ]
	[ -z "$(offers irdedupe --window =)" ]
}

@test "bash, zsh and fish can read them" {
	for f in "$root"/completions/bash/*; do
		bash -n "$f"
	done
	if command -v zsh >/dev/null; then
		for f in "$root"/completions/zsh/*; do
			zsh -n "$f"
		done
	fi
	command -v fish >/dev/null || skip "fish is not installed"
	for f in "$root"/completions/fish/*; do
		fish -n "$f"
	done
	run fish --no-config -c "source '$root/completions/fish/irdedupe.fish'; complete -C 'irdedupe --wi'"
	[[ $output == --window* ]]
}
