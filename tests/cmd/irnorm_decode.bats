#!/usr/bin/env bats
# Steps that take a text apart.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir f
}

# A format whose steps are the argument, for lines that begin with "x ".
format() {
	cat >f/x.yaml <<-E
		format: x
		title: x
		version: 1
		over: none
		need: ['x ']
		map: {src: 'source.ip:ip', n: 'source.port:int'}
		rules:
		  - {id: x, match: 'x {_rest:rest}', set: {user.name: nobody}, decode: $1}
		samples:
		  - {line: 'x y', want: {event.dataset: x}}
	E
}

made() {
	printf '%s\n' "$1" | "$BIN/irnorm" -F f --now=2026-11-24T12:00:00Z | jq -c "$2"
}

@test "columns and then pairs of what is left" {
	format '[{csv: {of: _rest, sep: "|", escape: "\\", into: [a, _, _c], rest: _tail}}, {kv: {of: _tail, spaced: true}}]'
	got=$(made 'x one\|1|two|three|src=192.0.2.1 msg=a b c n=7' \
		'[."x.a", ."x.msg", ."source.ip", ."source.port", has("_c"), has("_tail")]')
	[ "$got" = '["one|1","a b c","192.0.2.1",7,false,false]' ]
}

@test "the first of equal keys holds" {
	format '[{kv: {of: _rest}}]'
	[ "$(made 'x src=192.0.2.1 src=192.0.2.2' '."source.ip"')" = '"192.0.2.1"' ]
}

@test "a value of a step wins over a constant" {
	format '[{pattern: {of: _rest, match: ["by {user.name:word}", "{_:rest}"]}}]'
	[ "$(made 'x by ann' '."user.name"')" = '"ann"' ]
	[ "$(made 'x nothing' '."user.name"')" = '"nobody"' ]
}

@test "labels name what they label" {
	format '[{kv: {of: _rest, label: Label, under: p}}]'
	[ "$(made 'x cs1=block cs1Label=Policy' '[."p.Policy", ."p.cs1Label"]')" = '["block",null]' ]
	[ "$(made 'x cs1=1 cs1Label=a","user.name":"eve' '[."p.cs1", ."user.name"]')" = '["1","nobody"]' ]
}

@test "an object inside a text" {
	format '[{json: {of: _rest, under: null}}]'
	[ "$(made 'x {"src":"192.0.2.1","n":5}' '[."source.ip", ."source.port"]')" = '["192.0.2.1",5]' ]
}

@test "no field is written twice" {
	format '[{kv: {of: _rest}}, {kv: {of: _rest}}]'
	[ "$(made 'x a=1 b=2' '[."x.a", ."x.b"]')" = '["1","2"]' ]
	[ "$(printf 'x a=1\n' | "$BIN/irnorm" -F f | grep -o '"x.a"' | wc -l)" -eq 1 ]
	got=$(printf 'Nov 24 07:37:25 h sshd[1]: refused connect from x (192: .0.2.1)\n' | "$BIN/irnorm" | grep -o '"ir.kind"' | wc -l)
	[ "$got" -eq 1 ]
}

@test "a step for some values only" {
	format '[{csv: {of: _rest, into: [_t], rest: _tail}}, {csv: {of: _tail, into: [a, b]}, when: {_t: ["A*"]}}, {csv: {of: _tail, into: [c, d]}, when: {_t: B}}]'
	[ "$(made 'x AA,1,2' '[."x.a", ."x.b", ."x.c"]')" = '["1","2",null]' ]
	[ "$(made 'x B,1,2' '[."x.a", ."x.c", ."x.d"]')" = '[null,"1","2"]' ]
}

@test "what says nothing is taken back" {
	format '[{kv: {of: _rest}}, {drop: {is: {x.u: ["N/A", "none*"]}, equal: {x.nat: source.ip}}}]'
	want='["x.v"]'
	[ "$(made 'x u=N/A src=192.0.2.1 nat=192.0.2.1 v=1' '[keys[]|select(startswith("x."))]')" = "$want" ]
	[ "$(made 'x u=nones src=192.0.2.1 v=1' '[keys[]|select(startswith("x."))]')" = "$want" ]
	[ "$(made 'x u=ann nat=192.0.2.2' '[."x.u", ."x.nat"]')" = '["ann","192.0.2.2"]' ]
}

@test "a wrong step is told with its place" {
	format '[{kw: {of: _rest}}]'
	run "$BIN/irnorm" -F f --check
	[ "$status" -eq 2 ]
	[[ $output == *"x.yaml:8:"*"no decode step 'kw'; did you mean 'kv'?"* ]]
	format '[{csv: {of: _rest}}]'
	run "$BIN/irnorm" -F f --check
	[[ $output == *"x.yaml:8:"*"'into' is missing"* ]]
	format '[{kv: {of: _rest, sepp: "x"}}]'
	run "$BIN/irnorm" -F f --check
	[[ $output == *"unknown key 'sepp'; did you mean 'sep'?"* ]]
}
