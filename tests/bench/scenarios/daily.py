"""What goes on every day: people, customers, jobs, the internet's noise."""
from services import (connection, cron, dns, ftp, imap_failed, imap_login, request, smtp_sent,
                      ssh_failed, ssh_login, sudo, web_login, audit_exec, sftp, sftp_read)
from world import BACKUP, DESKS, HOME, MONITOR, OFFICE, UIDS

PAGES = ["/", "/index.php", "/products.html", "/static/app.js", "/static/app.css", "/about.html",
         "/static/logo.png", "/index.php?q=wool+socks", "/index.php?q=o%27neill",
         "/view.php?file=terms.txt", "/contact.html", "/search?q=select+a+union+hotel"]
JOBS = ["apt-get --version", "systemctl status rsyslog", "nginx -t", "tail -n 50 /var/log/syslog",
        "systemctl reload nginx"]


def customer(w):
    return f"198.51.100.{w.rng.randint(128, 170)}"


def times(w, mean):
    t = w.start + w.rng.expovariate(1 / mean)
    while t < w.end:
        yield t
        t += w.rng.expovariate(1 / mean)


def people(w):
    for host in w.hosts:
        if host == "fw01":
            continue
        for user in ("alice", "bob", "carol", "deploy"):
            for t in times(w, 260):
                how = "password" if w.rng.random() < .25 else "publickey"
                if how == "password" and w.rng.random() < .3:
                    ssh_failed(w, host, t - 9, user, DESKS[user])
                ssh_login(w, host, t, user, DESKS[user], how, 15, uid=UIDS[user])
                if user in ("alice", "deploy") and w.rng.random() < .5:
                    sudo(w, host, t + 6, user, "/usr/bin/" + w.rng.choice(JOBS), uid=UIDS[user])
        for t in times(w, 400):
            ssh_login(w, host, t, "heidi", w.rng.choice((HOME, DESKS["heidi"])), "publickey",
                      uid=UIDS["heidi"])


def monitoring(w):
    for host in w.hosts:
        for t in range(int(w.start) + 3, int(w.end), 30):
            tag, port = f"sshd[{w.next_pid()}]", w.port()
            connection(w, t, MONITOR, w.addr[host], 22)
            w.syslog(host, "auth.log", t, tag,
                     "error: kex_exchange_identification: Connection closed by remote host")
            w.syslog(host, "auth.log", t, tag, f"Connection closed by {MONITOR} port {port}")
        for t in range(int(w.start) + 1, int(w.end), 60):
            cron(w, host, t, "root", "cd / && run-parts --report /etc/cron.hourly")


def web(w):
    for host in ("web01", "web02"):
        if host not in w.hosts:
            continue
        for t in times(w, 2):
            ip = OFFICE if w.rng.random() < .1 else customer(w)
            page = w.rng.choice(PAGES)
            status = 404 if w.rng.random() < .03 else 200
            request(w, host, t, ip, f"GET {'/favicon.ico' if status == 404 else page}", status,
                    153 if status == 404 else w.rng.randint(70, 9000))
    for t in times(w, 9):
        if "web01" in w.hosts:
            ip, user = customer(w), f"user{w.rng.randint(1, 60):02d}"
            if w.rng.random() < .12:
                web_login(w, t - 6, ip, user, False)
            web_login(w, t, ip, user, True)
            request(w, "web01", t + 2, ip, "GET /account.php", 200, 32)


def mail(w):
    if "mail01" not in w.hosts:
        return
    for t in times(w, 12):
        user = w.rng.choice(("alice", "bob", "carol", "info", "sales"))
        ip = w.rng.choice((OFFICE, "198.51.100.14" + str(sum(map(ord, user)) % 10)))
        if w.rng.random() < .06:
            imap_failed(w, t - 8, user, ip)
        imap_login(w, t, user, ip)
        if w.rng.random() < .2:
            smtp_sent(w, t + 5, user, ip, f"customer{w.rng.randint(1, 90)}@example.net")
    for t in times(w, 60):
        ftp(w, t, "webmaster", "198.51.100.131", "OK LOGIN")
        ftp(w, t + 2, "webmaster", "198.51.100.131", "OK DOWNLOAD")


def names(w):
    sites = ["www.example.com", "cdn.static.example", "mail.example.net", "updates.os.example",
             "img4.news.example", "login.idp.example", "intranet.example.com"]
    if "dns01" in w.hosts:
        for t in times(w, 1.5):
            dns(w, t, f"192.0.2.{w.rng.randint(96, 140)}", w.rng.choice(sites),
                w.rng.choice(("A", "A", "AAAA", "MX")))


def files(w):
    if "fs01" not in w.hosts:
        return
    for t in times(w, 90):
        user = w.rng.choice(("alice", "bob", "carol"))
        path = f"/srv/share/{w.rng.choice(('projects', 'sales', 'templates'))}/{w.rng.randint(1, 40)}.odt"
        sftp(w, "fs01", t, user, DESKS[user], sftp_read(path, w.rng.randint(900, 90000)))


def internet(w):
    for t in times(w, 7):
        src = f"203.0.113.{w.rng.randint(180, 235)}"
        connection(w, t, src, w.rng.choice([a for h, a in w.addr.items() if a.startswith("198.51")]),
                   w.rng.choice((23, 445, 3389, 6379, 8080, 5900)), prefix="FW-DROP")
    for t in times(w, 45):
        if "web01" in w.hosts:
            request(w, "web01", t, f"203.0.113.{w.rng.randint(180, 235)}", w.rng.choice(
                ("GET /robots.txt", "GET /.env", "GET /wp-login.php", "HEAD /")), 404, 153,
                "Mozilla/5.0 (compatible; crawl/1.0)")


def audited(w, hosts):
    for host in hosts:
        for t in times(w, 25):
            uid = w.rng.choice((0, 1001, 1002))
            audit_exec(w, host, t, uid, w.rng.choice((
                ["ls", "-l", "/srv"], ["bash", "-c", "uptime"], ["cat", "/etc/hostname"],
                ["/usr/sbin/sshd", "-R"], ["ps", "aux"], ["df", "-h"])), auid=uid or None)


def backup(w):
    for host in w.hosts:
        if host not in ("fw01", "log01"):
            t = w.at(w.rng.random() * .8)
            ssh_login(w, host, t, "backup", BACKUP, "publickey", 40, uid=34)


def everything(w):
    for part in (people, monitoring, web, mail, names, files, internet, backup):
        part(w)
