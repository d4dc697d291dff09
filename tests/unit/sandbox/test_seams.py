"""Every private name of ministack that we lean on is missed by name."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from scripts.sandbox import installation, seams
from scripts.sandbox.seams import Kind, Seam, SeamMissing

ALL = tuple({str(seam): seam for seam in installation.every_seam()}.values())


def holder(seam: Seam) -> tuple[Any, str]:
    """The object that has the seam's attribute, and the attribute's own name."""
    *path, name = seam.attribute.split(".")
    held: Any = importlib.import_module(seam.module)
    for step in path:
        held = getattr(held, step)
    return held, name


def test_ministack_is_as_declared() -> None:
    seams.check(ALL)


def test_no_seam_is_declared_twice() -> None:
    assert len({str(seam) for seam in seams.declared()}) == len(seams.declared())


@pytest.mark.parametrize("seam", ALL, ids=str)
def test_a_seam_that_is_gone_is_named(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    held, name = holder(seam)
    if seam.key is None:
        monkeypatch.delattr(held, name)
    else:
        monkeypatch.delitem(getattr(held, name), seam.key)
    with pytest.raises(SeamMissing) as missing:
        seams.check([seam])
    assert str(seam) in missing.value.message
    assert "is not there" in missing.value.message
    assert seams.MINISTACK_VERSION in missing.value.message
    assert "pip install ministack==" in missing.value.fix


@pytest.mark.parametrize("seam", ALL, ids=str)
def test_a_seam_that_is_something_else_is_named(
    seam: Seam, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, name = holder(seam)
    other: Any = print if seam.kind is Kind.VALUE else 7
    if seam.key is None:
        monkeypatch.setattr(held, name, other)
    else:
        monkeypatch.setitem(getattr(held, name), seam.key, other)
    with pytest.raises(SeamMissing) as altered:
        seams.check([seam])
    assert f"{seam} ({seam.used_by}), which is not {seam.kind.value}" in altered.value.message


FUNCTIONS = [seam for seam in ALL if seam.parameters is not None]


@pytest.mark.parametrize("seam", FUNCTIONS, ids=str)
def test_a_function_that_takes_something_else_is_named(
    seam: Seam, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(another: object) -> None: ...

    async def coroutine(another: object) -> None: ...

    other = coroutine if seam.kind is Kind.COROUTINE else plain
    held, name = holder(seam)
    if seam.key is None:
        monkeypatch.setattr(held, name, other)
    else:
        monkeypatch.setitem(getattr(held, name), seam.key, other)
    with pytest.raises(SeamMissing, match="which takes \\(another\\) and not"):
        seams.check([seam])


def test_what_is_replaced_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seam = seams.CAPABILITIES_ENFORCED
    held, name = holder(seam)
    original = getattr(held, name)
    monkeypatch.setattr(held, name, original)  # put back after the test
    assert seam.replace(len) is original
    assert seam.value is len
