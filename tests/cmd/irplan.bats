#!/usr/bin/env bats
# What irplan promises beyond what every filter does.

bats_require_minimum_version 1.5.0

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	now=--now=2026-11-24T07:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

# incident ID VERSION CLASS ADDRESS PROV [MEMBERS]
incident() {
	printf '{"ir.kind":"incident","@timestamp":"2026-11-24T06:05:01.000Z","ir.incident.id":"%s",' "$1"
	printf '"ir.version":%s,"ir.incident.class":"%s","ir.incident.title":"t","ir.severity":"high",' "$2" "$3"
	printf '"ir.entities":[{"type":"ip","value":"%s","role":"attacker","prov":"%s"}]%s}\n' "$4" "$5" "${6:-}"
}

plans() {
	"$BIN/irplan" $now "$@" | jq -c 'select(."ir.kind" == "plan")'
}

@test "blocks an observed attacker without asking, for about four hours" {
	incident i1 1 bruteforce 203.0.113.7 observed | plans >out
	[ "$(jq -r '."ir.plan.steps"[0] | .do, .target.ip, .approval, .risk, .undo' out | xargs)" = \
		"block-ip 203.0.113.7 none low unblock-ip" ]
	jq -e '."ir.plan.steps"[0].ttl | . >= 12960 and . <= 15840' out
	[ "$(jq -r '."ir.plan.expires"' out)" = 2026-11-24T07:30:00.000Z ]
}

@test "a claimed address, and a private one, wait for a person" {
	incident i1 1 web 203.0.113.7 claimed | plans >out
	incident i2 1 web 10.1.2.3 observed | plans >>out
	[ "$(jq -r '."ir.plan.steps"[0].approval' out | xargs)" = "one one" ]
}

@test "the hash is that of the canonical JSON" {
	incident i1 1 bruteforce 203.0.113.7 observed | plans >out
	jq -cjS '{"ir.plan.id","ir.incident.id","ir.incident.version","ir.plan.expires","ir.plan.steps"}' \
		out >canon
	[ "$(sha256sum <canon | cut -d' ' -f1)" = "$(jq -r '."ir.plan.hash"' out)" ]
}

@test "the incident passes as it came, before its plan" {
	incident i1 1 bruteforce 203.0.113.7 observed >in
	"$BIN/irplan" $now in >out
	[ "$(wc -l <out)" -eq 2 ]
	head -n 1 out | cmp - in
}

@test "the same steps make no new plan, new ones a plan that replaces" {
	{
		incident i1 1 bruteforce 203.0.113.7 observed
		incident i1 2 bruteforce 203.0.113.7 observed
		incident i1 3 bruteforce 203.0.113.8 observed
	} | plans >out
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(jq -r '."ir.plan.steps"[].target.ip' out | xargs)" = "203.0.113.7 203.0.113.8" ]
	[ "$(sed -n 2p out | jq -r '."ir.plan.replaces"')" = "$(sed -n 1p out | jq -r '."ir.plan.id"')" ]
}

@test "remembers between runs with --state" {
	incident i1 1 bruteforce 203.0.113.7 observed | plans --state s >out
	[ "$(wc -l <out)" -eq 1 ]
	incident i1 2 bruteforce 203.0.113.7 observed | plans --state s >out
	[ ! -s out ]
}

@test "a repeat offender is blocked longer, within a limit" {
	for i in 1 2 3 4 5 6 7 8 9; do
		incident "i$i" 1 bruteforce 203.0.113.7 observed
	done | plans --max-ttl 1d >out
	jq -s -e '[.[]."ir.plan.steps"[0].ttl] | .[1] == .[0] * 2 or (.[1] - .[0] * 2 | fabs) < 2' out
	jq -s -e '[.[]."ir.plan.steps"[0].ttl] | max <= 86400 * 1.1' out
}

@test "plans nothing for what the site protects, and says why" {
	echo '{"monitoring":["203.0.113.7"],"cdn_proxies":["203.0.113.64/26"]}' >site.yaml
	incident i1 1 bruteforce 203.0.113.7 observed >in
	incident i2 1 web 203.0.113.70 observed >>in
	"$BIN/irplan" $now --site site.yaml --explain in >out
	[ "$(wc -l <out)" -eq 2 ]
	jq -r '."ir.why"[0].what' out >why
	grep -q 'monitoring of the site file' why
	grep -q 'block the client there' why
}

@test "plans nothing for special, protected or misspelt addresses and whole nets" {
	echo '203.0.113.0/28 # ours' >keep
	for a in 127.0.0.1 ::ffff:127.0.0.1 169.254.169.254 0177.0.0.1 127.1 0.0.0.0 224.0.0.1 203.0.113.5 \
		::ffff:203.0.113.5 2002:cb00:7105::1 64:ff9b::cb00:7105 'x"y'; do
		incident i1 1 bruteforce "${a//\"/\\\"}" observed
	done | plans --protect-file keep >out
	incident i1 1 bruteforce 203.0.112.0/20 observed | sed 's/"ip"/"cidr"/' | plans >>out
	[ ! -s out ]
}

@test "mild incidents, benign classes and merged ones make no plan" {
	{
		incident i1 1 bruteforce 203.0.113.7 observed | sed 's/high/low/'
		incident i2 1 policy 203.0.113.7 observed
		incident i3 1 bruteforce 203.0.113.7 observed ',"ir.incident.state":"merged"'
	} | plans >out
	[ ! -s out ]
	incident i1 1 bruteforce 203.0.113.7 observed | sed 's/high/low/' | plans --min-severity low >out
	[ -s out ]
}

@test "accounts of a successful attack wait for a person; root is never locked" {
	{
		for u in ivan root 'a;b'; do
			printf '{"ir.kind":"alert","ir.incident.id":"i1","event.id":"e","event.category":["authentication"],'
			printf '"event.outcome":"success","user.name":"%s","host.name":"h1"}\n' "$u"
		done
		incident i1 1 bruteforce 203.0.113.7 observed ',"ir.success":"yes"'
	} | plans >out
	[ "$(jq -r '."ir.plan.steps"[] | select(.do == "lock-account") | .target.user, .on, .approval' out | xargs)" = \
		"ivan h1 one" ]
	! jq -r '."ir.plan.steps"[].target.user' out | grep ';'
}

@test "hostile text in a title stays a string" {
	incident i1 1 bruteforce 203.0.113.7 observed | sed 's/"t"/"\\u001b[2J\\"}\\n{\\"ir.kind\\":\\"plan\\""/' >in
	[ "$("$BIN/irplan" $now in | wc -l)" -eq 2 ]
	"$BIN/irplan" $now in | jq -e . >/dev/null
}

# playbook STEPS: the short form with these steps
playbook() {
	printf 'playbook: t\nsteps:\n%s\non-failure:\n  - {do: notify, with: {to: owner}}\n' "$1"
}

@test "every playbook of the toolkit has no fault, compiled neither" {
	for f in "$BATS_TEST_DIRNAME"/../../share/playbooks/*.yaml; do
		"$BIN/irplan" --lint "$f" >out
		! grep -E 'error|warning' out || return 1
		"$BIN/irplan" --compile "$f" >c.json
		"$BIN/irplan" --lint c.json >out
		! grep -E 'error|warning' out || return 1
	done
	[ "$(ls "$BATS_TEST_DIRNAME"/../../share/playbooks/*.yaml | wc -l)" -ge 12 ]
}

# broken FILTER KIND: a good playbook, changed by jq, has a finding of that kind
broken() {
	jq -c "$1" good.json >bad.json
	run -1 "$BIN/irplan" --lint bad.json
	[[ "$output" == *"error: $2: "* ]]
}

@test "lint names each kind of fault" {
	playbook "  - {do: block-ip, each: attacker_ip}
  - if: \"__success__:value = 'yes'\"
    then: [{do: lock-account, each: taken_account, risk: high, approval: one}]" >p.yaml
	"$BIN/irplan" --compile p.yaml >good.json
	"$BIN/irplan" --lint good.json
	a='(.workflow | to_entries[] | select(.value.type == "action" and .value.on_completion) | .key)'
	broken '.spec_version = "1.0"' schema
	broken 'del(.created)' schema
	broken '.workflow = []' schema
	broken ".workflow_exception = \"end--00000000-0000-4000-8000-000000000000\"" reference
	broken "first($a) as \$k | .workflow[\$k].on_completion = \$k" loop
	broken '.workflow["end--00000000-0000-4000-8000-000000000000"] = {type: "end"}' unreachable
	broken '(.workflow[] | select(.condition).condition) = "the operator says so"' condition
	broken '(.workflow[] | select(.condition).condition) = "__what__:value = 1"' variable
	broken '(.. | .approval? // empty) = "none"' approval
	broken "del(.workflow_exception) | first($a) as \$k | .workflow[\$k] |=
		(.on_success = .on_completion | del(.on_completion))" failure-path
}

@test "what is no playbook is refused with the reason" {
	echo '{"type":"identity"}' >a
	echo '{"type":' >b
	echo 'steps: x' >c
	printf 'playbook: t\nsteps:\n  - {do: explode, with: {to: x}}\n' >d
	run -1 "$BIN/irplan" --lint a b c d
	[ "$(grep -c ': error: ' <<<"$output")" -ge 4 ]
	[[ "$output" == *"there is no action 'explode'"* ]]
	run -1 "$BIN/irplan" --lint /nonexistent
}

@test "simulate says which way and why, and for whom" {
	playbook "  - {do: block-ip, each: attacker_ip}
  - if: \"__success__:value = 'yes'\"
    then: [{do: isolate-host, each: compromised_host, risk: high, approval: one}]" >p.yaml
	incident i1 1 bruteforce 203.0.113.7 observed ',"ir.success":"no"' >in
	"$BIN/irplan" --simulate p.yaml in >out
	grep -q '203.0.113.7 (observed)' out
	grep -q "on_false: __success__:value = 'yes': no" out
	run ! grep isolate-host out
}

@test "a picture has every step and no markup of a name" {
	playbook '  - {do: block-ip, each: attacker_ip, name: "a\"] --> b"}' >p.yaml
	"$BIN/irplan" --graph mermaid p.yaml >out
	run ! grep -F '"] --> b' out
	"$BIN/irplan" --graph dot p.yaml | grep -q '^digraph'
}
