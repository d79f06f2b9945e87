#!/usr/bin/env python3
"""raw.py BIN FILE...  |  raw.py --list FILE...

Try the shipped rules on raw lines, through `irnorm | irdetect`.  A file holds, for each rule:

  rule ID [FILE]       what follows is about this rule; with FILE, loaded alone from there: others
                       speak for it
  + LINE               this line alone makes it fire
  - LINE               this line alone does not
  +{ [N]  ...  }       these lines together do; N times over, with %i for the number of the turn
  -{ [N]  ...  }       these lines together do not

In a block, %s is the second of the turn as two digits (its rest by 60), %m the minute.
"""
import json, os, subprocess, sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(path):
    """(place, rule, want, lines, block?) of each case."""
    rule, alone, block, cases = None, None, None, []
    for n, line in enumerate(open(path, encoding="utf-8").read().split("\n"), 1):
        if block:
            if line == "}":
                want, turns, lines = block
                out = []
                for i in range(turns):
                    for l in lines:
                        for a, b in (("%i", str(i)), ("%s", f"{i % 60:02}"), ("%m", f"{i // 60:02}")):
                            l = l.replace(a, b)
                        out.append(l)
                cases.append((f"{path}:{n}", rule, want, out, True, alone))
                block = None
            else:
                block[2].append(line)
        elif line.startswith("rule "):
            rule, alone = (line.split() + [None])[1:3]
        elif line[:2] in ("+{", "-{"):
            block = (line[0] == "+", int(line[2:] or 1), [])
        elif line[:2] in ("+ ", "- "):
            cases.append((f"{path}:{n}", rule, line[0] == "+", [line[2:]], False, alone))
        elif line and line[0] != "#":
            sys.exit(f"{path}:{n}: what is this?")
    return cases


def events(bin_, lines):
    text = "".join(l + "\n" for l in lines)
    p = subprocess.run([bin_ + "/irnorm", "--now=2026-11-24T12:00:00Z"], input=text.encode(), capture_output=True)
    return p.stdout


def alerts(bin_, records, alone=None):
    only = ["-r", os.path.join(TOP, alone)] if alone else []
    p = subprocess.run([bin_ + "/irdetect", "--now=2026-11-24T12:00:00Z", *only], input=records, capture_output=True)
    return [json.loads(l) for l in p.stdout.splitlines()]


def main():
    if sys.argv[1] == "--list":
        for path in sys.argv[2:]:
            for _, rule, want, *_ in read(path):
                print("+" if want else "-", rule)
        return 0
    bin_, bad, n = sys.argv[1], 0, 0
    cases = [c for path in sys.argv[2:] for c in read(path)]
    fired = {}
    for alone in {c[5] for c in cases}:
        single = [c[3][0] for c in cases if not c[4] and c[5] == alone]
        for a in alerts(bin_, events(bin_, single), alone):
            # of the lines of an event the last one stands for a correlation: blocks try those
            if "rule.id" in a and len(a.get("ir.alert.events", [])) < 2:
                fired.setdefault(a["event.original"], set()).add(a["rule.id"])
    for place, rule, want, lines, block, alone in cases:
        if block:
            got = rule in {a.get("rule.id") for a in alerts(bin_, events(bin_, lines), alone)}
        else:
            got = rule in fired.get(lines[0], ())
        n += 1
        if got != want:
            bad += 1
            print(f"{place}: rule {rule} {'fired' if got else 'did not fire'}")
    print(f"{n} cases, {bad} failed", file=sys.stderr)
    return 1 if bad else 0


sys.exit(main())
