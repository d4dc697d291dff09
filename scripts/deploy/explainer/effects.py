"""What a change does to whoever uses the resource: it comes, goes, is replaced, or is updated in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scripts.changes import NESTED_STACK
from scripts.deploy.explainer.interruptions import INTERRUPTIONS
from scripts.deploy.explanations import Certainty, Effect, Level, Policy
from scripts.deploy.gates import STATEFUL

_DOCS = "https://docs.aws.amazon.com/"
_BEHAVIORS = (
    f"{_DOCS}AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html"
)
_DELETION = f"{_DOCS}AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
_REPLACING = (
    f"{_DOCS}AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html"
)
_NESTED = f"{_DOCS}AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html"

_NOTHING = Effect("none", "nothing happens: every value comes out as it is", _BEHAVIORS)
_TAGS = Effect("none", "tags alone", _BEHAVIORS)
_OUTSIDE = Effect("none", "CloudFormation notes it; the resource is not touched", _BEHAVIORS)
_MADE = Effect("none", "it is made beside what stands", _BEHAVIORS)
_STACK = Effect("none", "a stack of stacks: what is in it says what happens", _NESTED)
_UNKNOWN = Effect(
    "none", "updated in place; AWS documents no interruption that we know of", _BEHAVIORS
)

#: From least to most.
_LEVELS: tuple[Level, ...] = ("none", "brief", "outage", "data")


def of_update(type: str, parts: Iterable[tuple[str, str]]) -> Effect:
    """What an update in place does; `parts` are the attribute and the name of each part that changes."""
    found: list[Effect] = []
    for attribute, name in parts:
        if attribute == "Tags":
            found.append(_TAGS)
        elif attribute != "Properties":
            found.append(_OUTSIDE)
        else:
            table = INTERRUPTIONS.get(type, {})
            found.append(table.get(name) or table.get("", _UNKNOWN))
    return worse(*found) if found else _UNKNOWN


def worse(*effects: Effect) -> Effect:
    """Of several, the one that counts."""
    return max(effects, key=lambda one: _LEVELS.index(one.level))


def of_replacement(type: str, certainty: Certainty, policy: Policy) -> Effect:
    """What a replacement does, if it comes to it."""
    perhaps = "" if certainty is Certainty.CERTAIN else "if it is replaced: "
    if type in STATEFUL:
        left = {
            "Delete": "the old one is deleted with all it holds",
            "Retain": "the old one stays with all it holds, outside the stack",
            "RetainExceptOnCreate": "the old one stays with all it holds, outside the stack",
            "Snapshot": "of the old one a snapshot stays",
        }[policy]
        return Effect("data", f"{perhaps}another one is made, empty; {left}", _REPLACING)
    if type in _SILENT:
        return Effect("none", f"{perhaps}another one takes its place", _BEHAVIORS)
    words = "another one is made first, then those who use it are led there, then the old one goes"
    return Effect("brief", f"{perhaps}{words}", _BEHAVIORS)


def of_removal(type: str, policy: Policy) -> Effect:
    """What it does that a resource goes."""
    if policy in ("Retain", "RetainExceptOnCreate"):
        return Effect("none", "it stays, outside the stack", _DELETION)
    if type == NESTED_STACK:
        return Effect("none", "it goes with all that it holds", _NESTED)
    if type in STATEFUL:
        left = "a snapshot of it stays" if policy == "Snapshot" else "nothing of it stays"
        return Effect("data", f"it goes with all it holds; {left}", _DELETION)
    if type in _SILENT:
        return Effect("none", "it goes; no request passes through it", _DELETION)
    return Effect("outage", "it goes; whoever still uses it fails", _DELETION)


def of_nothing() -> Effect:
    """A change that will be none."""
    return _NOTHING


def of_creation() -> Effect:
    """A resource that comes."""
    return _MADE


def of_nested_stack() -> Effect:
    """A nested stack that is looked into."""
    return _STACK


def default_policy(type: str, properties: Mapping[str, object]) -> Policy:
    """The DeletionPolicy of a resource without one: a snapshot of a database, else Delete."""
    alone = type == "AWS::RDS::DBInstance" and not properties.get("DBClusterIdentifier")
    return "Snapshot" if alone or type == "AWS::RDS::DBCluster" else "Delete"


#: Types that no request, message or order passes through.
_SILENT = frozenset(
    {
        "AWS::AccessAnalyzer::Analyzer",
        "AWS::Budgets::Budget",
        "AWS::CE::AnomalyMonitor",
        "AWS::CE::AnomalySubscription",
        "AWS::CloudTrail::Trail",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Config::ConfigRule",
        "AWS::EC2::FlowLog",
        "AWS::GuardDuty::Detector",
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::SecurityHub::Hub",
        "AWS::SecurityHub::Standard",
    }
)
