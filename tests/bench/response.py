#!/usr/bin/env python3
"""response.py BIN SETDIR: are the plans the ones that a responder would have made?

SETDIR holds a folder for each scenario: the logs of its hosts, context.json (what the owner
knows) and truth.json (right_containment: action and target; must_not_block).  `ir triage` is
run over each; every containment that the truth wants is a row.  A step on an address that
must not be blocked, and one that acts where nothing was malicious, is a row that went wrong.
"""
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

# What the truth calls it: the verbs that do it.
VERBS = {
    "block_address": ["block-ip", "rate-limit"],
    "block_network": ["block-ip"],
    "block_domain": ["block-domain"],
    "rate_limit": ["rate-limit", "block-ip"],
    "disable_account": ["lock-account", "remove-account"],
    "lock_account": ["lock-account"],
    "remove_account": ["remove-account", "lock-account"],
    "reset_password": ["expire-password"],
    "kill_sessions": ["revoke-sessions"],
    "revoke_sessions": ["revoke-sessions"],
    "remove_key": ["revoke-keys"],
    "revoke_key": ["revoke-keys"],
    "rotate_secret": ["rotate-secret"],
    "remove_cron": ["remove-persistence"],
    "remove_persistence": ["remove-persistence"],
    "remove_file": ["quarantine-file"],
    "quarantine_file": ["quarantine-file"],
    "kill_process": ["kill-process", "stop-process"],
    "isolate_host": ["isolate-host"],
    "disable_endpoint": ["call"],
    "disable_service": ["disable-service"],
    "restore_backup": ["restore-path"],
    "restore_files": ["restore-path"],
    "patch": ["patch-package"],
    "notify_owner": ["notify"],
}
HARMLESS = {"notify", "collect-evidence"}


def nets(values):
    for v in values:
        try:
            yield ipaddress.ip_network(str(v).split(" ")[0], strict=False)
        except ValueError:
            pass


def address(step):
    for n in nets([step["target"].get("ip") or step["target"].get("cidr") or ""]):
        return n
    return None


def aimed(step, wanted):
    """Does the step act on what a target of the truth names?"""
    target, on = step["target"], step.get("on", "")
    text = json.dumps(target)
    who = re.match(r"([\w.$-]+)@([\w.-]+)", wanted)
    where = re.match(r"([\w.-]+):\s*(/.*)", wanted)
    if step["do"] == "notify":
        return wanted.split(":")[0].split()[0].lower() in (text + step.get("why", "")).lower()
    for n in nets([wanted]):
        return address(step) is not None and address(step).overlaps(n)
    if where:
        return on in ("", where[1]) and f'"{where[2]}"' in text
    if who:
        return who[1] in (target.get("user"), target.get("name")) and on in ("", who[2])
    return wanted.split()[0] in (target.get("host"), target.get("user"), target.get("domain"), on)


def each_target(want):
    """A target may list several paths of a host: "web01:/a.php,/b.php"."""
    host, colon, paths = want["target"].partition(":/")
    for path in ("/" + paths).replace(" ", "").split(",") if colon else [None]:
        yield f"{host}:{path}" if path else want["target"]


def plans(ir, folder):
    with tempfile.TemporaryDirectory() as tmp:
        logs = os.path.join(tmp, "logs")
        shutil.copytree(folder, logs, ignore=shutil.ignore_patterns("truth.json", "context.json"))
        out = subprocess.run([ir, "triage", "--json", "--site", os.path.join(folder, "context.json"),
                              logs], capture_output=True, check=False)
    for line in out.stdout.splitlines():
        record = json.loads(line)
        if record.get("ir.kind") == "plan":
            yield record


def row(scenario, wanted, verdict, how):
    print(f"| {scenario} | {wanted} | {verdict} | {how} |")
    return verdict == "yes"


def judge(name, truth, made):
    rows = right = wrong = 0
    gone = {w["key"] for p in made for w in p.get("ir.plan.withdrawn", [])}
    steps = [s for p in made for s in p["ir.plan.steps"] if s["key"] not in gone]
    told = truth.get("incidents") or [truth]
    wanted = truth.get("right_containment") or [c for t in told
                                                for c in t.get("right_containment", [])]
    for action, target in ((w["action"], t) for w in wanted for t in each_target(w)):
        verbs = VERBS.get(action, [action.replace("_", "-")])
        hit = next((s for s in steps if s["do"] in verbs and aimed(s, target)), None)
        how = f"{hit['do']}, {hit['phase']}, approval {hit['approval']}" if hit else ""
        rows += 1
        right += row(name, f"{action} {target}", "yes" if hit else "no", how)
    keep = list(nets(truth.get("must_not_block", []) +
                     [a for t in told for a in t.get("must_not_block", [])]))
    for s in steps:
        mine = address(s)
        if mine and any(mine.overlaps(k) for k in keep if k.version == mine.version):
            wrong += not row(name, "leave alone", "TOUCHED", f"{s['do']} {mine}")
        elif not truth["malicious"] and s["do"] not in HARMLESS:
            wrong += not row(name, "nothing malicious", "ACTED", f"{s['do']} {s['target']}")
    return rows, right, wrong


def main():
    binary, root = sys.argv[1:3]
    total = (0, 0, 0)
    print("| scenario | wanted | planned | step |\n| --- | --- | --- | --- |")
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        if not os.path.exists(os.path.join(folder, "truth.json")):
            continue
        with open(os.path.join(folder, "truth.json")) as f:
            truth = json.load(f)
        made = list(plans(os.path.join(binary, "ir"), folder))
        total = tuple(map(sum, zip(total, judge(name.split("-")[0], truth, made))))
    print("RESPONSE rows=%d right=%d wrong=%d" % total)
    return total[2] > 0


if __name__ == "__main__":
    sys.exit(main())
