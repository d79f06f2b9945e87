#!/usr/bin/python
"""Contain an incident on a host, undoably."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ircontain
short_description: Contain an incident on a host, undoably
description:
  - Carries out the steps of a plan that ircontain answers for, or orders by hand.
  - What is in force already is not done again.
options:
  block:
    description: Targets to contain by hand, an address, C(user:name), C(path:/file) and so on.
    type: list
    elements: str
    default: []
  unblock:
    description: Targets whose containment is taken back.
    type: list
    elements: str
    default: []
  protect:
    description: Targets never to touch from now on.
    type: list
    elements: str
    default: []
  ttl:
    description: How long a block by hand lasts, such as C(4h).
    type: str
  records:
    description: Plans, steps and approvals, as text or as mappings.
    type: list
    elements: raw
    default: []
  plans:
    description: Files of such records on the managed host.
    type: list
    elements: path
    default: []
  undo:
    description: Actions, plans or incidents to take back, by id.
    type: list
    elements: str
    default: []
  approvals:
    description: Files of signed approvals on the managed host.
    type: list
    elements: path
    default: []
  approvers:
    description: Who may sign them.
    type: path
  reason:
    description: Why, for the ledger.
    type: str
  actor:
    description: Who answers for it, for the ledger.
    type: str
  site:
    description: What the owner knows (site file).
    type: path
  state:
    description: Directory of the ledger.
    type: path
  root:
    description: Act on the system image that is mounted there.
    type: path
  stop_file:
    description: While it is there nothing is done.
    type: path
  max_actions:
    description: Most actions in one run.
    type: int
  waiting:
    description: Whether a step that waits for a person fails the task.
    type: str
    choices: [fail, accept]
    default: fail
  executable:
    description: The program, where it is not in the path.
    type: str
attributes:
  check_mode:
    support: full
    description: The program's plan mode; nothing is changed.
  diff_mode:
    support: full
    description: What it would change, or did.
author:
  - irutils
"""

EXAMPLES = r"""
- name: Carry out a plan
  irutils.response.ircontain:
    plans: [/var/lib/ir/plan.jsonl]
    approvals: [/etc/ir/approvals.jsonl]

- name: Block an address for an hour
  irutils.response.ircontain:
    block: [203.0.113.7]
    ttl: 1h
    reason: attacks the shop

- name: Take back all that was done for an incident
  irutils.response.ircontain:
    undo: [3f2a90c1d4e5b6a7089f1c2d3e4a5b6c]
    reason: it was a test
"""

RETURN = r"""
actions:
  description: What became of each step, members of ir.action without that prefix.
  returned: always
  type: list
  elements: dict
exit_status:
  description: The program's exit status; 75 means that something waits.
  returned: always
  type: int
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.irutils.response.plugins.module_utils import act


def main():
    spec = dict(act.COMMON, block=dict(type="list", elements="str", default=[]),
                unblock=dict(type="list", elements="str", default=[]),
                protect=dict(type="list", elements="str", default=[]), ttl=dict(type="str"))
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    act.run(module, "ircontain", lists=("block", "unblock", "protect"), simple=("ttl",))


if __name__ == "__main__":
    main()
