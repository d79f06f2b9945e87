"""Run a program that acts, and say in Ansible's words what became of each step."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

# What both programs take; names are those of their options.
COMMON = dict(
    records=dict(type="list", elements="raw", default=[]),
    plans=dict(type="list", elements="path", default=[]),
    undo=dict(type="list", elements="str", default=[]),
    approvals=dict(type="list", elements="path", default=[]),
    approvers=dict(type="path"),
    reason=dict(type="str"),
    actor=dict(type="str"),
    site=dict(type="path"),
    state=dict(type="path"),
    root=dict(type="path"),
    stop_file=dict(type="path"),
    max_actions=dict(type="int"),
    waiting=dict(type="str", choices=["fail", "accept"], default="fail"),
    executable=dict(type="str"),
)

CHANGES = ("applied", "undone", "expired")
SIMPLE = ("approvers", "reason", "actor", "site", "state", "root", "stop_file", "max_actions")
LATER = 75


def option(name, value):
    return "--%s=%s" % (name.replace("_", "-"), value)


def command(module, program, lists, simple):
    """The argument vector; every value is behind its option's '='."""
    p = module.params
    argv = [p["executable"] or module.get_bin_path(program, required=True, opt_dirs=["/usr/local/bin"])]
    if not module.check_mode:
        argv.append("--apply")
    for name in lists:
        argv += [option(name, v) for v in p[name]]
    for name in simple:
        if p[name] is not None:
            argv.append(option(name, p[name]))
    return argv


def text_of(record):
    """One line; what Ansible made a mapping of is spelled as JSON again."""
    if isinstance(record, dict):
        return json.dumps(record, ensure_ascii=False)
    return str(record).strip()


def actions_in(out):
    found = []
    for line in out.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and record.get("ir.kind") == "action":
            found.append(dict((k[len("ir.action."):], v) for k, v in record.items()
                              if k.startswith("ir.action.")))
    return found


def reason(actions, statuses):
    for a in actions:
        if a.get("status") in statuses:
            return "%s %s: %s" % (a.get("do"), json.dumps(a.get("target"), sort_keys=True),
                                  a.get("reason.text", a["status"]))
    return None


def result(module, code, actions, err):
    happened = [a.get("status") for a in actions]
    wanted = ("planned",) + CHANGES if module.check_mode else CHANGES
    r = dict(changed=any(s in wanted for s in happened), actions=actions, exit_status=code)
    if module._diff:
        r["diff"] = dict(prepared="".join(a["diff"].rstrip("\n") + "\n" for a in actions if a.get("diff")))
    if code not in (0, LATER) or (module.check_mode and "refused" in happened):
        r["msg"] = reason(actions, ("failed", "refused")) or err.strip() or "ended with status %d" % code
        module.fail_json(**r)
    if code == LATER or (module.check_mode and "waiting" in happened):
        r["msg"] = reason(actions, ("waiting", "stopped")) or err.strip()
        if module.params["waiting"] == "fail":
            module.fail_json(**r)
    if err.strip():
        module.warn(err.strip())
    module.exit_json(**r)


def run(module, program, lists=(), simple=()):
    p = module.params
    by_hand = [n for n in ("undo",) + tuple(lists) if p[n]]
    if by_hand and (p["records"] or p["plans"]):
        module.fail_json(msg="%s and plans do not go together" % by_hand[0])
    if not by_hand and not p["records"] and not p["plans"]:
        module.exit_json(changed=False, actions=[], exit_status=0)
    argv = command(module, program, ("undo", "approvals") + tuple(lists), SIMPLE + tuple(simple))
    data = None
    if p["records"]:
        data = "".join(text_of(r) + "\n" for r in p["records"])
        argv.append("-")
    argv += p["plans"]
    code, out, err = module.run_command(argv, data=data, binary_data=True)
    result(module, code, actions_in(out), err)
