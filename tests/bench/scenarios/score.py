#!/usr/bin/env python3
"""score.py BIN DIR [-q]: `ir triage` over each scenario of DIR, held against its truth.

A row for each attack: found (medium or more, the attacker named), how much of what belongs
to it is in one incident, success, techniques, foothold.  Then what was blocked, and what a
calm day raised.  Exit status 1: a wrong block, or a calm day with a high incident.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

LEVELS = ["informational", "low", "medium", "high", "critical"]


def triage(program, scenario):
    with tempfile.TemporaryDirectory() as tmp:
        for name in os.listdir(scenario):
            if not name.endswith(".json"):
                shutil.copytree(os.path.join(scenario, name), os.path.join(tmp, name))
        out = subprocess.run([program, "triage", "--json", "--site",
                              os.path.join(scenario, "context.json"), tmp],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def sort_out(records):
    """The last version of each incident, all that it holds as text, blocks, and lines by event."""
    incidents, text, blocks, lines = {}, {}, set(), {}
    for r in records:
        name = r.get("ir.incident.id")
        lines[r.get("event.id")] = r.get("event.original", lines.get(r.get("event.id")))
        if r.get("ir.kind") == "incident":
            incidents[name] = r
        elif r.get("ir.kind") == "plan":
            blocks |= {s["target"].get("ip") or s["target"].get("cidr")
                       for s in r["ir.plan.steps"] if s.get("do") == "block-ip"}
        elif name:
            text[name] = text.get(name, "") + json.dumps(r)
    for name, r in incidents.items():
        text[name] = json.dumps(r) + text.get(name, "")
    return incidents, text, blocks, lines


def bases(names):
    return {n.split(".")[0] for n in names}


def judge(truth, incidents, text, lines):
    must = truth["must_contain_in_incident"]
    best = max(incidents, default=None, key=lambda i: (
        sum(m in text[i] for m in must), LEVELS.index(incidents[i]["ir.severity"])))
    if not best:
        return {"found": 0, "recall": 0, "success": 0, "technique": 0, "foothold": 0}
    r = incidents[best]
    foothold = next((k["text"] for k in truth["key_lines"]), None)
    event = (r.get("ir.cause") or {}).get("event")
    return {
        "found": int(LEVELS.index(r["ir.severity"]) >= 2 and
                     any(a in text[best] for a in truth["attackers"])),
        "recall": sum(m in text[best] for m in must) / len(must),
        "success": int(r["ir.success"] == ("yes" if truth["success"] else "no")),
        "technique": len(bases(truth["techniques"]) & bases(
            a["technique"] for a in r.get("ir.attack", []))) / len(bases(truth["techniques"])),
        "foothold": int(not foothold or lines.get(event) == foothold)}


def main():
    quiet = "-q" in sys.argv
    program, root = [a for a in sys.argv[1:] if a != "-q"]
    rows, calm, calm_high, right, wrong = [], 0, 0, 0, 0
    for name in sorted(os.listdir(root)):
        scenario = os.path.join(root, name)
        with open(os.path.join(scenario, "truth.json")) as f:
            truth = json.load(f)
        incidents, text, blocks, lines = sort_out(triage(os.path.join(program, "ir"), scenario))
        attackers = {a for t in truth["incidents"] for a in t["attackers"]}
        right += len(blocks & attackers)
        wrong += len(blocks - attackers)
        if not truth["malicious"]:
            calm += 1
            calm_high += sum(LEVELS.index(i["ir.severity"]) >= 3 for i in incidents.values())
        for t in truth["incidents"]:
            rows.append(judge(t, incidents, text, lines))
            if not quiet:
                print(f"{name:22}", " ".join(f"{k} {v:.2f}" for k, v in rows[-1].items()),
                      f"incidents {len(incidents)}")
    n = len(rows) or 1
    print(f"scenarios attacks {len(rows)}",
          " ".join(f"{k} {sum(r[k] for r in rows) / n:.2f}" for k in (rows or [{}])[0]),
          f"blocks right {right} wrong {wrong} calm {calm} high {calm_high}")
    sys.exit(1 if wrong or calm_high else 0)


if __name__ == "__main__":
    main()
