# shellcheck shell=bash
# For tests that act: network namespaces of their own, scratch state, a lib.sh for scripts.

setup() {
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	TESTS=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	export BIN TESTS

	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT
	if [ "$(id -u)" -eq 0 ]; then
		apart=(unshare -n -m)
	else
		apart=(unshare -r -n -m)
	fi
	"${apart[@]}" /usr/sbin/nft list ruleset >/dev/null 2>&1 ||
		skip "no network namespace with nft here"
	cat >lib.sh <<-'EOS'
		set -eu
		now=--now=2026-11-24T07:00:00Z
		export PATH=$PATH:/usr/sbin:/sbin
		ip link set lo up
		ip link add v0 type veth peer name v1
		ip addr add 10.9.0.2/24 dev v0
		ip -6 addr add 2001:db8:9::2/64 dev v0 nodad
		ip link set v0 up
		ip link set v1 up
		ip route add default via 10.9.0.1
		ip route add 192.0.2.128/25 via 10.9.0.77 table 99
		ip -6 route add default via 2001:db8:9::1
		act() { "$BIN/ircontain" --state st "$@"; }
		field() { jq -r "select(.\"ir.kind\" == \"action\") | .\"ir.action.$1\""; }
		blocked() { nft -j list table inet ir 2>/dev/null | grep -c "\"$1\"" || true; }
		ruleset() { nft list ruleset | sed 's/ expires [0-9a-z]*//g'; }
		# step ADDRESS [MEMBERS]
		step() { printf '{"do":"block-ip","target":{"%s":"%s"},"prov":"observed","approval":"none"%s}\n' \
			"$(case $1 in */*) echo cidr ;; *) echo ip ;; esac)" "$1" "${2:-}"; }
		# plan ADDRESS...
		plan() {
			for a in "$@"; do
				printf '{"ir.kind":"incident","@timestamp":"2026-11-24T06:05:01.000Z","ir.incident.id":"i-%s",' "$a"
				printf '"ir.version":1,"ir.incident.class":"bruteforce","ir.incident.title":"t","ir.severity":"high",'
				printf '"ir.entities":[{"type":"ip","value":"%s","role":"attacker","prov":"observed"}]}\n' "$a"
			done | "$BIN/irplan" $now | jq -c 'select(."ir.kind" == "plan")'
		}
		# wants STATUS COMMAND...
		wants() {
			want=$1 got=0
			shift
			"$@" || got=$?
			[ $got -eq "$want" ] || { echo "status $got, not $want: $*"; exit 1; }
		}
		same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; exit 1; }; }
	EOS
}

# Run a script in namespaces of its own.
apart() {
	cat lib.sh - >script.sh
	"${apart[@]}" bash script.sh
}

# far ADDRESS...: a second namespace behind v1, as a script function of lib.sh
far() {
	cat >>lib.sh <<-'EOS'
		# beyond ADDRESS...: put the other end of the cable into a namespace of its own
		beyond() {
			unshare -n sleep 60 &
			beyond=$!
			for i in 1 2 3 4 5; do
				if [ "$(readlink /proc/$beyond/ns/net)" != "$(readlink /proc/self/ns/net)" ]; then break; fi
				sleep 0.05
			done
			ip link set v1 netns $beyond
			for a in "$@"; do there ip addr add "$a" dev v1; done
			there ip link set v1 up
		}
		there() { nsenter -t "$beyond" -n "$@"; }
		# reach FROM: can 10.9.0.2 be reached from there?
		reach() { there ping -c1 -W1 -I "$1" 10.9.0.2 >/dev/null 2>&1; }
		# out TO: can we reach it?
		out() { ping -c1 -W1 "$1" >/dev/null 2>&1; }
		trap 'kill "${beyond:-}" 2>/dev/null || :' EXIT
	EOS
}
