#!/usr/bin/env bats
# Who agreed: signed approvals of plans (property 13 of containment).  Acts only in
# network namespaces made here, on scratch state.

bats_require_minimum_version 1.5.0

load apart

# People with keys: ann may all, bob low and medium, eve is nobody; a plan with a grave
# step (an inside address: two have to agree) and one of low risk.
people() {
	cat >>lib.sh <<-'E'
		for who in ann bob cat eve; do
			"$BIN/irplan" --keygen $who.key --actor $who >$who.line
		done
		{
			sed 's/low,medium/low,medium,high/' ann.line
			cat bob.line
			sed 's/low,medium/high/' cat.line
		} >approvers
		yes() { who=$1 from=$2; shift 2
			"$BIN/irplan" --now=2026-11-24T06:59:00Z --approve "$from" --key "$who.key" --actor "$who" --reason "seen by $who" "$@"; }
		try() { act --apply --now "${at:-2026-11-24T07:00:00Z}" --approvers approvers "$@"; }
		# waits FILE...: it is not done, for want of approval
		waits() {
			got=0
			try "$@" >out 2>err || got=$?
			[ "$got" = 75 ] || { echo "status $got for $*"; cat out err; exit 1; }
			same "$(field reason.code <out)" approval
			same "$(blocked 10.1.2.3)" 0
		}
		why() { field reason.text <out; }
		plan 10.1.2.3 >p
	E
}

@test "property 13: two different approvers for what is grave, then it is done, once" {
	people
	apart <<-'E'
		waits p
		yes ann p >ann.yes
		yes cat p >cat.yes
		waits --approvals ann.yes p
		why | grep -q '1 of 2 persons'
		# the same person twice is one
		yes ann p --expires 1h >>ann.yes
		waits --approvals ann.yes p
		wants 0 try --approvals ann.yes --approvals cat.yes p >out
		same "$(field status <out)" applied
		same "$(field agreed <out)" "ann: seen by ann; cat: seen by cat"
		grep '"op":"intent"' st/ledger | jq -e '.agreed == "ann: seen by ann; cat: seen by cat"'
		# replayed: nothing changes
		ruleset >before
		wants 0 try --approvals ann.yes --approvals cat.yes p >out
		same "$(field status <out)" already
		ruleset | cmp - before
	E
}

@test "approvals come in the stream or in the plan as well, signed ones only" {
	people
	apart <<-'E'
		yes ann p >yes
		yes cat p >>yes
		jq -c --slurpfile y yes '."ir.plan.approvals" = [$y[]."ir.plan.approvals"[]]' p >both
		jq -c '."ir.plan.approvals"[].sig |= ("A" * 86 + "==")' both >nonsense
		waits nonsense
		why | grep -q 'ann did not sign this'
		jq -c 'del(."ir.plan.approvals"[].sig)' both >unsigned
		waits unsigned
		wants 0 try both >out
		same "$(field status <out)" applied
		act --apply --undo "$(field id <out)" >/dev/null
		cat yes p | wants 0 try >out
		same "$(field status <out | xargs)" applied
		# the approvals pass on, like any record
		same "$(jq -r 'select(."ir.kind" == "approval") | ."ir.kind"' out | wc -l)" 2
	E
}

@test "an approval with any byte changed, for another plan, or of another key counts for nothing" {
	people
	apart <<-'E'
		yes cat p >cat.yes
		yes ann p >ann.yes
		changed() { jq -c "$1" ann.yes >bad; cmp -s bad ann.yes && exit 1; waits --approvals bad --approvals cat.yes p; }
		changed '."ir.plan.approvals"[0].by = "bob"'
		changed '."ir.plan.approvals"[0].why += " "'
		changed '."ir.plan.approvals"[0].at = "2026-11-24T06:59:00.001Z"'
		changed '."ir.plan.approvals"[0].until = "2026-11-24T07:39:00.000Z"'
		changed '."ir.plan.hash" |= (.[1:] + .[0:1])'
		changed '."ir.plan.approvals"[0].sig |= (.[1:] + .[0:1])'
		# of another plan, under this one's hash or its own
		plan 10.1.2.4 >q
		yes ann q >other
		waits --approvals other --approvals cat.yes p
		jq -c --arg h "$(jq -r '."ir.plan.hash"' p)" '."ir.plan.hash" = $h' other >moved
		waits --approvals moved --approvals cat.yes p
		# a name with another's key; somebody who is no approver
		yes ann p --key eve.key >forged
		waits --approvals forged --approvals cat.yes p
		why | grep -q 'ann did not sign this'
		yes eve p >eve.yes
		waits --approvals eve.yes --approvals cat.yes p
		why | grep -q 'eve is no approver'
		# an edited plan has another hash, and the old one is refused
		jq -c '."ir.plan.steps"[0].ttl = 99999' p >edited
		wants 1 try --approvals ann.yes --approvals cat.yes edited >out
		same "$(field reason.code <out)" hash
		same "$(nft list ruleset)" ""
		wants 0 try --approvals ann.yes --approvals cat.yes p >/dev/null
	E
}

@test "time-out is no: an approval that has expired, starts later or lasts too long does not count" {
	people
	apart <<-'E'
		"$BIN/irplan" --now=2026-11-24T06:59:00Z --valid 2h >/dev/null </dev/null
		yes cat p --expires 1h >cat.yes
		yes ann p --expires 30s >ann.yes
		waits --approvals ann.yes --approvals cat.yes p
		why | grep -q 'expired'
		yes ann p --expires 1h --now=2026-11-24T07:02:00Z >later
		waits --approvals later --approvals cat.yes p
		wants 2 yes ann p --expires 25h 2>/dev/null
		wants 2 yes ann p --expires 0s 2>/dev/null
		yes ann p >ann.yes
		# the plan itself has expired by then
		at=2026-11-24T07:40:00Z
		wants 1 try --approvals ann.yes --approvals cat.yes p >out
		same "$(field reason.code <out)" expired
	E
}

@test "who may agree to what: classes, and nobody to his own grave plan" {
	people
	apart <<-'E'
		yes bob p >bob.yes
		yes cat p >cat.yes
		waits --approvals bob.yes --approvals cat.yes p
		why | grep -q 'bob may not agree to this kind'
		sed -i '/^bob/s/$/,block-ip/' approvers
		wants 0 try --approvals bob.yes --approvals cat.yes p >/dev/null
		act --apply --unblock 10.1.2.3 >/dev/null
		printf '{"ir.kind":"incident","ir.incident.id":"i","ir.version":1,"ir.incident.class":"bruteforce","ir.severity":"high",%s}\n' \
			'"ir.entities":[{"type":"ip","value":"10.1.2.3","role":"attacker","prov":"observed"}]' |
			"$BIN/irplan" $now --actor ann | jq -c 'select(."ir.kind" == "plan")' >own
		same "$(jq -r '."ir.plan.by"' own)" ann
		for who in ann bob cat; do yes $who own >$who.yes; done
		waits --approvals ann.yes --approvals cat.yes own
		why | grep -q 'ann proposed it'
		# whose it is cannot be changed
		jq -c 'del(."ir.plan.by")' own >nobodys
		wants 1 try --approvals ann.yes --approvals cat.yes nobodys >out
		same "$(field reason.code <out)" hash
		wants 0 try --approvals bob.yes --approvals cat.yes own >/dev/null
	E
}

@test "the operator is one person, the same as the approver of that name" {
	people
	apart <<-'E'
		waits --yes --reason r p
		yes ann p >ann.yes
		wants 0 try --yes --reason r --approvals ann.yes p >out
		field agreed <out | grep -q '^uid-0; ann: seen by ann$'
		# sudo says who it is: the same as the approver
		act --apply --unblock 10.1.2.3 >/dev/null
		SUDO_USER=ann waits --yes --reason r --approvals ann.yes p
	E
}

@test "keys: made once and for the owner only, files that others may write are not obeyed" {
	people
	apart <<-'E'
		same "$(stat -c %a ann.key)" 600
		wants 2 "$BIN/irplan" --keygen ann.key --actor ann 2>/dev/null
		wants 2 "$BIN/irplan" --keygen new.key --actor 'a b' 2>/dev/null
		[ ! -e new.key ]
		grep -qE '^ann ed25519:[A-Za-z0-9+/]{43}= low,medium$' ann.line
		chmod 640 ann.key
		wants 2 yes ann p 2>err
		grep -q 'read by others' err
		chmod 600 ann.key
		wants 2 "$BIN/irplan" --approve p --key ann.key --actor ann 2>/dev/null
		wants 2 "$BIN/irplan" --approve p --actor ann --reason r 2>/dev/null
		cat p p >two
		wants 1 yes ann two 2>/dev/null
		wants 1 yes ann /dev/null 2>/dev/null
		wants 1 yes ann p --now=2027-01-01T00:00:00Z 2>/dev/null
		jq -c '."ir.plan.hash" |= sub("^."; "x")' p >bad
		wants 1 yes ann bad 2>/dev/null
		wants 0 yes ann - <p >/dev/null
		yes ann p >ann.yes
		{ echo nonsense; cat ann.yes; } >mixed
		waits --approvals mixed p
		grep -q 'mixed:1: warning: not an approval' err
		wants 2 try --approvals nowhere p 2>/dev/null
		chmod 666 approvers
		[ "$(id -u)" -ne 0 ] || wants 2 try p 2>/dev/null
		chmod 600 approvers
		echo 'ann ed25519:AAAA low' >approvers
		wants 2 try p 2>err
		grep -q 'approvers:1: .*not a key' err
	E
}
