"""What a fleet stands on: a load balancer with its listener and target group, and a launch template."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

#: The header that only the distribution knows, here with the value `hush`.
ORIGIN = "x-origin-secret"


def lay_out(client: Callable[[str], Any], user_data: str) -> Any:
    """Make them through `client`'s APIs, all named shop; gives what a Spec is told of them."""
    elbv2 = client("elbv2")
    (balancer,) = elbv2.create_load_balancer(Name="shop")["LoadBalancers"]
    (group,) = elbv2.create_target_group(
        Name="shop",
        Protocol="HTTPS",
        Port=8443,
        VpcId="vpc-1",
        HealthCheckPath="/healthz",
        HealthCheckIntervalSeconds=10,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"]
    sticky = {
        "stickiness.enabled": "true",
        "stickiness.type": "app_cookie",
        "stickiness.app_cookie.cookie_name": "cart",
        "stickiness.app_cookie.duration_seconds": "60",
        "deregistration_delay.timeout_seconds": "30",
        "load_balancing.algorithm.type": "round_robin",
    }
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group["TargetGroupArn"],
        Attributes=[{"Key": key, "Value": value} for key, value in sticky.items()],
    )
    refusal = {"StatusCode": "403", "ContentType": "text/plain", "MessageBody": "Forbidden"}
    (listener,) = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": refusal}],
    )["Listeners"]
    elbv2.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=10,
        Conditions=[
            {
                "Field": "http-header",
                "HttpHeaderConfig": {"HttpHeaderName": ORIGIN, "Values": ["hush"]},
            }
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )
    template = client("ec2").create_launch_template(
        LaunchTemplateName="shop",
        LaunchTemplateData={"UserData": base64.b64encode(user_data.encode()).decode()},
    )["LaunchTemplate"]
    return {
        "load_balancer": balancer["LoadBalancerArn"],
        "target_group": group["TargetGroupArn"],
        "launch_template": template["LaunchTemplateId"],
    }
