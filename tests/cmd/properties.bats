#!/usr/bin/env bats
# Further properties of programs that act, by number (respond.bats has those that need
# two machines or a crash).  In network namespaces made here, on scratch files.

bats_require_minimum_version 1.5.0

load apart

# A scratch system image, and ircontain on it.
image() {
	cat >>lib.sh <<-'E'
		mkdir -p root/etc root/home/bob/.ssh root/srv/www
		printf '%s\n' 'root:x:0:0::/root:/bin/bash' 'bob:x:1001:1001::/home/bob:/bin/sh' \
			'ann:x:1002:1002::/home/ann:/bin/bash' 'www-data:x:33:33::/var/www:/usr/sbin/nologin' >root/etc/passwd
		printf '%s\n' 'root:!:19000:0:99999:7:::' 'bob:$y$j9T$x$y:19000:0:99999:7::20500:' \
			'ann:$y$j9T$x$z:19000:0:99999:7:::' 'www-data:*:19000:0:99999:7:::' >root/etc/shadow
		printf '%s\n' 'root:x:0:' 'sudo:x:27:ann' >root/etc/group
		echo evil >root/srv/www/x.php
		sum=$(sha256sum <root/srv/www/x.php | cut -d' ' -f1)
		image() { act --root root --stop-file none "$@"; }
		# do VERB JSON
		order() { printf '{"do":"%s","target":%s,"approval":"none"}\n' "$1" "$2"; }
	E
}

@test "property 5: of 100,000 targets not one that is blocked touches what is protected" {
	apart <<-'E'
		export SSH_CONNECTION="198.51.100.9 40022 10.9.0.2 22"
		echo '{"cdn_proxies":["203.0.113.0/28","2001:db8:77::/48"],"monitoring":["100.64.7.0/24"]}' >site.yaml
		printf '%s\n' 9.9.9.9 8.8.8.0/24 104.16.0.0/13 192.88.99.1 2606:4700::/32 2620:fe::fe >list
		"$TESTS/targets" make 11 "${TARGETS:-100000}" >in
		act --apply --site site.yaml --protect-file list --yes --reason search \
			--max-actions 1000000 --max-per-hour 1000000 in >out 2>err || [ $? -eq 1 ]
		nft -j list ruleset | "$TESTS/targets" check >found || { head found; exit 1; }
		grep -q '^[0-9][0-9]* blocked, 0 of' found
		# it was a search: much was blocked, much was refused, much was no address at all
		applied=$(grep -c '"ir.action.status":"applied"' out)
		[ "$applied" -gt $((${TARGETS:-100000} / 20)) ]
		[ "$(grep -c '"ir.action.reason.code":"protected"' out)" -gt $((${TARGETS:-100000} / 10)) ]
		[ $((${TARGETS:-100000} - $(wc -l <out))) -gt $((${TARGETS:-100000} / 20)) ]
		same "$(sed 's/ .*//' found | tail -n 1)" "$applied"
	E
}

@test "the search finds a protected address that is blocked" {
	apart <<-'E'
		for net in 10.9.0.0/24 ::ffff:10.9.0.1 2002:0a09:0001::/48 8.8.8.8 2001:db8::/32; do
			nft add table inet t
			nft "add set inet t s { type $(case $net in *:*) echo ipv6 ;; *) echo ipv4 ;; esac)_addr; flags interval; elements = { $net }; }"
			if nft -j list ruleset | "$TESTS/targets" check >found; then echo "not seen: $net"; exit 1; fi
			nft flush ruleset
		done
	E
}

@test "property 6: nothing wider than /24 or /48 without approval, and never everybody" {
	apart <<-'E'
		for net in 198.51.0.0/23 198.0.0.0/8 2001:db8:100::/47; do
			step $net | wants 75 act --apply >out
			same "$(field reason.code <out)" approval
			field reason.text <out | grep -q 'wider than'
		done
		for net in 0.0.0.0/0 ::/0; do
			step $net | wants 1 act --apply --yes --reason r >out
			same "$(field reason.code <out)" everything
			wants 1 act --apply --block $net --reason r >out
		done
		same "$(nft list ruleset)" ""
		for net in 198.51.100.0/24 2001:db8:100::/48; do
			step $net | wants 0 act --apply >/dev/null
		done
	E
}

@test "property 7: an address that was only claimed waits, whatever else the step says" {
	apart <<-'E'
		for prov in '"prov":"claimed"' '"prov":"derived"' '"prov":"Observed"' '"prov":["observed"]' '"observed":true'; do
			printf '{"do":"block-ip","target":{"ip":"203.0.113.7"},"approval":"none","risk":"low",%s}\n' "$prov" |
				wants 75 act --apply >out
			same "$(field reason.code <out)" approval
			field reason.text <out | grep -q 'claimed'
		done
		same "$(nft list ruleset)" ""
	E
}

@test "property 8: behind a trusted proxy nothing is blocked here, and the refusal names it" {
	apart <<-'E'
		echo '{"cdn_proxies":["203.0.113.0/28"]}' >site.yaml
		step 203.0.113.7 | wants 1 act --apply --site site.yaml >out
		same "$(field reason.code <out)" protected
		field reason.text <out | grep -q 'cdn_proxies'
		# the client that it names was claimed
		step 192.0.2.7 | sed 's/observed/claimed/' | wants 75 act --apply --site site.yaml >out
		same "$(nft list ruleset)" ""
	E
}

@test "property 4: resolvers, gateways of every table, own addresses and metadata are found anew each run" {
	apart <<-'E'
		mkdir etc
		cp -a /etc/. etc 2>/dev/null || :
		printf 'nameserver 192.0.2.53\nnameserver 2001:db8::53\n' >etc/resolv.conf
		mount --bind etc /etc
		for ip in 192.0.2.53 2001:db8::53 10.9.0.2 10.9.0.1 10.9.0.77 2001:db8:9::1 169.254.169.254; do
			step $ip | wants 1 act --apply --yes --reason r >out
			same "$(field reason.code <out)" protected
		done
		step 192.0.2.54 | wants 0 act --apply >/dev/null
		# one that comes later is seen by the next run
		ip addr add 192.0.2.55/32 dev v0
		step 192.0.2.55 | wants 1 act --apply >out
		same "$(field reason.code <out)" protected
	E
}

@test "property 16: the undo is in the ledger before the act, goes back to what was, and may be repeated" {
	image
	apart <<-'E'
		cp -p root/etc/shadow before
		order lock-account '{"user":"bob"}' | wants 0 image --apply >out
		grep '"op":"intent"' st/ledger | jq -e '.undo == "unlock-account" and (.prior | length > 0)' >/dev/null
		wants 0 image --apply --undo "$(field id <out)" >undone
		# its expiry was 20500, not none
		cmp root/etc/shadow before
		wants 0 image --apply --undo "$(field id <out)" >undone
		same "$(field status <undone)" already
		cmp root/etc/shadow before
	E
}

@test "property 17: a case is undone newest first" {
	image
	apart <<-'E'
		echo 'eve:x:1003:1003::/home/eve:/bin/sh' >>root/etc/passwd
		echo 'eve:$y$j9T$x$q:19000:0:99999:7:::' >>root/etc/shadow
		for user in bob eve; do
			printf '{"do":"expire-password","target":{"user":"%s"},"approval":"none"}\n' $user
		done >steps
		wants 0 image --apply steps >out
		jq -r '."ir.action.id"' out | tac >ids
		act --apply --root root --stop-file none --undo "$(sed -n 1p ids)" --undo "$(sed -n 2p ids)" >undone
		same "$(jq -r '."ir.action.id"' undone | xargs)" "$(xargs <ids)"
		printf '{"ir.kind":"incident","@timestamp":"2026-11-24T06:05:01.000Z","ir.incident.id":"case","ir.version":1,"ir.incident.class":"bruteforce","ir.severity":"high","ir.entities":[%s,%s]}\n' \
			'{"type":"ip","value":"203.0.113.7","role":"attacker","prov":"observed"}' \
			'{"type":"ip","value":"203.0.113.9","role":"attacker","prov":"observed"}' | "$BIN/irplan" $now |
			jq -c 'select(."ir.kind" == "plan")' >p
		wants 0 act --apply $now p >out
		wants 0 act --apply $now --undo case >undone
		same "$(jq -r '."ir.action.id" // empty' undone | xargs)" "$(jq -r '."ir.action.id" // empty' out | tac | xargs)"
		same "$(nft list ruleset)" ""
	E
}

@test "property 18: a probe that fails takes the isolation back, and says so" {
	apart <<-'E'
		echo '{"admin_workstations":["10.9.0.50"]}' >site.yaml
		# somebody else's table already cuts off whom the isolation has to keep
		nft -f - <<-'N'
			table inet theirs {
				chain out { type filter hook output priority 0; policy accept; ip daddr 10.9.0.50 drop; }
			}
		N
		ip neigh add 10.9.0.50 lladdr 02:00:00:00:00:01 dev v0
		before=$(ruleset)
		printf '{"do":"isolate-host","target":{"host":"%s"},"approval":"none"}\n' "$(hostname)" >in
		wants 3 act --apply --site site.yaml in >out 2>err
		same "$(field status <out)" failed
		field reason.text <out | grep -q '10.9.0.50.*is cut off'
		same "$(ruleset)" "$before"
		same "$(jq -r .op st/ledger | xargs)" "intent failed"
	E
}

@test "property 20: only nft by its whole path, no environment, no descriptor of ours" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		mkdir bin
		for p in nft sh ip iptables; do printf '#!/bin/sh\ntouch "$0.ran"\n' >bin/$p; chmod +x bin/$p; done
		export PATH=$PWD/bin:$PATH SECRET=x ASAN_OPTIONS=detect_leaks=0
		exec 9>leak
		/usr/bin/strace -f -v -s 200 -e trace=execve,close_range -o ../tr "$BIN/ircontain" --state st --apply --block 203.0.113.7 --reason r >/dev/null
		exec 9>&-
		grep execve ../tr | sed 1d >runs
		grep -q '"/usr/sbin/nft", \["/usr/sbin/nft", "-f", "-"\]' runs
		same "$(grep -vc '"/usr/sbin/nft"' runs || :)" 0
		same "$(grep -c 'SECRET' runs || :)" 0
		grep -q 'close_range(3, ' ../tr
		same "$(ls bin/*.ran 2>/dev/null)" ""
	E
}

@test "property 22: no name is ever looked up, by hand or in a step" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		export ASAN_OPTIONS=detect_leaks=0
		for name in localhost example.com 203.0.113.7.example.com; do
			step "$name" >in
			strace -f -e trace=socket,connect,openat -o ../tr "$BIN/ircontain" --state st --apply in >out 2>/dev/null || :
			strace -f -e trace=socket,connect,openat -o ../tr2 "$BIN/ircontain" --state st --apply --block "$name" --reason r >out 2>/dev/null || :
			same "$(cat ../tr ../tr2 | grep -cE 'AF_INET6?,|AF_UNIX|hosts"|nsswitch' || :)" 0
		done
		same "$(nft list ruleset)" ""
	E
}

@test "property 23: a file is taken if it is the one that was meant, never through a link" {
	image
	apart <<-'E'
		ln -s x.php root/srv/www/link
		ln -s www root/srv/dir
		echo mine >outside
		ln -s "$PWD/outside" root/srv/www/out
		for path in /srv/www/link /srv/dir/x.php /srv/www/out /srv/www/../www/x.php; do
			order quarantine-file "{\"path\":\"$path\",\"sha256\":\"$sum\"}" | image --apply >out 2>/dev/null && exit 1
			[ -e root/srv/www/x.php ] && [ -e outside ]
		done
		order quarantine-file "{\"path\":\"/srv/www/x.php\",\"sha256\":\"$(echo other | sha256sum | cut -d' ' -f1)\"}" >in
		wants 1 image --apply in >out
		[ -e root/srv/www/x.php ]
		order quarantine-file "{\"path\":\"/srv/www/x.php\",\"sha256\":\"$sum\"}" | wants 0 image --apply >out
		[ ! -e root/srv/www/x.php ]
		wants 0 image --apply --undo "$(field id <out)" >/dev/null
		same "$(sha256sum <root/srv/www/x.php | cut -d' ' -f1)" "$sum"
	E
}

@test "property 24: a process is touched if number, start and program are those of the evidence, never pid 1 or ours" {
	apart <<-'E'
		cp "$(command -v sleep)" runner
		setsid ./runner 60 >/dev/null 2>&1 3>&- &
		pid=$!
		sleep 0.2
		start=$(date -u -d "@$(stat -c %Y /proc/$pid)" +%Y-%m-%dT%H:%M:%SZ)
		sum=$(sha256sum "/proc/$pid/exe" | cut -d' ' -f1)
		kill_() { printf '{"do":"kill-process","target":{"pid":%s,"start":"%s","exe_sha256":"%s"},"approval":"none"}\n' "$@"; }
		kill_ $pid 2020-01-01T00:00:00Z "$sum" | wants 1 act --apply >out
		kill_ $pid "$start" "$(echo x | sha256sum | cut -d' ' -f1)" | wants 1 act --apply >out
		kill -0 $pid
		for other in 1 $$; do
			printf '{"do":"kill-process","target":{"pid":%s,"start":"%s"},"approval":"none"}\n' $other \
				"$(date -u -d "@$(stat -c %Y /proc/$other)" +%Y-%m-%dT%H:%M:%SZ)" |
				wants 1 act --apply --yes --reason r >out
			same "$(field status <out)" refused
		done
		kill_ $pid "$start" "$sum" | wants 0 act --apply >out
		same "$(field status <out)" applied
		if kill -0 $pid 2>/dev/null; then exit 1; fi
	E
}

@test "property 25: never uid 0 under any name, nor the last administrator" {
	image
	apart <<-'E'
		never() {
			order lock-account "{\"user\":\"$1\"}" | wants 1 image --apply --yes --reason r >out
			same "$(field status <out)" refused
			wants 1 image --apply --block "user:$1" --reason r >out
			cmp root/etc/shadow before
		}
		cp root/etc/shadow before
		never root
		never ann
		echo 'toor:x:0:0::/root:/bin/sh' >>root/etc/passwd
		echo 'toor:$y$j9T$x$q:19000:0:99999:7:::' >>root/etc/shadow
		cp root/etc/shadow before
		never toor
		order lock-account '{"user":"www-data"}' | wants 75 image --apply >out
		cmp root/etc/shadow before
	E
}

@test "property 28: where the packet filter cannot be used nothing else is tried" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		printf '#!/bin/false\n' >broken
		chmod +x broken
		mount --bind broken /usr/sbin/nft
		export ASAN_OPTIONS=detect_leaks=0
		step 203.0.113.7 >in
		strace -f -e trace=execve,openat -o ../tr "$BIN/ircontain" --state st --apply in >out 2>/dev/null && exit 1
		umount /usr/sbin/nft
		same "$(field status <out)" failed
		same "$(grep execve ../tr | sed 1d | grep -vcE '"/usr/sbin/nft"|"/bin/false"|"/usr/bin/false"' || :)" 0
		same "$(grep -cE 'hosts.deny|/etc/hosts"' ../tr || :)" 0
		same "$(ip route show table all type blackhole)" ""
		same "$(nft list ruleset)" ""
		same "$(jq -r .op st/ledger | tail -n 1)" failed
	E
}

@test "property 29: what destroys is preceded by evidence of it, and does not happen where that fails" {
	apart <<-'E'
		cp "$(command -v sleep)" runner
		setsid ./runner 60 >/dev/null 2>&1 3>&- &
		pid=$!
		sleep 0.2
		steps() {
			printf '{"do":"kill-process","target":{"pid":%s,"start":"%s"},"approval":"none"}\n' $pid \
				"$(date -u -d "@$(stat -c %Y /proc/$pid)" +%Y-%m-%dT%H:%M:%SZ)"
			echo '{"do":"collect-evidence","target":{"what":"processes"},"approval":"none"}'
		}
		steps >in
		mkdir -p st
		: >st/evidence
		wants 3 act --apply in >out 2>/dev/null
		kill -0 $pid
		rm st/evidence
		wants 0 act --apply in >out
		same "$(jq -r 'select(.op == "applied" or .op == "intent") | .do // empty' st/ledger | tail -n 2 | head -n 1 | grep -c .)" 1
		ls st/evidence/*.tar >/dev/null
		if kill -0 $pid 2>/dev/null; then exit 1; fi
	E
}

@test "property 32: one capability is enough to block, and the half that reads has none" {
	[ "$(id -u)" -eq 0 ] || skip "needs another user than the one we are"
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		mkdir st
		chmod 755 . ..
		step 203.0.113.7 >in
		chmod 644 in
		cp "$BIN/ircontain" ircontain
		chmod 755 ircontain
		mkdir -p /run/ir-test
		mount -t tmpfs none /run/ir-test
		cp ircontain in /run/ir-test
		mkdir -m 700 /run/ir-test/st
		chown 12345 /run/ir-test/st
		cd /run/ir-test
		one() { setpriv --reuid 12345 --regid 12345 --clear-groups --bounding-set "-all,$1" --inh-caps "-all,$1" --ambient-caps "-all,$1" \
			./ircontain --state st --apply in; }
		wants 0 one +net_admin >out
		same "$(field status <out)" applied
		nft flush ruleset
		rm -r st
		mkdir -m 700 st
		chown 12345 st
		wants 3 one +net_raw >out 2>err
		grep -q CAP_NET_ADMIN err
		same "$(nft list ruleset)" ""
	E
}

@test "property 36: what the plan stood on is looked at again when it is carried out" {
	image
	apart <<-'E'
		order quarantine-file "{\"path\":\"/srv/www/x.php\",\"sha256\":\"$sum\"}" >in
		wants 0 image in >planned
		same "$(field status <planned)" planned
		echo changed >root/srv/www/x.php
		wants 1 image --apply in >out
		same "$(field status <out)" refused
		same "$(cat root/srv/www/x.php)" changed
		order lock-account '{"user":"bob"}' >in
		wants 0 image in >/dev/null
		sed -i /bob/d root/etc/passwd
		wants 1 image --apply in >out
		same "$(field status <out)" refused
		# for a host that is not this one it does not wait here to fire some day
		printf '{"do":"block-ip","target":{"ip":"203.0.113.7"},"on":"absent","prov":"observed","approval":"none"}\n' | wants 75 act --apply >out
		same "$(field status <out)" waiting
		wants 0 act --apply --expire
		wants 0 act --recover
		same "$(nft list ruleset)" ""
	E
}
