#!/usr/bin/env python3
"""rootcause.py BIN TEST OUT [SHARE SEED]: where ircorr says that each alert came from.

Of the labels only `seed_alerts` is read: those events become alerts.  With SHARE and
SEED that share of the other events is dropped at random first.
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
luck = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 0)


def run(program, lines):
    done = subprocess.run([os.path.join(binary, program)], input=b"\n".join(lines) + b"\n",
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.splitlines()


with open(out, "w") as answer:
    for path in sorted(glob.glob(os.path.join(test, "rootcause", "*.events.jsonl.gz"))):
        truth = json.load(open(path.replace(".events.jsonl.gz", ".truth.json")))
        seeds = set(truth["seed_alerts"])
        with gzip.open(path, "rb") as f:
            raw = [(line, json.loads(line)["EventRecordId"]) for line in f.read().splitlines()]
        raw = [(line, name) for line, name in raw if name in seeds or luck.random() >= share]
        events = run("irnorm", [line for line, _ in raw])
        names, stream = {}, []
        for event, (_, name) in zip(events, raw):
            e = json.loads(event)
            names[e["event.id"]] = name
            stream.append(event)
            if name in seeds:
                e.update({"ir.kind": "alert", "ir.alert.id": "seed-" + name, "rule.id": "seed-" + name,
                          "rule.name": "LSASS access", "ir.severity": "high",
                          "threat.technique.id": "T1003"})
                stream.append(json.dumps(e).encode())
        causes = {}
        for record in map(json.loads, run("ircorr", stream)):
            if record.get("ir.kind") == "incident":
                for a in record["ir.alerts"]:
                    causes[a["id"]] = record["ir.cause"]
        for seed in seeds:
            cause = causes.get("seed-" + seed, {})
            answer.write(json.dumps({
                "campaign": truth["campaign"], "seed": seed,
                "root_guid": cause.get("process", {}).get("entity_id"),
                "entry_event": names.get(cause.get("file_event")),
                "events": [names[e] for e in cause.get("path", []) if e in names]}) + "\n")
