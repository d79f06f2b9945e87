#!/usr/bin/env python3
"""make.py DIR [--seed N] [NAME...]: write scenarios, each a folder of logs with context and truth.

The logs are made up, line by line as the programs write them; nothing here knows a rule.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import attacks as a  # noqa: E402
import calm as c  # noqa: E402
import daily  # noqa: E402
from world import World  # noqa: E402

NINE = ["web01", "web02", "ssh01", "mail01", "dns01", "fs01", "app01", "log01"]
BERLIN = "Europe/Berlin"


def with_options(act, **options):
    return lambda w: act(w, **options)


def audit(*hosts):
    return lambda w: daily.audited(w, hosts)


# name: (hosts, acts, more for the World)
SCENARIOS = {
    "spraying": (["ssh01", "log01"], [a.spraying], {"central": ["ssh01"]}),
    "spraying-fails": (["ssh01"], [with_options(a.spraying, success=False)], {"bsd": ["ssh01"]}),
    "stuffing": (["web01"], [a.stuffing], {}),
    "stolen-password": (["ssh01", "web01"], [a.stolen_password], {"bsd": ["ssh01"]}),
    "mail-guessing": (["mail01"], [a.mail_guessing], {"bsd": ["mail01"]}),
    "mail-guessing-fails": (["mail01"], [with_options(a.mail_guessing, success=False)], {}),
    "phished-mailbox": (["mail01"], [a.phished_mailbox], {"bsd": ["mail01"], "zones": {"mail01": BERLIN}}),
    "traversal": (["web02", "web01"], [a.traversal], {}),
    "traversal-fails": (["web01"], [with_options(a.traversal, host="web01", success=False)], {}),
    "sql-injection": (["web01"], [a.sql_injection], {}),
    "sql-injection-fails": (["web01"], [with_options(a.sql_injection, success=False)], {}),
    "web-shell": (["web02"], [a.web_shell, audit("web02")], {"zones": {"web02": BERLIN}}),
    "scan-web": (["web01"], [a.scan_web], {}),
    "scan-ports": (["web01", "ssh01", "mail01"], [a.scan_ports], {}),
    "lateral": (["ssh01", "app01", "fs01", "log01"], [a.lateral],
                {"bsd": ["app01"], "zones": {"app01": BERLIN}, "central": ["ssh01"]}),
    "insider": (["fs01", "dns01"], [a.insider], {}),
    "dns-exfiltration": (["dns01"], [a.dns_exfiltration], {}),
    "upload": (["ssh01"], [a.upload, audit("ssh01")], {}),
    "ransomware": (["fs01", "app01"], [a.ransomware, audit("fs01")], {}),
    "container-escape": (["app01"], [a.container_escape, audit("app01")], {}),
    "cloud-keys": (["log01"], [a.cloud_keys], {}),
    "log-tampering": (["app01", "log01"], [a.log_tampering], {"central": ["app01"]}),
    "several": (NINE, [a.spraying, with_options(a.traversal, part=.5), a.dns_exfiltration,
                       with_options(a.mail_guessing, part=.3), audit("web02", "fs01")],
                {"bsd": ["mail01", "app01"], "central": ["ssh01", "app01"]}),
    "several-deep": (NINE, [with_options(a.lateral, part=.4), with_options(a.web_shell, part=.2),
                            a.scan_ports, audit("web02")],
                     {"bsd": ["web02"], "zones": {"fs01": BERLIN}, "central": ["ssh01", "fs01"]}),
    "calm-reset": (["web01", "ssh01"], [c.reset_morning], {}),
    "calm-mistyped": (["ssh01", "web01"], [c.mistyped], {"bsd": ["ssh01"]}),
    "calm-backup": (["fs01", "app01", "web01"], [c.night_backup, audit("fs01")], {}),
    "calm-monitor": (["ssh01"], [c.stale_monitor], {}),
    "calm-scanner": (["web01", "ssh01"], [c.own_scanner], {}),
    "calm-deploy": (["web01", "app01"], [c.deployment], {}),
    "calm-ansible": (NINE, [c.ansible], {"bsd": ["app01"]}),
    "calm-night-admin": (["ssh01", "app01"], [c.night_admin], {}),
    "calm-day": (NINE, [audit("web02", "fs01")], {"central": ["ssh01"]}),
}
QUICK = ["spraying", "stolen-password", "traversal", "lateral", "calm-mistyped"]


def main():
    args = sys.argv[1:]
    seed = 1
    if "--seed" in args:
        i = args.index("--seed")
        seed = int(args[i + 1])
        del args[i:i + 2]
    if not args:
        sys.exit(__doc__)
    for name in (QUICK if args[1:] == ["quick"] else args[1:]) or SCENARIOS:
        hosts, acts, more = SCENARIOS[name]
        w = World(f"{seed} {name}", hosts, **more)
        daily.everything(w)
        for act in acts:
            act(w)
        directory = os.path.join(args[0], name)
        os.makedirs(directory, exist_ok=True)
        w.save(directory, name)


if __name__ == "__main__":
    main()
