#!/bin/sh
# What a pass of the learners costs on one core: thousand records a CPU second, and MiB.
# learn.sh BUILD: prints rows "name value bound".
set -eu
b=$1/bin
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# cpu OUT COMMAND...: seconds of user and system time, and KiB, of the quickest of three
cpu() {
	to=$1
	shift
	for _ in 1 2 3; do
		/usr/bin/time -o "$tmp/t" -f '%U %S %M' "$@" >"$to"
		awk '{ print $1 + $2, $3 }' "$tmp/t"
	done | sort -n | head -n 1
}

if [ ! -x /usr/bin/time ]; then
	echo "learn: skipped, no time(1)"
	exit 0
fi

# Programs of hosts, names and logons by the hour, 600 bytes each.
awk 'BEGIN {
	for (i = 0; i < 200000; i++) {
		t = int(i / 20)
		printf "{\"@timestamp\":\"2026-11-%02dT%02d:%02d:%02d.%03dZ\",\"event.id\":\"%032d\",\"ir.kind\":\"event\",\"event.dataset\":\"windows.sysmon\",\"event.provider\":\"Microsoft-Windows-Sysmon\",\"event.code\":\"%d\",\"host.name\":\"WS%02d.example.com\",\"user.name\":\"user%d\",\"process.executable\":\"C:\\\\Windows\\\\System32\\\\tool%d.exe\",\"process.parent.executable\":\"C:\\\\Program Files\\\\Suite\\\\app%d.exe\",\"process.command_line\":\"tool%d.exe --input C:\\\\Users\\\\user%d\\\\file%d.dat\",\"destination.ip\":\"192.0.2.%d\",\"destination.port\":%d,\"event.original\":\"%0200d\"}\n", 1 + t / 86400, t / 3600 % 24, t / 60 % 60, t % 60, i % 1000, i, i % 12, i * 7 % 40, i * 11 % 300, i * i % 211, i * 3 % 97, i % 211, i * 11 % 300, i, i * 13 % 250, i % 9 ? 443 : 1024 + i * 17 % 5000, i
	}
}' >"$tmp/events"
cpu "$tmp/model" "$b/irlearn" --train "$tmp/events" |
	awk '{ printf "irlearn_train_kevents %.0f >=150\nirlearn_train_mib %.0f <=256\n", 200 / $1, $2 / 1024 }'
cpu /dev/null "$b/irlearn" --frozen --model "$tmp/model" "$tmp/events" |
	awk '{ printf "irlearn_judge_kevents %.0f >=150\n", 200 / $1 }'

# Alerts of 500 bytes, of 60 rules, 40 hosts, 300 users and 250 addresses.
awk 'BEGIN {
	pad = sprintf("%0150d", 0)
	for (i = 0; i < 300000; i++) {
		t = int(i / 20)
		printf "{\"@timestamp\":\"2026-11-%02dT%02d:%02d:%02d.%03dZ\",\"event.id\":\"%032d\",\"ir.kind\":\"alert\",\"event.kind\":\"alert\",\"ir.alert.id\":\"%032d\",\"rule.id\":\"rule-%02d\",\"rule.name\":\"Something Unusual\",\"ir.severity\":\"medium\",\"host.name\":\"ws%02d.example.com\",\"user.name\":\"user%03d\",\"source.ip\":\"192.0.2.%03d\",\"event.original\":\"%s\"}\n", 1 + t / 86400, t / 3600 % 24, t / 60 % 60, t % 60, i % 1000, i, i, i * 7 % 60, i % 40, i * 11 % 300, 1 + i * 13 % 250, pad
	}
}' >"$tmp/alerts"
cpu /dev/null "$b/irdedupe" "$tmp/alerts" |
	awk '{ printf "irdedupe_kalerts %.0f >=500\n", 300 / $1 }'
cpu /dev/null sh -c "rm -rf $tmp/state; exec $b/irdedupe -s $tmp/state $tmp/alerts" |
	awk '{ printf "irdedupe_journal_kalerts %.0f >=350\n", 300 / $1 }'

# Ten million keys with a snapshot and a journal, each seen once, or as many as $KEYS says.
keys=${KEYS:-1000000}
awk -v keys="$keys" 'BEGIN {
	for (i = 0; i < keys; i++)
		printf "{\"@timestamp\":\"2026-11-01T00:00:00Z\",\"ir.kind\":\"alert\",\"ir.alert.id\":\"%032d\",\"rule.id\":\"rule-%d\",\"host.name\":\"ws%d\"}\n", i, i % 100, i
}' >"$tmp/keys"
head -n 1000 "$tmp/keys" >"$tmp/few"
few=$(cpu /dev/null "$b/irdedupe" -m 10000000 "$tmp/few" | awk '{ print $2 }')
cpu /dev/null sh -c "rm -rf $tmp/big; exec $b/irdedupe -m 10000000 -s $tmp/big $tmp/keys" |
	awk -v few="$few" -v keys="$keys" '{
		printf "irdedupe_state_bytes/key %.0f <=180\n", ($2 - few) * 1024 / (keys - 1000)
		printf "irdedupe_state_kkeys %.0f >=200\n", keys / 1000 / $1 }'
cpu /dev/null "$b/irdedupe" -m 10000000 -s "$tmp/big" "$tmp/few" |
	awk -v few="$few" -v keys="$keys" '{ printf "irdedupe_resumed_bytes/key %.0f <=180\n", ($2 - few) * 1024 / (keys - 1000) }'
# shellcheck disable=SC2012
wc -c <"$(ls -t "$tmp"/big/snap.* | head -n 1)" |
	awk -v keys="$keys" '{ printf "irdedupe_snapshot_bytes/key %.0f <=200\n", $1 / keys }'
