"""A plan of everything that the page has to show, and short ways to write another."""

from __future__ import annotations

from datetime import date
from typing import Any

from scripts.changes import NESTED_STACK, Action, Change, Replacement
from scripts.deploy.explanations import (
    HIDDEN,
    Certainty,
    Effect,
    Explained,
    Explanation,
    PropertyChange,
)
from scripts.deploy.gates.findings import Concern, Finding
from scripts.deploy.gates.judgement import Judged, Judgement
from scripts.deploy.waivers import Place, Waiver
from scripts.plan_reading import Reading

CALM = Effect("none", "Updated in place; AWS documents no interruption that we know of.")
DOCUMENTED = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html"
)
TODAY = date(2026, 11, 23)
PLACE = Place("prod", "us-east-1")


def explained(
    path: str,
    type: str = "AWS::SQS::Queue",
    action: Action = "Modify",
    effect: Effect = CALM,
    announced: Replacement = "",
    **more: Any,
) -> Explained:
    """A change at `Orders/Database`; `announced` is the replacement that CloudFormation speaks of."""
    steps = tuple(path.split("/"))
    physical_id = "" if action == "Add" else f"tradewind-prod-{steps[-1].lower()}"
    change = Change(action, steps[-1], type, physical_id, replacement=announced)
    return Explained(steps, change, effect, **more)


def nested(path: str, action: Action = "Modify") -> Explained:
    return explained(path, NESTED_STACK, action)


DATABASE = explained(
    "Orders/Database",
    "AWS::RDS::DBInstance",
    effect=Effect("outage", "The instance restarts: away for minutes.", DOCUMENTED),
    properties=(
        PropertyChange(
            "DBInstanceClass",
            "db.r6g.large",
            "db.r7g.xlarge",
            why=("parameter DatabaseClass", "params/prod.yaml: database_class"),
        ),
        PropertyChange("MasterUserPassword", HIDDEN, HIDDEN, secret=True),
    ),
    template="orders.json",
    line="generator/layers/orders.py:57",
)
TABLE = explained(
    "Catalog/Products",
    "AWS::DynamoDB::Table",
    announced="True",
    effect=Effect("data", "The table is made anew; what it holds goes with the old one."),
    replacement=Certainty.CERTAIN,
    properties=(
        PropertyChange(
            "KeySchema",
            [{"AttributeName": "id", "KeyType": "HASH"}],
            [{"AttributeName": "sku", "KeyType": "HASH"}],
        ),
    ),
    warnings=("Its name is taken until the old one is gone.",),
)
PHANTOM = explained(
    "Storefront/Listener",
    "AWS::ElasticLoadBalancingV2::Listener",
    announced="Conditional",
    replacement=Certainty.PHANTOM,
    certainty=Certainty.PHANTOM,
    effect=CALM,
    why=("LoadBalancerArn is fed by FrontDoor's output, which stays as it is",),
)
ROLE = explained("Orders/Role", "AWS::IAM::Role", properties=(PropertyChange("Policies", 1, 2),))
TOPIC = explained("Alerts/Topic", "AWS::SNS::Topic", "Add", effect=Effect("none", ""))
GROUP = explained("Network/ShopGroup", "AWS::EC2::SecurityGroup")

EXPLANATION = Explanation(
    "platform",
    "us-east-1",
    (
        nested("Alerts", "Add"),
        TOPIC,
        nested("Storefront"),
        PHANTOM,
        nested("Network"),
        GROUP,
        nested("Orders"),
        ROLE,
        DATABASE,
        nested("Catalog"),
        TABLE,
    ),
    ("The standby's plan is made once this one is executed.",),
)

LOSS = Finding(
    Concern.DATA_LOSS, ("Catalog", "Products"), "AWS::DynamoDB::Table", "would be replaced"
)
WIDENED = Finding(
    Concern.IAM_WIDENED,
    ("Orders", "Role"),
    "AWS::IAM::Role",
    "may do more",
    "sqs:SendMessage",
    "sqs:SendMessage, sqs:DeleteQueue",
    refuses=False,
)
OPENED = Finding(
    Concern.OPEN_TO_THE_WORLD,
    ("Network", "ShopGroup"),
    "AWS::EC2::SecurityGroup",
    "would be open to 0.0.0.0/0",
    after="tcp 443 from 0.0.0.0/0",
)
WAIVER = Waiver(
    "prod", "Products", Concern.DATA_LOSS, "moved to Catalogue2, ticket 4711", TODAY, line=3
)
LAPSED = Waiver("prod", "ShopGroup", Concern.OPEN_TO_THE_WORLD, "for a week", TODAY, line=9)


def judgement(*judged: Judged) -> Judgement:
    return Judgement("platform in us-east-1", PLACE, TODAY, judged)


STOPPED = judgement(Judged(OPENED, lapsed=LAPSED), Judged(LOSS, waiver=WAIVER), Judged(WIDENED))


def reading(explanation: Explanation = EXPLANATION, judged: Judgement | None = STOPPED) -> Reading:
    """The plan of everything; stopped by one finding, unless another judgement is given."""
    return Reading(
        "prod",
        "111111111111",
        "3f6a1c09be27d458",
        explanation,
        judged,
        change_set="tradewind-0123456789ab",
        digest="c0ffee",
        lookups={"CloudFrontPrefixList": "pl-1"},
        left_out=("AWS::Personalize::Schema",),
    )


PASSED = reading(judged=judgement(Judged(LOSS, waiver=WAIVER), Judged(WIDENED)))


def of(*changes: Explained) -> Reading:
    """The plan of some changes that no gate minds."""
    return reading(Explanation("platform", "us-east-1", changes), judgement())
