#!/usr/bin/env bats
# Events in the Open Cybersecurity Schema Framework.

setup() {
	BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}
	ocsf=$BATS_TEST_DIRNAME/../ocsf
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR
	now=--now=2026-11-24T12:00:00Z
	cd "$BATS_TEST_TMPDIR" || return 1
}

# made LINE: its event in `out`, which lacks nothing
made() {
	printf '%s\n' "$1" | "$BIN/irnorm" $now --schema=ocsf >out
	lacks=$(jq -r -f "$ocsf/check.jq" --slurpfile need "$ocsf/required.json" out)
	echo "$lacks"
	[ -z "$lacks" ]
}

is() {
	[ "$(jq -c "$1" out)" = "$2" ]
}

ecs='"@timestamp":"2026-11-24T07:00:00.25Z","host.name":"h"'

@test "a login is Authentication" {
	made 'Nov 24 07:37:25 h sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2'
	is '[.class_uid,.activity_id,.type_uid,.status_id,.user.name,.src_endpoint.ip,.src_endpoint.port]' '[3002,1,300201,2,"root","192.0.2.1",22]'
	is .time 1795505845000
	is .raw_data '"Nov 24 07:37:25 h sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"'
	is '[.observables[] | select(.type_id == 2)]' '[{"name":"src_endpoint.ip","type_id":2,"type":"IP Address","value":"192.0.2.1"}]'
	is '.unmapped."ir.observed"' '["source.ip"]'
	made "{$ecs,\"event.category\":[\"authentication\"],\"event.type\":[\"end\"],\"user.name\":\"bob\",\"event.outcome\":\"success\"}"
	is '[.type_uid,.status_id,.time]' '[300202,1,1795503600250]'
}

@test "a new account is Account Change" {
	made "{$ecs,\"event.category\":[\"iam\"],\"event.type\":[\"user\",\"creation\"],\"user.name\":\"root\",\"user.target.name\":\"eve\"}"
	is '[.type_uid,.user.name,.actor.user.name]' '[300101,"eve","root"]'
	made "{$ecs,\"event.category\":[\"iam\"],\"event.type\":[\"user\",\"change\"],\"event.action\":\"password_reset\",\"user.name\":\"eve\"}"
	is .type_uid 300104
}

@test "connections, requests and questions are of the network's classes" {
	made "{$ecs,\"event.category\":[\"network\"],\"event.type\":[\"connection\",\"denied\"],\"source.ip\":\"192.0.2.1\",\"source.port\":5,\"destination.ip\":\"198.51.100.1\",\"destination.port\":22,\"network.transport\":\"tcp\",\"network.direction\":\"inbound\"}"
	is '[.type_uid,.connection_info.direction_id,.connection_info.protocol_num,.disposition_id,.dst_endpoint.port]' '[400105,1,6,2,22]'
	made '192.0.2.1 - - [24/Nov/2026:07:00:00 +0000] "POST /a?b=c HTTP/1.1" 404 12 "-" "agent"'
	is '[.type_uid,.http_request.url.query_string,.http_response.code]' '[400206,"b=c",404]'
	made "{$ecs,\"event.category\":[\"network\"],\"dns.question.name\":\"example.com\",\"dns.response_code\":\"NXDOMAIN\",\"source.ip\":\"192.0.2.1\"}"
	is '[.class_uid,.query.hostname,.rcode_id]' '[4003,"example.com",3]'
}

@test "a request without an answer is no HTTP Activity" {
	made "{$ecs,\"event.category\":[\"web\"],\"http.request.method\":\"GET\",\"source.ip\":\"192.0.2.1\"}"
	is .class_uid 4001
}

@test "processes and files have an actor and a device" {
	made "{$ecs,\"event.category\":[\"process\"],\"event.type\":[\"start\"],\"process.pid\":7,\"process.name\":\"sh\",\"process.executable\":\"/bin/sh\",\"process.hash.sha256\":\"ab\",\"process.parent.pid\":1,\"user.name\":\"bob\"}"
	is '[.type_uid,.process.pid,.actor.process.pid,.actor.user.name,.device.hostname]' '[100701,7,1,"bob","h"]'
	is .process.file.hashes '[{"value":"ab","algorithm_id":3}]'
	made "{$ecs,\"event.category\":[\"file\"],\"event.type\":[\"deletion\"],\"file.path\":\"/tmp/x\",\"process.pid\":7}"
	is '[.type_uid,.file.name,.file.path]' '[100104,"x","/tmp/x"]'
	made "{$ecs,\"event.category\":[\"process\"],\"event.type\":[\"start\"],\"process.name\":\"sh\",\"user.name\":\"bob\"}"
	is '[.class_uid,.unmapped."process.name"]' '[0,"sh"]'
}

@test "a call of a cloud is API Activity" {
	made '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"bob","principalId":"A1","arn":"arn:aws:iam::123456789012:user/bob","accountId":"123456789012"},"eventTime":"2026-11-24T07:00:00Z","eventSource":"s3.amazonaws.com","eventName":"DeleteBucket","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"x","requestID":"1","eventID":"2","eventType":"AwsApiCall"}'
	is '[.type_uid,.api.operation,.actor.user.name,.src_endpoint.ip]' '[600304,"DeleteBucket","bob","192.0.2.1"]'
}

@test "an alert is a Detection Finding" {
	made '{"timestamp":"2026-11-24T07:00:00.000000+0000","flow_id":1,"event_type":"alert","src_ip":"192.0.2.1","src_port":5,"dest_ip":"198.51.100.1","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2,"rev":1,"signature":"S","category":"C","severity":1}}'
	is '[.type_uid,.finding_info.title,.evidences[0].src_endpoint.ip]' '[200401,"S","192.0.2.1"]'
}

@test "an alert of irdetect keeps how grave it is" {
	for i in 1 2 3 4 5 6; do
		echo "Nov 24 07:37:2$i h sshd[1]: Failed password for root from 203.0.113.9 port 4$i ssh2"
	done | "$BIN/irnorm" $now | "$BIN/irdetect" $now >alerts
	[ "$(grep -c . alerts)" -gt 0 ]
	"$BIN/irnorm" $now --schema ocsf alerts >out
	[ "$(jq -c '[.class_uid, .severity]' out | sort -u)" = '[2004,"Low"]' ]
}

@test "anything else is a Base Event, and nothing is lost" {
	made 'who knows x=1 y=2'
	is '[.class_uid,.category_uid,.type_uid,.unmapped."generic.x"]' '[0,0,0,"1"]'
	for line in '{"a":{"class_uid":9},"class_uid":7,"unmapped":{"time":1},"metadata.version":"x"}' '{"@timestamp":"2026-11-24T07:00:00Z","event.kind":"event","class_uid":5,"device":{"hostname":1}}' '{"unmapped":[[[]]]}'; do
		made "$line"
		is .class_uid 0
		is .metadata.version '"1.3.0"'
	done
}

@test "every sample of every class of line is valid" {
	printf 'x\n\377\376\n{"a":\n\001\002\n[1]\n\n{"a":1}\n' | "$BIN/irnorm" $now --schema=ocsf >out
	[ "$(jq -c .class_uid out | wc -l)" -eq 7 ]
	lacks=$(jq -r -f "$ocsf/check.jq" --slurpfile need "$ocsf/required.json" out)
	[ -z "$lacks" ]
}

@test "the other schema is the one without the option" {
	line='Nov 24 07:37:25 h sshd[7]: Server listening on :: port 22.'
	[ "$(echo "$line" | "$BIN/irnorm" $now --schema=ecs)" = "$(echo "$line" | "$BIN/irnorm" $now)" ]
	run "$BIN/irnorm" --schema=xml
	[ "$status" -eq 2 ]
}

@test "a fault in the file is told with its place" {
	mkdir -p d/ocsf
	cp -R "$BATS_TEST_DIRNAME/../../share/formats" "$BATS_TEST_DIRNAME/../../share/scales" d/
	printf 'ocsf: 1\n---\nclass: 1\ncategory: 0\nname: x\nmap: {a: b:c}\n' >d/ocsf/ocsf.yaml
	IR_DATA=$PWD/d run "$BIN/irnorm" --schema=ocsf
	[ "$status" -eq 2 ]
	[[ $output == *"ocsf.yaml:6:"*"a type is text, int, ms, raw or list" ]]
}
