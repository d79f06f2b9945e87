#!/usr/bin/env python3
"""thin.py: of rows whose rule, size and novelty are the same, the first 6 of each verdict.

A row that stands for more weighs as much as it stands for, to the limit of a weight.
"""
import collections
import json
import sys

LEAST = 6
rows, groups = [], collections.defaultdict(list)
for line in sys.stdin:
    row = json.loads(line)
    key = (row["y"],) + tuple(sorted(t for t in row["t"] if t.startswith(("rule", "novel=", "gap="))))
    rows.append(row)
    groups[key].append(len(rows) - 1)
keep = {}
for members in groups.values():
    some = members if rows[members[0]]["y"] else members[:LEAST]
    for i, at in enumerate(some):
        keep[at] = max(1, min(100, len(members[i::len(some)])))
for at in sorted(keep):
    rows[at]["w"] = keep[at]
    print(json.dumps(rows[at], separators=(",", ":")))
