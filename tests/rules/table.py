#!/usr/bin/env python3
"""table.py BIN [OPTIONS...] <TABLE

A line of the table is a detection in YAML's flow style without its braces, perhaps "=> CONDITION"
(else: sel), and events: those that match, and after "!" those that do not, all parted by " ## ".
Each line is a rule of its own; all are tried in one run.  Empty lines and "# ..." are skipped.
"""
import json, os, subprocess, sys, tempfile


def main():
    docs, lines, want, n = [], [], {}, 0
    for at, row in enumerate(sys.stdin.read().split("\n"), 1):
        if not row or row.startswith("# "):
            continue
        rule, *events = row.split(" ## ")
        rule, _, cond = rule.partition(" => ")
        docs.append("title: R\nid: 00000000-0000-4000-8000-%012x\nlogsource: {product: p}\nlevel: low\n"
                    "detection: {only: {row: 'r%d'}, %s, condition: 'only and (%s)'}\n"
                    % (at, at, rule, (cond or "sel").replace("'", "''")))
        for e in events:
            yes = not e.startswith("!")
            body = e.lstrip("!").strip()
            n += 1
            want[f"e{n}"] = (at, yes, row, body)
            lines.append('{"@timestamp":"2026-11-24T07:00:00Z","event.id":"e%d","row":"r%d"%s%s\n'
                         % (n, at, "," if body != "{}" else "", body[1:]))
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "rules.yml"), "w", encoding="utf-8") as f:
            f.write("---\n".join(docs))
        p = subprocess.run([sys.argv[1] + "/irdetect", *sys.argv[2:], "-r", os.path.join(d, "rules.yml")],
                           input="".join(lines).encode(), capture_output=True)
    bad = 0
    if p.returncode or p.stderr:
        print(p.stderr.decode())
        bad += 1
    hit = {}
    for l in p.stdout.splitlines():
        a = json.loads(l)
        hit.setdefault(a["event.id"], set()).add(int(a["rule.id"][-12:], 16))
    for e, (at, yes, row, body) in want.items():
        if (at in hit.get(e, ())) != yes:
            print(f"{'missed' if yes else 'matched'}: {row.split(' ## ')[0]}   {body}")
            bad += 1
    print(f"{len(docs)} rules, {n} events, {bad} wrong", file=sys.stderr)
    return 1 if bad or not n else 0


sys.exit(main())
