#!/usr/bin/env bats
# ircontain beyond the packet filter: files, accounts and keys in a scratch root,
# processes that the test started.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT SUDO_UID SUDO_USER
	apart=(unshare -n -m)
	[ "$(id -u)" -eq 0 ] || apart=(unshare -r -n -m)
	"${apart[@]}" /usr/sbin/nft list ruleset >/dev/null 2>&1 ||
		skip "no network namespace with nft here"
	printf '{}\n' >site.yaml
	mkdir -p root/etc root/home/bob/.ssh root/tmp
	printf '%s\n' 'root:x:0:0::/root:/bin/bash' 'www-data:x:33:33::/var/www:/usr/sbin/nologin' \
		'bob:x:1001:1001::/home/bob:/bin/sh' 'ann:x:1002:1002::/home/ann:/bin/bash' \
		'eve:x:1003:0::/home/eve:/bin/bash' >root/etc/passwd
	printf '%s\n' 'root:!:19000:0:99999:7:::' 'www-data:*:19000:0:99999:7:::' \
		'bob:$y$j9T$x$y:19000:0:99999:7:::' 'ann:$y$j9T$x$z:19000:0:99999:7:::' \
		'eve:!:19000:0:99999:7:::' >root/etc/shadow
	chmod 640 root/etc/shadow
	printf '%s\n' 'root:x:0:' 'sudo:x:27:ann' 'bob:x:1001:' >root/etc/group
}

act() {
	"${apart[@]}" "$BIN/ircontain" --root root --state st --site site.yaml \
		--stop-file none "$@"
}

# On the machine itself: for processes of this test only.
live() {
	"${apart[@]}" "$BIN/ircontain" --state st --site site.yaml --stop-file none "$@"
}

field() { jq -r "select(.\"ir.kind\" == \"action\") | .\"ir.action.$1\""; }

# step VERB MEMBER VALUE [MEMBER VALUE]
step() {
	jq -nc --arg do "$1" --args '{do:$do,approval:"none",
		target:([$ARGS.positional | _nwise(2) | {(.[0]):(if .[0] == "pid" then (.[1] | tonumber) else .[1] end)}] | add)}' "${@:2}"
}

@test "an account is locked and expired, and opened again as it was" {
	cp -p root/etc/shadow before
	step lock-account user bob >step
	[ "$(act step | field status)" = planned ]
	cmp root/etc/shadow before
	act --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	grep -qxF 'bob:!$y$j9T$x$y:19000:0:99999:7::1:' root/etc/shadow
	[ "$(stat -c %a root/etc/shadow)" = 640 ]
	# the hash of the password is nowhere else
	! grep -rq 'j9T' st out || false
	[ "$(act --apply step | field status)" = already ]
	act --audit >/dev/null
	act --apply --undo "$(field id <out)" --reason r >undone
	[ "$(field status <undone)" = undone ]
	cmp root/etc/shadow before
	step expire-password user bob | act --apply >out
	grep -q '^bob:[^:]*:0:' root/etc/shadow
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	cmp root/etc/shadow before
}

@test "the superuser and the last administrator stay, services wait" {
	cp -p root/etc/shadow before
	for user in root ann; do
		step lock-account user $user >step
		run -1 --separate-stderr act --apply step
		[ "$(field reason.code <<<"$output")" = protected ]
	done
	step lock-account user www-data >step
	run -75 --separate-stderr act --apply step
	[ "$(field status <<<"$output")" = waiting ]
	step lock-account user nobody >step
	run -1 --separate-stderr act --apply step
	# with a second administrator it may be done, by two
	printf 'sudo:x:27:ann,bob\n' >root/etc/group
	step lock-account user ann >step
	run -75 --separate-stderr act --apply step
	[ "$(field status <<<"$output")" = waiting ]
	cmp root/etc/shadow before
}

@test "a key is taken away by its fingerprint and put back in its place" {
	command -v ssh-keygen >/dev/null || skip "no ssh-keygen here"
	keys=root/home/bob/.ssh/authorized_keys
	for k in a b c; do
		ssh-keygen -q -t ed25519 -N '' -C "$k" -f "key.$k"
	done
	{
		echo '# keys of bob'
		cat key.a.pub
		echo "from=\"192.0.2.*\",command=\"echo \\\"hi\\\" there\" $(cat key.b.pub)"
		cat key.c.pub
	} >$keys
	cp $keys before
	print=$(ssh-keygen -lf key.b.pub | cut -d' ' -f2)
	step revoke-keys user bob fingerprint "$print" >step
	act --apply step >out
	[ "$(field status <out)" = applied ]
	! grep -q "$(cut -d' ' -f2 key.b.pub)" $keys || false
	[ "$(wc -l <$keys)" -eq 3 ]
	[ "$(act --apply step | field status)" = already ]
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	cmp $keys before
	step revoke-keys user bob | act --apply >out
	[ "$(cat $keys)" = '# keys of bob' ]
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	cmp $keys before
}

@test "a file goes to the vault if it is the one that was meant" {
	echo malware >root/tmp/x
	touch -d 2026-01-02T03:04:05Z root/tmp/x
	hash=$(sha256sum <root/tmp/x | cut -d' ' -f1)
	stat -c '%a %u %Y' root/tmp/x >before
	step quarantine-file path /tmp/x sha256 "${hash//[0-9]/0}" >step
	run -1 --separate-stderr act --apply step
	[ "$(field reason.code <<<"$output")" = changed ]
	step quarantine-file path /tmp/x >step
	run -75 --separate-stderr act --apply step
	step quarantine-file path /tmp/x sha256 "$hash" >step
	act --apply step >out
	[ "$(field status <out)" = applied ] && [ ! -e root/tmp/x ]
	[ "$(act --apply step | field status)" = already ]
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	[ "$(cat root/tmp/x)" = malware ]
	stat -c '%a %u %Y' root/tmp/x | cmp - before
}

@test "exactly the process that was meant is stopped, resumed and killed" {
	pid=$(setsid sh -c 'sleep 300 3>&- >/dev/null 2>&1 & echo $!' 3>&-)
	hash=$(sha256sum <"/proc/$pid/exe" | cut -d' ' -f1)
	start=$(date -u -d "@$(stat -c %Y "/proc/$pid")" +%Y-%m-%dT%H:%M:%SZ)
	state() { sed 's/.*) //' "/proc/$pid/stat" | cut -c1; }
	step stop-process pid "$pid" start 2020-01-01T00:00:00Z >step
	run -1 --separate-stderr live --apply step
	step stop-process pid "$pid" start "$start" exe_sha256 "${hash//[0-9]/0}" >step
	run -1 --separate-stderr live --apply step
	[ "$(state)" = S ]
	step stop-process pid "$pid" start "$start" exe_sha256 "$hash" | live --apply >out
	[ "$(field status <out)" = applied ] && [ "$(state)" = T ]
	live --apply --undo "$(field id <out)" --reason r >/dev/null
	[ "$(state)" = S ]
	step kill-process pid "$pid" start "$start" exe_sha256 "$hash" | live --apply >out
	[ "$(field status <out)" = applied ]
	[ ! -e "/proc/$pid" ] || [ "$(state)" = Z ]
}

@test "no process that is needed is touched" {
	for pid in 1 2 $$ $PPID; do
		step kill-process pid "$pid" >step
		run --separate-stderr live --apply --yes --reason r step
		[ "$status" -le 1 ]
		[[ $(field status <<<"$output") == refused || $(field status <<<"$output") == already ]]
	done
	kill -0 $$
}

# As on a machine with systemd: /run, units and systemctl are the test's own.
managed() {
	"${apart[@]}" sh -c '
		mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/systemd/sessions &&
		cp run/* /run/systemd/sessions/ && { [ ! -e utmp ] || cp utmp /run/utmp; } &&
		mount --bind units /etc/systemd/system && mount --bind systemctl /usr/bin/systemctl &&
		mount --bind . /mnt && exec "$@"' - "$BIN/ircontain" --state "$PWD/st" --site "$PWD/site.yaml" \
		--stop-file none "$@"
}

machine() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ -e /usr/bin/systemctl ] && [ -d /etc/systemd/system ] || skip "no systemctl to stand in for"
	mkdir run units
	: >run/none.ref
	# a manager of one unit: its state is a file
	cat >systemctl <<-'EOF'
		#!/bin/sh
		echo "$*" >>/mnt/said
		case $1 in
		is-active) [ -e /mnt/active ] ;;
		stop) rm -f /mnt/active ;;
		start) : >/mnt/active ;;
		esac
	EOF
	chmod 755 systemctl
}

@test "a user's sessions end with all they started, and nobody else's" {
	machine
	lead() { # UID: a session with a child, and one that left it
		setsid setpriv --reuid="$1" --clear-groups sh -c \
			'sleep 301 & setsid sleep 302 & echo $$; exec sleep 303 >&-' </dev/null 2>/dev/null 3>&- &
	}
	lead 1001 >bob
	lead 1002 >ann
	while [ ! -s bob ] || [ ! -s ann ]; do sleep 0.05; done
	sleep 0.1
	note() { # NAME UID USER PID SECONDS
		printf 'UID=%s\nUSER=%s\nTTY=pts/7\nREMOTE_HOST=203.0.113.7\nLEADER=%s\nREALTIME=%s000000\n' \
			"$2" "$3" "$4" "$5" >"run/$1"
	}
	alive() { ps -u "$1" -o stat=,comm= | grep -c '^[^Z].* sleep' || true; }
	[ "$(alive 1001)" -eq 3 ] && [ "$(alive 1002)" -eq 3 ]
	step revoke-sessions user bob >step
	# the number was another process's when that session began
	note 1 1001 bob "$(cat bob)" 1600000000
	note 2 1002 ann "$(cat ann)" "$(date +%s)"
	[ "$(managed step | field status)" = already ]
	note 1 1001 bob "$(cat bob)" "$(date +%s)"
	managed step >out
	[ "$(field status <out)" = planned ]
	[[ $(field change <out) == 'end 1 session of bob and 3 processes' ]]
	[ "$(alive 1001)" -eq 3 ]
	managed --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	[ "$(alive 1001)" -eq 0 ] && [ "$(alive 1002)" -eq 3 ]
	[ "$(managed --apply step | field status)" = already ]
	run -1 --separate-stderr managed --apply --undo "$(field id <out)" --reason r
	# the other one is known from utmp
	rm run/2
	python3 - "$(cat ann)" <<-'EOF'
		import struct, sys, time
		open("utmp", "wb").write(struct.pack("<hxxi32s4s32s256shhiii4i20x", 7, int(sys.argv[1]),
		    b"pts/8", b"8", b"ann", b"203.0.113.8", 0, 0, 0, int(time.time()), 0, 0, 0, 0, 0))
	EOF
	step revoke-sessions user ann | managed --apply >out
	[ "$(field status <out)" = applied ]
	[ "$(alive 1002)" -eq 0 ]
	run -1 --separate-stderr act --apply step
	[ "$(field reason.code <<<"$output")" = image ]
}

@test "a service is masked and stopped, and runs again as it did" {
	machine
	printf '[Service]\nExecStart=/bin/true\n' >units/shop.service
	touch -d 2026-01-02T03:04:05Z units/shop.service
	: >active
	ln -s shop.service units/web.service
	step disable-service unit web.service >step
	[ "$(managed step | field status)" = planned ]
	[ -f units/shop.service ] && [ ! -e said ] || grep -qv stop said
	managed --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	[ "$(readlink units/shop.service)" = /dev/null ] && [ ! -e active ]
	grep -qx 'stop -- shop.service' said
	[ "$(managed --apply step | field status)" = already ]
	managed --audit >/dev/null
	managed --apply --undo "$(field id <out)" --reason r >/dev/null
	[ -f units/shop.service ] && [ ! -L units/shop.service ] && [ -e active ]
	[ "$(stat -c %Y units/shop.service)" = "$(date -d 2026-01-02T03:04:05Z +%s)" ]
	for unit in ssh.service dbus.service systemd-journald.service multi-user.target \
		nowhere.service; do
		: >"units/$unit"
		[ "$unit" != nowhere.service ] || rm "units/$unit"
		step disable-service unit "$unit" >step
		run -1 --separate-stderr managed --apply --yes --reason r step
		[ "$(field status <<<"$output")" = refused ]
	done
}

@test "a service of an image is masked by its link" {
	mkdir -p root/etc/systemd/system root/usr/lib/systemd/system
	: >root/usr/lib/systemd/system/shop@.service
	ln -s /opt/x.service root/etc/systemd/system/x.service
	step disable-service unit shop@1.service | act --apply >out
	[ "$(field status <out)" = applied ]
	[ "$(readlink root/etc/systemd/system/shop@1.service)" = /dev/null ]
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	[ ! -L root/etc/systemd/system/shop@1.service ]
	step disable-service unit x.service | act --apply >out
	[ "$(readlink root/etc/systemd/system/x.service)" = /dev/null ]
	act --apply --undo "$(field id <out)" --reason r >/dev/null
	[ "$(readlink root/etc/systemd/system/x.service)" = /opt/x.service ]
}

resolvers() { # DIR [PROBE]
	cat <<-EOF
		resolvers:
		  - {kind: rpz, path: $1/db.rpz}
		  - {kind: unbound, path: $1/unbound.conf}
		  - {kind: dnsmasq, path: $1/dnsmasq.conf, reload: [/bin/true]}
		  - {kind: hosts, path: $1/hosts}
		probe: ${2:-no}
	EOF
}

@test "a domain is blocked in each resolver's file, and all files are as before after" {
	resolvers /etc >resolvers.yaml
	printf '$TTL 60\n@ SOA localhost. root.localhost. (1 2 3 4 5)\n@ NS localhost.\n' >root/etc/db.rpz
	printf '127.0.0.1 localhost\n192.0.2.1 web' >root/etc/hosts # no line feed
	cp -a root/etc before
	sink() { act --resolvers resolvers.yaml "$@"; }
	step block-domain domain Evil.Example.NET. >step
	[ "$(sink step | field status)" = planned ]
	diff -r before root/etc
	sink --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	grep -qx 'evil.example.net CNAME .' root/etc/db.rpz
	grep -qx '\*.evil.example.net CNAME .' root/etc/db.rpz
	grep -qx '    local-zone: "evil.example.net." always_nxdomain' root/etc/unbound.conf
	grep -qx 'server:' root/etc/unbound.conf
	grep -qx 'local=/evil.example.net/' root/etc/dnsmasq.conf
	grep -qx '0.0.0.0 evil.example.net' root/etc/hosts
	step block-domain domain evil.example.net >step
	[ "$(sink --apply step | field status)" = already ]
	# more of them, taken back in another order
	for d in a.example.net xn--bcher-kva.example.net; do step block-domain domain $d; done |
		sink --apply >more
	[ "$(field status <more | sort -u)" = applied ]
	sink --audit >/dev/null
	sed -i '/local=.a.example/d' root/etc/dnsmasq.conf
	run -1 --separate-stderr sink --audit
	sink --apply --restore >/dev/null
	sink --audit >/dev/null
	sink --apply --undo "$(field id <out)" --reason r >/dev/null
	for id in $(field id <more); do sink --apply --undo "$id" --reason r >/dev/null; done
	diff -r before root/etc
	# marks that somebody broke
	sink --apply step >out
	sed -i '/ir: end/d' root/etc/hosts
	step block-domain domain b.example.net >step
	run -1 --separate-stderr sink --apply step
	[[ $output == *'are damaged'* ]]
}

@test "domains that many need, public suffixes and our own are never blocked" {
	resolvers /etc >resolvers.yaml
	: >root/etc/db.rpz
	: >root/etc/hosts
	printf 'search corp.example.org\n' >root/etc/resolv.conf
	printf 'deb http://mirror.example.com/debian stable main\n' >root/etc/apt.list
	mkdir -p root/etc/apt && mv root/etc/apt.list root/etc/apt/sources.list
	for d in debian.org security.debian.org DEB.Debian.Org. co.uk github.io amazonaws.com \
		com.au corp.example.org www.corp.example.org example.org mirror.example.com example.com \
		ip6.arpa; do
		step block-domain domain $d >step
		run -1 --separate-stderr act --resolvers resolvers.yaml --apply --yes --reason r step
		[ "$(field reason.code <<<"$output")" = protected ] || { echo "$d: $output"; false; }
	done
	[ ! -s root/etc/db.rpz ]
	for d in evil.github.io bad.co.uk www.mirror.example.com; do
		step block-domain domain $d | act --resolvers resolvers.yaml >out
		[ "$(field status <out)" = planned ]
	done
	for d in bücher.example localhost 'a b.example' 'a/b.example' 'x.-a.example' 'a..example' 'x.example..'; do
		step block-domain domain "$d" >step
		run -1 --separate-stderr act --resolvers resolvers.yaml step
	done
	step block-domain domain evil.example.net >step
	run -75 --separate-stderr act --resolvers nowhere.yaml --apply step
	[ "$(field reason.code <<<"$output")" = undeclared ]
}

@test "the resolver is asked, and a block that it does not keep is taken back" {
	cat >dns.py <<-'EOF'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 5300))
		open("ready", "w").close()
		while True:
		    q, peer = s.recvfrom(512)
		    name, at = [], 12
		    while q[at]:
		        name.append(q[at + 1:at + 1 + q[at]].decode()); at += q[at] + 1
		    try: blocked = "local=/%s/" % ".".join(name) in open("d/dnsmasq.conf").read() and sys.argv[1] == "obeys"
		    except OSError: blocked = False
		    head = q[:2] + (b"\x81\x83" if blocked else b"\x81\x80") + b"\0\1" + (b"\0\0" if blocked else b"\0\1") + b"\0\0\0\0"
		    s.sendto(head + q[12:at + 5] + (b"" if blocked else b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\0\2\7"), peer)
	EOF
	mkdir d
	: >d/db.rpz
	printf '127.0.0.1 localhost\n' >d/hosts
	resolvers "$PWD/d" 127.0.0.1#5300 >resolvers.yaml
	[ "$(id -u)" -eq 0 ] || skip "needs root: only root's files are obeyed"
	ask() { # HOW [option ...]
		"${apart[@]}" sh -c 'rm -f ready; ip link set lo up; python3 dns.py "$1" & shift
			until [ -e ready ]; do sleep 0.02; done; "$@"; s=$?; kill $!; exit $s' - \
			"$1" "$BIN/ircontain" --state st --site site.yaml --stop-file none \
			--resolvers resolvers.yaml "${@:2}"
	}
	cp -a d before
	step block-domain domain evil.example.net >step
	run -3 --separate-stderr ask ignores --apply step
	[ "$(field status <<<"$output")" = failed ]
	[[ $stderr == *'the resolver still answers for evil.example.net'* ]]
	diff -r before d
	ask obeys --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	run -1 --separate-stderr ask ignores --audit
	ask obeys --audit >/dev/null
	ask obeys --apply --undo "$(field id <out)" --reason r >/dev/null
	diff -r before d
}

# The manifest of an archive agrees with what is in it.
sealed() { # ARCHIVE
	(cd "$(dirname "$1")" && sha256sum -c --quiet "$(basename "$1").sha256") || return
	rm -rf open && mkdir open && tar -xf "$1" -C open || return
	jq -r '.files[] | .sha256 + "  " + .name' open/manifest.json >sums
	(cd open && sha256sum -c --quiet ../sums) || return
	[ "$(find open -type f | wc -l)" -eq $(($(wc -l <sums) + 1)) ]
}

@test "evidence of an image is an archive whose manifest holds, the same twice" {
	mkdir -p root/var/log root/etc/cron.d root/run "root/tmp/$(printf 'd%.0s' {1..120})"
	echo wtmp >root/var/log/wtmp
	: >root/var/log/btmp
	echo '* * * * * root /tmp/x' >root/etc/cron.d/x
	echo 'ssh-ed25519 AAAA' >root/home/bob/.ssh/authorized_keys
	long=/tmp/$(printf 'd%.0s' {1..120})/ümlaut
	echo shell >"root$long"
	ln -s /etc/shadow root/tmp/link
	act --collect logins,jobs,files,processes,mail --reason r >out
	[ "$(field status <out)" = planned ] && [ ! -e st/evidence ]
	now=2026-11-24T12:00:00Z
	touch -d 2026-11-23T00:00:00Z "root$long"
	act --apply --now $now --collect logins,jobs,files,processes,mail --reason r >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	tar=st/evidence/$(field id <out).tar
	[ "$(stat -c %a "$tar")" = 600 ] && [ "$(stat -c %a st/evidence)" = 700 ]
	sealed "$tar"
	[ "$(cat open/logins/wtmp)" = wtmp ] && [ -e open/jobs/etc/cron.d/x ]
	[ -e open/jobs/home/bob/.ssh/authorized_keys ] && [ ! -e open/processes.jsonl ]
	grep -q 'ümlaut' open/timeline.jsonl
	[ "$(jq -r '.errors[].what' open/manifest.json | sort | tr '\n' ' ')" = 'mail processes ' ]
	grep -q "$(sha256sum <"$tar" | cut -d' ' -f1)" st/ledger
	cp -r open first
	rm -rf st
	act --apply --now $now --collect logins,jobs,files,processes,mail --reason r >out
	sealed "st/evidence/$(field id <out).tar"
	diff -r -x manifest.json -x timeline.jsonl first open
}

@test "evidence is collected before what a plan destroys, with the processes it names" {
	cp "$(command -v sleep)" runner && chmod 755 runner
	setsid ./runner 300 3>&- >/dev/null 2>&1 &
	sleep 0.1
	pid=$(pgrep -f '^./runner 300$')
	rm runner
	start=$(date -u -d "@$(stat -c %Y "/proc/$pid")" +%Y-%m-%dT%H:%M:%SZ)
	{
		step kill-process pid "$pid" start "$start"
		step collect-evidence what processes,sockets
	} | jq -c . >step
	live --apply step >out
	[ "$(field status <out | sort -u)" = applied ]
	tar=st/evidence/$(jq -r 'select(."ir.action.do" == "collect-evidence") | ."ir.action.id"' out).tar
	sealed "$tar"
	jq -se --argjson p "$pid" 'any(.pid == $p and .exe_deleted and .sha256 != null)' open/processes.jsonl
	cmp "open/named/$pid/exe" "$(command -v sleep)"
	[ "$(tr '\0' ' ' <"open/named/$pid/cmdline")" = './runner 300 ' ]
	jq -se 'all(.proto and .local_port >= 0)' open/sockets.jsonl
	# what cannot be collected stops what would destroy it
	sleep 300 3>&- >/dev/null 2>&1 &
	pid=$!
	rm -rf st/evidence && : >st/evidence
	{
		jq -nc --argjson pid "$pid" '{"do":"kill-process",approval:"none",target:{pid:$pid}}'
		step collect-evidence what modules
	} >step
	run --separate-stderr live --apply --yes --reason r step
	[ "$status" -eq 3 ]
	kill -0 "$pid"
	kill "$pid"
}
