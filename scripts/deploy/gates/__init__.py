"""What a plan may not do unsaid, before anybody is even asked to approve it.

Each gate reads an explanation (`scripts.deploy.explanations`) and yields findings; `judgement` holds them
against the waivers, and `examination` asks them all, drift included. A finding either refuses, until a waiver
in params/waivers.yaml names it, or is shown to whoever approves.

| module | what it looks for |
|---|---|
| `losses` | data that would be replaced or removed |
| `protections` | encryption, backups, deletion protection, versions, replicas, TLS: what guards data |
| `permissions` (`statements`, `policies`) | IAM: who may do more than before, statement by statement |
| `openings` | networks: who may reach more than before |
| `drifting` | what was changed past CloudFormation and is about to be changed by it |
| `consistency` | what DynamoDB itself would never do |
"""

from scripts.deploy.gates.consistency import refuse_another_consistency
from scripts.deploy.gates.losses import STATEFUL, losses

__all__ = ["STATEFUL", "losses", "refuse_another_consistency"]
