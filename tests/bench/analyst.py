#!/usr/bin/env python3
"""analyst.py BIN [ROUNDS [FAMILY]]: verdicts of a person over time, one of twenty wrong.

A model is made of made-up offices without one family of attacks (exfil if not given).
Another office has all of them.  Each round somebody judges the 20 bursts of some days
that score highest and have no verdict yet, is wrong in 5 %, and the model is made anew,
with the rows of before replayed and against the model in use.  It is measured on an
office that nobody judges.  Prints a line a round: AP over all, and of the family alone
against what is false; then rows "name figure bound".
"""
import json
import os
import random
import subprocess
import sys
import tempfile

binary = os.path.abspath(sys.argv[1])
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 12
family = sys.argv[3] if len(sys.argv) > 3 else "exfil"
here = os.path.dirname(os.path.abspath(__file__))
irscore = os.path.join(binary, "irscore")
SHOWN, WRONG, NOW = 20, 0.05, ["--now", "2026-12-31T00:00:00Z"]


def site(seed, days, name, *more):
    subprocess.run([os.path.join(here, "../record/alerts.sh"), binary, str(seed), str(days), name, *more], check=True)


def score(args, out, check=True):
    with open(out, "w") as f:
        return subprocess.run([irscore, *NOW, *args], stdout=f, stderr=subprocess.DEVNULL,
                              stdin=subprocess.DEVNULL, check=check).returncode


def read(path):
    with open(path) as f:
        return [json.loads(line) for line in f]


def average_precision(pairs):
    """Of (p, y); what is equal is one step."""
    pairs.sort(key=lambda x: -x[0])
    positive, tp, seen, ap, i = sum(y for _, y in pairs), 0, 0, 0.0, 0
    while i < len(pairs):
        j = i
        while j < len(pairs) and pairs[j][0] == pairs[i][0]:
            j += 1
        yes = sum(y for _, y in pairs[i:j])
        tp, seen, i = tp + yes, j, j
        ap += yes / positive * tp / seen if positive else 0
    return ap


def bursts(alerts, truth):
    """Alerts of one rule on one host a minute apart are one; true if one of them is."""
    last, out = {}, []
    for a in alerts:
        key, t = (a["rule.id"], a.get("host.name")), when(a["@timestamp"])
        b = last.get(key)
        if not b or t - b["last"] > 60 or t - b["first"] > 3600:
            b = last[key] = {"first": t, "ids": [], "p": 0, "y": 0, "set": a.get("event.dataset")}
            out.append(b)
        b["last"] = t
        b["ids"].append(a["ir.alert.id"])
        b["p"] = max(b["p"], a["ir.score.p"])
        b["y"] |= truth[a["ir.alert.id"]] == "true_positive"
    return out


def when(text):
    day, clock = text[:10].split("-"), text[11:19].split(":")
    return ((int(day[1]) * 31 + int(day[2])) * 24 + int(clock[0])) * 3600 + int(clock[1]) * 60 + int(clock[2])


def verdicts(path):
    return {v["ir.alert.id"]: v["ir.verdict.is"] for v in read(path)}


def measure(model, name, truth):
    score(["--model", model, name + ".alerts"], name + ".scored")
    b = bursts(read(name + ".scored"), truth)
    new = [x for x in b if not x["y"] or x["set"] == FAMILY_SET]
    return average_precision([(x["p"], x["y"]) for x in b]), average_precision([(x["p"], x["y"]) for x in new])


FAMILY_SET = {"exfil": "dnsmasq", "web": "nginx.access", "guess": "sshd"}.get(family, "sudo")
rnd = random.Random(5)
with tempfile.TemporaryDirectory() as tmp:
    at = lambda name: os.path.join(tmp, name)
    rows = []
    for seed in range(11, 15):
        site(seed, 21, at("s"), "--without", family)
        score(["--rows", "--no-prior", "--weight", "1", "--verdicts", at("s.verdicts"), at("s.alerts")], at("rows%d" % seed))
        rows += ["--replay", at("rows%d" % seed)]
    score(["--train", *rows], at("prior"))
    site(21, 4 * rounds, at("local"))
    site(22, 28, at("other"))
    truth, other = verdicts(at("local.verdicts")), verdicts(at("other.verdicts"))
    start = read(at("local.alerts"))[0]["@timestamp"]
    prior, prior_new = measure(at("prior"), at("other"), other)
    print("# prior: AP %.3f, of %s alone %.3f" % (prior, family, prior_new))
    model, said, worst, ap_new, kept = at("prior"), {}, 0.0, 0, 0
    for n in range(1, rounds + 1):
        score(["--model", model, at("local.alerts")], at("scored"))
        shown = [b for b in bursts(read(at("scored")), truth)
                 if (b["first"] - when(start)) // 86400 < 4 * n and b["ids"][0] not in said]
        for b in sorted(shown, key=lambda b: -b["p"])[:SHOWN]:
            wrong = rnd.random() < WRONG
            for i in b["ids"]:
                said[i] = "true_positive" if bool(b["y"]) != wrong else "false_positive"
        with open(at("said"), "w") as f:
            for i, is_ in said.items():
                f.write(json.dumps({"ir.kind": "verdict", "ir.alert.id": i, "ir.verdict.is": is_}) + "\n")
        kept += score(["--train", *rows, "--model", model, "--verdicts", at("said"), at("local.alerts")], at("next"), False)
        os.replace(at("next"), at("model"))
        model = at("model")
        ap, ap_new = measure(model, at("other"), other)
        worst = max(worst, prior - ap)
        print("# round %d: AP %.3f, of %s alone %.3f" % (n, ap, family, ap_new))
    print("# the old model was kept %d times" % kept)
    print("analyst-worse-than-prior %.3f <=0.02" % worst)
    print("analyst-learns-new-family %.3f >=%.3f" % (ap_new, prior_new + 0.1))
