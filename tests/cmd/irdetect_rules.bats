#!/usr/bin/env bats
# The shipped rules on raw lines, through the real pipe.

bats_require_minimum_version 1.5.0

setup() {
	TOP=$BATS_TEST_DIRNAME/../..
}

@test "shipped rules do on raw lines what their cases say" {
	run python3 "$TOP/tests/rules/raw.py" "$BIN" "$TOP"/tests/rules/raw/*.txt
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "what joins the records of an audit event costs no alert of a command" {
	printf '%s\n' 'type=SYSCALL msg=audit(1795505933.446:7): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=7 pid=8 auid=1000 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4 comm="sh" exe="/usr/bin/dash" key="exec"' \
		'type=EXECVE msg=audit(1795505933.446:7): argc=3 a0="nc" a1="-e" a2="/bin/sh"' >"$BATS_TEST_TMPDIR/log"
	run bash -c "'$BIN/irnorm' --join '$BATS_TEST_TMPDIR/log' | '$BIN/irdetect'"
	[[ $output == *'"rule.name":"Shell Connected to the Network"'* ]]
}

@test "an attack that only its host tells of is an incident that weighs" {
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "Nov 24 08:00:0$i fs01 internal-sftp[2211]: rename old \"/srv/share/$i.docx\" new \"/srv/share/$i.docx.locked\""
	done >"$BATS_TEST_TMPDIR/log"
	run bash -c "'$BIN/irnorm' '$BATS_TEST_TMPDIR/log' | '$BIN/irdetect' --pass | '$BIN/ircorr' | jq -r 'select(.\"ir.kind\" == \"incident\") | .\"ir.severity\" + .\"ir.success\"' | tail -1"
	[ "$output" = highyes ]
}
