#!/usr/bin/env bats
# Hostile or careless rules and events cost a bounded amount, or are refused.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	D=$(mktemp -d)
	R=$D/r.yml
}

teardown() {
	rm -rf "$D"
}

head_of() {
	printf 'title: t\nid: t\nlogsource: {product: p}\n%s\ndetection:\n' "$1"
}

# refused: a message, status 2, within seconds
refused() {
	run timeout 10 "$BIN/irdetect" -r "$R" /dev/null
	echo "$output" | cut -c1-300
	[ "$status" -eq 2 ]
	[ -n "$output" ]
}

@test "broken YAML, bytes that are no text" {
	printf 'title: [t\nid: "\n - x' >"$R"
	refused
	printf 'title: t\0\nid: \377\376\n' >"$R"
	refused
}

@test "aliases that multiply" {
	{
		echo 'a: &a [x,x,x,x,x,x,x,x,x]'
		p=a
		for c in b c d e f g h i; do
			echo "$c: &$c [*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p,*$p]"
			p=$c
		done
		head_of ''
		printf '  sel: {f: *i}\n  condition: sel\n'
	} >"$R"
	refused
}

@test "parentheses without end, values that become too many" {
	{
		head_of ''
		printf '  sel: {f: v}\n  condition: '
		head -c 1000 /dev/zero | tr '\0' '('
		printf 'sel'
		head -c 1000 /dev/zero | tr '\0' ')'
	} >"$R"
	refused
	{
		head_of ''
		printf '  sel: {f|expand: "%%x%%%%x%%%%x%%%%x%%"}\n  condition: sel\n'
	} >"$R"
	seq 1 50 | sed 's/^/  - /; 1i x:' >"$D/lists"
	run timeout 10 "$BIN/irdetect" -r "$R" --lists "$D/lists" /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"too many"* ]]
}

@test "a rule of ten megabytes, one of a hundred thousand values" {
	{
		head_of ''
		printf '  sel:\n    f|contains:\n'
		seq -f '      - value%06.0f' 0 99999
		printf '  condition: sel\n'
	} >"$R"
	run bash -c "echo '{\"f\":\"xvalue099999y\"}' | timeout 10 '$BIN/irdetect' -r '$R'"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	{
		printf 'title: t\nid: t\ndescription: '
		head -c 10000000 /dev/zero | tr '\0' x
		printf '\nlogsource: {product: p}\ndetection:\n  sel: {f: v}\n  condition: sel\n'
	} >"$R"
	run timeout 10 "$BIN/irdetect" -r "$R" /dev/null
	[ "$status" -le 2 ]
}

@test "an expression that would run for ever is given up and said" {
	{
		head_of ''
		printf "  sel: {f|re: '^(([a-z])+.)+[A-Z]([a-z])+\$'}\n  condition: sel\n"
	} >"$R"
	run bash -c "printf '{\"f\":\"%s\"}\n' \$(head -c 5000 /dev/zero | tr '\0' a) | timeout 10 '$BIN/irdetect' -r '$R'"
	[ "$status" -eq 0 ]
	[[ $output == *"took too long"* ]]
}

@test "a condition list is an or; a filter takes matches away" {
	{
		head_of 'name: t1'
		printf '  a: {f: x}\n  b: {g: y}\n  condition: [a, b]\n'
		printf -- '---\ntitle: f\nid: f\nlogsource: {product: p}\nfilter: {rules: [t1], c: {h: z}, condition: not c}\n'
	} >"$R"
	run bash -c "printf '%s\n' '{\"f\":\"x\"}' '{\"g\":\"y\"}' '{\"f\":\"x\",\"h\":\"z\"}' '{\"g\":\"q\"}' | '$BIN/irdetect' -r '$R'"
	[ "${#lines[@]}" -eq 2 ]
}
