"""C1 to C4: nights, commitments, ages of objects, NAT."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import EDGE, PAIR, Claim, Every, No, Some, row
from tests.coverage.contents import Holds, Item, Refers, Without
from tests.coverage.expectations import AtLeast, AtMost, Given
from tests.coverage.platform import Standing
from tests.coverage.rows.names import BUCKET, SCHEDULED_ACTION

SCHEDULE = "AWS::Scheduler::Schedule"
DEV = Standing("dev")

C1 = row(
    "C1",
    "scale down off-peak",
    Claim(
        "the shop shrinks at night, in its own time zone",
        Some(
            SCHEDULED_ACTION,
            {
                "AutoScalingGroupName": Refers("storefront/Fleet"),
                "Recurrence": "0 23 * * *",
                "TimeZone": "Europe/Berlin",
                "MinSize": 3,
            },
            times=1,
        ),
    ),
    Claim(
        "and grows again in the morning",
        Some(
            SCHEDULED_ACTION,
            {
                "AutoScalingGroupName": Refers("storefront/Fleet"),
                "Recurrence": "0 6 * * *",
                "TimeZone": "Europe/Berlin",
                "MinSize": AtLeast(3),
            },
            times=1,
        ),
    ),
    Claim(
        "dev's fleet stops at night",
        Some(
            SCHEDULED_ACTION,
            {
                "AutoScalingGroupName": Refers("storefront/Fleet"),
                "Recurrence": "0 23 * * *",
                "TimeZone": "America/New_York",
                "MinSize": 0,
                "DesiredCapacity": 0,
            },
            times=1,
        ),
        DEV,
    ),
    *(
        Claim(
            f"dev's database is {done} {when}",
            Some(
                SCHEDULE,
                {
                    "Target.Arn": Holds(f":rds:{action}DBInstance"),
                    "ScheduleExpression": expression,
                    "ScheduleExpressionTimezone": "America/New_York",
                },
                times=1,
            ),
            DEV.at("primary"),
        )
        for done, action, when, expression in (
            ("stopped", "stop", "at night", "cron(0 23 * * ? *)"),
            ("started", "start", "in the morning", "cron(0 6 * * ? *)"),
        )
    ),
)

BUDGET = "AWS::Budgets::Budget"


def budget(kind: str, says: str) -> Claim:
    """A budget that tells somebody."""
    return Claim(
        f"a budget for {says}",
        Some(
            BUDGET,
            {
                "Budget.BudgetType": kind,
                "Budget.TimeUnit": "MONTHLY",
                "NotificationsWithSubscribers": Item(
                    {"Subscribers[*].Address": Refers("AWS::SNS::Topic")}
                ),
            },
            times=1,
        ),
        EDGE,
    )


C2 = row(
    "C2",
    "Savings Plans, Reserved Instances",
    budget("COST", "cost"),
    budget("SAVINGS_PLANS_COVERAGE", "how much Savings Plans cover"),
    budget("SAVINGS_PLANS_UTILIZATION", "how much of them is used"),
    Claim(
        "a monitor of anomalies",
        Some("AWS::CE::AnomalyMonitor", {"MonitorType": Given(), "MonitorName": Given()}),
        EDGE,
    ),
    Claim(
        "that tells somebody",
        Some(
            "AWS::CE::AnomalySubscription",
            {
                "MonitorArnList": Refers("AWS::CE::AnomalyMonitor"),
                "Subscribers[*].Address": Refers("AWS::SNS::Topic"),
            },
        ),
        EDGE,
    ),
    later=["`tradewind savings ENV` asks Cost Explorer: it is no template's"],
)

#: Which bucket ages how: the classes of its transitions, and whether its objects expire.
AGES = (
    ("images", "GLACIER_IR"),
    ("logs", "GLACIER"),
    ("access-logs", "GLACIER"),
    ("exports", "GLACIER"),
)
RULE = "LifecycleConfiguration.Rules"

C3 = row(
    "C3",
    "S3 lifecycle to Glacier",
    *(
        Claim(
            f"{purpose} go to Glacier",
            Some(
                BUCKET,
                {
                    "BucketName": f"tradewind-{{environment}}-{purpose}-{{account}}-{{region}}",
                    f"{RULE}[*].Status": "Enabled",
                    f"{RULE}[*].Transitions": Item(
                        {"StorageClass": storage, "TransitionInDays": AtMost(180)}
                    ),
                },
                times=1,
            ),
        )
        for purpose, storage in AGES
    ),
    Claim(
        "everywhere incomplete uploads end, and old versions expire",
        Every(
            BUCKET,
            {
                f"{RULE}[*].Status": "Enabled",
                f"{RULE}[*].AbortIncompleteMultipartUpload.DaysAfterInitiation": AtMost(7),
                f"{RULE}[*].NoncurrentVersionExpiration.NoncurrentDays": AtMost(90),
            },
        ),
    ),
)

ROUTE, NAT = "AWS::EC2::Route", "AWS::EC2::NatGateway"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"


def gateway_endpoint(service: str) -> dict[str, Any]:
    """A gateway endpoint on every private route table."""
    return {
        "VpcEndpointType": "Gateway",
        "ServiceName": f"com.amazonaws.{{region}}.{service}",
        "RouteTableIds": Refers(*(f"network/PrivateRoutes{zone}" for zone in "ABC"), times=3),
    }


ENDPOINT = "AWS::EC2::VPCEndpoint"
#: Payments have an endpoint of their own, which answers by no public name.
INTERFACE = {"VpcEndpointType": "Interface", "ServiceName": Without("execute-api")}

C4 = row(
    "C4",
    "NAT in the same AZ",
    Claim(
        "a NAT gateway in each zone, each with an address of its own",
        Some(
            NAT,
            {
                "SubnetId": Refers(*(f"network/PublicSubnet{zone}" for zone in "ABC")),
                "AllocationId": Refers("AWS::EC2::EIP"),
            },
            times=3,
        ),
    ),
    *(
        Claim(
            f"zone {zone}'s private route table points at its own",
            Some(
                ROUTE,
                {
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "RouteTableId": Refers(f"network/PrivateRoutes{zone.upper()}"),
                    "NatGatewayId": Refers(NAT),
                    "NatGatewayId->SubnetId->AvailabilityZone": f"{{region}}{zone}",
                },
                times=1,
            ),
        )
        for zone in "abc"
    ),
    *(
        Claim(
            f"which is that of zone {zone}'s private subnet",
            Some(
                ASSOCIATION,
                {
                    "RouteTableId": Refers(f"network/PrivateRoutes{zone.upper()}"),
                    "SubnetId->AvailabilityZone": f"{{region}}{zone}",
                },
                times=1,
            ),
        )
        for zone in "abc"
    ),
    Claim("dev has a single one, by toggle", Some(NAT, {"SubnetId": Given()}, times=1), DEV),
    *(
        Claim(
            f"a gateway endpoint for {service}", Some(ENDPOINT, gateway_endpoint(service), times=1)
        )
        for service in ("s3", "dynamodb")
    ),
    Claim(
        "interface endpoints in the private subnets, with private names",
        Every(
            ENDPOINT,
            {
                "PrivateDnsEnabled": True,
                "SubnetIds": Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC"), times=3),
                "SecurityGroupIds": Refers("AWS::EC2::SecurityGroup"),
            },
            where=INTERFACE,
        ),
    ),
    Claim("which are a toggle, off in dev", No(ENDPOINT, INTERFACE, stands=PAIR), DEV),
)
