"""A pipeline's declaration, read: what CreatePipeline was given, by names instead of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

JSON = dict[str, Any]

BEFORE_ENTRY, ON_SUCCESS, ON_FAILURE = "beforeEntry", "onSuccess", "onFailure"
CONDITION_KINDS = (BEFORE_ENTRY, ON_SUCCESS, ON_FAILURE)


@dataclass(frozen=True)
class Action:
    """One action, or one rule of a condition: both do something somewhere, and end."""

    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Unique in its stage."""
        return str(self.document["name"])

    @property
    def type_id(self) -> Mapping[str, str]:
        """Category, owner, provider, version."""
        found: Mapping[str, str] = self.document.get("actionTypeId") or self.document["ruleTypeId"]
        return found

    @property
    def category(self) -> str:
        """`Source`, `Build`, …; `Rule` of a rule."""
        return self.type_id["category"]

    @property
    def provider(self) -> str:
        """`S3`, `CodeBuild`, …"""
        return self.type_id["provider"]

    @property
    def run_order(self) -> int:
        """Actions with the same number run at once; 1 where nothing is said."""
        return int(self.document.get("runOrder") or 1)

    @property
    def configuration(self) -> Mapping[str, str]:
        """As declared, with its references."""
        found: Mapping[str, str] = self.document.get("configuration") or {}
        return found

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of input artifacts."""
        return tuple(each["name"] for each in self.document.get("inputArtifacts") or ())

    @property
    def outputs(self) -> tuple[JSON, ...]:
        """Output artifacts, each with its name and perhaps its files."""
        return tuple(self.document.get("outputArtifacts") or ())

    @property
    def namespace(self) -> str:
        """Under which its variables are found; empty for none."""
        return str(self.document.get("namespace") or "")

    @property
    def timeout_minutes(self) -> int | None:
        """As declared."""
        return self.document.get("timeoutInMinutes")

    def region(self, home: str) -> str:
        """Where it works."""
        return str(self.document.get("region") or home)


@dataclass(frozen=True)
class Condition:
    """One condition: its rules, and what follows if they do not all succeed."""

    rules: tuple[Action, ...]
    result: str


@dataclass(frozen=True)
class Stage:
    """One stage."""

    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Unique in its pipeline."""
        return str(self.document["name"])

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """In the order of their declaration."""
        return tuple(Action(each) for each in self.document["actions"])

    def action(self, name: str) -> Action | None:
        """One by its name."""
        return next((each for each in self.actions if each.name == name), None)

    def condition(self, kind: str) -> Condition | None:
        """The condition of a kind; of each there is one at most."""
        for each in (self.document.get(kind) or {}).get("conditions") or ():
            rules = tuple(Action(rule) for rule in each.get("rules") or ())
            return Condition(rules, str(each.get("result") or "FAIL"))
        return None

    @property
    def on_failure(self) -> str:
        """What follows a failure, whatever a condition says: ROLLBACK, RETRY, or FAIL."""
        return str((self.document.get(ON_FAILURE) or {}).get("result") or "FAIL")

    @property
    def retry_mode(self) -> str:
        """Which actions an automatic retry repeats."""
        configured = (self.document.get(ON_FAILURE) or {}).get("retryConfiguration") or {}
        return str(configured.get("retryMode") or "ALL_ACTIONS")


@dataclass(frozen=True)
class Declaration:
    """One version of a pipeline's structure."""

    document: JSON

    @property
    def name(self) -> str:
        """The pipeline's."""
        return str(self.document["name"])

    @property
    def version(self) -> int:
        """Counted from 1."""
        return int(self.document.get("version") or 1)

    @property
    def role(self) -> str:
        """The pipeline's role."""
        return str(self.document["roleArn"])

    @property
    def mode(self) -> str:
        """QUEUED, SUPERSEDED or PARALLEL."""
        return str(self.document.get("executionMode") or "SUPERSEDED")

    @property
    def is_v2(self) -> bool:
        """Whether it may have what V1 has not."""
        return self.document.get("pipelineType") == "V2"

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """In order."""
        return tuple(Stage(each) for each in self.document["stages"])

    def stage(self, name: str) -> Stage | None:
        """One by its name."""
        return next((each for each in self.stages if each.name == name), None)

    def after(self, name: str) -> Stage | None:
        """The stage that follows."""
        names = [each.name for each in self.stages]
        place = names.index(name) + 1
        return self.stages[place] if place < len(names) else None

    def groups(self) -> Iterator[tuple[Stage, list[Action]]]:
        """Actions that run at once, stage by stage and run order by run order."""
        for stage in self.stages:
            for order in sorted({action.run_order for action in stage.actions}):
                yield stage, [action for action in stage.actions if action.run_order == order]

    @property
    def variables(self) -> tuple[JSON, ...]:
        """Pipeline-level variables: name, and perhaps defaultValue."""
        return tuple(self.document.get("variables") or ())

    @cached_property
    def producers(self) -> Mapping[str, Action]:
        """The action that makes an artifact, by the artifact's name."""
        return {
            output["name"]: action
            for stage in self.stages
            for action in stage.actions
            for output in action.outputs
        }

    def store(self, region: str) -> JSON | None:
        """The artifact store of a Region."""
        stores = self.document.get("artifactStores")
        found: JSON | None = (
            stores.get(region) if stores else self.document.get("artifactStore") or None
        )
        return found


def completed(document: Mapping[str, Any], version: int) -> JSON:
    """A declaration as GetPipeline tells it: with the defaults, and without what is empty."""
    stages = [_completed_stage(stage) for stage in document["stages"]]
    told = {key: value for key, value in document.items() if value not in (None, [], {})}
    told |= {
        "stages": stages,
        "version": version,
        "executionMode": document.get("executionMode") or "SUPERSEDED",
        "pipelineType": document.get("pipelineType") or "V1",
    }
    return told


def _completed_stage(stage: Mapping[str, Any]) -> JSON:
    actions = [
        {
            "runOrder": 1,
            "configuration": {},
            "outputArtifacts": [],
            "inputArtifacts": [],
            **{key: value for key, value in action.items() if value is not None},
        }
        for action in stage["actions"]
    ]
    told = {key: value for key, value in stage.items() if value not in (None, [], {})}
    return {**told, "actions": actions}
