#!/usr/bin/env python3
"""rootcause.py BIN TEST OUT [SHARE SEED [RUNS]]: where ircorr says that each alert came from.

Of the labels only `seed_alerts` is read: those events become alerts.  With SHARE and
SEED that share of the other events is dropped at random first; with RUNS it is done
with that many seeds from SEED on, and the answers are in OUT.SEED, one file a seed.
"""
import glob
import gzip
import json
import os
import random
import subprocess
import sys

binary, test, out = sys.argv[1:4]
share = float(sys.argv[4]) if len(sys.argv) > 4 else 0
first = int(sys.argv[5]) if len(sys.argv) > 5 else 0
runs = int(sys.argv[6]) if len(sys.argv) > 6 else 0


def run(program, lines):
    done = subprocess.run([os.path.join(binary, program)], input=b"\n".join(lines) + b"\n",
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()


class Campaign:
    """Its records: each event with its name, an alert behind each seed."""

    def __init__(self, path):
        truth = json.load(open(path.replace(".events.jsonl.gz", ".truth.json")))
        self.number, self.seeds = truth["campaign"], sorted(set(truth["seed_alerts"]))
        with gzip.open(path, "rb") as f:
            raw = f.read().splitlines()
        self.records, self.names = [], {}
        for line, event in zip(raw, run("irnorm", raw)):
            name, e = json.loads(line)["EventRecordId"], json.loads(event)
            self.names[e["event.id"]] = name
            self.records.append((name, event))
            if name in self.seeds:
                e.update({"ir.kind": "alert", "ir.alert.id": "seed-" + name,
                          "rule.id": "seed-" + name, "rule.name": "LSASS access",
                          "ir.severity": "high", "threat.technique.id": "T1003"})
                self.records.append((name, json.dumps(e).encode()))

    def answers(self, seed):
        luck, kept = random.Random(seed), []
        for name, record in self.records:
            if name in self.seeds or luck.random() >= share:
                kept.append(record)
        causes = {}
        for record in run("ircorr", kept):
            if b'"ir.kind":"incident"' not in record:
                continue
            record = json.loads(record)
            for a in record["ir.alerts"]:
                causes[a["id"]] = record["ir.cause"]
        for name in self.seeds:
            cause = causes.get("seed-" + name, {})
            yield {"campaign": self.number, "seed": name,
                   "root_guid": cause.get("process", {}).get("entity_id"),
                   "entry_event": self.names.get(cause.get("file_event")),
                   "events": [self.names[e] for e in cause.get("path", []) if e in self.names]}


paths = sorted(glob.glob(os.path.join(test, "rootcause", "*.events.jsonl.gz")))
for i, campaign in enumerate(map(Campaign, paths)):
    for seed in range(first, first + max(1, runs)):
        with open(out + (f".{seed}" if runs else ""), "a" if i else "w") as f:
            for answer in campaign.answers(seed):
                f.write(json.dumps(answer) + "\n")
