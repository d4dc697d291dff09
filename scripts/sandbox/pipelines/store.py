"""Every pipeline of the sandbox, and what its actions wait for; saved, loaded and reset with the sandbox.

Whoever reads or changes a record holds `lock`, and calls nobody while he does: the event loop waits for it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scripts.sandbox import stores
from scripts.sandbox.pipelines.faults import no_pipeline
from scripts.sandbox.pipelines.records import Pipeline, Run


@dataclass
class Decision:
    """What somebody said of a manual approval."""

    approved: bool
    summary: str
    by: str
    at: float


@dataclass
class Reply:
    """What a function said of a job of its own."""

    kind: str
    """`succeeded`, `failed`, or `continues`."""
    at: float
    summary: str = ""
    external_id: str = ""
    code: str = ""
    message: str = ""
    token: str = ""
    percent: int | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass
class Pipelines:
    """A `scripts.sandbox.stores.Store`."""

    pipelines: dict[str, Pipeline] = field(default_factory=dict)
    """By ARN."""
    decisions: dict[str, Decision] = field(default_factory=dict)
    """By the run of the approval."""
    replies: dict[str, Reply | None] = field(default_factory=dict)
    """By job; None of a job that nobody has answered."""
    lock: threading.RLock = field(default_factory=threading.RLock, compare=False)

    def pipeline(self, account: str, region: str, name: str) -> Pipeline:
        """One pipeline. Raises ApiError."""
        found = self.pipelines.get(f"arn:aws:codepipeline:{region}:{account}:{name}")
        if found is None:
            raise no_pipeline(account, name)
        return found

    def run(self, arn: str, run: str) -> Run | None:
        """One run of a pipeline, None when either is gone."""
        pipeline = self.pipelines.get(arn)
        return pipeline.runs.get(run) if pipeline else None

    def save(self, directory: Path) -> None:
        """As one document."""
        with self.lock:
            document = {
                "pipelines": [asdict(each) for each in self.pipelines.values()],
                "decisions": {key: asdict(each) for key, each in self.decisions.items()},
                "replies": {
                    key: asdict(each) if each else None for key, each in self.replies.items()
                },
            }
        stores.write_atomically(directory / "pipelines.json", json.dumps(document))

    def load(self, directory: Path) -> None:
        """What was saved."""
        document = stores.read_json(directory / "pipelines.json") or {}
        with self.lock:
            self.reset()
            for each in document.get("pipelines", []):
                pipeline = stores.read_record(Pipeline, each)
                self.pipelines[pipeline.arn] = pipeline
            for key, each in document.get("decisions", {}).items():
                self.decisions[key] = stores.read_record(Decision, each)
            for key, each in document.get("replies", {}).items():
                self.replies[key] = stores.read_record(Reply, each) if each else None

    def reset(self) -> None:
        """No pipeline, and nothing under way."""
        with self.lock:
            self.pipelines.clear()
            self.decisions.clear()
            self.replies.clear()


STORE = Pipelines()
stores.register("pipelines", STORE)
