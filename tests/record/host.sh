#!/bin/sh
# Make the recorded machine: called by record.sh inside fresh namespaces.
#
# web01 is 198.51.100.22; carol is an ordinary user, dave an administrator, deploy an
# account with sudo and a weak password, backup-pull one that only a key opens.
set -eu
work=$1
here=$2
root=$work/fs/root

mount --make-rprivate /
mount -t tmpfs tmpfs "$work/fs"
mkdir "$work/fs/up" "$work/fs/tmp" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/fs/up,workdir=$work/fs/tmp" "$root"
mount -t proc proc "$root/proc"
for d in dev run tmp root home var/log; do
	mount -t tmpfs tmpfs "$root/$d"
done
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
mkdir "$root/dev/pts" "$root/run/sshd"
mount -t devpts devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/tty" c 5 0
mknod -m 444 "$root/dev/urandom" c 1 9
mknod -m 444 "$root/dev/random" c 1 8
ln -s /proc/self/fd "$root/dev/fd"

ip link set lo up
for a in 198.51.100.22 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.10 192.0.2.34 \
	203.0.113.66 203.0.113.77 203.0.113.140 \
	198.18.3.4 198.18.3.17 198.18.3.58 198.18.3.90 198.18.3.121 198.18.3.200; do
	ip addr add "$a/32" dev lo
done
hostname web01
echo 127.0.1.1 web01 >>"$root/etc/hosts"
echo web01 >"$root/etc/hostname"
echo 2100 >/proc/sys/kernel/ns_last_pid 2>/dev/null || :

mkdir "$root/story"
cp "$here"/*.sh "$here"/*.conf "$root/story/"
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
	TZ=UTC sh /story/services.sh

cp "$root/var/log/auth.log" "$root/var/log/access.log" "$work/out/logs/"
# nginx's start-up notices name the kernel of the machine that recorded.
grep -v '\[notice\]' "$root/var/log/error.log" >"$work/out/logs/error.log"
cp "$root/var/log/auth.traditional.log" "$work/out/traditional/auth.log"
