"""What is read of templates/out, and how a directory that is not whole is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy import release
from scripts.errors import UsageError
from tests.rehearsal.deploy.shop import BUNDLE, Shop


@pytest.fixture
def out(tmp_path: Path) -> Path:
    directory = tmp_path / "templates" / "out"
    Shop().write(directory)
    return directory


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    template = json.loads(path.read_bytes())
    change(template)
    path.write_text(json.dumps(template))


def refusal(out: Path) -> str:
    with pytest.raises(UsageError) as refused:
        release.read(out.parents[1])
    assert "tradewind build" in refused.value.fix
    return refused.value.message


def test_a_root_is_read_with_what_it_nests(out: Path) -> None:
    read = release.read(out.parents[1])

    assert set(read.roots) == {"foundation", "platform"}
    assert {child.file for child in read.roots["platform"].children} == {
        "catalog.json",
        "queue.json",
    }


def test_a_root_names_the_bundles_of_what_it_nests_and_a_release_needs_no_more(out: Path) -> None:
    read = release.read(out.parents[1])

    assert read.roots["platform"].bundles == (BUNDLE,)
    assert read.roots["foundation"].bundles == ()
    assert not (out.parents[1] / ".tradewind").exists()


def test_a_nested_template_that_was_edited_by_hand_is_refused(out: Path) -> None:
    (out / "queue.json").write_bytes((out / "queue.json").read_bytes() + b"\n")

    assert refusal(out) == "queue.json is not the one that platform.json was built with."


def test_a_nested_template_that_is_missing_is_refused(out: Path) -> None:
    (out / "queue.json").unlink()

    assert refusal(out) == "platform.json nests queue.json, which is missing."


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe{}", b"[" * 100_000, b"[]", b'{"Metadata": []}', b'{"Outputs": 1}'],
    ids=["torn", "binary", "deep", "list", "metadata", "outputs"],
)
def test_what_is_no_template_is_refused_by_its_name(out: Path, body: bytes) -> None:
    (out / "stray.json").write_bytes(body)

    assert refusal(out).startswith("stray.json is not ")


def test_a_manifest_that_lacks_something_is_refused(out: Path) -> None:
    edited(out / "platform.json", lambda template: template["Metadata"]["Tradewind"].pop("Layers"))

    assert refusal(out).startswith("platform.json does not say")


def test_a_setting_that_this_version_does_not_have_is_named(out: Path) -> None:
    def ask(template: dict[str, Any]) -> None:
        parameters = template["Metadata"]["Tradewind"]["Parameters"]
        parameters["Gone"] = {"kind": "setting", "key": "gone"}

    edited(out / "platform.json", ask)

    assert refusal(out) == "platform.json asks for gone, which is no setting of this version."


def test_a_directory_named_like_a_template_is_passed_over(out: Path) -> None:
    (out / "notes.json").mkdir()

    assert set(release.read(out.parents[1]).roots) == {"foundation", "platform"}
