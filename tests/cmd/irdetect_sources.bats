#!/usr/bin/env bats
# Sigma's names of fields and logsources over events as irnorm writes them.

BIN=${BIN:-$BATS_TEST_DIRNAME/../../build/bin}

setup() {
	D=$(mktemp -d)
}

teardown() {
	rm -rf "$D"
}

# matches LOGSOURCE ITEM RECORD: the rule fires on it; on the same of another dataset it does not
matches() {
	printf 'title: t\nid: t\nlogsource: {%s}\ndetection:\n  sel: {%s}\n  condition: sel\n' "$1" "$2" >"$D/t.yml"
	[ "$(printf '%s\n' "$3" | "$BIN/irdetect" -r "$D/t.yml" | wc -l)" -eq 1 ] || {
		echo "no alert: $1 $2 $3"
		return 1
	}
	[ "$(printf '%s\n' "$3" | sed 's/"event.dataset":"[^"]*"/"event.dataset":"sshd"/; s/"event.module":"[^"]*",//' |
		"$BIN/irdetect" -r "$D/t.yml" | wc -l)" -eq 0 ] || {
		echo "alert on another source: $1 $2 $3"
		return 1
	}
}

@test "clouds: CloudTrail, Azure, Google, Microsoft 365" {
	matches "product: aws, service: cloudtrail" \
		"eventSource: iam.amazonaws.com, eventName: CreateUser, errorCode: null, userIdentity.type: Root" \
		'{"event.dataset":"aws.cloudtrail","event.provider":"iam.amazonaws.com","event.action":"CreateUser","aws.cloudtrail.userIdentity.type":"Root"}'
	matches "product: azure, service: auditlogs" "properties.message: Add member to role, LoggedByService: Core Directory" \
		'{"event.dataset":"azure.auditlogs","event.module":"azure","azure.operation_name":"Add member to role","azure.auditlogs.properties.loggedByService":"Core Directory"}'
	matches "product: azure, service: signinlogs" "ResultType: 50126, location: GB" \
		'{"event.dataset":"azure.signinlogs","event.module":"azure","azure.result_type":"50126","azure.location":"GB"}'
	matches "product: azure, service: activitylogs" "operationName|startswith: MICROSOFT.COMPUTE" \
		'{"event.dataset":"azure.activitylogs","event.module":"azure","azure.operation_name":"Microsoft.Compute/snapshots/write"}'
	matches "product: gcp, service: gcp.audit" "gcp.audit.method_name|endswith: .delete" \
		'{"event.dataset":"gcp.audit","event.action":"v1.compute.routes.delete"}'
	matches "product: m365, service: audit" "Operation: New-InboxRule, ResultStatus: Success" \
		'{"event.dataset":"o365.audit","event.action":"New-InboxRule","event.outcome":"success"}'
}

@test "services: Okta, GitHub, Kubernetes" {
	matches "product: okta, service: okta" "eventType: policy.rule.delete, actor.alternateId|endswith: '@example.com'" \
		'{"event.dataset":"okta.system","event.action":"policy.rule.delete","okta.actor.alternate_id":"al@example.com"}'
	matches "product: github, service: audit" "action: repo.destroy, actor: al" \
		'{"event.dataset":"github.audit","event.action":"repo.destroy","user.name":"al"}'
	matches "product: kubernetes, service: audit" "verb: create, objectRef.resource: pods, objectRef.subresource: exec" \
		'{"event.dataset":"kubernetes.audit","kubernetes.audit.verb":"create","orchestrator.resource.type":"pods","kubernetes.audit.objectRef.subresource":"exec"}'
}

@test "networks: Zeek, DNS, proxies, firewalls" {
	matches "product: zeek, service: smb_files" "name|endswith: .exe, path|endswith: 'ADMIN\$'" \
		'{"event.dataset":"zeek.smb_files","event.module":"zeek","file.name":"x.exe","zeek.smb_files.path":"\\\\pc\\ADMIN$"}'
	matches "product: zeek, service: dns" "query|endswith: .example, id.resp_p: 53, qtype_name: TXT" \
		'{"event.dataset":"zeek.dns","event.module":"zeek","dns.question.name":"a.example","destination.port":53,"dns.question.type":"TXT"}'
	matches "category: proxy" "c-uri|contains: /evil, cs-method: POST" \
		'{"event.dataset":"squid.access","url.original":"http://www.example.com/evil","http.request.method":"POST"}'
	matches "category: firewall" "dst_port: 4444, action: allow" \
		'{"event.dataset":"cisco_asa","destination.port":4444,"event.action":"allow"}'
}

@test "Linux: audit records" {
	matches "product: linux, service: auditd" "type: EXECVE, a0: nc, a1|contains: -e" \
		'{"event.dataset":"auditd","auditd.log.record_type":"EXECVE","auditd.log.a0":"nc","auditd.log.a1":"-e"}'
	matches "product: linux, service: auditd" "SYSCALL: init_module, exe|endswith: /insmod, key: modules" \
		'{"event.dataset":"auditd","auditd.log.syscall":"init_module","process.executable":"/usr/sbin/insmod","auditd.log.key":"modules"}'
	matches "product: linux, category: process_creation" "CommandLine|contains: whoami" \
		'{"event.dataset":"auditd","event.type":["start"],"process.command_line":"whoami --all"}'
}
