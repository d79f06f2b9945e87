#!/usr/bin/python
"""Clean, patch and restore a host after an incident, undoably."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: irremedy
short_description: Clean, patch and restore a host after an incident, undoably
description:
  - Carries out the steps of a plan that irremedy answers for.
  - What is done already is not done again.
options:
  manifest:
    description: Hashes of the backup, for sha256sum -c.
    type: path
extends_documentation_fragment: [irutils.response.act]
"""

EXAMPLES = r"""
- name: Remove what the attacker left
  irutils.response.irremedy:
    plans: [/var/lib/ir/plan.jsonl]
    approvals: [/etc/ir/approvals.jsonl]

- name: Put back what was taken away
  irutils.response.irremedy:
    undo: [3f2a90c1d4e5b6a7089f1c2d3e4a5b6c]
    reason: it was ours
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
    spec = dict(act.COMMON, manifest=dict(type="path"))
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    act.run(module, "irremedy", lists=(), simple=("manifest",))


if __name__ == "__main__":
    main()
