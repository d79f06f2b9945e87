#!/usr/bin/env python3
"""linkage.py BIN [SEED]: does sharing link too much?

Makes a day of a made-up office, runs ircorr over it twice, with and without the discount
for what many share, and prints the B-cubed figures of both against the truth.  In it:
attackers who guess, get in, move on and come back from elsewhere; an address behind which
forty people work; a scanner that touches every host; a service account that is everywhere;
a domain, a file and an address that many hosts use, and others that only victims do.
With BIN "-" the stream itself is printed.
"""
import collections
import json
import random
import subprocess
import sys
import tempfile

binary = sys.argv[1]
luck = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
HOSTS = [f"h{i:02d}" for i in range(40)]
ADDRESS = {h: f"192.0.2.{i + 10}" for i, h in enumerate(HOSTS)}
NAT = "198.51.100.1"
records, truth = [], {}
clock = 1795510000


def add(at, **fields):
    n = len(records)
    base = {"@timestamp": None, "event.id": f"{n:032x}"}
    records.append((clock + at, n, {**base, **{k.replace("__", "."): v for k, v in fields.items()}}))
    return f"{n:032x}"


def event(at, **fields):
    add(at, ir__kind="event", **fields)


def logon(at, user, source, host, outcome="success"):
    event(at, event__category=["authentication"], event__outcome=outcome, user__name=user,
          source__ip=source, host__name=host, event__dataset="sshd")


def alert(at, incident, technique, host, level="medium", **fields):
    n = add(at, ir__kind="alert", rule__id="r-" + technique, rule__name="Rule " + technique,
            ir__severity=level, threat__technique__id=technique, host__name=host, **fields)
    truth[n] = incident


def attacker(number, at):
    name, source = f"attacker{number}", f"203.0.113.{number}"
    first, second = luck.sample(HOSTS, 2)
    user = f"u{luck.randrange(40):02d}"
    for i in range(luck.randint(8, 30)):
        logon(at + i, user, source, first, "failure")
    alert(at + 31, name, "T1110", first, source__ip=source, user__name=user)
    logon(at + 40, user, source, first)
    alert(at + 60, name, "T1003", first, user__name=user)
    alert(at + 90, name, "T1053.003", first, user__name=user)
    logon(at + 200, user, ADDRESS[first], second)
    alert(at + 230, name, "T1021.004", second, source__ip=ADDRESS[first], user__name=user)
    alert(at + 260, name, "T1048", second, "high", user__name=user, destination__ip=f"203.0.113.{100 + number}")
    logon(at + 500, user, f"203.0.113.{50 + number}", first)
    alert(at + 520, name, "T1136", first, source__ip=f"203.0.113.{50 + number}", user__name=user)


def office():
    """Forty people behind one address; three of them have something, each his own."""
    for i in range(40):
        for at in luck.sample(range(0, 60000), 6):
            logon(at, f"u{i:02d}", NAT, luck.choice(HOSTS))
    for i in luck.sample(range(40), 12):
        at = luck.randrange(20000, 60000)
        for k in range(luck.randint(1, 4)):
            alert(at + 60 * k, f"behind{i}", "T1566.002", luck.choice(HOSTS), source__ip=NAT, user__name=f"u{i:02d}")


def crowds():
    """What many hosts use every day, and now and then an alert about it."""
    for h in HOSTS:
        for at in luck.sample(range(0, 20000), 3):
            event(at, host__name=h, dns__question__name="cdn.example.com")
            event(at, host__name=h, process__hash__sha256="a" * 64)
            event(at, host__name=h, destination__ip="198.51.100.53")
    for h in luck.sample(HOSTS, 12):
        at = luck.randrange(20000, 60000)
        alert(at, "cdn-" + h, "T1105", h, dns__question__name="cdn.example.com")
    for h in luck.sample(HOSTS, 12):
        at = luck.randrange(20000, 60000)
        alert(at, "tool-" + h, "T1569.002", h, process__hash__sha256="a" * 64)
    for h in luck.sample(HOSTS, 12):
        at = luck.randrange(20000, 60000)
        alert(at, "peer-" + h, "T1571", h, destination__ip="198.51.100.53")
        logon(at + 20, "svc-backup", "192.0.2.200", h)


def outbreak(name, **what):
    at = luck.randrange(20000, 58000)
    for h in luck.sample(HOSTS, 3):
        alert(at, name, "T1204.002", h, "high", **what)
        at += luck.randrange(60, 600)


def scanner():
    at = luck.randrange(1000, 50000)
    for h in HOSTS:
        at += luck.randrange(1, 40)
        alert(at, "scanner", "T1595.002", h, "low", source__ip="203.0.113.250")


for i in range(1, 9):
    attacker(i, luck.randrange(1000, 58000))
office()
crowds()
scanner()
outbreak("bad-domain", dns__question__name="bad.example.net")
outbreak("bad-file", process__hash__sha256="b" * 64)
outbreak("bad-peer", destination__ip="203.0.113.222")


def stream(f):
    from time import gmtime, strftime
    for at, _, r in sorted(records, key=lambda x: x[:2]):
        r["@timestamp"] = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))
        f.write(json.dumps(r) + "\n")
    f.flush()


if binary == "-":
    stream(sys.stdout)
    sys.exit(0)


def b_cubed(answer):
    true, got, both = (collections.Counter() for _ in range(3))
    pairs = [(truth[n], answer.get(n, n)) for n in truth]
    for t, g in pairs:
        true[t] += 1
        got[g] += 1
        both[t, g] += 1
    p = sum(both[x] / got[x[1]] for x in pairs) / len(pairs)
    r = sum(both[x] / true[x[0]] for x in pairs) / len(pairs)
    return p, r, 2 * p * r / (p + r)


with tempfile.NamedTemporaryFile("w") as f, tempfile.NamedTemporaryFile("w") as site:
    stream(f)
    json.dump({"hosts": ADDRESS}, site)
    site.flush()
    for discount in "log", "none":
        out = subprocess.run([binary + "/ircorr", "--site", site.name, "--discount", discount, f.name],
                             stdout=subprocess.PIPE, check=True).stdout
        answer = {}
        for r in map(json.loads, out.splitlines()):
            if r["ir.kind"] == "alert" and "ir.incident.id" in r:
                answer[r["event.id"]] = r["ir.incident.id"]
        print("linkage %s P %.3f R %.3f F %.3f incidents %d of %d" %
              (discount, *b_cubed(answer), len(set(answer.values())), len(set(truth.values()))))
