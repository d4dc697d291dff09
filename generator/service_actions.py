"""Every action that a role which an AWS service assumes for its own work may be granted: the service boundary.

Backup, Firehose, Personalize and their kind act under roles that we pass to them. They may do what our own
code may not, and the other way round: hence a ceiling of their own, beside `runtime_actions`.
"""

from __future__ import annotations

from awacs import kms
from awacs.aws import Action

#: What services may do with what the environment owns: service -> actions, on the ARNs of `territory`.
SERVICE_SCOPED: dict[str, list[Action]] = {}

#: What they may do where ARNs have no names, or AWS offers no resource.
SERVICE_UNSCOPED: list[Action] = []

#: What they may do under the environment's keys.
SERVICE_KEYS: list[Action] = [kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKey]
