#!/usr/bin/env python3
"""formats.py formats DIR N   N format files in DIR/formats: four shipped ones, the rest made up
formats.py lines KIND N    N lines: mixed, cloudtrail, eve or unknown"""
import itertools
import json
import os
import random
import shutil
import sys

WORDS = """alpha bravo carbon delta ember fjord garnet harbor indigo jasper kelvin lumen meadow
nectar orchid pepper quartz ripple sierra timber umber velvet willow xenon yonder zephyr""".split()


def name(i):
    return WORDS[i % 26] + WORDS[i // 26 % 26] + str(i)


def rules(n, word):
    for k in range(12):
        verb = WORDS[(n * 7 + k) % 26]
        yield (f"  - {{id: r{k}, match: '{word}{verb} {k} of {{user.name}} from {{source.address:addr}}"
               f"[ port {{source.port:int}}] by {name(n + k)}'}}")


def made_up(i):
    word = name(i)
    out = [f"format: {word}", "title: made up", "version: 1"]
    kind = i % 5
    if kind < 4:
        out.append(["over: syslog", "over: none", "over: none", "over: syslog"][kind])
    if kind == 0:
        out += [f"when: {{process.name: [{word}d, {word}ctl]}}"]
    if kind in (1, 3):
        out += [f"need: '{word}: '"]
    if kind == 4:
        out += ["over: json", f"keys: [time, {word}Id, type]", "map:",
                "  user: user.name", "  addr: source.ip:ip", "  time: '@timestamp:time'"]
        line = json.dumps({"time": "2026-11-24T07:00:00Z", f"{word}Id": 1, "type": "x", "user": "bob"})
    else:
        head = {1: f"{word}: ", 2: f"{word[:3]}> ", 3: f"{word}: "}.get(kind, "")
        out += ["rules:"] + list(rules(i, head))
        text = f"{head}{WORDS[i * 7 % 26]} 0 of bob from 192.0.2.7 by {name(i)}"
        line = {0: f"Nov 24 07:00:00 h {word}d[1]: {text}", 3: f"Nov 24 07:00:00 h any: {text}"}.get(kind, text)
    out += ["samples:", f"  - line: '{line}'", "    want: {user.name: bob}"]
    return "\n".join(out) + "\n"


def formats(where, n):
    share = os.path.join(os.path.dirname(__file__), "../../share")
    here = os.path.join(share, "formats")
    os.makedirs(where)
    shutil.copytree(os.path.join(share, "scales"), os.path.join(where, "scales"))
    where = os.path.join(where, "formats")
    os.makedirs(where)
    shipped = ["sshd.yaml", "nginx.yaml", "suricata.yaml", "json.yaml"]
    for f in shipped:
        shutil.copy(os.path.join(here, f), where)
    for i in range(n - len(shipped)):
        with open(f"{where}/{name(i)}.yaml", "w", encoding="ascii") as out:
            out.write(made_up(i))


def eve(r, i):
    when = f"2026-11-24T07:{i // 60 % 60:02}:{i % 60:02}.{r.randrange(10**6):06}+0000"
    e = {"timestamp": when, "flow_id": r.randrange(10**15), "in_iface": "eth0",
         "event_type": r.choice(["http", "dns", "flow", "tls", "alert"]),
         "src_ip": f"192.0.2.{r.randrange(256)}", "src_port": r.randrange(1024, 65536),
         "dest_ip": f"198.51.100.{r.randrange(256)}", "dest_port": r.choice([80, 443, 53]),
         "proto": "TCP", "community_id": "1:" + "A" * 27 + "="}
    t = e["event_type"]
    if t == "http":
        e["http"] = {"hostname": "www.example.com", "url": f"/a/{i}/index.html?q={i}", "http_user_agent":
                     "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "http_content_type":
                     "text/html", "http_method": "GET", "protocol": "HTTP/1.1", "status": 200, "length": i}
    elif t == "dns":
        e["dns"] = {"type": "query", "id": i % 65536, "rrname": f"h{i}.example.com", "rrtype": "A", "tx_id": 0}
    elif t == "tls":
        e["tls"] = {"subject": "CN=example.com", "issuerdn": "C=US, O=Example, CN=Example CA", "serial":
                    "01:02:03:04:05:06", "fingerprint": "aa:bb:cc:dd:ee:ff", "sni": "www.example.com",
                    "version": "TLS 1.2", "notbefore": "2026-01-01T00:00:00", "notafter": "2027-01-01T00:00:00"}
    elif t == "alert":
        e["alert"] = {"action": "allowed", "gid": 1, "signature_id": 2000000 + i, "rev": 3, "signature":
                      "EXAMPLE POLICY something happened", "category": "Misc activity", "severity": 3}
    e["flow"] = {"pkts_toserver": i % 100, "pkts_toclient": i % 90, "bytes_toserver": i, "bytes_toclient": 3 * i,
                 "start": when, "end": when, "age": 0, "state": "closed", "reason": "timeout", "alerted": False}
    return json.dumps(e, separators=(",", ":"))


def cloudtrail(r, i):
    user = r.choice(WORDS)
    e = {"eventVersion": "1.08", "userIdentity": {
        "type": "AssumedRole", "principalId": "AROAEXAMPLE:" + user,
        "arn": f"arn:aws:sts::123456789012:assumed-role/ops/{user}", "accountId": "123456789012",
        "accessKeyId": "ASIAEXAMPLE", "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn":
                              "arn:aws:iam::123456789012:role/ops", "accountId": "123456789012", "userName": "ops"},
            "webIdFederationData": {}, "attributes": {"creationDate": "2026-11-24T06:00:00Z",
                                                      "mfaAuthenticated": "false"}}},
        "eventTime": f"2026-11-24T07:{i // 60 % 60:02}:{i % 60:02}Z", "eventSource": "ec2.amazonaws.com",
        "eventName": r.choice(["DescribeInstances", "RunInstances", "ConsoleLogin", "AssumeRole"]),
        "awsRegion": "eu-central-1", "sourceIPAddress": f"192.0.2.{r.randrange(256)}",
        "userAgent": "aws-cli/2.13.5 Python/3.11.4 Linux/5.15 exe/x86_64.debian.12 prompt/off command/ec2.run",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": f"i-{i:017x}"}]}, "filterSet": {},
                              "maxResults": 1000, "dryRun": False},
        "responseElements": None, "requestID": f"{r.getrandbits(128):032x}", "eventID": f"{r.getrandbits(128):032x}",
        "readOnly": True, "eventType": "AwsApiCall", "managementEvent": True,
        "recipientAccountId": "123456789012", "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                       "clientProvidedHostHeader": "ec2.eu-central-1.amazonaws.com"}}
    return json.dumps(e, separators=(",", ":"))


def mixed(r, i):
    when = f"Nov 24 07:{i // 60 % 60:02}:{i % 60:02}"
    peer = f"192.0.2.{r.randrange(256)}"
    return [
        f"{when} web1 sshd[{r.randrange(30000)}]: Failed password for invalid user {r.choice(WORDS)} from {peer} port {r.randrange(65536)} ssh2",
        f'{peer} - - [24/Nov/2026:07:00:{i % 60:02} +0000] "GET /a/{i} HTTP/1.1" 200 512 "-" "curl/8.5.0"',
        eve(r, i),
        f"{when} web1 sshd[{r.randrange(30000)}]: Accepted publickey for ops from {peer} port {r.randrange(65536)} ssh2",
        f"{when} web1 backupd[12]: copied {i} files of {r.choice(WORDS)} in {i % 90} seconds",
    ][i % 5]


def unknown(r, i):
    said = [
        f"{r.choice(WORDS)} {r.choice(WORDS)} finished in {r.randrange(5000)} ms for item {i}",
        f"{r.choice(WORDS)} could not reach {r.choice(WORDS)} after {r.randrange(9)} tries",
        f"starting {r.choice(WORDS)} with {r.randrange(64)} threads and {i} slots",
    ][i % 3]
    return f"Nov 24 07:{i // 60 % 60:02}:{i % 60:02} web1 appd[{r.randrange(30000)}]: {said}"


def main():
    what, arg, n = sys.argv[1:4]
    if what == "formats":
        formats(arg, int(n))
        return
    r = random.Random(1)
    make = {"mixed": mixed, "eve": eve, "cloudtrail": cloudtrail, "unknown": unknown}[arg]
    # some thousand different ones, again and again
    some = [make(r, i) for i in range(min(int(n), 5000))]
    for line in itertools.islice(itertools.cycle(some), int(n)):
        print(line)


main()
