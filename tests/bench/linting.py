"""What a lint costs: by region, by process, and after one change."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generator.render import address
from scripts.validate import lint
from scripts.validate.workers import Workers
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT, best

FOUR = ("ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2")


def ratios() -> list[Ratio]:
    """Regions, processes, and one changed template."""
    return [_regions(), _processes(), _one_changed()]


def _lint(project: Path = PROJECT, **how: object) -> Callable[[], None]:
    def run() -> None:
        report = lint.run(project, use_cache=False, **how)  # type: ignore[arg-type]
        assert report.clean, report.findings

    return run


def _regions() -> Ratio:
    contenders = {
        "one": _lint(only_regions=FOUR[-1:], jobs=1),
        "four": _lint(only_regions=FOUR, jobs=1),
    }
    took = best(contenders, rounds=4)
    return Ratio(
        "cold lint of four regions / of one",
        took["four"] / took["one"],
        1.1,
        f"{took['four']:.2f} s / {took['one']:.2f} s in one process; values made of the region's name are "
        "resolved for each",
    )


def _processes() -> Ratio:
    took = best({"one": _lint(jobs=1), "two": _lint(jobs=2)}, rounds=3)
    return Ratio(
        "cold lint with two processes / with one",
        took["two"] / took["one"],
        0.7,
        f"{took['two']:.2f} s / {took['one']:.2f} s; each process imports cfn-lint and its rules",
    )


def _one_changed(rounds: int = 3) -> Ratio:
    """Full and then one layer of middling size changed, and its root with it, in the same process."""
    full = changed = float("inf")
    with tempfile.TemporaryDirectory() as home, Workers(1) as workers:
        project = Path(home)
        for part in ("params", lint.TEMPLATES):
            shutil.copytree(PROJECT / part, project / part)
        lint.run(project, workers=workers, use_cache=False)
        for _ in range(rounds):
            shutil.rmtree(project / lint.CACHE, ignore_errors=True)
            full = min(full, _seconds(project, workers))
            _change_a_layer(project / lint.TEMPLATES)
            changed = min(changed, _seconds(project, workers))
    return Ratio(
        "lint after one template changed / full lint",
        changed / full,
        0.25,
        f"{changed:.2f} s / {full:.2f} s in a warm process; the root is linted too, as it names the "
        "layer's new address",
    )


def _seconds(project: Path, workers: Workers) -> float:
    began = time.perf_counter()
    report = lint.run(project, workers=workers)
    assert report.clean, report.findings
    return time.perf_counter() - began


def _change_a_layer(templates: Path) -> None:
    root = templates / "platform.json"
    layers = json.loads(root.read_bytes())["Metadata"]["Tradewind"]["Layers"].values()
    by_size = sorted((templates / file for file in layers), key=lambda file: file.stat().st_size)
    layer = by_size[len(by_size) // 2]
    before = layer.read_bytes()
    after = before.replace(b'"Description": "Tradewind', b'"Description": "Tradewind, changed,', 1)
    layer.write_bytes(after)
    said = root.read_text()
    root.write_text(said.replace(address(before), address(after)))
