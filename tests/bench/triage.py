#!/usr/bin/env python3
"""triage.py BIN TRAIN TEST OUT: irscore's probability for each alert of the sites in TEST.

A site is judged by a model of the verdicts of the other sites in TRAIN; its own
labels are not opened.  TRAIN and TEST hold ait_ads/SITE.alerts.jsonl.gz, TRAIN also
ait_ads/SITE.truth.jsonl.gz.
"""
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

binary, train, test, out = sys.argv[1:5]
irscore = os.path.join(binary, "irscore")
IS = {"tp": "true_positive", "fp": "false_positive"}


def sites(folder):
    files = glob.glob(os.path.join(folder, "ait_ads", "*.alerts.jsonl.gz"))
    return {os.path.basename(f).split(".")[0]: f for f in sorted(files)}


def alerts(path, to):
    """The alerts as records; a rule's id starts with its sensor and the log it reads."""
    with gzip.open(path, "rt") as lines, open(to, "w") as f:
        for a in map(json.loads, lines):
            record = {"@timestamp": a["ts"], "ir.kind": "alert", "ir.alert.id": a["id"],
                      "rule.id": a["rule"], "host.name": a["host"], "ir.alert.by": a["sensor"],
                      "event.dataset": "-".join(a["rule"].split("-")[:2])}
            f.write(json.dumps(record) + "\n")


def verdicts(path, to):
    with gzip.open(path, "rt") as lines, open(to, "w") as f:
        for t in map(json.loads, lines):
            if t["y"] in IS:
                f.write(json.dumps({"ir.kind": "verdict", "ir.alert.id": t["id"],
                                    "ir.verdict.is": IS[t["y"]]}) + "\n")


def run(args, to):
    with open(to, "w") as f:
        subprocess.run([irscore] + args, stdout=f, stdin=subprocess.DEVNULL, check=True)


with tempfile.TemporaryDirectory() as tmp, open(out, "w") as answer:
    at = lambda name: os.path.join(tmp, name)
    for site, path in sites(train).items():
        alerts(path, at("alerts"))
        verdicts(path.replace(".alerts.", ".truth."), at("verdicts"))
        run(["--rows", "--weight", "1", "--verdicts", at("verdicts"), at("alerts")],
            at(site + ".rows"))
    for site, path in sites(test).items():
        others = [a for s in sites(train) if s != site for a in ("--replay", at(s + ".rows"))]
        run(["--train", "--no-prior"] + others, at("model"))
        alerts(path, at("alerts"))
        run(["--model", at("model"), at("alerts")], at("scored"))
        with open(at("scored")) as lines:
            for r in map(json.loads, lines):
                answer.write(json.dumps({"id": r["ir.alert.id"], "p": r["ir.score.p"]}) + "\n")
