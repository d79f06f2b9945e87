#!/usr/bin/env bats
# Strings that a shell, a unit file, nft or YAML would obey, in every field that reaches
# an action.  HOSTILE=10000 draws as many; without it a few hundred.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT SUDO_UID SUDO_USER
	export ASAN_OPTIONS=detect_leaks=0
	N=${HOSTILE-300}
	printf 'hosts: {web1: 192.0.2.10}\n' >site.yaml
	mkdir -p root/etc/cron.d root/etc/systemd/system root/var/www/html root/var/lib/dpkg root/home/bob/.ssh
	echo '* * * * * root x' >root/etc/cron.d/upd
	echo 'bob:x:1001:1001::/home/bob:/bin/sh' >root/etc/passwd
	echo 'ssh-ed25519 AAAA x' >root/home/bob/.ssh/authorized_keys
	printf 'Package: foo\nStatus: install ok installed\nVersion: 1.0-1\n\n' >root/var/lib/dpkg/status
	cat >draw.pl <<-'E'
		# draw.pl COUNT FORM: COUNT lines, JSON-escaped strings put where FORM says %s; %d is a number
		use strict; srand(11);
		my @bits = (";touch pwned", "`touch pwned`", "\$(touch pwned)", "|sh", "&& id", "--help", "-rf /", "\\n", "\\r\\n", "\\u0000",
			"\\u001b[2J", "\\t", "} }; table x {", "{ 0.0.0.0/0 }", "\\nExecStart=/bin/sh", "\\n[Service]", "../../etc/passwd", "/etc/cron.d/upd",
			"%n%s", "%2e%2e", "\\u202e", "\x27 OR 1=1", "\\\"", "\\\\", "*", "~/.ssh", "{{ lookup(\x27pipe\x27,\x27touch pwned\x27) }}", "{% raw %}",
			": ", " #", "- x", "&a", "*a", "!!python/object", "|", ">", "---", "root", "bob", "foo", "203.0.113.7", "example.com", "\\u2028", "\xc3\xa9");
		my ($n, $form) = @ARGV;
		for my $i (1 .. $n) {
			my $line = $form;
			$line =~ s/%s/join("", map { $bits[rand @bits] } 1 .. 1 + rand 4)/ge;
			$line =~ s/%d/$i/g;
			print "$line\n";
		}
	E
}

draw() { perl draw.pl "$@"; }

act() {
	"$BIN/$1" --root root --state st --site site.yaml --stop-file none "${@:2}"
}

steps() { # COUNT: of every verb of irremedy, something hostile in each member
	local n=$(($1 / 8 + 1)) why='"why":"%s","approval":"none","events":["%s"]'
	draw $n '{"do":"remove-persistence","target":{"kind":"cron","path":"/etc/cron.d/%s"},'"$why}"
	draw $n '{"do":"remove-persistence","target":{"kind":"%s","path":"%s"},'"$why}"
	draw $n '{"do":"remove-persistence","target":{"kind":"systemd","unit":"%s.service"},'"$why}"
	draw $n '{"do":"remove-persistence","target":{"kind":"authorized-keys","user":"%s"},'"$why}"
	draw $n '{"do":"restore-path","target":{"path":"/var/%s","from":"tar:/%s"},'"$why}"
	draw $n '{"do":"patch-package","target":{"package":"%s","version":"%s"},'"$why}"
	draw $n '{"do":"remove-account","target":{"user":"%s"},"on":"%s",'"$why}"
	draw $n '{"do":"rotate-secret","target":{"name":"%s"},'"$why}"
}

# What may not have happened: a file, a process but ourselves (and NAMES)
nothing() { # TRACE NAME...
	[ -z "$(find . -name '*pwned*')" ]
	local t=$1
	shift
	run ! sh -c "grep -h 'execve(' $t | sed 1d | grep -vE '${*:-^$}'"
}

@test "irremedy: no process, no file outside, nothing changed in the image" {
	command -v strace >/dev/null || skip "no strace"
	steps "$N" >in
	[ "$(wc -l <in)" -ge "$N" ]
	find root -printf '%p %m %s %T@\n' | sort >before
	run -1 strace -f -e trace=execve,execveat -o trace "$BIN/irremedy" --root root --state st --site site.yaml --stop-file none \
		--apply --yes --reason r --max-actions 1000000 --max-per-hour 1000000 in
	nothing trace
	# what was done, if anything, is what stands there: the crontab that was named, the keys and account of bob
	jq -c 'select(."ir.action.status"? == "applied") | ."ir.action.target"' <<<"$output" 2>/dev/null | sort -u >made
	run ! grep -vE '^\{"(kind":"cron","path":"/etc/cron.d/upd|kind":"authorized-keys","user":"bob|user":"bob)"\}$' made
	find . -path ./root -prune -o -path ./st -prune -o -type f -print | sort | cut -c3- |
		diff - <(printf '%s\n' before draw.pl in made site.yaml trace | sort)
}

@test "irremedy --ansible: values come back as they were, and none is a template" {
	command -v python3 >/dev/null && python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	steps "$N" >in
	"$BIN/irremedy" --root root --state st --site site.yaml --stop-file none --ansible book in >/dev/null 2>err || :
	nothing /dev/null
	python3 - <<-'EOF'
		import json, yaml
		yaml.SafeLoader.add_constructor("!unsafe", lambda l, n: ("unsafe", l.construct_scalar(n)))
		asked = [json.loads(l) for l in open("in")]
		targets = {json.dumps(a["target"], sort_keys=True) for a in asked}
		plays = yaml.safe_load(open("book/playbook.yaml"))
		n = 0
		for p in plays:
		    assert set(p) == {"name", "hosts", "gather_facts", "become", "serial", "any_errors_fatal", "tasks"}, p.keys()
		    assert len(p["hosts"]) == 1 and all(c.isalnum() or c in ".-" for c in p["hosts"][0])
		    for t in p["tasks"]:
		        assert set(t) == {"name", "irutils.response.irremedy"}, t.keys()
		        m = t["irutils.response.irremedy"]
		        assert t["name"][0] == "unsafe" and set(m) == {"records", "actor", "reason"}
		        assert m["actor"] == "{{ actor }}" and m["reason"] == "{{ reason }}"
		        assert len(m["records"]) == 1 and m["records"][0][0] == "unsafe"
		        r = json.loads(m["records"][0][1])
		        a = next(x for x in asked if x["do"] == r["do"] and x["target"] == r["target"] and x["why"] == r.get("why", ""))
		        n += 1
		assert n > len(asked) / 20, n
		inv = yaml.safe_load(open("book/inventory.yaml"))
		assert set(inv) == {"all"} and set(inv["all"]) == {"hosts"}
		for h, v in inv["all"]["hosts"].items():
		    assert v in (None, {"ansible_connection": "local"}, {"ansible_host": "192.0.2.10"}), v
	EOF
}

@test "irplan --keygen, --approve: a name is a name, a reason is what was said" {
	jq -nc '{"ir.kind":"plan","ir.plan.id":"0123456789abcdef0123456789abcdef","ir.incident.id":"i-1","ir.incident.version":1,
		"ir.plan.expires":"2099-01-01T00:00:00.000Z","ir.plan.steps":[{do:"lock-account",target:{user:"bob"}}]}' >u
	jq -cjS '{"ir.plan.id","ir.incident.id","ir.incident.version","ir.plan.expires","ir.plan.steps"}' u >canon
	jq -c --arg h "$(sha256sum <canon | cut -d' ' -f1)" '. + {"ir.plan.hash":$h}' u >p
	"$BIN/irplan" --keygen k --actor ann >/dev/null
	draw $((N / 10)) '"%s"' >in
	while IFS= read -r json; do
		[[ $json != *u0000* ]] || continue
		evil=$(jq -j . <<<"$json"; echo .)
		evil=${evil%.}
		rm -f k2
		if "$BIN/irplan" --keygen k2 --actor "$evil" >line 2>err; then
			[ "$(wc -l <line)" -eq 1 ]
			grep -qE '^[A-Za-z0-9._@][A-Za-z0-9._@-]* ed25519:[A-Za-z0-9+/=]* low,medium$' line
		else
			[ ! -e k2 ]
		fi
		if "$BIN/irplan" --approve p --key k --actor ann --reason="$evil" >yes 2>err; then
			[ "$(wc -l <yes)" -eq 1 ]
			jq -e --argjson w "$json" '."ir.plan.approvals"[0].why == $w' yes >/dev/null
		fi
	done <in
	nothing /dev/null
}

@test "--openc2 and --emit: one answer a command, no rule and no line but addresses" {
	command -v strace >/dev/null || skip "no strace"
	unshare -n -m /usr/sbin/nft list ruleset >/dev/null 2>&1 || skip "no network namespace with nft here"
	{
		draw $((N / 4)) '{"action":"deny","target":{"ipv4_net":"203.0.113.7%s"},"command_id":"%s"}'
		draw $((N / 4)) '{"action":"deny","target":{"%s":"%s"},"args":{"%s":"%s","comment":"%s"}}'
		draw $((N / 4)) '{"action":"%s","target":{"domain_name":"%s.example.com"},"actuator":{"%s":{}}}'
		draw $((N / 4)) '{"action":"delete","target":{"slpf:rule_number":"%s"}}'
		echo '{"action":"deny","target":{"ipv4_net":"203.0.113.7"}}'
	} >in
	cat >script <<-EOF
		strace -f -e trace=execve,execveat -o trace "$BIN/ircontain" --state st --site site.yaml --stop-file none --openc2 --apply \
			--actor ann --reason r --max-actions 1000000 in >out 2>err || :
		/usr/sbin/nft -j list ruleset >rules
		"$BIN/ircontain" --state st --site site.yaml --stop-file none --emit pf=pf.conf --emit ipset=ipset.conf >/dev/null
	EOF
	unshare -n -m sh script
	nothing trace '"/usr/sbin/nft"'
	[ "$(wc -l <out)" -eq "$(wc -l <in)" ]
	jq -e -s 'all(.[]; .status >= 100)' out >/dev/null
	jq -r '.nftables[].set.elem // [] | .[].elem.val' rules | grep -vxc 203.0.113.7 | grep -qx 0
	run ! grep -vE '^(#.*|203\.0\.113\.7)$' pf.conf
	run ! grep -vE '^(#.*|(create|flush|swap|destroy) ir[46].*|add ir4_new 203\.0\.113\.7( timeout [0-9]+)?)$' ipset.conf
}

@test "--ssh: the shell of the other host is given fixed words only" {
	[ "$(id -u)" -eq 0 ] && [ -e /usr/bin/ssh ] || skip "needs root, and a ssh to stand in for"
	unshare -n -m -u true 2>/dev/null || skip "no namespaces here"
	mkdir far
	printf '#!/bin/sh\nexec %s --root root --state there --site site.yaml --stop-file none "$@"\n' "$BIN/irremedy" >far/irremedy
	cat >ssh <<-EOF
		#!/bin/sh
		cd $PWD
		for w; do line=\$w; done
		printf '%s\n' "\$line" >>lines
		PATH=$PWD/far:/usr/bin:/bin exec sh -c "hostname web1; \$line"
	EOF
	chmod 755 ssh far/irremedy
	n=$((N < 1000 ? 12 : N / 50))
	{
		draw $n '{"do":"remove-persistence","target":{"kind":"cron","path":"/etc/cron.d/%s"},"on":"web1","why":"%s","approval":"none"}'
		draw $n '{"do":"remove-persistence","target":{"kind":"cron","path":"/etc/cron.d/upd"},"on":"%s","why":"%s","approval":"none"}'
		draw $n '{"do":"patch-package","target":{"package":"foo","version":"%s"},"on":"web1","why":"%s","approval":"none","events":["%s"]}'
		echo '{"do":"patch-package","target":{"package":"foo","version":"1.0-1"},"on":"web1","why":"$(touch pwned)","approval":"none"}'
	} >in
	unshare -n -m -u sh -c 'mount --bind ssh /usr/bin/ssh && exec "$@"' - "$BIN/irremedy" --state here --site site.yaml \
		--stop-file none --ssh --apply --max-actions 100000 --max-per-hour 100000 in >out 2>err || :
	[ -s lines ]
	[ -z "$(sort -u lines | grep -vE '^irremedy( --apply)?( --yes --reason executor)?( --undo -)?( --reason executor)? ?-?$')" ]
	nothing /dev/null
}
