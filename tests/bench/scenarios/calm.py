"""What looks like an attack and is none: nothing here may be acted upon."""
import services as s
from attacks import steps
from world import BACKUP, DESKS, HOME, MONITOR, SCANNER, UIDS


def reset_morning(w):
    """Everybody's password was reset: dozens of failures, a call to the desk, success."""
    for i in range(25):
        user, ip = f"user{i + 1:02d}", f"198.51.100.{128 + i}"
        t = steps(w, w.at(.05 + .03 * i), 7)
        for _ in range(w.rng.randint(2, 7)):
            s.web_login(w, next(t), ip, user, False)
        s.request(w, "web01", next(t), ip, "POST /reset.php", 302, 5)
        s.web_login(w, next(t), ip, user, True)
    for user in ("alice", "bob", "carol"):
        t = steps(w, w.at(.2), 9)
        for _ in range(4):
            s.ssh_failed(w, "ssh01", next(t), user, DESKS[user])
        s.ssh_login(w, "ssh01", next(t), user, DESKS[user], uid=UIDS[user])


def mistyped(w):
    """Eight times the wrong password, then the right one."""
    for user, ip, host in (("bob", DESKS["bob"], "ssh01"), ("heidi", HOME, "ssh01")):
        t = steps(w, w.at(.3), 8)
        for _ in range(8):
            s.ssh_failed(w, host, next(t), user, ip)
        s.ssh_login(w, host, next(t), user, ip, uid=UIDS[user], length=120)
    t = steps(w, w.at(.4), 8)
    for _ in range(8):
        s.web_login(w, next(t), "198.51.100.140", "user44", False)
    s.web_login(w, next(t), "198.51.100.140", "user44", True)


def night_backup(w):
    for i, host in enumerate(h for h in w.hosts if h not in ("fw01", "log01")):
        t = w.at(.1 + .1 * i)
        s.ssh_login(w, host, t, "backup", BACKUP, "publickey", 60, uid=34)
        s.audit_exec(w, host, t + 3, 34, ["tar", "czf", "-", "/srv/share", "/etc"], auid=34)
        s.audit_exec(w, host, t + 3, 34, ["rsync", "--server", "--sender", "-logDtpr", ".", "/srv/"],
                     auid=34)
    read = []
    for i in range(120):
        read += s.sftp_read(f"/srv/share/projects/{i}.odt", 90000 + i)
    s.sftp(w, "fs01", w.at(.2), "backup", BACKUP, read)


def stale_monitor(w):
    for t in range(int(w.start) + 20, int(w.end), 12):
        s.ssh_failed(w, "ssh01", t, "nagios", MONITOR)


def own_scanner(w):
    t = steps(w, w.at(.1), .3)
    for p in range(1, 900):
        s.connection(w, next(t), SCANNER, w.addr["web01"], p, prefix="FW-INT")
    for line in ("GET /.git/config", "GET /../../../../etc/passwd", "GET /index.php?q=1'%20OR%20'1'='1",
                 "GET /index.php?q=%3Cscript%3Ealert(1)%3C/script%3E", "GET /cgi-bin/test.cgi") * 30:
        s.request(w, "web01", next(t), SCANNER, line, w.rng.choice((404, 404, 403, 200)), 153,
                  "Mozilla/5.0 [en] (X11, U; OpenVAS-VT 23.0)")
    for user in ("admin", "root", "test", "guest") * 6:
        s.ssh_failed(w, "ssh01", next(t) + 10, user, SCANNER, known=user == "root")


def deployment(w):
    for i, host in enumerate(("web01", "app01")):
        t = w.at(.2 + .2 * i)
        s.ssh_login(w, host, t, "deploy", DESKS["deploy"], "publickey", 90, uid=UIDS["deploy"])
        for k, c in enumerate(("/usr/bin/systemctl stop shop", "/usr/bin/rsync -a /srv/release/ /var/www/html/",
                               "/usr/bin/chown -R www-data: /var/www/html", "/usr/bin/apt-get install -y php8.2-gd",
                               "/usr/bin/systemctl daemon-reload", "/usr/bin/systemctl start shop",
                               "/usr/bin/systemctl restart nginx")):
            s.sudo(w, host, t + 5 + 8 * k, "deploy", c, uid=UIDS["deploy"])


def ansible(w):
    """Configuration by machine: the same on every host, cron files among it."""
    for i, host in enumerate(h for h in w.hosts if h != "fw01"):
        t = w.at(.15 + .06 * i)
        s.ssh_login(w, host, t, "deploy", DESKS["deploy"], "publickey", 45, uid=UIDS["deploy"])
        for k in range(4):
            s.sudo(w, host, t + 3 + 5 * k, "deploy", "/bin/sh -c 'echo BECOME-SUCCESS-qhzwpxkdjvmrtlay ; "
                   f"/usr/bin/python3 /home/deploy/.ansible/tmp/ansible-tmp-17955{k}.1-88/AnsiballZ_cron.py'",
                   uid=UIDS["deploy"])
        w.syslog(host, "syslog", t + 9, f"crontab[{w.next_pid()}]", "(root) REPLACE (root)")
        s.cron(w, host, t + 60, "root", "/usr/local/bin/collect-metrics --push")


def night_admin(w):
    t = w.at(.3)
    s.ssh_login(w, "ssh01", t, "heidi", HOME, "publickey", 400, uid=UIDS["heidi"])
    for k, c in enumerate(("/usr/bin/journalctl -u nginx --since today", "/usr/bin/systemctl restart postfix",
                           "/usr/sbin/nft list ruleset", "/usr/bin/apt-get upgrade -y",
                           "/usr/bin/less /var/log/auth.log")):
        s.sudo(w, "ssh01", t + 20 + 30 * k, "heidi", c, uid=UIDS["heidi"])
    s.ssh_login(w, "app01", t + 60, "heidi", w.addr["ssh01"], "publickey", 100, uid=UIDS["heidi"])
    s.sudo(w, "app01", t + 70, "heidi", "/usr/bin/systemctl restart shop", uid=UIDS["heidi"])
