#!/usr/bin/env python3
"""technique.py BIN RULES TEST OUT: ATT&CK techniques that irdetect names in each recording,
by the rules in RULES and the shipped ones.

At most five a recording, best first: a technique counts by the level of the surest rule
that names it, somewhat by the others, and less for each other technique that a rule names.
The recordings go through irnorm as they were taken.  They are labelled with names of
an older ATT&CK, so ids that were renumbered since are told by their former ones.
"""
import collections
import glob
import json
import os
import subprocess
import sys
import zipfile

binary, rules, test, out = sys.argv[1:5]
HERE = os.path.dirname(os.path.abspath(__file__))
OWN = os.path.join(HERE, "../../share/rules")
WEIGHT = {"informational": 0.2, "low": 1, "medium": 3, "high": 8, "critical": 12}


def lines(path):
    """The lines of the logs in it; packet captures and what a Mac puts beside them are none."""
    with zipfile.ZipFile(path) as z:
        for name in sorted(z.namelist()):
            if name.endswith((".json", ".log")) and not name.startswith("__MACOSX/"):
                yield from (l for l in z.read(name).split(b"\n") if l.strip())


def former():
    path = os.path.join(HERE, "former.tsv")
    with open(path) as f:
        return dict(l.split() for l in f if not l.startswith("#"))


def as_list(v):
    return v if isinstance(v, list) else [v] if v else []


def names(alert):
    """Sub-techniques, and the techniques of which it names none, as they were once called."""
    fine = as_list(alert.get("threat.technique.subtechnique.id"))
    parents = {t.split(".")[0] for t in fine}
    return {FORMER.get(t, t) for t in fine + [
        t for t in as_list(alert.get("threat.technique.id")) if t not in parents]}


def techniques(alerts):
    """What the rules that matched name, best first, a sub-technique where one is named."""
    told, fine = collections.defaultdict(list), collections.Counter()
    for level, named in {a["rule.id"]: (a.get("ir.severity", "low"), names(a)) for a in alerts}.values():
        bases = {t.split(".")[0] for t in named}
        for base in bases:
            told[base].append(WEIGHT[level] / len(bases) ** 0.5)
        for t in named:
            fine[t] += WEIGHT[level] / len(named)
    # rules that tell of the same event over again add less than the one that is surest
    points = {base: max(w) + 0.3 * (sum(w) - max(w)) for base, w in told.items()}
    ranked = sorted(fine, key=lambda t: (-points[t.split(".")[0]], -fine[t], t))
    # of one technique the best sub-technique speaks, as long as there are others to name
    first = list({t.split(".")[0]: t for t in reversed(ranked)}.values())
    first.sort(key=ranked.index)
    return (first + [t for t in ranked if t not in first])[:5]


FORMER = former()
with open(out, "w") as answer:
    for path in sorted(glob.glob(os.path.join(test, "otrf", "*.zip"))):
        events = subprocess.run([os.path.join(binary, "irnorm")], check=True,
                                input=b"\n".join(lines(path)), stdout=subprocess.PIPE).stdout
        # a rule that cannot be loaded is told, and the others are used
        found = subprocess.run([os.path.join(binary, "irdetect"), "-r", rules, "-r", OWN], check=False,
                               input=events, stdout=subprocess.PIPE).stdout
        alerts = [r for r in map(json.loads, found.splitlines()) if r.get("ir.kind") == "alert"]
        answer.write(json.dumps({"file": os.path.basename(path),
                                 "techniques": techniques(alerts)}) + "\n")
