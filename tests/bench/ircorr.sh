#!/bin/sh
# ircorr BUILD: alerts a CPU second and memory, with a million addresses and accounts known.
set -eu
build=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
awk -v n=1000000 -f tests/bench/entities.awk >"$tmp/alerts"
/usr/bin/python3 - "$build/bin/ircorr" "$tmp/alerts" <<'EOF'
import resource, subprocess, sys
with open(sys.argv[2]) as f:
    n = sum(1 for _ in f)
subprocess.run([sys.argv[1], "-m", "1M", sys.argv[2]], check=True,
               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print("ircorr alerts/CPU-s %.0f (>= 50000)" % (n / (u.ru_utime + u.ru_stime)))
print("ircorr MiB with 1 M keys %.0f (<= 512)" % (u.ru_maxrss / 1024))
EOF
