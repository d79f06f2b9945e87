#!/usr/bin/env bats
# irplan --lint: what others write in CACAO 2.0, and what is wrong with it.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	u=00000000-0000-4000-8000-00000000000
	cat >good.json <<-EOF
		{"type":"playbook","spec_version":"cacao-2.0","id":"playbook--${u}1","name":"t",
		 "created_by":"identity--${u}1","created":"2026-01-01T00:00:00Z","modified":"2026-01-02T00:00:00Z",
		 "playbook_types":["mitigation"],"workflow_start":"start--${u}1",
		 "playbook_variables":{"__v__":{"type":"string","value":"a"},"__c__":{"type":"string","value":"a","constant":true}},
		 "agent_definitions":{"linux--${u}1":{"type":"linux","name":"h","address":{"ipv4":["192.0.2.1"]}}},
		 "workflow":{
		  "start--${u}1":{"type":"start","on_completion":"parallel--${u}1"},
		  "parallel--${u}1":{"type":"parallel","next_steps":["action--${u}1","action--${u}2"],"on_success":"if-condition--${u}1",
		    "on_failure":"end--${u}1"},
		  "action--${u}1":{"type":"action","on_success":"end--${u}1","on_failure":"end--${u}1","agent":"linux--${u}1",
		    "commands":[{"type":"manual","command":"look at __v__:value"}]},
		  "action--${u}2":{"type":"action","on_success":"end--${u}1","on_failure":"end--${u}1","agent":"linux--${u}1","timeout":1000,
		    "commands":[{"type":"sigma","command":"x"}],"out_args":["__v__"]},
		  "if-condition--${u}1":{"type":"if-condition","condition":"__v__:value = 'a'","on_true":"while-condition--${u}1",
		    "on_false":"end--${u}1"},
		  "while-condition--${u}1":{"type":"while-condition","condition":"__v__:value = 'a'","on_true":"action--${u}3",
		    "on_completion":"switch-condition--${u}1"},
		  "action--${u}3":{"type":"action","on_success":"end--${u}1","on_failure":"end--${u}1","agent":"linux--${u}1",
		    "commands":[{"type":"manual","command":"again"}]},
		  "switch-condition--${u}1":{"type":"switch-condition","switch":"__v__:value",
		    "cases":{"a":"playbook-action--${u}1","default":"end--${u}1"}},
		  "playbook-action--${u}1":{"type":"playbook-action","playbook_id":"playbook--${u}2","on_success":"end--${u}1",
		    "on_failure":"end--${u}1"},
		  "end--${u}1":{"type":"end"}}}
	EOF
}

# Rows of `filter | level: kind | words`: the playbook, changed so, has that finding, which names the step (%X: X's id).
rows() {
	local filter want text got id
	id='"\1--'${u}'1"'
	while IFS='|' read -r filter want text; do
		filter=$(sed -E "s/%(start|end|parallel|if-condition|while-condition|switch-condition|playbook-action|linux)/$id/g
			s/%a([1-9])/\"action--${u}\1\"/g" <<<"$filter")
		text=$(sed -E "s/%a([1-9])/action--${u}\1/g" <<<"$text" | sed 's/^ *//;s/ *$//')
		want=$(sed 's/^ *//;s/ *$//' <<<"$want")
		jq -c "$filter" good.json >bad.json || return 1
		got=$("$BIN/irplan" --lint bad.json || :)
		grep -F -- "$want: " <<<"$got" | grep -qF -- "$text" || {
			echo "$filter: wanted '$want: ... $text', got: $got"
			return 1
		}
	done
}

@test "all kinds of steps, and no finding" {
	run -0 "$BIN/irplan" --lint good.json
	[ "$output" = "good.json: ok" ]
}

@test "steps that lead nowhere, back, or twice to the same" {
	rows <<-'E'
		.workflow[%a1].on_success = "action--00000000-0000-4000-8000-0000000000ff" | error: reference | step '%a1': on_success leads to
		.workflow[%a1].on_success = %parallel | error: loop | step '%a1' leads back to 'parallel--
		.workflow[%a1].on_success = %a1 | error: loop | '%a1' for ever; repeat steps in the body of a while-condition
		.workflow[%a1].on_success = %start | error: loop | step '%a1' leads back to 'start--
		.workflow[%while-condition].on_true = %while-condition | error: loop | it is its own body
		del(.workflow[%while-condition].on_completion) | error: loop | no way leads out; say 'on_completion'
		.workflow[%while-condition].condition = "__c__:value = 'a'" | error: loop | asks constants only
		.workflow[%playbook-action].playbook_id = .id | error: loop | it calls the playbook that it stands in
		.workflow[%a1].on_completion = %end | error: schema | step '%a1' has 'on_completion' and one of success and failure
		del(.workflow[%a1].on_success, .workflow[%a1].on_failure) | error: schema | step '%a1' has no next step
		del(.workflow[%a1].on_failure) | error: failure-path | step '%a1' has 'on_success', but
		.workflow[%end].on_completion = %a1 | error: schema | end step 'end--
		.workflow[%a4] = .workflow[%a1] | error: unreachable | no way leads to step '%a4'; name it
		.workflow["start--00000000-0000-4000-8000-000000000009"] = {type:"start",on_completion:%end} | error: unreachable | no way leads to step 'start--
		.workflow_start = %a1 | error: schema | 'workflow_start' names a step of type 'action', not 'start'
		del(.workflow_start) | error: schema | 'workflow_start' is missing
		.workflow_exception = %a9 | error: reference | 'workflow_exception' names 'action--
		.workflow[%parallel].next_steps = [%a1,%a1] | error: schema | runs '%a1' twice at once
		.workflow[%parallel].next_steps = [%a1,%a9] | error: reference | next_steps leads to '%a9', which is not there
		.workflow[%parallel].next_steps = [%a1] | warning: schema | one branch only
		.workflow[%parallel].next_steps = %a1 | error: schema | has no list of 'next_steps'
		del(.workflow[%if-condition].on_true) | error: schema | has no 'on_true'
		del(.workflow[%if-condition].on_false) | warning: condition | say 'on_false' or 'on_completion'
		.workflow[%if-condition].on_false = .workflow[%if-condition].on_true | warning: condition | both ways lead to the same step
		.workflow[%if-condition].condition = "if the operator agrees" | error: condition | is prose, no STIX pattern
		.workflow[%if-condition].condition = "" | error: schema | 'condition' is not a text
		.workflow[%if-condition].condition = "__x__:value = 'a'" | error: variable | variable '__x__' is not defined; declare it
		del(.workflow[%switch-condition].cases.default) | warning: condition | add 'default'
		.workflow[%switch-condition].cases = {} | error: schema | has no object of 'cases'
		.workflow[%switch-condition].cases = [%a1] | error: schema | has no object of 'cases'
		.workflow[%switch-condition].cases.a = %a9 | error: reference | case leads to '%a9'
		.workflow[%switch-condition].switch = "severity" | error: variable | 'switch' names no variable
		del(.workflow[%playbook-action].playbook_id) | error: schema | step 'playbook-action--
		.workflow = {} | error: schema | 'workflow' is not an object of 1 to 1000 steps
		.workflow[%a1] = null | error: schema | step '%a1' is not an object
	E
}

@test "variables: undefined, hidden, constant, of another type" {
	rows <<-'E'
		.workflow[%a1].commands[0].command = "__nope__:value" | error: variable | step '%a1': variable '__nope__' is not defined
		.workflow[%a1].in_args = ["__nope__"] | error: variable | step '%a1': variable '__nope__' is not defined
		.workflow[%a1].out_args = ["__nope__"] | warning: variable | step '%a1' sets '__nope__', which is declared nowhere
		.workflow[%a1].out_args = ["__c__"] | error: variable | step '%a1' sets '__c__', which is a constant
		.workflow[%a1].step_variables = {"__v__":{type:"string"}} | warning: variable | '__v__' hides the playbook's variable
		.playbook_variables.x = {type:"string"} | error: variable | 'x' is no name of a variable
		.playbook_variables.__x__ = {value:"a"} | error: variable | variable '__x__' has no type
		.playbook_variables.__x__ = {type:"string",constant:true} | error: variable | constant '__x__' has no value
		.playbook_variables.__x__ = {type:"string",external:"yes"} | error: variable | 'external' is not true or false
		.playbook_variables.__x__ = {type:"varchar",value:"a"} | warning: variable | of type 'varchar', which CACAO does not have
		.playbook_variables.__x__ = {type:"integer",value:"1.5"} | error: variable | of type 'integer', and '1.5' is none
		.playbook_variables.__x__ = {type:"float",value:"1."} | error: variable | of type 'float'
		.playbook_variables.__x__ = {type:"bool",value:"maybe"} | error: variable | of type 'bool'
		.playbook_variables.__x__ = {type:"ipv4-addr",value:"192.0.2.999"} | error: variable | of type 'ipv4-addr'
		.playbook_variables.__x__ = {type:"ipv6-addr",value:"192.0.2.9"} | error: variable | of type 'ipv6-addr'
		.playbook_variables.__x__ = {type:"mac-addr",value:"02:00:00:00:00"} | error: variable | of type 'mac-addr'
		.playbook_variables.__x__ = {type:"sha256-hash",value:"abcd"} | error: variable | of type 'sha256-hash'
		.playbook_variables.__x__ = {type:"md5-hash",value:"xyz"} | error: variable | of type 'md5-hash'
		.playbook_variables.__x__ = {type:"uuid",value:"1234"} | error: variable | of type 'uuid'
		.playbook_variables.__x__ = {type:"uri",value:"not one"} | error: variable | of type 'uri'
		.playbook_variables.__x__ = {type:"hexstring",value:"abc"} | error: variable | of type 'hexstring'
		.playbook_variables.__x__ = {type:"string",value:5} | error: variable | of type 'string', and '5' is none
		.playbook_variables.__x__ = {type:"dictionary",value:[1]} | error: variable | of type 'dictionary'
	E
	jq -c '.playbook_variables += {"__a__":{type:"integer",value:"-5"},"__b__":{type:"float",value:"1.5e-3"},
		"__d__":{type:"dictionary",value:{a:1}},"__e__":{type:"ipv4-addr",value:"__v__:value"},"__f__":{type:"uuid",value:""},
		"__g__":{type:"mac-addr",value:"02:00:00:00:00:01"},"__h__":{type:"uri",value:"urn:x:1"},"__i__":{type:"integer",value:5}}' \
		good.json >more.json
	run -0 "$BIN/irplan" --lint more.json
	[ "$output" = "more.json: ok" ]
}

@test "agents, targets and commands" {
	rows <<-'E'
		.workflow[%a1].agent = "linux--00000000-0000-4000-8000-000000000077" | error: reference | step '%a1' names 'linux--
		.workflow[%a1].targets = ["ssh--00000000-0000-4000-8000-000000000077"] | error: reference | step '%a1' names 'ssh--
		del(.workflow[%a1].agent) | warning: schema | step '%a1' has no agent
		.agent_definitions[%linux].type = "ssh" | error: schema | is of type 'ssh'; its id says otherwise
		.agent_definitions["linux--1"] = .agent_definitions[%linux] | error: schema | 'linux--1' is not the id of an agent
		.agent_definitions[%linux].address.ipv4 = ["192.0.2.256"] | error: schema | '192.0.2.256' is no ipv4 address
		del(.agent_definitions[%linux].address) | warning: schema | has no address
		.target_definitions = [] | error: schema | 'target_definitions' is not an object of ids
		.workflow[%a1].commands = [] | error: schema | step '%a1' has no list of commands
		.workflow[%a1].commands[0] = {type:"bash"} | error: schema | step '%a1': command 1 says nothing
		.workflow[%a1].commands[0].type = "cobol" | warning: schema | step '%a1': a command of type 'cobol'
		.workflow[%a1].commands[0].command = 5 | error: schema | step '%a1': a command that is not a text
		.workflow[%a1].commands[0] = {type:"bash",command_b64:"!!"} | error: schema | step '%a1': what should be base64 is not
		.workflow[%a1].commands[0].command_b64 = "eA==" | error: schema | step '%a1': a command stands plain and in base64
		.workflow[%a1].commands[0] = {type:"http-api",command:"delete it all"} | warning: schema | step '%a1': the command does not begin with a method
		.workflow[%a1].commands[0] = {type:"bash",command:"rm -rf /"} | warning: approval | step '%a1' runs a bash command
		.workflow[%a1].commands[0] = {type:"powershell",command:"x"} | warning: approval | step '%a1' runs a powershell command
		.workflow[%a1].timeout = "5m" | error: schema | step '%a1': 'timeout' is not a whole number
		.workflow[%a1].delay = -1 | error: schema | step '%a1': 'delay' is not a whole number
		.workflow[%a1].owner = "bob" | error: schema | step '%a1': 'owner' is not
	E
}

@test "the head, markings, extensions, signatures, version 1" {
	rows <<-'E'
		.spec_version = "1.0" | error: schema | version 1 is not read
		.workflow[%a1].type = "single" | error: schema | step '%a1' is of unknown type 'single', which is of version 1
		.workflow[%a1].target_ids = [] | warning: schema | step '%a1': 'target_ids' means nothing in version 2; it is now 'targets'
		.workflow[%a1].on_sucess = %end | warning: schema | step '%a1': 'on_sucess' means nothing in version 2; did you mean 'on_success'?
		.wrkflow_exception = %end | warning: schema | did you mean 'workflow_exception'?
		.id = "playbook-1" | error: schema | 'id' is not 'playbook--UUID'
		.created = "yesterday" | error: schema | 'created' is not a time
		.modified = "2020-01-01T00:00:00Z" | error: schema | 'modified' is before 'created'
		.revoked = true | warning: schema | the playbook is revoked
		.revoked = "true" | error: schema | 'revoked' is not true or false
		.priority = 101 | error: schema | 'priority' is not a whole number from 0 to 100
		.playbook_types = ["conquest"] | warning: schema | 'conquest' is none of CACAO's words
		.playbook_types = "attack" | error: schema | 'playbook_types' is not a list
		.related_to = ["that one"] | error: schema | 'that one' is no id
		.markings = ["marking-tlp--00000000-0000-4000-8000-000000000001"] | warning: reference | is not in data_marking_definitions
		.data_marking_definitions = {"marking-tlp--00000000-0000-4000-8000-000000000001":{type:"marking-tlp",tlpv2_level:"TLP:PURPLE"}} | error: schema | 'TLP:PURPLE' is no level of TLP 2.0
		.playbook_extensions = {"extension-definition--00000000-0000-4000-8000-000000000001":{}} | warning: reference | is not in extension_definitions
		.workflow[%a1].step_extensions = {"extension-definition--00000000-0000-4000-8000-000000000001":{}} | warning: reference | step '%a1': extension
		.extension_definitions = {"extension-definition--00000000-0000-4000-8000-000000000001":{type:"extension-definition"}} | error: schema | has no 'schema'
		.signatures = "x" | error: schema | 'signatures' is not a list
		.signatures = [{type:"jss",id:"x"}] | error: schema | signature 'x' has no 'value'
		.playbook_processing_summary = {while_logic:false} | warning: schema | the summary says 'while_logic' is false
	E
}

@test "names that stand twice, playbooks in a circle, and what is too large" {
	sed 's/"name":"t",/"name":"t","name":"u",/' good.json >twice.json
	run -1 "$BIN/irplan" --lint twice.json
	[[ $output == *"error: schema: 'name' stands twice in one object"* ]]
	sed 's/"end--'$u'1":{"type":"end"}/&,&/' good.json >twice.json
	run -1 "$BIN/irplan" --lint twice.json
	[[ $output == *"error: schema: two steps have the id 'end--${u}1'"* ]]
	jq ".id = \"playbook--${u}2\" | .workflow[\"playbook-action--${u}1\"].playbook_id = \"playbook--${u}3\"" good.json >two.json
	jq ".id = \"playbook--${u}3\" | .workflow[\"playbook-action--${u}1\"].playbook_id = \"playbook--${u}1\"" good.json >three.json
	run -0 "$BIN/irplan" --lint good.json two.json
	run -1 "$BIN/irplan" --lint good.json two.json three.json
	[ "$(grep -c 'error: loop: .*which leads back to it' <<<"$output")" -eq 3 ]
	# bounded, whatever comes
	{ printf '{"type":"playbook","description":"'; head -c 10000000 /dev/zero | tr '\0' x; printf '"}'; } >big.json
	{ printf '{"a":%.0s' {1..10000}; printf 1; printf '}%.0s' {1..10000}; } >deep.json
	{ printf 'playbook: t\nsteps: '; printf '[%.0s' {1..10000}; printf ']%.0s' {1..10000}; } >deep.yaml
	jq -c ".workflow += ([range(1000; 2200) | {key: \"action--00000000-0000-4000-8000-00000000\(.)\", value: {type:\"end\"}}] | from_entries)" good.json >many.json
	printf '\xff\xfe{\0' >utf16.json
	printf '[]' >list.json
	: >empty.json
	for f in big deep many utf16 list empty; do
		run -1 timeout 10 "$BIN/irplan" --lint $f.json
		[[ $output == *"error: "* ]]
	done
	run -1 timeout 10 "$BIN/irplan" --lint deep.yaml
}
