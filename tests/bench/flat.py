#!/usr/bin/env python3
"""flat.py lines N          N lines to standard output: the samples of the shipped formats in turn,
                         with other addresses, pids and names each time; and lines of no format
flat.py run IRNORM N     such lines through a pipe: counts what --stats says and what comes out,
                         prints "IN OUT REJECTED WRITTEN PEAK_MB SECONDS" """
import glob
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LINE = re.compile(r"^  - line: '((?:[^']|'')*)'$", re.M)
CHANGES = re.compile(r"(?<=192\.0\.2\.)\d+|(?<=\[)\d+(?=\]: )|\bbob\b")
UNKNOWN = ["zq9 {} left the yard behind {}", "{}: nobody knows the code {}", "gate {} opens after {} turns"]


def samples():
    for path in sorted(glob.glob(f"{HERE}/../../share/formats/*.yaml")):
        with open(path, encoding="utf-8") as f:
            for line in LINE.findall(f.read()):
                yield line.replace("''", "'")


def lines(n):
    """A sample is cut once; what changes is put between its pieces."""
    cut = [CHANGES.split(s) for s in samples()]
    cut += [s.split("{}") for s in UNKNOWN]
    out, i = sys.stdout.buffer, 0
    while i < n:
        part = cut[: n - i]
        new = [str((i + k * 7) % 250).join(pieces) for k, pieces in enumerate(part)]
        out.write(("\n".join(new) + "\n").encode())
        i += len(part)


def run(irnorm, n):
    with tempfile.TemporaryFile() as stats:
        start = time.monotonic()
        make = subprocess.Popen([sys.executable, __file__, "lines", str(n)], stdout=subprocess.PIPE)
        work = subprocess.Popen([irnorm, "--stats"], stdin=make.stdout, stdout=subprocess.PIPE, stderr=stats)
        make.stdout.close()
        count = subprocess.Popen(["wc", "-l"], stdin=work.stdout, stdout=subprocess.PIPE)
        work.stdout.close()
        usage = os.wait4(work.pid, 0)[2]
        written = int(count.communicate()[0])
        make.wait()
        stats.seek(0)
        said = stats.read().decode()
    number = {k: int(re.search(rf'\b{k}\b"?[ =:]+(\d+)', said).group(1)) for k in ("in", "out", "rejected")}
    print(number["in"], number["out"], number["rejected"], written, usage.ru_maxrss // 1024,
          f"{time.monotonic() - start:.1f}")


if sys.argv[1] == "lines":
    lines(int(sys.argv[2]))
else:
    run(sys.argv[2], int(sys.argv[3]))
