#!/usr/bin/env bats
# The properties of containment that a careful engineer asks for, by number.  They
# act only in network namespaces made here, on scratch state.

bats_require_minimum_version 1.5.0

load apart

@test "isolate: cut off but for management, both ways; undone, all is as before" {
	far
	apart <<-'E'
		beyond 10.9.0.1/24 10.9.0.50/24 10.9.0.66/24
		reach 10.9.0.66
		nft -s list ruleset >before
		echo '{"admin_workstations":["10.9.0.50"]}' >site.yaml
		host=$(hostname)
		printf '{"do":"isolate-host","target":{"host":"%s"},"approval":"none"}\n' "$host" >in
		wants 0 act --site site.yaml in >plan
		same "$(field status <plan)" planned
		field diff <plan | grep -q '^+.*keep4.*10.9.0.50'
		nft -s list ruleset | cmp - before
		wants 0 act --apply --site site.yaml in >out
		same "$(field status <out)" applied
		same "$(field verify <out)" ok
		reach 10.9.0.50
		run_not() { if "$@"; then echo "it works: $*"; exit 1; fi; }
		run_not reach 10.9.0.66
		run_not out 10.9.0.66
		out 10.9.0.50
		out 10.9.0.1
		wants 0 act --apply --site site.yaml in >again
		same "$(field status <again)" already
		wants 0 act --apply --undo "$(field id <out)" >undone
		same "$(field status <undone)" undone
		reach 10.9.0.66
		nft -s list ruleset | cmp - before
	E
}

@test "property 19: what cuts a machine off ends by itself, unless somebody confirms" {
	apart <<-'E'
		printf '{"do":"isolate-host","target":{"host":"%s"},"approval":"none","ttl":3600}\n' "$(hostname)" >in
		export SSH_CONNECTION="198.51.100.9 40022 10.9.0.2 22"
		wants 0 act --apply --confirm-within 1s in >out
		same "$(field ttl <out)" 1
		same "$(nft -j list set inet ir_isolate on | jq '[.nftables[].set.elem // [] | .[]] | length')" 2
		sleep 1.2
		# nobody did: the kernel has let it go
		same "$(nft -j list set inet ir_isolate on | jq '[.nftables[].set.elem // [] | .[]] | length')" 0
		wants 0 act --recover >out
		same "$(field status <out)" expired
		wants 0 act --audit
		wants 0 act --apply --confirm-within 30s in >out
		wants 0 act --apply --confirm "$(field id <out)" >confirmed
		same "$(field reason.code <confirmed)" confirmed
		nft -j list set inet ir_isolate on | jq -e '[.nftables[].set.elem // [] | .[].elem.timeout][0] | . > 3500'
		wants 1 act --apply --confirm nothing 2>/dev/null
	E
}

@test "what the kernel ended leaves nothing behind: tables go with the next run" {
	apart <<-'E'
		nft add table inet other
		before=$(ruleset)
		export SSH_CONNECTION="198.51.100.9 40022 10.9.0.2 22"
		{
			printf '{"do":"isolate-host","target":{"host":"%s"},"approval":"none","ttl":3}\n' "$(hostname)"
			echo '{"do":"rate-limit","target":{"ip":"203.0.113.8","rate":"5/second"},"prov":"observed","approval":"none","ttl":3}'
			step 203.0.113.7 ',"ttl":3'
		} >in
		wants 0 act --apply in >out
		same "$(nft list tables | grep -c 'inet ir')" 3
		# what is in force is left alone
		wants 0 act --apply --expire
		same "$(nft list tables | grep -c 'inet ir')" 3
		sleep 3.2
		wants 0 act --list
		same "$(nft list tables | grep -c 'inet ir')" 3
		touch st/stop
		wants 0 act --apply --expire
		same "$(nft list tables | grep -c 'inet ir')" 3
		rm st/stop
		wants 0 act --apply --expire
		same "$(ruleset)" "$before"
		wants 0 act --audit
	E
}

@test "isolate: without a known person it waits, and another host is not touched" {
	apart <<-'E'
		printf '{"do":"isolate-host","target":{"host":"%s"},"approval":"none"}\n' "$(hostname)" | wants 75 act --apply >out
		same "$(field reason.code <out)" approval
		echo '{"do":"isolate-host","target":{"host":"elsewhere"},"approval":"none"}' | wants 75 act --apply >out
		same "$(field reason.code <out)" other-host
		same "$(nft list ruleset)" ""
	E
}

@test "rate-limit: the rest of the packets is dropped, others' are not; undone, all is as before" {
	far
	apart <<-'E'
		beyond 10.9.0.66/24 10.9.0.67/24
		reach 10.9.0.66
		nft -s list ruleset >before
		echo '{"do":"rate-limit","target":{"ip":"10.9.0.66","rate":"5/hour"},"prov":"observed","approval":"none"}' >in
		wants 0 act --yes --reason t --apply in >out
		same "$(field status <out)" applied
		same "$(field verify <out)" ok
		there ping -c 20 -i 0.01 -W1 -I 10.9.0.66 10.9.0.2 >pings || :
		grep -q '100% packet loss' pings && exit 1
		grep -q ' 0% packet loss' pings && exit 1
		there ping -c 20 -i 0.01 -W1 -I 10.9.0.67 10.9.0.2 | grep -q ' 0% packet loss'
		wants 0 act --yes --reason t --apply in >again
		same "$(field status <again)" already
		wants 0 act --apply --undo "$(field id <out)" >undone
		same "$(field status <undone)" undone
		nft -s list ruleset | cmp - before
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: addresses" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 block
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: limits and isolation" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 packet
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: accounts, keys, files and services" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 image
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: persistence" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 remedy
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: domains" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 names
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: processes" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 process
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: sessions, and services that run" {
	command -v strace >/dev/null || skip "no strace"
	[ "$(id -u)" -eq 0 ] || skip "needs another user than the one we are"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 session
	E
}

@test "property 15: killed at a system call, every intent is settled, nothing is done twice: calls over HTTP" {
	command -v strace >/dev/null || skip "no strace"
	[ "$(id -u)" -eq 0 ] || skip "needs root: only root's files are obeyed"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-4}" 7 call
	E
}

@test "a limit is gone though nft ended badly after it: the kernel has the last word" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		export ASAN_OPTIONS=detect_leaks=0 # it does not work while traced
		echo '{"do":"rate-limit","target":{"ip":"203.0.113.8","rate":"5/second"},"prov":"observed","approval":"none"}' >in
		act --apply in >out
		same "$(field status <out)" applied
		strace -f -o /dev/null -e trace=exit_group -e inject=exit_group:signal=KILL:when=1 \
			"$BIN/ircontain" --state st --apply --undo "$(field id <out)" --reason t >/dev/null 2>&1 || :
		same "$(nft list ruleset | grep -c 203.0.113.8 || :)" 0
		act --apply --recover >/dev/null
		wants 0 act --audit >drift
		same "$(tail -n 1 st/ledger | jq -r .op)" undone
	E
}

@test "property 3: what is protected by name is refused, also by hand" {
	apart <<-'E'
		for w in user:ann host:db1 domain:shop.example unit:ssh /srv/shop; do
			wants 0 act --apply --protect $w --reason ours >/dev/null
		done
		wants 2 act --block user:ann 2>/dev/null
		printf '{"do":"isolate-host","target":{"host":"DB1"},"approval":"none"}\n' | act >out || :
		same "$(field reason.code <out)" protected
		wants 1 act --apply --block host:db1 --reason t >out
		same "$(field reason.code <out)" protected
		wants 1 act --apply --protect "$(printf '/a\n203.0.113.0/24')" --reason t 2>/dev/null
		wants 1 act --apply --protect pid:77 --reason t 2>/dev/null
		same "$(wc -l <st/protect)" 5
		wants 1 act --apply --block what:ever --reason t 2>/dev/null
	E
}

@test "property 9: times differ by the key, within 10 %, and are the same again" {
	apart <<-'E'
		for i in 1 2 3 4 5 6 7 8; do
			printf '{"do":"block-ip","target":{"ip":"203.0.113.%s"},"prov":"observed","approval":"none"}\n' $i
		done >in
		act in | field ttl >a
		act in | field ttl | cmp - a
		[ "$(sort -u a | wc -l)" -gt 4 ]
		while read -r t; do [ "$t" -ge 12960 ] && [ "$t" -le 15840 ]; done <a
	E
}

@test "property 11: a repeated offender's time grows, bounded, from the ledger" {
	apart <<-'E'
		step 203.0.113.7 >in
		first=$(act in | field ttl)
		for day in 01 02 03; do
			act --apply --now 2026-11-${day}T00:00:00Z in >out
			act --apply --now 2026-11-${day}T01:00:00Z --undo "$(field id <out)" >/dev/null
		done
		act --now 2026-11-04T00:00:00Z in >out
		got=$(field ttl <out)
		[ "$got" -ge $((first * 8 - 8)) ] && [ "$got" -le $((first * 8 + 8)) ]
		# a month later it is forgotten
		same "$(act --now 2027-01-20T00:00:00Z in | field ttl)" "$first"
	E
}

@test "property 12: kinds have caps of their own, over them it waits, status 75" {
	apart <<-'E'
		for i in 1 2 3; do step 203.0.113.$i; done >in
		wants 75 act --apply --max-class block-ip=2 in >out
		same "$(field status <out | xargs)" "applied applied waiting"
		wants 2 act --max-class block=2 in 2>/dev/null
	E
}

@test "property 12: of a group of the site file only so many are touched in an hour" {
	apart <<-'E'
		mkdir -p root/etc
		for i in 1 2 3 4 5; do
			echo "user$i:x:100$i:100$i::/home/u:/bin/sh" >>root/etc/passwd
			echo "user$i:\$y\$j9T\$x\$y:19000:0:99999:7:::" >>root/etc/shadow
			printf '{"do":"expire-password","target":{"user":"user%s"},"approval":"none"}\n' $i >>in
		done
		echo 'root:x:0:' >root/etc/group
		echo 'groups: {directors: {members: [user1, User2, user3], most: 1}, others: [user4, user5]}' >site.yaml
		wants 75 act --root root --apply --site site.yaml in >out
		same "$(field status <out | xargs)" "applied waiting waiting applied applied"
		same "$(field reason.code <out | grep -c "^cap")" 2
		# the ledger remembers; the one that was touched is no further one
		sed -n 1p in | sed s/expire-password/revoke-keys/ | act --root root --apply --site site.yaml >again || :
		same "$(field reason.code <again | grep -c cap || :)" 0
		sed -n 2p in | wants 75 act --root root --apply --site site.yaml >again
		same "$(field reason.code <again)" cap
		sed -n 2p in | wants 0 act --root root --apply --site site.yaml --now "$(date -u -d '+61 min' +%FT%TZ)" >again
	E
}

@test "property 31: a bucket that fills by the clock, over runs; what is too fast waits" {
	apart <<-'E'
		for i in 1 2 3 4; do step 203.0.113.$i; done >in
		fast() { act --apply --max-burst 3 --max-per-hour 60 "$@"; }
		wants 75 fast --now 2026-11-24T07:00:00Z in >out
		same "$(field status <out | xargs)" "applied applied applied waiting"
		field reason.text <out | grep -q 'at once; the next in'
		# one a minute, in a run of its own
		step 203.0.113.5 | wants 75 fast --now 2026-11-24T07:00:30Z >out
		step 203.0.113.5 | wants 0 fast --now 2026-11-24T07:01:01Z >out
		step 203.0.113.6 | wants 75 fast --now 2026-11-24T07:01:02Z >out
		rm st/index
		step 203.0.113.6 | wants 75 fast --now 2026-11-24T07:01:03Z >out
		for i in 6 7 8; do step 203.0.113.$i; done | wants 0 fast --now 2026-11-24T07:30:00Z >out
	E
}

@test "property 30: the stop file stops every actuator, with a status and exit of its own" {
	apart <<-'E'
		touch halt
		{
			step 203.0.113.7
			echo '{"do":"rate-limit","target":{"ip":"203.0.113.8","rate":"5/second"},"prov":"observed","approval":"none"}'
		} | wants 75 act --apply --stop-file halt >out
		same "$(field status <out | xargs)" "stopped stopped"
		same "$(nft list ruleset)" ""
	E
}

@test "property 31: what is done again and again within an hour waits" {
	apart <<-'E'
		step 203.0.113.7 >in
		for i in 1 2 3; do
			act --apply in >out
			act --apply --undo "$(field id <out)" >/dev/null
		done
		wants 75 act --apply in >out
		same "$(field reason.code <out)" loop
		wants 0 act --apply --block 203.0.113.7 --reason 'a person may' >/dev/null
	E
}

@test "property 33: a clock that was set moves no end" {
	apart <<-'E'
		step 203.0.113.7 | act --apply >/dev/null
		# as if the wall clock had stood a day ahead when it was written
		day=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%S.000Z)
		sed -i "s/\"until\":\"[^\"]*\"/\"until\":\"$day\"/" st/ledger
		sed -i 2d st/ledger
		wants 0 act --recover 2>err
		grep -q 'clock was set' err
		act --list | jq -r '."ir.action.expires"' | grep -qv "^$day"
	E
}

@test "property 27: all or none: a transaction with one element that fails changes nothing" {
	apart <<-'E'
		step 203.0.113.0/25 | act --apply >/dev/null
		nft add element inet ir net4 '{ 198.51.100.64/26 }'
		before=$(ruleset)
		{ step 203.0.113.200; step 198.51.100.0/24; step 203.0.113.201; } | act --apply >out || :
		same "$(field status <out | grep -c applied)" 2
		same "$(field status <out | grep -c refused)" 1
	E
}

@test "hostile strings in every field: no process but the intended, no file outside, no rule" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		perl -e '
			use strict; srand(7);
			my @bits = (";reboot", "`id`", "\$(touch pwned)", "|sh", "--help", "-rf /", "\\n", "\\u0000", "\\u001b[2J", "} }; table x {",
				"{ 0.0.0.0/0 }", "\\nExecStart=/bin/sh", "../../etc/passwd", "%n%s", "\\u202e", "\x27 OR 1=1", "\\\"", "*", "~/.ssh", "\xc3\x28");
			my @verbs = (["block-ip","ip"],["block-ip","cidr"],["rate-limit","rate"],["isolate-host","host"],["kill-process","pid"],
				["quarantine-file","path"],["lock-account","user"],["disable-service","unit"],["block-domain","domain"],["revoke-keys","fingerprint"]);
			for my $i (1 .. 10000) {
				my $evil = join("", map { $bits[rand @bits] } 1 .. 1 + rand 3);
				my ($do, $member) = @{$verbs[$i % @verbs]};
				my $t = $i % 3 == 0 ? "\"$member\":\"$evil\"" : $i % 3 == 1 ? "\"$member\":\"203.0.113.7$evil\"" : "\"$evil\":\"x\",\"$member\":\"$evil\"";
				$t .= ",\"ip\":\"203.0.113.9\"" if $member eq "rate";
				print "{\"do\":\"", $i % 11 ? $do : $evil, "\",\"target\":{$t},\"on\":\"", $i % 7 ? "" : $evil, "\",\"why\":\"$evil\",\"approval\":\"none\",\"prov\":\"observed\"}\n";
			}' >in
		find . -path ./st -prune -o -print | sort >../before.$$
		export ASAN_OPTIONS=detect_leaks=0
		strace -f -e trace=execve,openat,creat,unlink,unlinkat,rename,renameat2 -o ../trace.$$ \
			"$BIN/ircontain" --state st --apply --max-actions 100000 --max-per-hour 100000 in >../out.$$ 2>/dev/null || :
		same "$(grep 'execve(' ../trace.$$ | sed 1d | grep -vc '"/usr/sbin/nft"')" 0
		find . -path ./st -prune -o -print | sort | cmp - ../before.$$
		same "$(grep -E 'O_(WRONLY|RDWR)' ../trace.$$ | grep -v '"st/\|/dev/null\|/usr/sbin/nft' | grep -vc '"/dev/' || :)" 0
		# what was taken is an address as it stands there, or nothing
		nft -j list ruleset | jq -r '.nftables[].set.elem // [] | .[].elem.val | if type == "object" then .prefix.addr else . end' |
			grep -vcE '^203\.0\.113\.(7|9)$' | grep -qx 0
		nft list tables | grep -vcE 'inet ir(_limit)?$' | grep -qx 0
	E
}
