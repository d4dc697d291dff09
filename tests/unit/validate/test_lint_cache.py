"""What was found is remembered under a key of everything that could change it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.validate.findings import Finding
from scripts.validate.lint_cache import LintCache, Subject, Toolchain, key, toolchain

SUBJECT = Subject("network.json", "as shipped", [b"{}"], ("eu-west-1", "us-east-1"))
TOOLS = Toolchain("1.58.0", "2026-10-20", "strict")
FOUND = (
    Finding("network.json", "Resources/Vpc", "E3002", "no", line=3, regions=("eu-west-1",)),
    Finding("network.json", "", "W0001", "é"),
)


@pytest.mark.parametrize(
    ("subject", "tools"),
    [
        (replace(SUBJECT, template="other.json"), TOOLS),
        (replace(SUBJECT, variant="local URLs"), TOOLS),
        (replace(SUBJECT, bodies=[b"{ }"]), TOOLS),
        (replace(SUBJECT, bodies=[b"{}", b"child"]), TOOLS),
        (replace(SUBJECT, bodies=[b"{", b"}"]), TOOLS),
        (replace(SUBJECT, regions=("eu-west-1",)), TOOLS),
        (SUBJECT, replace(TOOLS, cfn_lint="1.59.0")),
        (SUBJECT, replace(TOOLS, schemas="2026-11-01")),
        (SUBJECT, replace(TOOLS, configuration="lax")),
    ],
)
def test_whatever_could_change_a_finding_changes_the_key(
    subject: Subject, tools: Toolchain
) -> None:
    assert key(subject, tools) != key(SUBJECT, TOOLS)


def test_the_same_is_the_same(tmp_path: Path) -> None:
    LintCache(tmp_path).put(key(SUBJECT, TOOLS), FOUND)
    assert LintCache(tmp_path).get(key(SUBJECT, TOOLS)) == FOUND


def test_nothing_found_is_worth_remembering_too(tmp_path: Path) -> None:
    LintCache(tmp_path).put("k", ())
    assert LintCache(tmp_path).get("k") == ()


def test_without_a_directory_nothing_is_remembered() -> None:
    LintCache(None).put("k", FOUND)
    assert LintCache(None).get("k") is None


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"findings": []}',
        b'{"key": "another", "findings": []}',
        b'{"key": "k", "findings": [{}]}',
        b'{"key": "k", "findings": ["x"]}',
        b'{"key": "k", "findings": 3}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_entry_is_as_good_as_none(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "k.json").write_bytes(damage)
    assert LintCache(tmp_path).get("k") is None


def test_a_torn_entry_is_as_good_as_none(tmp_path: Path) -> None:
    LintCache(tmp_path).put("k", FOUND)
    whole = (tmp_path / "k.json").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "k.json").write_bytes(whole[:length])
        assert LintCache(tmp_path).get("k") is None


def test_a_directory_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    LintCache(tmp_path / "file").put("k", FOUND)


def test_the_entries_used_last_are_kept(tmp_path: Path) -> None:
    cache = LintCache(tmp_path)
    for number in range(4):
        cache.put(f"k{number}", ())
        os.utime(tmp_path / f"k{number}.json", (number, number))
    cache.get("k0")
    (tmp_path / "half.part").touch()
    cache.prune(most=2)
    assert {entry.name for entry in tmp_path.iterdir()} == {"k0.json", "k3.json"}


def test_the_toolchain_is_the_one_that_is_installed() -> None:
    from importlib.metadata import version

    assert toolchain().cfn_lint == version("cfn-lint")
