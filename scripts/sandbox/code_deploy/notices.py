"""What the triggers of a deployment group tell their topics.

https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-sns-event-notifications.html
"""

from __future__ import annotations

import json
import logging

from scripts.errors import Failed
from scripts.sandbox.code_deploy.records import Deployment
from scripts.sandbox.fleets.account import Account

log = logging.getLogger("tradewind.code_deploy")


def publish(account: Account, deployment: Deployment, event: str) -> None:
    """Tell every topic that wants to know of an event; one that cannot be told stops nothing."""
    for trigger in deployment.asked.get("triggerConfigurations", ()):
        if event not in trigger.get("triggerEvents", ()):
            continue
        told = {
            "region": deployment.region,
            "accountId": deployment.account,
            "eventTriggerName": trigger.get("triggerName", ""),
            "applicationName": deployment.application,
            "deploymentId": deployment.id,
            "deploymentGroupName": deployment.group,
            "status": event.removeprefix("Deployment").upper(),
        }
        try:
            account.call(
                "sns",
                "publish",
                TopicArn=trigger["triggerTargetArn"],
                Subject=f"{event}: AWS CodeDeploy {deployment.id} in {deployment.region}"[:100],
                Message=json.dumps(told),
            )
        except Failed as problem:
            log.warning("%s: %s", deployment.id, problem.message)
