#!/usr/bin/env python3
"""group.py BIN TRAIN TEST OUT: the incident of each alert, all sites of TEST in one stream.

The alerts are scored first as triage.py does it: a site by a model of the other ones.
What triage does not let through opens no incident.  Labels of TEST are not opened.
"""
import glob
import gzip
import heapq
import json
import os
import subprocess
import sys
import tempfile

binary, train, test, out = sys.argv[1:5]
here = os.path.dirname(os.path.abspath(__file__))


def site(path, p):
    name = os.path.basename(path).split(".")[0]
    with gzip.open(path, "rt") as lines:
        for a in map(json.loads, lines):
            yield a["ts"], {
                "@timestamp": a["ts"], "event.id": a["id"], "ir.kind": "alert",
                "ir.alert.id": a["id"], "rule.id": a["rule"], "rule.name": a["title"],
                "ir.severity": "medium", "ir.score.p": p.get(a["id"], 0),
                "host.name": a["host"] + "." + name, "organization.name": name}


with tempfile.TemporaryDirectory() as tmp:
    scores = os.path.join(tmp, "p")
    subprocess.run([os.path.join(here, "triage.py"), binary, train, test, scores], check=True)
    with open(scores) as lines:
        p = {x["id"]: x["p"] for x in map(json.loads, lines)}
    stream = os.path.join(tmp, "stream")
    with open(stream, "w") as f:
        files = sorted(glob.glob(os.path.join(test, "ait_ads", "*.alerts.jsonl.gz")))
        for _, record in heapq.merge(*(site(path, p) for path in files), key=lambda x: x[0]):
            f.write(json.dumps(record) + "\n")
    corr = subprocess.Popen([os.path.join(binary, "ircorr"), "--gate", "0.25", "-w", "8h", stream],
                            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    with open(out, "w") as answer:
        for line in corr.stdout:
            if b'"ir.kind":"incident"' in line or b'"ir.incident.id"' not in line:
                continue
            r = json.loads(line)
            answer.write(json.dumps({"id": r["ir.alert.id"], "incident": r["ir.incident.id"]}) + "\n")
    if corr.wait() != 0:
        sys.exit("ircorr failed")
