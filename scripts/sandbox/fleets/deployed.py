"""What is deployed, and decides how a fleet runs: its load balancer and its launch template."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.account import Account
from scripts.sandbox.fleets.listeners import Rules
from scripts.sandbox.fleets.target_groups import GroupSettings


@dataclass(frozen=True)
class LoadBalancer:
    """An application load balancer with one listener.

    `groups` and `functions` are by target group's ARN: the settings of those that take instances, and the
    function of those that have one.
    """

    attributes: Mapping[str, str]
    protocol: str
    port: int
    rules: Rules
    groups: Mapping[str, GroupSettings]
    functions: Mapping[str, str]

    @classmethod
    def read(cls, account: Account, arn: str) -> LoadBalancer:
        """As the APIs of Elastic Load Balancing tell it. Raises Failed."""

        def ask(operation: str, **parameters: Any) -> Any:
            return account.call("elbv2", operation, **parameters)

        (listener,) = ask("describe_listeners", LoadBalancerArn=arn)["Listeners"]
        rules = Rules.described(ask("describe_rules", ListenerArn=listener["ListenerArn"])["Rules"])
        groups, functions = dict[str, GroupSettings](), dict[str, str]()
        for group in sorted(rules.groups):
            (told,) = ask("describe_target_groups", TargetGroupArns=[group])["TargetGroups"]
            if told["TargetType"] != "lambda":
                attributes = ask("describe_target_group_attributes", TargetGroupArn=group)
                groups[group] = GroupSettings.described(told, _by_key(attributes))
                continue
            targets = ask("describe_target_health", TargetGroupArn=group)
            for target in targets["TargetHealthDescriptions"]:
                functions[group] = target["Target"]["Id"]
        attributes = _by_key(ask("describe_load_balancer_attributes", LoadBalancerArn=arn))
        protocol = str(listener["Protocol"]).lower()
        return cls(attributes, protocol, int(listener["Port"]), rules, groups, functions)

    def seconds(self, attribute: str) -> float:
        """An attribute that is a time; the default of all that we read is 60, of AWS or of ours."""
        return float(self.attributes.get(attribute, 60))


def environment_file(account: Account, launch_template: str, path: str) -> dict[str, str]:
    """The variables that the newest user data of a launch template writes to `path`. Raises Failed."""
    told = account.call(
        "ec2",
        "describe_launch_template_versions",
        LaunchTemplateId=launch_template,
        Versions=["$Latest"],
    )
    data = told["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("UserData", "")
    return variables(base64.b64decode(data).decode(), path, launch_template)


def variables(user_data: str, path: str, launch_template: str) -> dict[str, str]:
    """The lines NAME=value of the here-document that a boot script writes to `path`."""
    written = re.search(
        rf"^cat >{re.escape(path)} <<'(\w+)'\n(.*?)^\1$", user_data, re.MULTILINE | re.DOTALL
    )
    if written is None:
        raise Failed(f"The user data of {launch_template} does not write {path}.")
    pairs = (line.partition("=") for line in written[2].splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def _by_key(told: Mapping[str, Any]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in told["Attributes"]}
