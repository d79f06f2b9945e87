#!/usr/bin/env bats
# Steps for other hosts: ssh is a stand-in that runs what it is told in a namespace
# with the other host's name, files and state.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT SUDO_UID SUDO_USER
	[ "$(id -u)" -eq 0 ] && [ -e /usr/bin/ssh ] || skip "needs root, and a ssh to stand in for"
	unshare -n -m -u /usr/sbin/nft list ruleset >/dev/null 2>&1 || skip "no network namespace with nft here"
	printf 'hosts: {web1: 192.0.2.10, web2: 192.0.2.11}\n' >site.yaml
	printf '{}\n' >there.yaml
	mkdir -p root/etc
	printf '%s\n' 'root:x:0:0::/root:/bin/bash' 'bob:x:1001:1001::/home/bob:/bin/sh' \
		'ann:x:1002:1002::/home/ann:/bin/bash' >root/etc/passwd
	printf '%s\n' 'root:!:19000::::::' 'bob:$y$x:19000:0:99999:7:::' 'ann:$y$z:19000::::::' >root/etc/shadow
	printf '%s\n' 'root:x:0:' 'sudo:x:27:ann' >root/etc/group
	mkdir far
	for p in ircontain irremedy; do
		cat >far/$p <<-EOF
			#!/bin/sh
			[ ! -e there.approvers ] || set -- --approvers there.approvers "\$@"
			exec $BIN/$p --root root --state there --site there.yaml --stop-file none "\$@"
		EOF
	done
	chmod 755 far/*
	# as sshd does it: the last word is a line for the shell of the other host
	cat >ssh <<-EOF
		#!/bin/sh
		cd $PWD
		for w; do line=\$w; done
		printf '%s|' "\$@" >>said
		echo >>said
		host=\$(eval "echo \\\${\$((\$# - 1))}")
		[ ! -e down ] || { echo "ssh: connect to host \$host: refused" >&2; exit 255; }
		PATH=$PWD/far:/usr/bin:/bin exec unshare -u sh -c 'hostname "\$1"; exec sh -c "\$2"' - "\$host" "\$line"
	EOF
	chmod 755 ssh
}

act() { # PROGRAM OPTION ...
	[ ! -e here.approvers ] || set -- "$1" --approvers here.approvers "${@:2}"
	unshare -n -m sh -c 'mount --bind ssh /usr/bin/ssh && exec "$@"' - "$BIN/$1" --state here --site site.yaml \
		--stop-file none "${@:2}"
}

field() { jq -r "select(.\"ir.kind\" == \"action\") | .\"ir.action.$1\""; }

step() { # VERB ON MEMBER VALUE
	jq -nc --arg d "$1" --arg o "$2" --arg m "$3" --arg v "$4" '{do:$d,on:$o,approval:"none",target:{($m):$v}}'
}

@test "a step for another host is carried there, seen to hold, and undone there" {
	cp root/etc/shadow before
	step lock-account web1 user bob >step
	run -75 --separate-stderr act ircontain --apply step
	[ "$(field reason.code <<<"$output")" = other-host ] && [ ! -e said ]
	act ircontain --ssh step >out
	[ "$(field status <out)" = planned ]
	[[ $(field change <out) == 'on web1: '* ]]
	cmp before root/etc/shadow
	act ircontain --ssh --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	grep -qx 'bob:!$y$x:19000:0:99999:7::1:' root/etc/shadow
	grep -q "$(field key <out)" there/ledger
	[ "$(act ircontain --ssh --apply step | field status)" = already ]
	act ircontain --ssh --audit >/dev/null
	run -75 --separate-stderr act ircontain --apply --undo "$(field id <out)" --reason r
	act ircontain --ssh --apply --undo "$(field id <out)" --reason r >undone
	[ "$(field status <undone)" = undone ] && [ "$(field verify <undone)" = ok ]
	cmp before root/etc/shadow
	# nothing but fixed lines, whatever was in the step
	[ "$(sed 's/.*|--|//' said | sort -u)" = "$(printf 'web1|ircontain %s|\n' '--apply --undo - --reason executor' '--apply -' - | sort)" ]
	[ "$(grep -c -- '|-oBatchMode=yes|' said)" -eq "$(wc -l <said)" ]
}

@test "what the other host refuses is not done, and nobody else is reached" {
	step lock-account web1 user root >step
	run -1 --separate-stderr act ircontain --ssh --apply step
	[[ $output == *"web1 says refused: 'root' is the superuser"* ]]
	rm said
	for on in web3 203.0.113.9 '-oProxyCommand=x' 'web1;x' 'web1 x'; do
		step lock-account "$on" user bob >step
		run -75 --separate-stderr act ircontain --ssh --apply step
		[ "$(field reason.code <<<"$output")" = other-host ]
	done
	[ ! -e said ]
	: >down
	step lock-account web2 user bob >step
	run -3 --separate-stderr act ircontain --ssh --apply step
	[[ $output == *'connect to host web2'* ]]
}

@test "irremedy goes the same way, and leaves this host alone" {
	mkdir -p root/etc/cron.d
	echo '* * * * * root /tmp/x' >root/etc/cron.d/x
	jq -nc '{do:"remove-persistence",on:"web2",approval:"none",target:{kind:"cron",path:"/etc/cron.d/x"}}' >step
	act irremedy --ssh --apply step >out
	[ "$(field status <out)" = applied ] && [ ! -e root/etc/cron.d/x ]
	[ ! -e here/vault ] && [ -e there/vault ]
	act irremedy --ssh --apply --undo "$(field id <out)" --reason r >/dev/null
	[ -e root/etc/cron.d/x ]
}

@test "a crash in the middle of a remote step is settled when the host can be asked" {
	step lock-account web1 user bob >step
	act ircontain --ssh --apply step >out
	# the outcome was never written
	head -n 1 here/ledger >cut && cp cut here/ledger && rm -f here/ledger.*
	act ircontain --list >list
	[ "$(field status <list)" = waiting ]
	act ircontain --ssh --recover >recovered
	[ "$(field status <recovered)" = applied ]
}

# A plan with one grave step for web1 and one for web2, hashed as irplan does it.
plan() {
	jq -nc --arg u bob --arg e "${END:-2099}" '{"ir.kind":"plan","ir.plan.id":"0123456789abcdef0123456789abcdef","ir.incident.id":"i-1",
		"ir.incident.version":1,"ir.plan.expires":($e + "-01-01T00:00:00.000Z"),"ir.plan.steps":[
		{do:"lock-account",on:"web1",approval:"two",risk:"high",target:{user:$u}},
		{do:"lock-account",on:"web2",approval:"two",risk:"high",target:{user:$u}}]}' >unsealed
	jq -cjS '{"ir.plan.id","ir.incident.id","ir.incident.version","ir.plan.expires","ir.plan.steps"}' unsealed >canon
	jq -c --arg h "$(sha256sum <canon | cut -d' ' -f1)" '. + {"ir.plan.hash":$h}' unsealed
}

@test "who signed a plan is checked again by the host that it is carried to" {
	for who in eve dan; do
		"$BIN/irplan" --keygen $who.key --actor $who | sed 's/ low,medium$/ low,medium,high/' >>all
		rm -f yes.$who
	done
	(umask 022 && cp all here.approvers)
	plan >p
	for who in eve dan; do
		"$BIN/irplan" --approve p --key $who.key --actor $who --reason seen >>yes
	done
	[ "$(wc -l <yes)" -eq 2 ]
	cp root/etc/shadow before
	only() { jq -c 'select(."ir.action.on" == "web1")' "$1"; }
	# the other host knows nobody, or one of them only: it waits, whatever is said here
	run -75 --separate-stderr act ircontain --ssh --apply --approvals yes p
	grep -q 'web1 says waiting: .*0 of 2 persons' <<<"$output"
	(umask 022 && grep '^eve ' all >there.approvers)
	run -75 --separate-stderr act ircontain --ssh --apply --approvals yes p
	grep -q 'web1 says waiting: .*1 of 2 persons' <<<"$output"
	cmp before root/etc/shadow
	# what was agreed on the command line is the word of one person there
	run -75 --separate-stderr act ircontain --ssh --apply --yes --reason r p
	cmp before root/etc/shadow
	# it knows both: done, and only the step that was carried; the ledger there says who
	(umask 022 && cp all there.approvers)
	act ircontain --ssh --apply --approvals yes p >out
	[ "$(only out | field status)" = applied ] && [ "$(only out | field verify)" = ok ]
	grep -q 'eve: seen; dan: seen' there/ledger
	[ "$(grep -c -- "ircontain --apply --only=$(only out | field key) -" said)" -eq 1 ]
	# another plan is not covered by them; in the plan itself they travel as well
	plan | sed s,2099-,2097-, >q.bad
	act ircontain --ssh --apply --undo "$(only out | field id)" --reason r >/dev/null
	END=2097 plan >q
	run -75 --separate-stderr act ircontain --ssh --apply --approvals yes q
	jq -c --slurpfile y yes '. + {"ir.plan.approvals": ($y | map(."ir.plan.approvals"[0]))}' p >r
	act ircontain --ssh --apply r >out
	[ "$(only out | field status)" = applied ]
	act ircontain --ssh --apply --undo "$(only out | field id)" --reason r >/dev/null
	cmp before root/etc/shadow
	# a byte of it changed on the way is seen there
	sed 's/"ir.plan.expires":"2099/"ir.plan.expires":"2098/' r >s
	run -1 --separate-stderr act ircontain --ssh --apply s
	cmp before root/etc/shadow
}

@test "--only leaves the other steps alone" {
	step lock-account "" user bob >in
	step expire-password "" user bob >>in
	"$BIN/ircontain" --root root --state st --site there.yaml --stop-file none in >all
	key=$(field key <all | head -n 1)
	"$BIN/ircontain" --root root --state st --site there.yaml --stop-file none --only "$key" in >one
	[ "$(field key <one)" = "$key" ]
}
