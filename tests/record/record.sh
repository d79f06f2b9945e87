#!/bin/sh
# Record the example logs: a real sshd, sudo, nginx and rsyslog are attacked and used.
#
# usage: tests/record/record.sh [DIR]        (DIR: examples)
# writes DIR/logs/{auth,access,error}.log, and DIR/traditional/auth.log: the same
# lines with the time stamps of older rsyslogs.
#
# Everything happens on a throw-away copy of this machine's root file system (an
# overlay in memory) inside mount, PID, network and UTS namespaces of its own: users,
# keys and configuration exist there only, and nothing outside lo can be reached.  All
# addresses are of the documentation ranges and live on that lo, so the logs need no
# rewriting.  Takes about four minutes, because the story does.
#
# Needs root and, on Debian 12: openssh-server sudo nginx-light rsyslog sshpass curl
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../examples}

[ "$(id -u)" = 0 ] || {
	echo "record.sh: error: needs root, for the namespaces" >&2
	exit 2
}
for p in sshd nginx rsyslogd sudo sshpass curl ip unshare useradd; do
	command -v "$p" >/dev/null || {
		echo "record.sh: error: '$p' is not installed" >&2
		exit 2
	}
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/fs" "$work/out/logs" "$work/out/traditional" "$out"

unshare --mount --net --uts --pid --fork --kill-child \
	sh "$here/host.sh" "$work" "$here"

cp -r "$work"/out/. "$out/"
wc -lc "$out"/logs/* "$out"/traditional/* >&2
