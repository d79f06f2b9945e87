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
	cat >ssh <<-EOF
		#!/bin/sh
		cd $PWD
		for w; do line=\$w; done
		printf '%s|' "\$@" >>said
		echo >>said
		host=\$(eval "echo \\\${\$((\$# - 1))}")
		[ ! -e down ] || { echo "ssh: connect to host \$host: refused" >&2; exit 255; }
		set -- \$line
		p=\$1
		shift
		exec unshare -u sh -c 'hostname "\$1"; shift; exec "\$@"' - "\$host" $BIN/\$p --root root --state there \\
			--site there.yaml --stop-file none "\$@"
	EOF
	chmod 755 ssh
}

act() { # PROGRAM OPTION ...
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
