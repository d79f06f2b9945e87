#!/usr/bin/env bats
# Commands of OpenC2 v1.0: one a line in, one answer a line out.

bats_require_minimum_version 1.5.0

load apart


@test "each command gets the status that the language has for it" {
	apart <<-'E'
		# asks STATUS COMMAND: in plan mode, so that nothing is done
		asks() {
			echo "$2" | act $now --openc2 >out || :
			same "$(jq '.status // .body.openc2.response.status' out)" "$1"
			same "$(wc -l <out)" 1
		}
		asks 200 '{"action":"query","target":{"features":[]}}'
		asks 400 '{"action":"query","target":{"features":["versions","versions"]}}'
		asks 400 '{"action":"query","target":{"features":["weather"]}}'
		asks 102 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"}}'
		asks 102 '{"action":"deny","target":{"ipv6_net":"2001:db8:5::/48"},"args":{"duration":1}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"2001:db8::1"}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.07"}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":["203.0.113.7"]}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.7","domain_name":"example.com"}}'
		asks 400 '{"action":"deny"}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"colour":1}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"duration":-5}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"stop_time":1000}}'
		asks 400 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"start_time":1,"stop_time":2,"duration":3}}'
		asks 501 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"start_time":9999999999999}}'
		asks 501 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"duration":9999999999999}}'
		asks 501 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"slpf":{"drop_process":"reject"}}}'
		asks 501 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"priority":1}}'
		asks 501 '{"action":"deny","target":{"ipv4_connection":{"src_addr":"203.0.113.7","dst_port":80}}}'
		asks 501 '{"action":"detonate","target":{"file":{"path":"/tmp/x"}}}'
		asks 501 '{"action":"stop","target":{"process":{"name":"xmrig"}}}'
		asks 501 '{"action":"update","target":{"x-ir:package":{"package":"bash","version":"5.2"}}}'
		asks 404 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"actuator":{"x-esm":{}}}'
		asks 404 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"actuator":{"slpf":{"asset_id":"30"}}}'
		asks 404 '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"actuator":{"slpf":{"hostname":"elsewhere"}}}'
		asks 404 '{"action":"delete","target":{"slpf:rule_number":1234}}'
		asks 400 '{"action":"delete","target":{"slpf:rule_number":"all"}}'
		asks 400 '{"action":"delete","target":{"x-ir:action":{"id":"../x"}}}'
		asks 403 '{"action":"deny","target":{"ipv4_net":"127.0.0.1"}}'
		asks 403 '{"action":"deny","target":{"ipv4_net":"10.9.0.1"}}'
		asks 403 '{"action":"deny","target":{"ipv4_net":"0.0.0.0/0"}}'
		asks 403 '{"action":"deny","target":{"x-ir:account":{"user":"root"}}}'
		asks 102 '{"action":"deny","target":{"ipv4_net":"203.0.0.0/16"}}'
		asks 400 'deny 203.0.113.7'
		asks 400 '{"headers":{},"body":{"openc2":{"request":[]}}}'
		[ ! -e st ]
	E
}

@test "a command is done, answered with its rule number, and taken back by that" {
	apart <<-'E'
		ruleset >before
		echo '{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"duration":3600000}}' |
			wants 0 act $now --openc2 --apply --actor 'Ann Example' --reason drill >out
		same "$(jq -r '[.status, .results["x-ir"].status, .results["x-ir"].expires] | join(" ")' out)" \
			'200 applied 2026-11-24T08:00:00.000Z'
		same "$(blocked 203.0.113.7)" 1
		grep -q '"by":"Ann Example, uid 0","why":"drill"' st/ledger || grep '"by":"Ann Example, uid' st/ledger
		same "$(tail -n 1 st/ledger | tr -d '\n' | sha256sum | cut -c1-64)" \
			"$(jq -r '.results["x-ir"].ledger_head' out)"
		rule=$(jq .results.slpf.rule_number out)
		echo '{"action":"delete","target":{"slpf:rule_number":'"$rule"'}}' |
			wants 0 act $now --openc2 --apply --reason over >out
		same "$(jq -r '[.status, .results["x-ir"].status] | join(" ")' out)" '200 undone'
		ruleset | cmp - before
		echo '{"action":"allow","target":{"ipv4_net":"203.0.113.7"}}' |
			wants 0 act $now --openc2 --apply --reason over >out
		same "$(jq -r .status_text out)" 'it is not in force'
	E
}

@test "commands at hand are one transaction, and never change places" {
	apart <<-'E'
		for i in 1 2 3 4 5 6 7 8; do
			echo '{"action":"deny","target":{"ipv4_net":"203.0.113.'$i'"}}'
		done >in
		export ASAN_OPTIONS=detect_leaks=0 # it does not work while traced
		wants 0 strace -f -e trace=fsync,fdatasync -o trace "$BIN/ircontain" --state st $now \
			--openc2 --apply --reason t <in >out
		same "$(jq -s 'map(.status) | unique == [200] and length == 8' out)" true
		few=$(grep -c sync trace)
		rm -rf st; nft delete table inet ir
		head -n 1 in >one
		strace -f -e trace=fsync,fdatasync -o trace "$BIN/ircontain" --state st $now \
			--openc2 --apply --reason t <one >out
		same "$few" "$(grep -c sync trace)"
		nft delete table inet ir; rm -rf st
		{
			head -n 1 in
			sed -n 's/deny/allow/;1p' in
			head -n 1 in
			sed -n 's/deny/allow/;1p' in
		} | wants 0 act $now --openc2 --apply --reason t >out
		same "$(jq -r '.results["x-ir"].status' out | tr '\n' ' ')" 'applied undone applied undone '
		same "$(blocked 203.0.113.1)" 0
	E
}

@test "caps hold, --max-actions raises them; what waits is 102" {
	apart <<-'E'
		for i in 1 2 3; do echo '{"action":"deny","target":{"ipv4_net":"203.0.113.'$i'"}}'; done >in
		wants 75 act $now --openc2 --apply --reason t --max-actions 2 <in >out
		same "$(jq .status out | tr '\n' ' ')" '200 200 102 '
		wants 0 act $now --openc2 --apply --reason t --max-actions 3 <in >out
		same "$(jq .status out | tr '\n' ' ')" '200 200 200 '
		touch st/stop
		echo '{"action":"deny","target":{"ipv4_net":"203.0.113.9"}}' |
			wants 75 act $now --openc2 --apply --reason t >out
		same "$(jq .status out)" 503
	E
}

@test "a message is answered by a message; who asks for none gets none" {
	apart <<-'E'
		echo '{"headers":{"request_id":"r-1","created":1,"from":"soar@example.com"},"body":{"openc2":{"request":{"action":"query","target":{"features":["versions"]}}}}}' |
			act $now --openc2 >out
		same "$(jq -c . out)" '{"headers":{"created":1795503600000,"request_id":"r-1","to":["soar@example.com"]},"body":{"openc2":{"response":{"status":200,"results":{"versions":["1.0"]}}}}}'
		c='{"action":"deny","target":{"ipv4_net":"203.0.113.7"},"args":{"response_requested":"'
		echo "${c}none\"}}" | wants 0 act $now --openc2 --apply --reason t >out
		[ ! -s out ]
		same "$(blocked 203.0.113.7)" 1
		echo "${c}ack\"}}" | wants 0 act $now --openc2 --apply --reason t >out
		same "$(cat out)" '{"status":102,"status_text":"in force"}'
	E
}

@test "plans become commands that mean the same again" {
	apart <<-'E'
		plan 203.0.113.7 2001:db8:5::7 >plans
		act $now --openc2 <plans | grep '"action"' >commands
		jq -s '[.[] | select(.action == "deny") | .target | keys[]] | unique' commands | grep -q ipv4_net
		act $now <plans | jq -r 'select(."ir.action.do" == "block-ip") | ."ir.action.key"' | sort >a
		jq -r 'select(.action == "deny") | .command_id' commands | sort | cmp - a
		act $now --openc2 --apply --reason t <commands | jq -r '.results["x-ir"].key // empty' | sort | cmp - a
		[ -s a ]
	E
}

@test "every verb goes out and comes back as it was" {
	cat >verbs <<-'E'
		{"do":"block-ip","target":{"ip":"203.0.113.7"},"ttl":3600,"on":"web01"}
		{"do":"block-ip","target":{"cidr":"2001:db8:5::/48"}}
		{"do":"rate-limit","target":{"ip":"203.0.113.7","rate":"10/second"}}
		{"do":"block-domain","target":{"domain":"evil.example.com"}}
		{"do":"isolate-host","target":{"host":"web01"}}
		{"do":"kill-process","target":{"pid":4242,"start":"2026-11-24T06:00:00.000Z"}}
		{"do":"stop-process","target":{"pid":4242,"exe_sha256":"22fe72a34f006ea67d26bb7004e2b6941b5c3953d43ae7ec24d41b1a928a6973"}}
		{"do":"quarantine-file","target":{"path":"/tmp/.x/a b\"c","sha256":"22fe72a34f006ea67d26bb7004e2b6941b5c3953d43ae7ec24d41b1a928a6973"}}
		{"do":"restore-path","target":{"path":"/var/www","from":"tar:/backup/www.tar"}}
		{"do":"lock-account","target":{"user":"ann"}}
		{"do":"expire-password","target":{"user":"ann"}}
		{"do":"remove-account","target":{"user":"ann"}}
		{"do":"revoke-sessions","target":{"user":"ann"}}
		{"do":"revoke-keys","target":{"user":"ann"}}
		{"do":"disable-service","target":{"unit":"evil.service"}}
		{"do":"collect-evidence","target":{"what":"sockets,processes"}}
		{"do":"call","target":{"action":"waf-deny","args":{"ip":"203.0.113.7"}}}
		{"do":"patch-package","target":{"package":"bash","version":"5.2.15-2"}}
		{"do":"remove-persistence","target":{"kind":"cron","path":"/etc/cron.d/x"}}
		{"do":"rotate-secret","target":{"name":"db"}}
		{"do":"notify","target":{"to":"ops"}}
	E
	"$BIN/ircontain" --state st --openc2 <verbs >commands
	[ "$(jq -s length commands)" -eq "$(wc -l <verbs)" ]
	# what comes back is refused, planned or another program's, but always understood
	{
		"$BIN/ircontain" --state st --openc2 --site /dev/null <commands || :
		"$BIN/irremedy" --state st --openc2 <commands || :
	} >answers
	run ! jq -e 'select(.status == 400)' answers
	run ! grep -E 'not (done here|known|looked at)' answers
}

@test "what is no sensible order is said before anything is read" {
	run -2 "$BIN/ircontain" --openc2 --apply </dev/null
	[[ $output == *"--reason"* ]]
	run -2 "$BIN/irremedy" --openc2 --format text </dev/null
}

@test "other records pass, and all is counted" {
	printf '%s\n' '{"ir.kind":"case","ir.case.id":"c"}' '{"action":"query","target":{"features":[]}}' 'x' >in
	run -1 --separate-stderr "$BIN/ircontain" --state st --openc2 --stats <in
	[ "${lines[0]}" = '{"ir.kind":"case","ir.case.id":"c"}' ]
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == *'"ir.stats.in":3,"ir.stats.passed":1,"ir.stats.used":1,"ir.stats.rejected":1'* ]]
}

@test "published examples are commands or answers, and none is done" {
	dir=$TESTS/../../shared/data/respond/openc2
	[ -d "$dir" ] || skip "no ../shared/data here"
	for f in "$dir"/*; do jq -c . "$f" 2>/dev/null || :; done >in
	"$BIN/ircontain" --state st --openc2 <in >out || :
	# answers among them pass; each command gets one of 200, 404, 501
	[ "$(wc -l <in)" -eq "$(wc -l <out)" ]
	jq -c 'select(has("action"))' in >commands
	"$BIN/ircontain" --state st --openc2 <commands | jq -e 'select([.status] | inside([200, 404, 501]) | not)' >bad || :
	[ ! -s bad ]
	[ ! -e st/ledger ]
}
