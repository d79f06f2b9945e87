#!/usr/bin/env bats
# Correlations as the specification has them.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	D=$(mktemp -d)
	cat >"$D/base.yml" <<-'EOF'
	title: A
	name: a
	id: 00000000-0000-4000-8000-00000000000a
	logsource: {product: p}
	detection: {sel: {k: a}, condition: sel}
	---
	title: B
	name: b
	id: 00000000-0000-4000-8000-00000000000b
	logsource: {product: p}
	detection: {sel: {k: b}, condition: sel}
	---
	title: C
	name: c
	id: 00000000-0000-4000-8000-00000000000c
	logsource: {product: p}
	detection: {sel: {k: c}, condition: sel}
	EOF
}

teardown() {
	rm -rf "$D"
}

# corr TYPE REST: a correlation named x
corr() {
	printf 'title: X\nname: x\nid: 00000000-0000-4000-8000-000000000001\ncorrelation: {type: %s, %s}\nlevel: high\n' \
		"$1" "$2" >"$D/x.yml"
}

# events "SECOND KEY VALUE [GROUP]" ...: records for rule KEY with n=VALUE, g=GROUP
events() {
	for e in "$@"; do
		# shellcheck disable=SC2086
		set -- $e
		printf '{"@timestamp":"2026-11-24T%02d:%02d:%02dZ","event.id":"e%s","k":"%s","n":%s,"g":"%s"}\n' \
			$(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60)) "$1" "$2" "$3" "${4:-g}"
	done
}

# fires SECONDS... -- EVENTS...: when X fires, by the id of its last member
fires() {
	want=
	while [ "$1" != -- ]; do
		want="$want${want:+ }$1"
		shift
	done
	shift
	got=$(events "$@" | "$BIN/irdetect" -r "$D" |
		jq -r 'select(."rule.name"=="X") | ."ir.alert.events"[-1][1:]' | tr '\n' ' ')
	got=${got% }
	[ "$got" = "$want" ] || {
		echo "fires at '$got', not '$want'"
		return 1
	}
}

# refused WORD: X is refused with a reason, the others load
refused() {
	run -1 "$BIN/irdetect" -r "$D" /dev/null
	[[ $output == *"$1"* ]] || {
		echo "$output"
		return 1
	}
}

bats_require_minimum_version 1.5.0

@test "value_sum adds up a field within the span, for each group" {
	corr value_sum "rules: [a], group-by: [g], timespan: 1m, condition: {field: n, gt: 100}"
	fires 3 -- "1 a 60" "2 a 40" "3 a 1"
	fires -- "1 a 60" "2 a 41 other" "100 a 60"
	fires 3 -- "1 a -10" "2 a 60.5" '3 a "51"'
	fires -- "1 a 60" '2 a "many"' "3 b 60"
}

@test "value_avg compares the mean" {
	corr value_avg "rules: [a], group-by: [g], timespan: 1m, condition: {field: n, gte: 2.5}"
	fires 2 -- "1 a 1" "2 a 4"
	fires -- "1 a 1" "2 a 3"
}

@test "value_median lies between the middle two" {
	corr value_median "rules: [a], group-by: [g], timespan: 1m, condition: {field: n, eq: 2.5}"
	fires 2 -- "1 a 1" "2 a 4" "3 a 9"
}

@test "value_percentile is a share of values, or a percentile" {
	corr value_percentile "rules: [a], group-by: [g], timespan: 1h, condition: {field: n, lt: 25}"
	fires 6 -- "1 a 1" "2 a 1" "3 a 1" "4 a 1" "5 a 1" "6 a 2"
	corr value_percentile "rules: [a], group-by: [g], timespan: 1h, condition: {field: n, percentile: 90, gte: 9}"
	fires 3 -- "1 a 1" "2 a 2" "3 a 11"
	corr value_percentile "rules: [a], group-by: [g], timespan: 1h, condition: {field: n, percentile: 900, gte: 9}"
	refused percentile
}

@test "a range is an and of its ends" {
	corr event_count "rules: [a], group-by: [g], timespan: 1m, condition: {gt: 1, lte: 3}"
	fires 2 -- "1 a 1" "2 a 1" "3 a 1" "4 a 1" "5 a 1"
	corr value_sum "rules: [a], group-by: [g], timespan: 1m, condition: {field: n, gt: 10, lt: 20}"
	fires 2 -- "1 a 5" "2 a 10" "3 a 100"
}

@test "event_count slides: no boundary resets it" {
	corr event_count "rules: [a], group-by: [g], timespan: 10s, condition: {gte: 3}"
	fires 61 -- "1 a 1" "55 a 1" "59 a 1" "61 a 1"
	fires -- "1 a 1" "8 a 1" "15 a 1" "22 a 1"
}

@test "value_count over several fields counts tuples" {
	corr value_count "rules: [a], timespan: 1m, condition: {field: [n, g], gte: 3}"
	fires 4 -- "1 a 1 x" "2 a 1 x" "3 a 1 y" "4 a 2 y"
}

@test "temporal takes any order, temporal_ordered only the given one" {
	corr temporal "rules: [a, b], group-by: [g], timespan: 1m"
	fires 2 -- "1 b 1" "2 a 1"
	corr temporal_ordered "rules: [a, b], group-by: [g], timespan: 1m"
	fires -- "1 b 1" "2 a 1"
	fires 3 -- "1 b 1" "2 a 1" "3 b 1"
	fires -- "1 a 1" "2 b 1 other" "62 b 1"
}

@test "conditions over names: and, or, not, with or without a list of rules" {
	corr temporal "rules: [a, b, c], group-by: [g], timespan: 1m, condition: a and (b or c)"
	fires 2 -- "1 c 1" "2 a 1"
	fires -- "1 c 1" "2 b 1"
	corr temporal "group-by: [g], timespan: 1m, condition: a and not b"
	fires 1 -- "1 a 1"
	fires -- "1 b 1" "2 a 1"
	corr temporal "rules: [a], group-by: [g], timespan: 1m, condition: a and z"
	refused "no selection of that name"
	corr temporal_ordered "rules: [a, b], group-by: [g], timespan: 1m, condition: a and b"
	refused temporal
}

@test "an alias names different fields of different rules" {
	corr temporal "rules: [a, b], aliases: {who: {a: g, b: n}}, group-by: [who], timespan: 1m"
	fires 2 -- "1 a 5 7" "2 b 7 other"
	fires -- "1 a 5 7" "2 b 8 other"
}

@test "a correlation of correlations, and what generate lets speak" {
	corr temporal_ordered "rules: [many, b], group-by: [g], timespan: 10m"
	cat >"$D/many.yml" <<-'EOF'
	title: Many
	name: many
	id: 00000000-0000-4000-8000-000000000002
	correlation: {type: event_count, rules: [a], group-by: [g, n], timespan: 1m, condition: {gte: 2}}
	EOF
	fires 9 -- "1 a 1" "2 a 1" "9 b 1"
	fires -- "1 a 1" "9 b 1"
	[ "$(events "1 a 1" "2 a 1" "9 b 1" | "$BIN/irdetect" -r "$D" | wc -l)" -eq 1 ]
	sed -i 's/correlation: {/correlation: {generate: true, /' "$D/x.yml"
	[ "$(events "1 a 1" "2 a 1" "9 b 1" | "$BIN/irdetect" -r "$D" | jq -r '."rule.name"' | sort | tr '\n' ' ')" = "B Many X " ]
}

@test "what a correlation lacks is said" {
	corr value_sum "rules: [a], timespan: 1m, condition: {gt: 1}"
	refused "exactly one field"
	corr event_count "rules: [a], timespan: 1m, condition: {over: 1}"
	refused "unknown comparison 'over'"
	corr event_count "rules: [a], timespan: soon, condition: {gte: 1}"
	refused "timespan"
	corr event_count "rules: [nobody], timespan: 1m, condition: {gte: 1}"
	refused "no usable rule 'nobody'"
	corr guess "rules: [a], timespan: 1m, condition: {gte: 1}"
	refused "type 'guess'"
	corr temporal "rules: [x], timespan: 1m"
	refused "circle"
}

@test "random correlations over random streams do what brute force does" {
	run python3 "$BATS_TEST_DIRNAME/../rules/oracle.py" "$BIN" 1 100
	echo "$output"
	[ "$status" -eq 0 ]
}
