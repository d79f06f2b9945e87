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
extends_documentation_fragment: [irutils.response.act]
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
