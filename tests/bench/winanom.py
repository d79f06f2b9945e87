#!/usr/bin/env python3
"""winanom.py BIN TRAIN TEST OUT [poisoned]: how much irlearn is surprised by each event.

A campaign is judged by what the other campaigns of TRAIN hold beside the attack;
`poisoned`: beside and with it, where alerts of a case name the attack's events.
"""
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

binary, train, test, out = sys.argv[1:5]
poisoned = sys.argv[5:] == ["poisoned"]


def campaigns(folder):
    files = glob.glob(os.path.join(folder, "rootcause", "*.events.jsonl.gz"))
    return {os.path.basename(f).split(".")[0]: f for f in sorted(files)}


def run(args, stdin, to):
    with open(to, "wb") as f:
        subprocess.run(args, stdin=stdin, stdout=f, check=True)


def normalise(path, to):
    with gzip.open(path) as f, open(to + ".raw", "wb") as raw:
        raw.write(f.read())
    with open(to + ".raw", "rb") as raw:
        run([os.path.join(binary, "irnorm")], raw, to)


def names(path):
    with gzip.open(path, "rt") as f:
        return [json.loads(line)["EventRecordId"] for line in f]


with tempfile.TemporaryDirectory() as tmp, open(out, "w") as answer:
    at = lambda name: os.path.join(tmp, name)
    irlearn = os.path.join(binary, "irlearn")
    for name, path in campaigns(train).items():
        normalise(path, at(name))
        bad = set(json.load(open(path.replace(".events.jsonl.gz", ".truth.json")))["malicious_events"])
        with open(at(name)) as events, open(at(name + ".learn"), "w") as f:
            for line, record in zip(events, names(path)):
                if record not in bad or poisoned:
                    f.write(line)
                if record in bad and poisoned:
                    e = json.loads(line)
                    f.write(json.dumps({"@timestamp": e["@timestamp"], "ir.kind": "alert",
                                        "ir.severity": "high", "ir.alert.id": "case-" + record,
                                        "ir.alert.events": [e["event.id"]]}) + "\n")
        with open(at(name + ".learn"), "rb") as f:
            run([irlearn, "--train"], f, at(name + ".model"))
    for name, path in campaigns(test).items():
        models = [a for n in campaigns(train) if n != name for a in ("--model", at(n + ".model"))]
        normalise(path, at("test"))
        with open(at("test"), "rb") as f:
            run([irlearn, "--frozen", "--alpha", "1"] + models, f, at("judged"))
        surprise = {}
        with open(at("judged")) as f:
            for r in map(json.loads, f):
                if r.get("ir.alert.by") == "irlearn":
                    surprise[r["event.id"]] = r["ir.learn.surprise"]
        with open(at("test")) as events:
            for line, record in zip(events, names(path)):
                score = surprise.get(json.loads(line)["event.id"], 0)
                answer.write(json.dumps({"id": record, "score": score}) + "\n")
