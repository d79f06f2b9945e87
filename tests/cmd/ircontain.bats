#!/usr/bin/env bats
# What ircontain promises.  It acts only in network namespaces made here, on
# scratch state; the machine's own packet filter is never touched.

bats_require_minimum_version 1.5.0

load apart

@test "property 1: plan mode shows change, diff and undo, and changes nothing" {
	apart <<-'E'
		ruleset >before
		plan 203.0.113.7 >in
		wants 0 act $now in >out
		ruleset | cmp - before
		same "$(field status <out)" planned
		field diff <out | grep -q '^+.*203.0.113.7 timeout'
		field change <out | grep -q '^add element inet ir block4 { 203.0.113.7 timeout'
		same "$(field undo <out)" "ircontain --apply --state 'st' --unblock 203.0.113.7"
		[ ! -e st ]
		field change <out | nft -f -
		same "$(blocked 203.0.113.7)" 1
	E
}

@test "plans and other records pass, in order" {
	apart <<-'E'
		{
			echo '{"a":1.10,"b":12345678901234567890}'
			plan 203.0.113.7
			echo '{"ir.kind":"case","ir.case.id":"c"}'
		} >in
		act $now in | jq -c 'select(."ir.kind" != "action")' >/dev/null
		act $now in | grep -v '"ir.kind":"action"' | cmp - in
	E
}

@test "property 2: the diff is against the present table and applies to its text" {
	apart <<-'E'
		wants 0 act --apply --block 203.0.113.9 --reason t >/dev/null
		step 203.0.113.7 | act $now | field diff >d
		grep -q '^ .*203.0.113.9 timeout 4h$' d
		same "$(grep -c '^+[^+]' d)" 1
		step 2001:db8::7 | act $now | field diff | grep -q '^+.*2001:db8::7'
	E
}

@test "property 26: apply and undo leave the other tables as they were" {
	apart <<-'E'
		nft add table ip mine
		nft 'add chain ip mine input { type filter hook input priority 0; policy accept; }'
		nft 'add rule ip mine input tcp dport 4444 drop'
		nft -s list table ip mine >before
		plan 203.0.113.7 | wants 0 act --apply $now >out
		same "$(field status <out)" applied
		same "$(field verify <out)" ok
		same "$(blocked 203.0.113.7)" 1
		nft -s list table ip mine | cmp - before
		wants 0 act --apply $now --undo "$(field id <out)" >out
		same "$(field status <out)" undone
		same "$(blocked 203.0.113.7)" 0
		nft -s list table ip mine | cmp - before
		wants 0 act --apply $now --undo i-203.0.113.7 >out
		[ ! -s out ]
	E
}

@test "the undo command does what it says" {
	apart <<-'E'
		PATH=$BIN:$PATH
		step 203.0.113.7 | act --apply >out
		eval "$(field undo <out)" >out
		same "$(field status <out)" undone
		same "$(blocked 203.0.113.7)" 0
	E
}

@test "a block drops packets and nothing else" {
	apart <<-'E'
		ip netns add far 2>/dev/null || exit 0
		ip link set v1 netns far
		ip -n far addr add 10.9.0.66/24 dev v1
		ip -n far addr add 10.9.0.67/24 dev v1
		ip -n far link set v1 up
		ip netns exec far ping -c1 -W1 -I 10.9.0.66 10.9.0.2 >/dev/null || exit 0
		wants 0 act --apply --block 10.9.0.66 --reason t >/dev/null
		if ip netns exec far ping -c1 -W1 -I 10.9.0.66 10.9.0.2 >/dev/null; then exit 1; fi
		ip netns exec far ping -c1 -W1 -I 10.9.0.67 10.9.0.2 >/dev/null
		# nor does anything go to it: what is sent is dropped here, and not only its answer there
		nft 'add table ip seen; add chain ip seen out { type filter hook output priority 10; }'
		nft 'add rule ip seen out ip daddr 10.9.0.66 counter'
		if ping -c1 -W1 10.9.0.66 >/dev/null 2>&1; then exit 1; fi
		nft list table ip seen | grep -q 'counter packets 0 '
		ping -c1 -W1 10.9.0.67 >/dev/null
	E
}

@test "property 5: gateway, own, special, covering and covered nets, in any form: refused, nothing changed" {
	apart <<-'E'
		mkdir st
		echo 203.0.113.128/25 >st/protect
		ruleset >before
		export SSH_CONNECTION="198.51.100.9 40022 10.9.0.2 22"
		for a in 10.9.0.1 10.9.0.2 10.9.0.77 10.9.0.0/24 10.0.0.0/8 0.0.0.0/0 0.0.0.0/1 ::/0 127.0.0.1 169.254.169.254 \
			224.0.0.251 255.255.255.255 198.51.100.9 198.51.100.0/24 203.0.113.0/24 203.0.113.200 203.0.113.255 \
			::ffff:10.9.0.1 2002:a09:1::1 2002:a09:1::/48 64:ff9b::a09:1 ::/64 2001:db8:9::1 2001:db8:9::2 \
			2001:db8::/32 fe80::1 ff02::1 ::1; do
			wants 1 act --apply --block $a --reason t --yes >out
			same "$a $(field status <out)" "$a refused"
			step $a ',"ttl":60' | wants 1 act --apply --reason t --yes >out
			same "$a $(field status <out)" "$a refused"
		done
		ruleset | cmp - before
		[ ! -e st/ledger ] || [ ! -s st/ledger ]
	E
}

@test "property 21: spellings that are not canonical are refused" {
	apart <<-'E'
		ruleset >before
		for a in 0177.0.0.1 0x7f.1 203.0.113.07 203.0.113 203.0.113.7/33 ::ffff:1.2.3.4.5 'a;reboot' '-f' "'" '$(id)'; do
			wants 1 act --apply --reason t "--block=$a" >out 2>err
			[ -s err ]
			step "$a" | wants 1 act --apply >out 2>err
			[ -s err ]
		done
		ruleset | cmp - before
	E
}

@test "property 4: peers of SSH sessions are protected, those still guessing are not" {
	cat >peer.pl <<-'E'
		# peer.pl TITLE COMMAND...: run it while a connection to port 22 is held under that name
		use strict; use IO::Socket::INET;
		my $title = shift;
		my $srv = IO::Socket::INET->new(LocalAddr => "10.9.0.2", LocalPort => 22, Listen => 1, ReuseAddr => 1) or die;
		my $far = IO::Socket::INET->new(LocalAddr => "198.51.100.55", PeerAddr => "10.9.0.2", PeerPort => 22) or die;
		my $near = $srv->accept;
		system("ip addr del 198.51.100.55/32 dev lo");
		$0 = $title;
		system(@ARGV);
		exit($? >> 8);
	E
	apart <<-'E'
		session() {
			ip addr add 198.51.100.55/32 dev lo
			perl peer.pl "$@"
		}
		for title in "sshd: ann@pts/0" "sshd-session: ann@notty" dropbear; do
			wants 1 session "$title" "$BIN/ircontain" --state st --apply --block 198.51.100.55 --reason t >out
			same "$(field reason.code <out)" protected
			field reason.text <out | grep -q SSH
		done
		# who holds a connection open but has not logged in is safe from nothing
		for title in "sshd: root [net]" "sshd: unknown [preauth]" "sshd-auth: [accepted]"; do
			rm -rf st
			nft flush ruleset
			wants 0 session "$title" "$BIN/ircontain" --state st --apply --block 198.51.100.55 --reason t >out
			same "$(field status <out)" applied
		done
	E
}

@test "property 3: a site list yields to --force-protected by hand, the machine never" {
	apart <<-'E'
		echo '{"monitoring":["203.0.113.50"]}' >site.yaml
		wants 1 act --apply --site site.yaml --block 203.0.113.50 --reason t >/dev/null
		step 203.0.113.50 | wants 1 act --apply --site site.yaml >/dev/null
		wants 2 act --apply --site site.yaml --block 203.0.113.50 --force-protected 203.0.113.50 2>/dev/null
		wants 0 act --apply --site site.yaml --block 203.0.113.50 --force-protected 203.0.113.50 --reason t >/dev/null
		same "$(blocked 203.0.113.50)" 1
		wants 1 act --apply --block 10.9.0.1 --force-protected 10.9.0.1 --reason t >/dev/null
	E
}

@test "property 14: the same step twice is already in force" {
	apart <<-'E'
		step 203.0.113.7 >in
		wants 0 act --apply in >/dev/null
		nft list table inet ir | sed 's/ expires [0-9a-z]*//' >before
		wants 0 act --apply in >out
		same "$(field status <out)" already
		nft list table inet ir | sed 's/ expires [0-9a-z]*//' | cmp - before
		cat in in | act --apply | field status | xargs | grep -qx 'already already'
	E
}

@test "within a block nothing is done, around one it is refused" {
	apart <<-'E'
		wants 0 act --apply --block 203.0.113.0/25 --reason t >/dev/null
		step 203.0.113.7 | wants 0 act --apply >out
		same "$(field status <out)" already
		step 203.0.113.0/24 | wants 1 act --apply >out
		same "$(field reason.code <out)" overlaps
	E
}

@test "a crash between intent and act is settled by asking the kernel" {
	apart <<-'E'
		# cut the ledger behind the intent, as if killed there: before the act ...
		step 203.0.113.7 | act --apply >/dev/null
		head -n 1 st/ledger >one && cat one >st/ledger
		nft delete table inet ir
		wants 1 act --recover >out
		same "$(field status <out)" failed
		wants 0 act --list >out
		[ ! -s out ]
		# ... and after it; a line cut short was never acted on
		step 203.0.113.8 | act --apply >/dev/null
		n=$(($(wc -l <st/ledger) - 1))
		head -n $n st/ledger >some
		{ cat some; printf '{"n":9,"at":"20'; } >st/ledger
		wants 0 act --recover >out
		same "$(field status <out)" applied
		same "$(act --list | jq -r '."ir.action.target".ip')" 203.0.113.8
		same "$(act --audit | wc -l)" 0
	E
}

@test "killed in the middle of the act: nothing is done twice" {
	apart <<-'E'
		for i in $(seq 1 200); do step 203.0.113.$i; done >in
		for nap in 0.001 0.004 0.008 0.012 0.02; do
			"$BIN/ircontain" --state st --apply --max-actions 200 --max-per-hour 100k in >/dev/null 2>&1 &
			sleep $nap
			kill -9 $! 2>/dev/null || :
			wait $! 2>/dev/null || :
			act --recover >/dev/null || :
			wants 0 act --audit >out
			[ ! -s out ]
		done
		wants 0 act --apply --max-actions 200 --max-per-hour 100k in >out
		same "$(nft -j list set inet ir block4 | jq '[.nftables[].set.elem // [] | .[]] | length')" 200
		wants 0 act --audit
	E
}

@test "property 17: undoing one incident keeps what another wants" {
	apart <<-'E'
		plan 203.0.113.7 >a
		# another incident, the same attacker: its own plan
		printf '%s\n' '{"ir.kind":"incident","ir.incident.id":"k","ir.version":1,"ir.incident.class":"web","ir.severity":"high","ir.entities":[{"type":"ip","value":"203.0.113.7","role":"attacker","prov":"observed"}]}' |
			"$BIN/irplan" $now | tail -n 1 >b
		wants 0 act --apply $now a >/dev/null
		wants 0 act --apply $now b >out
		same "$(field status <out)" already
		wants 0 act --apply $now --undo i-203.0.113.7 >out
		same "$(field reason.code <out)" shared
		same "$(blocked 203.0.113.7)" 1
		wants 0 act --apply $now --undo k >out
		same "$(field status <out)" undone
		same "$(blocked 203.0.113.7)" 0
	E
}

@test "a stop file stops everything" {
	apart <<-'E'
		step 203.0.113.7 >in
		touch halt
		wants 75 act --apply --stop-file halt in >out
		same "$(field status <out)" stopped
		rm halt
		wants 0 act --apply --stop-file halt in >/dev/null
		touch st/stop
		wants 75 act --apply --unblock 203.0.113.7 >out
		same "$(field status <out)" stopped
		same "$(blocked 203.0.113.7)" 1
	E
}

@test "caps: what is over them waits, the rest is applied, status 75" {
	apart <<-'E'
		for i in 1 2 3 4 5; do step 203.0.113.$i; done >in
		wants 75 act --apply --max-actions 3 in >out
		same "$(field status <out | xargs)" "applied applied applied waiting waiting"
		wants 75 act --apply --max-per-hour 4 in >out
		same "$(field status <out | xargs)" "already already already applied waiting"
		step 198.51.0.0/16 | wants 75 act --apply >out
		same "$(field reason.code <out)" approval
		step 2001:db8:100::/40 | wants 75 act --apply >out
		same "$(field reason.code <out)" approval
	E
}

@test "approval: none waits, one by hand does, what a record claims does not" {
	apart <<-'E'
		step 203.0.113.7 | sed 's/observed/claimed/' >claimed
		wants 75 act --apply claimed >out
		same "$(field reason.code <out)" approval
		wants 2 act --apply --yes claimed 2>/dev/null
		wants 0 act --apply --approve "$(field key <out)" --reason 'looked at it' claimed >/dev/null
		plan 10.1.2.3 >p
		wants 75 act --apply $now p >/dev/null
		valid() { jq -c --arg u "$1" '."ir.plan.approvals" = [{"by":"ann","at":"2026-11-24T06:59:00Z","until":$u,"why":"seen"},
			{"by":"bob","at":"2026-11-24T06:59:00Z","until":$u,"why":"seen"}]' p; }
		valid 2026-11-24T06:59:30Z | wants 75 act --apply $now >/dev/null
		valid 2026-11-24T07:10:00Z | wants 75 act --apply $now >/dev/null
	E
}

@test "property 36: an expired plan and a changed one are refused" {
	apart <<-'E'
		plan 203.0.113.7 >p
		wants 1 act --apply --now 2026-11-24T07:30:00Z p >out
		same "$(field reason.code <out)" expired
		jq -c '."ir.plan.steps"[0].ttl = 99999' p | wants 1 act --apply $now >out
		same "$(field reason.code <out)" hash
		jq -c '."ir.plan.expires" = "2027-01-01T00:00:00.000Z"' p | wants 1 act --apply $now >out
		same "$(field reason.code <out)" hash
		sed 's/203.0.113.7/203.0.113.8/g' p | wants 1 act --apply $now >out 2>err
		grep -q 'key of a step' err
		jq -S . p | jq -c . | wants 0 act --apply $now >out
		same "$(field status <out)" applied
	E
}

@test "verbs without an actuator, and other hosts, wait" {
	apart <<-'E'
		echo '{"do":"notify","target":{"to":"ann"},"approval":"one"}' | wants 75 act --apply >out
		same "$(field reason.code <out)" no-actuator
		step 203.0.113.7 ',"on":"elsewhere"' | wants 75 act --apply >out
		same "$(field reason.code <out)" other-host
		echo '{"do":"notify","target":{"to":"ann"}}' | wants 0 act >/dev/null
		echo '{"do":"restore-path","target":{"path":"/x","from":"tar:/y"}}' | wants 0 act --apply >out
		same "$(field status <out)" ""
		echo '{"do":"reboot","target":{"host":"x"}}' | wants 1 act --apply >/dev/null 2>&1
	E
}

@test "by hand: block, protect, unblock" {
	apart <<-'E'
		wants 0 act --apply --block 203.0.113.7 --ttl 1h --reason 'shop' >out
		same "$(field ttl <out)" 3600
		nft list set inet ir block4 | grep -q '203.0.113.7 timeout 1h'
		grep -q '"why":"shop"' st/ledger
		wants 0 act --apply --protect 203.0.113.0/24 --reason 'customer' >out
		same "$(field status <out)" undone
		same "$(blocked 203.0.113.7)" 0
		wants 1 act --apply --block 203.0.113.7 --reason again >/dev/null
		wants 0 act --apply --block 198.51.100.7 --reason t >/dev/null
		wants 0 act --apply --unblock 198.51.100.7 >out
		same "$(field status <out)" undone
		wants 0 act --apply --unblock 198.51.100.7 >out
		same "$(field status <out)" already
		wants 2 act --apply --block 198.51.100.7 2>/dev/null
	E
}

@test "without --apply orders by hand change nothing, and -n forbids" {
	apart <<-'E'
		wants 0 act --block 203.0.113.7 --reason t >out
		same "$(field status <out)" planned
		wants 0 act -n --apply --block 203.0.113.7 --reason t >out
		same "$(field status <out)" planned
		same "$(nft list ruleset)" ""
		[ ! -s st/ledger ]
	E
}

@test "property 10: ends by itself in the kernel; after a boot --restore puts back what is left" {
	apart <<-'E'
		step 203.0.113.7 ',"ttl":1' | act --apply >/dev/null
		step 203.0.113.8 ',"ttl":3600' | act --apply >/dev/null
		sleep 1.3
		same "$(blocked 203.0.113.7)" 0
		act --expire | field status | grep -qx expired
		nft delete table inet ir
		wants 1 act --audit >out
		same "$(field reason.code <out)" missing
		wants 0 act --restore --apply >/dev/null
		same "$(blocked 203.0.113.8)" 1
		nft -j list set inet ir block4 | jq -e '[.nftables[].set.elem // [] | .[].elem.timeout][0] | . <= 3600 and . > 3500'
		wants 0 act --audit
	E
}

@test "property 34: drift is found: a foreign element, a missing rule" {
	apart <<-'E'
		step 203.0.113.7 | act --apply >/dev/null
		nft add element inet ir block4 '{ 203.0.113.99 timeout 1h }'
		wants 1 act --audit >out
		same "$(field reason.code <out)" foreign
		nft flush chain inet ir input
		wants 1 act --audit >out 2>err
		grep -q restore err
		step 203.0.113.8 | wants 3 act --apply >/dev/null 2>&1
		wants 0 act --restore --apply >/dev/null
		wants 0 act --audit
		same "$(blocked 203.0.113.99)" 0
	E
}

@test "one writer: busy is 75" {
	apart <<-'E'
		mkdir st
		flock st/lock sleep 3 &
		sleep 0.2
		wants 75 act --apply --wait 0s --block 203.0.113.7 --reason t >/dev/null 2>err
		grep -q 'another run' err
		kill $! || :
	E
}

@test "a ledger that was changed stops everything" {
	apart <<-'E'
		step 203.0.113.7 | act --apply >/dev/null
		sed -i 's/203.0.113.7/203.0.113.8/' st/ledger
		step 203.0.113.9 | wants 3 act --apply >/dev/null 2>err
		grep -q 'st/ledger:1: .*was changed' err
		same "$(blocked 203.0.113.9)" 0
	E
}

@test "the index beside the ledger: made anew with a message when it does not fit, and never needed" {
	apart <<-'E'
		for i in 1 2 3; do step 203.0.113.$i; done >in
		act --apply -v in >/dev/null 2>err
		grep -q 'index of the ledger is made anew: there is none' err
		same "$(stat -c %a st/index)" 600
		wants 0 act --apply -v in >out 2>err
		same "$(field status <out | xargs)" "already already already"
		! grep "made anew" err || exit 1
		for harm in 'rm st/index' 'truncate -s 700 st/index' 'echo x >st/index' 'touch st/ledger' 'chmod 666 st/index' 'ln -sf ../in st/index'; do
			eval "$harm"
			wants 0 act --apply -v in >out 2>err
			same "$(field status <out | xargs)" "already already already"
			grep -q 'is made anew' err
			act --apply -v in 2>&1 >/dev/null | grep -q 'made anew' && { echo "not mended: $harm"; exit 1; }
		done
		# in a run that reads only, it is not touched
		before=$(sha256sum st/index)
		act --list >/dev/null
		same "$(sha256sum st/index)" "$before"
	E
}

@test "what is blocked as files for pf and ipset: addresses and nothing else, whole or not at all" {
	apart <<-'E'
		for net in 203.0.113.7 198.51.100.0/25 2001:db8:100::/48; do
			step $net | sed 's/}$/,"why":"\\n; pass all\\nadd x"}/' | act --apply $now >/dev/null
		done
		echo old >pf
		wants 0 act $now --emit pf=pf --emit ipset=sets
		same "$(grep -v '^#' pf | xargs)" "203.0.113.7 198.51.100.0/25 2001:db8:100::/48"
		same "$(grep '^add' sets | sed 's/timeout [1-9][0-9]*$/timeout N/' | xargs)" \
			"add ir4_new 203.0.113.7 timeout N add ir4_new 198.51.100.0/25 timeout N add ir6_new 2001:db8:100::/48 timeout N"
		same "$(tail -n 4 sets | cut -d' ' -f1 | xargs)" "swap swap destroy destroy"
		# what ended or was taken back is not in it, what is protected by now neither
		act --apply $now --unblock 198.51.100.0/25 >/dev/null
		echo 203.0.113.7 >list
		wants 0 act $now --protect-file list --emit pf=pf 2>err
		same "$(grep -v '^#' pf | xargs)" "2001:db8:100::/48"
		grep -q 'protected by now' err
		wants 0 act --now 2026-11-25T07:00:00Z --emit pf=pf
		same "$(grep -vc '^#' pf || :)" 0
		wants 3 act $now --emit pf=nowhere/pf 2>/dev/null
		wants 2 act $now --emit iptables=x 2>/dev/null
		wants 2 act $now --emit pf= 2>/dev/null
	E
}

@test "property 37: hostile text starts nothing, and is escaped for people" {
	apart <<-'E'
		evil=$(printf '\\u001b[2J\\u202e"; touch pwned; $(touch pwned) `touch pwned` { drop } \\n@@')
		evil=${evil//\"/\\\"}
		step 203.0.113.7 ",\"why\":\"$evil\"" | wants 0 act --apply >out
		jq -e . out >/dev/null
		step 203.0.113.9 ",\"why\":\"$evil\"" | act --format text >text
		! grep -q "$(printf '\033')" text || exit 1
		! grep -q "$(printf '\342\200\256')" text || exit 1
		[ ! -e pwned ]
		wants 0 act --apply --block 203.0.113.8 --reason "$(printf 'x\033]0;a\007\n}, { 10.9.0.1')" >out
		same "$(blocked 10.9.0.1)" 0
		jq -e . st/ledger >/dev/null
		! grep -q "$(printf '\033')" st/ledger || exit 1
		nft list ruleset | grep -c pwned | grep -qx 0
	E
}

@test "property 20: no shell is ever started" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		step 203.0.113.7 >in
		export ASAN_OPTIONS=detect_leaks=0 # it does not work under ptrace
		strace -f -e trace=execve -o trace "$BIN/ircontain" --state st --apply in >/dev/null
		same "$(grep 'execve(' trace | sed 1d | grep -vc '"/usr/sbin/nft"')" 0
	E
}

@test "ten thousand addresses in one transaction, in seconds" {
	[ "$(id -u)" -eq 0 ] || skip "a user namespace bounds the size of a transaction"
	apart <<-'E'
		for i in $(seq 0 39); do for k in $(seq 1 250); do step 198.18.$i.$k; done; done >in
		start=$(date +%s)
		wants 0 act --apply --max-actions 10000 --max-per-hour 10000 in >out
		[ $(($(date +%s) - start)) -le 8 ]
		same "$(field status <out | sort | uniq -c | xargs)" "10000 applied"
		same "$(nft -j list set inet ir block4 | jq '[.nftables[].set.elem // [] | .[]] | length')" 10000
	E
}

@test "property 32: no privilege: plans, says that the present could not be read, and does not apply" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	apart <<-'E'
		chmod 777 .
		drop() { setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all "$@"; }
		step 203.0.113.7 >in
		drop true || exit 0
		drop test -x "$BIN/ircontain" || exit 0
		wants 0 drop "$BIN/ircontain" --state st in >out
		same "$(field status <out)" planned
		field diff <out | grep -q 'without the privilege'
		wants 3 drop "$BIN/ircontain" --state st2 --apply in >out 2>err
		grep -q CAP_NET_ADMIN err
	E
}

@test "a reader that leaves stops no action" {
	apart <<-'E'
		for i in 1 2 3; do echo '{"x":1}'; done >in
		step 203.0.113.7 >>in
		act --apply in 2>/dev/null | true
		for i in 1 2 3 4 5 6 7 8 9; do if [ "$(blocked 203.0.113.7)" = 1 ]; then exit 0; fi; sleep 0.1; done
		exit 1
	E
}

@test "a step is done while the stream stays open" {
	apart <<-'E'
		{ step 203.0.113.7; sleep 2; } | act --apply >out &
		for i in $(seq 1 15); do if [ -s out ]; then break; fi; sleep 0.1; done
		same "$(field status <out)" applied
		kill $! 2>/dev/null || :
	E
}
