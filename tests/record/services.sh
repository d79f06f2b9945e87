#!/bin/sh
# Inside the recorded machine: make the users and the site, start the services, tell
# the story, stop.
set -eu

mkdir -p /srv/www/img /srv/www/docs
for p in index about contact docs/index docs/install docs/faq; do
	printf '<!doctype html><title>%s</title><p>An example site.\n' "$p" >"/srv/www/$p.html"
done
head -c 2000 /dev/urandom >/srv/www/img/logo.png
echo 'body { font: 16px sans-serif }' >/srv/www/style.css
printf 'User-agent: *\nDisallow:\n' >/srv/www/robots.txt

# Made before syslog runs: the story begins with a machine in use.
useradd -m -s /bin/bash carol
useradd -m -s /bin/bash -G sudo dave
useradd -m -s /bin/bash -G sudo deploy
useradd -m -s /bin/bash backup-pull
printf '%s\n' 'carol:correct-horse-7' 'dave:battery-staple-9' 'deploy:deploy123' \
	"root:$(head -c 18 /dev/urandom | base64)" | chpasswd
ssh-keygen -q -t ed25519 -N '' -C web01 -f /story/host_key
for u in dave backup-pull; do
	ssh-keygen -q -t ed25519 -N '' -C "$u" -f "/story/$u"
	mkdir -m 700 "/home/$u/.ssh"
	cp "/story/$u.pub" "/home/$u/.ssh/authorized_keys"
	chown -R "$u:" "/home/$u/.ssh"
done

# What sshd expects to find; without them it grumbles at every session.
touch /var/log/lastlog /var/log/wtmp /var/log/btmp /run/utmp
rsyslogd -n -f /story/rsyslog.conf -i /run/rsyslogd.pid &
syslog=$!
until [ -S /dev/log ]; do sleep 0.1; done
/usr/sbin/sshd -D -f /story/sshd.conf &
sshd=$!
nginx -c /story/nginx.conf -g 'daemon off;' &
nginx=$!
sleep 1

sh /story/story.sh

kill "$nginx" "$sshd"
sleep 1
kill "$syslog"
wait
