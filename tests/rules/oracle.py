#!/usr/bin/env python3
"""oracle.py BIN FIRST LAST

Correlations against brute force.  For each seed a random stream and a dozen random correlations:
irdetect slides windows over the stream; this looks, at each event, at all events so far.
"""
import json, os, random, subprocess, sys, tempfile
from fractions import Fraction as F

OPS = {"lt": lambda a, b: a < b, "lte": lambda a, b: a <= b, "gt": lambda a, b: a > b,
       "gte": lambda a, b: a >= b, "eq": lambda a, b: a == b, "neq": lambda a, b: a != b}
NUMBERS = ("value_sum", "value_avg", "value_median", "value_percentile")
ID = "00000000-0000-4000-8000-%012x"


def stream(r, late_too):
    t, out = 0, []
    step = r.choice((1, 5, 20))
    for i in range(r.choice((40, 120))):
        t += r.choice((0, 1, 1, 2, 3, 9)) * step
        late = r.choice((1, 7, 25)) * step if late_too and r.random() < .1 else 0
        e = {"t": max(t - late, 0), "i": i, "k": r.choice("aaabbc")}
        for f in "gh":
            if r.random() < .95:
                e[f] = r.choice("xyz")
        if r.random() < .9:
            e["n"] = r.choice((-3, 0, 1, 2, 2, 7, 40, 0.5, "2", "many"))
        if r.random() < .9:
            e["m"] = r.choice("pqrs")
        out.append(e)
    return out


def words(r, names, depth=0):
    if depth == 2 or r.random() < .3:
        return r.choice(names)
    kind = r.choice(("and", "or", "not"))
    if kind == "not":
        return f"not {words(r, names, depth + 1)}"
    return f"({words(r, names, depth + 1)} {kind} {words(r, names, depth + 1)})"


def condition(r, kind):
    top = {"value_sum": 60, "value_avg": 12, "value_median": 8, "value_percentile": 60}.get(kind, 6)
    n = lambda: r.randint(1, top) if kind in ("event_count", "value_count") else r.randint(-2, top) + .25
    if r.random() < .3:
        low = n()
        return {r.choice(("gt", "gte")): low, r.choice(("lt", "lte")): low + r.randint(1, top)}
    return {r.choice(("gte", "gte", "gt", "lt", "lte", "eq", "neq")): n()}


def correlation(r, inner=None):
    kind = r.choice(("event_count", "event_count", "value_count", "temporal", "temporal", "temporal_ordered",
                     *NUMBERS))
    rules = r.sample("abc", r.choice((1, 2, 2, 3)))
    if inner:
        kind = r.choice(("event_count", "temporal", "temporal_ordered"))
        rules = [inner, r.choice("abc")]  # "a" feeds the inner one: then an event is two members
        r.shuffle(rules)
    c = {"type": kind, "rules": rules, "timespan": f"{r.choice((5, 12, 60))}s"}
    c["group-by"] = r.choice(([], ["g"], ["g"], ["g", "h"]))
    if not inner and r.random() < .25:
        c["aliases"] = {"who": {x: r.choice("gh") for x in rules}}
        c["group-by"] = ["who"]
    if not c["group-by"]:
        del c["group-by"]
    if kind == "value_count":
        c["condition"] = {"field": r.choice(("m", ["m"], ["m", "h"])), **condition(r, kind)}
    elif kind in NUMBERS:
        c["condition"] = {"field": "n", **condition(r, kind)}
        if kind == "value_percentile" and r.random() < .6:
            c["condition"]["percentile"] = r.choice((0, 10, 50, 90, 100))
    elif kind == "event_count":
        c["condition"] = condition(r, kind)
    elif kind == "temporal" and r.random() < .5:
        c["condition"] = words(r, rules)
    elif kind == "temporal" and len(rules) > 1 and r.random() < .3:
        c["condition"] = {"gte": len(rules) - 1}
    return c


def number(v):
    try:
        return F(str(v))
    except ValueError:
        return None


def percentile(values, p):
    v = sorted(values)
    at = F(p) / 100 * (len(v) - 1)
    i = int(at)
    return v[i] + (at - i) * (v[i + 1] - v[i]) if i + 1 < len(v) else v[i]


def chain(c, window, new):
    """Is there an event for each rule, one after the other, one of them the new one?"""
    def before(i, end, after):
        return i < 0 or any(m["ref"] == i and m["i"] != after and before(i - 1, k, m["i"])
                            for k, m in enumerate(window[:end]))
    def behind(i, start, after):
        return i == len(c["rules"]) or any(m["ref"] == i and m["i"] != after and behind(i + 1, k + 1, m["i"])
                                           for k, m in enumerate(window) if k >= start)
    at = [m is new for m in window].index(True)
    return before(new["ref"] - 1, at, new["i"]) and behind(new["ref"] + 1, at + 1, new["i"])


def figure(c, window, new):
    kind, cond = c["type"], c.get("condition", {})
    if kind == "event_count":
        return len(window)
    if kind == "value_count":
        return len({m["value"] for m in window})
    if kind == "temporal":
        return len({m["ref"] for m in window})
    if kind == "value_sum":
        return sum(m["value"] for m in window)
    if kind == "value_avg":
        return F(sum(m["value"] for m in window)) / len(window)
    if kind == "value_median":
        return percentile([m["value"] for m in window], 50)
    if "percentile" in cond:
        return percentile([m["value"] for m in window], cond["percentile"])
    return F(100 * sum(m["value"] == new["value"] for m in window), len(window))


def holds(c, window, new):
    cond = c.get("condition")
    if c["type"] == "temporal_ordered":
        return chain(c, window, new)
    if isinstance(cond, str):
        seen = {c["rules"][m["ref"]] for m in window}
        text = cond.replace("(", " ( ").replace(")", " ) ").split()
        return eval(" ".join(w if w in ("and", "or", "not", "(", ")") else str(w in seen) for w in text))
    bounds = {k: v for k, v in (cond or {"gte": len(c["rules"])}).items() if k in OPS}
    return all(OPS[k](figure(c, window, new), F(str(v))) for k, v in bounds.items())


class Brute:
    """One correlation over the whole past."""

    def __init__(self, c):
        self.c, self.past, self.state = c, {}, {}
        self.span = int(c["timespan"][:-1])

    def member(self, e, rule):
        c = self.c
        key = []
        for g in c.get("group-by", []):
            g = c["aliases"][g][rule] if g in c.get("aliases", {}) else g
            if g not in e:
                return None
            key.append(e[g])
        m = {"t": e["t"], "i": e["i"], "ref": c["rules"].index(rule), "value": None}
        field = c["condition"].get("field") if isinstance(c.get("condition"), dict) else None
        if field and (c["type"] == "value_count" or "percentile" not in c["condition"] and c["type"] == "value_percentile"):
            fields = [field] if isinstance(field, str) else field
            if any(f not in e for f in fields):
                return None
            m["value"] = tuple(str(e[f]) for f in fields)
        elif field:
            m["value"] = number(e["n"]) if "n" in e else None
            if m["value"] is None:
                return None
        return tuple(key), m

    def add(self, e, rule):
        """(it holds, it is reported)"""
        got = self.member(e, rule)
        if not got:
            return False, False
        key, m = got
        past = self.past.setdefault(key, [])
        newest = max([p["t"] for p in past] + [m["t"]])
        if m["t"] < newest - self.span:
            return False, False
        window = [p for p in past if p["t"] >= newest - self.span]
        if not window:
            self.state[key] = [0, 0]
        past.append(m)
        window = sorted(window + [m], key=lambda p: p["t"])  # stable: as they came
        if not holds(self.c, window, m):
            return False, False
        state = self.state[key]
        n = len(window)
        if self.c["type"] == "value_count":
            n = len({p["value"] for p in window})
        if self.c["type"].startswith("temporal"):
            state[1] += 1
            n = state[1]
        if state[0] and n < 2 * state[0]:
            return True, False
        state[0] = n
        return True, True


def expected(events, corrs):
    brutes = {name: Brute(c) for name, c in corrs}
    fired = []
    for e in events:
        held = {e["k"]}
        for name, c in corrs:  # inner ones stand before those that refer to them
            # the event's own rule before what that made fire
            for rule in sorted((x for x in c["rules"] if x in held), key=lambda x: x != e["k"]):
                ok, said = brutes[name].add(e, rule)
                if ok:
                    held.add(name)
                if said:
                    fired.append((name, e["i"]))
    return fired


def trial(bin_, seed):
    r = random.Random(seed)
    events, corrs = stream(r, seed % 3 == 0), []
    for i in range(10):
        corrs.append((f"c{i}", correlation(r)))
    for i in range(4):
        name = f"in{i}"
        corrs.append((name, {"type": "event_count", "rules": ["a"], "group-by": ["g"], "timespan": "12s",
                             "condition": {"gte": r.randint(1, 3)}}))
        corrs.append((f"out{i}", correlation(r, name)))
    docs = [{"title": k, "name": k, "id": ID % i, "logsource": {"product": "p"},
             "detection": {"s": {"k": k}, "condition": "s"}} for i, k in enumerate("abc")]
    docs += [{"title": name, "name": name, "id": ID % (100 + i), "level": "high",
              "correlation": {**c, "generate": True}} for i, (name, c) in enumerate(corrs)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as f:
        f.write("\n---\n".join(json.dumps(d) for d in docs))
        f.flush()
        lines = "".join(json.dumps({"@timestamp": "2026-11-24T%02d:%02d:%02dZ" % (e["t"] // 3600, e["t"] // 60 % 60, e["t"] % 60),
                                    "event.id": f"e{e['i']}", **{k: v for k, v in e.items() if k in "kghnm"}}) + "\n"
                        for e in events)
        p = subprocess.run([bin_ + "/irdetect", "-r", f.name, "--now=2026-11-25T00:00:00Z"], input=lines,
                           capture_output=True, text=True)
    if p.stderr:
        sys.exit(f"seed {seed}: {p.stderr}")
    got = []
    for l in p.stdout.splitlines():
        a = json.loads(l)
        if a["rule.name"] not in "abc":
            got.append((a["rule.name"], int(a["event.id"][1:])))
    want = expected(events, corrs)
    bad = 0
    for name, c in corrs:
        g, w = [i for n, i in got if n == name], [i for n, i in want if n == name]
        if g != w:
            print(f"seed {seed}: {name} {json.dumps(c)}: fired at {g}, not at {w}")
            bad += 1
    return len(corrs), bad, len(want)


def main():
    n = bad = fired = 0
    for seed in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
        a, b, c = trial(sys.argv[1], seed)
        n, bad, fired = n + a, bad + b, fired + c
    print(f"{n} correlations, fired {fired} times, {bad} differ", file=sys.stderr)
    return 1 if bad else 0


sys.exit(main())
