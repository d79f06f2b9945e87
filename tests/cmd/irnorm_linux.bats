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

# A record of wtmp: type, pid, line, user, host, seconds, address (four bytes, octal).
record() {
	{
		printf "\\0$1\\000\\000\\000\\$2\\000\\000\\000"
		text 32 "$3"
		text 4 x
		text 32 "$4"
		text 256 "$5"
		printf '\000\000\000\000\001\000\000\000'
		printf "$6\\000\\000\\000\\000$7"
		head -c 32 /dev/zero
	}
}

text() {
	printf %s "$2"
	head -c $(($1 - ${#2})) /dev/zero
}

@test "each record of wtmp and btmp is an event" {
	t='\045\220\005\153' # 1795526693
	{
		record 07 052 pts/0 bob client.example.com "$t" '\300\000\002\007'
		record 10 052 pts/0 '' '' "$t" '\000\000\000\000'
		head -c 384 /dev/zero
		record 06 053 ssh:notty eve 192.0.2.9 "$t" '\300\000\002\011'
	} >wtmp
	[ "$(wc -c <wtmp)" -eq 1536 ]
	"$BIN/irnorm" $now wtmp >out
	[ "$(field event.action <out | xargs)" = "session_opened session_closed login_failed" ]
	[ "$(sed -n 1p out | field source.ip)" = 192.0.2.7 ]
	[ "$(sed -n 1p out | field user.name)" = bob ]
	[ "$(sed -n 1p out | field process.pid)" = 42 ]
	[ "$(sed -n 1p out | field @timestamp)" = 2026-11-24T13:24:53.000Z ]
	[ "$(sed -n 3p out | field event.outcome)" = failure ]
	cat wtmp | "$BIN/irnorm" $now >piped
	cmp out piped
	cp wtmp btmp
	[ "$("$BIN/irnorm" $now btmp | field event.outcome | sort | uniq -c | xargs)" = "3 failure" ]
	head -c 1400 wtmp | "$BIN/irnorm" $now >cut
	[ "$(wc -l <cut)" -eq 3 ]
}

@test "entries of the journal's export format are events, binary fields and all" {
	{
		printf '__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795505845726000\n_HOSTNAME=web\n'
		printf 'SYSLOG_IDENTIFIER=sshd\n_PID=42\nMESSAGE=Invalid user a from 192.0.2.7 port 1\n\n'
		printf '__CURSOR=s=1;i=3\n__REALTIME_TIMESTAMP=1795505846000000\n_HOSTNAME=web\n'
		printf 'SYSLOG_IDENTIFIER=app\nMESSAGE\n\011\000\000\000\000\000\000\000one\n\ntwo\002\n_PID=7\n\n'
		printf '__CURSOR=s=1;i=4\n__REALTIME_TIMESTAMP=1795505847000000\nMESSAGE=last\n'
	} >in
	"$BIN/irnorm" $now in >out
	[ "$(wc -l <out)" -eq 3 ]
	[ "$(sed -n 1p out | field source.ip)" = 192.0.2.7 ]
	[ "$(sed -n 1p out | field @timestamp)" = 2026-11-24T07:37:25.726Z ]
	[ "$(sed -n 2p out | jq -c .message)" = '"one\n\ntwo\u0002"' ]
	[ "$(sed -n 2p out | field process.pid)" = 7 ]
	[ "$(sed -n 3p out | field message)" = last ]
	# a length that lies does not make it wait or read too far
	printf '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795505845726000\nMESSAGE\n\377\377\377\377\377\377\377\177x\n\n' >lies
	[ "$("$BIN/irnorm" $now lies | wc -l)" -eq 1 ]
}

@test "a command has the time above it, and only a history has commands" {
	printf '#1700000000\nid\n#1700000060\nrm -rf /tmp/x\n' >.bash_history
	"$BIN/irnorm" $now .bash_history >out
	[ "$(field process.command_line <out | xargs)" = "id rm -rf /tmp/x" ]
	[ "$(sed -n 2p out | field @timestamp)" = 2023-11-14T22:13:20.000Z ]
	[ "$(sed -n 4p out | field @timestamp)" = 2023-11-14T22:14:20.000Z ]
	# a stamp that somebody wrote into a log hides nothing behind it
	printf 'Nov 24 07:37:25 h sshd[1]: Invalid user a from 192.0.2.7 port 1\n' >l
	printf '#1700000000\n' | cat l - l | "$BIN/irnorm" $now >out
	[ "$(field source.ip <out | wc -l)" -eq 2 ]
}

@test "--join makes one event of the records of an audit event, and loses none" {
	cat >in <<-'END'
		type=SYSCALL msg=audit(1700000000.5:9): arch=c000003e syscall=42 success=yes ppid=4 pid=5 uid=33 comm="nc" exe="/bin/nc"
		type=SYSCALL msg=audit(1700000000.5:10): arch=c000003e syscall=59 success=yes ppid=4 pid=6 uid=0 comm="sh" exe="/bin/dash"
		type=SOCKADDR msg=audit(1700000000.5:9): saddr=0200005DC00002070000000000000000
		type=EXECVE msg=audit(1700000000.5:10): argc=2 a0="sh" a1="-i"
		type=PATH msg=audit(1700000000.5:10): item=0 name="/bin/" nametype=PARENT
		type=PATH msg=audit(1700000000.5:10): item=1 name="/bin/sh" nametype=NORMAL
		type=USER_CMD msg=audit(1700000001.5:11): pid=9 uid=1 msg='cwd="/" cmd="id" res=success'
		type=PROCTITLE msg=audit(1700000000.5:10): proctitle="sh"
		type=SYSCALL msg=audit(1700000009.5:12): arch=c000003e syscall=2 success=no pid=7 comm="x"
	END
	"$BIN/irnorm" $now --join --stats in >out 2>stats
	[ "$(wc -l <out)" -eq 4 ]
	[ "$(field event.action <out | xargs)" = "ran-command executed connected-to syscall" ]
	[ "$(sed -n 2p out | field process.command_line)" = "sh -i" ]
	[ "$(sed -n 2p out | field file.path)" = /bin/sh ]
	[ "$(sed -n 2p out | jq '."event.original" | split("\n") | length')" -eq 5 ]
	[ "$(sed -n 3p out | field destination.ip)" = 192.0.2.7 ]
	[ "$(jq '."ir.stats.used"' stats)" -eq 8 ]
	[ "$(jq '."ir.stats.made"' stats)" -eq 3 ]
}
