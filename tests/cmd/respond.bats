#!/usr/bin/env bats
# The properties of containment that a careful engineer asks for, by number.  They
# act only in network namespaces made here, on scratch state.

bats_require_minimum_version 1.5.0

load apart

@test "isolate: cut off but for management, both ways; undone, all is as before" {
	far
	apart <<-'E'
		beyond 10.9.0.1/24 10.9.0.50/24 10.9.0.66/24
		reach 10.9.0.66 || exit 0
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
		reach 10.9.0.66 || exit 0
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

@test "property 15: killed at a system call, every intent is settled, nothing is done twice" {
	command -v strace >/dev/null || skip "no strace"
	apart <<-'E'
		. "$TESTS/killed" "${INSTANTS:-12}" 7
	E
}
