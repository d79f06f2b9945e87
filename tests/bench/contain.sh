#!/bin/sh
# Containment in a network namespace: 100,000 addresses in one apply, then one block among them.
# contain.sh BUILD: prints rows "name seconds bound".
set -eu
bin=$(cd "$1/bin" && pwd)
export bin
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apart='unshare -n'
[ "$(id -u)" -eq 0 ] || apart='unshare -r -n'
if ! $apart /usr/sbin/nft list ruleset >/dev/null 2>&1; then
	echo "# contain: no network namespace with nft here"
	exit 0
fi
awk 'BEGIN { for (i = 0; i < 100000; i++)
	printf "{\"do\":\"block-ip\",\"target\":{\"ip\":\"%d.%d.%d.7\"},\"prov\":\"observed\",\"approval\":\"none\"}\n",
		20 + int(i / 65536), int(i / 256) % 256, i % 256 }' >many
for i in 1 2 3; do
	printf '{"ir.kind":"incident","@timestamp":"2026-11-24T06:05:01.000Z","ir.incident.id":"i%s","ir.version":1,' "$i"
	printf '"ir.incident.class":"bruteforce","ir.severity":"high","ir.entities":[{"type":"ip",'
	printf '"value":"203.0.113.%s","role":"attacker","prov":"observed"}]}\n' "$i"
done >incidents
cat >script <<-'E'
	set -e
	act="$bin/ircontain --state st --apply --max-actions 1000000 --max-per-hour 1000000"
	TIMEFORMAT=%R
	ip link set lo up
	time eval "$act many" >out
	while read -r line; do
		time echo "$line" | "$bin/irplan" | eval "$act" >out
		grep -q '"ir.action.status":"applied"' out
	done <incidents
E
# shellcheck disable=SC2086
$apart bash script 2>took || cat took
awk 'NR == 1 { printf "contain-100000-seconds %.2f <=3\n", $1; next }
	{ print $1 }' took | sort -n | awk '/contain/ { print; next } { t[++n] = $1 }
	END { printf "contain-one-of-100000-seconds %.3f <=0.1\n", t[int((n + 1) / 2)] }'
