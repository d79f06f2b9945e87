#!/usr/bin/env python3
"""ratio.py [-n RUNS] NAME=COMMAND ...

Runs shell commands in turn, A B C A B C ..., and prints the median CPU seconds
(user and system, of all processes) and the median wall seconds of each, as
NAME CPU WALL.  In turn, because a machine's speed drifts: read the ratios."""
import resource
import statistics
import subprocess
import sys
import time


def once(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(["sh", "-c", command], check=True, stdin=subprocess.DEVNULL)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main():
    args = sys.argv[1:]
    runs = 5
    if args[:1] == ["-n"]:
        runs = int(args[1])
        args = args[2:]
    commands = [a.split("=", 1) for a in args]
    times = {name: [] for name, _ in commands}
    for _, command in commands:
        once(command)
    for _ in range(runs):
        for name, command in commands:
            times[name].append(once(command))
    for name, _ in commands:
        cpu = statistics.median(t[0] for t in times[name])
        wall = statistics.median(t[1] for t in times[name])
        print(f"{name} {cpu:.4f} {wall:.4f}")


main()
