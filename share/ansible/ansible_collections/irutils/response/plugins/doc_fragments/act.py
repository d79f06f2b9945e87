"""What both modules take."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    DOCUMENTATION = r"""
options:
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
