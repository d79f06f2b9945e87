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
