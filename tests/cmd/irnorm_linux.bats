#!/usr/bin/env bats
# What irnorm makes of the logs of Linux hosts, line after line.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

field() {
	jq -r ".\"$1\" // empty"
}

@test "later records of an audit event know what the first one said" {
	cat >in <<-'END'
		type=SYSCALL msg=audit(1700000000.5:9): arch=c000003e syscall=42 success=yes ppid=4 pid=5 auid=1000 uid=33 comm="nc" exe="/bin/nc"
		type=SYSCALL msg=audit(1700000000.5:10): arch=c000003e syscall=59 success=yes ppid=4 pid=6 auid=1000 uid=0 comm="sh" exe="/bin/dash"
		type=SOCKADDR msg=audit(1700000000.5:9): saddr=0200005DC00002070000000000000000
		type=EXECVE msg=audit(1700000000.5:10): argc=2 a0="sh" a1="-i"
		type=PATH msg=audit(1700000000.5:10): item=0 name="/bin/sh" nametype=NORMAL
		type=PATH msg=audit(1700000001.5:10): item=0 name="/bin/sh" nametype=NORMAL
	END
	"$BIN/irnorm" $now in >out
	[ "$(field process.pid <out | xargs)" = "5 6 5 6 6" ]
	[ "$(field process.executable <out | xargs)" = "/bin/nc /bin/dash /bin/nc /bin/dash /bin/dash" ]
	[ "$(sed -n 3p out | field destination.ip)" = 192.0.2.7 ]
	[ "$(sed -n 3p out | field destination.port)" = 93 ]
	[ "$(sed -n 5p out | field process.command_line)" = "sh -i" ]
	[ "$(sed -n 5p out | field user.id)" = 0 ]
}

@test "a record of one input says nothing of another's" {
	echo 'type=SYSCALL msg=audit(1700000000.5:9): arch=c000003e syscall=42 pid=5 comm="nc"' >a
	echo 'type=CWD msg=audit(1700000000.5:9): cwd="/"' >b
	"$BIN/irnorm" $now a b >out
	[ "$(field process.pid <out | wc -l)" -eq 1 ]
}
