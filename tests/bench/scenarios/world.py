"""Hosts that keep logs: who says what when, and which lines tell of the attack."""
import json
import os
import random
import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

START = 1795500000  # seconds; the week-day and the year follow from it
LENGTH = 900        # seconds of logs

INSIDE = {"app01": "192.0.2.20", "fs01": "192.0.2.30", "dns01": "192.0.2.53", "log01": "192.0.2.9"}
DMZ = {"web01": "198.51.100.10", "web02": "198.51.100.11", "ssh01": "198.51.100.22",
       "mail01": "198.51.100.25"}
FIREWALL = "203.0.113.1"
MONITOR, BACKUP, SCANNER, OFFICE, HOME = ("192.0.2.5", "192.0.2.6", "192.0.2.7",
                                          "198.51.100.250", "198.51.100.177")
DESKS = {"alice": "192.0.2.101", "bob": "192.0.2.102", "carol": "192.0.2.103",
         "heidi": "192.0.2.105", "deploy": "192.0.2.110"}
UIDS = {name: 1001 + i for i, name in enumerate(DESKS)}


class World:
    """All logs of one scenario.  `hosts` are those that take part besides the firewall."""

    def __init__(self, seed, hosts, bsd=(), zones=None, central=()):
        self.rng = random.Random(seed)
        self.start, self.end = START, START + LENGTH
        self.hosts = ["fw01"] + [h for h in hosts if h != "fw01"]
        self.addr = {"fw01": FIREWALL, **INSIDE, **DMZ}
        self.bsd, self.central = set(bsd), set(central)
        self.zones = {h: (zones or {}).get(h, "UTC") for h in self.hosts}
        self.lines = {}   # (host, file) -> [(time, order, text, mark)]
        self.incidents = []
        self.extra = {"cdn_proxies": [], "authorised_pentest": []}
        self.pid = 9000
        self.serial = 4000

    # -- small things
    def next_pid(self):
        self.pid = (self.pid + self.rng.randint(1, 40)) % 32000 + 300
        return self.pid

    def port(self):
        return self.rng.randint(32800, 60900)

    def at(self, part):
        """A time at that part of the recording."""
        return self.start + part * (self.end - self.start)

    def local(self, host, t):
        return datetime.fromtimestamp(t, timezone.utc).astimezone(ZoneInfo(self.zones[host]))

    # -- writing
    def put(self, host, file, t, text, mark=None):
        if host in self.hosts:
            rows = self.lines.setdefault((host, file), [])
            rows.append((t, len(rows), text, mark))

    def syslog(self, host, file, t, tag, text, mark=None):
        if host not in self.hosts:
            return
        at = self.local(host, t)
        if host in self.bsd:
            head = at.strftime("%b ") + f"{at.day:2d}" + at.strftime(" %H:%M:%S")
        else:
            head = at.isoformat(timespec="microseconds")
        line = f"{head} {host} {tag}: {text}"
        self.put(host, file, t, line, mark)
        if host in self.central and "log01" in self.hosts and file in ("auth.log", "syslog"):
            self.put("log01", f"remote/{host}.log", t, line)

    # -- truth
    def incident(self, **truth):
        self.incidents.append(truth)

    def save(self, directory, name):
        where = {}
        for (host, file), rows in self.lines.items():
            path = os.path.join(directory, host, file)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            rows.sort(key=lambda r: (r[0], r[1]))
            with open(path, "w") as f:
                for i, (_, _, text, mark) in enumerate(rows):
                    f.write(text + "\n")
                    if mark:
                        where.setdefault(mark, (f"{host}/{file}", i + 1, text))
        self.save_context(directory)
        self.save_truth(directory, name, where)

    def save_context(self, directory):
        context = {
            "monitoring": [MONITOR], "backup_server": [BACKUP], "vulnerability_scanner": [SCANNER],
            "admin_workstations": ["192.0.2.96/27"], "home_addresses": {"heidi": HOME},
            "office_nat": [OFFICE], **self.extra,
            "hosts": {h: self.addr[h] for h in self.hosts},
            "timezone": self.zones, "year": time.gmtime(self.start).tm_year}
        with open(os.path.join(directory, "context.json"), "w") as f:
            json.dump(context, f, indent=1)

    def save_truth(self, directory, name, where):
        keep = [MONITOR, BACKUP, SCANNER, OFFICE, HOME, DESKS["deploy"]]
        keep += [self.addr[h] for h in self.hosts] + self.extra["cdn_proxies"]
        keep += self.extra["authorised_pentest"]
        for t in self.incidents:
            mark = t.pop("foothold", None)
            at = where.get(mark)
            t["first_foothold"] = {"file": at[0], "line": at[1]} if at else None
            t["key_lines"] = [{"file": at[0], "line": at[1], "text": at[2]}] if at else []
            t["must_not_block"] = keep
        truth = {"scenario": name, "malicious": bool(self.incidents), "attackers": [],
                 "must_not_block": keep, "incidents": self.incidents}
        with open(os.path.join(directory, "truth.json"), "w") as f:
            json.dump(truth, f, indent=1)
