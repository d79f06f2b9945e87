#!/usr/bin/env bats
# What irscore promises.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# alert DAY HOUR MINUTE ID RULE HOST [MEMBERS]
alert() {
	printf '{"@timestamp":"2026-11-%02dT%02d:%02d:00Z","ir.kind":"alert","ir.alert.id":"%s","rule.id":"%s","host.name":"%s"%s}\n' \
		"$@"
}

# A site: one rule that is always noise, and on each day one that is not.
site() {
	for d in 1 2 3 4 5 6 7 8 9 10; do
		for h in 1 5 9 13 17 21; do
			alert $d $h 0 "n$d-$h" noise web01
			alert $d $h 30 "m$d-$h" noise web02
		done
		alert $d 23 1 "a$d" attack "db$d"
		alert $d 23 2 "b$d" attack2 "db$d"
	done
}

verdicts() {
	site | jq -c '{"ir.kind":"verdict","ir.alert.id":."ir.alert.id","ir.verdict.is":(if ."rule.id" == "noise" then "false_positive" else "true_positive" end)}'
}

@test "the parts add up to the value, and every byte before them stays" {
	alert 1 0 0 x r h ',"ir.severity":"high","event.outcome":"success","threat.technique.id":"T1110","n":1.50,"ir.asset.criticality":5,"ir.intel":[{"feed":"f","confidence":80}],"ir.benign":[{"class":"monitoring"}]' >in
	run "$BIN/irscore" --no-prior in
	[ "$status" -eq 0 ]
	[[ $output == "$(sed 's/}$//' in)"* ]]
	[ "$(jq '."ir.score.value" == ([."ir.score.parts"[].points] | add)' <<<"$output")" = true ]
	[ "$(jq -c '[."ir.score.parts"[].name]' <<<"$output")" = '["severity","success","stage","asset","intelligence","benign"]' ]
	[ "$(jq '."ir.score.value"' <<<"$output")" -eq 70 ]
}

# points NAME: of the last alert read; its parts add up, and the model's are the same in a second run
points() {
	"$BIN/irscore" --no-prior --reserve 1 "${@:2}" in | tail -n 1 >out
	"$BIN/irscore" --no-prior --reserve 1 "${@:2}" in | tail -n 1 | cmp -s - out || return 1
	[ "$(jq '."ir.score.value" == ([."ir.score.parts"[].points] | add // 0)' out)" = true ] || return 1
	jq -r --arg n "$1" '[."ir.score.parts"[] | select(.name == $n).points] | add // 0' out
}

@test "each named contribution counts by itself, as much as it is said to" {
	while IFS='|' read -r name want fields; do
		alert 1 0 0 x r h ",\"ir.severity\":\"critical\",$fields" >in
		[ "$(points "$name")" = "$want" ] || { echo "$name: $want of $fields"; cat out; return 1; }
	done <<-'END'
		severity|60|"x":1
		asset|10|"ir.asset.criticality":5
		asset|-10|"ir.asset.criticality":1
		asset|0|"ir.asset.criticality":3
		user|8|"ir.user.criticality":5
		user|-8|"ir.user.criticality":1
		intelligence|15|"ir.intel":[{"feed":"a","confidence":10},{"feed":"b","confidence":75}]
		intelligence|10|"ir.intel":[{"feed":"a"}]
		intelligence|5|"ir.intel":[{"feed":"a","confidence":10}]
		exploited-vulnerability|10|"ir.vuln.kev":true,"ir.vuln.epss":0.9
		exploited-vulnerability|0|"ir.vuln.kev":false
		exploitable-vulnerability|8|"ir.vuln.epss":0.5
		exploitable-vulnerability|4|"ir.vuln.epss":0.1
		exploitable-vulnerability|0|"ir.vuln.epss":0.09
		ssvc|8|"ir.vuln.ssvc":"Act"
		ssvc|4|"ir.vuln.ssvc":"attend"
		ssvc|0|"ir.vuln.ssvc":"track"
		stage|10|"threat.technique.id":["T1595","T1486"]
		success|20|"ir.success":"yes"
		success|20|"threat.technique.id":"T1110","event.outcome":"success"
		failure|-8|"threat.technique.id":"T1110","event.outcome":"failure"
		success|15|"threat.technique.id":"T1190","http.response.status_code":200
		failure|-8|"threat.technique.id":"T1190","http.response.status_code":404
		success|10|"threat.technique.id":"T1059"
		benign|-25|"ir.benign":[{"list":"l","class":"scanner"}]
		benign|0|"ir.benign":[]
	END
	for level in informational:0 low:10 medium:25 high:45; do
		alert 1 0 0 x r h ",\"ir.severity\":\"${level%:*}\"" >in
		[ "$(points severity)" = "${level#*:}" ]
	done
	# what surrounds it: many of a kind, what is new, what was learned
	for i in $(seq 10 49); do alert 1 0 "$i" "x$i" r h ',"ir.severity":"high"'; done >in
	[ "$(points burst)" -gt 0 ]
	(alert 1 0 0 x r h && alert 3 0 0 z t h) >in
	[ "$(points novelty)" -eq 10 ]
	site >in
	verdicts >said
	"$BIN/irscore" --train --no-prior --verdicts said in >model
	[ "$(points learned --model model)" -ne 0 ]
}

@test "no sum leaves 0 to 100" {
	(
		alert 1 0 0 x r h ',"ir.severity":"critical","ir.success":"yes","ir.asset.criticality":5,"ir.user.criticality":5,"ir.vuln.kev":true,"ir.intel":[{"confidence":99}]'
		alert 1 0 1 y s h ',"ir.benign":[{"class":"scanner"}]'
	) >in
	run "$BIN/irscore" in
	[ "$(jq -c '[."ir.score.value",."ir.score.parts"[-1].name]' <<<"${lines[0]}")" = '[100,"ceiling"]' ]
	[ "$(jq -c '[."ir.score.value",."ir.score.parts"[-1].name]' <<<"${lines[1]}")" = '[0,"floor"]' ]
}

@test "what is new after a day counts, and not before" {
	(alert 1 0 0 x r h && alert 1 1 0 y s h && alert 3 0 0 z t h && alert 3 1 0 w t i && alert 3 2 0 v t i) >in
	run "$BIN/irscore" --reserve 1 in
	[ "$(for l in "${lines[@]}"; do jq -c '[."ir.score.parts"[]|select(.name=="novelty").points]|add' <<<"$l"; done | tr '\n' ' ')" = 'null null 10 6 null ' ]
}

@test "other kinds and alerts without time pass untouched" {
	printf '{"ir.kind":"event","a":1}\n{"ir.kind":"alert","rule.id":"x"}\n' >in
	run --separate-stderr "$BIN/irscore" in
	[ "$output" = "$(cat in)" ]
	[[ $stderr == *'no time'* ]]
}

@test "it learns what is noise here, the same bytes each time" {
	site >in
	verdicts >v
	"$BIN/irscore" --train --verdicts v in >m1
	"$BIN/irscore" --train --verdicts v in >m2
	cmp m1 m2
	"$BIN/irscore" --model m1 in >out
	[ "$(jq -s '[.[]|select(."rule.id"=="noise")."ir.score.p"]|max' out)" != null ]
	[ "$(jq -s '([.[]|select(."rule.id"!="noise")."ir.score.p"]|min) > ([.[]|select(."rule.id"=="noise")."ir.score.p"]|max)' out)" = true ]
	run "$BIN/irscore" --evaluate --model m1 --verdicts v in
	[ "$(jq -c '[.bursts,.positive,.ap]' <<<"$output")" = '[140,20,1.0000]' ] || [ "$(jq -c '[.bursts,.positive,.ap]' <<<"$output")" = '[140,20,1]' ]
	[ "$(jq '[.rules[]|.tp+.fp+.fn+.tn]|add' <<<"$output")" -eq 140 ]
}

@test "rows kept are as good as the alerts they came from" {
	site >in
	verdicts >v
	"$BIN/irscore" --rows --weight 1 --verdicts v in >rows
	[ "$(wc -l <rows)" -eq 140 ]
	"$BIN/irscore" --train --replay rows </dev/null >m1
	"$BIN/irscore" --train --no-prior --weight 1 --verdicts v in >m2
	cmp m1 m2
	gzip rows
	"$BIN/irscore" --train --replay rows.gz </dev/null | cmp - m1
}

@test "a model that does worse does not replace the old one" {
	site >in
	verdicts >v
	"$BIN/irscore" --train --verdicts v in >old
	# somebody says the opposite of the days before, and takes it back at the end
	jq -c 'if (."ir.alert.id"|test("^[abnm]([1-8]$|[1-8]-)")) then ."ir.verdict.is" = (if ."ir.verdict.is" == "true_positive" then "false_positive" else "true_positive" end) else . end' v >bad
	run --separate-stderr "$BIN/irscore" --train --model old --verdicts bad in
	[ "$status" -eq 1 ]
	[[ $stderr == *'does worse'* ]]
	[ "$output" = "$(cat old)" ]
}

@test "verdicts of one kind make no model" {
	site >in
	verdicts | grep false_positive >v
	run --separate-stderr "$BIN/irscore" --train --no-prior --verdicts v in
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == *'both are needed'* ]]
}

@test "a model of another version or shape is refused" {
	site >in
	verdicts >v
	"$BIN/irscore" --train --verdicts v in >m
	sed '1s/"features":1/"features":99/' m >other
	run "$BIN/irscore" --model other in
	[ "$status" -eq 2 ]
	[[ $output == *'another version'* ]]
	(head -n 1 m && tail -n 1 m && tail -n 1 m) >twice
	run "$BIN/irscore" --model twice in
	[ "$status" -eq 2 ]
	[[ $output == *'twice:3:'* ]]
	run "$BIN/irscore" --model in in
	[ "$status" -eq 2 ]
}

@test "two runs with state are one run" {
	site >in
	head -n 50 in >one
	tail -n +51 in >two
	mkdir s
	{ "$BIN/irscore" -s s one && "$BIN/irscore" -s s two; } >split
	"$BIN/irscore" in | cmp - split
}

@test "a fold is the burst it continues" {
	(
		alert 1 0 0 a1 r h
		printf '{"@timestamp":"2026-11-01T00:09:00Z","ir.kind":"alert","ir.alert.id":"a2","rule.id":"r","host.name":"h","ir.fold.of":"a1","ir.fold.n":255,"event.start":"2026-11-01T00:00:00Z","event.end":"2026-11-01T00:09:00Z"}\n'
	) >in
	run "$BIN/irscore" in
	[ "$(jq -c '[."ir.score.parts"[]|select(.name=="burst").points]' <<<"${lines[1]}")" = '[5]' ]
}

@test "card and diff say what a model is" {
	site >in
	verdicts >v
	"$BIN/irscore" --train --note 'made by me' --verdicts v in >m
	run "$BIN/irscore" --card --model m
	[ "$status" -eq 0 ]
	[[ $output == *'made by me'*'speak most for'*'speak most against'* ]]
	"$BIN/irscore" --train --cost 0.01 --verdicts v in >n
	run "$BIN/irscore" --diff n --model m
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -gt 3 ]
	run "$BIN/irscore" --card --no-prior
	[ "$status" -eq 2 ]
}

@test "wrong orders are refused" {
	run "$BIN/irscore" --train --rows --verdicts /dev/null /dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irscore" --train /dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irscore" --evaluate --no-prior --verdicts /dev/null /dev/null
	[ "$status" -eq 2 ]
	run "$BIN/irscore" --train --verdicts /nowhere /dev/null
	[ "$status" -eq 2 ]
	echo '{"ir.kind":"verdict","ir.alert.id":"x","ir.verdict.is":"perhaps"}' >v
	run "$BIN/irscore" --train --verdicts v /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *'v:1: '* ]]
}

@test "the shipped model is used when there is no other, and says what it is" {
	alert 1 0 0 x r h >in
	run "$BIN/irscore" --card
	[ "$status" -eq 0 ]
	[[ $output == *'shipped prior'*'Licence'* ]]
	[[ $output == *'dates     2026-'*'tested    on '*'AP 0.'* ]]
	id=$(awk '/^model/ { print $2 }' <<<"$output")
	[ "$("$BIN/irscore" in | jq -r '."ir.score.model"')" = "$id" ]
	[ "$("$BIN/irscore" --no-prior in | jq -c '[."ir.score.model",."ir.score.p"]')" = '[null,null]' ]
}

@test "the shipped model is what its rows make, to the byte" {
	share=${IR_DATA:-$BATS_TEST_DIRNAME/../../share}
	note=$(head -n 1 "$share/models/prior.model" | jq -r .note)
	"$BIN/irscore" --train --replay "$share/models/prior.rows.gz" --note "$note" </dev/null >m
	cmp m "$share/models/prior.model"
}

@test "a refit replays the shipped rows beside the verdicts" {
	site >in
	verdicts >v
	"$BIN/irscore" --train --verdicts v in >with
	"$BIN/irscore" --train --no-prior --verdicts v in >without
	[ "$(head -n 1 with | jq .rows)" -gt $(($(head -n 1 without | jq .rows) + 10000)) ]
	[ "$(head -n 1 without | jq -c '[.rows,.positive,.first_day,.last_day]')" = '[420,60,20758,20767]' ]
}

@test "probabilities are those of rows kept back" {
	# one verdict of five is wrong: nobody can be sure here
	site >in
	verdicts | awk 'NR % 5 == 0 { if (sub("true_", "false_") == 0) sub("false_", "true_") } 1' >v
	"$BIN/irscore" --train --no-prior --verdicts v in >m
	[ "$(head -n 1 m | jq '.tested > 0 and .scale != 1 and .ece < 0.1')" = true ]
	"$BIN/irscore" --model m in | jq -s '[.[]."ir.score.p"]|max < 0.97' | grep -q true
	# with fewer than 20 true positives nothing is made of them
	head -n 60 in >few
	"$BIN/irscore" --train --no-prior --verdicts v few >m
	[ "$(head -n 1 m | jq -c '[.tested,.scale,.shift]')" = '[0,1,0]' ]
}

@test "an analyst who errs now and then makes it no worse than before" {
	# that a new family is learned takes more rounds: tests/bench/triage.sh shows it
	run "$BATS_TEST_DIRNAME/../bench/analyst.py" "$BIN" 3
	[ "$status" -eq 0 ]
	awk '$1 == "analyst-worse-than-prior" { seen = $2 <= 0.02 } END { exit !seen }' <<<"$output"
}

@test "boosted trees are held against the linear model, the same bytes each time" {
	site >in
	verdicts >v
	run --separate-stderr "$BIN/irscore" --challenge --no-prior --verdicts v in
	[[ $stderr != *"needs libxgboost"* ]] || skip "no libxgboost"
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.linear.ap, .trees.ap]' <<<"$output")" = '[1,1]' ]
	[ "$(jq '.shap | length > 0 and all(.[]; .mean > 0)' <<<"$output")" = true ]
	[ "$output" = "$("$BIN/irscore" --challenge --no-prior --verdicts v in)" ]
	run "$BIN/irscore" --challenge --train --verdicts v in
	[ "$status" -eq 2 ]
	# verdicts of one kind
	grep true_positive v >one
	run --separate-stderr "$BIN/irscore" --challenge --no-prior --verdicts one in
	[ "$status" -eq 1 ]
	[[ $stderr == *"no challenge: "* ]]
}
