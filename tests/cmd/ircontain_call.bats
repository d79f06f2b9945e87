#!/usr/bin/env bats
# ircontain: calls over HTTP, against a server of the test on the loopback interface.

setup() {
	bats_require_minimum_version 1.5.0
	BIN=$(cd "${BIN:-$BATS_TEST_DIRNAME/../../build/bin}" && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	unset SSH_CONNECTION SSH_CLIENT SUDO_UID SUDO_USER
	[ "$(id -u)" -eq 0 ] || skip "needs root: only root's files are obeyed"
	unshare -n -m /usr/sbin/nft list ruleset >/dev/null 2>&1 || skip "no network namespace with nft here"
	printf '{}\n' >site.yaml
	(umask 077 && echo 'to"ken-1' >token && echo 'sign-key' >signer)
	declare_ waf "127.0.0.1:8099"
}

declare_() { # NAME HOST
	cat >"$1.yaml" <<-EOF
		action: $1
		hosts: ["$2"]
		settings: {zone: id}
		secrets: [token, signer]
		args: {ip: ip, note: text, level: int}
		request:
		  method: POST
		  url: http://$2/zones/{zone}/rules/{note}
		  headers: {Authorization: "Bearer {token}", Idempotency-Key: "{key}"}
		  body: {mode: block, ip: "{ip}", level: "{level}", notes: "by ir: {note}"}
		  sign: {secret: signer, header: X-Signature, prefix: "sha256=", over: [method, body], join: "."}
		  success: {status: [200], body: {success: true}}
		keep: {rule: result.0.id}
		verify: {method: GET, url: "http://$2/rules/{rule}", success: {status: [200], body: {mode: block}}}
		undo: {method: DELETE, url: "http://$2/rules/{rule}", success: {status: [200, 404]}}
		timeout: 2s
		tries: 3
	EOF
	printf 'calls:\n  %s:\n    from: %s/%s.yaml\n    set: {zone: z-1}\n    secrets: {token: %s/token, signer: %s/signer}\n' \
		"$1" "$PWD" "$1" "$PWD" "$PWD" >calls.yaml
}

cat_server() {
	cat >server.py <<-'EOF'
		import http.server, json, sys, os
		rules = {}
		class H(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def log_message(self, *a): pass
		    def say(self, status, body, **more):
		        body = body if isinstance(body, bytes) else json.dumps(body).encode()
		        self.send_response(status)
		        for k, v in more.items(): self.send_header(k, v)
		        self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
		    def do_POST(self):
		        body = self.rfile.read(int(self.headers["Content-Length"]))
		        open("got", "a").write(json.dumps({"path": self.path, "body": body.decode(),
		            "headers": {k.lower(): v for k, v in self.headers.items()}}) + "\n")
		        how = open("how").read().strip() if os.path.exists("how") else ""
		        if how == "busy": open("how", "w"); return self.say(503, {})
		        if how == "moved": return self.say(302, {}, Location="http://127.0.0.1:8099/elsewhere")
		        if how == "long": return self.say(200, b"x" * (2 << 20))
		        if how == "no": return self.say(200, {"success": False})
		        if how == "lost": return self.say(200, {"success": True, "result": [{"id": "r/../x"}]})
		        rules["r-1"] = json.loads(body)
		        self.say(200, {"success": True, "result": [{"id": "r-1"}]})
		    def do_GET(self):
		        r = rules.get(self.path.split("/")[-1]); self.say(200 if r else 404, r or {})
		    def do_DELETE(self):
		        open("deleted", "a").write(self.path + "\n")
		        self.say(200 if rules.pop(self.path.split("/")[-1], None) else 404, {})
		s = http.server.ThreadingHTTPServer(("127.0.0.1", 8099), H)
		if len(sys.argv) > 1: rules["r-1"] = {"mode": "block"}
		open("ready", "w").close()
		s.serve_forever()
	EOF
}

# served OPTION ...: with $kept set the server knows the rule already
served() {
	cat_server
	unshare -n -m sh -c 'rm -f ready; ip link set lo up; python3 server.py $1 & shift
		until [ -e ready ]; do sleep 0.02; done; "$@"; s=$?; kill $!; exit $s' - \
		"$kept" "$BIN/ircontain" --state st --site site.yaml --stop-file none --calls calls.yaml "$@"
}

field() { jq -r "select(.\"ir.kind\" == \"action\") | .\"ir.action.$1\""; }

call() { # NAME IP NOTE LEVEL
	jq -nc --arg n "$1" --arg i "$2" --arg t "$3" --argjson l "$4" \
		'{"do":"call",approval:"none",prov:"observed",target:{action:$n,args:{ip:$i,note:$t,level:$l}}}'
}

@test "a call is shown, made with typed values, verified and undone" {
	call waf 203.0.113.7 'a/b "x" ?&{zone}' 3 >step
	served step >out
	[ "$(field status <out)" = planned ] && [ ! -e got ]
	[[ $(field change <out) == 'POST http://127.0.0.1:8099/zones/z-1/rules/a/b "x" ?&{zone} {"mode":"block","ip":"203.0.113.7","level":3,'* ]]
	echo busy >how # is tried again
	served --apply step >out
	[ "$(field status <out)" = applied ] && [ "$(field verify <out)" = ok ]
	[ "$(wc -l <got)" -eq 2 ]
	tail -n 1 got >last
	[ "$(jq -r .path last)" = '/zones/z-1/rules/a%2Fb%20%22x%22%20%3F%26%7Bzone%7D' ]
	[ "$(jq -c '.body | fromjson | [.mode, .ip, .level, .notes]' last)" = '["block","203.0.113.7",3,"by ir: a/b \"x\" ?&{zone}"]' ]
	[ "$(jq -r '.headers.authorization' last)" = 'Bearer to"ken-1' ]
	[ "$(jq -r '.headers."idempotency-key"' last)" = "$(field key <out)" ]
	mac=$(printf 'POST.%s' "$(jq -r .body last)" | openssl dgst -sha256 -hmac sign-key | sed 's/.* //')
	[ "$(jq -r '.headers."x-signature"' last)" = "sha256=$mac" ]
	! grep -rqE 'ken-1|sign-key' out st || false
	[ "$(served --apply step | field status)" = already ]
	kept=yes served --audit >/dev/null
	run -1 --separate-stderr served --audit # it is not there any more
	kept=yes served --apply --undo "$(field id <out)" --reason r >undone
	[ "$(field status <undone)" = undone ] && [ "$(field verify <undone)" = ok ]
	[ "$(cat deleted)" = /rules/r-1 ]
}

@test "an answer that is not what was hoped for is a failure" {
	call waf 203.0.113.7 note 3 >step
	for how in moved long no lost; do
		echo $how >how
		run -3 --separate-stderr served --apply step
		[ "$(field status <<<"$output")" = failed ] || { echo "$how: $output"; false; }
	done
	[ "$(wc -l <got)" -eq 4 ] # no redirection was followed, no post repeated
	unshare -n sh -c 'ip link set lo up; exec "$@"' - "$BIN/ircontain" --state st --site site.yaml \
		--stop-file none --calls calls.yaml --apply step >out 2>err || [ $? -eq 3 ]
	grep -q 'request: ' err
}

@test "only what the site declared is called, with values of its types" {
	call nothing 203.0.113.7 x 1 >step
	run -75 --separate-stderr served --apply step
	[ "$(field reason.code <<<"$output")" = undeclared ]
	for args in '{"ip":"127.0.0.1","note":"x","level":1}' '{"ip":"203.0.113.7","note":"x","level":"y"}' \
		'{"ip":"203.0.113.7","note":"x"}' '{"ip":"203.0.113.7","note":"x","level":1,"more":1}' \
		'{"ip":"evil.example.com","note":"x","level":1}'; do
		jq -nc --argjson a "$args" '{"do":"call",approval:"none",prov:"observed",target:{action:"waf",args:$a}}' >step
		run -1 --separate-stderr served --apply step
		[ "$(field status <<<"$output")" = refused ] || { echo "$args: $output"; false; }
	done
	call waf 203.0.113.7 x 1 >step
	sed -i 's|url: http://127.0.0.1:8099/zones|url: http://127.0.0.2:8099/zones|' waf.yaml
	run -3 --separate-stderr served --apply step
	[[ $output == *'no host that is declared'* ]]
	declare_ waf waf.example.com # plain http leaves this machine never
	run -3 --separate-stderr served --apply step
	[[ $output == *'no host that is declared'* ]]
	declare_ waf 127.0.0.1:8099
	chmod 644 token
	run -3 --separate-stderr served --apply step
	[[ $output == *'others may read'* ]]
	[ ! -e got ]
}

@test "each shipped declaration makes a request" {
	share=$BATS_TEST_DIRNAME/../../share/actions
	echo 'calls:' >calls.yaml
	for f in "$share"/*.yaml; do
		printf '  %s: {set: {zone: z, service: s, acl: a, org: example.okta.com}, secrets: {token: %s/token}}\n' \
			"$(basename "$f" .yaml)" "$PWD" >>calls.yaml
	done
	for f in "$share"/*.yaml; do
		args='{"user":"ann@example.com"}'
		! grep -q 'args: {ip' "$f" || args='{"ip":"203.0.113.7"}'
		jq -nc --arg n "$(basename "$f" .yaml)" --argjson a "$args" \
			'{"do":"call",approval:"none",prov:"observed",target:{action:$n,args:$a}}'
	done >steps
	IR_DATA=$share/.. "$BIN/ircontain" --state st --site site.yaml --stop-file none --calls calls.yaml <steps >out
	[ "$(field status <out | sort | uniq -c | xargs)" = "$(ls "$share" | wc -l) planned" ]
	! grep -q 'ken-1' out || false
	[[ $(field change <out) == *'DELETE https://example.okta.com/api/v1/users/ann@example.com/sessions?oauthTokens=true'* ]]
}
