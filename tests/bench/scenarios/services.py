"""What the programs on those hosts write.  One function for each thing that they report."""
import json
from urllib.parse import quote

BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"]


# -- OpenSSH, sudo, cron, accounts
def ssh_failed(w, host, t, user, ip, known=True, mark=None):
    pid, port = w.next_pid(), w.port()
    tag, who = f"sshd[{pid}]", user if known else f"invalid user {user}"
    connection(w, t - 1, ip, w.addr[host], 22)
    if not known:
        w.syslog(host, "auth.log", t - .4, tag, f"Invalid user {user} from {ip} port {port}")
    w.syslog(host, "auth.log", t - .3, tag,
             "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
             f"rhost={ip} " + (f" user={user}" if known else ""))
    w.syslog(host, "auth.log", t, tag, f"Failed password for {who} from {ip} port {port} ssh2", mark)
    w.syslog(host, "auth.log", t + .2, tag, f"Connection closed by "
             f"{'authenticating' if known else 'invalid'} user {user} {ip} port {port} [preauth]")


def ssh_login(w, host, t, user, ip, how="password", length=20, mark=None, uid=None, key="Zq8rTe"):
    pid, port = w.next_pid(), w.port()
    tag = f"sshd[{pid}]"
    connection(w, t - 1, ip, w.addr[host], 22)
    tail = f": ED25519 SHA256:{key}{user}1m0bWq4Ykf7sVtnPd3xLc" if how == "publickey" else ""
    w.syslog(host, "auth.log", t, tag,
             f"Accepted {how} for {user} from {ip} port {port} ssh2{tail}", mark)
    w.syslog(host, "auth.log", t + .01, tag, "pam_unix(sshd:session): session opened for user "
             f"{user}(uid={uid if uid is not None else 1001}) by (uid=0)")
    w.syslog(host, "auth.log", t + length, tag,
             f"Received disconnect from {ip} port {port}:11: disconnected by user")
    w.syslog(host, "auth.log", t + length + .01, tag, f"Disconnected from user {user} {ip} port {port}")
    w.syslog(host, "auth.log", t + length + .02, tag,
             f"pam_unix(sshd:session): session closed for user {user}")


def sudo(w, host, t, user, command, cwd=None, tty="pts/0", uid=1001, mark=None):
    cwd = cwd or f"/home/{user}"
    w.syslog(host, "auth.log", t, "sudo",
             f"{user:>8} : TTY={tty} ; PWD={cwd} ; USER=root ; COMMAND={command}", mark)
    w.syslog(host, "auth.log", t + .01, "sudo",
             f"pam_unix(sudo:session): session opened for user root(uid=0) by {user}(uid={uid})")
    w.syslog(host, "auth.log", t + .3, "sudo",
             "pam_unix(sudo:session): session closed for user root")


def sudo_refused(w, host, t, user, command):
    w.syslog(host, "auth.log", t, "sudo", f"{user:>8} : user NOT in sudoers ; TTY=pts/1 ; "
             f"PWD=/home/{user} ; USER=root ; COMMAND={command}")


def cron(w, host, t, user, command, mark=None):
    w.syslog(host, "cron.log", t, f"CRON[{w.next_pid()}]", f"({user}) CMD ({command})", mark)
    w.syslog(host, "auth.log", t, f"CRON[{w.next_pid()}]",
             f"pam_unix(cron:session): session opened for user {user}(uid=0) by (uid=0)")


# -- the firewall
def connection(w, t, src, dst, dport, proto="TCP", prefix=None):
    inside, dmz = src.startswith("192.0.2."), src.startswith("198.51.100.") and src in w.addr.values()
    to_dmz = dst in w.addr.values() and dst.startswith("198.51.100.")
    if not prefix:
        prefix = ("FW-INT" if inside else "FW-DMZ-IN" if dmz and dst.startswith("192.0.2.")
                  else "FW-DMZ-OUT" if dmz else "FW-ACCEPT")
    at = w.local("fw01", t)
    i = "br-in" if inside else "br-dmz" if dmz else "br-out"
    o = "br-dmz" if to_dmz else "br-in" if dst.startswith("192.0.2.") else "br-out"
    more = ("LEN=60 TOS=00 PREC=0x00 TTL=63 ID=%d DF PROTO=TCP SPT=%d DPT=%d SEQ=%d ACK=0 "
            "WINDOW=64240 SYN URGP=0 MARK=0x0 " if proto == "TCP" else
            "LEN=71 TOS=00 PREC=0x00 TTL=63 ID=%d DF PROTO=UDP SPT=%d DPT=%d LEN=%d MARK=0x0 ")
    more %= (w.rng.randint(1, 65000), w.port(), dport, w.rng.randint(10**8, 4 * 10**9)
             if proto == "TCP" else 51)
    w.put("fw01", "nftables.log", t, at.strftime("%b ") + f"{at.day:2d}" + at.strftime(" %H:%M:%S") +
          f" fw01 {prefix}  IN={i} OUT={o} MAC=3a:0c:55:19:de:02:76:41:90:aa:0b:1c:08:00 "
          f"SRC={src} DST={dst} {more}")


# -- web servers
def request(w, host, t, ip, line, status, size, agent=None, referrer="-", mark=None):
    nginx = host == "web01"
    at = w.local(host, t)
    agent = agent or BROWSERS[sum(map(ord, ip)) % len(BROWSERS)]
    if w.rng.random() < .3:
        connection(w, t, ip, w.addr[host], 80)
    w.put(host, "nginx/access.log" if nginx else "apache2/access.log", t,
          f'{ip} - - [{at.strftime("%d/%b/%Y:%H:%M:%S %z")}] "{line} HTTP/1.1" {status} {size} '
          f'"{referrer}" "{agent}"', mark)


def web_login(w, t, ip, user, ok, agent=None, mark=None):
    agent = agent or BROWSERS[sum(map(ord, ip)) % len(BROWSERS)]
    request(w, "web01", t, ip, "POST /login.php", 302 if ok else 401, 5 if ok else 35, agent)
    stamp = w.local("web01", t).strftime("%Y-%m-%dT%H:%M:%SZ")
    w.put("web01", "webapp/app.log", t, json.dumps(
        {"ts": stamp, "event": "login", "result": "success" if ok else "failure", "user": user,
         "remote_addr": ip, "xff": None, "ua": agent}, separators=(",", ":")), mark)


# -- auditd
NAMES = {0: "root", 33: "www-data"}


def audit_exec(w, host, t, uid, argv, cwd="/tmp", exe=None, auid=None, key=None, parent=1200,
               mark=None):
    w.serial += 1
    exe = exe or argv[0] if argv[0].startswith("/") else exe or "/usr/bin/" + argv[0]
    stamp = f"audit({int(t)}.{int(t * 1000) % 1000:03d}:{w.serial})"
    key = key or ("www-exec" if uid == 33 else "root-exec" if uid == 0 else "user-exec")
    auid = 4294967295 if auid is None else auid
    name = NAMES.get(uid, f"unknown({uid})")
    comm = exe.rsplit("/", 1)[1][:15]

    def arg(a):
        return f'"{a}"' if all(33 <= ord(c) < 127 and c != '"' for c in a) and a else \
            a.encode().hex().upper()
    w.put(host, "audit.log", t,
          f"type=SYSCALL msg={stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=55d1c6 a1=55d1c7 "
          f"a2=55d1c8 a3=8 items=2 ppid={parent} pid={w.next_pid()} auid={auid} uid={uid} gid={uid} "
          f"euid={uid} suid={uid} fsuid={uid} egid={uid} sgid={uid} fsgid={uid} tty=(none) "
          f'ses={auid if auid == 4294967295 else 7} comm="{comm}" exe="{exe}" key="{key}"'
          f'\x1dARCH=x86_64 SYSCALL=execve AUID="unset" UID="{name}" GID="{name}" EUID="{name}"', mark)
    w.put(host, "audit.log", t, f"type=EXECVE msg={stamp}: argc={len(argv)} " +
          " ".join(f"a{i}={arg(a)}" for i, a in enumerate(argv)))
    w.put(host, "audit.log", t, f"type=CWD msg={stamp}: cwd={arg(cwd)}")
    w.put(host, "audit.log", t, f"type=PATH msg={stamp}: item=0 name={arg(exe)} inode=5404{w.serial} "
          'dev=00:63 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 '
          'cap_fver=0 cap_frootid=0\x1dOUID="root" OGID="root"')
    w.put(host, "audit.log", t, f"type=PROCTITLE msg={stamp}: proctitle=" +
          "\0".join(argv).encode().hex().upper())


def audit_rename(w, host, t, uid, old, new, comm="python3", auid=4294967295, pid=7000):
    w.serial += 1
    stamp = f"audit({int(t)}.{int(t * 1000) % 1000:03d}:{w.serial})"
    directory = old.rsplit("/", 1)[0]
    name = NAMES.get(uid, f"unknown({uid})")
    w.put(host, "audit.log", t,
          f"type=SYSCALL msg={stamp}: arch=c000003e syscall=82 success=yes exit=0 a0=7f21 a1=7f22 a2=0 "
          f"a3=0 items=4 ppid=6990 pid={pid} auid={auid} uid={uid} gid={uid} euid={uid} suid={uid} "
          f"fsuid={uid} egid={uid} sgid={uid} fsgid={uid} tty=(none) ses=9 comm=\"{comm}\" "
          f'exe="/usr/bin/{comm}3.11" key="delete"\x1dARCH=x86_64 SYSCALL=rename AUID="unset" '
          f'UID="{name}" GID="{name}"'.replace("python33.11", "python3.11"))
    w.put(host, "audit.log", t, f'type=CWD msg={stamp}: cwd="/root"')
    for i, (path, kind) in enumerate(((directory + "/", "PARENT"), (directory + "/", "PARENT"),
                                      (old, "DELETE"), (new, "CREATE"))):
        w.put(host, "audit.log", t, f'type=PATH msg={stamp}: item={i} name="{path}" inode=77{i}2 '
              f"dev=00:63 mode=0100644 ouid={uid} ogid={uid} rdev=00:00 nametype={kind} cap_fp=0 "
              "cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0")
    w.put(host, "audit.log", t, f"type=PROCTITLE msg={stamp}: proctitle=" +
          f"{comm}\0/tmp/.x.py".encode().hex().upper())


# -- mail
def imap_failed(w, t, user, ip, n=1, proto="imap"):
    connection(w, t - 3, ip, w.addr["mail01"], 143 if proto == "imap" else 110)
    w.syslog("mail01", "mail.log", t, "dovecot", f"{proto}-login: Disconnected: Connection closed (auth "
             f"failed, {n} attempts in {6 * n} secs): user=<{user}>, method=PLAIN, rip={ip}, "
             f"lip={w.addr['mail01']}, session=<{w.rng.getrandbits(60):x}>")
    w.syslog("mail01", "auth.log", t - 2, "auth", "pam_unix(dovecot:auth): authentication failure; "
             f"logname= uid=0 euid=0 tty=dovecot ruser={user} rhost={ip}  user={user}")


def imap_login(w, t, user, ip, mark=None, proto="imap"):
    connection(w, t - 1, ip, w.addr["mail01"], 143)
    session, pid = f"{w.rng.getrandbits(60):x}", w.next_pid()
    w.syslog("mail01", "mail.log", t, "dovecot", f"{proto}-login: Login: user=<{user}>, method=PLAIN, "
             f"rip={ip}, lip={w.addr['mail01']}, mpid={pid}, session=<{session}>", mark)
    w.syslog("mail01", "mail.log", t + 4, "dovecot", f"{proto}({user})<{pid}><{session}>: Disconnected: "
             "Logged out in=53 out=1290 deleted=0 expunged=0 trashed=0 hdr_count=2 hdr_bytes=410 "
             "body_count=1 body_bytes=704")


def smtp_failed(w, t, user, ip):
    pid = w.next_pid()
    w.syslog("mail01", "mail.log", t - 1, f"postfix/smtpd[{pid}]", f"connect from unknown[{ip}]")
    w.syslog("mail01", "mail.log", t, f"postfix/smtpd[{pid}]", f"warning: unknown[{ip}]: SASL LOGIN "
             f"authentication failed: (reason unavailable), sasl_username={user}")
    w.syslog("mail01", "mail.log", t + .3, f"postfix/smtpd[{pid}]",
             f"disconnect from unknown[{ip}] ehlo=1 auth=0/1 quit=1 commands=2/3")


def smtp_sent(w, t, user, ip, to):
    qid, pid = f"{w.rng.getrandbits(40):010X}", w.next_pid()
    w.syslog("mail01", "mail.log", t, f"postfix/smtpd[{pid}]",
             f"{qid}: client=unknown[{ip}], sasl_method=PLAIN, sasl_username={user}")
    w.syslog("mail01", "mail.log", t + .2, f"postfix/qmgr[801]",
             f"{qid}: from=<{user}@example.com>, size=2210, nrcpt=1 (queue active)")
    w.syslog("mail01", "mail.log", t + 1, f"postfix/smtp[{w.next_pid()}]",
             f"{qid}: to=<{to}>, relay=mx.example.net[203.0.113.25]:25, delay=1.1, "
             "delays=0.1/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F2)")


def ftp(w, t, user, ip, what):
    at = w.local("mail01", t)
    w.put("mail01", "vsftpd.log", t, at.strftime("%a %b %d %H:%M:%S %Y ") +
          f'[pid {w.next_pid()}] [{user}] {what}: Client "{ip}"')


# -- names and files
def dns(w, t, client, name, kind="A", answer="198.51.100.80"):
    at = w.local("dns01", t)
    head = at.strftime("%b ") + f"{at.day:2d}" + at.strftime(" %H:%M:%S dnsmasq[1591]: ")
    n = f"{w.rng.randint(1, 9000)} {client}/{w.port()}"
    for text in (f"query[{kind}] {name} from {client}", f"forwarded {name} to 203.0.113.53",
                 f"reply {name} is {answer}"):
        w.put("dns01", "dnsmasq.log", t, f"{head}{n} {text}")


def sftp(w, host, t, user, ip, steps, mark=None):
    """A session: `steps` are lines of the file server."""
    tag = f"internal-sftp[{w.next_pid()}]"
    w.syslog(host, "auth.log", t, tag, f"session opened for local user {user} from [{ip}]", mark)
    for i, step in enumerate(steps):
        w.syslog(host, "auth.log", t + 1 + i * .8, tag, step)
    w.syslog(host, "auth.log", t + 2 + len(steps) * .8, tag,
             f"session closed for local user {user} from [{ip}]")


def sftp_read(path, size):
    return [f'open "{path}" flags READ mode 0666', f'close "{path}" bytes read {size} written 0']


def cloudtrail(w, t, service, name, user, ip, params=None, error=None, agent="aws-cli/2.15.0",
               more=None, mark=None):
    stamp = w.local("log01", t).strftime("%Y-%m-%dT%H:%M:%SZ")
    e = {"eventVersion": "1.09", "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE" + user.upper(),
            "arn": f"arn:aws:iam::111122223333:user/{user}", "accountId": "111122223333",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": user},
         "eventTime": stamp, "eventSource": f"{service}.amazonaws.com", "eventName": name,
         "awsRegion": "eu-central-1", "sourceIPAddress": ip, "userAgent": agent,
         "requestParameters": params, "responseElements": None,
         "requestID": f"{w.rng.getrandbits(64):x}", "eventID": f"{w.rng.getrandbits(96):x}",
         "readOnly": name.startswith(("Get", "List", "Describe")), "eventType": "AwsApiCall",
         "managementEvent": True, "recipientAccountId": "111122223333"}
    if error:
        e["errorCode"], e["errorMessage"] = error, f"User: {user} is not authorized to perform: {name}"
    e.update(more or {})
    w.put("log01", "cloudtrail.json", t, json.dumps(e, separators=(",", ":")), mark)


def escape(path):
    return quote(path, safe="/?=&.%")
